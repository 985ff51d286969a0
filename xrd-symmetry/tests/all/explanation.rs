//! Lines that decide.

use xrd_nn::{LayerSpec, NetworkSpec, Shape};
use xrd_symmetry::xrd_identify::{Entry, Library, LineList};
use xrd_symmetry::{
    Classifier, Error, Exponents, Model, Prepared, Settings, SpaceGroup, Training, TrainingPlan,
    axis,
};

/// Lattice parameter in Å.
const CELL: f64 = 4.1;

/// Lines of a cube: h² + k² + l², and intensity. A body-centred one has no line with an odd sum.
const LINES: [(f64, f64); 6] = [
    (1.0, 0.3),
    (2.0, 1.0),
    (3.0, 0.2),
    (4.0, 0.3),
    (6.0, 0.4),
    (8.0, 0.2),
];

fn angle(sum: f64, cell: f64) -> f64 {
    2.0 * (1.540_593 * sum.sqrt() / (2.0 * cell)).asin().to_degrees()
}

/// Lines of a primitive cube (221) or a body-centred one (229).
fn lines(is_primitive: bool) -> impl Iterator<Item = (f64, f64)> {
    let lines = LINES.into_iter();
    lines.filter(move |(sum, _)| is_primitive || sum % 2.0 == 0.0)
}

fn intensities(is_primitive: bool, cell: f64) -> Vec<f32> {
    let (grid, _) = axis().unwrap();
    let at = |x: f64| {
        let line =
            |(sum, height): (f64, f64)| height * (-((x - angle(sum, cell)) / 0.12).powi(2)).exp();
        lines(is_primitive).map(line).sum::<f64>() as f32
    };
    grid.angles().map(at).collect()
}

fn prepared(is_primitive: bool) -> Prepared {
    Prepared::within(intensities(is_primitive, CELL), 0..Prepared::POINTS).unwrap()
}

fn group(is_primitive: bool) -> SpaceGroup {
    SpaceGroup::from_number(if is_primitive { 221 } else { 229 }).unwrap()
}

/// Model with a small network that was trained on both cubes, with lattice parameters that differ.
fn model() -> Model {
    let layers = vec![
        LayerSpec::Conv1d {
            filters: 4,
            kernel: 25,
            stride: 10,
            padding: 12,
        },
        LayerSpec::Relu,
        LayerSpec::Flatten,
        LayerSpec::Dense { outputs: 230 },
    ];
    let input = Shape::Sequence {
        length: Prepared::POINTS,
        channels: 1,
    };
    let plan = TrainingPlan {
        network: NetworkSpec { input, layers },
        first_cycle: 60,
        cycles: 1,
        batch: 16,
        cropped: 0.0,
        ..TrainingPlan::default()
    };
    let mut training = Training::new(plan).unwrap();
    while !training.is_done() {
        let source = |index: u64| {
            let is_primitive = index.is_multiple_of(2);
            let cell = CELL + 0.002 * (index % 9) as f64 - 0.008;
            Ok::<_, Error>((intensities(is_primitive, cell), group(is_primitive)))
        };
        training.step(source).unwrap();
    }
    let networks = Classifier::new("cubes", vec![training.into_network()]).unwrap();
    let settings = Settings {
        candidates: 5,
        sharpness: 40.0,
        least: 0.7,
        exponents: [1.0, 0.3].map(Exponents::all),
        threshold: 0.5,
        most_unexplained: 1.0,
    };
    Model::new(networks, settings).unwrap()
}

/// Library with both cubes.
fn library() -> Library {
    let mut library = Library::default();
    for is_primitive in [false, true] {
        let line = |(sum, intensity): (f64, f64)| (sum.sqrt() / CELL, intensity);
        let entry = Entry {
            name: "cube".into(),
            formula: String::new(),
            space_group: group(is_primitive).number(),
            source: String::new(),
            lines: LineList::new(lines(is_primitive).map(line)).unwrap(),
        };
        library.push(&entry).unwrap();
    }
    library
}

#[test]
fn lines_with_an_odd_sum_decide_for_a_primitive_cube() {
    let (model, library, pattern) = (model(), library(), prepared(true));
    let answer = model
        .classify(std::slice::from_ref(&pattern), &library)
        .unwrap();
    let found = model.explain(&pattern, &library).unwrap();
    let probability = answer[0].probabilities.certainty();
    assert_eq!(answer[0].probabilities.most_likely(1)[0].0, group(true));
    assert_eq!(found.lines.len(), LINES.len());
    // Without its highest line, (110), the pattern is unlike both cubes.
    let others: Vec<_> = found.lines.iter().filter(|l| l.peak.height < 0.5).collect();
    for (line, sum) in others.iter().zip([1.0, 3.0]) {
        let apart = line.peak.two_theta_deg - angle(sum, CELL);
        assert!(apart.abs() < 0.05, "{:?}", found.lines);
        assert!(line.space_group < -0.1, "{line:?}");
    }
    assert!(
        others[2..].iter().all(|l| l.space_group > -0.05),
        "{others:?}"
    );
    // A probability stays one, and both groups are cubic.
    for line in &found.lines {
        assert!((-probability..=1.0 - probability).contains(&line.space_group));
        assert!(line.crystal_system.abs() < 0.2, "{line:?}");
    }
    let changes: Vec<f64> = found.lines.iter().map(|l| l.space_group.abs()).collect();
    assert!(changes.is_sorted_by(|a, b| a >= b), "{changes:?}");
}

/// The naive twin: each masked pattern alone.
#[test]
fn changes_are_those_of_masked_patterns() {
    let (model, pattern) = (model(), prepared(true));
    // Without known structures, only the networks decide.
    let library = Library::default();
    let of = |pattern: Prepared| {
        let found = model.classify(&[pattern], &library).unwrap();
        found[0].probabilities.clone()
    };
    let whole = of(pattern.clone());
    let (group, _) = whole.most_likely(1)[0];
    let found = model.explain(&pattern, &library).unwrap();
    for window in found.nearest.windows() {
        let expected = of(pattern.masked(window.points.clone())).of(group) - whole.of(group);
        let line = found
            .lines
            .iter()
            .find(|l| l.peak == window.peak)
            .expect("a line per window");
        assert!((line.space_group - expected).abs() < 1e-5, "{line:?}");
    }
}

#[test]
fn an_explanation_does_not_depend_on_threads() {
    let (model, library, pattern) = (model(), library(), prepared(false));
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let work = || model.explain(&pattern, &library).unwrap();
        pool.unwrap().install(work).lines
    };
    assert_eq!(of(1), of(3));
    // The absent lines cannot be masked: the pattern has the three lines that both cubes have.
    assert_eq!(of(1).len(), 4);
}
