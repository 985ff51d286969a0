//! The program `xrd`.
fn main() {}
