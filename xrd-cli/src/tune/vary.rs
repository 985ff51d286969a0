//! The settings that are compared: a base, and what is changed of it.

use std::fmt;
use std::mem::{Discriminant, discriminant};

use anyhow::{Result, bail};

use crate::options::{Training, Widths, count, not_negative, positive, widths};

/// More settings than anyone waits for.
const MOST_SETTINGS: usize = 10_000;

/// An option of the training with another value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Hidden(Widths),
    Batch(usize),
    Epochs(usize),
    LearningRate(f64),
    WeightDecay(f64),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hidden(widths) => write!(f, "hidden={widths}"),
            Self::Batch(n) => write!(f, "batch={n}"),
            Self::Epochs(n) => write!(f, "epochs={n}"),
            Self::LearningRate(x) => write!(f, "lr={x}"),
            Self::WeightDecay(x) => write!(f, "weight-decay={x}"),
        }
    }
}

impl Change {
    fn read(option: &str, value: &str) -> Result<Self, String> {
        let change = match option {
            "hidden" => widths(value).map(Self::Hidden),
            "batch" => count(value).map(Self::Batch),
            "epochs" => count(value).map(Self::Epochs),
            "lr" => positive(value).map(Self::LearningRate),
            "weight-decay" => not_negative(value).map(Self::WeightDecay),
            _ => return Err("expected hidden, batch, epochs, lr or weight-decay".into()),
        };
        change.map_err(|expected| format!("{option}={value}: {expected}"))
    }

    fn option(&self) -> Discriminant<Self> {
        discriminant(self)
    }

    fn apply(&self, training: &mut Training) {
        match self {
            Self::Hidden(widths) => training.hidden = widths.clone(),
            Self::Batch(n) => training.batch = *n,
            Self::Epochs(n) => training.epochs = *n,
            Self::LearningRate(x) => training.lr = *x,
            Self::WeightDecay(x) => training.weight_decay = *x,
        }
    }

    /// The values of a training.
    pub(crate) fn all_of(training: &Training) -> [Self; 5] {
        [
            Self::Hidden(training.hidden.clone()),
            Self::Batch(training.batch),
            Self::Epochs(training.epochs),
            Self::LearningRate(training.lr),
            Self::WeightDecay(training.weight_decay),
        ]
    }
}

/// Values of one option, as in `batch=5/20`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Vary(Vec<Change>);

/// Values are parted by `/`; those that are single numbers by commas too.
pub(crate) fn vary(text: &str) -> Result<Vary, String> {
    let (option, values) = text.split_once('=').ok_or("expected OPTION=VALUE/VALUE")?;
    let parts: &[char] = match option {
        "hidden" => &['/'],
        _ => &['/', ','],
    };
    let values = values.split(parts).map(|v| Change::read(option, v));
    values.collect::<Result<_, _>>().map(Vary)
}

/// Around a training: widths halved, doubled, a layer less and one more; half and double batch
/// and epochs; about a third and three times the learning rate; no weight decay, a tenth and ten
/// times.
pub(crate) fn around(training: &Training) -> Vec<Vary> {
    let hidden = &training.hidden.0;
    let every = |f: &dyn Fn(usize) -> usize| hidden.iter().map(|&n| f(n)).collect::<Vec<_>>();
    let mut widths = vec![every(&|n| n.div_ceil(2)), every(&|n| 2 * n)];
    if let [before @ .., above, last] = &hidden[..] {
        widths.push([before, &[*last]].concat());
        let between = ((above * last) as f64).sqrt().round() as usize;
        widths.push([before, &[*above, between, *last]].concat());
    }
    let widths = widths.into_iter().map(|w| Change::Hidden(Widths(w)));
    let (batch, epochs) = (training.batch, training.epochs);
    let halves = |n: usize| [n.div_ceil(2), 2 * n];
    let [lr, decay] = [training.lr, training.weight_decay];
    vec![
        Vary(widths.collect()),
        Vary(halves(batch).map(Change::Batch).into()),
        Vary(halves(epochs).map(Change::Epochs).into()),
        Vary([0.3 * lr, 3.0 * lr].map(Change::LearningRate).into()),
        Vary(
            [0.0, 0.1 * decay, 10.0 * decay]
                .map(Change::WeightDecay)
                .into(),
        ),
    ]
}

/// A training that is compared with others.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// What is changed of the base; nothing for the base itself.
    pub(crate) changes: Vec<Change>,
    pub(crate) training: Training,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return f.write_str("base");
        }
        let changes: Vec<String> = self.changes.iter().map(Change::to_string).collect();
        f.write_str(&changes.join(" "))
    }
}

impl Setting {
    fn new(base: &Training, changes: Vec<Change>) -> Result<Self> {
        let mut training = base.clone();
        changes.iter().for_each(|c| c.apply(&mut training));
        training.config(training.seed)?;
        Ok(Self { changes, training })
    }
}

