//! `xrd simulate --mixtures`: patterns of mixtures of phases.

use std::fs;

use crate::support::workplace::Workplace;

/// Body-centred iron and rock salt.
fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    let iron = "iron\n1.0\n2.8665 0 0\n0 2.8665 0\n0 0 2.8665\nFe\n2\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    place.write("Fe.vasp", iron);
    let tungsten = "W\n1.0\n3.1652 0 0\n0 3.1652 0\n0 0 3.1652\nW\n2\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    place.write("W.vasp", tungsten);
    place
}

const RANGE: &str = "--from 25 --to 80 --step 0.02";

/// Fractions of a table, row by row.
fn rows(place: &Workplace, table: &str) -> Vec<Vec<f64>> {
    let text = place.read(table);
    let cells = |line: &str| {
        line.split(',')
            .skip(1)
            .map(|x| x.parse().unwrap())
            .collect()
    };
    text.lines().skip(1).map(cells).collect()
}

#[test]
fn mixtures_have_three_tables_and_the_same_bytes_on_any_number_of_threads() {
    let place = workplace();
    let ranges = "--fractions 0.1:0.8,Fe=0.2:0.5";
    let done = |threads: u8| {
        let options = format!("{RANGE} --mixtures 40 {ranges} --seed 3 --threads {threads}");
        place.done(&format!(
            "simulate NaCl.cif Fe.vasp {options} --out m{threads}"
        ));
    };
    done(1);
    done(2);
    let bytes = |folder: &str| fs::read(place.path(&format!("{folder}/patterns.npz"))).unwrap();
    assert!(bytes("m1") == bytes("m2"));
    let weights = rows(&place, "m1/labels.csv");
    let (moles, heights) = (
        rows(&place, "m1/mole_fractions.csv"),
        rows(&place, "m1/height_shares.csv"),
    );
    assert!(
        place
            .read("m1/labels.csv")
            .starts_with("name,NaCl,Fe\nmixture-00001,")
    );
    assert_eq!((weights.len(), moles.len(), heights.len()), (40, 40, 40));
    for (w, n) in weights.iter().zip(&moles) {
        assert!((0.2..=0.5).contains(&w[1]) && (w[0] + w[1] - 1.0).abs() < 1e-9);
        let expected = (w[0] / 58.443) / (w[0] / 58.443 + w[1] / 55.845);
        assert!((n[0] - expected).abs() < 1e-4);
    }
}

#[test]
fn fractions_may_be_of_heights_and_impurities_have_no_label() {
    let place = workplace();
    let options = "--mixtures 30 --effects none --absent 0.3 --fractions-of height";
    let done = |more: &str, out: &str| {
        place.done(&format!(
            "simulate NaCl.cif Fe.vasp {RANGE} {options} {more} --out {out}"
        ));
    };
    done("", "pure");
    done("--impurity W.vasp=0.5@Fe", "impure");
    let tables = ["pure", "impure"].map(|f| rows(&place, &format!("{f}/height_shares.csv")));
    for (a, b) in tables[0].iter().zip(&tables[1]) {
        assert!(b.len() == 2 && (a[0] - b[0]).abs() < 1e-9, "{a:?} {b:?}");
    }
    let absent = tables[0].iter().flatten().filter(|x| **x == 0.0).count();
    assert!((4..=20).contains(&absent), "{absent}");
    let bytes = |folder: &str| fs::read(place.path(&format!("{folder}/patterns.npz"))).unwrap();
    assert!(bytes("pure") != bytes("impure"));
}

#[test]
fn bad_mixtures_are_refused_in_one_line() {
    let place = workplace();
    place.write(
        "strain.toml",
        "[lattice_strain]\nstrain = { uniform = [0, 0.1] }\n",
    );
    place.write("phase.toml", "[phases.Cu.lattice_strain]\nstrain = 0\n");
    for (arguments, expected) in [
        ("NaCl.cif --mixtures 3", "expected 2 to 50"),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --fractions 0.6:1",
            "--fractions",
        ),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --fractions 0:0.4",
            "expected 1 or more",
        ),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --fractions 0:1.5",
            "LOW:HIGH",
        ),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --fractions Cu=0:1",
            "one of NaCl, Fe",
        ),
        ("NaCl.cif Fe.vasp --mixtures 3 --absent 1", "--absent"),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --to 40",
            "Fe.vasp (--from and --to",
        ),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --from 44 --to 46 --effects strain.toml",
            "largest values",
        ),
        ("NaCl.cif Fe.vasp --mixtures 3 --effects phase.toml", "'Cu'"),
        ("NaCl.cif Fe.vasp --effects phase.toml", "--mixtures"),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --wavelength 0.7",
            "--wavelength",
        ),
        (
            "NaCl.cif Fe.vasp --mixtures 3 --impurity W.vasp=0:1@Cu",
            "--impurity",
        ),
    ] {
        let run = place.xrd(&format!("simulate {arguments} --out bad"));
        let text = run.stderr;
        assert_eq!(run.status, Some(2), "{arguments}: {text}");
        assert!(text.contains(expected), "{arguments}: {text}");
        assert!(!place.path("bad").exists(), "{arguments}");
    }
}
