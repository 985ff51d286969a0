use xrd_core::{Pattern, PatternSet, Scale, TwoThetaGrid};

use crate::error::{Error, Result};

/// Crops a pattern to a range of angles in degrees. Both ends of the range are included.
///
/// # Errors
/// [`Error::Argument`] if the range contains no point of the pattern.
pub fn crop(pattern: &Pattern, from_deg: f64, to_deg: f64) -> Result<Pattern> {
    let grid = pattern.grid();
    // Half a step is added, and cut back below, so that the half-open window includes its end.
    let window = grid.window(from_deg, to_deg - from_deg + 0.5 * grid.step());
    let inside = |&i: &usize| grid.angle(i) <= to_deg + 1e-6 * grid.step();
    let points: Vec<usize> = window.filter(inside).collect();
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Err(Error::Argument {
            what: "the range to crop to, in degrees,",
            value: from_deg,
            expected: "a range that holds points of the pattern",
        });
    };
    let cut = TwoThetaGrid::new(grid.angle(first), grid.step(), points.len());
    let part = pattern.intensities()[first..=last].to_vec();
    rebuild(pattern, cut.map_err(no_pattern)?, pattern.scale(), part)
}

/// Resamples a pattern onto another grid by linear interpolation.
///
/// If the grid has larger steps than the pattern, some points of the pattern are not used;
/// intensities are not summed. Cost: O(points).
///
/// # Errors
/// [`Error::Extrapolation`] if the grid reaches beyond the pattern.
pub fn resample(pattern: &Pattern, grid: &TwoThetaGrid) -> Result<Pattern> {
    let axis: Vec<f64> = pattern.grid().angles().collect();
    let values: Vec<f64> = pattern.intensities().iter().map(|&v| v.into()).collect();
    let values = interpolate("the pattern", &axis, &values, grid)?;
    rebuild(pattern, *grid, pattern.scale(), values)
}

/// Multiplies all intensities by a factor and records the factor in the [`Scale`].
///
/// # Errors
/// [`Error::Argument`] unless the factor is positive and finite and all results are finite.
pub fn rescale(pattern: &Pattern, factor: f64) -> Result<Pattern> {
    let refusal = Error::Argument {
        what: "the factor to rescale with",
        value: factor,
        expected: "> 0, and small enough to keep every intensity finite",
    };
    let scaled: Vec<f32> = pattern
        .intensities()
        .iter()
        .map(|&v| (f64::from(v) * factor) as f32)
        .collect();
    if !(factor > 0.0 && factor.is_finite()) || scaled.iter().any(|v| !v.is_finite()) {
        return Err(refusal);
    }
    let scale = Scale {
        factor: pattern.scale().factor * factor,
        ..pattern.scale()
    };
    rebuild(pattern, *pattern.grid(), scale, scaled)
}

/// Scales a pattern to a maximum intensity of 1 and records the factor in the [`Scale`].
///
/// # Errors
/// [`Error::Argument`] if no intensity is positive.
pub fn normalise_max(pattern: &Pattern) -> Result<Pattern> {
    rescale(pattern, 1.0 / f64::from(pattern.max()))
}

/// Applies a function to every pattern of a set.
///
/// # Example
/// ```
/// use xrd_core::{PatternSet, Scale, TwoThetaGrid};
/// use xrd_io::{crop, each};
/// let grid = TwoThetaGrid::new(10.0, 1.0, 4)?;
/// let names = vec!["a".to_owned()];
/// let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, vec![1.0, 2.0, 3.0, 4.0])?;
/// let part = each(&set, |pattern| crop(pattern, 11.0, 12.0))?;
/// assert_eq!(part.intensities(0), [2.0, 3.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The first error that the function `step` returns. [`Error::NotPrepared`] if the set is empty, or
/// if the results differ in grid, scale or wavelength.
pub fn each(set: &PatternSet, step: impl Fn(&Pattern) -> Result<Pattern>) -> Result<PatternSet> {
    let prepare = |i: usize| Ok((set.names()[i].clone(), step(&set.pattern(i))?));
    let patterns = (0..set.len()).map(prepare).collect::<Result<Vec<_>>>()?;
    PatternSet::from_patterns(patterns).map_err(no_pattern)
}

fn rebuild(
    like: &Pattern,
    grid: TwoThetaGrid,
    scale: Scale,
    intensities: Vec<f32>,
) -> Result<Pattern> {
    let pattern = Pattern::new(grid, scale, intensities).map_err(no_pattern)?;
    Ok(pattern.with_wavelength(like.wavelength()))
}

fn no_pattern(source: xrd_core::Error) -> Error {
    Error::NotPrepared { source }
}

/// Interpolates values linearly from an increasing axis onto a grid.
pub(crate) fn interpolate(
    name: &str,
    axis: &[f64],
    values: &[f64],
    grid: &TwoThetaGrid,
) -> Result<Vec<f32>> {
    let places = places(name, axis, grid)?;
    Ok(places.iter().map(|p| p.between(values) as f32).collect())
}

/// Place of an angle between two neighbouring points of an axis.
pub(crate) struct Between {
    left: usize,
    right: usize,
    /// 0 at the left point, 1 at the right point.
    share: f64,
}

