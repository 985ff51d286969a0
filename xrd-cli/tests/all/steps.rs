//! The single steps of a study, connected by files, and the guarantees of `xrd study`.

use std::collections::BTreeMap;

use crate::support::trained::{STUDY, TINY, column, report, with_model};
use crate::support::workplace::{PATTERNS, Workplace, pattern, scan};
use serde_json::Value;

#[test]
fn a_structure_becomes_patterns_that_the_other_steps_read() {
    let place = Workplace::new();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    let range = "--wavelength 1.5406 --from 20 --to 60 --step 0.1 --fwhm-deg 0.5";
    place.done(&format!("simulate NaCl.cif {range} --xy --out simulated"));
    let about = place.done("info NaCl.cif simulated/patterns.npz simulated/NaCl.xy --json");
    let about: Value = serde_json::from_str(&about).unwrap();
    let kinds = [0, 1, 2].map(|i| about[i]["kind"].as_str().unwrap());
    assert_eq!(kinds, ["structure", "patterns", "scans"]);
    assert_eq!(about[0]["atoms"], 8);
    assert_eq!(about[0]["cell_content"], "Na4 Cl4");
    assert_eq!(about[0]["space_group_number"], 225);
    assert_eq!(about[1]["names"], serde_json::json!(["NaCl"]));
    let grid = about[1]["grid"].as_str().unwrap();
    assert!(grid.contains("400 points"), "{grid}");
    let scan = &about[2]["scans"][0];
    assert_eq!(
        (&scan["name"], &scan["points"]),
        (&"NaCl".into(), &400.into())
    );
    for found in [&about[1], scan] {
        assert_eq!(found["wavelength_angstrom"], 1.5406);
        assert_eq!(found["largest"], 1.0);
    }
    // Bragg: (200) of rock salt, its strongest line.
    let strongest = 2.0 * (1.5406_f64 / 5.64).asin().to_degrees();
    let text = place.read("simulated/NaCl.xy");
    let points = text.lines().filter(|l| !l.starts_with('#')).map(|l| {
        let (angle, intensity) = l.split_once(' ').unwrap();
        (
            angle.parse::<f64>().unwrap(),
            intensity.parse::<f64>().unwrap(),
        )
    });
    let top = points.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!((top.0 - strongest).abs() <= 0.1, "{top:?}, {strongest}");
}

#[test]
fn a_masked_window_holds_what_is_asked_for() {
    let place = with_model();
    let mean: Vec<f64> = (0..60)
        .map(|i| (0..PATTERNS).map(|k| pattern(k)[i]).sum::<f64>() / PATTERNS as f64)
        .collect();
    place.write("mean.xy", &scan(&mean, 0.0));
    let largest = |mask: &str| {
        let swept =
            "relevance --model m.safetensors --patterns mean.xy --window-deg 1.5 --out r.csv";
        place.done(&format!("{swept} {mask}"));
        let table = place.read("r.csv");
        let devs = column(&table, "dev")
            .into_iter()
            .map(|d| d.parse::<f64>().unwrap());
        (devs.fold(0.0, f64::max), table.clone())
    };
    let (zero, table) = largest("");
    assert_eq!(table, largest("--mask zero").1);
    // Replacing the mean by the mean changes nothing; the background lies between the mean and zero.
    assert!(largest("--mask mean").0 < 1e-4 * zero);
    let background = largest("--mask background").0;
    assert!(
        background > 1e-3 * zero && background != zero,
        "{background} {zero}"
    );
    let run = place.xrd("relevance --model m.safetensors --patterns mean.xy --mask notch");
    assert_eq!(run.status, Some(2));
}

#[test]
fn one_composition_of_the_series_is_written_with_its_labels() {
    let place = Workplace::new();
    let range = "--to 30 --step 0.5 --fwhm-deg 1";
    place.done(&format!("simulate --all Ti=0.5 {range} --out series"));
    let labels = place.read("series/labels.csv");
    assert_eq!(labels.lines().next(), Some("name,Sm,Zr,Fe,Ti"));
    assert_eq!(column(&labels, "Fe"), ["11.5"; 13]);
    let about = place.done("info series/patterns.npz --json");
    let about: Value = serde_json::from_str(&about).unwrap();
    assert_eq!(about[0]["patterns"], 13);
}

