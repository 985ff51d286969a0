//! Space groups: symmetry operations as text, Hall symbols, and the settings that names refer to.

mod groups;
mod hall;
mod operation;

pub(crate) use groups::{Setting, by_hall, by_name, by_number, chosen, of_operations};
pub(crate) use operation::{Operation, generate, same_group, same_group_elsewhere};
