//! Variations of settings for a comparison.

use std::fmt;
use std::mem::discriminant;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::settings::Settings;
use crate::error::{Error, Result};

/// Largest number of combinations of settings.
const MOST_SETTINGS: usize = 10_000;

/// New value of one setting, written as `batch=5`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Widths of the hidden layers.
    Hidden(Vec<usize>),
    /// Batch size.
    Batch(usize),
    /// Number of epochs.
    Epochs(usize),
    /// Learning rate.
    LearningRate(f64),
    /// Weight decay.
    WeightDecay(f64),
    /// Weight of the label loss.
    LabelWeight(f64),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hidden(widths) => {
                let texts: Vec<String> = widths.iter().map(usize::to_string).collect();
                write!(f, "hidden={}", texts.join(","))
            }
            Self::Batch(n) => write!(f, "batch={n}"),
            Self::Epochs(n) => write!(f, "epochs={n}"),
            Self::LearningRate(x) => write!(f, "lr={x}"),
            Self::WeightDecay(x) => write!(f, "weight-decay={x}"),
            Self::LabelWeight(x) => write!(f, "label-weight={x}"),
        }
    }
}

impl FromStr for Change {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (option, value) = text
            .split_once('=')
            .ok_or(Error::Expected("OPTION=VALUE"))?;
        let change = match option {
            "hidden" => widths(value).map(Self::Hidden),
            "batch" => count(value).map(Self::Batch),
            "epochs" => count(value).map(Self::Epochs),
            "lr" => number(value)
                .and_then(|x| {
                    (x > 0.0)
                        .then_some(x)
                        .ok_or(Error::Expected("a number greater than 0"))
                })
                .map(Self::LearningRate),
            "weight-decay" => not_negative(value).map(Self::WeightDecay),
            "label-weight" => not_negative(value).map(Self::LabelWeight),
            _ => {
                return Err(Error::Expected(
                    "hidden, batch, epochs, lr, weight-decay or label-weight",
                ));
            }
        };
        change.map_err(|why| why.at(text))
    }
}

fn count(text: &str) -> Result<usize> {
    let found = text.trim().parse().ok();
    found
        .filter(|n| (1..=1_000_000_000).contains(n))
        .ok_or(Error::Expected("a whole number from 1 to 1000000000"))
}

fn widths(text: &str) -> Result<Vec<usize>> {
    let width = |text: &str| {
        let found = text.trim().parse().ok();
        found
            .filter(|n| (1..=10_000).contains(n))
            .ok_or(Error::Expected("a whole number from 1 to 10000"))
    };
    text.split(',').map(width).collect()
}

fn not_negative(text: &str) -> Result<f64> {
    let x = number(text)?;
    (x >= 0.0).then_some(x).ok_or(Error::Expected("0 or more"))
}

fn number(text: &str) -> Result<f64> {
    let found = text.trim().parse::<f64>().ok();
    found
        .filter(|x| x.is_finite())
        .ok_or(Error::Expected("a finite number"))
}

impl Change {
    /// Reads changes of one setting from text. For example, `batch=5/20` gives the changes
    /// `batch=5` and `batch=20`.
    ///
    /// Values are separated by slashes. For all settings except `hidden`, values can also be
    /// separated by commas. For the setting `hidden`, commas separate the widths of the layers of
    /// one value.
    ///
    /// # Errors
    /// [`Error::Expected`] for an unknown setting or an invalid value.
    pub fn list(text: &str) -> Result<Vec<Self>> {
        let (option, values) = text
            .split_once('=')
            .ok_or(Error::Expected("OPTION=VALUE/VALUE"))?;
        let separators: &[char] = match option {
            "hidden" => &['/'],
            _ => &['/', ','],
        };
        let values = values.split(separators);
        values
            .map(|value| format!("{option}={value}").parse())
            .collect()
    }

