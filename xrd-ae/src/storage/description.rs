//! Description of a model in its file.

mod training;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xrd_core::{IntensityUnit, Scale, TwoThetaGrid, Wavelength};

use crate::activation::Activation;
use crate::attachment::Attachment;
use crate::autoencoder::{Autoencoder, shapes, widths};
use crate::config::{AutoencoderConfig, InputScaling, TrainingConfig};
use crate::error::{Error, Result, check};

pub(super) use training::TrainingWords;
pub(crate) use training::is_zero;

/// Version of the file format.
pub(super) const FORMAT_VERSION: u64 = 2;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Description {
    format_version: u64,
    crate_version: String,
    /// The text "[inputs, outputs]".
    weight_orientation: String,
    widths: Vec<usize>,
    activations: Vec<Activation>,
    input_scaling: ScalingWord,
    grid: GridWords,
    wavelength_angstrom: Option<f64>,
    intensity_unit: UnitWord,
    intensity_factor: f64,
    /// Omitted if empty, as in files from before this entry existed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    preparation: Vec<String>,
    weights_seed: u64,
    training: Option<TrainingWords>,
    /// SHA-256 of the training patterns.
    data_sha256: Option<String>,
    /// Text of each attachment. Omitted if empty, as in files from before attachments existed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attached: BTreeMap<String, String>,
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

#[derive(Debug, Serialize, Deserialize)]
struct GridWords {
    start_deg: f64,
    step_deg: f64,
    points: usize,
}

impl Description {
    pub(super) fn of(model: &Autoencoder) -> Result<Self> {
        let grid = &model.grid;
        Ok(Self {
            format_version: FORMAT_VERSION,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            weight_orientation: "[inputs, outputs]".to_owned(),
            widths: widths(grid.len(), &model.config),
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
            training: model.training.as_ref().map(TrainingWords::of),
            data_sha256: model.data_hash.clone(),
            attached: texts(&model.attachments),
        })
    }

    pub(super) fn grid(&self) -> Result<TwoThetaGrid> {
        let grid = &self.grid;
        Ok(TwoThetaGrid::new(
            grid.start_deg,
            grid.step_deg,
            grid.points,
        )?)
    }

    /// Settings of the network. Returns an error if the layers do not form an autoencoder for this
    /// number of points.
    pub(super) fn config(&self, points: usize) -> Result<AutoencoderConfig> {
        let wrong = || Error::WrongLayers {
            found: self.widths.clone(),
            points,
        };
        let middle = self.widths.len() / 2;
        let hidden = self.widths.get(1..middle).ok_or_else(wrong)?;
        let config = AutoencoderConfig {
            hidden: hidden.to_vec(),
            latent: self.widths[middle],
            scaling: match self.input_scaling {
                ScalingWord::Global => InputScaling::Global,
                ScalingWord::PerPoint => InputScaling::PerPoint,
                ScalingWord::None => InputScaling::None,
            },
            seed: self.weights_seed,
        };
        let activations = shapes(points, &config).map(|(_, activation)| activation);
        let fits = config.validate().is_ok()
            && widths(points, &config) == self.widths
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
        self.training
            .as_ref()
            .map(TrainingWords::config)
            .transpose()
    }

    pub(super) fn attached(&self) -> &BTreeMap<String, String> {
        &self.attached
    }

    pub(super) fn data_hash(&self) -> Option<String> {
        self.data_sha256.clone()
    }
}

fn texts(attachments: &BTreeMap<String, Attachment>) -> BTreeMap<String, String> {
    let text = |(name, one): (&String, &Attachment)| (name.clone(), one.text.clone());
    attachments.iter().map(text).collect()
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
