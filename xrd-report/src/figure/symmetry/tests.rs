use xrd_study::symmetry::{SymmetryAnswers, SymmetryReport};
use xrd_study::xrd_symmetry::{Probabilities, SpaceGroup};

use super::*;
use crate::figure::check::{Lcg, assert_sound};

/// A classifier that is right more often where it is certain.
fn report() -> SymmetryReport {
    let mut random = Lcg::new(5);
    let truths: Vec<SpaceGroup> = (0..600_u32)
        .map(|i| SpaceGroup::from_number(1 + ((i * i + 3 * i) % 230) as u16).unwrap())
        .collect();
    let answer = |truth: &SpaceGroup| {
        let certainty = random.between(0.05, 0.99);
        let is_right = random.between(0.0, 1.0) < certainty;
        let near = truth.maximal_subgroups().next().unwrap_or(*truth);
        let guess = if is_right { *truth } else { near };
        let mut weights = [(1.0 - certainty) / 229.0; 230];
        weights[usize::from(guess.number()) - 1] = certainty;
        Probabilities::from_weights(&weights).unwrap()
    };
    let probabilities: Vec<_> = truths.iter().map(answer).collect();
    let similarities: Vec<f64> = (0..600).map(|i| i as f64 / 600.0).collect();
    let repeated: Vec<bool> = (0..600).map(|i| i % 3 == 0).collect();
    let answers = SymmetryAnswers::new("a <b>", "c & d", &probabilities, &truths)
        .with_similarities(&similarities)
        .with_repeated(&repeated);
    SymmetryReport::new(&answers).unwrap()
}

#[test]
fn all_figures_are_sound_and_named() {
    let figures = draw_symmetry(&report());
    assert_eq!(figures.len(), 8);
    for (name, figure) in &figures {
        assert_sound(figure);
        assert!(
            figure.contains("a &lt;b&gt;") && figure.contains("c &amp; d"),
            "{name}"
        );
        assert!(figure.len() < 200_000, "{name}: {}", figure.len());
    }
    assert_eq!(figures, draw_symmetry(&report()));
}

#[test]
fn an_empty_report_is_drawn() {
    let figures = draw_symmetry(&SymmetryReport::default());
    assert_eq!(figures.len(), 7);
    figures.iter().for_each(|(_, figure)| assert_sound(figure));
    assert_sound(&draw_symmetry_history(&[]));
}

#[test]
fn the_history_names_its_sets() {
    let text = r#"{"loss": 1, "right": 0.5, "accuracies":
        [{"patterns": "measured", "crystal_system": 0.5, "space_group": 0.25}]}"#;
    let epoch: PaperEpoch = serde_json::from_str(text).unwrap();
    let figure = draw_symmetry_history(&vec![epoch; 3]);
    assert_sound(&figure);
    assert!(figure.contains("measured patterns") && figure.contains("(b)"));
}
