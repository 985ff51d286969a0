//! Files without a powder pattern are refused by name, with status 2, by every command that takes
//! patterns, which leaves everything as it was.
//!
//! Two are made up; more are in `patterns/not_a_pattern` of the folder that XRD_TEST_DATA names
//! (`../shared/data` by default), and are left out where there is none.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/workplace.rs"]
#[allow(dead_code, reason = "each test uses a part of it")]
mod workplace;

use std::path::Path;

use workplace::Workplace;

const STRUCTURE: &str = "data_CsCl\n_cell_length_a 4.1\n_cell_length_b 4.1\n_cell_length_c 4.1\n\
    _symmetry_space_group_name_H-M 'P m -3 m'\nloop_\n_atom_site_label\n_atom_site_fract_x\n\
    _atom_site_fract_y\n_atom_site_fract_z\nCs 0 0 0\nCl .5 .5 .5\n";

/// The names of files without a pattern, which are written to the folder.
fn files(place: &Workplace) -> Vec<String> {
    place.write("structure.cif", STRUCTURE);
    place.write("pole-figure.txt", "# 3DExplore\n0 0 12\n0 5 14\n");
    let mut names = vec!["structure.cif".to_owned(), "pole-figure.txt".to_owned()];
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let folder = std::env::var("XRD_TEST_DATA").unwrap_or_else(|_| beside.to_owned());
    let folder = Path::new(&folder).join("patterns/not_a_pattern");
    let Ok(entries) = folder.read_dir() else {
        println!("left out: there is no {}", folder.display());
        return names;
    };
    for entry in entries {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.contains(".expected.") {
            std::fs::copy(folder.join(&name), place.path(&name)).unwrap();
            names.push(name);
        }
    }
    names
}

#[test]
fn every_command_refuses_them_by_name() {
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
        // Structures are what these two take.
        if !name.ends_with(".cif") {
            refuse(format!("simulate {name} --out o"));
            refuse(format!("info {name}"));
        }
        assert!(place.files(".") == before, "{name}: a file has changed");
    }
}
