//! Quantised lines, and libraries as bytes.

use proptest::prelude::*;
use xrd_identify::{Entry, Error, Library, LineList};

use crate::made_up::{entry, library};

#[test]
fn impossible_lines_are_refused() {
    for (inverse_d, intensity) in [
        (0.0, 1.0),
        (-0.3, 1.0),
        (f64::NAN, 1.0),
        (f64::INFINITY, 1.0),
        (0.3, -1.0),
        (0.3, f64::NAN),
    ] {
        let error = LineList::new([(0.2, 1.0), (inverse_d, intensity)]).unwrap_err();
        assert!(matches!(error, Error::Line { place: 1, .. }), "{error}");
    }
    for none in [vec![], vec![(0.3, 0.0)], vec![(0.01, 1.0), (0.95, 1.0)]] {
        assert_eq!(LineList::new(none), Err(Error::NoLines));
    }
}

#[test]
fn impossible_entries_are_refused() {
    let mut library = Library::default();
    for number in [0, 231, 65_535] {
        let wrong = Entry {
            space_group: number,
            ..entry(1)
        };
        assert_eq!(library.push(&wrong), Err(Error::SpaceGroup { number }));
    }
    let long = Entry {
        formula: "O".repeat(256),
        ..entry(1)
    };
    assert_eq!(library.push(&long), Err(Error::Text { length: 256 }));
    assert!(library.is_empty());
    assert_eq!(library.entry(0), None);
    assert_eq!(library.title(0), None);
}

#[test]
fn libraries_are_read_as_they_were_written() {
    let whole = library(40);
    let read = Library::from_bytes(&whole.to_bytes()).unwrap();
    assert!(read == whole);
    assert_eq!(read.entry(17), Some(entry(17)));
    let mut both = library(10);
    let mut rest = Library::default();
    (10..40).for_each(|i| rest.push(&entry(i)).unwrap());
    both.append(&rest).unwrap();
    assert!(both == whole);
    assert!(
        Library::from_bytes(&Library::default().to_bytes())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn every_truncation_is_refused() {
    let bytes = library(6).to_bytes();
    for end in 0..bytes.len() {
        let error = Library::from_bytes(&bytes[..end]).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "{end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(Library::from_bytes(&longer).is_err());
    // A count of four billion entries allocates nothing.
    let mut many = bytes;
    many[12..16].fill(255);
    assert!(Library::from_bytes(&many).is_err());
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(at in 0usize..1000, bits in 1u8..=255) {
        let mut bytes = library(6).to_bytes();
        let at = at % bytes.len();
        bytes[at] ^= bits;
        if let Ok(library) = Library::from_bytes(&bytes) {
            // What is accepted can be used.
            prop_assert_eq!(library.len(), 6);
            (0..6).for_each(|i| assert!(library.entry(i).is_some()));
            let pattern = crate::made_up::prepared(&[(&entry(1).lines, 0.0, 0.0, 1.0)]);
            let found = library.neighbours(&pattern, 6);
            prop_assert!(found.iter().all(|n| (0.0..=1.0).contains(&n.similarity)));
        }
    }

    #[test]
    fn quantised_lines_are_near_the_given_ones(
        lines in prop::collection::vec((0.06f64..0.917, 1e-3f64..1.0), 1..60)
    ) {
        // One line per 0.01 1/Å, so that none are joined.
        let mut chosen: Vec<(f64, f64)> = Vec::new();
        for line in lines {
            if chosen.iter().all(|c| (c.0 - line.0).abs() > 0.01) {
                chosen.push(line);
            }
        }
        let list = LineList::new(chosen.clone()).unwrap();
        let top = chosen.iter().map(|c| c.1).fold(0.0, f64::max);
        chosen.retain(|c| c.1 / top > 6e-4);
        chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let found: Vec<_> = list.lines().filter(|l| l.intensity > 6e-4).collect();
        prop_assert!(found.len().abs_diff(chosen.len()) <= 2);
        for line in &found {
            let near = chosen.iter().min_by(|a, b| {
                (a.0 - line.inverse_d).abs().total_cmp(&(b.0 - line.inverse_d).abs())
            });
            let (inverse_d, intensity) = *near.unwrap();
            prop_assert!((inverse_d - line.inverse_d).abs() < 8e-6);
            let roots = (intensity / top).sqrt() - line.intensity.sqrt();
            prop_assert!(roots.abs() <= 0.5 / 255.0 + 1e-9);
        }
        // Quantised lines stay as they are.
        let again = LineList::new(list.lines().map(|l| (l.inverse_d, l.intensity))).unwrap();
        prop_assert_eq!(again, list);
    }
}

#[test]
fn at_most_sixty_lines_are_kept_and_near_ones_joined() {
    let many = (0..200).map(|i| (0.1 + f64::from(i) * 0.004, 1.0 + f64::from(i)));
    let list = LineList::new(many).unwrap();
    assert_eq!(list.len(), LineList::MOST);
    assert!(list.lines().all(|l| l.intensity > 0.69));
    // 0.3 and 0.3001 1/Å are 0.009° apart.
    let list = LineList::new([(0.3, 1.0), (0.3001, 3.0)]).unwrap();
    let line = list.lines().next().unwrap();
    assert_eq!(list.len(), 1);
    assert!((line.inverse_d - 0.300_075).abs() < 1e-5);
}
