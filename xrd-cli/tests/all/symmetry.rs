//! `xrd symmetry paper`: a short training, its files, and refused input.

use std::fmt::Write;

use serde_json::Value;

use crate::support::chromium::Chromium;
use crate::support::workplace::Workplace;

const PAPER: &str = "symmetry paper cells.jsonl --network convolutional --patterns scans \
                     --labels labels.csv --epochs 2 --patterns-per-epoch 4 --batch 2";

/// Simple and body-centred cubic cells, and two scans.
fn workplace() -> Workplace {
    let place = Workplace::new();
    let mut cells = String::new();
    for i in 0..60 {
        let a = 2.8 + 0.02 * f64::from(i);
        let (sg, species, frac) = match i % 2 {
            0 => (221, r#""Fe""#, "[0,0,0]"),
            _ => (229, r#""Fe","Fe""#, "[0,0,0],[0.5,0.5,0.5]"),
        };
        let cell = format!("[{a},{a},{a},90,90,90]");
        writeln!(
            cells,
            r#"{{"id":"cell-{i}","sg":{sg},"cell":{cell},"species":[{species}],"frac":[{frac}]}}"#
        )
        .unwrap();
    }
    place.write("cells.jsonl", &cells);
    for (name, line) in [("a.xy", 44.0), ("b.xy", 30.0), ("c.xy", 44.0)] {
        let point = |i: i32| {
            let angle = 4.0 + 0.05 * f64::from(i);
            let height = 100.0 * (-((angle - line) / 0.2_f64).powi(2)).exp() + 1.0;
            format!("{angle:.2} {height:.4}\n")
        };
        place.write(
            &format!("scans/{name}"),
            &(0..1800).map(point).collect::<String>(),
        );
    }
    place.write(
        "labels.csv",
        "name,space_group\na.xy,229\nb.xy,221\nc.xy,229\n",
    );
    place
}

#[test]
fn a_network_is_trained_and_scored() {
    let place = workplace();
    let printed = place.done(&format!("{PAPER} --out one --keep --threads 1"));
    for line in [
        "measured: 3 patterns",
        "42.0 %",
        "majority class: space group 229 66.7 %",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
    let reports: Value = serde_json::from_str(&place.read("one/symmetry.json")).unwrap();
    assert_eq!(reports[1]["all"]["patterns"], 3);
    assert_eq!(reports[1]["repeated_once"]["patterns"], 2);
    let training: Value = serde_json::from_str(&place.read("one/training.json")).unwrap();
    assert_eq!(training["epochs"].as_array().unwrap().len(), 2);
    for figure in [
        "epochs",
        "simulated-top",
        "measured-confusion",
        "measured-distances",
    ] {
        assert!(
            place.path(&format!("one/{figure}.svg")).exists(),
            "{figure}"
        );
    }
    // A kept training is scored again without training, on another number of threads.
    std::fs::rename(place.path("one.unfinished"), place.path("two.unfinished")).unwrap();
    let again = place.done(&format!("{PAPER} --out two --resume --json --threads 2"));
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), reports);
    assert!(!place.path("two.unfinished").exists());
}

#[test]
fn bad_input_is_one_line() {
    let place = workplace();
    place.write(
        "wrong.csv",
        "name,space_group\na.xy,229\nb.xy,231\nc.xy,229\n",
    );
    place.write(
        "text.csv",
        "name,space_group\na.xy,Fm-3m\nb.xy,P1\nc.xy,Fm-3m\n",
    );
    place.write("no.jsonl", "{\"id\":\"x\",\"sg\":0}\n");
    let refused = |from: &str, to: &str, expected: &str| {
        let run = place.xrd(&PAPER.replace(from, to));
        let errors = run.stderr.lines().filter(|l| l.starts_with("xrd: "));
        assert_eq!((run.status, errors.count()), (Some(2), 1), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
    };
    refused("labels.csv", "wrong.csv", "'space_group' of 'b' is 231");
    refused("labels.csv", "text.csv", "numbers of space groups");
    refused("labels.csv", "absent.csv", "absent.csv");
    refused("cells.jsonl", "no.jsonl", "no structure can be simulated");
    refused("cells.jsonl", "absent.jsonl", "absent.jsonl");
    refused("convolutional", "deep", "deep");
    refused("--epochs 2", "--epochs 0", "--epochs");
}

const NACL: &str = include_str!("support/NaCl.cif");

/// A scan of rock salt in `sim/NaCl.xy`.
fn rock_salt() -> Workplace {
    let place = Workplace::new();
    place.write("NaCl.cif", NACL);
    place.done("simulate NaCl.cif --from 10 --to 90 --step 0.02 --xy --out sim");
    place
}

#[test]
fn rock_salt_is_cubic_and_a_file_that_is_no_pattern_loses_no_other() {
    let place = rock_salt();
    place.write("notes.txt", "nothing here\n");
    let run = place.xrd("symmetry sim/NaCl.xy notes.txt sim/NaCl.xy --json");
    assert_eq!(run.status, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("notes.txt"), "{}", run.stderr);
    let all: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all[1]["pattern"], "notes.txt");
    assert!(all[1]["error"].is_string() && all[1].get("refused").is_none());
    assert_eq!(all[0], all[2]);
    let salt = &all[0];
    assert_eq!(salt["pattern"], "sim/NaCl.xy");
    assert_eq!(salt["refused"], false);
    assert_eq!(salt["crystal_system"]["name"], "cubic");
    let systems = salt["crystal_system"]["all"].as_object().unwrap();
    let sum: f64 = systems.values().map(|p| p.as_f64().unwrap()).sum();
    assert!(systems.len() == 7 && (sum - 1.0).abs() < 1e-3, "{sum}");
    let groups = salt["space_groups"].as_array().unwrap();
    assert_eq!(groups.len(), 5);
    assert_eq!(groups[0]["number"], 225, "{salt}");
    assert_eq!(groups[0]["symbol"], "Fm-3m");
    assert!(salt["extinction_group"]["symbol"].is_string());
    assert!(salt["model"].as_str().unwrap().contains("laboratory"));
}

#[test]
fn the_files_of_a_folder_are_answered() {
    let place = rock_salt();
    place.write("two/a.xy", &place.read("sim/NaCl.xy"));
    place.write("two/b.xy", &place.read("sim/NaCl.xy"));
    place.write("two/.hidden", "");
    for command in ["symmetry", "identify"] {
        let printed = place.done(&format!("{command} two --json"));
        let all: Vec<Value> = serde_json::from_str(&printed).unwrap();
        let names: Vec<_> = all.iter().map(|a| a["pattern"].as_str().unwrap()).collect();
        assert_eq!(names, ["two/a.xy", "two/b.xy"], "{command}");
    }
}

#[test]
fn lines_that_decided_are_lines_of_the_pattern() {
    let place = rock_salt();
    let printed = place.done("symmetry sim/NaCl.xy --json");
    let all: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let lines = all[0]["lines"].as_array().unwrap();
    assert!(!lines.is_empty() && lines.len() <= 10);
    let change = |l: &Value| l["space_group_change"].as_f64().unwrap().abs();
    assert!(
        lines.is_sorted_by(|a, b| change(a) >= change(b)),
        "{lines:?}"
    );
    let known = [27.4, 31.7, 45.5, 53.9, 56.5, 66.3, 73.1, 75.3, 84.0];
    for line in lines {
        let angle = line["two_theta_deg"].as_f64().unwrap();
        assert!(known.iter().any(|k| (k - angle).abs() < 0.2), "{line}");
    }
    // For molybdenum, the angles are those of the scan, and the spacings stay.
    place.done("simulate NaCl.cif --wavelength MoKa1 --from 5 --to 45 --step 0.01 --xy --out mo");
    let printed = place.done("symmetry mo/NaCl.xy --json --wavelength MoKa1");
    let all: Vec<Value> = serde_json::from_str(&printed).unwrap();
    for line in all[0]["lines"].as_array().unwrap() {
        let number = |key: &str| line[key].as_f64().unwrap();
        let (angle, d) = (number("two_theta_deg"), number("d_angstrom"));
        let found = 0.709_32 / (2.0 * (angle / 2.0).to_radians().sin());
        assert!((found / d - 1.0).abs() < 1e-3, "{line}");
    }
    assert!(place.done("symmetry sim/NaCl.xy").contains("  decided by "));
}

#[test]
fn space_groups_of_one_extinction_group_are_merged() {
    let place = rock_salt();
    let printed = place.done("symmetry sim/NaCl.xy --merge --json");
    let all: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let first = &all[0]["extinction_groups"][0];
    assert_eq!(first["symbol"], "F - - -");
    assert_eq!(
        first["probability"],
        all[0]["extinction_group"]["probability"]
    );
    let numbers: Vec<u64> = serde_json::from_value(first["space_groups"].clone()).unwrap();
    assert_eq!(numbers, [196, 202, 209, 216, 225]);
    let text = place.done("symmetry sim/NaCl.xy --merge");
    assert!(
        text.contains("extinction group F - - - ") && text.contains("F23, Fm-3, F432"),
        "{text}"
    );
}

#[test]
fn a_folder_of_scans_gets_a_table_figures_and_a_page() {
    let place = rock_salt();
    place.write("scans/a, b.xy", &place.read("sim/NaCl.xy"));
    place.write("scans/no.xy", "no numbers\n");
    let run = place.xrd("symmetry scans --out found --json");
    assert_eq!(run.status, Some(2), "{}", run.stderr);
    let printed: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let answers: Value = serde_json::from_str(&place.read("found/answers.json")).unwrap();
    assert_eq!(answers["patterns"].as_array().unwrap().len(), 2);
    let (answer, error) = (&answers["patterns"][0], &answers["patterns"][1]);
    assert_eq!(answer["space_groups"], printed[0]["space_groups"]);
    assert_eq!(answer["nearest"]["space_group"], 225);
    assert!(error["error"].as_str().unwrap().contains("no.xy"));
    let figure = place.read(&format!("found/{}", answer["figure"].as_str().unwrap()));
    assert!(
        figure.contains("Fm-3m") && figure.contains("lines that decided"),
        "{figure}"
    );
    let table = place.read("found/answers.csv");
    let mut rows = table.lines();
    assert!(
        rows.next()
            .unwrap()
            .starts_with("pattern,refused,crystal_system,")
    );
    assert!(
        rows.next()
            .unwrap()
            .starts_with("\"scans/a, b.xy\",false,cubic,")
    );
    assert!(rows.next().unwrap().starts_with("scans/no.xy,,"));
    assert!(
        place
            .read("found/answers.html")
            .contains("id=\"data-answers\">")
    );
    assert!(place.read("found/answers.svg").contains("cubic"));
    // The scans themselves are never replaced.
    place.write("found/answers.csv", &place.read("sim/NaCl.xy"));
    let run = place.xrd("symmetry found/answers.csv --out found");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("answers.csv"), "{}", run.stderr);
    assert_eq!(place.read("found/answers.csv"), place.read("sim/NaCl.xy"));
}

