//! `xrd predict`.

use serde_json::Value;

use crate::support::workplace::Workplace;

/// Perovskites and rock salts with made-up lengths.
fn lines() -> String {
    let perovskite = |(id, a, b, length): (u32, &str, &str, f64)| {
        format!(
            r#"{{"id": "mp-{id}", "sg": 221, "cell": [{length}, {length}, {length}, 90, 90, 90], "species": ["{a}", "{b}", "O", "O", "O"], "frac": [[0,0,0],[0.5,0.5,0.5],[0.5,0.5,0],[0.5,0,0.5],[0,0.5,0.5]]}}"#
        )
    };
    let salt = |(id, a, b, length): (u32, &str, &str, f64)| {
        format!(
            r#"{{"id": "mp-{id}", "sg": 225, "cell": [{length}, {length}, {length}, 60, 60, 60], "species": ["{a}", "{b}"], "frac": [[0,0,0],[0.5,0.5,0.5]]}}"#
        )
    };
    let perovskites = [
        (1, "Sr", "Ti", 3.95),
        (2, "Ba", "Ti", 4.03),
        (3, "Sr", "Zr", 4.18),
        (4, "Ca", "Ti", 3.9),
    ];
    let salts = [
        (5, "Na", "Cl", 3.99),
        (6, "K", "Cl", 4.45),
        (7, "K", "Br", 4.67),
    ];
    let all = perovskites
        .map(perovskite)
        .into_iter()
        .chain(salts.map(salt));
    all.collect::<Vec<_>>().join("\n")
}

fn place() -> Workplace {
    let place = Workplace::new();
    place.write("known.jsonl", &lines());
    let said = place.done("predict fit known.jsonl --out my.predictor");
    assert!(
        said.starts_with("7 structures of 7 formulas in my.predictor ("),
        "{said}"
    );
    place
}

#[test]
fn formulas_are_answered_with_files_that_can_be_read() {
    let place = place();
    let said = place.done("predict BaZrO3 Na2Br2 NaCl --out out --model my.predictor --json");
    let all: Vec<Value> = serde_json::from_str(&said).unwrap();
    let formulas: Vec<&str> = all.iter().map(|a| a["formula"].as_str().unwrap()).collect();
    assert_eq!(formulas, ["BaZrO3", "Na2Br2", "NaCl"]);
    let first = |i: usize| &all[i]["candidates"][0];
    assert_eq!(
        (&first(0)["space_group"], &first(0)["origin"]),
        (&221.into(), &"substituted".into())
    );
    let length = first(0)["cell"][0].as_f64().unwrap();
    assert!((length - 4.24).abs() < 0.15, "{length}");
    assert_eq!(
        (&first(1)["space_group"], &all[1]["crystal_system"]),
        (&225.into(), &"cubic".into())
    );
    assert_eq!(
        (&first(2)["origin"], &first(2)["probability"]),
        (&"known".into(), &1.0.into())
    );
    for answer in &all {
        for candidate in answer["candidates"].as_array().unwrap() {
            for key in ["pattern", "structure"] {
                place.done(&format!("info {}", candidate[key].as_str().unwrap()));
            }
        }
        let figure = place.read(answer["figure"].as_str().unwrap());
        assert!(figure.starts_with("<svg") || figure.contains("<svg"));
    }
    let cif = place.read(first(0)["structure"].as_str().unwrap());
    assert!(cif.starts_with("# HYPOTHESIS"), "{cif}");
}

#[test]
fn what_is_no_formula_is_named_and_the_others_are_answered() {
    let place = place();
    let run = place.xrd("predict KCl Fe2(O3 --out out --model my.predictor --json");
    assert_eq!(run.status, Some(2));
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("character 4"), "{}", run.stderr);
    let all: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(all[0]["candidates"][0]["space_group"], 225);
    assert!(
        all[1]["error"].as_str().unwrap().contains("not closed"),
        "{}",
        all[1]
    );
}

#[test]
fn a_measured_pattern_ranks_the_candidates() {
    let place = place();
    place.done("predict SrTiO3 --out truth --model my.predictor");
    let said = place
        .done("predict SrTiO3 --against truth/SrTiO3-1.xy --out out --model my.predictor --json");
    let all: Vec<Value> = serde_json::from_str(&said).unwrap();
    let first = &all[0]["candidates"][0];
    assert_eq!(first["prototype"], "mp-1");
    assert!(first["similarity"].as_f64().unwrap() > 0.9, "{first}");
}

