//! Trainings that are killed, interrupted and continued, and patterns that stay on disk.

use std::fs;
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

use crate::support::workplace::{PATTERNS, Workplace, angle, pattern};
use serde_json::Value;

/// A training of a few seconds, most of which goes into saving it.
const TRAIN: &str = "train --patterns scans --hidden 8,4 --threads 1 --epochs 5000 --lr 0.002 \
    --schedule cosine --warm-up 2.5 --clip 1 --patience 5000 --validation-fraction 0.2";

const SAVE: &str = "--checkpoint unfinished --checkpoint-every 3 --resume";

/// Pseudo-random numbers, the same in every run of the test.
struct Moments(u64);

impl Moments {
    fn below(&mut self, end: u64) -> u64 {
        // Knuth's MMIX generator; its upper bits are the random ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Starts the program and kills it, up to a number of times; then lets it finish. Returns how often it
/// was killed.
fn killed_often(place: &Workplace, arguments: &str, kills: usize, longest_ms: u64) -> usize {
    let mut moments = Moments(20_220_412);
    for done in 0..kills {
        let mut child = place.command(arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moments.below(longest_ms)));
        // SIGKILL, which cannot be handled.
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            return done;
        }
    }
    place.done(arguments);
    kills
}

#[test]
fn a_training_killed_many_times_ends_as_one_that_was_not() {
    let place = Workplace::with_samples();
    place.done(&format!("{TRAIN} --out undisturbed"));
    let kills = killed_often(&place, &format!("{TRAIN} {SAVE} --out killed"), 30, 100);
    assert!(kills >= 20, "{kills}");
    let read = |name: &str| fs::read(place.path(name)).unwrap();
    assert!(read("killed") == read("undisturbed"), "after {kills} kills");
    assert!(!place.path("unfinished").exists());
}

/// Files of a study, without the values that differ between equal runs.
fn results(place: &Workplace, out: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = place.files(out);
    let mut report: Value = serde_json::from_slice(&files["study.json"]).unwrap();
    for timing in [
        "/training/seconds",
        "/training/ms_per_epoch",
        "/relevance/seconds",
    ] {
        *report.pointer_mut(timing).unwrap() = Value::Null;
    }
    for part in ["mean", "sd", "median"] {
        report["summary"][part]["ms_per_epoch"] = Value::Null;
    }
    for seed in report["seeds"].as_array_mut().unwrap() {
        seed["ms_per_epoch"] = Value::Null;
    }
    files.insert("study.json".into(), report.to_string().into_bytes());
    files.into_iter().collect()
}