/// A name that would be an element if it were interpreted as markup.
const HOSTILE: &str = "<b>bold<b>.xy";

#[test]
fn the_page_shows_the_answers_and_their_figures_also_in_a_study() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = rock_salt();
    place.write("scans/a.xy", &place.read("sim/NaCl.xy"));
    if cfg!(unix) {
        place.write(&format!("scans/{HOSTILE}"), &place.read("sim/NaCl.xy"));
    }
    place.write("scans/no.xy", "no numbers\n");
    place.xrd("symmetry scans --out found");
    let shown = "document.querySelector('figure.answer img')?.naturalWidth > 0";
    browser.open(&place.path("found/answers.html"), shown);
    let text = browser.text("document.getElementById('answers').textContent");
    for part in [
        "scans/a.xy",
        "answered",
        "225 Fm-3m",
        "1 could not be read",
        "ecided by",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(
        browser.numbers("[document.querySelectorAll('b').length]"),
        [0.0]
    );
    // A click on a name shows its answer.
    browser.value("[...document.querySelectorAll('td button')].at(-1).click()");
    let caption = browser.text("document.querySelector('figcaption').textContent");
    assert!(caption.starts_with("scans/no.xy: "), "{caption}");
    assert!(
        browser.complaints().is_empty(),
        "{:?}",
        browser.complaints()
    );

    let study = Workplace::with_samples();
    study.done("study scans --hidden 8,4 --epochs 2 --threads 1 --out out");
    let before = study.read("out/report.html");
    study.write("salt.xy", &place.read("sim/NaCl.xy"));
    study.done("symmetry salt.xy --out out");
    assert_ne!(study.read("out/report.html"), before);
    browser.open(
        &study.path("out/report.html"),
        &format!("window.xrd && {shown}"),
    );
    let text = browser.text("document.getElementById('answers-section').innerText");
    assert!(
        text.contains("salt.xy") && text.contains("225 Fm-3m"),
        "{text}"
    );
    assert!(
        browser.complaints().is_empty(),
        "{:?}",
        browser.complaints()
    );
}

