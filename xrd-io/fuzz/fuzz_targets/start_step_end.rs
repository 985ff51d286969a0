#![no_main]
xrd_io_fuzz::target!("start_step_end");