#[test]
fn a_model_is_used_on_new_patterns_without_training() {
    let place = with_model();
    let latent = place.read("latent.csv");
    assert_eq!(latent.lines().next(), Some("name,x,y,p,q,residual,model"));
    assert_eq!(column(&latent, "name").len(), PATTERNS);

    let estimate = "estimate --model m.safetensors --known latent.csv --patterns";
    place.done(&format!("{estimate} scans --out estimates.csv"));
    let estimates = place.read("estimates.csv");
    // Each pattern is one of the known points, so its labels are found exactly.
    assert_eq!(column(&estimates, "p_estimated"), column(&latent, "p"));
    assert_eq!(column(&estimates, "basis"), ["coincident"; PATTERNS]);

    let brighter: Vec<f64> = pattern(3).iter().map(|v| 1.01 * v).collect();
    place.write("new.xy", &scan(&brighter, 0.0));
    let printed = place.done(&format!("{estimate} new.xy"));
    assert!(printed.starts_with("new: p = "), "{printed}");
    let json = place.done(&format!("{estimate} new.xy --json"));
    let json: Value = serde_json::from_str(&json).unwrap();
    let estimated = json[0]["labels"]["p"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&estimated));
    assert!(json[0]["inside"].is_boolean() && json[0]["basis"].is_string());

    place.done("relevance --model m.safetensors --patterns scans --name s05");
    let relevance = place.read("relevance.csv");
    assert_eq!(
        relevance.lines().next(),
        Some("two_theta,intensity,dev,dx,dy")
    );
    let measured: Vec<f32> = pattern(5).iter().map(|v| *v as f32).collect();
    let written: Vec<f32> = column(&relevance, "intensity")
        .iter()
        .map(|v| v.parse().unwrap())
        .collect();
    assert_eq!(written, measured);

    place.done("generate --model m.safetensors --known latent.csv --target p=0.5");
    let about = place.done("info generated/p=0.5.xy m.safetensors --json");
    let about: Value = serde_json::from_str(&about).unwrap();
    let points = about[0]["scans"][0]["points"].to_string();
    assert!(about[1]["grid"].as_str().unwrap().starts_with(&points));
    assert_eq!(about[1]["kind"], "model");
}

#[test]
fn the_steps_agree_with_the_study() {
    let place = Workplace::with_samples();
    place.done(&format!("{STUDY} --target p=0.4 --out out"));
    let known = "--model out/model.safetensors --known out/latent.csv";
    place.done(&format!("estimate {known} --patterns scans --out e.csv"));
    let (study, step) = (place.read("out/estimates.csv"), place.read("e.csv"));
    let all = column(&step, "name");
    for (i, name) in column(&study, "name").into_iter().enumerate() {
        let j = all.iter().position(|n| *n == name).unwrap();
        for cell in ["p_estimated", "q_estimated", "basis", "vertex_a", "s", "t"] {
            assert_eq!(
                column(&study, cell)[i],
                column(&step, cell)[j],
                "{name}: {cell}"
            );
        }
    }
    place.done(&format!("generate {known} --target p=0.4 --out again"));
    assert_eq!(
        place.read("again/p=0.4.xy"),
        place.read("out/generated/p=0.4.xy")
    );

    place.done("encode --model out/model.safetensors --patterns scans --out l.csv");
    let (study, step) = (place.read("out/latent.csv"), place.read("l.csv"));
    assert_eq!(column(&study, "x"), column(&step, "x"));

    let shown = report(&place, "out")["relevance"]["pattern"].clone();
    let shown = format!("--patterns scans --name {}", shown.as_str().unwrap());
    place.done(&format!(
        "relevance --model out/model.safetensors {shown} --out r.csv"
    ));
    assert_eq!(place.read("r.csv"), place.read("out/relevance.csv"));
}

