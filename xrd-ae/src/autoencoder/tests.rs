use proptest::prelude::*;
use xrd_core::conformance::{check_decoder, check_encoder};

use super::*;
use crate::config::InputScaling;
use crate::error::Error;
use crate::samples::{patterns, times};

fn model(scaling: InputScaling, points: usize) -> (Autoencoder, PatternSet) {
    model_in(2, scaling, points)
}

fn model_in(latent: usize, scaling: InputScaling, points: usize) -> (Autoencoder, PatternSet) {
    let set = patterns(20, points);
    let config = AutoencoderConfig {
        hidden: vec![16, 6],
        latent,
        scaling,
        seed: 5,
    };
    let training = TrainingConfig {
        epochs: 10,
        ..TrainingConfig::paper()
    };
    (Autoencoder::fit(&config, &training, &set).unwrap().0, set)
}

const SCALINGS: [InputScaling; 3] = [
    InputScaling::Global,
    InputScaling::PerPoint,
    InputScaling::None,
];

/// Model with the default methods of the trait.
struct Naive<'a>(&'a Autoencoder);

impl OnGrid for Naive<'_> {
    fn grid(&self) -> &TwoThetaGrid {
        self.0.grid()
    }
}

impl Encoder for Naive<'_> {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.0.encode(intensities)
    }
}

#[test]
fn it_keeps_the_laws_of_encoders_and_decoders() {
    for scaling in SCALINGS {
        let (model, set) = model(scaling, 300);
        assert_eq!(check_encoder(&model, set.intensities(3)), Ok(()));
        let points = model.encode_set(&set).unwrap();
        assert_eq!(check_decoder(&model, &points), Ok(()));
    }
}

/// With more than two latent dimensions, encoding, masking and decoding use the latent plane.
#[test]
fn a_latent_space_of_more_dimensions_is_seen_from_its_principal_plane() {
    let (model, set) = model_in(4, InputScaling::Global, 300);
    assert_eq!(check_encoder(&model, set.intensities(3)), Ok(()));
    let points = model.encode_set(&set).unwrap();
    assert_eq!(check_decoder(&model, &points), Ok(()));
    let latent = model.latent_coordinates(&set).unwrap();
    assert_eq!(latent.len(), 4 * set.len());
    let plane = model.plane.as_ref().unwrap();
    assert_eq!(*plane, PrincipalPlane::fit(&latent, 4));
    for (point, latent) in points.iter().zip(latent.chunks(4)) {
        assert_eq!(*point, plane.project(latent.iter().copied()));
    }
    // The spread is larger along x than along y, and the mean is the origin.
    let sum = |of: fn(&Latent2) -> f64| points.iter().map(of).sum::<f64>();
    assert!(sum(|p| p.x).abs() < 1e-9 && sum(|p| p.y).abs() < 1e-9);
    assert!(sum(|p| p.x * p.x) >= sum(|p| p.y * p.y));
    let masks = [3..40, 250..300, 7..7];
    let pattern = set.intensities(5);
    let fast = model.encode_masked(pattern, &masks).unwrap();
    let naive = Naive(&model).encode_masked(pattern, &masks).unwrap();
    let pairs = fast.iter().zip(&naive);
    assert!(pairs.map(|(f, n)| f.distance(*n)).all(|d| d < 1e-5));
    // With two dimensions the latent plane is the latent space itself.
    let (flat, set) = self::model(InputScaling::Global, 60);
    let point = |p: &[f64]| Latent2::new(p[0], p[1]);
    let latent = flat.latent_coordinates(&set).unwrap();
    let points: Vec<Latent2> = latent.chunks(2).map(point).collect();
    assert_eq!(points, flat.encode_set(&set).unwrap());
}

