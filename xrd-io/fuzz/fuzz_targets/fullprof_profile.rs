#![no_main]
xrd_io_fuzz::target!("fullprof_profile");
