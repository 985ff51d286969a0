//! Checks of refusals: status 2, one clear line on stderr, and all files unchanged.

use std::process::Command;

use super::workplace::{Run, Workplace};

/// Settings that keep a training tiny.
pub(crate) const TINY: &str = "--hidden 8,4 --epochs 1 --threads 1";

/// The small set, with an earlier output folder, a model and known points.
pub(crate) struct Bench(pub(crate) Workplace);

impl Bench {
    pub(crate) fn new() -> Self {
        let place = Workplace::with_samples();
        place.write("out/study.json", "precious\n");
        place.write("out/generated/p=0.5.xy", "20 1\n");
        place.write("out/foreign.txt", "mine\n");
        Self(place)
    }

    pub(crate) fn with_model() -> Self {
        let bench = Self::new();
        let place = &bench.0;
        place.done(&format!(
            "train --patterns scans {TINY} --out m.safetensors"
        ));
        place.done("encode --model m.safetensors --patterns scans --labels labels.csv");
        bench
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        self.0.write(name, text);
        self
    }

    /// Runs the program and checks the properties of every refusal. The message must contain
    /// `words`.
    pub(crate) fn refuse(&self, arguments: &str, words: &[&str]) {
        self.refuse_run(&mut self.0.command(arguments), arguments, words);
    }

    pub(crate) fn refuse_run(&self, command: &mut Command, arguments: &str, words: &[&str]) {
        let before = self.0.files(".");
        let run = Run::of(command);
        check(&run, arguments, words);
        let after = self.0.files(".");
        let names = |files: &std::collections::BTreeMap<String, _>| -> Vec<String> {
            files.keys().cloned().collect()
        };
        assert_eq!(names(&before), names(&after), "xrd {arguments}");
        assert!(before == after, "xrd {arguments} changed a file");
    }

    /// A study of these files, which must be refused.
    pub(crate) fn refuse_study(&self, patterns: &str, labels: &str, words: &[&str]) {
        let study = format!("study {TINY} --patterns {patterns} --labels {labels} --out out");
        self.refuse(&study, words);
    }
}

fn check(run: &Run, arguments: &str, words: &[&str]) {
    let lines = run.stderr.lines().filter(|l| !l.starts_with("note: "));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(run.status, Some(2), "xrd {arguments}: {}", run.stderr);
    assert_eq!(lines.len(), 1, "xrd {arguments}: {}", run.stderr);
    assert!(
        lines[0].starts_with("xrd: "),
        "xrd {arguments}: {}",
        lines[0]
    );
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    for word in words {
        assert!(lines[0].contains(word), "'{word}' is not in: {}", lines[0]);
    }
}
