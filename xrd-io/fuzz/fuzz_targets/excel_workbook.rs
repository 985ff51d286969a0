#![no_main]
xrd_io_fuzz::target!("excel_workbook");
