use crate::error::{Error, Result};
use crate::generate::check_pattern;

/// Pearson correlation coefficient of two patterns, from −1 to 1.
///
/// The mean of each pattern is subtracted from the pattern. The coefficient is the [`cosine`] of
/// the two results. The coefficient does not change if a constant is added to a pattern, or if a
/// pattern is multiplied by a positive number. The result is `None` if a pattern is constant to
/// within a relative tolerance of 1e-12.
///
/// # Errors
/// - [`Error::Empty`] if `generated` is empty.
/// - [`Error::Length`] for patterns of different lengths.
/// - [`Error::NotFinite`] if an intensity is NaN or infinite.
///
/// In these errors, the index of the pattern is 0 for `generated` and 1 for `truth`.
pub fn pearson(generated: &[f32], truth: &[f32]) -> Result<Option<f64>> {
    check(generated, truth)?;
    let centred = |pattern: &[f32]| -> Option<Vec<f64>> {
        let mean = pattern.iter().map(|&v| f64::from(v)).sum::<f64>() / pattern.len() as f64;
        let rest: Vec<f64> = pattern.iter().map(|&v| f64::from(v) - mean).collect();
        let constant = norm(rest.iter().copied()) <= 1e-12 * norm(wide(pattern));
        (!constant).then_some(rest)
    };
    let Some((a, b)) = centred(generated).zip(centred(truth)) else {
        return Ok(None);
    };
    Ok(cosine_of(a.into_iter(), b.into_iter()))
}

/// Cosine similarity of two patterns, from −1 to 1: `Σ g·t / (√Σ g² · √Σ t²)`.
///
/// Here g are the intensities of the generated pattern, and t are the intensities of the true
/// pattern. The similarity does not change if a pattern is multiplied by a positive number. The
/// result is `None` if a pattern is zero everywhere.
///
/// # Errors
/// Any error of [`pearson`].
pub fn cosine(generated: &[f32], truth: &[f32]) -> Result<Option<f64>> {
    check(generated, truth)?;
    Ok(cosine_of(wide(generated), wide(truth)))
}

/// Weighted profile R-factor Rwp of two patterns; 0 for equal patterns.
///
/// The formula is `Rwp = √( Σ w (truth − generated)² / Σ w truth² )`. The weight is `w = 1/truth`,
/// because the variance of counts equals their expected value. The weight is 0 where the true
/// intensity is not positive. The R-factor changes if the two patterns are exchanged, or if one of
/// them is multiplied by a factor. The result is `None` if no true intensity is positive.
///
/// # Errors
/// Any error of [`pearson`].
///
/// # References
/// R. A. Young (ed.), The Rietveld Method, Oxford University Press (1993), chapter 1
/// ("R-weighted pattern").
pub fn r_weighted_profile(generated: &[f32], truth: &[f32]) -> Result<Option<f64>> {
    check(generated, truth)?;
    let weighted = |(g, t): (f64, f64)| ((t - g).powi(2) / t, t);
    let counted = wide(generated).zip(wide(truth)).filter(|&(_, t)| t > 0.0);
    let (difference, whole) = counted
        .map(weighted)
        .fold((0.0, 0.0), |(d, w), (difference, t)| {
            (d + difference, w + t)
        });
    Ok((whole > 0.0).then(|| (difference / whole).sqrt()))
}

/// Relative difference `R = |generated − truth| / |truth|` of two patterns; 0 for equal patterns.
///
/// The bars mean the Euclidean norm. The difference changes if the two patterns are exchanged, or
/// if one of them is multiplied by a factor. The result is `None` if the true pattern is zero
/// everywhere.
///
/// # Errors
/// Any error of [`pearson`].
pub fn relative_difference(generated: &[f32], truth: &[f32]) -> Result<Option<f64>> {
    check(generated, truth)?;
    let whole = norm(wide(truth));
    let difference = norm(wide(generated).zip(wide(truth)).map(|(g, t)| g - t));
    Ok((whole > 0.0).then(|| difference / whole))
}

fn check(generated: &[f32], truth: &[f32]) -> Result<()> {
    if generated.is_empty() {
        return Err(Error::Empty {
            what: "intensities",
        });
    }
    check_pattern(0, generated, generated.len())?;
    check_pattern(1, truth, generated.len())
}

fn wide(pattern: &[f32]) -> impl Iterator<Item = f64> + Clone + '_ {
    pattern.iter().map(|&v| f64::from(v))
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

