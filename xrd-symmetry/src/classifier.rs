use serde::{Deserialize, Serialize};
use xrd_nn::ndarray::Array2;
use xrd_nn::{Network, Precision};

use crate::container::{pack, unpack};
use crate::space_group::COUNT;
use crate::{Error, Prepared, Probabilities, Result};

/// Ensemble of networks that give probabilities of space groups.
///
/// The probabilities are the mean of those of the networks (P. M. Vecsei et al., Phys. Rev. B 99, 245120, 2019,
/// section V A), each asked about the pattern and about copies of it shifted by one point to either side, as a
/// diffractometer might shift it. They are not calibrated; see [`Calibration`](crate::Calibration).
#[derive(Debug)]
pub struct Classifier {
    name: String,
    networks: Vec<Network<f32>>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    name: String,
}

impl Classifier {
    /// Ensemble of networks with 2,125 inputs and 230 outputs, of which the softmax function gives
    /// probabilities.
    ///
    /// # Errors
    /// - [`Error::Empty`] if there are no networks.
    /// - [`Error::OutOfRange`] if a network has another number of inputs or outputs.
    pub fn new(name: impl Into<String>, networks: Vec<Network<f32>>) -> Result<Self> {
        if networks.is_empty() {
            return Err(Error::Empty { what: "networks" });
        }
        networks.iter().try_for_each(check)?;
        let name = name.into();
        Ok(Self { name, networks })
    }

    /// Returns the name and version of the model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same networks with another name.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { name, ..self }
    }

    /// Returns the networks.
    pub fn networks(&self) -> &[Network<f32>] {
        &self.networks
    }

    /// Returns the probabilities for each pattern, on the threads of rayon's current pool.
    ///
    /// Cost: three passes of each network per pattern.
    ///
    /// # Errors
    /// [`Error::Probability`] if an output is NaN.
    pub fn probabilities(&self, patterns: &[Prepared]) -> Result<Vec<Probabilities>> {
        let mut outputs = Vec::with_capacity(COPIES.len() * self.networks.len());
        for points in COPIES {
            let copies = patterns.iter().map(|p| shifted(p.values(), points));
            let inputs = inputs(copies);
            for network in &self.networks {
                outputs.push(network.predict(inputs.view())?);
            }
        }
        let one = |i: usize| {
            let of_networks = outputs.iter().map(|y| {
                let scores: Vec<f64> = y.row(i).iter().map(|v| f64::from(*v)).collect();
                Probabilities::from_scores(&scores)
            });
            Probabilities::mean(&of_networks.collect::<Result<Vec<_>>>()?)
        };
        (0..patterns.len()).map(one).collect()
    }

    /// Bytes of a file with all networks, with weights of 8 bits ([`Precision::Byte`]). Equal classifiers give equal bytes.
    ///
    /// # Errors
    /// [`Error::Network`] if a weight is too large for half precision.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let parts = self
            .networks
            .iter()
            .map(|n| Ok(n.to_bytes(Precision::Byte)?));
        let header = Header {
            name: self.name.clone(),
        };
        pack(&header, &parts.collect::<Result<Vec<_>>>()?)
    }

    /// Reads a file that [`to_bytes`](Self::to_bytes) has written.
    ///
    /// # Errors
    /// - [`Error::File`] if the bytes are not such a file.
    /// - Any error of [`Network::from_bytes`] and [`Classifier::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (header, parts): (Header, _) = unpack(bytes)?;
        let networks = parts.into_iter().map(|p| Ok(Network::from_bytes(p)?));
        Self::new(header.name, networks.collect::<Result<_>>()?)
    }
}

/// Number of inputs.
pub(crate) const POINTS: usize = Prepared::POINTS;

/// Shifts of the copies whose probabilities are averaged, in points (0.04°).
const COPIES: [isize; 3] = [-1, 0, 1];

/// Values moved to larger angles by a number of points. The points that appear are 0.
fn shifted(values: &[f32], points: isize) -> impl Iterator<Item = f32> + '_ {
    let at = move |i: usize| i.checked_add_signed(-points).and_then(|i| values.get(i));
    (0..values.len()).map(move |i| at(i).copied().unwrap_or(0.0))
}

/// Checks the numbers of inputs and outputs of a network.
pub(crate) fn check(network: &Network<f32>) -> Result<()> {
    let (inputs, outputs) = (network.spec().input.len(), network.output_shape().len());
    let wrong = |what, value: usize, expected| {
        let value = value as f64;
        Err(Error::OutOfRange {
            what,
            value,
            expected,
        })
    };
    match (inputs, outputs) {
        (POINTS, COUNT) => Ok(()),
        (POINTS, _) => wrong("outputs of a network", outputs, "230"),
        _ => wrong("inputs of a network", inputs, "2125"),
    }
}

/// Matrix with one pattern per row.
pub(crate) fn inputs<R>(rows: impl ExactSizeIterator<Item = R>) -> Array2<f32>
where
    R: Iterator<Item = f32>,
{
    let mut matrix = Array2::zeros((rows.len(), POINTS));
    for (mut row, values) in matrix.rows_mut().into_iter().zip(rows) {
        row.iter_mut().zip(values).for_each(|(x, v)| *x = v);
    }
    matrix
}
