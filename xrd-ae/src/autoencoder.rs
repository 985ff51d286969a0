mod many;

use std::fmt;
use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, Axis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use xrd_core::{Decoder, Encoder, Latent2, OnGrid, PatternSet, Scale, TwoThetaGrid, Wavelength};

use crate::activation::Activation;
use crate::config::{AutoencoderConfig, TrainingConfig};
use crate::dense::Dense;
use crate::error::{Result, check};
use crate::masked::encode_masked;
use crate::principal_plane::PrincipalPlane;
use crate::scaling::Scaling;
use crate::source::PatternSource;
pub(crate) use many::ROWS;

/// Stream of the random numbers that initial weights are drawn from.
const WEIGHTS_STREAM: u64 = 0;

/// A network that squeezes patterns to points of a plane, and unfolds points to patterns.
///
/// It holds all it needs to be used on new patterns: grid, wavelength and scale of the patterns
/// it was made from, the fitted input scaling, and the weights.
///
/// # Example
/// ```
/// use xrd_ae::{Autoencoder, AutoencoderConfig};
/// use xrd_core::{Encoder, PatternSet, Scale, TwoThetaGrid};
///
/// let grid = TwoThetaGrid::new(10.0, 0.5, 3)?;
/// let names = vec!["a".to_owned(), "b".to_owned()];
/// let block = vec![0.0, 1.0, 2.0, 1.0, 2.0, 0.0];
/// let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block)?;
///
/// let config = AutoencoderConfig { hidden: vec![4], ..AutoencoderConfig::paper() };
/// let model = Autoencoder::initialise(&config, &set)?;
/// assert_eq!(model.encode_set(&set)?.len(), 2);
/// # Ok::<(), xrd_ae::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Autoencoder {
    pub(crate) grid: TwoThetaGrid,
    pub(crate) wavelength: Option<Wavelength>,
    pub(crate) scale: Scale,
    pub(crate) preparation: Vec<String>,
    pub(crate) config: AutoencoderConfig,
    pub(crate) training: Option<TrainingConfig>,
    pub(crate) data_hash: Option<String>,
    pub(crate) scaling: Scaling,
    /// Where the latent space has more dimensions than two.
    pub(crate) plane: Option<PrincipalPlane>,
    /// Encoder, then decoder, each of `config.hidden.len() + 1` layers.
    pub(crate) layers: Vec<Dense<f32>>,
}

impl Autoencoder {
    /// The autoencoder before training: input scaling fitted, weights drawn from the seed.
    ///
    /// A [`PatternSet`] is a source; others are read twice.
    ///
    /// # Errors
    /// As [`AutoencoderConfig::validate`]; [`Error::Empty`](crate::Error::Empty) without patterns;
    /// [`Error::Constant`](crate::Error::Constant) for patterns that are all the same (one alone
    /// too); [`Error::OutOfRange`](crate::Error::OutOfRange) where they differ by less than 1e-30 or more than 1e30 (root mean
    /// square), or their scale is not finite.
    ///
    /// Cost O(intensities + weights).
    pub fn initialise(config: &AutoencoderConfig, train: &dyn PatternSource) -> Result<Self> {
        config.validate()?;
        let factor = train.scale().factor;
        check(
            "intensity factor",
            factor,
            factor != 0.0,
            "finite and not 0",
        )?;
        let scaling = Scaling::fit(config.scaling, train)?;
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(WEIGHTS_STREAM);
        let layers = shapes(train.grid().len(), config)
            .map(|(shape, activation)| Dense::random(shape, activation, &mut rng))
            .collect();
        let mut model = Self {
            grid: *train.grid(),
            wavelength: train.wavelength(),
            scale: train.scale(),
            preparation: Vec::new(),
            config: config.clone(),
            training: None,
            data_hash: None,
            scaling,
            plane: None,
            layers,
        };
        model.fit_plane(train)?;
        Ok(model)
    }

    /// Lays the plane through the latent points of patterns, where there are more dimensions than
    /// two.
    ///
    /// Cost O(patterns · weights) there.
    pub(crate) fn fit_plane(&mut self, train: &dyn PatternSource) -> Result<()> {
        if self.config.latent == 2 {
            return Ok(());
        }
        let mut points = Vec::with_capacity(train.len() * self.config.latent);
        let mut block = Vec::new();
        for start in (0..train.len()).step_by(ROWS) {
            let rows = start..train.len().min(start + ROWS);
            block.resize(rows.len() * self.grid.len(), 0.0);
            for (row, index) in block.chunks_mut(self.grid.len()).zip(rows) {
                train.read(index, row)?;
            }
            points.extend(many::encoded(self.encoder(), &self.scaling, &block));
        }
        let points: Vec<f64> = points.into_iter().map(f64::from).collect();
        self.plane = Some(PrincipalPlane::fit(&points, self.config.latent));
        Ok(())
    }

