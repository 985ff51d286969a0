//! Tests of the public items.

mod bytes;
mod identification;
mod made_up;
mod preparation;
mod ranking;
