mod many;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2, Axis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use xrd_core::{Decoder, Encoder, Latent2, OnGrid, PatternSet, Scale, TwoThetaGrid, Wavelength};

use crate::activation::Activation;
use crate::attachment::Attachment;
use crate::config::{AutoencoderConfig, TrainingConfig};
use crate::dense::Dense;
use crate::error::{Result, check};
use crate::masked::encode_masked;
use crate::principal_plane::PrincipalPlane;
use crate::scaling::Scaling;
use crate::source::PatternSource;
pub(crate) use many::ROWS;

/// Random stream of the initial weights.
const WEIGHTS_STREAM: u64 = 0;

/// Autoencoder: encodes patterns as points of the latent plane, and decodes points to patterns.
///
/// The model contains the weights, the fitted input scaling, and the grid, wavelength and scale of
/// the training patterns. No other data are needed to encode new patterns.
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
/// let config = AutoencoderConfig::default().with_hidden([4]);
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
    /// Latent plane; `None` if the latent space itself is the plane.
    pub(crate) plane: Option<PrincipalPlane>,
    /// Layers of the encoder, then of the decoder; each has `config.hidden.len() + 1` layers.
    pub(crate) layers: Vec<Dense<f32>>,
    pub(crate) attachments: BTreeMap<String, Attachment>,
}

