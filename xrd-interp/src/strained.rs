use xrd_core::{Strain, TwoThetaGrid};

use crate::error::{Error, Result};
use crate::generate::check_pattern;

/// Largest absolute strain in the search.
const LARGEST: f64 = 0.02;

/// Number of steps from strain 0 to the largest strain. In one step a line at 2θ = 60° moves by
/// 0.007°. This is less than the width of a line of any diffractometer.
const STEPS: i32 = 200;

/// Number of golden-section steps that refine the best strain of the search.
const REFINEMENTS: usize = 20;

/// Estimates the uniform lattice strain ε = Δd/d between two patterns.
///
/// The argument `from` is the first pattern, and `to` is the second pattern. The type [`Strain`]
/// applies a strain to the first pattern. The result is the strain for which the sum of the
/// squared differences from the second pattern is smallest. The search covers strains from −0.02
/// to 0.02.
///
/// Cost: about 450 calls of [`Strain::apply`].
///
/// # Errors
/// - [`Error::Length`] unless both patterns have one intensity per grid
///   point.
/// - [`Error::NotFinite`] if an intensity is NaN or infinite.
pub fn strain_between(grid: &TwoThetaGrid, from: &[f32], to: &[f32]) -> Result<f64> {
    check_pattern(0, from, grid.len())?;
    check_pattern(1, to, grid.len())?;
    let strain = Strain::on(grid);
    let mut strained = vec![0.0; grid.len()];
    let mut misfit = |by: f64| -> Result<f64> {
        strain.apply(by, from, &mut strained)?;
        let errors = strained.iter().zip(to);
        Ok(errors
            .map(|(a, b)| f64::from(a - b) * f64::from(a - b))
            .sum())
    };
    let step = LARGEST / f64::from(STEPS);
    let tried = (-STEPS..=STEPS).map(|i| f64::from(i) * step);
    let (mut best, mut least) = (0.0, misfit(0.0)?);
    for by in tried {
        let found = misfit(by)?;
        if found < least {
            (best, least) = (by, found);
        }
    }
    let (mut low, mut high) = (best - step, best + step);
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    for _ in 0..REFINEMENTS {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        match misfit(a)? < misfit(b)? {
            true => high = b,
            false => low = a,
        }
    }
    let refined = (low + high) / 2.0;
    Ok(if misfit(refined)? < least {
        refined
    } else {
        best
    })
}

/// Blends two patterns. A uniform lattice strain aligns the lines of the patterns before they are
/// blended.
///
/// The arguments `below` and `above` are the patterns of two compositions, one on each side of the
/// wanted composition. The argument `share` is the position of the wanted composition between
/// these two. The value 0 means the composition of `below`, and 1 means the composition of
/// `above`. The result is the [`strained_mixture`] of both with the weights `1 − share` and `share`.
///
/// Cost: about the same as [`strain_between`].
///
/// # Errors
/// Any error of [`strain_between`], and [`Error::Strain`] if `share` is not
/// finite or is so large that the strain is invalid.
pub fn strained_blend(
    grid: &TwoThetaGrid,
    below: &[f32],
    above: &[f32],
    share: f64,
) -> Result<Vec<f32>> {
    strained_mixture(grid, &[below, above], &[1.0 - share, share])
}

