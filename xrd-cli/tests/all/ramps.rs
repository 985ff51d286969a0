//! Patterns along a variable: `xrd study --series`.

use serde_json::Value;

use crate::support::workplace::Workplace;

const SMALL: &str = "--hidden 8,4 --epochs 3 --threads 1";

/// Patterns of 17 temperatures, of which one phase is there up to 410 and another one from 420 on.
fn ramp() -> Workplace {
    let place = Workplace::new();
    let line = |at: f64, i: usize| (-((i as f64 - at) / 3.0).powi(2)).exp();
    let mut labels = String::from("name,T_C\n");
    for k in 0..17 {
        let celsius = 340 + 10 * k;
        let at = if celsius < 415 {
            [30.0, 70.0]
        } else {
            [50.0, 100.0]
        };
        let drift = 0.02 * k as f64;
        let mut scan = String::new();
        for i in 0..120 {
            let noise = ((i * 7919 + k * 104_729) % 101) as f64 / 2000.0;
            let lines = line(at[0] - drift, i) + 0.6 * line(at[1] - drift, i);
            scan += &format!(
                "{:.1} {:.3}\n",
                10.0 + 0.2 * i as f64,
                100.0 * lines + 5.0 + noise
            );
        }
        // By name, the last pattern is not the last of the folder.
        place.write(&format!("scans/s_{}_T{celsius}C.xy", k + 1), &scan);
        labels += &format!("s_{}_T{celsius}C,{celsius}\n", k + 1);
    }
    place.write("labels.csv", &labels);
    place
}

fn report(place: &Workplace) -> Value {
    serde_json::from_str(&place.read("out/study.json")).unwrap()
}

