use xrd_symmetry::{Probabilities, SpaceGroup};

use super::*;

fn group(number: u16) -> SpaceGroup {
    SpaceGroup::from_number(number).unwrap()
}

/// Probabilities with one likely group; the others are equal.
fn likely(number: u16, probability: f64) -> Probabilities {
    let rest = (1.0 - probability) / 229.0;
    let mut weights = [rest; 230];
    weights[usize::from(number) - 1] = probability;
    Probabilities::from_weights(&weights).unwrap()
}

fn sure(truths: &[SpaceGroup]) -> Vec<Probabilities> {
    truths.iter().map(|t| likely(t.number(), 0.9)).collect()
}

/// Answers of which every third is wrong, with different certainties.
fn mixed() -> (Vec<SpaceGroup>, Vec<Probabilities>) {
    let truths: Vec<SpaceGroup> = (0..300).map(|i| group(1 + (i * 7) % 230)).collect();
    let answer = |(i, t): (usize, &SpaceGroup)| {
        let found = if i % 3 == 0 {
            1 + (t.number() + 11) % 230
        } else {
            t.number()
        };
        likely(found, 0.1 + 0.8 * ((i * 37) % 300) as f64 / 300.0)
    };
    let probabilities = truths.iter().enumerate().map(answer).collect();
    (truths, probabilities)
}

#[test]
fn a_perfect_classifier_has_the_identity_as_confusion_matrix() {
    let truths: Vec<SpaceGroup> = SpaceGroup::all().collect();
    let probabilities = sure(&truths);
    let answers = SymmetryAnswers::new("all", "oracle", &probabilities, &truths);
    let report = SymmetryReport::new(&answers).unwrap();
    assert_eq!(report.confusion.len(), 230);
    assert!(
        report
            .confusion
            .iter()
            .all(|e| e.truth == e.answer && e.patterns == 1)
    );
    assert_eq!(report.distances.len(), 1);
    assert_eq!(
        (report.all.space_group, report.all.crystal_system),
        (1.0, 1.0)
    );
    assert_eq!((report.all.mean_distance, report.all.answered), (None, 1.0));
    assert_eq!(report.centrosymmetric.unwrap().patterns, 92);
    assert!(
        report
            .crystal_systems
            .iter()
            .all(|r| r.right_space_group == r.patterns)
    );
    assert!(report.refusal.iter().all(|p| p.right == 1.0));
}

#[test]
fn counts_add_up_and_curves_are_monotone() {
    let (truths, probabilities) = mixed();
    let answers = SymmetryAnswers::new("mixed", "test", &probabilities, &truths);
    let report = SymmetryReport::new(&answers).unwrap();
    let right = report.certainty.iter().map(|b| b.right).sum::<usize>();
    let wrong = report.certainty.iter().map(|b| b.wrong).sum::<usize>();
    assert_eq!((right, wrong), (200, 100));
    assert_eq!(
        report.confusion.iter().map(|e| e.patterns).sum::<usize>(),
        300
    );
    assert_eq!(
        report.space_groups.iter().map(|r| r.right).sum::<usize>(),
        200
    );
    assert_eq!(
        report
            .crystal_systems
            .iter()
            .map(|r| r.patterns)
            .sum::<usize>(),
        300
    );
    assert_eq!(
        report.reliability.iter().map(|b| b.answers).sum::<usize>(),
        300
    );
    assert_eq!(
        report.distances.iter().map(|r| r.answers).sum::<usize>(),
        300
    );
    let random: f64 = report.distances.iter().map(|r| r.random).sum();
    assert!((random - 300.0).abs() < 1e-9);
    assert!(report.all.top.windows(2).all(|p| p[0] <= p[1]));
    let refusal = &report.refusal;
    assert_eq!(refusal.len(), 100);
    assert!(refusal.windows(2).all(|p| p[0].answered < p[1].answered));
    assert!(refusal.windows(2).all(|p| p[0].threshold >= p[1].threshold));
    assert_eq!(refusal[99].right, report.all.space_group);
    assert_eq!(refusal[49].right, report.all.surer_half_space_group);
}

#[test]
fn allowing_centrosymmetric_groups_only_never_harms_centrosymmetric_patterns() {
    let (truths, probabilities) = mixed();
    let answers = SymmetryAnswers::new("mixed", "test", &probabilities, &truths);
    let report = SymmetryReport::new(&answers).unwrap();
    let rows = report.space_groups.iter();
    let rows = rows.filter(|r| group(r.number).is_centrosymmetric());
    let (right, patterns) = rows.fold((0, 0), |(r, p), row| (r + row.right, p + row.patterns));
    let restricted = report.centrosymmetric.unwrap();
    assert_eq!(restricted.patterns, patterns);
    assert!(restricted.space_group >= right as f64 / patterns as f64);
}

