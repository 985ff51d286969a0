//! The page of a study: the same bytes when written again, safe for any name of a pattern, and working
//! in a browser.

use crate::support::chromium::Chromium;
use crate::support::workplace::{PATTERNS, Workplace, angle, pattern};
use serde_json::Value;
use xrd_ae::Autoencoder;
use xrd_core::{Decoder, Latent2};

/// A name that would end the script and begin a tag if it were interpreted as markup.
const HOSTILE: &str = "</script><b>bold</b><img src=x onerror=alert(1)>";

/// The small set as a matrix, with a first pattern called [`HOSTILE`], and its study in `out/`.
fn studied() -> Workplace {
    studied_with("")
}

fn studied_with(more: &str) -> Workplace {
    let place = Workplace::with_samples();
    let name = |k: usize| match k {
        0 => HOSTILE.to_owned(),
        _ => format!("s{k:02}"),
    };
    let row = |head: &str, cells: Vec<f64>| {
        let cells: Vec<String> = cells.iter().map(f64::to_string).collect();
        format!("{head},{}\n", cells.join(","))
    };
    let rows = (0..PATTERNS).map(|k| row(&name(k), pattern(k)));
    let angles = row("name", (0..60).map(angle).collect());
    place.write("named.csv", &(angles + &rows.collect::<String>()));
    let labels = place.read("labels.csv").replace("s00", HOSTILE);
    place.write("named-labels.csv", &labels);
    place.write("test.txt", &format!("{HOSTILE}\ns07\ns13\n"));
    let training = "--hidden 8,4 --epochs 40 --threads 1 --target p=0.4 --test test.txt";
    let input = "--patterns named.csv --labels named-labels.csv";
    place.done(&format!("study {input} {training} --window-deg 1.5 {more}"));
    place
}

#[test]
fn the_page_is_made_anew_the_same() {
    let place = studied();
    let first = place.read("out/report.html");
    assert!(!first.contains("<b>bold"), "a name is markup");
    std::fs::remove_file(place.path("out/report.html")).unwrap();
    let said = place.done("report out");
    assert!(said.starts_with("page in "), "{said}");
    assert!(first == place.read("out/report.html"));
    place.done("report out --out elsewhere.html");
    assert!(first == place.read("elsewhere.html"));
}

#[test]
fn a_folder_that_is_no_study_is_refused_in_one_line() {
    let place = studied();
    for (gone, said) in [
        ("patterns.npz", "patterns.npz"),
        ("model.safetensors", "model.safetensors"),
        ("study.json", "study.json"),
    ] {
        std::fs::remove_file(place.path(&format!("out/{gone}"))).unwrap();
        let run = place.xrd("report out");
        assert_eq!(run.status, Some(2), "{gone}");
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
}

/// The largest difference divided by the largest value.
fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let largest = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f64::max) / largest
}

/// The second column of a file with two columns.
fn intensities(xy: &str) -> Vec<f64> {
    let lines = xy.lines().filter(|l| !l.starts_with('#'));
    lines
        .map(|l| l.split_whitespace().nth(1).unwrap().parse().unwrap())
        .collect()
}

/// A position in the window, on the plane and far from all points.
const FREE: &str = "(() => {
    const box = document.getElementById('plane').getBoundingClientRect();
    const points = xrd.points.x.map((x, i) => xrd.screenOf([x, xrd.points.y[i]]));
    for (let x = 80; x < box.width - 30; x += 7) for (let y = 30; y < box.height - 60; y += 7)
        if (points.every((p) => Math.hypot(p[0] - x, p[1] - y) > 20)) return [box.x + x, box.y + y];
})()";

/// The position in the window of the point of a pattern.
fn on_window(index: usize) -> String {
    format!(
        "(() => {{
            const box = document.getElementById('plane').getBoundingClientRect();
            const p = xrd.screenOf([xrd.points.x[{index}], xrd.points.y[{index}]]);
            return [box.x + p[0], box.y + p[1]];
        }})()"
    )
}

fn pair(numbers: &[f64]) -> (f64, f64) {
    (numbers[0], numbers[1])
}

/// The network in the page gives the same results as that of the program.
fn answers_as_the_program(browser: &mut Chromium, place: &Workplace) {
    let report: Value = serde_json::from_str(&place.read("out/study.json")).unwrap();
    let point = &report["generation"][0]["decoded_point"];
    let decoded = browser.numbers(&format!("xrd.decode({point})"));
    assert!(
        apart(
            &decoded,
            &intensities(&place.read("out/generated/p=0.4.xy"))
        ) < 1e-3
    );
    let given = browser.numbers("xrd.shown()[0].given");
    assert!(apart(&given, &pattern(0)) < 1e-4);
    browser.wait_for("xrd.shown()[0].dev");
    let dev = browser.numbers("xrd.shown()[0].dev");
    let table = place.read("out/relevance.csv");
    let expected = table
        .lines()
        .skip(1)
        .map(|l| l.split(',').nth(2).unwrap().parse().unwrap());
    assert_eq!(report["relevance"]["pattern"], HOSTILE);
    assert!(apart(&dev, &expected.collect::<Vec<f64>>()) < 1e-2);
}

