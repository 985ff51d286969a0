//! Numbers on the command line. Needs nothing but the standard library, so that the peers
//! written in Rust can include this file.

use std::str::FromStr;

/// The number after `name` on the command line, `default` without it.
///
/// # Errors
/// A sentence, when what follows `name` is not such a number, or nothing does.
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
