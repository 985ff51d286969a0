//! Sets of patterns in shards: the same bytes for any division of the work.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::support::workplace::Workplace;
use serde_json::Value;

/// A short range, so that tests are quick.
const RANGE: &str = "--from 20 --to 60 --step 0.1 --fwhm-deg 0.5";

/// Effects that use every kind of random number.
const EFFECTS: &str = "\
[zero_shift]
deg = { uniform = [-0.1, 0.1] }
[vecsei_background]
[vecsei_noise]
";

/// Cubic cells of two atoms, one per line; line 4 has an element without a form factor.
fn structures(n: usize) -> String {
    let line = |i: usize| {
        let a = 3.0 + 0.02 * i as f64;
        let second = if i == 3 { "Fm" } else { "Cl" };
        format!(
            r#"{{"id": "s-{i}", "cell": [{a}, {a}, {a}, 90, 90, 90], "species": ["Cs", "{second}"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}}"#
        )
    };
    (0..n).map(|i| line(i) + "\n").collect()
}

fn workplace(n: usize) -> Workplace {
    let place = Workplace::new();
    place.write("s.jsonl", &structures(n));
    place.write("e.toml", EFFECTS);
    place
}

/// The command that makes a set of 20 structures, two patterns each, in shards of five structures.
fn command(out: &str) -> String {
    format!(
        "simulate s.jsonl {RANGE} --effects e.toml --seed 7 --per-structure 2 \
         --shard-patterns 10 --out {out}"
    )
}

fn manifest(place: &Workplace, out: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{out}/manifest.json"))).unwrap()
}

/// The numbers in the array of a shard, after its header.
fn values(file: &[u8]) -> Vec<f32> {
    let header = 10 + usize::from(u16::from_le_bytes([file[8], file[9]]));
    let values = file[header..].chunks_exact(4);
    values
        .map(|v| f32::from_le_bytes([v[0], v[1], v[2], v[3]]))
        .collect()
}

fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in a {
        assert!(bytes == &b[name], "{name} differs");
    }
}

#[test]
fn the_manifest_tells_what_the_set_is_made_of() {
    let place = workplace(20);
    let said = place.done(&command("set"));
    assert!(said.contains("38 patterns in 4 shards"), "{said}");
    let manifest = manifest(&place, "set");
    assert_eq!(
        (&manifest["patterns"], &manifest["seed"]),
        (&38.into(), &7.into())
    );
    assert_eq!(manifest["effects"], EFFECTS);
    assert_eq!(manifest["wavelength_angstrom"], 1.540593);
    let files = place.files("set");
    for (shard, rows) in [8, 10, 10, 10].into_iter().enumerate() {
        let about = &manifest["files"][shard];
        assert_eq!(about["patterns"]["rows"], rows);
        let name = about["patterns"]["file"].as_str().unwrap();
        assert_eq!(values(&files[name]).len(), rows * 400);
        let labels = &files[about["labels"]["file"].as_str().unwrap()];
        let labels = String::from_utf8(labels.clone()).unwrap();
        assert_eq!(labels.lines().count(), rows + 1);
        assert!(
            labels
                .lines()
                .skip(1)
                .all(|l| l.contains(",ClCs,221,cubic,")),
            "{labels}"
        );
        assert!(labels.starts_with("name,pattern,formula,space_group,crystal_system,H,"));
    }
    // A structure that fails is listed with its position and its reason; the others are simulated.
    let failed = &manifest["files"][0]["failed"];
    assert_eq!(manifest["failed"], 1);
    assert_eq!(
        (&failed[0]["structure"], &failed[0]["name"]),
        (&3.into(), &"s-3".into())
    );
    let reason = failed[0]["reason"].as_str().unwrap();
    assert!(reason.contains("no form factor for Fm"), "{reason}");
}

#[test]
fn any_number_of_processes_makes_the_bytes_of_one() {
    let place = workplace(20);
    place.done(&format!("{} --threads 1", command("one")));
    for part in ["3/3", "1/3", "2/3"] {
        assert!(!place.path("three/manifest.json").exists());
        place.done(&format!("{} --shard {part} --threads 2", command("three")));
    }
    assert_same(&place.files("one"), &place.files("three"));
    // A pattern does not depend on the patterns before it.
    let few = format!("{} --shard 4/4", command("few"));
    place.done(&few);
    let name = "shard-00003.npy";
    assert!(place.files("few")[name] == place.files("one")[name]);
}

/// A run that is killed at any moment and started again with the same command ends with the same bytes.
#[test]
fn a_killed_run_goes_on_where_it_was() {
    let place = workplace(120);
    let command = |out: &str| format!("{} --threads 1", command(out));
    let start = Instant::now();
    place.done(&command("whole"));
    let took = start.elapsed();
    let (mut kills, mut kept) = (0, 0);
    // On a busy machine the run may not have begun, or made a shard, when it is killed.
    for pause in 1..=64 {
        if pause > 8 && kills > 1 && kept > 2 {
            break;
        }
        let mut run = place.command(&command("killed"));
        let mut child = run.stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(took * pause / 16);
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        if place.path("killed").is_dir() {
            kills += usize::from(!ended);
            let shards = place.files("killed");
            kept = kept.max(shards.keys().filter(|f| f.ends_with(".npy")).count());
        }
    }
    assert!(kills > 1 && kept > 2, "{kills} kills, {kept} files kept");
    let said = place.done(&command("killed"));
    assert!(said.contains("238 patterns in 24 shards"), "{said}");
    assert_same(&place.files("whole"), &place.files("killed"));
    // Complete shards are not made again.
    assert!(
        place
            .done(&command("killed"))
            .starts_with("0 patterns made")
    );
}

