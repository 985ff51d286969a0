//! Figures that people look at first: references, colours, groups and compositions.

use serde_json::Value;

use crate::support::workplace::Workplace;

const SMALL: &str = "--hidden 16,8 --epochs 3 --threads 1";

fn report(place: &Workplace, folder: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{folder}/study.json"))).unwrap()
}

/// The small set, and a structure.
fn with_structure() -> Workplace {
    let place = Workplace::with_samples();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    place
}

#[test]
fn lines_of_references_are_drawn_listed_and_kept_in_the_experiment() {
    let place = with_structure();
    place.write("again/NaCl.cif", include_str!("support/NaCl.cif"));
    place.done(&format!(
        "study scans --wavelength CuKa1 --reference NaCl.cif --reference again/NaCl.cif {SMALL}"
    ));
    let table = place.read("out/references.csv");
    let mut rows = table.lines();
    let head = "reference,h,k,l,d_angstrom,multiplicity,two_theta,intensity";
    assert_eq!(rows.next(), Some(head));
    let strongest = rows.clone().find(|row| row.ends_with(",1")).unwrap();
    assert!(strongest.starts_with("NaCl,2,0,0,2.82"), "{strongest}");
    assert!(rows.any(|row| row.starts_with("NaCl 2,")));
    for figure in ["waterfall", "groups", "group_patterns", "reproduction"] {
        let drawn = place.read(&format!("out/{figure}.svg"));
        assert!(
            drawn.contains("NaCl 2") && drawn.contains(">200<"),
            "{figure}"
        );
    }
    let found = report(&place, "out");
    let references = &found["references"];
    assert_eq!(references[1]["name"], "NaCl 2");
    assert_eq!(references[1]["file"], "again/NaCl.cif");
    let listed = table.lines().filter(|row| row.starts_with("NaCl,")).count();
    assert_eq!(references[0]["lines"], listed);
    assert_eq!(found["experiment"]["references"][0], "NaCl.cif");
    place.done("study --config out/study.json --threads 1 --out second");
    assert_eq!(place.read("second/references.csv"), table);
    // Without references there is neither a table nor a key.
    place.done(&format!("study scans {SMALL} --out without"));
    assert!(report(&place, "without").get("references").is_none());
    assert!(!place.path("without/references.csv").exists());
}

#[test]
fn references_that_have_no_lines_here_are_refused_in_one_line() {
    let place = with_structure();
    for (options, said) in [
        (
            "--reference NaCl.cif",
            "NaCl.cif: the wavelength of the patterns is not known (--wavelength X states it)",
        ),
        (
            "--wavelength 9 --reference NaCl.cif",
            "NaCl.cif: no lines from 20.00 to 49.50 degrees at 9 angstrom (--reference needs a \
             structure with lines there)",
        ),
        (
            "--wavelength 1.5 --reference labels.csv",
            "(--reference needs a structure: CIF or POSCAR)",
        ),
        ("--wavelength 1.5 --reference none.cif", "none.cif"),
    ] {
        let run = place.xrd(&format!("study scans {options} {SMALL} --out out"));
        assert_eq!(run.status, Some(2), "{options}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{options}: {}", run.stderr);
        assert_eq!(run.stderr.matches("xrd: ").count(), 1, "{}", run.stderr);
        assert!(!place.path("out/study.json").exists());
    }
}

