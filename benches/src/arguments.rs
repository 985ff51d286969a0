//! Numbers on the command line. This file uses only the standard library, so that the peers written in
//! Rust can include it.

use std::str::FromStr;

/// The number after `name` on the command line, or `default` if `name` is absent.
///
/// # Errors
/// A message, if no valid number follows `name`.
pub fn argument<T: FromStr>(name: &str, default: T) -> Result<T, String> {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    match (arguments.next(), arguments.next()) {
        (None, _) => Ok(default),
        (_, None) => Err(format!("{name} needs a number")),
        (_, Some(value)) => value
            .parse()
            .map_err(|_| format!("{name} {value} is not a number of its kind")),
    }
}