#[test]
fn repeated_patterns_count_once() {
    let line = |at: usize, noise: f32| -> Vec<f32> {
        (0..50).map(|k| if k == at { 1.0 } else { noise }).collect()
    };
    let patterns = [
        line(3, 0.0),
        line(20, 0.0),
        line(3, 0.01),
        line(20, 0.5),
        line(3, 0.0),
    ];
    let repeated = repeated_patterns(&patterns).unwrap();
    assert_eq!(repeated, [false, false, true, false, true]);
    let truths = [2, 14, 2, 62, 2].map(group);
    let probabilities: Vec<_> = [1, 14, 1, 62, 1].map(|n| likely(n, 0.9)).to_vec();
    let answers = SymmetryAnswers::new("set", "test", &probabilities, &truths);
    let report = SymmetryReport::new(&answers.with_repeated(&repeated)).unwrap();
    let once = report.repeated_once.unwrap();
    assert_eq!((once.patterns, report.all.patterns), (3, 5));
    assert!((once.space_group - 2.0 / 3.0).abs() < 1e-12);
    assert!((report.all.space_group - 0.4).abs() < 1e-12);
    assert_eq!(report.majority.space_group, 2);
    assert!(repeated_patterns(&[vec![1.0], vec![1.0, 2.0]]).is_err());
    assert_eq!(
        repeated_patterns(&[vec![0.0], vec![0.0]]).unwrap(),
        [false, false]
    );
}

#[test]
fn similarities_are_divided_into_bins() {
    let truths = [2, 14, 62].map(group);
    let probabilities: Vec<_> = [1, 14, 62].map(|n| likely(n, 0.9)).to_vec();
    let similarities = [0.3, 0.95, 1.0];
    let answers = SymmetryAnswers::new("set", "test", &probabilities, &truths);
    let report = SymmetryReport::new(&answers.with_similarities(&similarities)).unwrap();
    let rows: Vec<_> = report
        .similarity
        .iter()
        .map(|r| (r.from, r.to, r.patterns, r.space_group))
        .collect();
    assert_eq!(rows, [(0.0, 0.5, 1, 0.0), (0.9, 1.0, 2, 1.0)]);
}

#[test]
fn nearest_structures_and_left_out_ones_are_scored() {
    let truths = [2, 14, 62].map(group);
    let probabilities = sure(&truths);
    let nearest = [Some(group(2)), Some(group(15)), None];
    let left_out = [(2, likely(61, 0.9)), (0, likely(2, 0.9))];
    let answers = SymmetryAnswers::new("set", "test", &probabilities, &truths);
    let answers = answers.with_nearest(&nearest).with_left_out(&left_out);
    let report = SymmetryReport::new(&answers).unwrap();
    let found = report.nearest.unwrap();
    assert!((found.space_group - 1.0 / 3.0).abs() < 1e-12);
    assert!((found.crystal_system - 2.0 / 3.0).abs() < 1e-12);
    let rows = report.left_out.unwrap();
    assert_eq!(
        (rows.with_own.patterns, rows.with_own.space_group),
        (2, 1.0)
    );
    assert_eq!(rows.without_own.space_group, 0.5);
    assert_eq!(rows.without_own.crystal_system, 1.0);
    assert!(SymmetryReport::new(&answers.with_left_out(&[(3, likely(2, 0.9))])).is_err());
    assert!(SymmetryReport::new(&answers.with_nearest(&nearest[..2])).is_err());
}

#[test]
fn lists_of_other_lengths_are_refused() {
    let truths = [2, 14].map(group);
    let probabilities = sure(&truths);
    let good = SymmetryAnswers::new("set", "test", &probabilities, &truths);
    assert!(SymmetryReport::new(&good).is_ok());
    let refused = |answers: SymmetryAnswers<'_>| SymmetryReport::new(&answers).unwrap_err();
    assert!(
        refused(SymmetryAnswers::new("", "", &[], &[]))
            .to_string()
            .contains("at least one")
    );
    let fewer = SymmetryAnswers::new("", "", &probabilities, &truths[..1]);
    assert!(
        refused(fewer)
            .to_string()
            .contains("1 space groups for 2 patterns")
    );
    assert!(
        refused(good.with_repeated(&[true]))
            .to_string()
            .contains("repeated")
    );
    assert!(
        refused(good.with_similarities(&[0.5]))
            .to_string()
            .contains("similarities")
    );
    assert!(
        refused(good.with_abundance(&[1, 2]))
            .to_string()
            .contains("230")
    );
}

#[test]
fn a_report_is_read_back() {
    let (truths, probabilities) = mixed();
    let abundance: Vec<usize> = (0..230).collect();
    let answers = SymmetryAnswers::new("mixed", "test", &probabilities, &truths);
    let report = SymmetryReport::new(&answers.with_abundance(&abundance)).unwrap();
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<SymmetryReport>(&text).unwrap(),
        report
    );
}
