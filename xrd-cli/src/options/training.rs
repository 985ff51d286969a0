use std::fmt;

use anyhow::{Result, bail};
use clap::Args;
use xrd_ae::{
    AutoencoderConfig, Course, Decay, EarlyStopping, FirstLayerRate, InputScaling, Loss, Schedule,
    TrainingConfig,
};

use super::{at_most, count, fraction, not_negative, number, positive};

/// How the network is built and trained.
#[derive(Args, Clone, Debug)]
pub(crate) struct Training {
    /// Passes over the training patterns
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = count)]
    pub(crate) epochs: usize,
    /// Seed of split, weights and batch order
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Widths of the hidden layers from the input to the plane
    #[arg(long, value_name = "N,N,...", default_value = "128,64,12", value_parser = widths)]
    pub(crate) hidden: Widths,
    /// Dimensions of the latent space; of more than 2 the plane that is drawn is that of the first
    /// two principal axes, and labels are estimated from neighbours
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = latent)]
    pub(crate) latent: usize,
    /// Patterns a step
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count)]
    pub(crate) batch: usize,
    /// What is made small
    #[arg(long, value_enum, default_value_t = LossName::Mse)]
    loss: LossName,
    /// Learning rate of Adam
    #[arg(long, value_name = "X", default_value_t = TrainingConfig::paper().learning_rate, value_parser = positive)]
    pub(crate) lr: f64,
    /// Give the first layer the learning rate of the others, instead of that over the square root
    /// of the number of angles
    #[arg(long)]
    pub(crate) full_first_rate: bool,
    /// Course of the learning rate: constant, step:N:F (times F after every N epochs) or cosine,
    /// cosine:M (to zero, or to M times the rate)
    #[arg(long, value_name = "COURSE", default_value = "constant", value_parser = schedule)]
    pub(crate) schedule: CourseText,
    /// Epochs in which the learning rate rises from zero first; need not be whole
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = not_negative)]
    warm_up: f64,
    /// Weight decay
    #[arg(long, value_name = "X", default_value_t = TrainingConfig::paper().weight_decay, value_parser = not_negative)]
    pub(crate) weight_decay: f64,
    /// Take the weight decay from the weights (AdamW) instead of adding it to the gradient
    #[arg(long)]
    decoupled_decay: bool,
    /// Scale gradients whose norm over all layers exceeds this down to it
    #[arg(long, value_name = "X", value_parser = positive)]
    clip: Option<f64>,
    /// Train on patterns as those of crystals strained at random by up to this Δd/d, anew in each
    /// epoch, so that generated lines move between compositions instead of fading; about as much as
    /// neighbouring compositions differ
    #[arg(long, value_name = "X", value_parser = positive)]
    strain: Option<f64>,
    /// What is done to intensities first, besides subtracting the mean training pattern
    #[arg(long, value_enum, default_value_t = Scaling::Global)]
    pub(crate) scaling: Scaling,
    /// Given where patterns can be watched
    #[arg(skip)]
    pub(crate) stopping: Stopping,
}

/// When to end before the last epoch.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Stopping {
    /// Share of the training patterns held back for early stopping
    #[arg(long, value_name = "X", value_parser = fraction)]
    pub(crate) validation_fraction: Option<f64>,
    /// End after so many epochs without improvement, and take the weights of the best
    #[arg(long, value_name = "N", value_parser = count)]
    patience: Option<usize>,
    /// By how much a loss must fall to be an improvement
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = not_negative, requires = "patience")]
    min_improvement: f64,
}

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum LossName {
    /// Mean squared error
    Mse,
    /// 1 minus the cosine of the angle between pattern and reproduction
    Cosine,
    /// 1 minus Pearson's correlation of the two
    Pearson,
}

/// What is done to intensities before they enter the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scaling {
    /// One factor for all angles
    Global,
    /// Each angle by its own spread, which makes weak lines count as much as strong ones
    PerPoint,
}

impl fmt::Display for Scaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Global => "global",
            Self::PerPoint => "per-point",
        })
    }
}