    /// The latent coordinates of every pattern of a set, `config().latent` numbers a pattern,
    /// pattern by pattern. Where these are two, they are x and y of
    /// [`encode_set`](Encoder::encode_set).
    ///
    /// # Errors
    /// [`xrd_core::Error::GridMismatch`] for a set on another grid,
    /// [`xrd_core::Error::NotFinite`] for intensities so large that the network overflows.
    ///
    /// Cost O(patterns · weights of the encoder).
    pub fn latent_coordinates(&self, set: &PatternSet) -> Result<Vec<f64>> {
        self.check_set(set)?;
        let points = many::encoded(self.encoder(), &self.scaling, set.block());
        let points = points.into_raw_vec_and_offset().0;
        all_finite("coordinate", &points)?;
        Ok(points.into_iter().map(f64::from).collect())
    }

    /// Mean of the training patterns, one intensity per point of the grid.
    pub fn mean_training_pattern(&self) -> Vec<f32> {
        self.scaling.mean.to_vec()
    }

    /// The grid that patterns lie on.
    pub fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    /// The wavelength of the training patterns, where it is known.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    /// The scale of the training patterns.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// What was done to the training patterns before they came here, step by step, in the words
    /// of [`with_preparation`](Self::with_preparation). New patterns want the same.
    pub fn preparation(&self) -> &[String] {
        &self.preparation
    }

    /// The same model with a note of what was done to its patterns. The words are kept as they
    /// are, also in files.
    #[must_use]
    pub fn with_preparation(mut self, steps: Vec<String>) -> Self {
        self.preparation = steps;
        self
    }

    /// What it was made with.
    pub fn config(&self) -> &AutoencoderConfig {
        &self.config
    }

    /// What it was last trained with; none before training.
    pub fn training(&self) -> Option<&TrainingConfig> {
        self.training.as_ref()
    }

    /// SHA-256 of the patterns it was last trained on, in hexadecimal; none before training.
    ///
    /// Of the intensities as little-endian `f32`, pattern by pattern.
    pub fn data_hash(&self) -> Option<&str> {
        self.data_hash.as_deref()
    }

    /// The patterns of many points, one after the other: points.len() × grid().len().
    ///
    /// # Errors
    /// [`xrd_core::Error::NotFinite`] for a point that is not finite, or so far away that its
    /// pattern is not.
    ///
    /// Cost O(points · weights of the decoder).
    pub fn decode_many(&self, points: &[Latent2]) -> Result<Vec<f32>> {
        Ok(self.decode_block(points)?)
    }

    /// Every pattern of a set, encoded and decoded: set.len() × grid().len(), pattern by pattern.
    ///
    /// # Errors
    /// [`xrd_core::Error::GridMismatch`] for a set on another grid,
    /// [`xrd_core::Error::NotFinite`] for intensities so large that the network overflows.
    ///
    /// Cost O(patterns · weights).
    pub fn reconstruct(&self, set: &PatternSet) -> Result<Vec<f32>> {
        self.check_set(set)?;
        Ok(self.reconstruct_block(set.block())?)
    }

    /// Patterns in one block, encoded and decoded.
    pub(crate) fn reconstruct_block(&self, block: &[f32]) -> xrd_core::Result<Vec<f32>> {
        let points = many::encoded(self.encoder(), &self.scaling, block);
        self.decoded("reconstructed intensity", points.view())
    }

    /// Fails for a set on another grid.
    pub(crate) fn check_set(&self, set: &PatternSet) -> xrd_core::Result<()> {
        self.check_grid(set.grid())
    }

    pub(crate) fn check_grid(&self, grid: &TwoThetaGrid) -> xrd_core::Result<()> {
        if grid.same_as(&self.grid) {
            return Ok(());
        }
        Err(xrd_core::Error::GridMismatch {
            found: *grid,
            expected: self.grid,
        })
    }

    pub(crate) fn encoder(&self) -> &[Dense<f32>] {
        &self.layers[..self.layers.len() / 2]
    }

    fn decoder(&self) -> &[Dense<f32>] {
        &self.layers[self.layers.len() / 2..]
    }