#[test]
fn patterns_on_other_angles_are_interpolated_on_request_only() {
    let place = with_model();
    let finer: String = (0..=121)
        .map(|i| (19.9 + 0.25 * f64::from(i), 1.0 + f64::from(i)))
        .map(|(angle, intensity)| format!("{angle} {intensity}\n"))
        .collect();
    place.write("finer.xy", &finer);
    let estimate = "estimate --model m.safetensors --known latent.csv --patterns finer.xy";
    let refused = place.xrd(estimate);
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("--resample"), "{}", refused.stderr);
    let resampled = place.xrd(&format!("{estimate} --resample"));
    assert_eq!(resampled.status, Some(0), "{}", resampled.stderr);
    assert!(
        resampled.stderr.starts_with("note: resampled"),
        "{}",
        resampled.stderr
    );

    // Without a model, the first pattern defines the grid.
    place.write("scans/s03.xy", &finer);
    assert_eq!(place.xrd(&format!("{STUDY} --out o")).status, Some(2));
    let study = place.xrd(&format!("{STUDY} --resample --out o"));
    assert!(
        study.stderr.starts_with("note: resampled"),
        "{}",
        study.stderr
    );
    let report = report(&place, "o");
    assert_eq!(report["dataset"]["points"], 60);
    assert!(
        report["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("resampled")
    );
}

#[test]
fn labels_join_by_name_or_by_the_order_of_a_matrix() {
    let place = Workplace::with_samples();
    // Names with folder and extension, in another order.
    let rows = place.read("labels.csv");
    let mut rows: Vec<String> = rows.lines().map(str::to_owned).collect();
    rows[0] = "p,q,batch,file".to_owned();
    for row in &mut rows[1..] {
        let (name, rest) = row.split_once(',').unwrap();
        *row = format!("{rest},measured/{name}.xy");
    }
    rows[1..].reverse();
    place.write("by-file.csv", &rows.join("\n"));
    let study = |files: &str, out: &str| {
        place.done(&format!("study {files} {TINY} --out {out}"));
        place.read(&format!("{out}/latent.csv"))
    };
    let by_name = study("--patterns scans --labels labels.csv", "a");
    let by_file = study("--patterns scans --labels by-file.csv", "b");
    let by_order = study("--patterns matrix.csv --labels order.csv", "c");
    for label in ["p", "q"] {
        assert_eq!(column(&by_name, label), column(&by_file, label));
        assert_eq!(column(&by_name, label), column(&by_order, label));
    }
    assert_eq!(by_name, by_file);
}

#[test]
fn the_options_of_a_study_do_what_they_say() {
    let place = Workplace::with_samples();
    let options = "--hidden 6,5 --epochs 4 --batch 7 --lr 0.01 --weight-decay 0 --seed 3";
    let study = "study --patterns scans --labels labels.csv --test-fraction 0.25 --json";
    let printed = place.done(&format!("{study} {options} --window-deg 1.5 --out out"));
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed, report(&place, "out"));
    let training = &printed["training"];
    assert_eq!(training["hidden"], serde_json::json!([6, 5]));
    assert_eq!(training["epochs"], 4);
    assert_eq!(training["batch"], 7);
    assert_eq!(training["learning_rate"], 0.01);
    assert_eq!(training["weight_decay"], 0.0);
    assert_eq!(training["test_patterns"], 6);
    assert_eq!(training["train_patterns"], 18);
    assert_eq!(printed["seed"], 3);
    assert_eq!(printed["relevance"]["window_deg"], 1.5);
    assert_eq!(printed["quick"], false);
    assert_eq!(place.read("out/history.csv").lines().count(), 5);

    let quick = "study --patterns scans --labels labels.csv --hidden 4 --quick --out q";
    place.done(quick);
    let quick = report(&place, "q");
    assert_eq!(
        (&quick["quick"], &quick["training"]["epochs"]),
        (&true.into(), &60.into())
    );
}

