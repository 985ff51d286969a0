//! Checks and random numbers for tests of figures.

/// A linear congruential generator (Knuth's MMIX constants); enough to vary test data.
pub(crate) struct Lcg(u64);

impl Lcg {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Panics unless the file is well-formed XML and every number in it is finite.
pub(crate) fn assert_sound(file: &str) {
    for word in ["NaN", "inf", "--"] {
        assert!(!file.contains(word), "{word}: {file}");
    }
    if let Err(problem) = well_formed(file) {
        panic!("{problem}");
    }
}

/// Checks that tags are balanced, attributes are quoted and unique, and `&` starts an entity.
fn well_formed(file: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = file.trim_end();
    while let Some((text, tail)) = rest.split_once('<') {
        check_text(text)?;
        let (tag, tail) = tail.split_once('>').ok_or("unclosed tag")?;
        if let Some(name) = tag.strip_prefix('/') {
            let opened = open.pop().ok_or("too many closing tags")?;
            if opened != name {
                return Err(format!("<{opened}> closed by </{name}>"));
            }
        } else {
            let name = check_attributes(tag.trim_end_matches('/'))?;
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        if open.is_empty() && !tail.is_empty() {
            return Err(format!("text after the root: {tail}"));
        }
        rest = tail;
    }
    match (open.is_empty(), rest) {
        (true, "") => Ok(()),
        _ => Err(format!("left open: {open:?} {rest}")),
    }
}

fn check_attributes(tag: &str) -> Result<&str, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut seen = std::collections::BTreeSet::new();
    while let Some((key, tail)) = rest.trim_start().split_once("=\"") {
        let (value, tail) = tail.split_once('"').ok_or("unclosed attribute")?;
        check_text(value)?;
        if key.contains([' ', '"']) || !seen.insert(key) {
            return Err(format!("attribute {key} in <{tag}>"));
        }
        rest = tail;
    }
    if !rest.trim().is_empty() {
        return Err(format!("{rest} in <{tag}>"));
    }
    Ok(name)
}

fn check_text(text: &str) -> Result<(), String> {
    for after in text.split('&').skip(1) {
        let entity = after.split(';').next().unwrap_or("");
        if !["amp", "lt", "gt", "quot", "#39"].contains(&entity) {
            return Err(format!("entity &{entity}"));
        }
    }
    match text.contains('>') {
        true => Err(format!("stray > in {text}")),
        false => Ok(()),
    }
}

#[test]
fn the_checker_refuses_what_is_not_well_formed() {
    assert_eq!(well_formed("<a x=\"1\"><b/>t &amp; u</a>"), Ok(()));
    for bad in [
        "<a>",
        "<a></b>",
        "</a>",
        "<a x=\"1\" x=\"2\"/>",
        "<a x=1/>",
        "<a>x & y</a>",
        "<a/><b/>",
        "<a>b>c</a>",
    ] {
        assert!(well_formed(bad).is_err(), "{bad}");
    }
}
