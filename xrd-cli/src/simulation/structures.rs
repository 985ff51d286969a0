//! Sources of structures: files, folders of files, and JSON lines.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use xrd_core::Structure;
use xrd_io::{Crystal, StructureFacts, StructureLine, StructureLines, read_crystals};

use crate::structure_file::{is_named_so, name_of};

/// A list of structures in a fixed order. They are read when they are needed.
pub(crate) struct StructureList {
    files: Vec<PathBuf>,
    contents: Vec<Content>,
    /// The position in the list of the first structure of each file.
    starts: Vec<usize>,
    len: usize,
    /// New names of structures that have the name of an earlier one, by their positions.
    renamed: HashMap<usize, String>,
}

enum Content {
    One,
    Lines(StructureLines),
}

/// An entry of the list.
pub(crate) struct Entry {
    place: Place,
    /// The name in place of its own.
    renamed: Option<String>,
}

enum Place {
    File(PathBuf),
    /// A line of a file with one structure per line.
    Line(PathBuf, StructureLine),
}

/// A structure that was read, or the error of reading it.
pub(crate) struct ReadStructure {
    /// Its name, also if it cannot be read.
    pub(crate) name: String,
    /// The file and the line in it.
    pub(crate) source: String,
    pub(crate) structure: Result<Structure, xrd_io::Error>,
    /// Notes about the file.
    pub(crate) notes: Vec<String>,
    /// Name, formula and space group where the file states them.
    pub(crate) facts: StructureFacts,
}

impl StructureList {
    /// Lists the structures of files (CIF, POSCAR, JSON lines) and folders, in the given order. The
    /// files of a folder are sorted by name.
    pub(crate) fn open(paths: &[PathBuf]) -> Result<Self> {
        let mut list = Self {
            files: Vec::new(),
            contents: Vec::new(),
            starts: Vec::new(),
            len: 0,
            renamed: HashMap::new(),
        };
        for path in paths {
            match path.is_dir() {
                true => files_of(path)?.iter().try_for_each(|f| list.add(f))?,
                false => list.add(path)?,
            }
        }
        Ok(list)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let (content, len) = match is_json_lines(path) {
            true => {
                let lines = StructureLines::open(path)?;
                let len = lines.len();
                (Content::Lines(lines), len)
            }
            false => (Content::One, 1),
        };
        self.files.push(path.to_owned());
        self.contents.push(content);
        self.starts.push(self.len);
        self.len += len;
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The list with names that occur once: "a", "a (2)". A note names the first that is renamed.
    /// Refuses a file that is listed twice.
    pub(crate) fn with_unique_names(mut self) -> Result<Self> {
        const CHUNK: usize = 4096;
        let mut paths = HashSet::new();
        for file in &self.files {
            if !paths.insert(file.canonicalize().unwrap_or_else(|_| file.clone())) {
                bail!(
                    "{} is given twice (expected different files)",
                    file.display()
                );
            }
        }
        let mut taken = HashSet::new();
        let mut first = None;
        for start in (0..self.len).step_by(CHUNK) {
            let entries = self.read(start..(start + CHUNK).min(self.len))?;
            let names: Vec<String> = entries.par_iter().map(Entry::stated_name).collect();
            for ((place, entry), name) in (start..).zip(&entries).zip(names) {
                if taken.insert(name.clone()) {
                    continue;
                }
                let numbered = (2..).map(|n| format!("{name} ({n})"));
                let new = numbered.into_iter().find(|new| taken.insert(new.clone()));
                let new = new.unwrap_or_default();
                first.get_or_insert_with(|| format!("that of {} is now '{new}'", entry.source()));
                self.renamed.insert(place, new);
            }
        }
        if let Some(first) = first {
            let count = self.renamed.len();
            eprintln!("note: {count} names of structures occur before, and are numbered: {first}");
        }
        Ok(self)
    }

    /// Whether a file has one structure per line.
    pub(crate) fn has_lines(&self) -> bool {
        self.contents.iter().any(|c| matches!(c, Content::Lines(_)))
    }

    /// The entries at these positions.
    pub(crate) fn read(&self, places: Range<usize>) -> Result<Vec<Entry>> {
        let mut entries = Vec::with_capacity(places.len());
        let first = self.starts.partition_point(|s| *s <= places.start).max(1) - 1;
        for i in first..self.files.len() {
            let start = self.starts[i];
            if start >= places.end {
                break;
            }
            let file = &self.files[i];
            match &self.contents[i] {
                Content::One => entries.push(self.entry(start, Place::File(file.clone()))),
                Content::Lines(lines) => {
                    let within = places.start.saturating_sub(start)..places.end - start;
                    let first = start + within.start;
                    let entry = |(i, line)| self.entry(first + i, Place::Line(file.clone(), line));
                    entries.extend(lines.read(within)?.into_iter().enumerate().map(entry));
                }
            }
        }
        Ok(entries)
    }

    fn entry(&self, position: usize, place: Place) -> Entry {
        Entry {
            place,
            renamed: self.renamed.get(&position).cloned(),
        }
    }
}

impl Entry {
    pub(crate) fn read(&self) -> ReadStructure {
        let mut read = match &self.place {
            Place::File(path) => {
                let (structure, notes, facts) = read_file(path);
                ReadStructure {
                    name: name_of(path),
                    source: self.source(),
                    structure,
                    notes,
                    facts,
                }
            }
            Place::Line(_, line) => {
                let (name, structure) = line.parse().map_or_else(
                    |error| (None, Err(error)),
                    |(name, structure)| (name, Ok(structure)),
                );
                ReadStructure {
                    name: name.unwrap_or_else(|| format!("line-{}", line.number())),
                    source: self.source(),
                    structure,
                    notes: Vec::new(),
                    facts: line.facts().unwrap_or_default(),
                }
            }
        };
        if let Some(name) = &self.renamed {
            read.name.clone_from(name);
        }
        read
    }

