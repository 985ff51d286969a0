//! What the page of a study shows first, for a labelled, an unlabelled, a series and a large study, in
//! two windows.

mod windows;

use crate::support::chromium::Chromium;
use crate::support::workplace::{PATTERNS, Workplace, pattern};
use serde_json::json;
use windows::{chosen, drawn, fits, in_each_window, on_window, text, with_tables};

const TRAINING: &str = "--hidden 8,4 --epochs 20 --threads 1";

const REFERENCES: &str = "reference,h,k,l,d_angstrom,multiplicity,two_theta,intensity\n\
    rutile,1,1,0,3.247,4,27.5,100\nrutile,1,0,-1,2.487,8,36.1,50\nanatase,1,0,1,3.52,8,25.3,100\n";

#[test]
fn a_labelled_study_begins_with_its_patterns() {
    let place = Workplace::with_samples();
    place.done(&format!(
        "study scans --labels labels.csv --label-columns p,q --color-by q {TRAINING} --out out"
    ));
    with_tables(&place, &[("references.csv", REFERENCES.to_owned())], &[]);
    in_each_window(&place, |browser, is_phone| {
        let colours = browser.text("document.getElementById('colours').value");
        assert_eq!(colours, "label q");
        assert!(text(browser, "summary").contains("p 0 to 0.9583; q 0 to 0.9091"));
        rows_are_chosen(browser);
        if !is_phone {
            a_drag_zooms_both_drawings(browser);
        }
        references_are_ticks(browser);
        colours_follow_the_label(browser);
        let row = "document.querySelector('#estimates th')";
        assert_eq!(
            browser.text(&format!("getComputedStyle({row}).position")),
            "sticky"
        );
    });
}

/// A click on a row shows its pattern as A, a click with Shift adds it, a second one removes it.
fn rows_are_chosen(browser: &mut Chromium) {
    let names = browser.value("xrd.rows.names()");
    assert_eq!(names.as_array().unwrap().len(), PATTERNS);
    for (row, shift, expected) in [
        (3, false, json!([names[3]])),
        (7, true, json!([names[3], names[7]])),
        (9, true, json!([names[3], names[7], names[9]])),
        (7, true, json!([names[3], names[9]])),
    ] {
        let at = on_window(browser, "waterfall", &format!("xrd.rows.placeOf({row})"));
        browser.hover(at);
        let tip = text(browser, "waterfall-tip");
        assert!(tip.starts_with(names[row].as_str().unwrap()), "{tip}");
        browser.click(at, shift);
        assert_eq!(chosen(browser), expected);
    }
    let cards = text(browser, "cards");
    assert!(cards.contains(names[9].as_str().unwrap()), "{cards}");
    assert!(text(browser, "compared").starts_with("A compared with B: R = "));
    // Keys do the same.
    browser.value("document.getElementById('waterfall').focus()");
    browser.press("ArrowDown");
    browser.press("Enter");
    assert_eq!(chosen(browser)[0], names[4]);
    browser.set("stacked", &json!("curves"));
    drawn(browser, &[("waterfall", 20)]);
    browser.set("stacked", &json!("map"));
}

fn a_drag_zooms_both_drawings(browser: &mut Chromium) {
    browser.value("document.getElementById('whole').click()");
    let from = on_window(browser, "waterfall", "xrd.rows.placeOf(5)");
    browser.drag(from, (from.0 + 200.0, from.1));
    let range = browser.numbers("xrd.state().range");
    let shown = browser.numbers("['from', 'to'].map((id) => +document.getElementById(id).value)");
    assert!(range[1] - range[0] < 25.0, "{range:?}");
    assert!((shown[0] - range[0]).abs() < 0.01 && (shown[1] - range[1]).abs() < 0.01);
    // The end of a drag is not a click on a row.
    assert_eq!(chosen(browser)[0], browser.value("xrd.rows.names()")[4]);
    browser.value("document.getElementById('whole').click()");
}