#[test]
fn many_are_encoded_and_decoded_as_one() {
    let (model, set) = model(InputScaling::PerPoint, 1500);
    let many = times(&patterns(ROWS + 3, 1500), 1.0);
    let points = model.encode_set(&many).unwrap();
    assert_eq!(points.len(), many.len());
    for i in [0, 1, ROWS - 1, ROWS, ROWS + 2] {
        let alone = model.encode(many.intensities(i)).unwrap();
        assert!(points[i].distance(alone) < 1e-6);
    }
    let decoded = model.decode_many(&points).unwrap();
    let reconstructed = model.reconstruct(&many).unwrap();
    let naive: Vec<f32> = points
        .iter()
        .flat_map(|&p| model.decode(p).unwrap())
        .collect();
    let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    assert_eq!(decoded.len(), many.block().len());
    assert!(near(&decoded, &naive) && near(&reconstructed, &naive));
    let nothing = set.select(&[]).unwrap();
    assert!(model.reconstruct(&nothing).unwrap().is_empty());
}

/// A source that is read pattern by pattern gives exactly the results of a set in memory, also where
/// several blocks are read.
#[test]
fn a_source_gives_the_points_and_reconstructions_of_a_set() {
    let (model, set) = model(InputScaling::Global, 120);
    let rows: Vec<usize> = (0..1100).map(|i| i % set.len()).collect();
    let names = (0..rows.len()).map(|i| i.to_string()).collect();
    let block = rows.iter().flat_map(|&i| set.intensities(i).to_vec());
    let (grid, scale) = (*set.grid(), set.scale());
    let many = PatternSet::new(grid, scale, set.wavelength(), names, block.collect()).unwrap();
    let subset = crate::source::Subset::new(&set, rows).unwrap();
    let sources: [&dyn crate::PatternSource; 2] = [&many, &subset];
    for source in sources {
        let (points, coordinates) = model.encode_source(source).unwrap();
        assert_eq!(points, model.encode_set(&many).unwrap());
        assert_eq!(coordinates, model.latent_coordinates(&many).unwrap());
        let (mut seen, mut reconstructed) = (Vec::new(), Vec::new());
        let see = |first: usize, block: &[f32], answer: &[f32]| {
            assert_eq!(first * 120, seen.len());
            seen.extend_from_slice(block);
            reconstructed.extend_from_slice(answer);
        };
        model.reconstruct_source(source, see).unwrap();
        assert_eq!(seen, many.block());
        assert_eq!(reconstructed, model.reconstruct(&many).unwrap());
    }
}