    /// Returns one change per variant of [`Change`], with the value of the given settings.
    pub fn all_of(settings: &Settings) -> [Self; 6] {
        [
            Self::Hidden(settings.hidden.clone()),
            Self::Batch(settings.batch),
            Self::Epochs(settings.epochs),
            Self::LearningRate(settings.learning_rate),
            Self::WeightDecay(settings.weight_decay),
            Self::LabelWeight(settings.label_weight),
        ]
    }

    fn apply(&self, settings: &mut Settings) {
        match self {
            Self::Hidden(widths) => settings.hidden.clone_from(widths),
            Self::Batch(n) => settings.batch = *n,
            Self::Epochs(n) => settings.epochs = *n,
            Self::LearningRate(x) => settings.learning_rate = *x,
            Self::WeightDecay(x) => settings.weight_decay = *x,
            Self::LabelWeight(x) => settings.label_weight = *x,
        }
    }
}

/// Set of changes that are applied together to the base settings. The text form is a list such as
/// `batch=5 epochs=500`, or `base` if there are no changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variation(#[serde(with = "super::text::list")] pub Vec<Change>);

impl Variation {
    /// Returns the base settings with these changes.
    pub fn apply_to(&self, base: &Settings) -> Settings {
        let mut settings = base.clone();
        self.0.iter().for_each(|change| change.apply(&mut settings));
        settings
    }
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("base");
        }
        let changes: Vec<String> = self.0.iter().map(Change::to_string).collect();
        f.write_str(&changes.join(" "))
    }
}

/// Returns the default changes of a comparison.
///
/// The changes are:
/// - half and double the widths of all layers,
/// - one layer fewer and one layer more,
/// - half and double the batch size,
/// - half and double the number of epochs,
/// - 0.3 times and 3 times the learning rate,
/// - no weight decay, a tenth of the weight decay, and ten times the weight decay.
pub fn around(settings: &Settings) -> Vec<Change> {
    let hidden = &settings.hidden;
    let every = |f: &dyn Fn(usize) -> usize| hidden.iter().map(|&n| f(n)).collect::<Vec<_>>();
    let mut widths = vec![every(&|n| n.div_ceil(2)), every(&|n| 2 * n)];
    if let [before @ .., above, last] = &hidden[..] {
        widths.push([before, &[*last]].concat());
        let between = ((above * last) as f64).sqrt().round() as usize;
        widths.push([before, &[*above, between, *last]].concat());
    }
    let halves = |n: usize| [n.div_ceil(2), 2 * n];
    let [rate, decay] = [settings.learning_rate, settings.weight_decay];
    let widths = widths.into_iter().map(Change::Hidden);
    widths
        .chain(halves(settings.batch).map(Change::Batch))
        .chain(halves(settings.epochs).map(Change::Epochs))
        .chain([0.3 * rate, 3.0 * rate].map(Change::LearningRate))
        .chain([0.0, 0.1 * decay, 10.0 * decay].map(Change::WeightDecay))
        .collect()
}

/// Returns one variation per change. Omits repeated changes, and changes whose value is already in
/// the base settings.
pub fn one_at_a_time(base: &Settings, changes: &[Change]) -> Vec<Variation> {
    let options = by_option(base, changes);
    options
        .into_iter()
        .flatten()
        .map(|c| Variation(vec![c]))
        .collect()
}

/// Returns all combinations of the changes, with at most one change per setting. Omits repeated
/// changes, and changes whose value is already in the base settings.
///
/// # Errors
/// [`Error::TooManySettings`] for more than 10,000 combinations.
pub fn combinations(base: &Settings, changes: &[Change]) -> Result<Vec<Variation>> {
    let options = by_option(base, changes);
    let found = options
        .iter()
        .fold(1_usize, |n, o| n.saturating_mul(o.len() + 1));
    if found > MOST_SETTINGS {
        return Err(Error::TooManySettings {
            found,
            most: MOST_SETTINGS,
        });
    }
    let grid = options.iter().fold(vec![Vec::new()], |grid, option| {
        let with = |changes: &Vec<Change>| {
            let more = option
                .iter()
                .map(|c| [&changes[..], std::slice::from_ref(c)].concat());
            std::iter::once(changes.clone())
                .chain(more)
                .collect::<Vec<_>>()
        };
        grid.iter().flat_map(with).collect()
    });
    Ok(grid.into_iter().skip(1).map(Variation).collect())
}