fn references_are_ticks(browser: &mut Chromium) {
    let at = on_window(browser, "pattern", "[xrd.screenOfAngle(36.1), 60]");
    browser.hover(at);
    let tip = text(browser, "pattern-tip");
    assert!(
        tip.contains("rutile (1 0 −1) d 2.4870 Å, ×8, I 50"),
        "{tip}"
    );
    assert_eq!(text(browser, "references"), "Lines ofrutileanatase");
}

/// The legend and the scale are those of the chosen label; zero is a class of its own.
fn colours_follow_the_label(browser: &mut Chromium) {
    for (label, first) in [("p", "0 to 0.17"), ("q", "0")] {
        browser.set("colours", &json!(format!("label {label}")));
        assert_eq!(text(browser, "scale-low"), format!("{label} 0"));
        let legend = "document.querySelector('#legend li').innerText";
        assert_eq!(browser.text(legend), first);
    }
    browser.set("colours", &json!("none"));
    assert!(browser.value("document.getElementById('scale').hidden") == true);
}

#[test]
fn an_unlabelled_study_begins_with_its_groups() {
    let place = Workplace::new();
    let line = |at: f64, i: usize| (-((i as f64 - at) / 3.0).powi(2)).exp();
    let angles: Vec<String> = (0..120)
        .map(|i| (10.0 + 0.1 * f64::from(i)).to_string())
        .collect();
    let mut table = format!("two_theta,{}", angles.join(","));
    for k in 0..24 {
        let at = [30.0, 80.0][k % 2] + 0.05 * k as f64;
        table += &format!("\np{k}");
        (0..120).for_each(|i| table += &format!(",{:.3}", 100.0 * line(at, i) + 5.0));
    }
    place.write("set.csv", &(table + "\n"));
    place.done(&format!("study set.csv {TRAINING} --out out"));
    in_each_window(&place, |browser, _| {
        let summary = text(browser, "summary");
        assert!(
            summary.contains("2 groups") && summary.contains("Labelsnone"),
            "{summary}"
        );
        assert!(
            summary.contains("10° to 21.9° in steps of 0.1°"),
            "{summary}"
        );
        // Rows are ordered by group: those of one group have even numbers, those of the other odd ones.
        let names = browser.value("xrd.rows.names()");
        let parity = |k: usize| names[k].as_str().unwrap()[1..].parse::<usize>().unwrap() % 2;
        assert!(
            (0..12).all(|k| parity(k) == parity(0) && parity(k + 12) != parity(0)),
            "{names}"
        );
        let representative = "document.querySelector('#summary td button')";
        let name = browser.text(&format!("{representative}.textContent"));
        browser.value(&format!("{representative}.click()"));
        assert_eq!(chosen(browser), json!([name]));
        let legend = text(browser, "legend");
        assert!(legend.contains("group 1group 2"), "{legend}");
        a_table_unfolds_and_sorts(browser);
    });
}

/// The table of the groups is folded at first; its heads sort; a name shows its pattern.
fn a_table_unfolds_and_sorts(browser: &mut Chromium) {
    browser.value("document.querySelector('#tables summary').click()");
    browser.wait_for("document.querySelector('#tables th button')");
    browser.value("document.querySelector('#tables th button').click()");
    let first = "document.querySelector('#tables tbody button')";
    assert_eq!(browser.text(&format!("{first}.textContent")), "p0");
    browser.value(&format!("{first}.click()"));
    assert_eq!(chosen(browser), json!(["p0"]));
    fits(browser);
    browser.value("document.querySelector('#tables summary').click()");
}