/// The base first, then each value of each option in turn, or with `full_grid` every combination.
///
/// # Errors
/// For settings that cannot be trained, and for too many of them.
pub(crate) fn settings(base: &Training, vary: &[Vary], full_grid: bool) -> Result<Vec<Setting>> {
    let own = Change::all_of(base);
    let mut options: Vec<Vec<Change>> = Vec::new();
    for change in vary.iter().flat_map(|v| &v.0).filter(|c| !own.contains(c)) {
        match options
            .iter_mut()
            .find(|o| o[0].option() == change.option())
        {
            Some(option) if option.contains(change) => {}
            Some(option) => option.push(change.clone()),
            None => options.push(vec![change.clone()]),
        }
    }
    let changes: Vec<Vec<Change>> = match full_grid {
        true => combinations(&options)?,
        false => {
            let single = options.into_iter().flatten().map(|c| vec![c]);
            std::iter::once(Vec::new()).chain(single).collect()
        }
    };
    changes.into_iter().map(|c| Setting::new(base, c)).collect()
}

/// Every choice of one value or none of each option.
fn combinations(options: &[Vec<Change>]) -> Result<Vec<Vec<Change>>> {
    let count = options
        .iter()
        .fold(1_usize, |n, o| n.saturating_mul(o.len() + 1));
    if count > MOST_SETTINGS {
        bail!("--full-grid: {count} settings (expected at most {MOST_SETTINGS})");
    }
    Ok(options.iter().fold(vec![Vec::new()], |grid, option| {
        let with = |changes: &Vec<Change>| {
            let more = option
                .iter()
                .map(|c| [&changes[..], std::slice::from_ref(c)].concat());
            std::iter::once(changes.clone())
                .chain(more)
                .collect::<Vec<_>>()
        };
        grid.iter().flat_map(with).collect()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        training: Training,
    }

    fn names(words: &str, values: &[&str], full_grid: bool) -> Vec<String> {
        let training = Program::parse_from(words.split(' ')).training;
        let vary: Vec<Vary> = values.iter().map(|v| vary(v).unwrap()).collect();
        let found = settings(&training, &vary, full_grid).unwrap();
        found.iter().map(Setting::to_string).collect()
    }

    #[test]
    fn one_option_differs_at_a_time_or_all_do() {
        let values = [
            "hidden=64,12/128,64,12",
            "batch=5,20/5",
            "batch=40",
            "lr=0.001",
        ];
        let single = ["base", "hidden=64,12", "batch=5", "batch=20", "batch=40"];
        assert_eq!(names("xrd", &values, false), single);
        let grid = names("xrd", &values, true);
        assert_eq!(
            (grid.len(), grid[0].as_str(), grid[7].as_str()),
            (8, "base", "hidden=64,12 batch=40")
        );
        let hundred: Vec<String> = (1..=101).map(|n| n.to_string()).collect();
        let wide = |option: &str| vary(&format!("{option}={}", hundred.join("/"))).unwrap();
        let training = Program::parse_from(["xrd"]).training;
        let error = settings(&training, &[wide("epochs"), wide("batch")], true).unwrap_err();
        assert!(error.to_string().contains("10302 settings"), "{error}");
    }

    #[test]
    fn a_setting_is_the_base_with_its_changes() {
        let training = Program::parse_from(["xrd", "--batch", "7", "--weight-decay", "0"]).training;
        let vary = [vary("hidden=9,3").unwrap(), vary("epochs=5").unwrap()];
        let both = settings(&training, &vary, true).unwrap().remove(3);
        let own = Change::all_of(&both.training).map(|c| c.to_string());
        let expected = [
            "hidden=9,3",
            "batch=7",
            "epochs=5",
            "lr=0.001",
            "weight-decay=0",
        ];
        assert_eq!(own, expected);
    }

    #[test]
    fn the_default_lies_around_the_base() {
        let of = |words: &str| {
            let training = Program::parse_from(words.split(' ')).training;
            let found = settings(&training, &around(&training), false).unwrap();
            found.iter().map(Setting::to_string).collect::<Vec<_>>()
        };
        let expected = [
            "base",
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
        assert_eq!(of("xrd"), expected);
        let one = of("xrd --hidden 1 --epochs 1 --weight-decay 0");
        assert_eq!(one[1..3], ["hidden=2", "batch=5"]);
        assert!(one.iter().all(|name| !name.starts_with("weight-decay")));
    }

    #[test]
    fn what_is_no_value_is_refused_by_name() {
        for (text, expected) in [
            ("batch", "expected OPTION=VALUE"),
            ("depth=3", "expected hidden, batch"),
            ("batch=5,0", "batch=0: expected a whole number"),
            ("hidden=8,4/", "hidden=: expected a whole number"),
            ("lr=-1", "lr=-1: expected a number over 0"),
            (
                "weight-decay=nan",
                "weight-decay=nan: expected a finite number",
            ),
        ] {
            let message = vary(text).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
