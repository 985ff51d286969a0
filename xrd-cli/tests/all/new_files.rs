//! New files on the page of a study: the same points, estimates and groups as those of the program.

use serde_json::Value;

use crate::support::chromium::Chromium;
use crate::support::workplace::{Workplace, pattern, scan};

const TRAINING: &str = "--hidden 12,6 --epochs 60 --threads 1";

/// Largest difference of a coordinate: the weights on the page have half precision.
const HALF_PRECISION: f64 = 1e-3;

/// Ways to give files to the page.
#[derive(Clone, Copy)]
enum Way {
    /// With the button.
    Chosen,
    /// Anywhere on the page.
    Dropped,
}

/// Gives files of the folder to the page, as a user does, and waits until they are read.
fn give(browser: &mut Chromium, place: &Workplace, way: Way, names: &[&str]) {
    let file = |name: &&str| {
        let bytes = std::fs::read(place.path(name)).unwrap();
        let short = name.split('/').next_back().unwrap();
        format!("new File([new Uint8Array({bytes:?})], '{short}')")
    };
    let files: Vec<String> = names.iter().map(file).collect();
    let hand_over = match way {
        Way::Chosen => {
            "const input = document.getElementById('new-input');
             input.files = given.files;
             input.dispatchEvent(new Event('change'));"
        }
        Way::Dropped => {
            "const on = document.getElementById('waterfall');
             for (const kind of ['dragover', 'drop'])
                 on.dispatchEvent(new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true }));"
        }
    };
    browser.value(&format!(
        "(() => {{
            const given = new DataTransfer();
            [{}].forEach((file) => given.items.add(file));
            window.isDone = false;
            {hand_over}
            const status = document.getElementById('new-status');
            const look = () => status.textContent.startsWith('Reading') ? setTimeout(look, 20) : (window.isDone = true);
            setTimeout(look, 100);
        }})()",
        files.join(",")
    ));
    browser.wait_for("window.isDone");
}

/// The text that the button of the table saves.
fn saved(browser: &mut Chromium) -> String {
    browser.text(
        "(async () => {
            let kept = null;
            const made = URL.createObjectURL;
            URL.createObjectURL = (blob) => made.call(URL, (kept = blob));
            document.getElementById('new-save').click();
            URL.createObjectURL = made;
            return await kept.text();
        })()",
    )
}