#[test]
fn several_seeds_are_summed_up_and_one_is_chosen() {
    let place = Workplace::with_samples();
    place.done(&format!("{STUDY} --seeds 3 --seed 5 --out three"));
    let three = report(&place, "three");
    let seeds = three["seeds"].as_array().unwrap();
    let numbers: Vec<u64> = seeds.iter().map(|s| s["seed"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [5, 6, 7]);
    let worst = |s: &Value| s["delta_worst"].as_f64().unwrap();
    let mean = seeds.iter().map(worst).sum::<f64>() / 3.0;
    assert!((three["summary"]["mean"]["delta_worst"].as_f64().unwrap() - mean).abs() < 1e-12);
    assert!(three["summary"]["sd"]["delta_worst"].as_f64().unwrap() > 0.0);
    let mut sorted: Vec<f64> = seeds.iter().map(worst).collect();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(three["summary"]["median"]["delta_worst"], sorted[1]);
    let score = |s: &Value| s["explained_variance_train"].as_f64().unwrap();
    let best = seeds
        .iter()
        .max_by(|a, b| score(a).total_cmp(&score(b)))
        .unwrap();
    assert_eq!(three["seed"], best["seed"]);
    assert_eq!(three["estimation"]["delta_sorted"], best["delta_sorted"]);

    // A study of the chosen seed only writes the same files.
    place.done(&format!("{STUDY} --seed {} --out alone", best["seed"]));
    let names = [
        "latent.csv",
        "estimates.csv",
        "history.csv",
        "model.safetensors",
    ];
    let (three, alone) = (place.files("three"), place.files("alone"));
    assert!(names.iter().all(|name| three[*name] == alone[*name]));
}

#[test]
fn repeats_of_a_sample_stay_on_one_side() {
    let place = Workplace::with_samples();
    place.done(&format!(
        "{STUDY} --group batch --test-fraction 0.3 --out out"
    ));
    let latent = place.read("out/latent.csv");
    let split = column(&latent, "split");
    assert!(
        split.chunks(2).all(|batch| batch[0] == batch[1]),
        "{split:?}"
    );
    assert!(split.contains(&"test"));
    assert_eq!(
        report(&place, "out")["dataset"]["labels"],
        serde_json::json!(["p", "q"])
    );
}

#[test]
fn a_file_names_the_test_patterns() {
    let place = Workplace::with_samples();
    place.write("test.txt", "s07\n\ns02\ns20\n");
    place.done(&format!("{STUDY} --test test.txt --out out"));
    let estimates = place.read("out/estimates.csv");
    assert_eq!(column(&estimates, "name"), ["s02", "s07", "s20"]);
    let latent = place.read("out/latent.csv");
    let tested = column(&latent, "split")
        .iter()
        .filter(|s| **s == "test")
        .count();
    assert_eq!(tested, 3);
}

#[test]
fn each_target_gives_a_pattern_or_says_that_there_is_none() {
    let place = Workplace::with_samples();
    let targets = "--target p=0.4 --target q=0.31 --target p=99";
    place.done(&format!("{STUDY} {targets} --out out"));
    let report = report(&place, "out");
    let file = |i: usize| report["generation"][i]["file"].clone();
    assert_eq!(file(0), "generated/p=0.4.xy");
    assert_eq!(file(1), "generated/q=0.31.xy");
    assert_eq!(
        (file(2), &report["generation"][2]["points_on_contour"]),
        (Value::Null, &0.into())
    );
    let grid = place.read("out/generated/p=0.4.xy");
    assert_eq!(grid.lines().filter(|l| !l.starts_with('#')).count(), 60);
    assert_eq!(place.files("out/generated").len(), 2);
}

#[test]
fn strained_patterns_and_places_are_used_and_stated() {
    let place = Workplace::with_samples();
    let study = |options: &str, out: &str| {
        place.done(&format!("{STUDY} --target p=0.4 {options} --out {out}"));
        report(&place, out)
    };
    let plain = study("", "plain");
    let strained = study("--strain 0.01 --place strained", "strained");
    assert_eq!(
        (&plain["training"]["strain"], &plain["place"]),
        (&Value::Null, &"between".into())
    );
    assert_eq!(strained["training"]["strain"], 0.01);
    assert_eq!(strained["place"], "strained");
    assert_ne!(
        plain["training"]["train_mse"],
        strained["training"]["train_mse"]
    );

    let known = "--model strained/model.safetensors --known strained/latent.csv --target p=0.4";
    for (option, out, same) in [("--place strained", "a", true), ("", "b", false)] {
        place.done(&format!("generate {known} {option} --out {out}"));
        let generated = place.read(&format!("{out}/p=0.4.xy"));
        assert_eq!(generated == place.read("strained/generated/p=0.4.xy"), same);
    }
    let about = place.done("info strained/model.safetensors --json");
    assert!(about.contains("\"strain\": 0.01"), "{about}");
}

#[test]
fn the_point_of_a_pattern_between_neighbours_is_that_of_the_pattern() {
    let place = Workplace::with_samples();
    let point = |rule: &str| {
        place.done(&format!(
            "{STUDY} --target p=0.45 --place {rule} --out {rule}"
        ));
        let point = &report(&place, rule)["generation"][0]["decoded_point"];
        [0, 1].map(|k| point[k].as_f64().unwrap())
    };
    let moved = |rule: &str| {
        let [x, y] = point(rule);
        place.done(&format!(
            "encode --model {rule}/model.safetensors --patterns {rule}/generated/p=0.45.xy --out {rule}.csv"
        ));
        let table = place.read(&format!("{rule}.csv"));
        let cells: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
        let [a, b] = [1, 2].map(|k| cells[k].parse::<f64>().unwrap());
        (a - x).hypot(b - y)
    };
    assert!(moved("between") < 1e-4);
    // A point of the contour is decoded, and the network encodes what it decodes near by at best.
    assert!(moved("contour") > 1e-4);
    let paper = format!("{STUDY} --target p=0.45 --preset paper --out paper");
    place.done(&paper);
    assert_eq!(report(&place, "paper")["place"], "contour");
}

#[test]
fn labels_and_targets_whose_files_would_share_a_name_are_all_written() {
    let place = Workplace::with_samples();
    place.change_line("labels.csv", 1, |_| "name,a b,a_b,batch".to_owned());
    place.done(&format!(
        "{STUDY} --target a_b=0.4 --target a_b=0.40 --out out"
    ));
    let files = place.files("out");
    assert!(files.contains_key("map_a_b.svg") && files.contains_key("map_a_b-2.svg"));
    assert!(files.contains_key("generated/a_b=0.4.xy"));
}

#[test]
fn the_report_lists_its_files_and_leaves_foreign_ones_alone() {
    let place = Workplace::with_samples();
    place.write("out/notes.txt", "mine\n");
    place.write("out/generated/mine.xy", "1 2\n");
    place.write("out/latent.csv", "of an earlier run\n");
    place.done(&format!("{STUDY} --target p=0.4 --out out"));
    assert_eq!(place.read("out/notes.txt"), "mine\n");
    assert_eq!(place.read("out/generated/mine.xy"), "1 2\n");
    let report = report(&place, "out");
    let mut listed: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    listed.extend(["study.json", "notes.txt", "generated/mine.xy"]);
    listed.sort_unstable();
    let files = place.files("out");
    assert_eq!(files.keys().collect::<Vec<_>>(), listed);
    assert!(listed.iter().any(|f| f.ends_with(".svg")));
    assert_ne!(files["latent.csv"], b"of an earlier run\n");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// All files, without the values of the report that may differ between equal runs.
fn without_timings(place: &Workplace, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = place.files(out);
    let mut report = report(place, out);
    for timing in [
        "/training/seconds",
        "/training/ms_per_epoch",
        "/training/threads",
        "/relevance/seconds",
        "/summary/mean/ms_per_epoch",
        "/summary/sd/ms_per_epoch",
        "/summary/median/ms_per_epoch",
        "/seeds/0/ms_per_epoch",
        "/seeds/1/ms_per_epoch",
    ] {
        *report.pointer_mut(timing).unwrap() = Value::Null;
    }
    files.insert("study.json".to_owned(), report.to_string().into_bytes());
    files
}

#[test]
fn one_seed_gives_one_result_whatever_the_number_of_threads() {
    let place = Workplace::with_samples();
    let study = format!("{STUDY} --seeds 2 --target p=0.4");
    let files = [("a", 1), ("b", 1), ("c", 2), ("d", 3)].map(|(out, threads)| {
        place.done(&format!("{study} --threads {threads} --out {out}"));
        without_timings(&place, out)
    });
    for other in &files[1..] {
        let names = |f: &BTreeMap<String, Vec<u8>>| f.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&files[0]), names(other));
        for (name, bytes) in other {
            assert!(*bytes == files[0][name], "{name} differs");
        }
    }
    let train = |threads: usize, seed: u64, out: &str| {
        let seed = format!("--hidden 8,4 --epochs 3 --seed {seed} --threads {threads}");
        place.done(&format!("train --patterns scans {seed} --out {out}"));
        std::fs::read(place.path(out)).unwrap()
    };
    let model = train(1, 0, "m1");
    assert!(model == train(2, 0, "m2"));
    assert!(model != train(1, 1, "m3"));
}

