//! What a study prints: the figures of `study.json` that a user looks for first.

use serde_json::Value;

use super::report::REPORTED_LINES;
use super::verdicts::{DOES_NOT_MATTER, MATTERS};

/// The lines to print.
pub(crate) fn summary(report: &Value) -> Vec<String> {
    let mut lines = trained(&report["training"]);
    lines.extend(estimated(&report["estimation"]));
    lines.extend(relevant(report));
    lines.extend(generated(&report["generation"]));
    if entries(&report["seeds"]).len() > 1 {
        lines.extend(over_seeds(report));
    }
    lines
}

fn trained(t: &Value) -> Vec<String> {
    let mut lines = vec![
        format!(
            "trained {} patterns for {} epochs in {:.0} s ({:.1} ms an epoch)",
            t["train_patterns"],
            t["epochs"],
            t["seconds"].as_f64().unwrap_or_default(),
            t["ms_per_epoch"].as_f64().unwrap_or_default(),
        ),
        format!(
            "explained variance {} (test {}), {:.1} % of the points at the border of the plane",
            number(&t["explained_variance_train"]),
            number(&t["explained_variance_test"]),
            100.0 * t["saturated_fraction"].as_f64().unwrap_or_default(),
        ),
    ];
    if t["watched"] == "test patterns" {
        lines.push(
            "the end of training was chosen by the test patterns, which flatters what follows \
             (--validation-fraction holds others back for that)"
                .to_owned(),
        );
    }
    lines
}

fn estimated(e: &Value) -> Vec<String> {
    let deltas = format!(
        "{} of {} test patterns enclosed by known points; delta, the sum over the labels of the \
         squared errors: median {}, worst {}",
        e["inside"],
        e["count"],
        small(&e["delta_median"]),
        small(&e["delta_worst"]),
    );
    let label = |(name, score): (&String, &Value)| {
        let r2 = match score["r2"].as_f64() {
            Some(r2) => format!("{r2:<7.4}"),
            None => "-      ".to_owned(),
        };
        let error = number(&score["mae"]);
        format!("  {name:<10} R2 {r2} mean error {error}")
    };
    let labels = e["per_label"].as_object().into_iter().flatten();
    [deltas].into_iter().chain(labels.map(label)).collect()
}

/// Which lines matter, where they have names.
fn relevant(report: &Value) -> Vec<String> {
    let relevance = &report["relevance"];
    let lines = entries(&relevance["lines"]);
    if lines.is_empty() {
        return Vec::new();
    }
    let strong_from = relevance["strong_from"].as_f64().unwrap_or_default();
    let is_strong = |l: &&Value| l["relative_intensity"].as_f64() >= Some(strong_from);
    let candidates = entries(&relevance["candidates"]);
    let is_candidate = |l: &&Value| candidates.iter().any(|c| c["hkl"] == l["hkl"]);
    let seeds = entries(&report["seeds"]).len();
    let row = |l: &Value| one_line(l, seeds);
    let mean = match seeds {
        0 | 1 => String::new(),
        _ => format!(", mean over {seeds} seeds"),
    };
    let mut said = vec![
        format!(
            "lines over all patterns{mean}, as shares of the strongest and of the most relevant:"
        ),
        "        hkl   2theta  intensity  relevance   ratio  (seeds that agree)".to_owned(),
        format!(
            "  strong (from {strong_from}), of least ratio; {DOES_NOT_MATTER} or less: does not matter"
        ),
    ];
    said.extend(lines.iter().filter(is_strong).take(REPORTED_LINES).map(row));
    said.push(format!(
        "  weak, of greatest ratio; {MATTERS} or more: matters"
    ));
    let weak = lines.iter().filter(|l| !is_strong(l)).take(REPORTED_LINES);
    said.extend(weak.map(row));
    said.push("  candidates for the paper's (0 0 1)".to_owned());
    said.extend(lines.iter().filter(is_candidate).map(row));
    said
}

fn one_line(line: &Value, seeds: usize) -> String {
    let hkl: Vec<String> = (0..3).map(|i| line["hkl"][i].to_string()).collect();
    let verdict = line["verdict"].as_str().filter(|v| !v.is_empty());
    format!(
        "{:>11} {:7.2}° {:>10} {:>10} {:>7}  {} ({} of {seeds})",
        format!("({})", hkl.join(" ")),
        line["two_theta"].as_f64().unwrap_or_default(),
        number(&line["relative_intensity"]),
        number(&line["relative_dev_mean"]),
        number(&line["ratio"]),
        verdict.unwrap_or("neither"),
        line["seeds_agreeing"],
    )
}