fn values(place: &Workplace) -> Vec<String> {
    let table = place.read("out/series.csv");
    let rows = table.lines().skip(1);
    rows.map(|row| row.split(',').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn a_label_called_t_makes_a_series_with_its_transition() {
    let place = ramp();
    let printed = place.done(&format!("study scans --labels labels.csv {SMALL}"));
    assert!(
        printed.contains("series over T_C (from the labels): 17 values, 1 transition"),
        "{printed}"
    );
    assert!(printed.contains("transition at T_C = 4") && printed.contains("new lines at"));
    let series = &report(&place)["series"];
    assert_eq!(series["variables"], serde_json::json!(["T_C"]));
    assert_eq!(
        (series["source"].as_str(), series["recognised"].as_bool()),
        (Some("labels"), Some(true))
    );
    let transition = &series["sequence"]["transitions"][0];
    let [from, to] = ["from", "to"].map(|end| transition[end].as_f64().unwrap());
    assert!(
        from <= 415.0 && to >= 415.0 && to - from <= 30.0,
        "{transition}"
    );
    assert_eq!(values(&place)[..2], ["340", "350"]);
    for figure in ["series.svg", "series_path.svg", "waterfall.svg"] {
        assert!(
            place.read(&format!("out/{figure}")).contains("T_C"),
            "{figure}"
        );
    }
    let curve = &report(&place)["estimation"]["curve"];
    assert_eq!(curve["other"], "triangle");
    // The same experiment without the series.
    place.done("study --config out/study.json --series none --out out");
    assert!(report(&place)["series"].is_null() && report(&place)["estimation"]["curve"].is_null());
    assert_eq!(report(&place)["experiment"]["series"], "none");
}

#[test]
fn the_variable_may_be_the_order_or_a_number_in_the_names() {
    let place = ramp();
    place.done(&format!("study scans {SMALL} --series order"));
    let expected: Vec<String> = (1..=17).map(|i| i.to_string()).collect();
    assert_eq!(values(&place), expected);
    assert!(place.read("out/series.csv").contains("s_10_T430C,10,"));
    let printed = place.done(&format!("study scans {SMALL} --series T{{T_C}}C"));
    assert!(
        printed.contains("T_C (from file names): 17 values, 1 transition"),
        "{printed}"
    );
    // A saved experiment has the same series.
    place.done("study --config out/study.json --out out");
    assert_eq!(report(&place)["series"]["source"], "file names");
    // Without the option there is no series.
    place.done(&format!("study scans {SMALL} --out plain"));
    assert!(!place.path("plain/series.csv").exists() && !place.path("plain/series.svg").exists());
}

#[test]
fn two_variables_are_places_on_a_sample() {
    let place = Workplace::with_samples();
    let mut table = String::from("name,x,y\n");
    (0..24).for_each(|k| table += &format!("s{k:02},{},{}\n", 5 * (k % 6), 5 * (k / 6)));
    place.write("wafer.csv", &table);
    let printed = place.done(&format!("study scans --labels wafer.csv {SMALL}"));
    assert!(
        printed.contains("places on the sample over x, y (from table): 24 places, most different"),
        "{printed}"
    );
    let table = place.read("out/series.csv");
    assert!(
        table.starts_with("name,x,y,step,point_step\ns00,0,0,"),
        "{table}"
    );
    let figure = place.read("out/places.svg");
    assert!(
        figure.contains("distance from the neighbours") && !place.path("out/series.svg").exists()
    );
    assert_eq!(report(&place)["series"]["places"]["places"], 24);
    assert_eq!(report(&place)["dataset"]["labels"], serde_json::json!([]));
    // Any two columns of numbers.
    place.done(&format!(
        "study scans --labels labels.csv {SMALL} --series p,q"
    ));
    assert_eq!(
        report(&place)["series"]["variables"],
        serde_json::json!(["p", "q"])
    );
    assert_eq!(
        report(&place)["dataset"]["labels"],
        serde_json::json!(["p", "q"])
    );
}

/// Each bad variable has one clear line that names an option.
#[test]
fn bad_variables_are_refused_with_a_remedy() {
    let place = ramp();
    let labels = place.read("labels.csv");
    let with = |name: &str, change: &dyn Fn(usize) -> String| {
        let rows = labels.lines().enumerate();
        let rows = rows.map(|(i, row)| match i {
            0 => "name,P,other\n".to_owned(),
            _ => format!("{},{},{i}\n", row.split(',').next().unwrap(), change(i)),
        });
        place.write(name, &rows.collect::<String>());
    };
    with("equal.csv", &|_| "300".to_owned());
    with("gap.csv", &|i| {
        if i % 3 == 0 {
            i.to_string()
        } else {
            String::new()
        }
    });
    with("text.csv", &|i| format!("{i} K"));
    let refused = [
        (
            "equal.csv",
            "P",
            "'P' is 300 for all patterns",
            "--series order",
        ),
        ("gap.csv", "P", "no number in 'P'", "--series none"),
        ("text.csv", "P", "no variable 'P' of a series", "--series"),
        (
            "equal.csv",
            "nothing",
            "expected P, other, order, temperature",
            "--series",
        ),
        ("equal.csv", "temperature", "states nothing", "--series"),
        ("equal.csv", "Z{Z}", "no number as in 'Z{Z}'", "--series"),
        (
            "equal.csv",
            "order,P,other",
            "no variable 'order,P,other'",
            "--series",
        ),
    ];
    for (table, series, words, remedy) in refused {
        let command = format!("study scans --labels {table} {SMALL} --out no --series {series}");
        let run = place.xrd(&command);
        let lines: Vec<&str> = run
            .stderr
            .lines()
            .filter(|l| l.starts_with("xrd: "))
            .collect();
        assert_eq!(
            (run.status, lines.len()),
            (Some(2), 1),
            "{command}: {}",
            run.stderr
        );
        assert!(
            lines[0].contains(words) && lines[0].contains(remedy),
            "{}",
            lines[0]
        );
        assert!(!place.path("no").exists());
    }
}

#[test]
fn few_values_repeats_and_gaps_have_an_answer() {
    let place = ramp();
    let labels = place.read("labels.csv");
    let with = |value: &dyn Fn(usize) -> usize| {
        let rows = labels.lines().enumerate();
        let rows = rows.map(|(i, row)| match i {
            0 => "name,T\n".to_owned(),
            _ => format!("{},{}\n", row.split(',').next().unwrap(), value(i)),
        });
        place.write("t.csv", &rows.collect::<String>());
        place.done(&format!("study scans --labels t.csv {SMALL} --series T"))
    };
    let few = with(&|i| i / 6);
    assert!(
        few.contains("3 values, too few for a search of transitions (at least 8)"),
        "{few}"
    );
    let repeats = with(&|i| i.div_ceil(2));
    assert!(repeats.contains("9 values"), "{repeats}");
    let gaps = with(&|i| if i > 4 { 1000 + i } else { i });
    assert!(gaps.contains("17 values"), "{gaps}");
}