/// What the page knows about a new pattern, without its intensities.
fn newcomer(browser: &mut Chromium, index: usize) -> Value {
    browser.value(&format!(
        "(() => {{ const {{ pattern, decoded, ...rest }} = xrd.newcomers()[{index}]; return rest; }})()"
    ))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// The cells of a column of a table by the names of its rows.
fn cell(table: &str, name: &str, column: &str) -> String {
    let mut lines = table.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let k = head.iter().position(|c| *c == column).unwrap();
    let row = lines.find(|row| row[0] == name).unwrap();
    row[k].to_owned()
}

/// The notes and errors, one per line.
fn said(browser: &mut Chromium) -> Vec<String> {
    let all = "[...document.querySelectorAll('#new-errors li')].map((o) => o.textContent)";
    let all = browser.value(all);
    let all = all.as_array().unwrap().iter();
    all.map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn nothing_is_wrong(browser: &Chromium) {
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
    let outside = browser.requests().into_iter();
    let mut outside = outside.filter(|a| !a.starts_with("file:") && !a.starts_with("blob:"));
    assert_eq!(outside.next(), None);
}

/// A pattern between two of the small set, as `new.xy`, `new.xrdml` and `new.npz`.
fn write_new(place: &Workplace) {
    let mean: Vec<f64> = pattern(3)
        .iter()
        .zip(pattern(9))
        .map(|(a, b)| 30.0 * (a + b))
        .collect();
    place.write("new.xy", &scan(&mean, 0.0));
    place.done("convert new.xy new.xrdml");
    place.done("convert new.xy new.npz");
    place.write("notes.txt", "nothing that is a pattern\n");
}

#[test]
fn new_files_have_the_points_and_estimates_of_the_program() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = Workplace::with_samples();
    let prepared = "--background snip:5 --crop 21:48 --scale max";
    place.done(&format!(
        "study scans --labels labels.csv --label-columns p,q {prepared} {TRAINING} --out out"
    ));
    write_new(&place);
    browser.resize((1280, 900), false, "light");
    browser.open(&place.path("out/report.html"), "window.xrd");
    give(
        &mut browser,
        &place,
        Way::Chosen,
        &["new.xy", "new.xrdml", "notes.txt", "new.npz"],
    );
    let model = "--model out/model.safetensors";
    place.done(&format!("encode {model} --patterns new.xy --out new.csv"));
    let points = place.read("new.csv");
    let estimates: Value = serde_json::from_str(&place.done(&format!(
        "estimate {model} --known out/latent.csv --patterns new.xy --estimator triangle --json"
    )))
    .unwrap();
    assert_eq!(browser.value("xrd.newcomers().length"), 3);
    for index in 0..3 {
        let found = newcomer(&mut browser, index);
        for (k, column) in ["x", "y"].iter().enumerate() {
            let expected: f64 = cell(&points, "new", column).parse().unwrap();
            let away = (number(&found["point"][k]) - expected).abs();
            assert!(away < HALF_PRECISION, "{column}: {found}");
        }
        for (k, label) in ["p", "q"].iter().enumerate() {
            let expected = &estimates[0]["labels"][label];
            let away = (number(&found["values"][k]) - number(expected)).abs();
            assert!(away < HALF_PRECISION, "{label}: {found} {expected}");
        }
        let expected = &estimates[0];
        assert_eq!(found["far"], expected["far"]);
        assert_eq!(found["unlike"], expected["unlike"]);
        let away = number(&found["residual"]) - number(&expected["residual"]);
        assert!(away.abs() < HALF_PRECISION, "{found} {expected}");
    }
    let said = said(&mut browser);
    let program = place.xrd(&format!("encode {model} --patterns notes.txt"));
    assert!(said.len() == 1 && said[0].contains("notes.txt"), "{said:?}");
    assert!(
        program.stderr.contains(&said[0]),
        "{said:?} {}",
        program.stderr
    );
    let table = browser.text("document.getElementById('new-table').textContent");
    assert!(table.contains("new.xrdml") && table.contains("p_estimated"));
    let kept = saved(&mut browser);
    assert!(
        kept.lines()
            .next()
            .unwrap()
            .contains("p_estimated,p_low,p_high"),
        "{kept}"
    );
    let x: f64 = cell(&kept, "new", "x").parse().unwrap();
    let found = newcomer(&mut browser, 0);
    assert!((x - number(&found["point"][0])).abs() < 1e-6, "{kept}");
    // The first new pattern is shown as A, with its reconstruction.
    assert_eq!(browser.value("xrd.shown().length"), 1);
    let card = browser.text("document.getElementById('cards').textContent");
    assert!(
        card.contains("new pattern at") && card.contains("estimated p"),
        "{card}"
    );
    nothing_is_wrong(&browser);
}

/// Twelve patterns of two phases with narrow lines, in `phases/`. Returns their names.
fn write_two_phases(place: &Workplace) -> Vec<String> {
    let name = |k: usize| format!("t{k:02}");
    for k in 0..12 {
        let lines: &[f64] = if k < 7 { &[14.0, 22.0] } else { &[17.0, 31.0] };
        let height = 50.0 + 7.0 * (k % 5) as f64;
        let shift = 0.02 * (k % 3) as f64;
        let row = |i: usize| {
            let angle = 10.0 + 0.1 * i as f64;
            let line = |c: &f64| height * (-((angle - c - shift) / 0.25).powi(2)).exp();
            let noise = (i * 7919 + k * 104_729) % 61;
            let value = lines.iter().map(line).sum::<f64>() + noise as f64 / 61.0;
            format!("{angle:.1} {value}\n")
        };
        let text: String = (0..260).map(row).collect();
        place.write(&format!("phases/{}.xy", name(k)), &text);
    }
    (0..12).map(name).collect()
}

#[test]
fn new_files_have_the_groups_of_the_study() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = Workplace::new();
    let names = write_two_phases(&place);
    place.done(&format!("study phases {TRAINING} --latent 3 --out out"));
    browser.open(&place.path("out/report.html"), "window.xrd");
    let files: Vec<String> = names.iter().map(|n| format!("phases/{n}.xy")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    give(&mut browser, &place, Way::Dropped, &files);
    let (groups, latent) = (place.read("out/groups.csv"), place.read("out/latent.csv"));
    assert_eq!(said(&mut browser), [""; 0]);
    for (k, name) in names.iter().enumerate() {
        let found = newcomer(&mut browser, k);
        assert_eq!(found["name"], name.as_str());
        let group = found["group"]["number"].to_string();
        assert_eq!(group, cell(&groups, name, "group"), "{found}");
        assert_eq!(group, if k < 7 { "1" } else { "2" });
        for column in ["x", "y"] {
            let expected: f64 = cell(&latent, name, column).parse().unwrap();
            let k = usize::from(column == "y");
            let away = (number(&found["point"][k]) - expected).abs();
            assert!(away < HALF_PRECISION, "{found}");
        }
        assert_eq!(found["alike"][0][0], k, "{found}");
    }
    nothing_is_wrong(&browser);
}

#[test]
fn patterns_with_other_angles_are_interpolated_or_refused() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = Workplace::with_samples();
    place.done(&format!(
        "study scans --labels labels.csv --label-columns p {TRAINING} --out out"
    ));
    // A grid of half the step, and one that does not reach the end.
    let finer = |k: usize| {
        let (a, b) = (pattern(5)[k / 2], pattern(5)[k.div_ceil(2).min(59)]);
        format!("{} {}\n", 20.0 + 0.25 * k as f64, 0.5 * (a + b))
    };
    place.write("finer.xy", &(0..119).map(finer).collect::<String>());
    place.write("short.xy", &scan(&pattern(5)[..40], 0.0));
    let out = "--out finer.csv --resample";
    let model = "--model out/model.safetensors";
    place.done(&format!("encode {model} --patterns finer.xy {out}"));
    browser.open(&place.path("out/report.html"), "window.xrd");
    give(
        &mut browser,
        &place,
        Way::Dropped,
        &["finer.xy", "short.xy"],
    );
    let found = newcomer(&mut browser, 0);
    let expected: f64 = cell(&place.read("finer.csv"), "finer", "x")
        .parse()
        .unwrap();
    assert!((number(&found["point"][0]) - expected).abs() < HALF_PRECISION);
    let said = said(&mut browser);
    assert!(
        said[0].contains("resampled by linear interpolation"),
        "{said:?}"
    );
    let program = place.xrd(&format!("encode {model} --patterns short.xy --resample"));
    assert!(
        program.stderr.contains(&said[1]),
        "{said:?}\n{}",
        program.stderr
    );
    nothing_is_wrong(&browser);
}
