//! A temporary folder to run the program in, and small files to run it on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Angles of a pattern.
const POINTS: usize = 60;

/// Patterns of the small set.
pub(crate) const PATTERNS: usize = 24;

/// A temporary folder, gone when dropped.
pub(crate) struct Workplace(tempfile::TempDir);

/// A run of the program that has ended.
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workplace {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with the small set: two peaks, whose positions and heights follow the labels p and q.
    ///
    /// `scans/` contains one file per pattern and `labels.csv` their labels by name, with two repeats
    /// per batch. `matrix.csv` and `order.csv` contain the same without names.
    pub(crate) fn with_samples() -> Self {
        let place = Self::new();
        let mut labels = "name,p,q,batch\n".to_owned();
        let mut matrix = cells((0..POINTS).map(|i| angle(i).to_string()));
        let mut order = "p,q\n".to_owned();
        for k in 0..PATTERNS {
            let (p, q) = labels_of(k);
            place.write(&format!("scans/s{k:02}.xy"), &scan(&pattern(k), 0.0));
            labels += &format!("s{k:02},{p},{q},b{}\n", k / 2);
            order += &format!("{p},{q}\n");
            matrix += &cells(pattern(k).iter().map(f64::to_string));
        }
        place.write("labels.csv", &labels);
        place.write("matrix.csv", &matrix);
        place.write("order.csv", &order);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes one line of a file, counted from 1.
    pub(crate) fn change_line(&self, name: &str, line: usize, change: impl Fn(&str) -> String) {
        let text = self.read(name);
        let lines = text.lines().enumerate();
        let changed = lines.map(|(i, l)| {
            if i + 1 == line {
                change(l)
            } else {
                l.to_owned()
            }
        });
        self.write(name, &(changed.collect::<Vec<_>>().join("\n") + "\n"));
    }

    /// The program in this folder, with arguments that contain no white space.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xrd"));
        command.args(arguments.split_whitespace());
        command.current_dir(self.0.path());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn xrd(&self, arguments: &str) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// Runs the program, which must succeed, and returns its output.
    pub(crate) fn done(&self, arguments: &str) -> String {
        let run = self.xrd(arguments);
        assert_eq!(run.status, Some(0), "xrd {arguments}: {}", run.stderr);
        run.stdout
    }

    /// Runs the program, and interrupts it like Ctrl-C when it has come far enough, or after a minute.
    #[cfg(unix)]
    pub(crate) fn interrupted(&self, arguments: &str, is_far_enough: impl Fn() -> bool) -> Run {
        use std::process::Stdio;
        use std::time::{Duration, Instant};
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let last = Instant::now() + Duration::from_secs(60);
        while !is_far_enough() && child.try_wait().unwrap().is_none() && Instant::now() < last {
            std::thread::sleep(Duration::from_millis(2));
        }
        let pid = child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// Every file below a folder, hidden ones included, and every empty folder.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(folder);
        let mut found = BTreeMap::new();
        collect(&root, &root, &mut found);
        found
    }
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        command.output().unwrap().into()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    let name = |path: &Path| {
        let inside = path.strip_prefix(root).unwrap();
        inside.to_str().unwrap().replace('\\', "/")
    };
    let entries: Vec<_> = fs::read_dir(folder).unwrap().collect();
    if entries.is_empty() {
        found.insert(name(folder) + "/", Vec::new());
    }
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.insert(name(&path), fs::read(&path).unwrap());
        }
    }
}

fn labels_of(k: usize) -> (f64, f64) {
    ((k * 7 % 24) as f64 / 24.0, (k * 5 % 11) as f64 / 11.0)
}

pub(crate) fn angle(i: usize) -> f64 {
    20.0 + 0.5 * i as f64
}

/// The intensities of pattern `k` of the small set.
pub(crate) fn pattern(k: usize) -> Vec<f64> {
    let (p, q) = labels_of(k);
    let peak = |i: usize, at: f64| (-((i as f64 - at) / 3.0).powi(2)).exp();
    let intensity =
        |i| (1.0 + p) * peak(i, 15.0 + 6.0 * p) + (0.5 + q) * peak(i, 40.0 - 3.0 * q) + 0.1;
    (0..POINTS).map(intensity).collect()
}

/// A file of two columns, its angles moved by `shift` degrees.
pub(crate) fn scan(intensities: &[f64], shift: f64) -> String {
    let line = |(i, v)| format!("{} {v}\n", angle(i) + shift);
    intensities.iter().enumerate().map(line).collect()
}

fn cells(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(",") + "\n"
}
