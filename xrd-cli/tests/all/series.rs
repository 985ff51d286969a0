//! Substitution series: counts, multiplicities, and files that the next command reads.

use crate::support::workplace::Workplace;

const IRON: &str = "Fe\n2.8665\n1 0 0\n0 1 0\n0 0 1\nFe\n2\nDirect\n0 0 0\n0.5 0.5 0.5\n";

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("POSCAR", IRON);
    place
}

const SERIES: &str = "series POSCAR --site Fe --with Co --supercell 2x2x2";

fn table(place: &Workplace, name: &str) -> Vec<Vec<String>> {
    let text = place.read(name);
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).map(cells).collect()
}

#[test]
fn arrangements_are_counted_written_and_simulated() {
    let place = workplace();
    let counted = place.done(&format!("{SERIES} --guests 0,1,2 --count"));
    let expected = "0 of 16 sites: 1 arrangements of 1\n1 of 16 sites: 1 arrangements of 16\n\
                    2 of 16 sites: 4 arrangements of 120\n";
    assert_eq!(counted, expected);
    place.done(&format!("{SERIES} --concentrations 0,0.0625,0.125 --out s"));
    let rows = table(&place, "s/arrangements.csv");
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0][..5], ["Co0-0000", "0", "0", "0", "1"]);
    let multiplicity: usize = rows[2..]
        .iter()
        .map(|r| r[4].parse::<usize>().unwrap())
        .sum();
    assert_eq!(multiplicity, 120);
    assert_eq!(rows[5][2], "0.125");
    // Without guests no atom moves; with guests energy remains in the bonds.
    let energy = |row: &[String]| row[5].parse::<f64>().unwrap();
    assert!(energy(&rows[0]) < 1e-9 && energy(&rows[3]) > 1e-5);
    place.done("simulate s/structures.jsonl --format npz --from 30 --to 60 --step 0.05 --out p");
    let labels = table(&place, "p/labels.csv");
    assert_eq!(labels.len(), 6);
    assert_eq!(labels[0][..4], ["Co0-0000", "Fe", "229", "cubic"]);
    assert_eq!(labels[1][..2], ["Co1-0000", "CoFe15"]);
    // Cobalt is smaller than iron: the cell shrinks.
    let text = place.read("s/structures.jsonl");
    let edge = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["cell"][0].as_f64().unwrap()
    };
    let edges: Vec<f64> = text.lines().map(edge).collect();
    assert!((edges[0] - 2.0 * 2.8665).abs() < 1e-6 && edges[1] < edges[0]);
}

#[test]
fn a_sample_is_drawn_by_its_seed_and_needs_no_list() {
    let place = workplace();
    let draw = |more: &str, out: &str| {
        place.done(&format!(
            "{SERIES} --guests 6 --no-relax {more} --out {out}"
        ));
        table(&place, &format!("{out}/arrangements.csv"))
    };
    let (one, again) = (
        draw("--sample 8 --seed 3", "a"),
        draw("--sample 8 --seed 3", "b"),
    );
    assert_eq!((one.len(), &one), (8, &again));
    assert_eq!(one[0][5], "");
    assert_ne!(place.read("a/structures.jsonl"), {
        draw("--sample 8 --seed 4", "c");
        place.read("c/structures.jsonl")
    });
    let many = SERIES.replace("2x2x2", "3x3x3") + " --guests 27 --no-relax";
    let run = place.xrd(&format!("{many} --out d"));
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("--sample N"), "{}", run.stderr);
    place.done(&format!("{many} --sample 3 --out d"));
    assert_eq!(table(&place, "d/arrangements.csv").len(), 3);
}

#[test]
fn what_cannot_be_substituted_is_told_in_one_line() {
    let place = workplace();
    for (arguments, told) in [
        ("--site Co --with Fe --guests 1", "element to replace is 0"),
        ("--site Fe@0,0 --with Co --guests 1", "EL@X,Y,Z"),
        ("--site Fe --with Xx --guests 1", "Xx"),
        (
            "--site Fe --with Co --guests 3",
            "--guests 3: there are only 2 sites",
        ),
        (
            "--site Fe --with Co --concentrations 0.3",
            "0.6 of the 2 sites",
        ),
        ("--site Fe --with Co", "--guests"),
        ("--site Fe --with Co --guests 1 --supercell 2x2", "AxBxC"),
        (
            "--site Fe --with Co --guests 1 --supercell 4x4x4",
            "63 sites",
        ),
        ("--site Fe --with Bk --guests 1", "1 to 96"),
    ] {
        let run = place.xrd(&format!("series POSCAR {arguments} --out out"));
        assert_eq!(run.status, Some(2), "{arguments}");
        assert!(run.stderr.contains(told), "{arguments}: {}", run.stderr);
        assert!(!place.path("out").exists());
    }
}