/// Groups changes by option in the order of first appearance, without repeats and values of the
/// base.
fn by_option(base: &Settings, changes: &[Change]) -> Vec<Vec<Change>> {
    let own = Change::all_of(base);
    let mut options: Vec<Vec<Change>> = Vec::new();
    for change in changes.iter().filter(|c| !own.contains(c)) {
        let same = |o: &&mut Vec<Change>| discriminant(&o[0]) == discriminant(change);
        match options.iter_mut().find(same) {
            Some(option) if option.contains(change) => {}
            Some(option) => option.push(change.clone()),
            None => options.push(vec![change.clone()]),
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(texts: &[&str]) -> Vec<Change> {
        texts
            .iter()
            .flat_map(|t| Change::list(t).unwrap())
            .collect()
    }

    fn names(variations: &[Variation]) -> Vec<String> {
        variations.iter().map(Variation::to_string).collect()
    }

    #[test]
    fn one_option_differs_at_a_time_or_all_do() {
        let base = Settings::paper();
        let asked = changes(&[
            "hidden=64,12/128,64,12",
            "batch=5,20/5",
            "batch=40",
            "lr=0.001",
        ]);
        let single = ["hidden=64,12", "batch=5", "batch=20", "batch=40"];
        assert_eq!(names(&one_at_a_time(&base, &asked)), single);
        let grid = names(&combinations(&base, &asked).unwrap());
        assert_eq!((grid.len(), grid[6].as_str()), (7, "hidden=64,12 batch=40"));
        let hundred: Vec<String> = (1..=101).map(|n| n.to_string()).collect();
        let wide = |option: &str| Change::list(&format!("{option}={}", hundred.join("/"))).unwrap();
        let error = combinations(&base, &[wide("epochs"), wide("batch")].concat()).unwrap_err();
        assert!(error.to_string().contains("10302 settings"), "{error}");
    }

    #[test]
    fn a_variation_is_the_base_with_its_changes() {
        let base = Settings::paper().with_batch(7).with_weight_decay(0.0);
        let both =
            Variation(changes(&["hidden=9,3", "epochs=5", "label-weight=3"])).apply_to(&base);
        let own = Change::all_of(&both).map(|c| c.to_string());
        let expected = [
            "hidden=9,3",
            "batch=7",
            "epochs=5",
            "lr=0.001",
            "weight-decay=0",
            "label-weight=3",
        ];
        assert_eq!(own, expected);
    }

    #[test]
    fn the_default_lies_around_the_base() {
        let of = |base: &Settings| names(&one_at_a_time(base, &around(base)));
        let expected = [
            "hidden=64,32,6",
            "hidden=256,128,24",
            "hidden=128,12",
            "hidden=128,64,28,12",
            "batch=5",
            "batch=20",
            "epochs=500",
            "epochs=2000",
            "lr=0.0003",
            "lr=0.003",
            "weight-decay=0",
            "weight-decay=0.00001",
            "weight-decay=0.001",
        ];
        assert_eq!(of(&Settings::paper()), expected);
        let one = of(&Settings {
            hidden: vec![1],
            epochs: 1,
            weight_decay: 0.0,
            ..Settings::paper()
        });
        assert_eq!(one[..2], ["hidden=2", "batch=5"]);
        assert!(one.iter().all(|name| !name.starts_with("weight-decay")));
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        for (text, expected) in [
            ("batch", "expected OPTION=VALUE"),
            ("depth=3", "expected hidden, batch"),
            ("batch=5,0", "batch=0: expected a whole number"),
            ("hidden=8,4/", "hidden=: expected a whole number"),
            ("label-weight=-1", "label-weight=-1: expected 0 or more"),
            ("lr=-1", "lr=-1: expected a number greater than 0"),
            (
                "weight-decay=nan",
                "weight-decay=nan: expected a finite number",
            ),
        ] {
            let message = Change::list(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