impl Training {
    pub(crate) fn network(&self, seed: u64) -> AutoencoderConfig {
        AutoencoderConfig {
            hidden: self.hidden.0.clone(),
            latent: self.latent,
            scaling: match self.scaling {
                Scaling::Global => InputScaling::Global,
                Scaling::PerPoint => InputScaling::PerPoint,
            },
            seed,
        }
    }

    /// Fails where there are not so many seeds from this one on.
    pub(crate) fn check_seeds(&self, seeds: usize) -> Result<()> {
        if self.seed.checked_add(seeds as u64).is_none() {
            bail!("--seed {} leaves no room for {seeds} seeds", self.seed);
        }
        Ok(())
    }

    /// The loss as it is written on the command line.
    pub(crate) fn loss_name(&self) -> &'static str {
        match self.loss {
            LossName::Mse => "mse",
            LossName::Cosine => "cosine",
            LossName::Pearson => "pearson",
        }
    }

    /// The configuration.
    ///
    /// # Errors
    /// Of settings that do not fit together.
    pub(crate) fn config(&self, seed: u64) -> xrd_ae::Result<TrainingConfig> {
        let stopping = |patience| EarlyStopping {
            patience,
            min_improvement: self.stopping.min_improvement,
        };
        let config = TrainingConfig {
            epochs: self.epochs,
            batch: self.batch,
            loss: match self.loss {
                LossName::Mse => Loss::MeanSquaredError,
                LossName::Cosine => Loss::Cosine,
                LossName::Pearson => Loss::Pearson,
            },
            learning_rate: self.lr,
            schedule: self.schedule.0.with_warm_up(self.warm_up)?,
            weight_decay: self.weight_decay,
            decay: match self.decoupled_decay {
                true => Decay::Decoupled,
                false => Decay::L2,
            },
            clip: self.clip,
            strain: self.strain,
            first_layer: match self.full_first_rate {
                true => FirstLayerRate::Same,
                false => FirstLayerRate::OverRootPoints,
            },
            early_stopping: self.stopping.patience.map(stopping),
            seed,
        };
        config.validate()?;
        Ok(config)
    }
}

/// The widths of the hidden layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Widths(pub(crate) Vec<usize>);

impl fmt::Display for Widths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(usize::to_string).collect();
        f.write_str(&texts.join(","))
    }
}

pub(crate) fn widths(text: &str) -> Result<Widths, String> {
    text.split(',')
        .map(at_most::<10_000>)
        .collect::<Result<_, _>>()
        .map(Widths)
}

fn latent(text: &str) -> Result<usize, String> {
    let n = count(text).ok().filter(|n| (2..=16).contains(n));
    n.ok_or_else(|| "expected a whole number from 2 to 16".into())
}

/// The course of a learning rate as it is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CourseText(pub(crate) Schedule);

impl fmt::Display for CourseText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.course() {
            Course::Constant => f.write_str("constant"),
            Course::Step { every, factor } => write!(f, "step:{every}:{factor}"),
            Course::Cosine { down_to: 0.0 } => f.write_str("cosine"),
            Course::Cosine { down_to } => write!(f, "cosine:{down_to}"),
            _ => f.write_str("other"),
        }
    }
}

fn schedule(text: &str) -> Result<CourseText, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let schedule = match parts[..] {
        ["constant"] => Ok(Schedule::CONSTANT),
        ["step", every, factor] => Schedule::step(count(every)?, number(factor)?),
        ["cosine"] => Schedule::cosine(0.0),
        ["cosine", down_to] => Schedule::cosine(number(down_to)?),
        _ => return Err("expected constant, step:N:F, cosine or cosine:M".into()),
    };
    schedule.map(CourseText).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read_or_refused() {
        assert_eq!(widths("128,64, 12").unwrap().0, [128, 64, 12]);
        let refused = ["", "0", "8,,4", "abc", "-1", "10001"];
        assert!(refused.iter().all(|t| widths(t).is_err()));
    }

    #[test]
    fn schedules_are_read_as_they_are_shown() {
        for text in ["constant", "step:200:0.5", "cosine", "cosine:0.01"] {
            assert_eq!(schedule(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "step",
            "step:0:0.5",
            "step:5:1",
            "step:5",
            "cosine:1",
            "linear",
        ] {
            assert!(schedule(text).is_err(), "{text}");
        }
    }
}