/// Mixes patterns. A uniform lattice strain aligns the lines of each pattern before they are mixed.
///
/// The argument `weights` has one weight per pattern; the sum of the weights should be 1. Missing
/// weights are 0.
///
/// The function [`strain_between`] finds the strain εᵢ from the first pattern to each pattern i. The
/// mean strain is ε = Σ wᵢ·εᵢ. The strain ε − εᵢ is applied to pattern i, so that the lines of all
/// strained patterns coincide. The result is the sum of the strained patterns, each multiplied by
/// its weight wᵢ.
///
/// If a substitution expands the unit cell uniformly and linearly (Vegard's law), the lines of the
/// mixture are at the angles of the wanted composition. A mixture without strain would show each
/// line once per pattern. Changes of the axial ratios a/b and c/a are not modelled.
///
/// Cost: that of [`strain_between`] for each pattern except the first.
///
/// # Errors
/// [`Error::Empty`] without patterns, any error of [`strain_between`], and
/// [`Error::Strain`] if a weight is not finite or is so large that a strain is
/// invalid.
///
/// # References
/// L. Vegard, Z. Phys. 5, 17 (1921).
pub fn strained_mixture(
    grid: &TwoThetaGrid,
    patterns: &[&[f32]],
    weights: &[f64],
) -> Result<Vec<f32>> {
    let Some((first, others)) = patterns.split_first() else {
        return Err(Error::Empty { what: "patterns" });
    };
    check_pattern(0, first, grid.len())?;
    let mut strains = vec![0.0];
    for (index, other) in others.iter().enumerate() {
        check_pattern(index + 1, other, grid.len())?;
        strains.push(strain_between(grid, first, other)?);
    }
    let weights = weights.iter().copied().chain(std::iter::repeat(0.0));
    let weighted = || strains.iter().zip(weights.clone());
    let mean: f64 = weighted().map(|(strain, weight)| weight * strain).sum();
    let strain = Strain::on(grid);
    let mut mixed = vec![0.0; grid.len()];
    for ((by, weight), pattern) in weighted().zip(patterns) {
        let strained = strain.of(mean - by, pattern)?;
        let sums = mixed.iter_mut().zip(&strained);
        sums.for_each(|(sum, v)| *sum += weight * f64::from(*v));
    }
    Ok(mixed.into_iter().map(|v| v as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relative_difference;
    use proptest::prelude::*;

    /// Pattern of a primitive cubic crystal with lattice parameter `a` in Å at a wavelength of 1.5
    /// Å.
    fn cubic(grid: &TwoThetaGrid, a: f64) -> Vec<f32> {
        let centres: Vec<f64> = (1..12)
            .filter_map(|n| {
                let sin = 0.75 * f64::from(n).sqrt() / a;
                (sin < 1.0).then(|| 2.0 * sin.asin().to_degrees())
            })
            .collect();
        let at = |angle: f64| {
            let lines = centres.iter().map(|c| (-((angle - c) / 0.1).powi(2)).exp());
            lines.sum::<f64>() as f32
        };
        grid.angles().map(at).collect()
    }

    fn grid() -> TwoThetaGrid {
        TwoThetaGrid::new(10.0, 0.02, 5000).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4))]
        #[test]
        fn the_strain_of_a_larger_cell_is_found(strain in -0.015..0.015f64) {
            let (one, other) = (cubic(&grid(), 4.0), cubic(&grid(), 4.0 * (1.0 + strain)));
            let found = strain_between(&grid(), &one, &other).unwrap();
            prop_assert!((found - strain).abs() < 2e-6, "{found} {strain}");
        }
    }

    #[test]
    fn a_strained_blend_is_the_pattern_between() {
        let pattern = |share: f64| cubic(&grid(), 4.0 * (1.0 + 0.01 * share));
        let (below, above) = (pattern(0.0), pattern(1.0));
        for share in [0.0, 0.25, 0.5, 1.0] {
            let blend = strained_blend(&grid(), &below, &above, share).unwrap();
            let error = relative_difference(&blend, &pattern(share))
                .unwrap()
                .unwrap();
            assert!(error < 0.02, "{share}: {error}");
        }
        let nowhere = strained_blend(&grid(), &below, &above, f64::NAN);
        assert!(matches!(nowhere, Err(Error::Strain(_))));
        let short = strained_blend(&grid(), &below[1..], &above, 0.5);
        assert!(matches!(short, Err(Error::Length { index: 0, .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4))]
        #[test]
        fn a_mixture_of_three_cells_is_the_pattern_of_their_mean(
            expansions in prop::array::uniform3(-0.006..0.006f64),
            (a, b) in (0.1..0.9f64, 0.1..0.9f64),
        ) {
            let weights = [1.0 - a, a * (1.0 - b), a * b];
            let patterns = expansions.map(|e| cubic(&grid(), 4.0 * (1.0 + e)));
            let mean: f64 = expansions.iter().zip(weights).map(|(e, w)| w * e).sum();
            let slices = patterns.each_ref().map(Vec::as_slice);
            let mixture = strained_mixture(&grid(), &slices, &weights).unwrap();
            let truth = cubic(&grid(), 4.0 * (1.0 + mean));
            let error = relative_difference(&mixture, &truth).unwrap().unwrap();
            prop_assert!(error < 0.02, "{error}");
        }
    }

    #[test]
    fn a_mixture_of_equal_patterns_is_the_pattern_and_none_has_no_mixture() {
        let one = cubic(&grid(), 4.0);
        let mixture = strained_mixture(&grid(), &[&one, &one], &[0.25, 0.75]).unwrap();
        let error = relative_difference(&mixture, &one).unwrap().unwrap();
        assert!(error < 1e-6, "{error}");
        let alone = strained_mixture(&grid(), &[&one], &[1.0]).unwrap();
        let error = relative_difference(&alone, &one).unwrap().unwrap();
        assert!(error < 1e-6, "{error}");
        let empty = strained_mixture(&grid(), &[], &[]);
        assert!(matches!(empty, Err(Error::Empty { .. })));
    }
}
