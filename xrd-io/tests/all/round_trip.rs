//! Reading is the inverse of writing.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use xrd_core::{IntensityUnit, PatternSet, Scale, TwoThetaGrid, Wavelength};
use xrd_io::{ReadKind, ReadOptions, ReadPatterns, read_patterns, write};

fn read(path: &Path) -> ReadPatterns {
    read_patterns(path, &ReadOptions::default()).unwrap()
}

fn finite() -> impl Strategy<Value = f32> {
    any::<u32>()
        .prop_map(f32::from_bits)
        .prop_filter("finite", |v| v.is_finite())
}

fn scale() -> impl Strategy<Value = Scale> {
    let units = [
        IntensityUnit::Arbitrary,
        IntensityUnit::Counts,
        IntensityUnit::CountsPerSecond,
    ];
    let factor = prop_oneof![Just(1.0), 1e-3..1e3f64];
    (prop::sample::select(units.to_vec()), factor).prop_map(|(unit, factor)| Scale { unit, factor })
}

/// Sets of patterns on grids like those of instruments, exact to a millionth of a degree.
fn sets(least_points: usize) -> impl Strategy<Value = PatternSet> {
    let grid = (
        -5_000_000i64..90_000_000,
        1_000i64..500_000,
        least_points..40,
    );
    let names = prop::collection::hash_set("[ -~é]{0,8}[!-~é]", 1..6);
    let wavelength = prop::option::of(0.1..3.0f64);
    (grid, names, scale(), wavelength).prop_flat_map(|((start, step, len), names, scale, w)| {
        let grid = TwoThetaGrid::new(start as f64 / 1e6, step as f64 / 1e6, len).unwrap();
        let names: Vec<String> = names.into_iter().collect();
        let wavelength = w.map(|w| Wavelength::angstrom(w).unwrap());
        prop::collection::vec(finite(), names.len() * len).prop_map(move |block| {
            PatternSet::new(grid, scale, wavelength, names.clone(), block).unwrap()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_matrix_in_text(set in sets(2)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.csv");
        write::atomically(&path, |w| write::set_csv(w, &set, &[])).unwrap();
        let back = read(&path);
        prop_assert_eq!(back.kind, ReadKind::Matrix);
        prop_assert_eq!(back.set, set);
    }

    #[test]
    fn an_archive(set in sets(2)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.npz");
        write::atomically(&path, |w| write::set_npz(w, &set, &[])).unwrap();
        let back = read(&path);
        prop_assert_eq!(back.kind, ReadKind::Matrix);
        prop_assert_eq!(back.set, set);
    }

    #[test]
    fn a_folder_of_columns(set in sets(2)) {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..set.len() {
            let path = folder.path().join(format!("p{i}.xy"));
            write::atomically(&path, |w| write::pattern_xy(w, &set.pattern(i))).unwrap();
        }
        let back = read(folder.path());
        prop_assert_eq!(back.kind, ReadKind::Files);
        prop_assert_eq!(back.set.grid(), set.grid());
        prop_assert_eq!(back.set.scale(), set.scale());
        prop_assert_eq!(back.set.wavelength(), set.wavelength());
        prop_assert_eq!(back.set.block(), set.block());
        prop_assert!(back.skipped.is_empty() && back.warnings.is_empty());
    }
}

#[test]
fn noise_on_angles_is_not_written() {
    let grid = TwoThetaGrid::new(0.1, 0.1, 4).unwrap();
    let set = PatternSet::new(
        grid,
        Scale::ARBITRARY,
        None,
        vec!["a b".into()],
        vec![0.1; 4],
    );
    let mut text = Vec::new();
    write::set_csv(&mut text, &set.unwrap(), &[]).unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "name,0.1,0.2,0.3,0.4\n\"a b\",0.1,0.1,0.1,0.1\n"
    );
}

#[test]
fn names_that_no_reader_gives_back_are_refused() {
    let grid = TwoThetaGrid::new(0.1, 0.1, 1).unwrap();
    for name in ["", "a\nb", "a\tb"] {
        let set = PatternSet::new(grid, Scale::ARBITRARY, None, vec![name.into()], vec![1.0]);
        let set = set.unwrap();
        assert!(
            write::set_csv(&mut Vec::new(), &set, &[]).is_err(),
            "{name:?}"
        );
        assert!(
            write::set_npz(&mut Vec::new(), &set, &[]).is_err(),
            "{name:?}"
        );
    }
}

#[test]
fn the_same_set_gives_the_same_bytes() {
    let grid = TwoThetaGrid::new(10.0, 0.1, 2).unwrap();
    let names = vec!["a".to_owned(), "b".to_owned()];
    let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, vec![1.0; 4]).unwrap();
    let bytes = || {
        let mut bytes = Vec::new();
        write::set_npz(&mut bytes, &set, &[]).unwrap();
        bytes
    };
    assert_eq!(bytes(), bytes());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x"), bytes()).unwrap();
    assert_eq!(
        read(&folder.path().join("x")).set,
        set,
        "found by content, without extension"
    );
}