#[test]
fn classes_colour_the_points_and_are_compared_with_the_groups() {
    let place = Workplace::with_samples();
    let mut table = "name,phase\n".to_owned();
    for k in 0..PATTERNS {
        table += &format!("s{k:02},{}\n", ["rutile", "anatase"][k % 2]);
    }
    place.write("phases.csv", &table);
    place.done(&format!(
        "study scans --labels phases.csv {TRAINING} --out out"
    ));
    let agreement = json!({
        "label": "phase", "classes": 2, "adjusted_rand_index": 0.5, "purity": 0.875,
    });
    let classification = json!({
        "label": "phase", "classes": 2, "count": 8, "accuracy": 0.75, "majority_accuracy": 0.5,
    });
    let group = |number: usize, member: &str| json!({ "number": number, "size": 1, "medoid": member, "members": [member] });
    let groups = json!({
        "number": 2, "silhouette": 0.5, "stability": 0.9, "agreement": [agreement],
        "groups": [group(1, "s03"), group(2, "s04")],
    });
    let keys = [
        ("groups", groups),
        ("classification", json!([classification])),
    ];
    with_tables(&place, &[], &keys);
    in_each_window(&place, |browser, _| {
        let summary = text(browser, "summary");
        for said in [
            "Agreement with phase: adjusted Rand index 0.5, purity 0.88.",
            "phase75 % of 8 test patterns have the right class (50 % if",
            "phase: 2 classes",
        ] {
            assert!(summary.contains(said), "{said}: {summary}");
        }
        browser.set("colours", &json!("class phase"));
        let legend = text(browser, "legend");
        assert!(
            legend.starts_with("anatase") && legend.contains("rutile"),
            "{legend}"
        );
        // Patterns that are in no group have no class of it.
        browser.set("colours", &json!("class group"));
        let at = on_window(browser, "plane", "xrd.spotOf(3)");
        browser.click(at, false);
        let card = text(browser, "cards");
        assert!(card.contains("phase anatase, group 1"), "{card}");
    });
}

#[test]
fn a_series_is_shown_in_its_order() {
    let place = Workplace::with_samples();
    place.done(&format!("study scans {TRAINING} --out out"));
    // The variable runs against the order of the files.
    let value = |k: usize| 500.0 - 10.0 * k as f64;
    let row = |k: usize| format!("s{k:02},{},{k},0.{k},0.{k},0.01\n", value(k));
    let rows: String = (0..PATTERNS).map(row).collect();
    let table = format!("name,value,position,step,point_step,residual\n{rows}");
    let series = json!({
        "variables": ["T (°C)"],
        "sequence": { "transitions": [{ "value": 405.0, "from": 401.0, "to": 412.0 }] },
    });
    with_tables(&place, &[("series.csv", table)], &[("series", series)]);
    in_each_window(&place, |browser, _| {
        let names = browser.value("xrd.rows.names()");
        assert_eq!(
            (&names[0], &names[PATTERNS - 1]),
            (&json!("s23"), &json!("s00"))
        );
        let summary = text(browser, "summary");
        assert!(
            summary.contains("T (°C)270 to 500 (24 patterns)"),
            "{summary}"
        );
        assert!(
            summary.contains("Transition405 (95 %: 401 to 412)"),
            "{summary}"
        );
        drawn(browser, &[("series", 10)]);
        let line = browser.colors("plane");
        browser.set("line", &json!(false));
        assert!(browser.colors("plane") < line, "the line is drawn");
        let at = on_window(browser, "series", "[200, 40]");
        browser.hover(at);
        let tip = text(browser, "series-tip");
        assert!(tip.contains("T (°C)") && tip.contains("Step"), "{tip}");
    });
}

#[test]
fn places_on_a_sample_are_a_view_of_the_points() {
    let place = Workplace::with_samples();
    let mut places = "name,x_mm,y_mm\n".to_owned();
    (0..PATTERNS).for_each(|k| places += &format!("s{k:02},{},{}\n", k % 6, k / 6));
    place.write("wafer.csv", &places);
    place.done(&format!(
        "study scans --labels wafer.csv --series x_mm,y_mm {TRAINING} --out out"
    ));
    in_each_window(&place, |browser, _| {
        assert!(text(browser, "view").contains("sample: x_mm, y_mm"));
        browser.set("view", &json!("places"));
        browser.set("colours", &json!("step"));
        assert_eq!(text(browser, "plane-title"), "Places on the sample");
        drawn(browser, &[("plane", 20)]);
        let at = on_window(browser, "plane", "xrd.spotOf(8)");
        browser.click(at, false);
        assert_eq!(chosen(browser), json!(["s08"]));
    });
}

