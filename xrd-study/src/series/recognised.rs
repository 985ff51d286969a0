//! Variables of a series that are recognised.

use super::ramp::{Kind, is_ramp, kind, same_order};
use super::{Origin, Variables};
use crate::dataset::{Dataset, labels_of};
use crate::experiment::SeriesChoice;
use crate::note::{Note, Remedy};

/// Smallest range of temperatures in file headers that are a series, in K. Rooms vary less.
const LEAST_RANGE_K: f64 = 5.0;

/// Largest interval between the times of a series, divided by the median interval.
const LARGEST_INTERVAL: f64 = 3.0;

/// Smallest number of patterns whose times are a series.
const FEWEST_TIMES: usize = 8;

/// Column of numbers that may be the variable of a series.
struct Candidate<'a> {
    name: &'a str,
    kind: Kind,
    origin: Origin,
    values: Vec<f64>,
}

/// What the columns say.
enum Columns<'a> {
    Found(Vec<Candidate<'a>>),
    Ambiguous(Vec<&'a str>),
    Nothing,
}

/// Returns the variables of the series, if they are recognised.
pub(super) fn recognised(data: &Dataset) -> Option<Variables> {
    match columns(data) {
        Columns::Found(found) => Some(Variables {
            names: found.iter().map(|c| c.name.to_owned()).collect(),
            origin: found.first().map_or(Origin::Table, |c| c.origin),
            recognised: true,
            values: found.into_iter().map(|c| c.values).collect(),
        }),
        Columns::Ambiguous(_) => None,
        Columns::Nothing => of_headers(data),
    }
}

/// Returns a note if several columns could be the variable of the series.
pub(crate) fn ambiguous(choice: &SeriesChoice, data: &Dataset) -> Option<Note> {
    match (choice, columns(data)) {
        (SeriesChoice::Auto, Columns::Ambiguous(names)) => {
            let text = format!(
                "no series, because each of {} may be its variable",
                names.join(", ")
            );
            Some(Note::new(text, Remedy::Series))
        }
        _ => None,
    }
}

fn columns(data: &Dataset) -> Columns<'_> {
    let (found, others) = candidates(data);
    let (pair, rest): (Vec<Candidate>, Vec<Candidate>) =
        found.into_iter().partition(|c| c.kind >= Kind::X);
    if let Some(places) = places(pair) {
        return Columns::Found(places);
    }
    let mut found: Vec<Candidate> = rest.into_iter().filter(|c| is_ramp(&c.values)).collect();
    found.sort_by_key(|c| c.kind);
    let Some(first) = found.first() else {
        return Columns::Nothing;
    };
    // Another label that varies may be what the patterns depend on.
    if others {
        return Columns::Nothing;
    }
    match found.iter().all(|c| same_order(&first.values, &c.values)) {
        true => Columns::Found(found.into_iter().take(1).collect()),
        false => Columns::Ambiguous(found.iter().map(|c| c.name).collect()),
    }
}

/// Returns the two coordinates of places on a sample, if there is one of each.
fn places(mut pair: Vec<Candidate<'_>>) -> Option<Vec<Candidate<'_>>> {
    pair.sort_by_key(|c| c.kind);
    let is_pair = match &pair[..] {
        [x, y] => x.kind == Kind::X && y.kind == Kind::Y && are_places(&x.values, &y.values),
        _ => false,
    };
    is_pair.then_some(pair)
}

/// Returns the columns whose names are those of variables, and whether a label that varies is none of
/// them.
fn candidates(data: &Dataset) -> (Vec<Candidate<'_>>, bool) {
    let mut found = Vec::new();
    let mut others = false;
    for (c, name) in data.labels.columns().iter().enumerate() {
        let values: Vec<f64> = data.labels.rows().map(|row| row[c]).collect();
        match kind(name) {
            Some(kind) => found.push(Candidate {
                name,
                kind,
                origin: Origin::Labels,
                values,
            }),
            None => others |= values.windows(2).any(|w| w[0] != w[1]),
        }
    }
    for variable in &data.variables {
        let values: Option<Vec<f64>> = variable.values.iter().copied().collect();
        if let (Some(kind), Some(values)) = (kind(&variable.name), values) {
            found.push(Candidate {
                name: &variable.name,
                kind,
                origin: Origin::Table,
                values,
            });
        }
    }
    (found, others)
}

/// Whether the values are places on a sample: at least 4 are different, patterns have two equal places at
/// most on average, and both coordinates vary.
fn are_places(x: &[f64], y: &[f64]) -> bool {
    let mut places: Vec<[f64; 2]> = x.iter().zip(y).map(|(x, y)| [*x, *y]).collect();
    places.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    places.dedup();
    let varies = |v: &[f64]| v.windows(2).any(|w| w[0] != w[1]);
    places.len() >= 4 && 2 * places.len() >= x.len() && varies(x) && varies(y)
}

/// Returns the temperatures or the times in the headers of the files, if they are those of a series.
fn of_headers(data: &Dataset) -> Option<Variables> {
    let has_labels = !data.labels.columns().is_empty() || !data.classes.is_empty();
    let of = |entry: &str| -> Option<Variables> {
        let labels = labels_of(&[entry.parse().ok()?], data.set.names(), &data.facts).ok()?;
        Some(Variables {
            names: labels.columns().to_vec(),
            origin: Origin::Headers,
            recognised: true,
            values: vec![labels.rows().flatten().copied().collect()],
        })
    };
    let temperatures = of("header:temperature").filter(|v| {
        let values = &v.values[0];
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        is_ramp(values) && high - low >= LEAST_RANGE_K
    });
    let times = || {
        let names = data.set.names();
        let is_one = |v: &Variables| !has_labels && is_regular(&v.values[0]) && are_numbered(names);
        of("header:time").filter(is_one)
    };
    temperatures.or_else(times)
}

/// Whether times are different, and no interval between them is much longer than usual.
fn is_regular(times: &[f64]) -> bool {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut intervals: Vec<f64> = sorted.windows(2).map(|w| w[1] - w[0]).collect();
    intervals.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (intervals.first(), intervals.last()) else {
        return false;
    };
    let median = intervals[intervals.len() / 2];
    times.len() >= FEWEST_TIMES && *first > 0.0 && *last <= LARGEST_INTERVAL * median
}

/// Whether names differ only in their numbers, as those of a series measured without a pause do.
fn are_numbered(names: &[String]) -> bool {
    let stem = |name: &String| -> String {
        let letters = name.chars().filter(|c| !c.is_ascii_digit());
        letters.collect()
    };
    let mut stems = names.iter().map(stem);
    let first = stems.next();
    stems.all(|s| Some(s) == first)
}