#[test]
fn damaged_shards_are_made_anew_and_no_others() {
    let place = workplace(20);
    place.done(&command("set"));
    let whole = place.files("set");
    let damage = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole[name].clone();
        change(&mut bytes);
        std::fs::write(place.path("set").join(name), bytes).unwrap();
        let said = place.done(&command("set"));
        let made: usize = said.split(' ').next().unwrap().parse().unwrap();
        assert_same(&whole, &place.files("set"));
        made
    };
    assert_eq!(
        damage("shard-00002.npy", &|b| *b.last_mut().unwrap() ^= 1),
        10
    );
    assert_eq!(damage("shard-00001.npy", &|b| b.truncate(100)), 10);
    assert_eq!(damage("shard-00003.csv", &|b| b[40] ^= 1), 10);
    // One structure of this shard fails.
    assert_eq!(damage("shard-00000.json", &|b| b.truncate(50)), 8);
    let place_of_reason = String::from_utf8(whole["shard-00000.json"].clone()).unwrap();
    let at = place_of_reason.find("form factor").unwrap();
    assert_eq!(damage("shard-00000.json", &|b| b[at] = b'F'), 8);
    assert_eq!(damage("two_theta.npy", &|b| b[200] ^= 1), 0);
    assert_eq!(damage("manifest.json", &|b| b.truncate(9)), 0);
}

#[test]
fn another_set_does_not_mix_with_the_one_there() {
    let place = workplace(20);
    place.done(&command("set"));
    let run = place.xrd(&format!("{} --symprec 0.01", command("set")));
    assert_ne!(run.status, Some(0));
    assert!(
        run.stderr
            .contains("the set in this folder has symprec 0.1, not 0.01"),
        "{}",
        run.stderr
    );
    place.write("s.jsonl", &structures(19));
    let run = place.xrd(&command("set"));
    assert!(run.stderr.contains("structures.count"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_run_and_leaves_no_litter() {
    let place = workplace(4000);
    let first = place.path("set/shard-00001.json");
    let run = place.interrupted(&format!("{} --threads 1", command("set")), || {
        first.exists()
    });
    assert_eq!(run.status, Some(130));
    let stderr = run.stderr;
    assert!(stderr.contains("interrupted"), "{stderr}");
    // Without a terminal there is no progress bar.
    assert!(!stderr.contains("left"), "{stderr}");
    let files = place.files("set");
    assert!(files.contains_key("shard-00001.npy") && !files.contains_key("manifest.json"));
    assert!(
        files.keys().all(|f| !f.starts_with('.')),
        "{:?}",
        files.keys()
    );
}

#[test]
fn a_model_is_trained_on_shards_from_disk_as_in_memory() {
    let place = workplace(20);
    place.done(&command("set"));
    let train = "train --patterns set --hidden 8,4 --epochs 2 --threads 1";
    place.done(&format!("{train} --out memory.safetensors"));
    let run = place.xrd(&format!("{train} --memory 0 --out disk.safetensors"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("set: read from disk batch by batch"),
        "{}",
        run.stderr
    );
    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert!(read("memory.safetensors") == read("disk.safetensors"));
    let encode = "encode --model memory.safetensors --patterns set --out points.csv";
    place.done(encode);
    let points = place.read("points.csv");
    assert_eq!(points.lines().count(), 39);
    assert!(
        points.lines().nth(1).unwrap().starts_with("s-0-0,"),
        "{points}"
    );
    std::fs::remove_file(place.path("set/manifest.json")).unwrap();
    let run = place.xrd(train);
    assert!(
        run.stderr
            .contains("a set of patterns that is not complete"),
        "{}",
        run.stderr
    );
}

#[test]
fn one_structure_many_files_and_folders_become_one_file() {
    let place = Workplace::new();
    place.write("cifs/NaCl.cif", include_str!("support/NaCl.cif"));
    let poscar = "CsCl\n4.1\n1 0 0\n0 1 0\n0 0 1\nCs Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    place.write("cifs/POSCAR", poscar);
    place.write("cifs/broken.cif", "data_nothing\n");
    let run = place.xrd("simulate cifs --out set");
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("note: left out: ") && run.stderr.contains("broken.cif"));
    assert!(
        run.stdout.contains("2 patterns of 8500 points"),
        "{}",
        run.stdout
    );
    let labels = place.read("set/labels.csv");
    let lines: Vec<&str> = labels.lines().collect();
    assert!(lines[1].starts_with("NaCl,ClNa,225,cubic,"), "{labels}");
    assert!(lines[2].starts_with("POSCAR,ClCs,221,cubic,"), "{labels}");
    let about = place.done("info set/patterns.npz --json");
    assert!(about.contains("1.540593"), "{about}");
}
