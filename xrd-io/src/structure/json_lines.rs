use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xrd_core::{Atom, Lattice, Structure};

use super::species;
use crate::error::{Error, Place, Result, shorten};

/// The position of every `STRIDE`-th line is kept in memory.
const STRIDE: usize = 256;

/// File in JSON Lines format with one crystal structure per line.
///
/// ```text
/// {"id": "mp-22862", "cell": [3.99, 3.99, 3.99, 60, 60, 60],
///  "species": ["Na", "Cl"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}
/// ```
///
/// This example is broken into two lines here; in the file, each structure is on one line. The key
/// `cell` holds three lengths in Å and three angles in degrees. The keys `species` and `frac` list
/// all atoms of the cell with their fractional coordinates. A species may have a charge, as in
/// `Fe3+`. The key `id` is optional. A list `occupancy` with one number per atom is also optional.
/// Other keys are ignored.
///
/// The file may have any length, because only the position of every 256th line is kept in memory.
#[derive(Clone, Debug)]
pub struct StructureLines {
    path: PathBuf,
    /// The positions of lines 0, [`STRIDE`], 2·[`STRIDE`], …
    places: Vec<u64>,
    len: usize,
}

/// One line of [`StructureLines`], not yet parsed.
#[derive(Clone, Debug)]
pub struct StructureLine {
    path: PathBuf,
    /// The line number, from 1.
    number: usize,
    text: String,
}

impl StructureLines {
    /// Opens a file and counts its lines. Cost: O(bytes of the file).
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be opened or read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (places, len) = places(path).map_err(|e| Error::io(path, e))?;
        let path = path.to_owned();
        Ok(Self { path, places, len })
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the file has no lines.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads a range of lines. Lines are counted from 0, and lines beyond the end of the file are
    /// ignored.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, or if it has changed and no longer contains these
    /// lines.
    pub fn read(&self, lines: Range<usize>) -> Result<Vec<StructureLine>> {
        let lines = lines.start..lines.end.min(self.len);
        let texts = self.texts(&lines).map_err(|e| Error::io(&self.path, e))?;
        let line = |(i, text)| StructureLine::new(&*self.path, lines.start + i + 1, text);
        Ok(texts.into_iter().enumerate().map(line).collect())
    }

    fn texts(&self, lines: &Range<usize>) -> io::Result<Vec<String>> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let mut file = BufReader::new(File::open(&self.path)?);
        file.seek(SeekFrom::Start(self.places[lines.start / STRIDE]))?;
        let skipped = lines.start % STRIDE;
        let texts: Vec<String> = file
            .lines()
            .skip(skipped)
            .take(lines.len())
            .collect::<io::Result<_>>()?;
        match texts.len() == lines.len() {
            true => Ok(texts),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The position of every [`STRIDE`]th line, and the number of lines.
fn places(path: &Path) -> io::Result<(Vec<u64>, usize)> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let (mut places, mut len, mut place) = (Vec::new(), 0, 0);
    loop {
        if len % STRIDE == 0 {
            places.push(place);
        }
        match file.skip_until(b'\n')? {
            0 => return Ok((places, len)),
            bytes => place += bytes as u64,
        }
        len += 1;
    }
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    cell: [f64; 6],
    #[serde(borrow)]
    species: Vec<Cow<'a, str>>,
    frac: Vec<[f64; 3]>,
    #[serde(default)]
    occupancy: Option<Vec<f64>>,
}

/// Texts and numbers about a structure that stand beside its atoms in a line of [`StructureLines`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StructureFacts {
    /// Identifier: the key `id`.
    pub id: Option<String>,
    /// Name, such as that of a mineral: the key `name`.
    pub name: Option<String>,
    /// Chemical formula: the key `formula`.
    pub formula: Option<String>,
    /// Number of the space group: the key `sg`.
    #[serde(rename = "sg")]
    pub space_group: Option<u16>,
}