#[test]
fn every_help_has_an_example_that_names_its_command() {
    let place = Workplace::new();
    let general = place.done("--help");
    let commands = "study simulate train encode estimate relevance report generate convert info";
    for command in commands.split(' ') {
        assert!(general.contains(&format!("  {command} ")), "{command}");
        let help = place.done(&format!("{command} --help"));
        let (_, example) = help.split_once("Example").unwrap();
        assert!(example.contains(&format!("xrd {command}")), "{help}");
    }
    assert!(place.done("--version").contains(env!("CARGO_PKG_VERSION")));
}

/// Interrupts a run during its training, and waits until it ends.
///
/// The run has begun when it prints a note about a file that is not a pattern.
#[cfg(unix)]
fn interrupt(place: &Workplace, arguments: &str, started: impl Fn() -> bool) {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    use std::time::Duration;
    let mut command = place.command(arguments);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut note = String::new();
    stderr.read_line(&mut note).unwrap();
    assert!(note.starts_with("note: skipped"), "{note}");
    for _ in 0..500 {
        if started() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    let pid = child.id().to_string();
    let kill = Command::new("kill").args(["-INT", &pid]).status();
    assert!(kill.unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("xrd: interrupted; saved in "), "{rest}");
    assert_eq!(rest.lines().count(), 1, "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(130), "xrd {arguments}");
}

/// A training that takes longer than the test.
#[cfg(unix)]
const LONG: &str = "--hidden 8,4 --epochs 1000000000 --threads 1 --patterns scans";

#[cfg(unix)]
#[test]
fn an_interrupted_study_leaves_everything_as_it_was_beside_what_it_saves() {
    let place = Workplace::with_samples();
    place.write("scans/readme.txt", "no pattern\n");
    place.done(&format!("{STUDY} --out out"));
    let before = place.files(".");
    for (out, saved) in [("out", "out.unfinished"), ("new/results", "new")] {
        let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(".xrd-unfinished");
        let started = || match std::fs::read_dir(place.path(out)) {
            Ok(mut entries) => entries.any(|e| hidden(&e.unwrap().file_name())),
            Err(_) => false,
        };
        let study = format!("study {LONG} --labels labels.csv --out {out}");
        interrupt(&place, &study, started);
        assert!(!place.path("new/results").exists());
        std::fs::remove_dir_all(place.path(saved)).unwrap();
        assert!(before == place.files("."), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_training_leaves_an_earlier_model() {
    let place = with_model();
    place.write("scans/readme.txt", "no pattern\n");
    let before = place.files(".");
    let train = format!("train {LONG} --out m.safetensors");
    interrupt(&place, &train, || true);
    std::fs::remove_file(place.path("m.safetensors.unfinished")).unwrap();
    assert!(before == place.files("."));
}

#[test]
fn what_an_earlier_study_left_and_what_flatters_is_told() {
    let place = Workplace::with_samples();
    let run = place.xrd(&format!("{STUDY} --target p=0.4 --patience 2 --out out"));
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains("earlier study"), "{}", run.stderr);
    let flatters = "chosen by the test patterns, so the results";
    assert!(run.stdout.contains(flatters), "{}", run.stdout);
    let held_back = "--patience 2 --validation-fraction 0.2";
    let run = place.xrd(&format!("{STUDY} --target p=0.6 {held_back} --out out"));
    let told = "p=0.4.xy: left from an earlier study";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert!(!run.stdout.contains(flatters), "{}", run.stdout);
    assert!(place.path("out/generated/p=0.4.xy").exists());
}
