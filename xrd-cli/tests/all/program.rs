//! Standard parts of a program: version, completions, manual pages.

use crate::support::workplace::Workplace;

/// The subcommands that the program's own help lists.
fn subcommands(place: &Workplace) -> Vec<String> {
    let help = place.done("--help");
    let list = help.split("Commands:\n").nth(1).unwrap();
    let lines = list.lines().take_while(|l| !l.is_empty());
    let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let names: Vec<String> = lines.filter(|l| !l.starts_with("   ")).map(first).collect();
    assert!(names.len() > 10, "{help}");
    names
}

#[test]
fn the_version_is_that_of_the_package_and_may_tell_the_commit() {
    let text = Workplace::new().done("--version");
    let rest = text.strip_prefix("xrd ").unwrap().trim_end();
    let commit = rest.strip_prefix(env!("CARGO_PKG_VERSION")).unwrap();
    let hash = commit.strip_prefix(" (").and_then(|c| c.strip_suffix(')'));
    let is_hash = |h: &str| h.len() == 12 && h.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(commit.is_empty() || hash.is_some_and(is_hash), "{text}");
}

#[test]
fn completions_know_every_subcommand_and_option() {
    let place = Workplace::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.done(&format!("completions {shell}"));
        for word in subcommands(&place) {
            assert!(script.contains(&word), "{shell}: {word}");
        }
        // Fish omits the dashes of an option.
        assert!(script.contains("validation-fraction"), "{shell}");
    }
    let run = place.xrd("completions tcsh");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("powershell"), "{}", run.stderr);
}

#[test]
fn there_is_a_manual_page_of_every_subcommand() {
    let place = Workplace::new();
    assert!(place.done("man").contains(".SH SYNOPSIS"));
    place.done("man --out pages");
    for name in subcommands(&place).iter().filter(|n| *n != "help") {
        let page = place.read(&format!("pages/xrd-{name}.1"));
        assert!(page.contains(&format!("xrd\\-{name}")), "{name}");
    }
    let study = place.read("pages/xrd-study.1");
    assert!(study.contains("passes over the training patterns"));
    assert!(place.read("pages/xrd.1").contains("xrd\\-study(1)"));
}
