//! The example file of effects is read, and its documentation lists every effect.

use std::collections::BTreeSet;

use xrd_sim::RandomEffects;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{ROOT}/{name}")).unwrap()
}

/// The names of the tables and parameters of a file of effects.
fn names(toml: &str) -> BTreeSet<String> {
    let parsed: toml::Table = toml::from_str(toml).unwrap();
    let mut names = BTreeSet::new();
    for (table, value) in &parsed {
        names.insert(table.clone());
        let parts = value.as_array().cloned().unwrap_or(vec![value.clone()]);
        let keys = parts
            .iter()
            .flat_map(|part| part.as_table().unwrap().keys());
        names.extend(keys.cloned());
    }
    names
}

#[test]
fn the_example_file_of_effects_is_read() {
    let effects: RandomEffects = toml::from_str(&read("examples/effects.toml")).unwrap();
    assert!(!effects.is_none() && effects.anode().is_some());
}

#[test]
fn every_effect_is_documented_for_users() {
    // The documentation of the type contains a file with every table and parameter.
    let source = read("xrd-sim/src/effects/random.rs");
    let block = source.split("/// ```toml\n").nth(1).unwrap();
    let block = block.split("/// ```\n").next().unwrap();
    let all: String = block
        .lines()
        .map(|l| l.trim_start_matches("///").to_owned() + "\n")
        .collect();
    let _: RandomEffects = toml::from_str(&all).unwrap();
    let document = read("xrd-cli/docs/effects.md");
    let missing = |name: &&String| {
        let forms = [
            format!("`{name}`"),
            format!("`[{name}]`"),
            format!("`[[{name}]]`"),
        ];
        !forms.iter().any(|form| document.contains(form))
    };
    let names = &names(&all) | &names(&read("examples/effects.toml"));
    let undocumented: Vec<&String> = names.iter().filter(missing).collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
}
