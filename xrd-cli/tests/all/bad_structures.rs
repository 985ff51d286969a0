//! Impossible structures: each is reported with its reason, and the others are simulated.

use crate::support::workplace::Workplace;
use serde_json::{Value, json};

const RANGE: &str = "--from 20 --to 60 --step 0.1 --fwhm-deg 0.5";

fn line(id: &str, cell: [f64; 6], species: &[&str], frac: &[[f64; 3]]) -> Value {
    json!({ "id": id, "cell": cell, "species": species, "frac": frac })
}

fn cubic(a: f64) -> [f64; 6] {
    [a, a, a, 90.0, 90.0, 90.0]
}

fn with_occupancy(mut line: Value, occupancy: &[f64]) -> Value {
    line["occupancy"] = json!(occupancy);
    line
}

/// Structures that cannot be simulated, and words of the message.
fn bad() -> Vec<(String, &'static str)> {
    let centre = [[0.0; 3], [0.5; 3]];
    let fe = ["Fe", "Fe"];
    let flat = [3.0, 3.0, 3.0, 90.0, 90.0, 180.0];
    let close = [[0.0; 3], [0.999, 0.0, 0.0]];
    let good = line("n", cubic(2.87), &fe, &centre).to_string();
    let lines = [
        (line("flat", flat, &fe, &centre), "cell angle is 180"),
        (line("zero", cubic(0.0), &fe, &centre), "(expected"),
        (
            line("close", cubic(3.0), &fe, &close),
            "0.003 angstrom apart",
        ),
        (line("unknown", cubic(3.0), &["Fe", "Xx"], &centre), "Xx"),
        (
            line("fermium", cubic(3.0), &["Fe", "Fm"], &centre),
            "no form factor for Fm",
        ),
        (
            with_occupancy(line("over", cubic(3.0), &fe, &centre), &[1.0, 1.25]),
            "1.25",
        ),
        (
            line("small", cubic(0.7), &["H"], &[[0.0; 3]]),
            "no reflection between",
        ),
        (line("few", cubic(3.0), &fe, &centre[..1]), "2"),
    ];
    let texts = lines.map(|(line, reason)| (line.to_string(), reason));
    let broken = [
        (good.replace("0.5", "NaN"), "line 9"),
        (good.replace("0.5", "1e999"), "line 10"),
        ("{\"cell\": [3, 3".to_owned(), "line 11"),
    ];
    texts.into_iter().chain(broken).collect()
}

#[test]
fn each_bad_structure_is_told_with_its_reason_and_the_others_are_there() {
    let place = Workplace::new();
    let bad = bad();
    let mut text: String = bad.iter().map(|(line, _)| line.clone() + "\n").collect();
    text += &(line("iron", cubic(2.87), &["Fe", "Fe"], &[[0.0; 3], [0.5; 3]]).to_string() + "\n");
    place.write("s.jsonl", &text);
    let run = place.xrd(&format!("simulate s.jsonl {RANGE} --out set"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("11 structures failed"),
        "{}",
        run.stderr
    );
    // Failed structures are not counted among the patterns.
    let said = &run.stdout;
    assert!(said.starts_with("1 patterns made in"), "{said}");
    let manifest: Value = serde_json::from_str(&place.read("set/manifest.json")).unwrap();
    assert_eq!(manifest["patterns"], 1);
    let failed = manifest["files"][0]["failed"].as_array().unwrap();
    assert_eq!(failed.len(), bad.len(), "{failed:?}");
    for (i, (told, (line, wanted))) in failed.iter().zip(&bad).enumerate() {
        assert_eq!(told["structure"], i);
        let reason = told["reason"].as_str().unwrap();
        assert!(reason.contains(wanted), "{line}: {reason}");
        assert!(reason.len() < 400, "{reason}");
    }
    let labels = place.read("set/shard-00000.csv");
    assert!(
        labels
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("iron,11,Fe,229,cubic,")
    );
}

/// Each of these structures in a file of its own: status 2, and one line on stderr that names the file and
/// the error.
#[test]
fn a_bad_file_alone_is_refused_in_one_line() {
    let place = Workplace::new();
    let cif = |a: &str, atoms: &str| {
        format!(
            "data_x\n_cell_length_a {a}\n_cell_length_b 3\n_cell_length_c 3\n_cell_angle_alpha 90\n\
             _cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_atom_site_type_symbol\n\
             _atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n{atoms}\n"
        )
    };
    for (name, text, told) in [
        ("flat.cif", cif("0", "Fe 0 0 0 1"), "cell length is 0"),
        ("unknown.cif", cif("3", "Xx 0 0 0 1"), "Xx"),
        ("over.cif", cif("3", "Fe 0 0 0 1.5"), "1.5"),
        ("nan.cif", cif("3", "Fe NaN 0 0 1"), "NaN"),
        ("close.cif", cif("3", "Fe 0 0 0 1\nCo 0.001 0 0 1"), "apart"),
    ] {
        place.write(name, &text);
        let run = place.xrd(&format!("simulate {name} {RANGE} --out out"));
        assert_eq!(run.status, Some(2), "{name}: {}", run.stdout);
        let stderr = &run.stderr;
        let last = stderr.lines().last().unwrap();
        assert!(last.contains(told), "{name}: {stderr}");
        assert!(!place.path("out").exists());
    }
    let iron = cif("3", "Fe 0 0 0 1");
    place.write("iron.cif", &iron);
    let run = place.xrd("simulate iron.cif --wavelength 7 --out out");
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr
            .contains("no reflection between 5.00 and 89.99 degrees at 7 angstrom"),
        "{}",
        run.stderr
    );
}

