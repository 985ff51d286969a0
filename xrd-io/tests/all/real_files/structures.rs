//! Structure files of many programs, compared with the results of gemmi, pymatgen and ASE.
//!
//! XRD_WRITE_LEDGER=1 writes `docs/structure-ledger.md`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use xrd_core::Displacement;
use xrd_io::{Crystal, Error, Site, read_crystals};

use super::{data, files, is_that_of_docs};

type Content = BTreeMap<String, f64>;

/// A file with its record and its reading.
struct Case {
    name: String,
    recorded: Value,
    read: Result<Vec<Crystal>, Error>,
}

fn cases() -> Vec<Case> {
    let mut paths = files(&data("cif"));
    paths.retain(|p| p.extension().is_some_and(|e| e == "cif" || e == "mcif"));
    assert!(!paths.is_empty());
    paths.iter().map(|p| case(p)).collect()
}

fn case(path: &Path) -> Case {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let recorded = path.with_file_name(format!("{name}.expected.json"));
    let recorded = std::fs::read_to_string(recorded)
        .unwrap()
        .replace("NaN", "null");
    Case {
        name,
        recorded: serde_json::from_str(&recorded).unwrap(),
        read: read_crystals(path),
    }
}

impl Case {
    fn is_read_by(&self, program: &str) -> bool {
        self.recorded[program]["ok"] == true
    }

    fn is_read_by_any(&self) -> bool {
        ["gemmi", "pymatgen", "ase"]
            .iter()
            .any(|p| self.is_read_by(p))
    }

    fn is_refused_by_name(&self) -> bool {
        matches!(&self.read, Err(Error::Unsupported { what, .. })
            if what.contains("modulated"))
    }

    /// The contents found by a program, without blocks that have no atoms.
    fn contents(&self, program: &str) -> Vec<Content> {
        let blocks = self.recorded[program]["value"].as_array();
        let content = |block: &Value| {
            let found = block.get("cell_content").or_else(|| block.get("content"))?;
            let amounts = found.as_object()?.iter();
            Some(
                amounts
                    .map(|(s, n)| (s.clone(), n.as_f64().unwrap()))
                    .collect(),
            )
        };
        blocks.into_iter().flatten().filter_map(content).collect()
    }

    fn ours(&self) -> Vec<Content> {
        let crystals = self.read.iter().flatten();
        crystals
            .map(|c| c.content().into_iter().collect())
            .collect()
    }
}

/// Whether two contents are equal except for rounding.
fn same(a: &Content, b: &Content) -> bool {
    let near = |(symbol, n): (&String, &f64)| {
        b.get(symbol)
            .is_some_and(|m| (n - m).abs() < 1e-3 + 1e-6 * m.abs())
    };
    a.len() == b.len() && a.iter().all(near)
}

