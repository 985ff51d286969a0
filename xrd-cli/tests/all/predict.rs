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
