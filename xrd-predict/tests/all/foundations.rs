//! One-hot matrices, splits and baselines.

use std::collections::BTreeSet;

use xrd_predict::{
    Baseline, COLUMNS, Error, Formula, ROWS, Reduced, composition_features, one_hot, split,
};

fn reduced(text: &str) -> Reduced {
    text.parse::<Formula>().unwrap().reduced().unwrap()
}

#[test]
fn the_matrix_has_a_one_per_element_in_the_row_of_its_amount() {
    let matrix = one_hot(&reduced("FeBO3")).unwrap();
    let ones: Vec<(usize, usize)> = (0..matrix.len())
        .filter(|&i| matrix[i] == 1.0)
        .map(|i| (i / COLUMNS, i % COLUMNS))
        .collect();
    // B, O and Fe: neon, argon and helium have no column.
    assert_eq!(ones, [(1, 3), (1, 22), (3, 6)]);
    assert_eq!(matrix.len(), ROWS * COLUMNS);
    let last = one_hot(&reduced("Pu9H")).unwrap();
    assert_eq!(last[9 * COLUMNS + COLUMNS - 1], 1.0);
    for text in ["H10O", "XeF2", "AmO2"] {
        let refused = one_hot(&reduced(text));
        assert!(matches!(refused, Err(Error::NotEncodable { .. })), "{text}");
    }
}

fn formulas() -> Vec<Reduced> {
    let texts = [
        "NaCl", "KCl", "KCl3", "CaTiO3", "SrTiO3", "BaTiO3", "Ba2TiO4", "TiO2", "SrO", "CaO",
    ];
    texts.iter().map(|t| reduced(t)).collect()
}

#[test]
fn splits_keep_their_groups_together() {
    let all = formulas();
    let twice = [all.clone(), all.clone()].concat();
    let test = split::by_formula(&twice, 0.3, 0);
    assert_eq!(test.len(), 3);
    assert_eq!(test, split::by_formula(&all, 0.3, 0));
    assert_ne!(test, split::by_formula(&all, 0.3, 1));
    for seed in 0..20 {
        let test = split::by_chemical_system(&all, 0.4, seed);
        for pair in [["KCl", "KCl3"], ["BaTiO3", "Ba2TiO4"]] {
            let [a, b] = pair.map(|t| test.contains(&reduced(t)));
            assert_eq!(a, b);
        }
    }
    let late = split::by_time(&all[..4], &all[2..]);
    assert_eq!(late, all[4..].iter().cloned().collect::<BTreeSet<_>>());
}

#[test]
fn baselines_are_means() {
    let all = formulas();
    let patterns: Vec<Vec<f32>> = (0..all.len()).map(|i| vec![i as f32, 1.0]).collect();
    let baseline = Baseline::new(all.clone(), patterns.clone()).unwrap();
    assert_eq!(baseline.mean(), [4.5, 1.0]);
    assert_eq!(baseline.mean_of_anonymous(&reduced("PbTiO3")), [4.0, 1.0]);
    assert_eq!(
        baseline.mean_of_anonymous(&reduced("Pb9O22")),
        baseline.mean()
    );
    // The formula itself is not among its neighbours.
    assert_eq!(baseline.nearest(&reduced("SrTiO3"), 1), patterns[3]);
    assert_eq!(baseline.nearest(&reduced("SrTiO3"), 99).len(), 2);
    assert_eq!(baseline.nearest(&reduced("SrTiO3"), 0), baseline.mean());
    assert!(Baseline::new(Vec::new(), Vec::new()).is_err());
    assert!(Baseline::new(all, vec![vec![0.0]]).is_err());
}

#[test]
fn features_of_an_element_are_its_properties() {
    // Lead: radius 1.46 Å, electronegativity 2.33, group 14, period 6, no place in the f block.
    let lead = composition_features(&reduced("Pb"));
    let means: Vec<f64> = (0..5).map(|j| lead[4 * j]).collect();
    let expected = [1.46, 2.33, 14.0, 6.0, 0.0];
    assert!(
        means
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-6),
        "{means:?}"
    );
    let place = |text: &str| composition_features(&reduced(text))[12..17].to_vec();
    assert_eq!(
        (place("La")[0], place("La")[4], place("Lu")[4]),
        (6.0, 0.0, 1.0)
    );
    let group = |text: &str| composition_features(&reduced(text))[8];
    let groups = ["H", "He", "B", "Sc", "Zn", "Ga", "Hf", "Ce", "Fr", "Rf"].map(group);
    assert_eq!(
        groups,
        [1.0, 18.0, 13.0, 3.0, 12.0, 13.0, 4.0, 3.0, 1.0, 4.0]
    );
}