#[test]
fn the_page_sees_a_latent_space_from_its_plane() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = studied_with("--latent 4");
    browser.open(&place.path("out/report.html"), "window.xrd");
    answers_as_the_program(&mut browser, &place);
    assert!(
        browser.complaints().is_empty(),
        "{:?}",
        browser.complaints()
    );
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = studied();
    browser.resize((1280, 900), false, "light");
    browser.open(&place.path("out/report.html"), "window.xrd");
    assert_eq!(
        browser.text("document.documentElement.dataset.theme"),
        "light"
    );

    answers_as_the_program(&mut browser, &place);

    // Names are shown as text.
    assert_eq!(
        browser.value("document.querySelectorAll('b, [onerror]').length"),
        0
    );
    let named = "[...document.querySelectorAll('#find option')].map((o) => o.textContent)";
    let names = browser.value(named);
    assert!(names.as_array().unwrap().contains(&HOSTILE.into()));

    browser.value("document.getElementById('plane').scrollIntoView({ block: 'center' })");

    // Hovering shows the name of a point, a click its pattern, a click with Shift a second pattern.
    let at = pair(&browser.numbers(&on_window(5)));
    browser.hover(at);
    let tip = browser.text("document.getElementById('plane-tip').textContent");
    assert!(
        tip.contains("s05, training pattern") && tip.contains("p 0."),
        "{tip}"
    );
    browser.click(at, false);
    let card = "document.querySelector('.card').textContent";
    assert!(browser.text(card).contains("s05"), "{}", browser.text(card));
    assert!(apart(&browser.numbers("xrd.shown()[0].given"), &pattern(5)) < 1e-4);
    let at = pair(&browser.numbers(&on_window(9)));
    browser.click(at, true);
    let compared = browser.text("document.getElementById('compared').textContent");
    assert!(compared.contains("A compared with B"), "{compared}");

    // A click anywhere else decodes the pattern there.
    let free = pair(&browser.numbers(FREE));
    browser.click(free, false);
    assert!(browser.text(card).contains("decoded at"));
    let point = browser.numbers("xrd.shown()[0].place.point");
    let model = Autoencoder::load(place.path("out/model.safetensors")).unwrap();
    let expected = model.decode(Latent2::new(point[0], point[1])).unwrap();
    let expected: Vec<f64> = expected.iter().map(|v| f64::from(*v)).collect();
    assert!(apart(&browser.numbers("xrd.shown()[0].decoded"), &expected) < 1e-3);

    // Keys: the next pattern; a step on the plane and the decoded pattern there.
    browser.value("document.getElementById('plane').focus()");
    browser.press("Escape");
    assert_eq!(browser.value("xrd.shown()[1]"), Value::Null);
    browser.press("n");
    assert_eq!(browser.value("xrd.shown()[0].place.index"), 0);
    let before = browser.numbers("[xrd.points.x[0], xrd.points.y[0]]");
    for _ in 0..8 {
        browser.press(if before[0] > 0.0 {
            "ArrowLeft"
        } else {
            "ArrowRight"
        });
    }
    browser.press("Enter");
    let after = browser.numbers("xrd.shown()[0].place.point");
    assert!(before != after, "{after:?}");

    // The table is sorted by delta, worst first, and in reverse order after a click.
    let deltas = "(() => {
        const heads = [...document.querySelectorAll('#estimates th button')];
        window.delta = heads.findIndex((head) => head.textContent.startsWith('delta'));
        const cells = [...document.querySelectorAll('#estimates tbody tr')].map((r) => r.cells[delta]);
        return cells.map((c) => Number((c.title || c.textContent).replace('−', '-')));
    })()";
    let worst_first = browser.numbers(deltas);
    assert!(worst_first.is_sorted_by(|a, b| a >= b) && worst_first.len() == 3);
    browser.value("document.querySelectorAll('#estimates th button')[delta].click()");
    let best_first = browser.numbers(deltas);
    assert!(
        best_first.is_sorted() && best_first != worst_first,
        "{best_first:?}"
    );

    for id in ["plane", "pattern", "loss"] {
        let seen = browser.colors(id);
        assert!(seen > 10, "{id}: {seen} colours");
    }
    keep(&browser.screenshot(), "report-desktop.png");

    // On a phone with a dark theme nothing is wider than the screen.
    browser.resize((390, 844), true, "dark");
    browser.wait_for("document.documentElement.dataset.theme === 'dark'");
    browser.wait_for("document.getElementById('plane').clientWidth < 390");
    assert_eq!(browser.value("document.documentElement.scrollWidth"), 390);
    browser.value("document.getElementById('theme').click()");
    assert_eq!(
        browser.text("document.documentElement.dataset.theme"),
        "light"
    );
    keep(&browser.screenshot(), "report-phone.png");

    assert!(
        browser.complaints().is_empty(),
        "{:?}",
        browser.complaints()
    );
    let foreign = |a: &&str| !a.starts_with("blob:") && !a.starts_with("file:///");
    let requests = browser.requests();
    assert!(
        !requests.is_empty() && !requests.iter().any(foreign),
        "{requests:?}"
    );
}

/// Stores a screenshot for inspection in the folder of the tests.
fn keep(base64: &str, name: &str) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.base64"));
    std::fs::write(path, base64).unwrap();
}

#[test]
fn the_policy_forbids_what_is_not_the_page_itself() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let place = studied();
    browser.open(&place.path("out/report.html"), "window.xrd");
    assert!(
        browser.complaints().is_empty(),
        "{:?}",
        browser.complaints()
    );
    // The browser refuses a request, an inserted script and evaluated text, and reports it.
    let request = "fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')";
    assert_eq!(browser.text(request), "refused");
    browser.value(
        "document.body.append(Object.assign(document.createElement('script'),
            { textContent: 'window.put_in = true' }))",
    );
    assert_eq!(browser.value("window.put_in === undefined"), true);
    let eval =
        "(() => { try { return new Function('return 1')(); } catch { return 'refused'; } })()";
    assert_eq!(browser.value(eval), "refused");
    let policy = "Content Security Policy";
    let told = browser.complaints();
    assert!(
        told.iter().any(|c| c.to_string().contains(policy)),
        "{told:?}"
    );
}