impl StructureLine {
    /// Creates a line from a text of any source. Error messages state the path and the line number.
    /// The argument `number` is the line number, counted from 1.
    pub fn new(path: impl Into<PathBuf>, number: usize, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            number,
            text: text.into(),
        }
    }

    /// The line number in the file, counted from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The text of the line. Keys that this crate ignores can be read from it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Parses the structure and, if it is present, its `id`.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line number if the JSON is invalid, a species is unknown,
    /// lists differ in length, or the structure is impossible.
    pub fn parse(&self) -> Result<(Option<String>, Structure)> {
        let record: Record = serde_json::from_str(&self.text).map_err(|e| {
            // The parser counts lines from this one, so its position is replaced by that in the
            // file.
            let message = e.to_string();
            let reason = message.split(" at line ").next().unwrap_or_default();
            self.malformed(reason.to_owned(), "a structure as JSON")
        })?;
        let atoms = record.species.len();
        self.same_length("frac", record.frac.len(), atoms)?;
        let occupancy = record.occupancy.unwrap_or_else(|| vec![1.0; atoms]);
        self.same_length("occupancy", occupancy.len(), atoms)?;
        let sites = record.species.iter().zip(record.frac).zip(occupancy);
        let atoms = sites.map(|((symbol, position), occupancy)| {
            Ok(Atom {
                species: self.species(symbol)?,
                position,
                occupancy,
                displacement: None,
            })
        });
        let atoms = atoms.collect::<Result<Vec<_>>>()?;
        let [a, b, c, alpha, beta, gamma] = record.cell;
        let structure = Lattice::from_parameters(a, b, c, alpha, beta, gamma)
            .and_then(|lattice| Structure::new(lattice, atoms));
        let invalid = |e: xrd_core::Error| self.malformed(e.to_string(), "a crystal structure");
        Ok((record.id.map(Cow::into_owned), structure.map_err(invalid)?))
    }

    /// Reads the texts and numbers beside the atoms. The atoms are not checked.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line number if the JSON is invalid, or one of these keys has a value of
    /// another type.
    pub fn facts(&self) -> Result<StructureFacts> {
        serde_json::from_str(&self.text).map_err(|e| {
            let message = e.to_string();
            let reason = message.split(" at line ").next().unwrap_or_default();
            self.malformed(
                reason.to_owned(),
                "id, name and formula as text, sg as a number",
            )
        })
    }

    fn species(&self, symbol: &str) -> Result<xrd_core::Species> {
        match &species::of_type(symbol)[..] {
            [(reading, _)] => Ok(reading.species),
            _ => Err(self.malformed(
                format!("species '{}'", shorten(symbol)),
                "the symbol of an element",
            )),
        }
    }

    fn same_length(&self, what: &str, found: usize, atoms: usize) -> Result<()> {
        if found == atoms {
            return Ok(());
        }
        Err(self.malformed(
            format!("{found} entries of {what}"),
            &format!("{atoms}, one per species"),
        ))
    }

    fn malformed(&self, found: String, expected: &str) -> Error {
        Error::malformed(&self.path, Place::Line(self.number), found, expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_beside_the_atoms_are_read() {
        let facts = |text: &str| StructureLine::new("a.jsonl", 7, text).facts();
        let found =
            facts(r#"{"id": "x-1", "name": "Galena", "sg": 225, "cell": "ignored"}"#).unwrap();
        assert_eq!(found.id.as_deref(), Some("x-1"));
        assert_eq!(found.name.as_deref(), Some("Galena"));
        assert_eq!((found.formula, found.space_group), (None, Some(225)));
        assert_eq!(facts("{}").unwrap(), StructureFacts::default());
        let error = facts(r#"{"sg": "Fm-3m"}"#).unwrap_err().to_string();
        assert!(
            error.contains('7') && error.contains("sg as a number"),
            "{error}"
        );
    }

    fn file(text: &str) -> (tempfile::TempDir, StructureLines) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, text).unwrap();
        let lines = StructureLines::open(&path).unwrap();
        (folder, lines)
    }

    fn caesium(id: usize) -> String {
        format!(
            r#"{{"id": "{id}", "sg": 221, "cell": [4, 4, 4, 90, 90, 90], "species": ["Cs", "Cl-"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}}"#
        )
    }

    #[test]
    fn any_range_of_lines_is_read() {
        let text: Vec<String> = (0..700).map(caesium).collect();
        for end in ["", "\n", "\r\n"] {
            let (_folder, lines) = file(&(text.join("\n") + end));
            assert_eq!(lines.len(), 700);
            for range in [0..1, 255..258, 256..256, 699..700, 690..800, 800..900] {
                let read = lines.read(range.clone()).unwrap();
                let names: Vec<String> =
                    read.iter().map(|l| l.parse().unwrap().0.unwrap()).collect();
                let expected = range.start.min(700)..range.end.min(700);
                let expected: Vec<String> = expected.map(|i| i.to_string()).collect();
                assert_eq!(names, expected);
            }
        }
        let (_folder, none) = file("");
        assert!(none.is_empty() && none.read(0..5).unwrap().is_empty());
    }

    #[test]
    fn atoms_are_as_written() {
        let (_folder, lines) = file(
            r#"{"cell": [4, 4, 5, 90, 90, 120], "species": ["Fe3+"], "frac": [[0.1, 0.2, 0.3]], "occupancy": [0.5]}"#,
        );
        let (name, structure) = lines.read(0..1).unwrap()[0].parse().unwrap();
        assert_eq!(name, None);
        let atom = structure.atoms()[0];
        assert_eq!(atom.species.to_string(), "Fe3+");
        assert_eq!((atom.position, atom.occupancy), ([0.1, 0.2, 0.3], 0.5));
        assert!((structure.lattice().volume() - 80.0 * 0.75f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_structure_is_refused_with_its_line() {
        let good = caesium(1);
        let bad = [
            ("", "EOF"),
            ("{", "EOF"),
            ("[1, 2]", "invalid type"),
            (&good.replace("Cl-", "Xx"), "species 'Xx'"),
            (
                &good.replace("[0, 0, 0], ", ""),
                "1 entries of frac (expected 2",
            ),
            (&good.replace("[4, 4,", "[4, 0,"), "cell length is 0"),
            (
                &good.replace("[4, 4, 4, 90", "[4, 4, 4, 181"),
                "cell angle is 181",
            ),
            (&good.replace("0.5", "1e999"), "number out of range"),
            (
                &good.replace("\"sg\": 221", "\"occupancy\": [1]"),
                "1 entries of occupancy",
            ),
            (
                &good.replace("\"sg\": 221", "\"occupancy\": [1, 2]"),
                "occupancy is 2",
            ),
            (
                &good
                    .replace("[\"Cs\", \"Cl-\"]", "[]")
                    .replace("[[0, 0, 0], [0.5, 0.5, 0.5]]", "[]"),
                "no atoms",
            ),
        ];
        for (text, expected) in bad {
            let (_folder, lines) = file(&format!("{good}\n{text}\n"));
            let message = lines.read(1..2).unwrap()[0]
                .parse()
                .unwrap_err()
                .to_string();
            assert!(message.contains("a.jsonl: line 2: "), "{message}");
            assert!(message.contains(expected), "{message} lacks {expected}");
        }
    }

    #[test]
    fn a_file_that_shrank_is_an_error() {
        let (folder, lines) = file(&[caesium(1), caesium(2)].join("\n"));
        std::fs::write(folder.path().join("a.jsonl"), caesium(1)).unwrap();
        assert!(matches!(lines.read(0..2), Err(Error::Io { .. })));
        assert!(StructureLines::open(folder.path().join("none")).is_err());
    }
}
