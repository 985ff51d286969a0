//! Options of the network and its training.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use xrd_ae::{Decay, EarlyStopping, FirstLayerRate, InputScaling, Loss, Schedule};
use xrd_study::xrd_sim::RandomPatternEffects;
use xrd_study::{
    Change, GenerationRule, NamedEstimator, Preset, Seeds, Settings, laboratory_effects,
    mild_effects, toml,
};

use super::values::{count, fraction, not_negative, number, positive};

/// Options of the network and its training. Options that are not given do not change the settings.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Training {
    /// Settings to start from; other options override them
    #[arg(long, value_enum, value_name = "NAME")]
    preset: Option<PresetName>,
    /// Number of epochs: passes over the training patterns [default: 1000]
    #[arg(long, value_name = "N", value_parser = count)]
    epochs: Option<usize>,
    /// Random seed of the split, the initial weights and the batch order [default: 0]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Widths of the hidden layers from the input to the plane [default: 128,64,12]
    #[arg(long, value_name = "N,N,...", value_parser = widths)]
    hidden: Option<Widths>,
    /// Dimensions of the latent space, 2 to 16. With more than 2, labels are estimated from
    /// neighbours, and the plane that is drawn is that of the first two principal axes [default: 2]
    #[arg(long, value_name = "N", value_parser = latent)]
    latent: Option<usize>,
    /// Batch size [default: 10]
    #[arg(long, value_name = "N", value_parser = count)]
    batch: Option<usize>,
    /// Loss function to minimise [default: mse]
    #[arg(long, value_enum)]
    loss: Option<LossName>,
    /// Learning rate of Adam [default: 0.001]
    #[arg(long, value_name = "X", value_parser = positive)]
    lr: Option<f64>,
    /// Use the same learning rate for the first layer. Otherwise it is divided by the square root of
    /// the number of angles
    #[arg(long)]
    full_first_rate: bool,
    /// Schedule of the learning rate: constant, step:N:F (multiplied by F every N epochs), cosine
    /// (falls to zero) or cosine:M (falls to M times the rate) [default: cosine]. For patterns from files
    /// in studies, and with --preset paper, it is constant
    #[arg(long, value_name = "COURSE", value_parser = schedule)]
    schedule: Option<Schedule>,
    /// Epochs over which the learning rate first rises from zero; may be fractional [default: 0]
    #[arg(long, value_name = "X", value_parser = not_negative)]
    warm_up: Option<f64>,
    /// Weight decay [default: 0]. For patterns from files in studies, and with --preset paper, it is
    /// 0.0001
    #[arg(long, value_name = "X", value_parser = not_negative)]
    weight_decay: Option<f64>,
    /// Subtract the weight decay from the weights (AdamW) instead of adding it to the gradient
    #[arg(long)]
    decoupled_decay: bool,
    /// Clip gradients to this norm over all layers
    #[arg(long, value_name = "X", value_parser = positive)]
    clip: Option<f64>,
    /// Augmentation: largest random strain Δd/d of the training patterns, drawn again in each epoch.
    /// Lines of generated patterns then move between compositions instead of fading. A good value is
    /// the difference between neighbouring compositions
    #[arg(long, value_name = "X", value_parser = positive)]
    strain: Option<f64>,
    /// Effects of instrument and specimen that disturb the training patterns, drawn again in each
    /// epoch. The network learns to return the undisturbed patterns, so that points depend less on
    /// the diffractometer: none, mild, laboratory (large effects), or a TOML file with tables of
    /// effects, explained in xrd-cli/docs/effects.md [default: none]. For patterns from files in
    /// studies it is mild, except with --preset paper
    #[arg(long, value_name = "NAME|FILE", value_parser = effects)]
    effects: Option<ChosenEffects>,
    /// Weight of the label loss: the network also learns to predict the standardised labels of the
    /// training patterns from their points, so that patterns with similar labels come together.
    /// 0 trains without labels [default: 0]. For patterns from files it is 10, except with --preset
    /// paper
    #[arg(long, value_name = "X", value_parser = not_negative)]
    label_weight: Option<f64>,
    /// Weight of the border loss, which keeps points away from the border of the latent space, where
    /// patterns are hard to tell apart. 0 trains without it [default: 0.1]. With --preset paper it is 0
    #[arg(long, value_name = "X", value_parser = not_negative)]
    border_weight: Option<f64>,
    /// Scaling of the intensities after the mean training pattern is subtracted [default: global]
    #[arg(long, value_enum)]
    scaling: Option<ScalingName>,
}