#[test]
fn the_model_and_its_card_are_shown() {
    let place = Workplace::new();
    let text = place.done("info --model");
    for part in [
        "model of space groups",
        "laboratory",
        "Trained on",
        "Fails where",
        "CC BY 4.0",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../xrd-symmetry/data/shipped.model"
    );
    std::fs::copy(file, place.path("own.model")).unwrap();
    let all: Vec<Value> =
        serde_json::from_str(&place.done("info own.model --model --json")).unwrap();
    assert_eq!(all[0]["name"], all[1]["name"]);
    assert!(all[0]["card"].is_string() && all[1].get("card").is_none());
    place.write("cut.model", "xrd-symmetry 1\n{");
    let run = place.xrd("info cut.model");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("cut.model"), "{}", run.stderr);
}

#[test]
fn the_threshold_refuses_and_the_answer_is_still_given() {
    let place = rock_salt();
    let printed = place.done("symmetry sim/NaCl.xy --threshold 1");
    for part in [
        "not certain enough",
        "cubic",
        "225 Fm-3m",
        "extinction groups: ",
    ] {
        assert!(printed.contains(part), "{part}\n{printed}");
    }
    let one = place.done("symmetry sim/NaCl.xy --json --threads 1");
    assert_eq!(one, place.done("symmetry sim/NaCl.xy --json --threads 2"));
    for (arguments, part) in [
        ("symmetry missing.xy", "missing.xy"),
        ("symmetry sim/NaCl.xy --model NaCl.cif", "NaCl.cif"),
        ("symmetry sim/NaCl.xy --threshold 2", "--threshold"),
        ("symmetry sim/NaCl.xy --unexplained 2", "--unexplained"),
    ] {
        let run = place.xrd(arguments);
        assert_eq!(run.status, Some(2), "{arguments}");
        assert!(run.stderr.contains(part), "{}", run.stderr);
        assert_eq!(run.stderr.trim_end().lines().count(), 1, "{}", run.stderr);
    }
}

