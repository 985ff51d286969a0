#![no_main]
xrd_io_fuzz::target!("ill");
