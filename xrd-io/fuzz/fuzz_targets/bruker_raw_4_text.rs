#![no_main]
xrd_io_fuzz::target!("bruker_raw_4_text");
