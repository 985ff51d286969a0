//! The shipped lines, compared with their sources.

use xrd_line_lists::{BYTES, library};

#[test]
fn all_entries_are_decoded_and_written_again() {
    let library = library();
    let minerals = |i: &usize| library.title(*i).unwrap().source.starts_with("amcsd-");
    assert_eq!(library.len(), 33_869);
    assert_eq!((0..library.len()).filter(minerals).count(), 9_203);
    assert!(BYTES.len() < 8 << 20);
    assert!(library.to_bytes() == BYTES);
}

/// d spacings in Å of the strongest lines of minerals, from handbooks.
#[test]
fn minerals_have_their_published_lines() {
    let library = library();
    for (name, group, spacings) in [
        ("Quartz", 154, [3.34, 4.26, 1.82]),
        ("Halite", 225, [2.82, 1.99, 1.63]),
        ("Calcite", 167, [3.04, 2.29, 2.10]),
        ("Rutile", 136, [3.25, 1.69, 2.49]),
    ] {
        let is_right = |i: usize| {
            let entry = library.entry(i).unwrap();
            let strong: Vec<f64> = entry
                .lines
                .lines()
                .filter(|l| l.intensity > 0.08)
                .map(|l| 1.0 / l.inverse_d)
                .collect();
            let has = |d: &f64| strong.iter().any(|s| (s - d).abs() < 0.025);
            entry.space_group == group && spacings.iter().all(has)
        };
        let named = |i: &usize| library.title(*i).unwrap().name == name;
        let count = (0..library.len()).filter(named).filter(|i| is_right(*i));
        assert!(count.count() >= 1, "{name}");
    }
}
