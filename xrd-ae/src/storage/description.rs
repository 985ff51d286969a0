//! What a model file says of its model, beside the numbers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use xrd_core::{IntensityUnit, Scale, TwoThetaGrid, Wavelength};

use crate::activation::Activation;
use crate::autoencoder::{Autoencoder, shapes, widths};
use crate::config::{AutoencoderConfig, FirstLayerRate, InputScaling, TrainingConfig};
use crate::error::{Error, Result, check};

/// The format that is written, and the latest that can be read.
const FORMAT_VERSION: u64 = 1;

/// The metadata entry that holds the description. A single entry, because several would come in
/// random order and the same model would not give the same bytes.
const KEY: &str = "xrd-ae";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Description {
    format_version: u64,
    crate_version: String,
    /// "[inputs, outputs]".
    weight_orientation: String,
    widths: Vec<usize>,
    activations: Vec<Activation>,
    input_scaling: ScalingWord,
    grid: GridWords,
    wavelength_angstrom: Option<f64>,
    intensity_unit: UnitWord,
    intensity_factor: f64,
    /// Left out where there is none, as files before it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    preparation: Vec<String>,
    weights_seed: u64,
    training: Option<TrainingWords>,
}

/// Read first, since a newer format may lack or rename the rest.
#[derive(Deserialize)]
struct Version {
    format_version: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScalingWord {
    Global,
    PerPoint,
    None,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnitWord {
    Counts,
    CountsPerSecond,
    Arbitrary,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RateWord {
    OverRootPoints,
    Same,
}

#[derive(Debug, Serialize, Deserialize)]
struct GridWords {
    start_deg: f64,
    step_deg: f64,
    points: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct TrainingWords {
    epochs: usize,
    batch: usize,
    learning_rate: f64,
    weight_decay: f64,
    first_layer: RateWord,
    order_seed: u64,
}

impl Description {
    pub(super) fn of(model: &Autoencoder) -> Result<Self> {
        let (grid, hidden) = (&model.grid, &model.config.hidden);
        Ok(Self {
            format_version: FORMAT_VERSION,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            weight_orientation: "[inputs, outputs]".to_owned(),
            widths: widths(grid.len(), hidden),
            activations: model.layers.iter().map(|l| l.activation).collect(),
            input_scaling: scaling_word(model.config.scaling),
            grid: GridWords {
                start_deg: grid.start(),
                step_deg: grid.step(),
                points: grid.len(),
            },
            wavelength_angstrom: model.wavelength.map(Wavelength::as_angstrom),
            intensity_unit: unit_word(model.scale.unit)?,
            intensity_factor: model.scale.factor,
            preparation: model.preparation.clone(),
            weights_seed: model.config.seed,
            training: model.training.map(training_words),
        })
    }

    pub(super) fn into_metadata(self) -> HashMap<String, String> {
        let json = serde_json::to_string(&self).expect("a description has string keys only");
        HashMap::from([(KEY.to_owned(), json)])
    }

    pub(super) fn from_metadata(metadata: Option<&HashMap<String, String>>) -> Result<Self> {
        let json = metadata
            .and_then(|m| m.get(KEY))
            .ok_or(Error::NotAModel { key: KEY })?;
        let version: Version = serde_json::from_str(json).map_err(Error::Metadata)?;
        let found = version.format_version;
        if found > FORMAT_VERSION {
            let supported = FORMAT_VERSION;
            return Err(Error::NewerFormat { found, supported });
        }
        serde_json::from_str(json).map_err(Error::Metadata)
    }

    pub(super) fn grid(&self) -> Result<TwoThetaGrid> {
        let grid = &self.grid;
        Ok(TwoThetaGrid::new(
            grid.start_deg,
            grid.step_deg,
            grid.points,
        )?)
    }

    /// The configuration, if the layers are those of an autoencoder of so many points.
    pub(super) fn config(&self, points: usize) -> Result<AutoencoderConfig> {
        let wrong = || Error::WrongLayers {
            found: self.widths.clone(),
            points,
        };
        let hidden = self
            .widths
            .get(1..self.widths.len() / 2)
            .ok_or_else(wrong)?;
        let config = AutoencoderConfig {
            hidden: hidden.to_vec(),
            scaling: match self.input_scaling {
                ScalingWord::Global => InputScaling::Global,
                ScalingWord::PerPoint => InputScaling::PerPoint,
                ScalingWord::None => InputScaling::None,
            },
            seed: self.weights_seed,
        };
        let activations = shapes(points, hidden).map(|(_, activation)| activation);
        let fits = config.validate().is_ok()
            && widths(points, hidden) == self.widths
            && activations.eq(self.activations.iter().copied());
        fits.then_some(config).ok_or_else(wrong)
    }

    pub(super) fn wavelength(&self) -> Result<Option<Wavelength>> {
        let wavelength = self.wavelength_angstrom.map(Wavelength::angstrom);
        Ok(wavelength.transpose()?)
    }

    pub(super) fn scale(&self) -> Result<Scale> {
        let factor = self.intensity_factor;
        check(
            "intensity factor",
            factor,
            factor != 0.0,
            "finite and not 0",
        )?;
        let unit = match self.intensity_unit {
            UnitWord::Counts => IntensityUnit::Counts,
            UnitWord::CountsPerSecond => IntensityUnit::CountsPerSecond,
            UnitWord::Arbitrary => IntensityUnit::Arbitrary,
        };
        Ok(Scale { unit, factor })
    }

    pub(super) fn preparation(&self) -> &[String] {
        &self.preparation
    }

    pub(super) fn training(&self) -> Result<Option<TrainingConfig>> {
        let training = self.training.as_ref().map(|t| TrainingConfig {
            epochs: t.epochs,
            batch: t.batch,
            learning_rate: t.learning_rate,
            weight_decay: t.weight_decay,
            first_layer: match t.first_layer {
                RateWord::OverRootPoints => FirstLayerRate::OverRootPoints,
                RateWord::Same => FirstLayerRate::Same,
            },
            seed: t.order_seed,
        });
        training.as_ref().map_or(Ok(()), TrainingConfig::validate)?;
        Ok(training)
    }
}

fn scaling_word(scaling: InputScaling) -> ScalingWord {
    match scaling {
        InputScaling::Global => ScalingWord::Global,
        InputScaling::PerPoint => ScalingWord::PerPoint,
        InputScaling::None => ScalingWord::None,
    }
}

fn unit_word(unit: IntensityUnit) -> Result<UnitWord> {
    match unit {
        IntensityUnit::Counts => Ok(UnitWord::Counts),
        IntensityUnit::CountsPerSecond => Ok(UnitWord::CountsPerSecond),
        IntensityUnit::Arbitrary => Ok(UnitWord::Arbitrary),
        _ => Err(Error::UnknownUnit { unit }),
    }
}

fn training_words(config: TrainingConfig) -> TrainingWords {
    TrainingWords {
        epochs: config.epochs,
        batch: config.batch,
        learning_rate: config.learning_rate,
        weight_decay: config.weight_decay,
        first_layer: match config.first_layer {
            FirstLayerRate::OverRootPoints => RateWord::OverRootPoints,
            FirstLayerRate::Same => RateWord::Same,
        },
        order_seed: config.seed,
    }
}
