//! For any bytes, every reader returns a value or an error.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use xrd_core::{PatternSet, Scale, TwoThetaGrid};
use xrd_io::write;
use xrd_io::{ReadOptions, read_labels, read_patterns, read_scans, read_structure};

fn read_all(path: &Path) {
    let grid = TwoThetaGrid::new(10.0, 0.5, 3).ok();
    let options = ReadOptions::default().with_grid(grid);
    let messages = [
        read_patterns(path, &options).map(drop),
        read_scans(path).map(drop),
        read_labels(path).and_then(|t| t.labels(&[])).map(drop),
        read_structure(path).map(drop),
    ];
    for message in messages.into_iter().filter_map(Result::err) {
        let message = message.to_string();
        assert!(!message.contains('\n'), "{message:?}");
    }
}

fn read_bytes(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    read_all(&path);
    let options = ReadOptions::default().with_axis(path.clone());
    let _ = read_patterns(&path, &options);
}

/// One valid file of every kind.
fn valid() -> Vec<Vec<u8>> {
    let grid = TwoThetaGrid::new(10.0, 0.5, 3).unwrap();
    let names = vec!["a".to_owned(), "b \"c\"".to_owned()];
    let block = vec![1.0, 2.5, 3.0, 4.0, 5.0, 6e-7];
    let set = PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap();
    let (mut csv, mut npz, mut xy) = (vec![], vec![], vec![]);
    write::set_csv(&mut csv, &set, &[]).unwrap();
    write::set_npz(&mut npz, &set, &[]).unwrap();
    write::pattern_xy(&mut xy, &set.pattern(0)).unwrap();
    // The third array of the archive, including its header.
    let at = npz.windows(6).rposition(|w| w == b"\x93NUMPY").unwrap();
    let npy = npz[at..at + 136].to_vec();
    let cif = b"data_a\n_cell_length_a 5.6(2)\n_cell_length_b 5.6\n_cell_length_c 5.6\nloop_\n\
        _symmetry_equiv_pos_as_xyz\n'x, y, z'\n'-x,1/2+y,-z'\nloop_\n_atom_site_label\n\
        _atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa1 0 0 0\nCl1 .5 .5 .5\n\
        _symmetry_space_group_name_H-M\n;\nP 1\n;\n_x \"a b\" # c\n";
    let labels = b"name;phase;Fe\na;\"x;y\";1,5\nb;z;2,5\n";
    let utf16 = b"\xff\xfe1\x000\x00 \x001\x00\n\x001\x001\x00 \x002\x00".to_vec();
    vec![csv, npz, xy, npy, cif.to_vec(), labels.to_vec(), utf16]
}

/// A change of a file: at a fraction of its length, some bytes are removed and others inserted.
fn changes() -> impl Strategy<Value = Vec<(f64, usize, Vec<u8>)>> {
    let odd = prop::sample::select(b"\0\n\r\t ,;'\"#_(-+./:9e\xff\xc3*".to_vec());
    let bytes = prop::collection::vec(prop_oneof![odd, any::<u8>()], 0..4);
    prop::collection::vec((0.0..1.0f64, 0usize..4, bytes), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_bytes(&bytes);
    }

    #[test]
    fn random_text(text in "[ -~\n\t;,é]{0,200}") {
        read_bytes(text.as_bytes());
    }

    #[test]
    fn random_numbers(text in "([0-9]{1,3}[.,;\t \n\"']){0,60}") {
        read_bytes(text.as_bytes());
    }

    #[test]
    fn mutated_files(which in 0usize..7, changes in changes()) {
        let mut bytes = valid().swap_remove(which);
        for (share, removed, inserted) in changes {
            let at = (share * bytes.len() as f64) as usize;
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, inserted);
        }
        read_bytes(&bytes);
    }

    #[test]
    fn cut_files(which in 0usize..7, share in 0.0..1.0f64) {
        let bytes = valid().swap_remove(which);
        read_bytes(&bytes[..(share * bytes.len() as f64) as usize]);
    }
}

#[test]
fn the_files_that_are_mutated_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let grid = TwoThetaGrid::new(10.0, 0.5, 3).ok();
    for (i, bytes) in valid().into_iter().enumerate() {
        fs::write(&path, bytes).unwrap();
        let options = ReadOptions::default().with_grid(grid);
        let read = match i {
            3 => continue,
            4 => read_structure(&path).map(drop),
            5 => read_labels(&path).map(drop),
            _ => read_patterns(&path, &options).map(drop),
        };
        assert!(read.is_ok(), "{i}: {read:?}");
    }
}
