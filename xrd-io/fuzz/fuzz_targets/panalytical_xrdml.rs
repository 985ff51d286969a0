#![no_main]
xrd_io_fuzz::target!("panalytical_xrdml");
