use xrd_core::Labels;

use super::*;
use crate::dataset::Variable;
use crate::error::Error;
use crate::samples;

/// Twelve patterns without labels, whose names are numbers.
fn unlabelled() -> Dataset {
    Dataset::unlabelled(samples::dataset(|_, v| v).set)
}

fn labelled(column: &str, value: impl Fn(usize) -> f64) -> Dataset {
    let labels = (0..12).map(value).collect();
    let labels = Labels::new(vec![column.to_owned()], labels).unwrap();
    Dataset::new(samples::dataset(|_, v| v).set, labels).unwrap()
}

fn variable(name: &str, value: impl Fn(usize) -> Option<f64>) -> Variable {
    Variable {
        name: name.to_owned(),
        values: (0..12).map(value).collect(),
    }
}

fn named(names: &str, data: &Dataset) -> Result<Option<Variables>> {
    Variables::of(&SeriesChoice::Named(names.to_owned()), data)
}

fn recognised_names(data: &Dataset) -> Vec<String> {
    let found = Variables::of(&SeriesChoice::Auto, data).unwrap();
    found.map_or(Vec::new(), |v| v.names)
}

#[test]
fn a_label_named_like_a_variable_is_recognised() {
    assert_eq!(recognised_names(&labelled("T_C", |i| i as f64)), ["T_C"]);
    assert!(recognised_names(&labelled("Ti", |i| i as f64)).is_empty());
    assert!(recognised_names(&labelled("T_C", |i| (i % 3) as f64)).is_empty());
    assert!(recognised_names(&unlabelled()).is_empty());
    let none = Variables::of(&SeriesChoice::None, &labelled("T", |i| i as f64));
    assert_eq!(none.unwrap(), None);
}

#[test]
fn two_variables_are_a_series_only_if_they_agree() {
    let mut data = labelled("time (s)", |i| i as f64);
    data.variables = vec![variable("T", |i| Some(300.0 + 5.0 * i as f64))];
    assert_eq!(recognised_names(&data), ["T"]);
    data.variables = vec![variable("T", |i| Some(((7 * i) % 12) as f64))];
    assert!(recognised_names(&data).is_empty());
    let note = ambiguous(&SeriesChoice::Auto, &data).unwrap().to_string();
    assert!(note.contains("each of T, time (s)"), "{note}");
    assert!(ambiguous(&SeriesChoice::None, &data).is_none());
    // A label that varies may be what the patterns depend on.
    let mut data = labelled("Ti", |i| i as f64);
    data.variables = vec![variable("T", |i| Some(i as f64))];
    assert!(recognised_names(&data).is_empty());
}

#[test]
fn x_and_y_are_places_on_a_sample() {
    let mut data = unlabelled();
    let (x, y) = (|i| Some((i % 4) as f64), |i| Some((i / 4) as f64));
    data.variables = vec![variable("y", y), variable("x", x)];
    assert_eq!(recognised_names(&data), ["x", "y"]);
    let found = named("x,y", &data).unwrap().unwrap();
    assert_eq!(found.different(), 12);
    assert_eq!(named("x", &data).unwrap().unwrap().different(), 4);
    let series = found.compare(&data, &[]).unwrap();
    let places = series.report.places.unwrap();
    assert_eq!((places.places, series.report.sequence), (12, None));
    assert!(places.largest_step.unwrap() >= 1.0 && places.largest_step_at.is_some());
    data.variables[0].values = vec![Some(1.0); 12];
    assert!(recognised_names(&data).is_empty());
}

#[test]
fn headers_are_recognised_only_if_they_are_a_ramp() {
    let mut data = unlabelled();
    let with = |data: &mut Dataset, kelvin: fn(usize) -> f64, minute: fn(usize) -> usize| {
        data.facts = vec![xrd_io::Facts::default(); 12];
        for (i, facts) in data.facts.iter_mut().enumerate() {
            facts.temperature_k = Some(kelvin(i));
            facts.date = Some(format!("2021-03-04T10:{:02}:00", minute(i)));
        }
    };
    with(&mut data, |i| 300.0 + 10.0 * i as f64, |i| i);
    assert_eq!(recognised_names(&data), ["temperature_K"]);
    // The temperature of a room, and regular times.
    with(&mut data, |i| 295.0 + 0.1 * i as f64, |i| 4 * i);
    assert_eq!(recognised_names(&data), ["time_s"]);
    // A pause of half an hour.
    with(&mut data, |_| 295.0, |i| i + 30 * usize::from(i > 5));
    assert!(recognised_names(&data).is_empty());
    let found = named("time", &data).unwrap().unwrap();
    assert_eq!((found.values[0][0], found.values[0][1]), (0.0, 60.0));
    with(&mut data, |i| 300.0 + 10.0 * i as f64, |i| i);
    data.facts[3].temperature_k = None;
    let missing = named("temperature", &data).unwrap_err();
    assert!(matches!(missing, Error::NoFact { .. }), "{missing}");
}

#[test]
fn variables_are_found_by_name() {
    let data = labelled("T", |i| 300.0 + i as f64);
    let origin = |names: &str| named(names, &data).unwrap().unwrap();
    assert_eq!(origin("t").names, ["T"]);
    let order = origin("order");
    assert_eq!((order.origin, order.values[0][11]), (Origin::Order, 12.0));
    assert_eq!(origin("{n}").values[0][3], 3.0);
    assert_eq!(origin("T,order").names, ["T", "order"]);
    let unknown = named("P", &data).unwrap_err().to_string();
    assert!(unknown.starts_with("no variable 'P' of a series (expected T, order"));
    assert!(named("T,order,T", &data).is_err());
}

#[test]
fn values_that_are_no_series_are_refused() {
    let constant = named("T", &labelled("T", |_| 300.0)).unwrap_err();
    let words = "'T' is 300 for all patterns (expected different values of a series)";
    assert_eq!(constant.to_string(), words);
    let mut data = unlabelled();
    data.variables = vec![variable("T", |i| (i != 4).then_some(i as f64))];
    let gap = named("T", &data).unwrap_err().to_string();
    assert_eq!(
        gap,
        "pattern '4': no number in 'T', the variable of the series"
    );
    assert!(recognised_names(&data).is_empty());
}
