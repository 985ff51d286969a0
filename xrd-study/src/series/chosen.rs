//! Variables of a series that the user names.

use super::{Origin, Variables, natural};
use crate::dataset::{Dataset, LabelSource, labels_of};
use crate::error::{Error, Result};

/// Words for entries of the file headers.
const ENTRIES: [&str; 3] = ["temperature", "time", "time-per-step"];

/// Word for the order of the names.
const ORDER: &str = "order";

/// Returns the variables with these names, separated by a comma. A name that contains a comma is
/// found if it is the name of one column.
pub(super) fn named(names: &str, data: &Dataset) -> Result<Variables> {
    let parts: Vec<&str> = names.split(',').map(str::trim).collect();
    let found = match (column(names.trim(), data), &parts[..]) {
        (Some(found), _) => found?,
        (None, [name]) => one(name, data)?,
        (None, [first, second]) => {
            let (first, second) = (one(first, data)?, one(second, data)?);
            Variables {
                names: [first.names, second.names].concat(),
                values: [first.values, second.values].concat(),
                ..first
            }
        }
        _ => return Err(unknown(names, data)),
    };
    let count = found.values.len();
    if count > 2 {
        return Err(unknown(names, data));
    }
    let constant = |v: &&Vec<f64>| v.windows(2).all(|w| w[0] == w[1]);
    let is_constant = found.values.iter().filter(constant).count() == count;
    match (is_constant, data.set.len()) {
        (true, 2..) => Err(Error::ConstantSeries {
            variable: found.names.join(", "),
            value: found.values[0][0],
        }),
        _ => Ok(found),
    }
}

fn one(name: &str, data: &Dataset) -> Result<Variables> {
    if let Some(found) = column(name, data) {
        return found;
    }
    if name == ORDER {
        return Ok(variables(
            vec![ORDER.to_owned()],
            Origin::Order,
            vec![natural::ranks(data.set.names())],
        ));
    }
    let (source, origin) = match name {
        word if ENTRIES.contains(&word) => (format!("header:{word}"), Origin::Headers),
        text if text.starts_with("header:") => (text.to_owned(), Origin::Headers),
        text if text.contains('{') => (text.to_owned(), Origin::FileNames),
        _ => return Err(unknown(name, data)),
    };
    let source: LabelSource = source.parse()?;
    let found = labels_of(&[source], data.set.names(), &data.facts)?;
    let column = |c: usize| found.rows().map(|row| row[c]).collect();
    let values = (0..found.columns().len()).map(column).collect();
    Ok(variables(found.columns().to_vec(), origin, values))
}

fn variables(names: Vec<String>, origin: Origin, values: Vec<Vec<f64>>) -> Variables {
    Variables {
        names,
        origin,
        recognised: false,
        values,
    }
}

/// Returns the label with this name, or another column of the table. Case is ignored unless there is a
/// column with exactly this name.
fn column(name: &str, data: &Dataset) -> Option<Result<Variables>> {
    let labels = data.labels.columns();
    let others: Vec<&String> = data.variables.iter().map(|v| &v.name).collect();
    let all: Vec<&String> = labels.iter().chain(others).collect();
    let exact = all.iter().position(|c| *c == name);
    let at = exact.or_else(|| all.iter().position(|c| c.eq_ignore_ascii_case(name)))?;
    let found = vec![all[at].clone()];
    Some(match at.checked_sub(labels.len()) {
        None => {
            let values = data.labels.rows().map(|row| row[at]).collect();
            Ok(variables(found, Origin::Labels, vec![values]))
        }
        Some(other) => {
            let values = &data.variables[other].values;
            match values.iter().position(Option::is_none) {
                Some(missing) => Err(Error::NoSeriesValue {
                    variable: all[at].clone(),
                    pattern: data.set.names()[missing].clone(),
                }),
                None => {
                    let values = values.iter().flatten().copied().collect();
                    Ok(variables(found, Origin::Table, vec![values]))
                }
            }
        }
    })
}

fn unknown(name: &str, data: &Dataset) -> Error {
    let labels = data.labels.columns().iter();
    let others = data.variables.iter().map(|v| &v.name);
    let columns = labels.chain(others).cloned();
    let words = [ORDER, "temperature", "time", "a text such as T{T}C", "none"];
    Error::NoVariable {
        found: name.to_owned(),
        known: columns.chain(words.map(str::to_owned)).collect(),
    }
}