    /// The facts beside the atoms of a line; none for a file with one structure.
    pub(crate) fn facts_of_line(&self) -> Result<StructureFacts, xrd_io::Error> {
        match &self.place {
            Place::File(_) => Ok(StructureFacts::default()),
            Place::Line(_, line) => line.facts(),
        }
    }

    /// The name that the file states. The structure is not read.
    fn stated_name(&self) -> String {
        match &self.place {
            Place::File(path) => name_of(path),
            Place::Line(_, line) => {
                let id = line.facts().ok().and_then(|facts| facts.id);
                id.unwrap_or_else(|| format!("line-{}", line.number()))
            }
        }
    }

    /// The file, and the line in it.
    fn source(&self) -> String {
        match &self.place {
            Place::File(path) => path.display().to_string(),
            Place::Line(path, line) => format!("{}: line {}", path.display(), line.number()),
        }
    }
}

/// The first complete structure of a file, as `read_structure` returns it, and notes about it: each
/// warning once, and the number of structures in the file if there are several.
fn read_file(
    path: &Path,
) -> (
    Result<Structure, xrd_io::Error>,
    Vec<String>,
    StructureFacts,
) {
    let crystals = match read_crystals(path) {
        Ok(crystals) => crystals,
        Err(error) => return (Err(error), Vec::new(), StructureFacts::default()),
    };
    let mut structures = crystals.iter().map(Crystal::structure);
    let Some(place) = structures.position(|s| s.is_ok()) else {
        // The error of the first structure says what is missing.
        let first = crystals.first().map(Crystal::structure);
        return (
            first.unwrap_or_else(|| xrd_io::read_structure(path)),
            Vec::new(),
            StructureFacts::default(),
        );
    };
    let taken = &crystals[place];
    let mut notes = Vec::new();
    if crystals.len() > 1 {
        let (count, name) = (crystals.len(), taken.name());
        notes.push(format!("used '{name}', one of {count} structures"));
    }
    for warning in taken.warnings() {
        if !notes.contains(warning) {
            notes.push(warning.clone());
        }
    }
    let named = notes
        .iter()
        .map(|note| format!("{}: {note}", path.display()));
    let mut facts = StructureFacts::default();
    facts.name = Some(taken.name().to_owned());
    facts.formula = taken.formula().map(str::to_owned);
    facts.space_group = taken.space_group().number.map(u16::from);
    (taken.structure(), named.collect(), facts)
}

fn is_json_lines(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson")
}

/// The structure files of a folder in order of name, without hidden ones.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let named = || folder.display().to_string();
    let entries = std::fs::read_dir(folder).with_context(named)?;
    let paths = entries.map(|e| Ok(e.with_context(named)?.path()));
    let mut files = paths.collect::<Result<Vec<PathBuf>>>()?;
    let is_hidden = |f: &Path| {
        let name = f.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with('.')
    };
    files.retain(|f| !is_hidden(f) && (is_named_so(f) || is_json_lines(f)) && f.is_file());
    files.sort();
    if files.is_empty() {
        bail!(
            "{}: no structures (expected .cif, POSCAR or .jsonl files)",
            named()
        );
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_range_of_a_mixed_list_is_read() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = place.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let lines = |n: usize| "x\n".repeat(n);
        let one = write("b.cif", "");
        let three = write("a.jsonl", &lines(3));
        write("notes.txt", "");
        write("POSCAR_1", "");
        write("._b.cif", "");
        let list =
            StructureList::open(&[one.clone(), three, one, place.path().to_owned()]).unwrap();
        // b, three lines, b, and of the folder: POSCAR_1, three lines, b.
        let all = [
            "b", "line-1", "line-2", "line-3", "b", "POSCAR_1", "line-1", "line-2", "line-3", "b",
        ];
        assert_eq!(list.len(), all.len());
        assert!(list.has_lines());
        for start in 0..all.len() {
            for end in start..=all.len() {
                let names: Vec<String> = list
                    .read(start..end)
                    .unwrap()
                    .iter()
                    .map(|e| e.read().name)
                    .collect();
                assert_eq!(names, all[start..end], "{start}..{end}");
            }
        }
        let empty = tempfile::tempdir().unwrap();
        assert!(StructureList::open(&[empty.path().to_owned()]).is_err());
    }
}
