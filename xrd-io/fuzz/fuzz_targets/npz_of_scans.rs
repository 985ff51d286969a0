#![no_main]
xrd_io_fuzz::target!("npz_of_scans");
