//! Every command that takes patterns refuses files without a powder pattern by name, with status 2,
//! and leaves all files unchanged.
//!
//! Two files are made up; more are in `patterns/not_a_pattern` of the folder that XRD_TEST_DATA names
//! (`shared/data` next to the workspace by default).

use std::path::Path;

use crate::support::workplace::Workplace;

const STRUCTURE: &str = "data_CsCl\n_cell_length_a 4.1\n_cell_length_b 4.1\n_cell_length_c 4.1\n\
    _symmetry_space_group_name_H-M 'P m -3 m'\nloop_\n_atom_site_label\n_atom_site_fract_x\n\
    _atom_site_fract_y\n_atom_site_fract_z\nCs 0 0 0\nCl .5 .5 .5\n";

#[test]
fn every_command_refuses_them_by_name() {
    check(|place| {
        place.write("structure.cif", STRUCTURE);
        place.write("pole-figure.txt", "# 3DExplore\n0 0 12\n0 5 14\n");
        vec!["structure.cif".to_owned(), "pole-figure.txt".to_owned()]
    });
}

/// Every command refuses the files that `files` writes.
fn check(files: impl Fn(&Workplace) -> Vec<String>) {
    let tiny = "--hidden 8,4 --epochs 1 --threads 1";
    let place = Workplace::with_samples();
    place.done(&format!(
        "train --patterns scans {tiny} --out m.safetensors"
    ));
    place.done("encode --model m.safetensors --patterns scans --labels labels.csv");
    for name in files(&place) {
        let before = place.files(".");
        let refuse = |arguments: String| {
            let run = place.xrd(&arguments);
            assert_eq!(run.status, Some(2), "xrd {arguments}: {}", run.stderr);
            let told = |line: &str| line.starts_with("xrd: ") && line.contains(&name);
            assert!(
                run.stderr.lines().any(told),
                "xrd {arguments}: {}",
                run.stderr
            );
        };
        refuse(format!(
            "study {tiny} --patterns {name} --labels labels.csv --out o"
        ));
        refuse(format!("train {tiny} --patterns {name} --out n"));
        for command in ["encode", "estimate --known latent.csv", "relevance"] {
            refuse(format!(
                "{command} --model m.safetensors --patterns {name} --out t.csv"
            ));
        }
        refuse(format!("convert {name} o.xy"));
        refuse(format!("convert {name} o.npz"));
        // These two commands take structures.
        if !name.ends_with(".cif") {
            refuse(format!("simulate {name} --out o"));
            refuse(format!("info {name}"));
        }
        assert!(place.files(".") == before, "{name}: a file has changed");
    }
}

mod real_files {
    use super::*;

    /// Copies measured files without a pattern to the folder.
    fn files(place: &Workplace) -> Vec<String> {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
        let folder = std::env::var("XRD_TEST_DATA").unwrap_or_else(|_| beside.to_owned());
        let folder = Path::new(&folder).join("patterns/not_a_pattern");
        let entries = folder.read_dir();
        let entries = entries.unwrap_or_else(|_| {
            let folder = folder.display();
            panic!("there is no {folder}: set XRD_TEST_DATA to the folder of the real files")
        });
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: Vec<String> = names.filter(|name| !name.contains(".expected.")).collect();
        for name in &names {
            std::fs::copy(folder.join(name), place.path(name)).unwrap();
        }
        assert!(!names.is_empty(), "{} is empty", folder.display());
        names
    }

    #[test]
    #[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-cli -- --ignored"]
    fn every_command_refuses_real_files_by_name() {
        check(files);
    }
}
