//! Predictions that any method has to beat.

use std::collections::BTreeMap;

use crate::features::composition_features;
use crate::{Anonymous, Error, Reduced, Result};

/// Mean patterns of known formulas: of all, of those with the amounts of a formula, and of the nearest
/// compositions.
#[derive(Clone, Debug)]
pub struct Baseline {
    formulas: Vec<Reduced>,
    patterns: Vec<Vec<f32>>,
    mean: Vec<f32>,
    of_anonymous: BTreeMap<Anonymous, Vec<f32>>,
    /// Features of each formula, with standard deviation 1.
    features: Vec<Vec<f64>>,
    scales: Vec<f64>,
}

impl Baseline {
    /// Baseline of known formulas and their patterns, on one axis.
    ///
    /// # Errors
    /// [`Error::Empty`] without formulas. [`Error::Length`] if numbers of formulas, patterns or points differ.
    pub fn new(formulas: Vec<Reduced>, patterns: Vec<Vec<f32>>) -> Result<Self> {
        check(&formulas, &patterns)?;
        let mut members: BTreeMap<Anonymous, Vec<usize>> = BTreeMap::new();
        for (i, formula) in formulas.iter().enumerate() {
            members.entry(formula.anonymous()).or_default().push(i);
        }
        let all: Vec<usize> = (0..formulas.len()).collect();
        let mut features: Vec<Vec<f64>> = formulas.iter().map(composition_features).collect();
        let scales = inverse_deviations(&features);
        features.iter_mut().for_each(|f| scale(f, &scales));
        let mean = mean(&patterns, &all);
        let of_anonymous = members.into_iter();
        let of_anonymous = of_anonymous.map(|(a, of)| (a, self::mean(&patterns, &of)));
        Ok(Self {
            of_anonymous: of_anonymous.collect(),
            mean,
            formulas,
            patterns,
            features,
            scales,
        })
    }

    /// Mean pattern of all formulas.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// Mean pattern of the formulas with the amounts of this one, or of all formulas if there is none.
    pub fn mean_of_anonymous(&self, formula: &Reduced) -> &[f32] {
        let found = self.of_anonymous.get(&formula.anonymous());
        found.unwrap_or(&self.mean)
    }

    /// Mean pattern of the `k` nearest compositions other than the formula itself, by the distance of their
    /// features. The mean of all formulas if there is no other.
    ///
    /// Cost: O(formulas · features).
    pub fn nearest(&self, formula: &Reduced, k: usize) -> Vec<f32> {
        let mut wanted = composition_features(formula);
        scale(&mut wanted, &self.scales);
        let distance =
            |f: &[f64]| -> f64 { f.iter().zip(&wanted).map(|(a, b)| (a - b).powi(2)).sum() };
        let others = (0..self.formulas.len()).filter(|&i| self.formulas[i] != *formula);
        let mut order: Vec<(f64, usize)> =
            others.map(|i| (distance(&self.features[i]), i)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let nearest: Vec<usize> = order.into_iter().take(k).map(|(_, i)| i).collect();
        match nearest.is_empty() {
            true => self.mean.clone(),
            false => mean(&self.patterns, &nearest),
        }
    }
}

fn check(formulas: &[Reduced], patterns: &[Vec<f32>]) -> Result<()> {
    let Some(first) = patterns.first() else {
        return Err(Error::Empty { what: "patterns" });
    };
    let length = |what, found, expected| match found == expected {
        true => Ok(()),
        false => Err(Error::Length {
            what,
            found,
            expected,
        }),
    };
    length("formulas", formulas.len(), patterns.len())?;
    patterns
        .iter()
        .try_for_each(|p| length("points of a pattern", p.len(), first.len()))
}

fn mean(patterns: &[Vec<f32>], of: &[usize]) -> Vec<f32> {
    let mut sum = vec![0.0f64; patterns[0].len()];
    for &i in of {
        sum.iter_mut()
            .zip(&patterns[i])
            .for_each(|(s, y)| *s += f64::from(*y));
    }
    let count = of.len() as f64;
    sum.into_iter().map(|s| (s / count) as f32).collect()
}

fn inverse_deviations(rows: &[Vec<f64>]) -> Vec<f64> {
    let count = rows.len() as f64;
    let deviation = |j: usize| {
        let mean = rows.iter().map(|r| r[j]).sum::<f64>() / count;
        let variance = rows.iter().map(|r| (r[j] - mean).powi(2)).sum::<f64>() / count;
        variance.sqrt()
    };
    let inverse = |d: f64| if d > 0.0 { 1.0 / d } else { 0.0 };
    (0..rows[0].len()).map(|j| inverse(deviation(j))).collect()
}

fn scale(row: &mut [f64], scales: &[f64]) {
    row.iter_mut().zip(scales).for_each(|(x, s)| *x *= s);
}