#[test]
fn scores_are_printed_as_tables() {
    let place = place();
    let said = place.done("predict score known.jsonl --share 0.5");
    assert!(said.contains("ternary: 2 test formulas"), "{said}");
    assert!(said.contains("substitution, first candidate"), "{said}");
    let run = place.xrd("predict score missing.jsonl");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("missing.jsonl"), "{}", run.stderr);
}

/// Perovskites of made-up lengths with 40 formulas.
fn many() -> String {
    let large = ["Sr", "Ba", "Ca", "Pb", "La", "Nd", "K", "Na"];
    let small = ["Ti", "Zr", "Sn", "Mn", "Fe"];
    let one = |i: usize| {
        let (a, b) = (large[i % 8], small[i / 8]);
        let length = 3.9 + 0.02 * (i % 8) as f64 + 0.05 * (i / 8) as f64;
        format!(
            r#"{{"id": "mp-{i}", "sg": 221, "cell": [{length}, {length}, {length}, 90, 90, 90], "species": ["{a}", "{b}", "O", "O", "O"], "frac": [[0,0,0],[0.5,0.5,0.5],[0.5,0.5,0],[0.5,0,0.5],[0,0.5,0.5]]}}"#
        )
    };
    (0..40).map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn tables_of_the_paper_are_printed_beside_its_values() {
    let place = Workplace::new();
    place.write("many.jsonl", &many());
    let table = |options: &str| {
        place.done(&format!(
            "predict paper many.jsonl --filters 1 --epochs 1 --checkpoint trainings --resume {options}"
        ))
    };
    let three = table("--table 3 --keep");
    assert!(
        three.contains("(0.626)") && three.contains("(0.678)"),
        "{three}"
    );
    assert!(
        three.contains("28 formulas for training, 4 for validation, 8 for the test"),
        "{three}"
    );
    assert_eq!(place.files("trainings").len(), 8);
    let file: Value = serde_json::from_str(&place.read("predict-paper/table-3.json")).unwrap();
    assert_eq!(file["table"], 3);
    assert_eq!(file["rows"].as_array().unwrap().len(), 8);
    // The training of Table 3 is used again, on other threads.
    let two: Value = serde_json::from_str(&table("--table 2 --json --threads 3")).unwrap();
    assert_eq!(
        two["rows"][0]["score"]["ranges"],
        file["rows"][3]["score"]["ranges"]
    );
    assert_eq!(
        two["rows"][0]["score"]["distances"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    // Without --keep, the trainings of this table are removed, and the folder with the last of them.
    assert_eq!(place.files("trainings").len(), 6);
    table("--table 3");
    assert!(!place.path("trainings").exists());
}

#[test]
fn refused_options_of_the_paper_have_one_line() {
    let place = Workplace::new();
    place.write("many.jsonl", &many());
    place.write("few.jsonl", &lines());
    for (options, word) in [
        ("many.jsonl", "--table"),
        ("many.jsonl --table 6", "2, 3, 4, 5"),
        ("many.jsonl --table 3 --dropout 1", "below 1"),
        ("many.jsonl --table 3 --epochs 0", "--epochs"),
        ("missing.jsonl --table 3", "missing.jsonl"),
        ("few.jsonl --table 3 --epochs 1", "ten formulas"),
    ] {
        let run = place.xrd(&format!("predict paper {options}"));
        assert_eq!(run.status, Some(2), "{options}: {}", run.stderr);
        assert!(run.stderr.contains(word), "{options}: {}", run.stderr);
    }
    let base = "predict paper many.jsonl --table 2 --filters 1 --epochs 1 --checkpoint here";
    place.done(&format!("{base} --keep"));
    let run = place.xrd(&format!("{base} --resume --seed 1"));
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("seed 0"), "{}", run.stderr);
}

#[test]
fn scores_by_time_need_later_structures() {
    let place = place();
    let run = place.xrd("predict score known.jsonl --split time");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("--later FILE|DIR"), "{}", run.stderr);
    let run = place.xrd("predict score known.jsonl --later known.jsonl");
    assert_eq!(run.status, Some(2));
    let run = place.xrd("predict score known.jsonl --split time --later known.jsonl");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("ternary formulas"), "{}", run.stderr);
}

#[test]
fn measured_patterns_are_counted() {
    let place = place();
    place.done("predict SrTiO3 --out out --model my.predictor --candidates 1");
    place.write("scans/a.xy", &place.read("out/SrTiO3-1.xy"));
    place.write("labels.csv", "name,space_group,formula\na.xy,221,SrTiO3\n");
    let said = place
        .done("predict measured --patterns scans --labels labels.csv --model my.predictor --json");
    let counts: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(counts["all"]["patterns"], 1);
    assert_eq!(counts["known"]["alone"][0], 1);
    assert_eq!(counts["known"]["with_pattern"][1], 1);
}