fn text(content: &Content) -> String {
    let words: Vec<String> = content
        .iter()
        .map(|(symbol, n)| format!("{symbol}{}", (n * 1000.0).round() / 1000.0))
        .collect();
    words.join(" ")
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn what_another_program_reads_is_read() {
    let cases = cases();
    let (mut read, mut refused, mut broken) = (0, 0, 0);
    for case in &cases {
        match (case.is_read_by_any(), &case.read) {
            (true, Ok(crystals)) => {
                read += 1;
                if let Err(e) = crystals[0].structure() {
                    println!("no full cell: {e}");
                }
            }
            (true, Err(e)) => {
                assert!(case.is_refused_by_name(), "{e}");
                refused += 1;
            }
            (false, Err(e)) => {
                assert!(!e.to_string().contains('\n'));
                broken += 1;
            }
            (false, Ok(_)) => panic!("{} is read", case.name),
        }
    }
    println!("{read} read, {refused} refused by name, {broken} errors");
    assert!(read + refused > 0 && read + refused + broken == cases.len());
}

/// Files for which the other programs agree on a wrong result.
const BETTER: [&str; 1] = [
    // The name of the group is in a tag that they do not read.
    "diffpy.structure__tests_testdata_Ni_ref.cif",
];

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn the_cell_holds_what_two_programs_agree_on() {
    let cases = cases();
    let agreed = cases
        .iter()
        .filter(|c| c.recorded["gemmi_pymatgen_agree"] == true);
    let (mut right, mut wrong) = (0, Vec::new());
    for case in agreed.filter(|c| !c.is_refused_by_name()) {
        // pymatgen counts deuterium as hydrogen, gemmi does not.
        let (ours, expected) = (case.ours(), case.contents("gemmi"));
        match (ours.first(), expected.first()) {
            (Some(ours), Some(expected)) if same(ours, expected) => right += 1,
            _ if BETTER.contains(&case.name.as_str()) => {}
            _ => wrong.push(format!("{}: {ours:?} (agreed {expected:?})", case.name)),
        }
    }
    println!("{right} as agreed, {} better", BETTER.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Reasons for differing cells, by a part of the file name.
const REASONS: &[(&str, &str)] = &[
    (
        "00993.cif",
        "labels KI and Wat are potassium and the oxygen of water",
    ),
    (
        "1000002-unknown-atom-type",
        "max and min are not elements: the content is listed, but there is no structure",
    ),
    ("1000002", "the occupancies are `?`; 1 is assumed"),
    (
        "1000451.cif",
        "hydrogen without coordinates is skipped with a warning; pymatgen refuses its occupancy 5",
    ),
    (
        "1001614.cif",
        "hydrogen without coordinates is skipped with a warning; pymatgen refuses its occupancy 1.8",
    ),
    (
        "2000000-only-ITC-number",
        "the group is known only by its number; atoms listed twice (C3A*) are skipped",
    ),
    (
        "2000000_e_kelvins",
        "atoms listed twice (C3A*) are skipped, and the cell agrees with the formula",
    ),
    (
        "2000127-unknown-coordinates",
        "no atom has coordinates: cell, group and formula are listed",
    ),
    (
        "nosites.cif",
        "no atom has coordinates: cell, group and formula are listed",
    ),
    (
        "2004325-cell-questionmark",
        "an angle is `?`; 90 is assumed",
    ),
    (
        "2100831-incomplete-unit-cell-info",
        "two angles are missing, and 90 is assumed; gemmi assumes a cell of 1 Å and merges atoms",
    ),
    (
        "2103700.cif",
        "pymatgen refuses a sum of occupancies above 1 on a shared site",
    ),
    (
        "2201319-numeric_field",
        "a length is not a number; it is calculated from the volume",
    ),
    (
        "Hopelesly-broken",
        "a length and the symmetry are missing: the length is calculated from the volume and the atoms are used as listed, with warnings",
    ),
    (
        "7011014-occupancy-is-a-dot",
        "occupancies are `.`; 1 is assumed",
    ),
    (
        "9000025.cif",
        "pymatgen refuses a sum of occupancies above 1 on a shared site",
    ),
    (
        "9000087.cif",
        "pymatgen refuses a sum of occupancies above 1 on a shared site",
    ),
    (
        "AMCSD0000001.cif",
        "pymatgen refuses a sum of occupancies above 1 on a shared site",
    ),
    (
        "duplicate2_cod_9000023",
        "pymatgen refuses a sum of occupancies above 1 on a shared site",
    ),
    (
        "series9_new_9013164",
        "pymatgen refuses a sum of occupancies above 1 on a shared site",
    ),
    ("9003869-long-title", "label IX is iodine"),
    ("9014915.cif", "label Wat is the oxygen of water"),
    ("AMCSD_2023-11-12_00599", "label Wat is the oxygen of water"),
    ("Senegalite", "label Wat is the oxygen of water"),
    ("AMCSD_2023-11-12_10926", "label Sl is sulphur"),
    ("AMCSD_2023-11-12_13164", "label Sl is sulphur"),
    (
        "various-sg-number-sources",
        "some blocks state only a number, which gemmi does not read; it is not the group of these atoms",
    ),
    (
        "cif2rdf_2010123",
        "centroids marked as dummy atoms are skipped",
    ),
    (
        "cif_distances_no-symops",
        "the group is known only by its number, which gemmi does not read",
    ),
    (
        "cif_distances_unknown-elements",
        "the types AA and EI are not elements, but the labels are",
    ),
    (
        "2001174_fix_precision",
        "half-occupied hydrogen next to a mirror is two atoms, in agreement with the formula",
    ),
    (
        "2213608.cif",
        "half-occupied carbon next to an axis is two atoms, in agreement with the formula",
    ),
    (
        "2001507_temperature",
        "a listed operation is invalid (x,y,x): the Hall symbol is used, and the cell agrees with the formula",
    ),
    ("2103766.cif", "pymatgen counts deuterium as hydrogen"),
    ("9002551.cif", "label Dw is deuterium"),
    (
        "cubic_as_slanted",
        "no symmetry is stated: the atoms are used as listed, with a warning",
    ),
    ("jo026649z", "a tag is given twice; the first value is used"),
    (
        "p21c_dedup",
        "atoms listed twice (C1B) are skipped, as in ASE",
    ),
    (
        "Ni_ref.cif",
        "the name of the group is in a tag that the others do not read: nickel has four atoms per cell",
    ),
    ("badspacegroup", "C2:b1 means C 1 2 1"),
    ("ICSD59959", "coordinates are `.`; 0 is assumed"),
    (
        "PF_sd_1500382",
        "type OH is oxygen; its hydrogen is not located",
    ),
    (
        "PF_sd_1601634",
        "type OH2 is oxygen; its hydrogen is not located",
    ),
    (
        "PF_sd_1704003",
        "gemmi refuses an incomplete loop of another table",
    ),
    (
        "PF_sd_",
        "types such as `0.8Nb + 0.2Zr` are two elements on one site",
    ),
    (
        "srycoo",
        "a quoted text with line breaks is read up to its end",
    ),
    (
        "CsCl-manual-oxi-ref",
        "the table of moments is empty, so this is not a magnetic structure",
    ),
    (
        "Mn3Ge_IR2",
        "the operations of the magnetic group, without time reversal, make all atoms, as in pymatgen",
    ),
    (
        ".mcif",
        "the atoms of a magnetic structure, without its moments",
    ),
];

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn sites_are_those_another_program_lists() {
    let cases = cases();
    let (mut equal, mut odd) = (0, vec![]);
    for case in &cases {
        let blocks = case.recorded["gemmi"]["value"].as_array();
        for crystal in case.read.iter().flatten() {
            let named = |b: &&Value| b["block"] == crystal.name();
            let mut found = blocks.into_iter().flatten().filter(named);
            let (Some(block), None) = (found.next(), found.next()) else {
                continue;
            };
            let mut others = block["sites"].as_array().unwrap().iter();
            for site in crystal.sites() {
                // Some sites are skipped here, and those of mixed types are several.
                let Some(other) = others.find(|s| s["label"] == site.label.as_str()) else {
                    break;
                };
                if other["element"] == "X" {
                    continue;
                }
                match differs(site, other) {
                    None => equal += 1,
                    Some(what) => odd.push(format!("{}: {what} of {}", case.name, site.label)),
                }
            }
        }
    }
    println!("{equal} sites are equal, {} differ", odd.len());
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

/// The property in which a site differs from the same site of another program.
fn differs(site: &Site, other: &Value) -> Option<&'static str> {
    let is = |found: f64, name: &str| {
        let expected = other[name].as_f64();
        expected.is_none_or(|e| (found - e).abs() < 1e-6)
    };
    let expected: Vec<f64> = other["xyz"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    let position = site.position.unwrap_or([f64::NAN; 3]);
    let charge = site.species.and_then(|s| s.charge).unwrap_or(0);
    if expected.len() == 3 && !(0..3).all(|i| (position[i] - expected[i]).abs() < 1e-6) {
        return Some("the position");
    }
    if !is(site.occupancy, "occ") {
        return Some("the occupancy");
    }
    if !is(f64::from(charge), "charge") || other["element"] != site.symbol.as_str() {
        return Some("the species");
    }
    let same = match site.displacement {
        Some(Displacement::Isotropic(u)) => is(u, "u_iso") || other["u_iso"].as_f64() > Some(0.15),
        Some(Displacement::Anisotropic(_)) => true,
        None => other["aniso"] == false && is(0.0, "u_iso"),
    };
    (!same).then_some("the displacement")
}

/// The rows of the ledger: files for which the programs find different cells.
fn ledger(cases: &[Case]) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for case in cases {
        let all = [
            case.ours(),
            case.contents("gemmi"),
            case.contents("pymatgen"),
        ];
        let equal = |a: &[Content], b: &[Content]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        };
        if equal(&all[0], &all[1]) && equal(&all[1], &all[2]) {
            continue;
        }
        let [ours, gemmi, pymatgen] = all.map(|list| summary(&list));
        let ours = match &case.read {
            Ok(_) => ours,
            Err(e) => e.to_string().split_once(": ").unwrap().1.to_owned(),
        };
        let reason = REASONS.iter().find(|(part, _)| case.name.contains(part));
        let reason = reason.map_or("", |(_, reason)| reason);
        let name = case.name.replace("__", ": ");
        let row = format!("| {name} | {ours} | {gemmi} | {pymatgen} | {reason} |");
        rows.push((name, row));
    }
    rows
}

fn summary(contents: &[Content]) -> String {
    let mut texts: Vec<String> = contents.iter().map(text).collect();
    texts.dedup();
    match texts.len() {
        0 => "not read".to_owned(),
        1 if texts[0].is_empty() => "no atoms".to_owned(),
        _ => texts.join("; "),
    }
}

const LEDGER: &str = "docs/structure-ledger.md";

const HEAD: &str = "\
# Structure files that programs read differently

The table lists the content of the full cell according to this crate, gemmi 0.7.0 and pymatgen
2024.8.9, for those files of a collection for which the three differ. Blocks of one file are separated
by semicolons. X is gemmi's symbol for an unknown element. This command writes the table; without the
variable it checks the table: `XRD_WRITE_LEDGER=1 cargo test -p xrd-io -- --ignored the_ledger`.

| file | here | gemmi | pymatgen | why |
|---|---|---|---|---|
";

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn the_ledger_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LEDGER);
    let rows = ledger(&cases());
    let whole: String = rows.iter().map(|(_, row)| format!("{row}\n")).collect();
    if std::env::var_os("XRD_WRITE_LEDGER").is_some() {
        std::fs::write(&path, format!("{HEAD}{whole}")).unwrap();
    }
    let ledger = std::fs::read_to_string(&path).unwrap();
    if is_that_of_docs() {
        assert!(
            ledger == format!("{HEAD}{whole}"),
            "{LEDGER} is out of date"
        );
    }
    // Other collections may contain other files.
    for (name, row) in rows {
        if ledger.contains(&name) {
            assert!(ledger.contains(&row), "not in {LEDGER}: {row}");
        } else {
            println!("not in {LEDGER}: {row}");
        }
    }
}
