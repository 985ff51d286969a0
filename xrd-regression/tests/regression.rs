//! Laws of fitted regressions on small synthetic patterns.

use rayon::ThreadPoolBuilder;
use xrd_core::{Labels, PatternSet, TwoThetaGrid};
use xrd_regression::{Error, Estimate, Regression, Settings};

const POINTS: usize = 150;

/// A number from −1 to 1 that looks random.
fn noise(seed: usize) -> f64 {
    (43_758.545 * (seed as f64 * 12.9898).sin()).fract()
}

fn line(centre: f64, i: usize) -> f64 {
    (-((i as f64 - centre) / 4.0).powi(2)).exp()
}

/// Pattern of a mixture of two phases and a third that fills up, with noise and any counting time.
fn mixture(a: f64, b: f64, seed: usize) -> impl Iterator<Item = f32> {
    let time = 100.0 * (1.5 + noise(seed));
    (0..POINTS).map(move |i| {
        let phases =
            a * line(30.0, i) + b * line(75.0 + 3.0 * a, i) + (1.0 - a - b) * line(120.0, i);
        (time * (phases + 0.003 * (1.0 + noise(seed * 1000 + i)))) as f32
    })
}

fn fractions(n: usize, from: usize) -> Vec<[f64; 3]> {
    let one = |k: usize| {
        let (x, y) = (noise(2 * k).abs(), noise(2 * k + 1).abs());
        let (a, b) = if x + y > 1.0 {
            (1.0 - x, 1.0 - y)
        } else {
            (x, y)
        };
        [a, b, 1.0 - a - b]
    };
    (from..from + n).map(one).collect()
}

fn data(n: usize, from: usize) -> (PatternSet, Labels) {
    let fractions = fractions(n, from);
    let grid = TwoThetaGrid::new(10.0, 0.1, POINTS).unwrap();
    let rows = fractions.iter().enumerate();
    let block = rows
        .flat_map(|(k, f)| mixture(f[0], f[1], from + k))
        .collect();
    let names = ["a", "b", "c"].map(str::to_owned).to_vec();
    let labels = Labels::new(names, fractions.concat()).unwrap();
    (PatternSet::unnamed(grid, block).unwrap(), labels)
}

fn fitted(n: usize) -> Regression {
    let (set, labels) = data(n, 0);
    let samples: Vec<usize> = (0..n).collect();
    Regression::fit(&set, &labels, &samples, &Settings::default()).unwrap()
}

#[test]
fn compositions_of_mixtures_are_found_whatever_the_counting_time() {
    let (set, labels) = data(100, 500);
    let found = fitted(80).estimate(&set).unwrap();
    let (mut inside, mut all) = (0, 0);
    for (estimate, truth) in found.iter().zip(labels.rows()) {
        assert!((estimate.values.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        for (c, &t) in truth.iter().enumerate() {
            assert!(
                (estimate.values[c] - t).abs() < 0.05,
                "{estimate:?} {truth:?}"
            );
            assert!(estimate.values[c] >= 0.0);
            let Some([low, high]) = estimate.intervals[c] else {
                continue;
            };
            assert!(low >= 0.0 && high <= 1.0 && low <= high);
            inside += usize::from((low..=high).contains(&t));
            all += 1;
        }
    }
    let (coverage, held) = (
        f64::from(inside as u32) / f64::from(all),
        f64::from(all) / 300.0,
    );
    assert!((0.83..0.98).contains(&coverage), "{coverage}");
    assert!(held > 0.85, "{held}");
}

#[test]
fn patterns_of_another_kind_are_unlike_and_have_no_interval() {
    let grid = TwoThetaGrid::new(10.0, 0.1, POINTS).unwrap();
    let strange = (0..POINTS).map(|i| (100.0 * (line(10.0, i) + line(55.0, i))) as f32);
    let set = PatternSet::unnamed(grid, strange.collect()).unwrap();
    let found = fitted(60).estimate(&set).unwrap().remove(0);
    assert!(found.unlike, "{}", found.residual);
    assert_eq!(found.intervals, [None; 3]);
}

#[test]
fn a_stored_regression_estimates_the_same_bit_for_bit() {
    let (set, _) = data(20, 900);
    let regression = fitted(50);
    let mut stored = regression.to_stored().unwrap();
    let again = Regression::from_stored(&stored).unwrap();
    assert_eq!(
        again.estimate(&set).unwrap(),
        regression.estimate(&set).unwrap()
    );
    assert_eq!(again.to_stored().unwrap(), stored);
    assert_eq!(again.comparisons(), regression.comparisons());
    assert_eq!((again.known(), again.points()), (50, POINTS));
    stored.arrays.retain(|(name, ..)| name != "basis.0.axes");
    let refused = Regression::from_stored(&stored).err().unwrap();
    assert!(refused.to_string().contains("basis.0.axes"), "{refused}");
    stored.description.insert(0, '[');
    assert!(matches!(
        Regression::from_stored(&stored),
        Err(Error::Stored { .. })
    ));
}

#[test]
fn an_estimate_does_not_depend_on_the_other_patterns() {
    let (set, _) = data(17, 900);
    let regression = fitted(50);
    let together = regression.estimate(&set).unwrap();
    for (i, estimate) in together.into_iter().enumerate() {
        let alone = set.select(&[i]).unwrap();
        assert_eq!(regression.estimate(&alone).unwrap(), [estimate]);
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let (set, _) = data(10, 700);
    let with = |threads: usize| -> Vec<Estimate> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| fitted(40).estimate(&set).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn large_sets_are_sampled() {
    let (set, labels) = data(60, 0);
    let samples: Vec<usize> = (0..60).collect();
    let settings = Settings::default()
        .with_most_known(40)
        .with_most_compared(30);
    let regression = Regression::fit(&set, &labels, &samples, &settings).unwrap();
    assert_eq!(regression.known(), 40);
    let found = &regression.estimate(&set).unwrap()[3];
    assert!((found.values[0] - labels.row(3)[0]).abs() < 0.1);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let (set, labels) = data(12, 0);
    let samples: Vec<usize> = (0..12).collect();
    let fit = |samples: &[usize], settings: Settings| {
        Regression::fit(&set, &labels, samples, &settings)
            .err()
            .unwrap()
    };
    let repeats: Vec<usize> = samples.iter().map(|i| i / 2).collect();
    let few = fit(&repeats, Settings::default());
    assert_eq!(
        few,
        Error::TooFew {
            found: 6,
            least: 10
        }
    );
    assert!(matches!(
        fit(&samples[1..], Settings::default()),
        Error::Length { .. }
    ));
    let coverage = fit(&samples, Settings::default().with_coverage(1.5));
    assert_eq!(coverage, Error::Coverage { found: 1.5 });
    let equal = PatternSet::unnamed(*set.grid(), vec![1.0; 12 * POINTS]).unwrap();
    let refused = Regression::fit(&equal, &labels, &samples, &Settings::default());
    assert_eq!(refused.err(), Some(Error::EqualPatterns));
    let other = TwoThetaGrid::new(10.0, 0.1, 9).unwrap();
    let other = PatternSet::unnamed(other, vec![1.0; 9]).unwrap();
    let refused = fitted(20).estimate(&other);
    assert!(matches!(refused, Err(Error::Length { .. })));
}