#[test]
fn explained_variance_is_of_the_intensities_themselves() {
    for scaling in SCALINGS {
        let (model, set) = model(scaling, 120);
        let test = patterns(33, 120).select(&[30, 31, 32]).unwrap();
        let answer = model.reconstruct(&test).unwrap();
        let (mut unexplained, mut total) = (0.0, 0.0);
        for (i, (&a, &b)) in test.block().iter().zip(&answer).enumerate() {
            let column = (0..set.len()).map(|s| f64::from(set.intensities(s)[i % 120]));
            let mean = column.sum::<f64>() / set.len() as f64;
            unexplained += (f64::from(a) - f64::from(b)).powi(2);
            total += (f64::from(a) - mean).powi(2);
        }
        let evaluation = model.evaluate(&test).unwrap();
        let expected = 1.0 - unexplained / total;
        let error = (evaluation.explained_variance - expected).abs();
        assert!(
            error < 1e-5 * (1.0 + expected.abs()),
            "{evaluation:?} {expected}"
        );
        assert!((evaluation.mse * 360.0 / unexplained - 1.0).abs() < 1e-9);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let (model, set) = model(InputScaling::Global, 60);
    let other = patterns(3, 61);
    assert!(matches!(
        model.encode_set(&other),
        Err(xrd_core::Error::GridMismatch { .. })
    ));
    let mismatch = |e| matches!(e, Error::Core(xrd_core::Error::GridMismatch { .. }));
    assert!(mismatch(model.reconstruct(&other).unwrap_err()));
    assert!(mismatch(model.evaluate(&other).unwrap_err()));
    let nothing = set.select(&[]).unwrap();
    assert!(matches!(model.evaluate(&nothing), Err(Error::Empty { .. })));
    let huge = vec![f32::MAX; 60];
    let overflow = model.encode(&huge);
    assert!(overflow.is_ok_and(Latent2::is_finite) || model.encode(&huge).is_err());
    let far = model.decode(Latent2::new(1e300, 0.0));
    assert!(matches!(far, Err(xrd_core::Error::NotFinite { .. })));
}

#[test]
fn patterns_that_teach_nothing_are_refused() {
    let paper = AutoencoderConfig::paper();
    let refusal = |set: &PatternSet| Autoencoder::initialise(&paper, set).unwrap_err();
    let set = patterns(3, 40);
    assert!(matches!(
        refusal(&set.select(&[]).unwrap()),
        Error::Empty { .. }
    ));
    let one = refusal(&set.select(&[1]).unwrap());
    assert!(matches!(one, Error::Constant { patterns: 1 }));
    let (names, block) = (set.names().to_vec(), set.intensities(0).repeat(3));
    let same = PatternSet::new(*set.grid(), set.scale(), None, names, block).unwrap();
    let message = refusal(&same).to_string();
    assert!(message.starts_with("the 3 training patterns are all equal"));
    assert!(matches!(
        refusal(&times(&set, 1e-36)),
        Error::OutOfRange { .. }
    ));
    let config = AutoencoderConfig {
        hidden: vec![],
        ..paper.clone()
    };
    let none = Autoencoder::initialise(&config, &set);
    assert!(matches!(none, Err(Error::Empty { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn masks_give_the_points_of_masked_copies(
        kind in 0..3usize,
        ends in prop::collection::vec((0..400usize, 0..400usize), 1..300),
        spike in 0..400usize,
        height in 0f32..30.0,
    ) {
        let (model, set) = &MODELS.get_or_init(|| SCALINGS.map(|s| model(s, 400)))[kind];
        let mut pattern = set.intensities(7).to_vec();
        // With a deviation per point, a spike at a flat point is scaled to hundreds, and the naive
        // `f32` sums are too inaccurate for a comparison.
        if SCALINGS[kind] != InputScaling::PerPoint {
            pattern[spike] += height;
        }
        let masks: Vec<_> = ends.iter().map(|&(a, b)| a.min(b)..a.max(b)).collect();
        let fast = model.encode_masked(&pattern, &masks).unwrap();
        let naive = Naive(model).encode_masked(&pattern, &masks).unwrap();
        // The rounding error of a strong point remains in the sums of the masked copies.
        let scaled = model.scaling.scaled(&pattern);
        let loudest = scaled.iter().fold(0f64, |a, &b| a.max(f64::from(b.abs())));
        for (fast, naive) in fast.iter().zip(&naive) {
            prop_assert!(fast.distance(*naive) < 1e-5 + 1e-7 * loudest, "{fast:?} {naive:?}");
        }
    }
}

/// Models shared by all cases of the property.
static MODELS: std::sync::OnceLock<[(Autoencoder, PatternSet); 3]> = std::sync::OnceLock::new();

#[test]
fn masks_beyond_the_grid_are_refused_as_by_the_naive_method() {
    let (model, set) = model(InputScaling::Global, 60);
    let pattern = set.intensities(0);
    #[allow(
        clippy::reversed_empty_ranges,
        reason = "the test is about invalid ranges"
    )]
    for mask in [59..61, 7..5, 61..61, usize::MAX..usize::MAX] {
        let masks = [0..3, mask];
        let fast = model.encode_masked(pattern, &masks);
        assert_eq!(fast, Naive(&model).encode_masked(pattern, &masks));
        assert!(matches!(fast, Err(xrd_core::Error::Length { .. })));
    }
    assert_eq!(model.encode_masked(pattern, &[]), Ok(vec![]));
}