#[test]
fn three_fractions_have_a_triangle() {
    let place = Workplace::with_samples();
    let mut labels = "name,A,B,C\n".to_owned();
    for k in 0..PATTERNS {
        let (a, b) = ((k % 5) as f64 / 10.0, (k % 7) as f64 / 14.0);
        labels += &format!("s{k:02},{a},{b},{}\n", 1.0 - a - b);
    }
    place.write("fractions.csv", &labels);
    place.done(&format!(
        "study scans --labels fractions.csv {TRAINING} --out out"
    ));
    in_each_window(&place, |browser, _| {
        assert!(text(browser, "view").contains("triangle A, B, C"));
        browser.set("view", &json!("ternary"));
        drawn(browser, &[("plane", 20)]);
        for index in [3, 17] {
            let at = on_window(browser, "plane", &format!("xrd.spotOf({index})"));
            browser.click(at, false);
            assert_eq!(chosen(browser), json!([format!("s{index:02}")]));
        }
    });
}

#[test]
fn a_large_study_shows_some_of_its_rows() {
    let place = Workplace::with_samples();
    place.done(&format!(
        "study scans --labels labels.csv --label-columns p,q {TRAINING} --out out"
    ));
    // Further points near those of the small set; the page has the patterns of the small set alone.
    let latent = place.read("out/latent.csv");
    let rows: Vec<&str> = latent.lines().skip(1).collect();
    let mut more = latent.clone();
    for k in PATTERNS..20_000 {
        let mut cells: Vec<String> = rows[k % PATTERNS].split(',').map(str::to_owned).collect();
        cells[0] = format!("more-{k}");
        for (c, far) in [(1, 0.61), (2, 0.37)] {
            let near = cells[c].parse::<f64>().unwrap() + 0.2 * ((k as f64 * far).fract() - 0.5);
            cells[c] = near.to_string();
        }
        more += &(cells.join(",") + "\n");
    }
    place.write("out/latent.csv", &more);
    place.done("report out");
    in_each_window(&place, |browser, _| {
        let note = text(browser, "waterfall-note");
        assert!(note.starts_with("24 of 20,000 patterns"), "{note}");
        assert!(text(browser, "summary").contains("20,000"));
        drawn(browser, &[("plane", 100)]);
        // A point without a measured pattern is shown decoded.
        browser.value("document.getElementById('find').value = 'more-19999'");
        browser.value("document.getElementById('find').dispatchEvent(new Event('change'))");
        assert_eq!(chosen(browser), json!(["more-19999"]));
        assert!(text(browser, "curves").starts_with("A, decoded"));
        assert_eq!(browser.value("xrd.points.x.length"), 20_000);
    });
}

#[test]
fn a_new_pattern_is_shown_among_the_chosen_ones() {
    let place = Workplace::with_samples();
    place.done(&format!("study scans {TRAINING} --out out"));
    in_each_window(&place, |browser, _| {
        let new = json!(pattern(5));
        browser.value(&format!(
            "xrd.addGuest({{ name: 'new scan', pattern: Float32Array.from({new}), about: ['near s05'] }}) && 0"
        ));
        let cards = text(browser, "cards");
        assert!(
            cards.contains("new scan, new pattern at (") && cards.contains("near s05"),
            "{cards}"
        );
        let point = browser.numbers("xrd.shown()[1].place.point");
        let own = browser.numbers("[xrd.points.x[5], xrd.points.y[5]]");
        assert!(
            point.iter().zip(&own).all(|(a, b)| (a - b).abs() < 1e-3),
            "{point:?} {own:?}"
        );
        assert!(text(browser, "curves").starts_with("AB"));
    });
}