impl Between {
    /// The value at this place.
    pub(crate) fn between(&self, values: &[f64]) -> f64 {
        let (a, b) = (values[self.left], values[self.right]);
        a + self.share * (b - a)
    }

    /// The standard deviation of the value, for independent points.
    pub(crate) fn spread(&self, sigma: &[f64]) -> f64 {
        let (a, b) = (sigma[self.left], sigma[self.right]);
        ((1.0 - self.share) * a).hypot(self.share * b)
    }
}

/// The place of each angle of a grid on an increasing axis. Cost: O(points + grid).
pub(crate) fn places(name: &str, axis: &[f64], grid: &TwoThetaGrid) -> Result<Vec<Between>> {
    let (first, last) = (axis[0], axis[axis.len() - 1]);
    let slack = 1e-6 * grid.step();
    if grid.start() < first - slack || grid.last() > last + slack {
        return Err(Error::Extrapolation {
            name: name.to_owned(),
            first_deg: first,
            last_deg: last,
            wanted: *grid,
        });
    }
    let mut right = 1;
    let place = |angle: f64| {
        while right < axis.len() - 1 && axis[right] < angle {
            right += 1;
        }
        let (Some(&b), Some(&a)) = (axis.get(right), axis.get(right.wrapping_sub(1))) else {
            return Between {
                left: 0,
                right: 0,
                share: 0.0,
            };
        };
        Between {
            left: right - 1,
            right,
            share: ((angle - a) / (b - a)).clamp(0.0, 1.0),
        }
    };
    Ok(grid.angles().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(start: f64, step: f64, values: Vec<f32>) -> Pattern {
        let grid = TwoThetaGrid::new(start, step, values.len()).unwrap();
        Pattern::new(grid, Scale::ARBITRARY, values).unwrap()
    }

    proptest! {
        #[test]
        fn resampling_onto_its_own_grid_changes_nothing(
            start in 0.0..50.0f64, step in 0.001..0.1f64,
            values in prop::collection::vec(-1e6f32..1e6, 2..200),
        ) {
            let p = pattern(start, step, values);
            let same = resample(&p, p.grid()).unwrap();
            let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-6 * 2e6;
            prop_assert!(p.intensities().iter().zip(same.intensities()).all(near));
        }

        #[test]
        fn interpolation_agrees_with_the_search_of_every_interval(
            steps in prop::collection::vec(0.01..0.5f64, 2..40), share in 0.0..0.5f64,
        ) {
            let axis: Vec<f64> = steps.iter().scan(0.0, |x, s| { *x += s; Some(*x) }).collect();
            let values: Vec<f64> = axis.iter().map(|x| (3.0 * x).sin()).collect();
            let (first, last) = (axis[0], axis[axis.len() - 1]);
            let start = first + share * (last - first);
            let grid = TwoThetaGrid::new(start, (last - start) / 12.5, 13).unwrap();
            let fast = interpolate("a", &axis, &values, &grid).unwrap();
            for (angle, value) in grid.angles().zip(fast) {
                let i = (0..axis.len() - 1).find(|&i| angle <= axis[i + 1]).unwrap();
                let t = (angle - axis[i]) / (axis[i + 1] - axis[i]);
                let naive = values[i] * (1.0 - t) + values[i + 1] * t;
                prop_assert!((f64::from(value) - naive).abs() < 1e-6);
            }
        }

        #[test]
        fn scaling_is_undone_by_the_noted_factor(
            factor in 1e-3..1e3f64, values in prop::collection::vec(0.1f32..1e6, 1..50),
        ) {
            let p = pattern(10.0, 0.1, values);
            let scaled = rescale(&p, factor).unwrap();
            let back = |v: &f32| f64::from(*v) / scaled.scale().factor;
            let near = |(a, b): (&f32, &f32)| (back(b) / f64::from(*a) - 1.0).abs() < 1e-6;
            prop_assert!(p.intensities().iter().zip(scaled.intensities()).all(near));
            prop_assert_eq!(normalise_max(&p).unwrap().max(), 1.0);
        }
    }

    #[test]
    fn crop_includes_both_ends() {
        let p = pattern(10.0, 0.1, vec![0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(crop(&p, 10.1, 10.3).unwrap().intensities(), [1.0, 2.0, 3.0]);
        assert_eq!(crop(&p, 10.15, 10.29).unwrap().intensities(), [2.0]);
        assert_eq!(crop(&p, -5.0, 80.0).unwrap(), p);
        for (from, to) in [
            (20.0, 30.0),
            (10.3, 10.1),
            (f64::NAN, 10.2),
            (10.0, f64::NAN),
        ] {
            assert!(crop(&p, from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn refusals() {
        let p = pattern(10.0, 0.1, vec![0.0, 1.0, 2.0]);
        let wider = TwoThetaGrid::new(10.0, 0.1, 4).unwrap();
        let message = resample(&p, &wider).unwrap_err().to_string();
        assert!(message.contains("not extrapolated"), "{message}");
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(rescale(&p, factor).is_err(), "{factor}");
        }
        assert!(normalise_max(&pattern(10.0, 0.1, vec![0.0, -1.0])).is_err());
    }
}
