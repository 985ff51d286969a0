#![no_main]
xrd_io_fuzz::target!("columns_with_gaps");
