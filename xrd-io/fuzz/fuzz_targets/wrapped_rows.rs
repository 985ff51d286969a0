#![no_main]
xrd_io_fuzz::target!("wrapped_rows");