impl Autoencoder {
    /// Creates an untrained autoencoder: fits the input scaling to the training patterns, and fills
    /// the weights with random numbers.
    ///
    /// Every pattern is read twice. With more than two latent dimensions, every pattern is read a
    /// third time.
    ///
    /// # Errors
    /// - Any error of [`AutoencoderConfig::validate`] or [`PatternSource::read`].
    /// - [`Error::Empty`](crate::Error::Empty) if there are no patterns.
    /// - [`Error::NotFinite`](crate::Error::NotFinite) for an intensity that is not finite.
    /// - [`Error::Constant`](crate::Error::Constant) if all patterns are equal, or if there is only
    ///   one pattern.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) if the factor of the intensity
    ///   [`Scale`] is 0 or not finite.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) if the intensities are too small or too
    ///   large: the root mean square of all differences from the mean pattern must be between 1e-30
    ///   and 1e30.
    ///
    /// Cost: O(intensities + weights), or O(patterns · weights) with more than two latent
    /// dimensions.
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
            attachments: BTreeMap::new(),
        };
        model.fit_plane(train)?;
        Ok(model)
    }

    /// Fits the latent plane to the latent points of patterns, if the latent space has more than
    /// two dimensions.
    ///
    /// Cost: O(patterns · weights).
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

    /// Returns the coordinates of every pattern of a set in the latent space, pattern by pattern.
    /// Each pattern has [`AutoencoderConfig::latent`] coordinates.
    ///
    /// With two latent dimensions, the coordinates are the x and y that
    /// [`encode_set`](Encoder::encode_set) returns.
    ///
    /// # Errors
    /// - [`xrd_core::Error::GridMismatch`] if the grid of the set is not the grid of the model.
    /// - [`xrd_core::Error::NotFinite`] if the intensities are so large that the network
    ///   overflows.
    ///
    /// Cost: O(patterns · weights of the encoder).
    pub fn latent_coordinates(&self, set: &PatternSet) -> Result<Vec<f64>> {
        self.check_set(set)?;
        let points = many::encoded(self.encoder(), &self.scaling, set.block());
        let points = points.into_raw_vec_and_offset().0;
        all_finite("coordinate", &points)?;
        Ok(points.into_iter().map(f64::from).collect())
    }

    /// Encodes all patterns of a source, and reads them few at a time. Returns the points on the
    /// latent plane, and the coordinates in the latent space, pattern by pattern.
    ///
    /// The results are those of [`encode_set`](Encoder::encode_set) and of
    /// [`latent_coordinates`](Self::latent_coordinates). Both are computed at once.
    ///
    /// # Errors
    /// - [`xrd_core::Error::GridMismatch`] if the grid of the source is not the grid of the model.
    /// - [`xrd_core::Error::NotFinite`] if the intensities are so large that the network
    ///   overflows.
    /// - Any error of [`PatternSource::read`].
    ///
    /// Cost: O(patterns · weights of the encoder). The memory does not depend on the number of
    /// patterns, except for the points.
    pub fn encode_source(&self, patterns: &dyn PatternSource) -> Result<(Vec<Latent2>, Vec<f64>)> {
        self.check_grid(patterns.grid())?;
        let (mut points, mut coordinates) = (Vec::new(), Vec::new());
        many::each_block(patterns, |_, block| {
            let rows = many::encoded(self.encoder(), &self.scaling, block);
            points.extend(all_points_finite(self.as_points(rows.view()))?);
            let rows = rows.into_raw_vec_and_offset().0;
            all_finite("coordinate", &rows)?;
            coordinates.extend(rows.into_iter().map(f64::from));
            Ok(())
        })?;
        Ok((points, coordinates))
    }

    /// Reconstructs all patterns of a source, and reads them few at a time.
    ///
    /// Calls `see` with the index of the first of several patterns, their intensities, and the
    /// intensities of their reconstructions, both pattern by pattern.
    ///
    /// # Errors
    /// - [`xrd_core::Error::GridMismatch`] if the grid of the source is not the grid of the model.
    /// - [`xrd_core::Error::NotFinite`] if the intensities are so large that the network
    ///   overflows.
    /// - Any error of [`PatternSource::read`].
    ///
    /// Cost: O(patterns · weights). The memory does not depend on the number of patterns.
    pub fn reconstruct_source(
        &self,
        patterns: &dyn PatternSource,
        mut see: impl FnMut(usize, &[f32], &[f32]),
    ) -> Result<()> {
        self.check_grid(patterns.grid())?;
        many::each_block(patterns, |first, block| {
            see(first, block, &self.reconstruct_block(block)?);
            Ok(())
        })
    }

    /// Mean of all training patterns. It has one intensity per grid point.
    pub fn mean_training_pattern(&self) -> Vec<f32> {
        self.scaling.mean.to_vec()
    }

    /// 2θ grid of the training patterns.
    pub fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    /// Wavelength of the training patterns, if known.
    pub fn wavelength(&self) -> Option<Wavelength> {
        self.wavelength
    }

    /// Scale of the intensities of the training patterns.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Preparation steps of the training patterns, for example the removal of the background. The
    /// list is empty unless [`with_preparation`](Self::with_preparation) was called.
    ///
    /// The model does not apply these steps. Prepare new patterns in the same way before encoding.
    pub fn preparation(&self) -> &[String] {
        &self.preparation
    }

    /// Sets the preparation steps of the training patterns, one text per step. The model and its
    /// files store the texts. The texts have no other effect.
    #[must_use]
    pub fn with_preparation(mut self, steps: Vec<String>) -> Self {
        self.preparation = steps;
        self
    }

    /// Settings of the network.
    pub fn config(&self) -> &AutoencoderConfig {
        &self.config
    }

    /// Settings of the last training; `None` before training.
    pub fn training(&self) -> Option<&TrainingConfig> {
        self.training.as_ref()
    }

    /// SHA-256 of the training patterns of the last training, in hexadecimal; `None` before
    /// training.
    ///
    /// The hashed bytes are the intensities as little-endian `f32`, pattern by pattern.
    pub fn data_hash(&self) -> Option<&str> {
        self.data_hash.as_deref()
    }

    /// Decodes many points. Returns the intensities of all decoded patterns, pattern by pattern.
    ///
    /// # Errors
    /// [`xrd_core::Error::NotFinite`] if a coordinate or a decoded intensity is not finite.
    ///
    /// Cost: O(points · weights of the decoder).
    pub fn decode_many(&self, points: &[Latent2]) -> Result<Vec<f32>> {
        Ok(self.decode_block(points)?)
    }

    /// Reconstructs every pattern of a set: encodes the pattern, and decodes the result. Returns
    /// the intensities of all reconstructions, pattern by pattern.
    ///
    /// With more than two latent dimensions, all coordinates of the pattern are decoded.
    ///
    /// # Errors
    /// - [`xrd_core::Error::GridMismatch`] if the grid of the set is not the grid of the model.
    /// - [`xrd_core::Error::NotFinite`] if the intensities are so large that the network
    ///   overflows.
    ///
    /// Cost: O(patterns · weights).
    pub fn reconstruct(&self, set: &PatternSet) -> Result<Vec<f32>> {
        self.check_set(set)?;
        Ok(self.reconstruct_block(set.block())?)
    }

    /// Encodes and decodes the patterns of a block.
    pub(crate) fn reconstruct_block(&self, block: &[f32]) -> xrd_core::Result<Vec<f32>> {
        let points = many::encoded(self.encoder(), &self.scaling, block);
        self.decoded("reconstructed intensity", points.view())
    }

    /// Returns an error for a set on a different grid.
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

    /// Points of the patterns of a block.
    fn encode_block(&self, block: &[f32]) -> xrd_core::Result<Vec<Latent2>> {
        let points = many::encoded(self.encoder(), &self.scaling, block);
        all_points_finite(self.as_points(points.view()))
    }

    fn decode_block(&self, points: &[Latent2]) -> xrd_core::Result<Vec<f32>> {
        let coordinates: Vec<f32> = points.iter().flat_map(|&p| self.latent_of(p)).collect();
        all_finite("coordinate", &coordinates)?;
        let rows = ArrayView2::from_shape((points.len(), self.config.latent), &coordinates)
            .expect("each point has `latent` coordinates");
        self.decoded("decoded intensity", rows)
    }

    /// Projects rows of latent coordinates onto the latent plane.
    pub(crate) fn as_points(&self, rows: ArrayView2<f32>) -> Vec<Latent2> {
        let point = |row: ArrayView1<f32>| match &self.plane {
            None => Latent2::new(f64::from(row[0]), f64::from(row[1])),
            Some(plane) => plane.project(row.iter().map(|&v| f64::from(v))),
        };
        rows.axis_iter(Axis(0)).map(point).collect()
    }

    /// Latent coordinates of a point of the latent plane.
    fn latent_of(&self, p: Latent2) -> Vec<f32> {
        match &self.plane {
            None => vec![p.x as f32, p.y as f32],
            Some(plane) => plane.lift(p).map(|v| v as f32).collect(),
        }
    }

    /// Decodes rows of coordinates, and checks that the intensities are finite.
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

    /// Encodes copies of one pattern, one copy per mask. A mask is a range of grid points. In the
    /// copy for a mask, the intensities of this range are zero.
    ///
    /// The weighted sums of the first layer are computed once, for the whole pattern. For each
    /// mask, the contributions of the masked points are then subtracted.
    ///
    /// Cost: O(points · h + (sum of the mask lengths) · h + masks · (weights after the first
    /// layer)), where h is the number of units in the first layer.
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

/// Layer widths from the input to the output.
pub(crate) fn widths(points: usize, config: &AutoencoderConfig) -> Vec<usize> {
    let hidden = &config.hidden;
    let there = [points].into_iter().chain(hidden.iter().copied());
    let back = hidden.iter().rev().copied().chain([points]);
    there.chain([config.latent]).chain(back).collect()
}

/// Number of inputs and outputs, and activation, of each layer.
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