/// Options of early stopping.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Stopping {
    /// Share of the training patterns held back for early stopping
    #[arg(long, value_name = "X", value_parser = fraction)]
    validation_fraction: Option<f64>,
    /// Stop after this many epochs without improvement, and keep the weights of the best epoch
    #[arg(long, value_name = "N", value_parser = count)]
    patience: Option<usize>,
    /// Smallest decrease of the loss that counts as an improvement [default: 0]
    #[arg(long, value_name = "X", value_parser = not_negative, requires = "patience")]
    min_improvement: Option<f64>,
}

/// Settings with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PresetName {
    /// The settings of Utimula et al. (2022)
    Paper,
}

/// Loss function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LossName {
    /// Mean squared error
    Mse,
    /// 1 − the cosine of the angle between a pattern and its reproduction
    Cosine,
    /// 1 − Pearson's correlation of a pattern and its reproduction
    Pearson,
}

/// Scaling of intensities before they enter the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ScalingName {
    /// One factor for all angles
    Global,
    /// One factor per angle, its spread; weak lines then count as much as strong ones
    PerPoint,
}

impl Training {
    /// The estimator of the preset: the triangle of the paper.
    pub(crate) fn preset_estimator(&self) -> Option<NamedEstimator> {
        let paper = matches!(self.preset, Some(PresetName::Paper));
        paper.then(NamedEstimator::triangle)
    }

    /// The rule of generation of the preset: the contour of the paper.
    pub(crate) fn preset_rule(&self) -> Option<GenerationRule> {
        let paper = matches!(self.preset, Some(PresetName::Paper));
        paper.then_some(GenerationRule::Contour)
    }

    /// Applies the given options to the settings.
    pub(crate) fn apply(&self, settings: &mut Settings) -> Result<()> {
        fn set<T: Clone>(value: &mut T, given: &Option<T>) {
            if let Some(given) = given {
                value.clone_from(given);
            }
        }
        if let Some(PresetName::Paper) = self.preset {
            *settings = Preset::Paper.into();
        }
        set(&mut settings.epochs, &self.epochs);
        set(&mut settings.hidden, &self.hidden.clone().map(|w| w.0));
        set(&mut settings.latent, &self.latent);
        set(&mut settings.batch, &self.batch);
        set(&mut settings.learning_rate, &self.lr);
        set(&mut settings.weight_decay, &self.weight_decay);
        set(&mut settings.label_weight, &self.label_weight);
        set(&mut settings.border_weight, &self.border_weight);
        set(&mut settings.loss, &self.loss.map(Loss::from));
        set(&mut settings.scaling, &self.scaling.map(InputScaling::from));
        let warm_up = self.warm_up.unwrap_or(settings.schedule.warm_up());
        let schedule = self.schedule.unwrap_or(settings.schedule);
        settings.schedule = schedule.with_warm_up(warm_up)?;
        if self.full_first_rate {
            settings.first_layer = FirstLayerRate::Same;
        }
        if self.decoupled_decay {
            settings.decay = Decay::Decoupled;
        }
        settings.clip = self.clip.or(settings.clip);
        settings.strain = self.strain.or(settings.strain);
        if let Some(ChosenEffects(effects)) = &self.effects {
            settings.effects.clone_from(effects);
        }
        Ok(())
    }

    /// Whether effects are given, or `none`.
    pub(crate) fn has_effects(&self) -> bool {
        self.effects.is_some()
    }

    /// Applies the given options to the seeds; `count` is the number of seeds, if given.
    pub(crate) fn apply_seeds(&self, seeds: &mut Seeds, count: Option<usize>) {
        seeds.first = self.seed.unwrap_or(seeds.first);
        seeds.count = count.unwrap_or(seeds.count);
    }

    /// Sets the number of epochs, for --quick.
    pub(crate) fn set_epochs(&mut self, epochs: usize) {
        self.epochs = Some(epochs);
    }
}

impl Stopping {
    /// Applies the given options to the settings.
    pub(crate) fn apply(&self, settings: &mut Settings) {
        settings.validation_fraction = self.validation_fraction.or(settings.validation_fraction);
        if let Some(patience) = self.patience {
            let least = self.min_improvement.unwrap_or(0.0);
            settings.early_stopping =
                Some(EarlyStopping::new(patience).with_min_improvement(least));
        }
    }

    /// Refuses early stopping without validation patterns.
    pub(crate) fn check_watched(&self, settings: &Settings) -> Result<()> {
        if settings.early_stopping.is_some() && settings.validation_fraction.is_none() {
            bail!("--patience needs --validation-fraction, which holds back validation patterns");
        }
        Ok(())
    }
}