    /// The points of patterns in one block.
    fn encode_block(&self, block: &[f32]) -> xrd_core::Result<Vec<Latent2>> {
        let points = many::encoded(self.encoder(), &self.scaling, block);
        all_points_finite(self.as_points(points.view()))
    }

    fn decode_block(&self, points: &[Latent2]) -> xrd_core::Result<Vec<f32>> {
        let coordinates: Vec<f32> = points.iter().flat_map(|&p| self.latent_of(p)).collect();
        all_finite("coordinate", &coordinates)?;
        let rows = ArrayView2::from_shape((points.len(), self.config.latent), &coordinates)
            .expect("a point has so many coordinates");
        self.decoded("decoded intensity", rows)
    }

    /// The points of the plane below rows of latent coordinates.
    pub(crate) fn as_points(&self, rows: ArrayView2<f32>) -> Vec<Latent2> {
        let point = |row: ArrayView1<f32>| match &self.plane {
            None => Latent2::new(f64::from(row[0]), f64::from(row[1])),
            Some(plane) => plane.project(row.iter().map(|&v| f64::from(v))),
        };
        rows.axis_iter(Axis(0)).map(point).collect()
    }

    /// The latent coordinates of a point of the plane.
    fn latent_of(&self, p: Latent2) -> Vec<f32> {
        match &self.plane {
            None => vec![p.x as f32, p.y as f32],
            Some(plane) => plane.lift(p).map(|v| v as f32).collect(),
        }
    }

    /// The intensities that rows of coordinates stand for, all of them finite.
    fn decoded(
        &self,
        what: &'static str,
        coordinates: ArrayView2<f32>,
    ) -> xrd_core::Result<Vec<f32>> {
        let mut block = vec![0.0; coordinates.nrows() * self.grid.len()];
        if !many::decode(self.decoder(), &self.scaling, coordinates, &mut block) {
            all_finite(what, &block)?;
        }
        Ok(block)
    }
}

impl OnGrid for Autoencoder {
    fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }
}

impl Encoder for Autoencoder {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        Ok(self.encode_block(intensities)?[0])
    }

    /// Encodes the pattern once and corrects the sums of the first layer for each mask.
    ///
    /// Cost O(points·h + Σ(mask lengths)·h + masks · weights behind the first layer), h being
    /// the width of the first layer.
    fn encode_masked(
        &self,
        intensities: &[f32],
        masks: &[Range<usize>],
    ) -> xrd_core::Result<Vec<Latent2>> {
        self.check(intensities)?;
        all_points_finite(encode_masked(self, intensities, masks)?)
    }

    fn encode_set(&self, set: &PatternSet) -> xrd_core::Result<Vec<Latent2>> {
        self.check_set(set)?;
        self.encode_block(set.block())
    }
}

impl Decoder for Autoencoder {
    fn decode(&self, point: Latent2) -> xrd_core::Result<Vec<f32>> {
        self.decode_block(&[point])
    }
}

impl fmt::Debug for Autoencoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Autoencoder")
            .field("grid", &self.grid)
            .field("config", &self.config)
            .field("training", &self.training)
            .finish_non_exhaustive()
    }
}

/// The widths from input to output.
pub(crate) fn widths(points: usize, config: &AutoencoderConfig) -> Vec<usize> {
    let hidden = &config.hidden;
    let there = [points].into_iter().chain(hidden.iter().copied());
    let back = hidden.iter().rev().copied().chain([points]);
    there.chain([config.latent]).chain(back).collect()
}

/// Inputs and outputs, and activation, of each layer.
pub(crate) fn shapes(
    points: usize,
    config: &AutoencoderConfig,
) -> impl Iterator<Item = ((usize, usize), Activation)> + use<> {
    let widths = widths(points, config);
    let latent = config.hidden.len();
    let last = widths.len() - 2;
    (0..=last).map(move |layer| {
        let activation = match layer {
            l if l == latent => Activation::Tanh,
            l if l == last => Activation::Linear,
            _ => Activation::Relu,
        };
        ((widths[layer], widths[layer + 1]), activation)
    })
}

fn all_points_finite(points: Vec<Latent2>) -> xrd_core::Result<Vec<Latent2>> {
    let coordinates = points.iter().flat_map(|p| [p.x as f32, p.y as f32]);
    all_finite("coordinate", &coordinates.collect::<Vec<_>>())?;
    Ok(points)
}

fn all_finite(what: &'static str, values: &[f32]) -> xrd_core::Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(index) => Err(xrd_core::Error::NotFinite {
            what,
            index,
            value: f64::from(values[index]),
        }),
    }
}

#[cfg(test)]
mod tests;
