//! Advice added to errors of the libraries: which option to change. The libraries know no options.

use xrd_study::{Error, SplitBy, UnfinishedError};

use crate::interrupt;

/// The advice to print after the message of an error.
pub(crate) fn options(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        let of_experiment = || cause.downcast_ref().and_then(of_study);
        let of_report = || match cause.downcast_ref() {
            Some(xrd_report::Error::Study(error)) => of_study(error),
            _ => None,
        };
        let fixed = || {
            let of_network = || cause.downcast_ref().and_then(of_network);
            let of_sweep = || cause.downcast_ref().and_then(of_sweep);
            let of_simulation = || cause.downcast_ref().and_then(of_simulation);
            let of_reading = || cause.downcast_ref().and_then(of_reading);
            let found = of_network()
                .or_else(of_sweep)
                .or_else(of_simulation)
                .or_else(of_reading);
            found.map(str::to_owned)
        };
        of_experiment().or_else(of_report).or_else(fixed)
    })
}

/// Whether the work was stopped by the user.
pub(crate) fn is_interrupted(error: &anyhow::Error) -> bool {
    let found = error.downcast_ref::<Error>();
    found.is_some_and(|e| matches!(e.root(), Error::Interrupted { .. } | Error::Stopped))
}

fn of_study(error: &Error) -> Option<String> {
    if let Error::TooLarge { .. } = error {
        return Some(" (--memory sets how much is read at once)".to_owned());
    }
    let advice = match error.root() {
        Error::Network(error) => return of_network(error).map(str::to_owned),
        Error::Relevance(error) => return of_sweep(error).map(str::to_owned),
        Error::Simulation(error) => return of_simulation(error).map(str::to_owned),
        Error::Reading(error) | Error::Unmatched { source: error, .. } => {
            return of_reading(error).map(str::to_owned);
        }
        Error::Interrupted { .. } => return Some(format!("; to continue: {}", interrupt::again())),
        Error::Unfinished(error) => return of_unfinished(error).map(str::to_owned),
        Error::OtherGrid { unprepared, .. } => match unprepared {
            true => {
                " (--resample interpolates; without preparation options, patterns are prepared like those)"
            }
            false => " (--resample interpolates)",
        },
        Error::NoVariable { .. } => " (--series)",
        Error::NoSeriesValue { .. } | Error::ConstantSeries { .. } => {
            " (--series order takes the order of the files, --series none switches the series off)"
        }
        Error::Seeds { .. } => " (--seed)",
        Error::Estimator { .. } => " (--estimator)",
        Error::TooManySettings { .. } => " (--full-grid)",
        Error::Window { .. } => " (--window-deg)",
        Error::PreparedOnDisk => " (--memory sets the size above which patterns stay on disk)",
        Error::AxisOfShards { .. } => " (--axis)",
        Error::NoPatternOf { .. } | Error::NothingLeft => " (--leave-out)",
        Error::NoLabel { .. } => " (--target)",
        Error::NoEffects => " (--effects laboratory)",
        Error::UnknownLabel { .. } => " (--label)",
        Error::NoColor { .. } => " (--color-by)",
        Error::NoWavelength { .. } => " (--wavelength X states it)",
        Error::NotAReference { .. } => " (--reference needs a structure: CIF or POSCAR)",
        Error::NoLines { .. } => " (--reference needs a structure with lines there)",
        Error::Unlabelled => " (--labels, --label-from)",
        Error::NoFact { .. } | Error::NoLabels => " (--label-from, --labels, --group, --series)",
        Error::OtherModel { .. } => " (xrd encode writes a new table)",
        Error::Split {
            train, held_out, ..
        } if train + held_out < 4 => {
            " (at least 4 patterns are needed; xrd info and xrd convert take one)"
        }
        Error::Split { by, .. } => match by {
            SplitBy::TestFraction => " (--test-fraction sets the split)",
            SplitBy::ValidationFraction => " (--validation-fraction sets the split)",
            SplitBy::List => " (--test sets the split)",
            _ => return None,
        },
        Error::NoListedPattern { .. }
        | Error::AmbiguousPattern { .. }
        | Error::DividedSample { .. } => " (--test)",
        Error::TooManyFolds { .. } => " (--folds)",
        Error::TooFewToTrain { .. } | Error::Compositions { .. } => " (--schemes)",
        Error::MapPatterns { .. } => " (--patterns)",
        Error::OtherLabels { .. } | Error::OtherPatterns => " (--also)",
        Error::TooFewEstimates { .. } => " (--calibration)",
        _ => return None,
    };
    Some(advice.to_owned())
}

fn of_unfinished(error: &UnfinishedError) -> Option<&'static str> {
    match error {
        UnfinishedError::NotResumed { .. } => Some(": continue with --resume, or remove it"),
        _ => None,
    }
}

fn of_network(error: &xrd_ae::Error) -> Option<&'static str> {
    match error {
        xrd_ae::Error::Diverged { .. } => Some(" (--lr, --warm-up, --clip, --scaling)"),
        _ => None,
    }
}

fn of_sweep(error: &xrd_relevance::Error) -> Option<&'static str> {
    match error {
        xrd_relevance::Error::Window { .. } => Some(" (--window-deg)"),
        xrd_relevance::Error::Step { .. } => Some(" (--step-deg)"),
        _ => None,
    }
}

fn of_reading(error: &xrd_io::Error) -> Option<&'static str> {
    match error {
        xrd_io::Error::DifferentAxes { .. } => Some(" (--resample)"),
        xrd_io::Error::NoGrid {
            reason: xrd_core::Error::NotUniform { .. },
            ..
        } => Some(" (--resample; --axis-unit q or d if the axis is not two-theta)"),
        xrd_io::Error::NotTwoTheta { axis, .. } if is_over_spacings(axis) => Some(
            " (--wavelength X converts it to the angles of that wavelength; --axis-unit states the axis of \
                 files that do not)",
        ),
        xrd_io::Error::Malformed { expected, .. } if expected.starts_with("an axis file") => {
            Some(" (--axis)")
        }
        xrd_io::Error::OtherAxis { .. } => {
            Some(" (--axis-unit is for files that do not state their axis)")
        }
        xrd_io::Error::NoCommonRange { .. } => {
            Some(" (leave one of them out, or convert them one by one)")
        }
        xrd_io::Error::Extrapolation { .. } => {
            Some(" (the grid is that of the model, or of --resample FROM:TO:STEP)")
        }
        xrd_io::Error::CannotPrepare { step, found, .. }
            if step.starts_with("to-wavelength") && found.contains("no wavelength") =>
        {
            Some(" (--wavelength; --axis-unit q or d if the axis is not two-theta)")
        }
        _ => None,
    }
}

/// Whether an axis, in the words of its file, is Q or d.
fn is_over_spacings(axis: &str) -> bool {
    ["q ", "d-spacing "]
        .iter()
        .any(|word| axis.starts_with(word))
}

fn of_simulation(error: &xrd_sim::Error) -> Option<&'static str> {
    match error {
        xrd_sim::Error::NoDispersion { .. } => {
            Some(" (change --wavelength, or leave out --dispersion)")
        }
        xrd_sim::Error::NoDispersionOf { .. } => Some(" (leave out --dispersion)"),
        xrd_sim::Error::OutOfRange { what, .. } if *what == "goniometer radius" => {
            Some(" (--radius-mm)")
        }
        _ => None,
    }
}