fn cosine_of(
    a: impl Iterator<Item = f64> + Clone,
    b: impl Iterator<Item = f64> + Clone,
) -> Option<f64> {
    let (of_a, of_b) = (norm(a.clone()), norm(b.clone()));
    let product: f64 = a.zip(b).map(|(a, b)| a * b).sum();
    let both = of_a > 0.0 && of_b > 0.0;
    both.then(|| (product / (of_a * of_b)).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Distance = fn(&[f32], &[f32]) -> Result<Option<f64>>;
    const ALL: [Distance; 4] = [pearson, cosine, r_weighted_profile, relative_difference];

    fn pair() -> impl Strategy<Value = (Vec<f32>, Vec<f32>)> {
        let value = 0.0..100.0f32;
        prop::collection::vec((value.clone(), value), 2..50).prop_map(|v| v.into_iter().unzip())
    }

    fn value(distance: Distance, a: &[f32], b: &[f32]) -> f64 {
        distance(a, b).unwrap().unwrap()
    }

    fn changed(pattern: &[f32], factor: f32, shift: f32) -> Vec<f32> {
        pattern.iter().map(|&v| factor * v + shift).collect()
    }

    proptest! {
        #[test]
        fn correlations_keep_their_symmetries((a, b) in pair(), factor in 0.5..2.0f32, shift in -9.0..9.0f32) {
            for distance in [pearson as Distance, cosine] {
                let v = value(distance, &a, &b);
                prop_assert!(v.abs() <= 1.0);
                prop_assert!((v - value(distance, &b, &a)).abs() < 1e-12);
                prop_assert!((v + value(distance, &changed(&a, -1.0, 0.0), &b)).abs() < 1e-12);
                prop_assert!((value(distance, &a, &a) - 1.0).abs() < 1e-12);
                prop_assert!((v - value(distance, &changed(&a, factor, 0.0), &b)).abs() < 1e-4);
            }
            let shifted = value(pearson, &changed(&a, factor, shift), &b);
            prop_assert!((value(pearson, &a, &b) - shifted).abs() < 1e-4);
        }

        #[test]
        fn differences_are_zero_for_equals_and_grow_with_the_factor((_, b) in pair(), factor in 0.0..3.0f32) {
            for distance in [r_weighted_profile as Distance, relative_difference] {
                prop_assert_eq!(distance(&b, &b), Ok(Some(0.0)));
                // For a multiple of the truth both are |factor − 1|.
                let expected = (f64::from(factor) - 1.0).abs();
                prop_assert!((value(distance, &changed(&b, factor, 0.0), &b) - expected).abs() < 1e-5);
            }
        }

        #[test]
        fn differences_do_not_depend_on_a_common_scale((a, b) in pair()) {
            for distance in [r_weighted_profile as Distance, relative_difference] {
                let scaled = value(distance, &changed(&a, 4.0, 0.0), &changed(&b, 4.0, 0.0));
                prop_assert!((value(distance, &a, &b) - scaled).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn distances_are_their_formulas() {
        let (g, t) = ([1.0, 2.0, 3.0], [2.0, 2.0, 5.0]);
        let close = |distance: Distance, expected: f64| {
            assert!((value(distance, &g, &t) - expected).abs() < 1e-12);
        };
        close(cosine, 21.0 / (14.0f64 * 33.0).sqrt());
        close(relative_difference, (5.0f64 / 33.0).sqrt());
        close(
            r_weighted_profile,
            ((1.0 / 2.0 + 4.0 / 5.0) / 9.0f64).sqrt(),
        );
        close(pearson, 3.0 / (2.0f64 * 6.0).sqrt());
    }

    #[test]
    fn what_is_not_positive_has_no_weight() {
        let rwp = r_weighted_profile(&[7.0, 1.0, 3.0], &[0.0, 2.0, -1.0]);
        assert_eq!(rwp, Ok(Some(0.5)));
    }

    #[test]
    fn nothing_to_compare_is_none() {
        let (zero, flat, some) = ([0.0; 3], [0.1; 3], [1.0, 2.0, 4.0]);
        assert_eq!(pearson(&flat, &some), Ok(None));
        assert_eq!(pearson(&some, &zero), Ok(None));
        assert_eq!(cosine(&zero, &some), Ok(None));
        assert_eq!(r_weighted_profile(&some, &zero), Ok(None));
        assert_eq!(relative_difference(&some, &zero), Ok(None));
    }

    #[test]
    fn refuses_what_is_no_pair() {
        for distance in ALL {
            assert!(matches!(distance(&[], &[]), Err(Error::Empty { .. })));
            let length = Err(Error::Length {
                index: 1,
                found: 2,
                expected: 1,
            });
            assert_eq!(distance(&[1.0], &[1.0, 2.0]), length);
            let nan = distance(&[1.0, 2.0], &[1.0, f32::INFINITY]);
            assert!(matches!(
                nan,
                Err(Error::NotFinite {
                    pattern: 1,
                    index: 1,
                    ..
                })
            ));
        }
    }
}