/// Half of the peaks by height are of iron.
#[test]
fn a_mixture_is_refused_although_it_is_certain() {
    let place = rock_salt();
    place.write(
        "Fe.vasp",
        "Fe\n1\n2.866 0 0\n0 2.866 0\n0 0 2.866\nFe\n2\nDirect\n0 0 0\n0.5 0.5 0.5\n",
    );
    place.done(
        "simulate NaCl.cif Fe.vasp --mixtures 1 --fractions 0.5:0.5 --fractions-of height --effects none \
         --from 10 --to 90 --step 0.02 --xy --out mixed",
    );
    let any = "symmetry mixed/mixture-00001.xy sim/NaCl.xy --json --threshold 0";
    let answer = |unexplained: f64| -> Vec<Value> {
        let printed = place.done(&format!("{any} --unexplained {unexplained}"));
        serde_json::from_str(&printed).unwrap()
    };
    let strict = answer(0.2);
    assert_eq!(strict[0]["refused"], true);
    assert_eq!(strict[0]["refused_because"], "unexplained");
    let share = strict[0]["unexplained"].as_f64().unwrap();
    assert!((0.2..0.7).contains(&share), "{share}");
    assert_eq!(strict[1]["refused"], false);
    assert!(strict[1]["refused_because"].is_null());
    assert_eq!(answer(1.0)[0]["refused"], false);
    let printed = place.done("symmetry mixed/mixture-00001.xy --threshold 0 --unexplained 0.2");
    assert!(printed.contains("perhaps a mixture"), "{printed}");
}

#[test]
fn the_classifier_is_scored() {
    let place = rock_salt();
    place.write("labels.csv", "name,space_group,formula\nNaCl.xy,225,NaCl\n");
    let score = "symmetry score --patterns sim/NaCl.xy --labels labels.csv --out scores";
    let printed = place.done(&format!("{score} --json --formula-column formula"));
    let reports: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(reports[0]["all"]["space_group"], 1.0);
    assert_eq!(reports[0]["nearest"]["space_group"], 1.0);
    let rows = &reports[0]["left_out"];
    assert_eq!(rows["with_own"], reports[0]["all"]);
    assert_ne!(rows["without_own"], rows["with_own"]);
    let run = place.xrd(&format!("{score} --formula-column absent"));
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("absent"), "{}", run.stderr);
    assert!(place.read("scores/symmetry.json").contains("laboratory"));
}
