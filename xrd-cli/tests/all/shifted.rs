//! Patterns that are shifted along 2θ: marked by `xrd estimate`, and corrected with --align.

use serde_json::Value;

use crate::support::trained::column;
use crate::support::workplace::Workplace;

const KNOWN: usize = 40;
const ESTIMATE: &str = "estimate --model out/model.safetensors --known out/latent.csv";

/// A scan of six lines over 20° to 60° that move and change with the label `p`, shifted, with noise that
/// differs between scans.
fn scan(p: f64, shift: f64, seed: usize) -> String {
    let noise = |i: usize| ((i * 7919 + seed * 104_729) % 1009) as f64 / 1e5;
    let angle = |i: usize| 20.0 + 0.05 * i as f64;
    let line = |k: usize| {
        let place = 2.0
            * ((0.19 + 0.055 * k as f64) / (1.0 + 0.01 * p))
                .asin()
                .to_degrees();
        (place + shift, 1.0 + 0.4 * p * ((k % 3) as f64 - 1.0))
    };
    let height = |at: f64| {
        let lines = (0..6).map(line);
        lines
            .map(|(place, height)| height * (-((at - place) / 0.2).powi(2)).exp())
            .sum::<f64>()
    };
    (0..800)
        .map(|i| format!("{} {}\n", angle(i), height(angle(i)) + 0.05 + noise(i)))
        .collect()
}

/// A study of known patterns, a new pattern (`plain.xy`) and the same shifted by 0.08°.
fn studied() -> Workplace {
    let place = Workplace::new();
    let mut labels = "name,p\n".to_owned();
    for i in 0..KNOWN {
        let p = (i * 7 % KNOWN) as f64 / KNOWN as f64;
        place.write(&format!("scans/s{i:02}.xy"), &scan(p, 0.0, i));
        labels += &format!("s{i:02},{p}\n");
    }
    place.write("labels.csv", &labels);
    place.write("new/plain.xy", &scan(0.41, 0.0, 500));
    place.write("new/shifted.xy", &scan(0.41, 0.08, 600));
    place.done("study --patterns scans --labels labels.csv --hidden 8,4 --epochs 3 --out out");
    place
}

#[test]
fn shifted_patterns_are_marked_and_corrected() {
    let place = studied();
    let marked = place.done(&format!("{ESTIMATE} --patterns new"));
    let lines: Vec<&str> = marked.lines().collect();
    assert!(
        lines[0].starts_with("plain") && !lines[0].contains("shifted by"),
        "{marked}"
    );
    assert!(lines[1].contains("(shifted by +0.0"), "{marked}");
    assert!(marked.contains("--align corrects it"), "{marked}");

    let of = |options: &str| -> Value {
        let text = place.done(&format!("{ESTIMATE} --patterns new --json {options}"));
        serde_json::from_str(&text).unwrap()
    };
    let (plain, aligned) = (of(""), of("--align"));
    let label = |found: &Value, row: usize| found[row]["labels"]["p"].as_f64().unwrap();
    let away = |found: &Value| (label(found, 1) - 0.41).abs();
    assert!(away(&plain) > 0.05, "{plain}");
    assert!(away(&aligned) < 0.01, "{aligned}");
    // The estimate of the pattern without a shift is inside the interval of the corrected one.
    let ends = &aligned[1]["intervals"]["p"];
    let [low, high] = [&ends[0], &ends[1]].map(|v| v.as_f64().unwrap());
    assert!((low..=high).contains(&label(&plain, 0)), "{aligned}");
    assert_eq!(label(&plain, 0), label(&aligned, 0));
    let shift = &aligned[1]["shift"];
    assert_eq!([&shift["shifted"], &shift["corrected"]], [true, true]);
    for end in [0, 1] {
        let by = shift["range_deg"][end].as_f64().unwrap();
        assert!((by - 0.08).abs() < 0.005, "{shift}");
    }
    assert_eq!(plain[0]["shift"]["shifted"], false);
    assert_eq!(plain[1]["shift"]["corrected"], false);

    place.done(&format!("{ESTIMATE} --patterns new --align --out e.csv"));
    let table = place.read("e.csv");
    assert_eq!(column(&table, "shifted"), ["false", "true"]);
    assert_eq!(column(&table, "corrected"), ["false", "true"]);
    assert_eq!(
        column(&table, "p_estimated")[1].parse::<f64>().unwrap(),
        label(&aligned, 1)
    );
    let text = place.done(&format!("{ESTIMATE} --patterns new --align"));
    assert!(text.contains("(corrected: was shifted by +0.0"), "{text}");

    for radius in ["0", "-240", "nan", "20000", "x"] {
        let run = place.xrd(&format!("{ESTIMATE} --patterns new --radius-mm={radius}"));
        assert_eq!(run.status, Some(2), "{radius}");
        assert!(run.stderr.contains("--radius-mm"), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
    place.done("train --patterns scans --hidden 8,4 --epochs 3 --threads 1 --out m.safetensors");
    place.done("encode --model m.safetensors --patterns scans --labels labels.csv --out k.csv");
    let run = place.xrd("estimate --model m.safetensors --known k.csv --patterns new --align");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("leave out --align"), "{}", run.stderr);
}