fn iron_cif(block: &str, a: &str, rest: &str) -> String {
    format!(
        "data_{block}\n_cell_length_a {a}\n_cell_length_b {a}\n_cell_length_c {a}\n_cell_angle_alpha 90\n\
         _cell_angle_beta 90\n_cell_angle_gamma 90\n{rest}\nloop_\n_atom_site_label\n\
         _atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nFe1 0 0 0\n"
    )
}

const P1: &str = "_space_group_IT_number 1";

/// Warnings of a structure and of unused blocks, for one file and for many, with one file of patterns
/// and with shards.
#[test]
fn what_is_odd_in_a_structure_is_told_once_a_file() {
    let place = Workplace::new();
    let odd = iron_cif("odd", "3", "_space_group_IT_number 1\n_cell_volume 99");
    let two = odd.clone() + &iron_cif("other", "4", P1);
    place.write("two.cif", &two);
    place.write("good.cif", &iron_cif("good", "3", P1));
    let run = place.xrd(&format!("simulate two.cif good.cif {RANGE} --out out"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let expected = [
        "note: two.cif: used 'odd', one of 2 structures",
        "note: two.cif: the volume of the cell is 27.00 cubic angstrom, _cell_volume 99",
    ];
    assert_eq!(run.stderr.lines().collect::<Vec<_>>(), expected);
    for i in 0..8 {
        place.write(&format!("many/{i}.cif"), &odd);
    }
    for format in ["npz", "shards"] {
        let run = place.xrd(&format!(
            "simulate many {RANGE} --format {format} --out {format}"
        ));
        let told: Vec<&str> = run.stderr.lines().collect();
        assert_eq!(told.len(), 6, "{told:?}");
        assert!(told[4].contains("4.cif: the volume"), "{told:?}");
        assert_eq!(told[5], "note: notes about 3 more files (see xrd info)");
    }
}

#[test]
fn what_is_left_out_is_named() {
    let place = Workplace::new();
    place.write("iron.cif", &iron_cif("iron", "3", P1));
    place.write("small.cif", &iron_cif("small", "0.7", P1));
    let lines = line("tiny", cubic(0.7), &["Fe"], &[[0.0; 3]]);
    place.write("s.jsonl", &format!("{lines}\n"));
    let run = place.xrd(&format!(
        "simulate iron.cif small.cif s.jsonl {RANGE} --format npz --out out"
    ));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let told: Vec<&str> = run.stderr.lines().collect();
    let begins = [
        "note: left out: small.cif: no reflection between",
        "note: left out: s.jsonl: line 1: no reflection between",
    ];
    assert_eq!(told.len(), 2, "{told:?}");
    for (told, begin) in told.iter().zip(begins) {
        assert!(told.starts_with(begin), "{told}");
    }
}

#[test]
fn structures_of_one_name_are_numbered() {
    let place = Workplace::new();
    let cell = [3.0, 3.0, 3.0, 90.0, 90.0, 90.0];
    let iron = format!("{}\n", line("iron", cell, &["Fe"], &[[0.0; 3]]));
    place.write("a.jsonl", &iron);
    place.write("b.jsonl", &format!("{iron}{iron}"));
    place.write("iron.cif", &iron_cif("iron", "3", P1));
    let told = "note: 3 names of structures occur before, and are numbered: that of b.jsonl: line 1 is now \
        'iron (2)'";
    for format in ["npz", "shards"] {
        let run = place.xrd(&format!(
            "simulate a.jsonl b.jsonl iron.cif {RANGE} --format {format} --out {format}"
        ));
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    let shard = place.read("shards/shard-00000.csv");
    let names: Vec<&str> = shard
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next())
        .collect();
    assert_eq!(names, ["iron", "iron (2)", "iron (3)", "iron (4)"]);
    let info = place.xrd("info shards");
    assert_eq!(info.status, Some(0), "{}", info.stderr);
}

/// A supercell of ten thousand atoms: its lines are those of its cell.
#[test]
fn ten_thousand_atoms_give_the_pattern_of_their_cell() {
    let place = Workplace::new();
    let mut atoms = Vec::new();
    let (n, m) = (20, 25);
    for i in 0..n * n * m {
        let at = |k: usize, of: usize| (k % of) as f64 / of as f64;
        atoms.push([at(i, n), at(i / n, n), at(i / (n * n), m)]);
    }
    let species = vec!["Po"; atoms.len()];
    let cell = [3.36 * 20.0, 3.36 * 20.0, 3.36 * 25.0, 90.0, 90.0, 90.0];
    let many = line("many", cell, &species, &atoms);
    let one = line("one", cubic(3.36), &["Po"], &[[0.0; 3]]);
    place.write("s.jsonl", &format!("{one}\n{many}\n"));
    place.done("simulate s.jsonl --format npz --to 40 --step 0.05 --fwhm-deg 0.2 --xy --out out");
    let pattern = |name: &str| -> Vec<f64> {
        let text = place.read(&format!("out/{name}.xy"));
        let numbers = text.lines().filter(|l| !l.starts_with('#'));
        let second = |l: &str| l.split_whitespace().nth(1).unwrap().parse().unwrap();
        numbers.map(second).collect()
    };
    let pairs = pattern("one").into_iter().zip(pattern("many"));
    let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-5, "{worst}");
    // The space group of so many atoms is not searched, because that takes too long.
    let labels = place.read("out/labels.csv");
    let cells: Vec<&str> = labels
        .lines()
        .map(|l| l.strip_suffix(",1").unwrap_or(l))
        .collect();
    let expected = [
        "name,formula,space_group,crystal_system,Po",
        "one,Po,221,cubic",
        "many,Po,,",
    ];
    assert_eq!(cells, expected);
}
