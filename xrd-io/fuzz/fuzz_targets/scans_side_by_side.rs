#![no_main]
xrd_io_fuzz::target!("scans_side_by_side");