#[test]
fn a_study_killed_many_times_ends_as_one_that_was_not() {
    let place = Workplace::with_samples();
    let study = "study --patterns scans --labels labels.csv --hidden 8,4 --threads 2 --epochs 900 \
        --seeds 3 --target p=0.4";
    place.done(&format!("{study} --out undisturbed"));
    let killed = format!("{study} {SAVE} --out killed");
    let kills = killed_often(&place, &killed, 25, 150);
    assert!(kills >= 5, "{kills}");
    // A killed study leaves only hidden, unfinished files in its output folder.
    let finished = |(name, _): &(String, _)| !name.starts_with(".xrd-unfinished");
    let files: Vec<_> = results(&place, "killed")
        .into_iter()
        .filter(finished)
        .collect();
    for (a, b) in files.iter().zip(&results(&place, "undisturbed")) {
        assert!(a == b, "{} after {kills} kills", a.0);
    }
    assert!(!place.path("unfinished").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_training_is_saved_and_says_how_to_go_on() {
    let place = Workplace::with_samples();
    // The training is longer than the test waits, and is saved only by the interrupt.
    let train = "train --patterns scans --hidden 8,4 --threads 1 --epochs 20000 --out model";
    let mut results = Vec::new();
    for (save, file) in [
        ("--seed 0", "model.unfinished"),
        (
            "--checkpoint-every 1000000 --checkpoint unfinished",
            "unfinished",
        ),
    ] {
        interrupt_and_go_on(&place, &format!("{train} {save}"), file);
        results.push(fs::read(place.path("model")).unwrap());
        fs::remove_file(place.path("model")).unwrap();
    }
    place.done(train);
    assert!(results == [(); 2].map(|()| fs::read(place.path("model")).unwrap()));
}

#[cfg(unix)]
fn interrupt_and_go_on(place: &Workplace, saved: &str, file: &str) {
    const UNTIL: Duration = Duration::from_millis(700);
    let begun = Instant::now();
    let run = place.interrupted(saved, || begun.elapsed() >= UNTIL);
    assert!(begun.elapsed() < UNTIL + Duration::from_secs(5));
    assert_eq!(run.status, Some(130));
    let (what, command) = run.stderr.trim_end().split_once("; to continue: ").unwrap();
    assert_eq!(what, format!("xrd: interrupted; saved in {file}"));
    let (_, arguments) = command.split_once(' ').unwrap();
    assert_eq!(arguments, format!("{saved} --resume"));
    assert!(!place.path("model").exists());

    assert!(place.path(file).exists());
    place.done(arguments);
    assert!(!place.path(file).exists());
}

#[cfg(unix)]
#[test]
fn a_study_interrupted_while_it_writes_does_not_train_again() {
    let place = Workplace::with_samples();
    let study = "study --patterns scans --labels labels.csv --hidden 8,4 --threads 1 --epochs 300";
    place.done(&format!("{study} --out undisturbed"));
    let is_written = |out: &str| {
        let hidden = fs::read_dir(place.path(out))
            .into_iter()
            .flatten()
            .flatten();
        let mut models = hidden.map(|entry| entry.path().join("model.safetensors"));
        models.any(|model| model.exists())
    };
    // The interrupt may come when all is written.
    for attempt in 0..30 {
        let out = format!("out{attempt}");
        let study = format!("{study} --out {out}");
        let run = place.interrupted(&study, || is_written(&out));
        if run.status == Some(0) {
            continue;
        }
        assert_eq!(run.status, Some(130), "{}", run.stderr);
        let told = format!("xrd: interrupted; saved in {out}.unfinished; to continue: ");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
        assert!(!is_written(&out) && !place.path(&format!("{out}/study.json")).exists());
        let about = place.done(&format!("info {out}.unfinished/seed-0.checkpoint --json"));
        let about: Value = serde_json::from_str(&about).unwrap();
        assert_eq!(about[0]["epochs_done"], 300);
        place.done(&format!("{study} --resume"));
        assert!(results(&place, &out) == results(&place, "undisturbed"));
        assert!(!place.path(&format!("{out}.unfinished")).exists());
        return;
    }
    panic!("no run was interrupted while it wrote");
}

#[test]
fn a_checkpoint_of_something_else_is_refused_and_stays() {
    let place = Workplace::with_samples();
    let train = "train --patterns scans --hidden 8,4 --threads 1 --epochs 100000";
    let save = "--checkpoint unfinished --checkpoint-every 1";
    let mut child = place.command(&format!("{train} {save}")).spawn().unwrap();
    while !place.path("unfinished").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = fs::read(place.path("unfinished")).unwrap();
    let refuse = |arguments: &str, words: &str| {
        let run = place.xrd(arguments);
        assert_eq!(run.status, Some(2), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains(words), "'{words}': {}", run.stderr);
    };
    refuse(
        &format!("{train} {save}"),
        "unfinished training: continue with --resume",
    );
    let resume = format!("{save} --resume");
    let other = "unfinished: started with lr 0.001 (now 0.002)";
    refuse(&format!("{train} --lr 0.002 {resume}"), other);
    refuse(
        &format!("{train} --seed 1 {resume}"),
        "started with seed 0 (now 1)",
    );
    place.change_line("scans/s03.xy", 9, |line| line.replace('.', ".1"));
    refuse(
        &format!("{train} {resume}"),
        "the training patterns are not those",
    );
    assert!(fs::read(place.path("unfinished")).unwrap() == before);
    // The file is recognised under any name.
    let about: Value = serde_json::from_str(&place.done("info unfinished --json")).unwrap();
    assert_eq!(about[0]["kind"], "unfinished training");
    assert_eq!(about[0]["epochs"], 100_000);
    assert!((1..100_000).contains(&about[0]["epochs_done"].as_u64().unwrap()));
    fs::write(place.path("unfinished"), &before[..before.len() / 2]).unwrap();
    refuse(
        &format!("{train} {resume}"),
        "unfinished: not a complete safetensors file",
    );
    // These errors come before the training, not after hours of it.
    refuse(&format!("{train} --out missing/m.st"), "missing/m.st: ");
    refuse(&format!("{train} --out scans"), "scans: ");
    refuse(
        &format!("{train} --out m.st --checkpoint ./m.st"),
        "m.st: is the same file as --out",
    );
    refuse(
        &format!("{train} --checkpoint scans/s03.xy"),
        "scans/s03.xy exists and is not an unfinished training",
    );
    refuse(&format!("{train} --patience 5"), "--validation-fraction");
    refuse(&format!("{train} --warm-up 100000"), "warm-up is 100000");
    assert!(!place.path("model.safetensors").exists());
}

/// The small set as a matrix of `f32` in the format of NumPy, and its axis.
fn write_npy(place: &Workplace) {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({PATTERNS}, 60), }}");
    let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    file.extend(header.bytes());
    file.resize(127, b' ');
    file.push(b'\n');
    let intensities = (0..PATTERNS).flat_map(pattern);
    file.extend(intensities.flat_map(|v| (v as f32).to_le_bytes()));
    fs::write(place.path("matrix.npy"), file).unwrap();
    let axis: Vec<String> = (0..60).map(|i| angle(i).to_string()).collect();
    place.write("axis.txt", &axis.join("\n"));
}

#[test]
fn a_matrix_on_disk_trains_as_one_in_memory() {
    let place = Workplace::with_samples();
    write_npy(&place);
    let train = "train --patterns matrix.npy --axis axis.txt --hidden 8,4 --epochs 20 \
        --validation-fraction 0.2 --patience 15";
    place.done(&format!("{train} --out memory"));
    let run = place.xrd(&format!("{train} --memory 0 --out disk"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("note: matrix.npy: read from disk"),
        "{}",
        run.stderr
    );
    let read = |name: &str| fs::read(place.path(name)).unwrap();
    assert!(read("memory") == read("disk"));
}
