#![no_main]
xrd_io_fuzz::target!("philips_udf");