#[test]
fn figures_are_coloured_by_the_label_that_is_chosen() {
    let place = with_structure();
    let study = format!("study scans --labels labels.csv {SMALL}");
    // p has 24 values and q has 11: p varies most, as colours with a bar.
    place.done(&format!("{study} --out auto"));
    let plane = place.read("auto/feature_space.svg");
    assert!(plane.contains(">p<") && plane.contains("<image"));
    assert!(plane.contains(">0.9583<"), "rounded for people");
    place.done(&format!("{study} --color-by q --out by-q"));
    let plane = place.read("by-q/feature_space.svg");
    assert!(plane.contains("q = 0.0909") && !plane.contains("<image"));
    assert!(place.read("by-q/waterfall.svg").contains("q = 0.0909"));
    assert_eq!(report(&place, "by-q")["experiment"]["color_by"], "q");
    place.done(&format!("{study} --color-by group --out by-group"));
    let plane = place.read("by-group/feature_space.svg");
    assert!(plane.contains("group 1") && !plane.contains("<image"));
    let run = place.xrd(&format!("{study} --color-by T --out none"));
    let said = "no label 'T' for the colours (expected one of p, q, group) (--color-by)";
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn groups_are_compared_with_classes_and_drawn() {
    let place = Workplace::new();
    let line = |at: f64, i: usize| (-((i as f64 - at) / 3.0).powi(2)).exp();
    let mut table = String::from("two_theta");
    (0..120).for_each(|i| table += &format!(",{:.1}", 10.0 + 0.2 * i as f64));
    let mut labels = String::from("name,phase,T\n");
    for k in 0..24 {
        let at = [30.0, 80.0][k % 2] + 0.05 * k as f64;
        table += &format!("\np{k}");
        (0..120).for_each(|i| table += &format!(",{:.3}", 100.0 * line(at, i) + 5.0));
        labels += &format!("p{k},{},{}\n", ["rutile", "anatase"][k % 2], 100 * (k % 2));
    }
    place.write("set.csv", &(table + "\n"));
    place.write("labels.csv", &labels);
    let printed = place.done(&format!(
        "study set.csv --labels labels.csv --label-columns phase,T {SMALL}"
    ));
    let said = "groups and phase: adjusted Rand index 1.00 (1: the same, 0: random), purity 1.00";
    assert!(printed.contains(said), "{printed}");
    let agreement = &report(&place, "out")["groups"]["agreement"];
    assert_eq!(agreement[0]["label"], "phase");
    assert_eq!(agreement[1]["label"], "T");
    assert_eq!(agreement[1]["classes"], 2);
    assert_eq!(agreement[1]["adjusted_rand_index"], 1.0);
    let classes = &report(&place, "out")["classification"];
    assert_eq!(classes[0]["label"], "phase");
    assert_eq!(classes[0]["accuracy"], 1.0);
    assert_eq!(classes[0]["balanced_accuracy"], 1.0);
    assert!(classes[0]["majority_accuracy"].as_f64().unwrap() < 1.0 + 1e-9);
    assert!(
        printed.contains("test patterns (few): accuracy 1.00"),
        "{printed}"
    );
    let table = place.read("out/classes.csv");
    assert!(table.starts_with("name,label,true,estimated,share,unlike\np"));
    assert!(table.contains(",phase,rutile,rutile,") || table.contains(",phase,anatase,anatase,"));
    let estimate =
        "estimate --model out/model.safetensors --known out/latent.csv --patterns set.csv";
    let said = place.done(estimate);
    assert!(
        said.lines()
            .next()
            .unwrap()
            .contains("; phase = rutile (share "),
        "{said}"
    );
    let json: Value = serde_json::from_str(&place.done(&format!("{estimate} --json"))).unwrap();
    assert_eq!(json[1]["classes"]["phase"]["class"], "anatase");
    place.done(&format!("{estimate} --out new.csv"));
    assert!(
        place
            .read("new.csv")
            .lines()
            .next()
            .unwrap()
            .split(',')
            .any(|column| column == "phase_estimated")
    );
    // Without numbers, the classes stand alone.
    place.done(&format!(
        "study set.csv --labels labels.csv --label-columns phase --out text {SMALL}"
    ));
    let estimate =
        "estimate --model text/model.safetensors --known text/latent.csv --patterns set.csv";
    let said = place.done(estimate);
    assert!(said.starts_with("p0: phase = rutile (share ") && said.contains("p1: phase = anatase"));
    place.done(&format!("{estimate} --out alone.csv"));
    let alone = place.read("alone.csv");
    assert!(
        alone.starts_with("name,phase_estimated,shifted,"),
        "{alone}"
    );
    assert!(
        alone.contains("\np0,rutile,") && alone.contains("\np1,anatase,"),
        "{alone}"
    );
    let drawn = place.read("out/group_patterns.svg");
    assert!(drawn.contains("group 2: 12 patterns such as p"), "{drawn}");
    assert!(drawn.contains("shaded: angles"));
}

#[test]
fn three_fractions_have_a_triangle() {
    let place = with_structure();
    let mut labels = String::from("name,Fe,Ga,Pd\n");
    for k in 0..24 {
        let (a, b) = (k as f64 / 30.0, (k % 5) as f64 / 30.0);
        labels += &format!("s{k:02},{a},{b},{}\n", 1.0 - a - b);
    }
    place.write("fractions.csv", &labels);
    place.done(&format!("study scans --labels fractions.csv {SMALL}"));
    let drawn = place.read("out/ternary.svg");
    assert!(drawn.contains(">Pd<") && drawn.contains("group 1"));
    assert!(drawn.contains("from true to estimated"));
    place.done(&format!(
        "study scans --labels labels.csv {SMALL} --out two"
    ));
    assert!(!place.path("two/ternary.svg").exists());
}