impl From<LossName> for Loss {
    fn from(name: LossName) -> Self {
        match name {
            LossName::Mse => Self::MeanSquaredError,
            LossName::Cosine => Self::Cosine,
            LossName::Pearson => Self::Pearson,
        }
    }
}

impl From<ScalingName> for InputScaling {
    fn from(name: ScalingName) -> Self {
        match name {
            ScalingName::Global => Self::Global,
            ScalingName::PerPoint => Self::PerPoint,
        }
    }
}

/// Widths of the hidden layers. A type of its own, as clap reads a `Vec` as a repeated option.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Widths(Vec<usize>);

fn widths(text: &str) -> Result<Widths, String> {
    match format!("hidden={text}").parse() {
        Ok(Change::Hidden(widths)) => Ok(Widths(widths)),
        _ => Err("expected whole numbers from 1 to 10000, separated by commas".to_owned()),
    }
}

fn latent(text: &str) -> Result<usize, String> {
    let n = count(text).ok().filter(|n| (2..=16).contains(n));
    n.ok_or_else(|| "expected a whole number from 2 to 16".into())
}

/// Effects on training patterns; `None` for none.
#[derive(Clone, Debug)]
struct ChosenEffects(Option<RandomPatternEffects>);

/// Reads a name, or a file with tables of effects.
fn effects(text: &str) -> Result<ChosenEffects, String> {
    let chosen = match text {
        "none" => None,
        "mild" => Some(mild_effects()),
        "laboratory" => Some(laboratory_effects()),
        path => {
            let read = std::fs::read_to_string(path);
            let tables =
                read.map_err(|e| format!("{e} (expected none, mild, laboratory or a TOML file)"))?;
            let effects: RandomPatternEffects =
                toml::from_str(&tables).map_err(|e| one_line(&e))?;
            if effects.is_none() {
                return Err("no table of an effect, as in xrd-cli/docs/effects.md".into());
            }
            Some(effects)
        }
    };
    Ok(ChosenEffects(chosen))
}

/// Message of an error in a TOML file, with the line where it occurs.
fn one_line(error: &toml::de::Error) -> String {
    error.to_string().trim().replace('\n', " ")
}

fn schedule(text: &str) -> Result<Schedule, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let schedule = match parts[..] {
        ["constant"] => Ok(Schedule::CONSTANT),
        ["step", every, factor] => Schedule::step(count(every)?, number(factor)?),
        ["cosine"] => Schedule::cosine(0.0),
        ["cosine", down_to] => Schedule::cosine(number(down_to)?),
        _ => return Err("expected constant, step:N:F, cosine or cosine:M".into()),
    };
    schedule.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};
    use xrd_study::schedule_name;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        training: Training,
        #[command(flatten)]
        stopping: Stopping,
    }

    fn settings(words: &[&str]) -> Settings {
        let program = Program::parse_from([&["xrd"], words].concat());
        let mut settings = Settings::simulated();
        program.training.apply(&mut settings).unwrap();
        program.stopping.apply(&mut settings);
        settings
    }

    #[test]
    fn widths_are_read_or_refused() {
        assert_eq!(widths("128,64, 12").unwrap().0, [128, 64, 12]);
        let refused = ["", "0", "8,,4", "abc", "-1", "10001"];
        assert!(refused.iter().all(|t| widths(t).is_err()));
    }

    #[test]
    fn schedules_are_read_as_they_are_shown() {
        for text in ["constant", "step:200:0.5", "cosine", "cosine:0.01"] {
            assert_eq!(schedule_name(&schedule(text).unwrap()), text);
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

    #[test]
    fn the_help_states_the_defaults() {
        let command = Program::command();
        let mut stated = 0;
        for argument in command.get_arguments() {
            let help = argument.get_help().map_or(String::new(), |h| h.to_string());
            let Some((_, default)) = help.split_once("[default: ") else {
                continue;
            };
            let default = default.split(']').next().unwrap();
            let option = format!("--{}", argument.get_long().unwrap());
            let words: &[&str] = match argument.get_long() {
                Some("min-improvement") => &["--patience", "5"],
                _ => &[],
            };
            let given = settings(&[words, &[&option, default]].concat());
            assert_eq!(given, settings(words), "{option} {default}");
            stated += 1;
        }
        assert!(stated > 10, "{stated}");
    }

    #[test]
    fn a_preset_takes_every_other_option() {
        let preset = settings(&["--preset", "paper", "--epochs", "3", "--hidden", "8,4"]);
        let expected = Settings::paper().with_epochs(3).with_hidden(vec![8, 4]);
        assert_eq!(preset, expected);
        assert_eq!(settings(&["--preset", "paper"]), Settings::paper());
    }
}
