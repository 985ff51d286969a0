use sha2::{Digest, Sha256};
use xrd_core::Labels;

use crate::activation::Activation;
use crate::dense::Dense;
use crate::error::{Error, Result};
use crate::source::hexadecimal;

/// Standardised labels of the training patterns.
pub(crate) struct KnownLabels {
    columns: usize,
    /// Row by row. Each column has a mean of 0 and a standard deviation of 1; a constant column is 0.
    values: Vec<f32>,
    /// SHA-256 of the labels as little-endian `f64`, row by row, in hexadecimal.
    pub(crate) hash: String,
}

impl KnownLabels {
    /// Standardises the labels of this number of patterns.
    pub(crate) fn new(labels: &Labels, patterns: usize) -> Result<Self> {
        if labels.len() != patterns {
            return Err(Error::LabelRows {
                found: labels.len(),
                expected: patterns,
            });
        }
        let columns = labels.columns().len();
        let fitted: Vec<(f64, f64)> = (0..columns).map(|c| moments(labels, c)).collect();
        let standardised = |row: &[f64]| -> Vec<f32> {
            let pairs = row.iter().zip(&fitted);
            pairs
                .map(|(v, (mean, sd))| ((v - mean) / sd) as f32)
                .collect()
        };
        Ok(Self {
            columns,
            values: labels.rows().flat_map(standardised).collect(),
            hash: hash(labels),
        })
    }

    /// Labels of these patterns, one slice per pattern.
    pub(crate) fn rows(&self, indices: &[usize]) -> Vec<&[f32]> {
        let row = |&i: &usize| &self.values[i * self.columns..][..self.columns];
        indices.iter().map(row).collect()
    }
}

/// Mean of a column, and its standard deviation; 1 for a constant column.
fn moments(labels: &Labels, column: usize) -> (f64, f64) {
    let values = || labels.rows().map(|row| row[column]);
    let n = labels.len() as f64;
    let mean = values().sum::<f64>() / n;
    let sd = (values().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    // The mean of a constant column is rounded, so its deviations need not be 0.
    match sd > 1e-12 * mean.abs() {
        true => (mean, sd),
        false => (mean, 1.0),
    }
}

fn hash(labels: &Labels) -> String {
    let mut hash = Sha256::new();
    for value in labels.rows().flatten() {
        hash.update(value.to_le_bytes());
    }
    hexadecimal(&hash.finalize())
}

/// Linear layer from a latent point to `columns` labels before its first step: it predicts the mean
/// labels everywhere.
pub(crate) fn untrained_head(latent: usize, columns: usize) -> Dense<f32> {
    Dense {
        weights: ndarray::Array2::zeros((latent, columns)),
        bias: ndarray::Array1::zeros(columns),
        activation: Activation::Linear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(columns: usize, values: &[f64]) -> Labels {
        let names = (0..columns).map(|c| format!("label {c}")).collect();
        Labels::new(names, values.to_vec()).unwrap()
    }

    #[test]
    fn labels_are_standardised_column_by_column() {
        let given = labels(3, &[1.0, 300.0, 0.1, 3.0, 500.0, 0.1, 2.0, 400.0, 0.1]);
        let known = KnownLabels::new(&given, 3).unwrap();
        let high = 1.5f32.sqrt();
        for (row, expected) in known.rows(&[1, 0, 2]).into_iter().zip([high, -high, 0.0]) {
            assert!((row[0] - expected).abs() < 1e-6 && (row[1] - expected).abs() < 1e-6);
            assert!(row[2].abs() < 1e-6, "{row:?}");
        }
    }

    #[test]
    fn each_pattern_has_one_row() {
        let error = KnownLabels::new(&labels(2, &[1.0, 2.0]), 3).err().unwrap();
        let text = "labels of 1 patterns (expected labels of all 3 training patterns)";
        assert_eq!(error.to_string(), text);
    }
}
