//! The page of a study in the window of a laptop and of a phone.

use crate::support::chromium::Chromium;
use crate::support::workplace::Workplace;
use serde_json::{Value, json};

/// A laptop and a phone: size, whether it is a phone, theme.
const WINDOWS: [((u32, u32), bool, &str); 2] =
    [((1400, 900), false, "light"), ((390, 844), true, "dark")];

/// The canvases of a page with content, each with the least number of colours.
pub(super) fn drawn(browser: &mut Chromium, canvases: &[(&str, u64)]) {
    for (id, least) in canvases {
        let seen = browser.colors(id);
        assert!(seen >= *least, "{id}: {seen} colours");
    }
}

/// Nothing is wider than the window, except inside of tables that scroll.
pub(super) fn fits(browser: &mut Chromium) {
    let wide = browser.value(
        "[...document.querySelectorAll('body *')]
            .filter((e) => !e.closest('.scroll') && !e.closest('.skip') && !e.closest('[hidden]'))
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
            .map((e) => `${e.tagName} ${e.id} ${e.className}`)",
    );
    assert_eq!(wide, json!([]));
    assert_eq!(
        browser.value("document.documentElement.scrollWidth === innerWidth"),
        true
    );
}

/// No number on the page has the digits of a rounding error.
pub(super) fn is_rounded(browser: &mut Chromium) {
    let text = browser.text("document.body.innerText");
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count();
    let long = text
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .find(|word| word.contains('.') && digits(word) > 12);
    assert_eq!(long, None);
}

/// Opens the page in each window, and looks at what all pages have.
pub(super) fn in_each_window(place: &Workplace, look: impl Fn(&mut Chromium, bool)) {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    for (size, is_phone, scheme) in WINDOWS {
        browser.resize(size, is_phone, scheme);
        browser.open(&place.path("out/report.html"), "window.xrd");
        browser.wait_for("document.querySelector('#waterfall').width > 100");
        fits(&mut browser);
        is_rounded(&mut browser);
        let canvases = [("waterfall", 30), ("plane", 10), ("pattern", 10)];
        drawn(&mut browser, &canvases);
        look(&mut browser, is_phone);
        fits(&mut browser);
        let complaints = browser.complaints();
        assert!(complaints.is_empty(), "{complaints:?}");
    }
}

/// The position in the window of a place on a canvas, after it was scrolled into view.
pub(super) fn on_window(browser: &mut Chromium, canvas: &str, place: &str) -> (f64, f64) {
    let at = browser.numbers(&format!(
        "(() => {{
            const canvas = document.getElementById('{canvas}');
            canvas.scrollIntoView({{ block: 'center' }});
            const box = canvas.getBoundingClientRect();
            const [x, y] = {place};
            return [box.x + x, box.y + y];
        }})()"
    ));
    (at[0], at[1])
}

/// The names of the chosen patterns.
pub(super) fn chosen(browser: &mut Chromium) -> Value {
    browser.value("xrd.shown().map((one) => xrd.points.name[one.place.index])")
}

/// Text of a section.
pub(super) fn text(browser: &mut Chromium, id: &str) -> String {
    browser.text(&format!("document.getElementById('{id}').textContent"))
}

/// Adds tables and keys to the report of a study, and makes its page again.
pub(super) fn with_tables(place: &Workplace, tables: &[(&str, String)], keys: &[(&str, Value)]) {
    let mut report: Value = serde_json::from_str(&place.read("out/study.json")).unwrap();
    for (name, table) in tables {
        place.write(&format!("out/{name}"), table);
        report["files"].as_array_mut().unwrap().push(json!(name));
    }
    for (key, value) in keys {
        report[key] = value.clone();
    }
    place.write("out/study.json", &report.to_string());
    place.done("report out");
}