fn generated(generation: &Value) -> Vec<String> {
    let one = |g: &Value| {
        let target = g["target"].as_str().unwrap_or_default();
        if g["decoded_point"].is_null() {
            return format!("generated {target}: nothing, no place of the map has this value");
        }
        if g["relative_difference_truth"].is_null() {
            return format!("generated {target}, of which no pattern is known to compare with");
        }
        format!(
            "generated {target}: R = |generated - true| / |true| {} (blend of the neighbours {}), \
             Pearson {} ({})",
            number(&g["relative_difference_truth"]),
            number(&g["relative_difference_blend"]),
            number(&g["pearson_truth"]),
            number(&g["pearson_blend"]),
        )
    };
    entries(generation).iter().map(one).collect()
}

fn over_seeds(report: &Value) -> Vec<String> {
    let [mean, sd, median] = ["mean", "sd", "median"].map(|which| &report["summary"][which]);
    let seeds = entries(&report["seeds"]).len();
    let mut said = vec![format!(
        "over {seeds} seeds, mean (sd) median; figures above, but for lines, are of seed {}:",
        report["seed"]
    )];
    for (name, value) in mean.as_object().into_iter().flatten() {
        let (sd, median) = (number(&sd[name]), number(&median[name]));
        said.push(format!("  {name:<30} {} ({sd}) {median}", number(value)));
    }
    for g in entries(&report["summary"]["generation"]) {
        let figures = |of: &str| {
            let figure = |what| number(&g[format!("relative_difference_{of}_{what}")]);
            format!("{} ({}) {}", figure("mean"), figure("sd"), figure("median"))
        };
        // Others have no place with this value on their map.
        let of = match g["seeds"].as_u64() {
            Some(with) if with < seeds as u64 => format!(" ({with} seeds)"),
            _ => String::new(),
        };
        said.push(format!(
            "  generated {}{of}: R {}, of the blend {}",
            g["target"].as_str().unwrap_or_default(),
            figures("truth"),
            figures("blend"),
        ));
    }
    said
}

fn entries(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> String {
    value.as_f64().map_or("-".to_owned(), |x| format!("{x:.4}"))
}

fn small(value: &Value) -> String {
    match value.as_f64() {
        None => "-".to_owned(),
        Some(0.0) => "0".to_owned(),
        Some(x) => format!("{x:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_told_in_groups_and_candidates_again() {
        let line = |hkl: [i32; 3], intensity: f64, word: &str| {
            json!({
                "hkl": hkl, "two_theta": 10.5, "relative_intensity": intensity,
                "relative_dev_mean": 0.02, "ratio": 0.02 / intensity, "verdict": word,
                "seeds_agreeing": 2,
            })
        };
        let report = json!({
            "seeds": [{}, {}, {}],
            "relevance": {
                "strong_from": 0.1,
                "candidates": [{ "hkl": [0, 0, 2] }, { "hkl": [1, 1, 0] }],
                "lines": [
                    line([3, 1, 0], 0.4, "strong, does not matter"),
                    line([1, 1, 0], 0.02, ""),
                    line([0, 0, 2], 0.2, "strong, does not matter"),
                ],
            },
        });
        let said = relevant(&report);
        let places = |hkl: &str| said.iter().filter(|l| l.contains(hkl)).count();
        assert_eq!(
            (places("(3 1 0)"), places("(1 1 0)"), places("(0 0 2)")),
            (1, 2, 2)
        );
        assert!(
            said[3].ends_with(
                "10.50°     0.4000     0.0200  0.0500  strong, does not matter (2 of 3)"
            )
        );
        assert!(relevant(&json!({ "relevance": { "lines": [] } })).is_empty());
    }

    #[test]
    fn seeds_without_a_generated_pattern_are_told() {
        let of = |with: u64| {
            let generation = json!([{ "target": "p=0.3", "seeds": with, "relative_difference_truth_mean": 0.1 }]);
            over_seeds(
                &json!({ "seed": 1, "seeds": [{}, {}, {}], "summary": { "generation": generation } }),
            )
        };
        assert!(of(3)[1].starts_with("  generated p=0.3: R 0.1000 "));
        assert!(of(2)[1].starts_with("  generated p=0.3 (2 seeds): R 0.1000 "));
    }

    #[test]
    fn what_is_missing_is_said_so() {
        let generation = json!([
            { "target": "p=9", "decoded_point": null },
            { "target": "p=0.3", "decoded_point": [0.0, 1.0], "relative_difference_truth": null },
        ]);
        let said = generated(&generation);
        assert!(said[0].contains("p=9: nothing") && said[1].contains("p=0.3, of which no"));
        let estimation = json!({
            "inside": 1, "count": 2, "delta_median": 0.0, "delta_worst": 0.0123,
            "per_label": { "Zr": { "r2": null, "mae": 0.0 } },
        });
        let said = estimated(&estimation);
        assert!(said[0].ends_with("median 0, worst 1.2e-2"), "{}", said[0]);
        assert_eq!(
            said[1].split_whitespace().collect::<Vec<_>>(),
            ["Zr", "R2", "-", "mean", "error", "0.0000"]
        );
    }
}
