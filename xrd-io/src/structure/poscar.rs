//! POSCAR and CONTCAR files of VASP: one cell with all its atoms.
//!
//! ```text
//! comment
//! 1.0                    factor of all lengths; negative: the volume in Å³; three: of x, y, z
//!  5.64 0.0 0.0          the cell vectors as rows
//!  0.0 5.64 0.0
//!  0.0 0.0 5.64
//!  Na Cl                 elements; VASP 4 leaves this line out, and the comment may name them
//!  4  4                  number of atoms of each
//! Selective dynamics     optional
//! Direct                 or Fractional, or Cartesian: any line that starts with c, C, k or K
//!  0.0 0.0 0.0 T T T     an atom; text after three numbers is ignored
//! ```
//!
//! Text after the scale factor, the elements and the counts is a comment.
//!
//! Source: the VASP manual, "POSCAR" and "CONTCAR".

use std::path::Path;

use xrd_core::Lattice;

use super::MOST_ATOMS;
use super::cell::into_cell;
use super::crystal::{Crystal, Image, Site, SpaceGroup, SymmetrySource};
use super::species::{self, Reading};
use crate::error::{Error, Place, Result, shorten};

/// Whether a text starts like a POSCAR: a scale factor, a cell and counts.
pub(super) fn recognises(text: &str) -> bool {
    let mut lines = text.lines().skip(1);
    let mut are_numbers = |counts: &[usize]| {
        let line = lines.next().unwrap_or_default();
        counts.contains(&leading_numbers(line).len())
    };
    let head = are_numbers(&[1, 3]) && (0..3).all(|_| are_numbers(&[3]));
    head && lines.take(2).any(|line| counts(line).is_some())
}

/// The crystal of a POSCAR.
pub(super) fn read(path: &Path, text: &str) -> Result<Crystal> {
    let mut lines = Lines {
        path,
        lines: text.lines(),
        number: 0,
    };
    let comment = lines.next("a comment")?.trim();
    let (lattice, scale) = cell(&mut lines)?;
    let (readings, counts) = kinds(&mut lines, comment)?;
    let cartesian = lines.coordinates_are_cartesian()?;
    let mut sites = Vec::new();
    for (reading, count) in readings.iter().zip(counts) {
        for i in 1..=count {
            let [x, y, z] = lines.three_numbers("the coordinates of an atom")?;
            let position = match cartesian {
                true => lattice.fractional([x * scale[0], y * scale[1], z * scale[2]]),
                false => [x, y, z],
            };
            sites.push(site(reading, i, position));
        }
    }
    Ok(crystal(path, comment, lattice, sites))
}

/// The lattice, and the scale factors of Cartesian coordinates.
fn cell(lines: &mut Lines) -> Result<(Lattice, [f64; 3])> {
    let factors = leading_numbers(lines.next("a factor")?);
    let mut vectors = [[0.0; 3]; 3];
    for vector in &mut vectors {
        *vector = lines.three_numbers("a cell vector")?;
    }
    let invalid = |e| Error::invalid(lines.path, e);
    let volume = Lattice::from_vectors(vectors).map_err(invalid)?.volume();
    let scale = match *factors {
        [x, y, z, ..] => [x, y, z],
        [volume_wanted, ..] if volume_wanted < 0.0 => [(-volume_wanted / volume).cbrt(); 3],
        [factor, ..] => [factor; 3],
        [] => [1.0; 3],
    };
    let scaled = vectors.map(|v| [0, 1, 2].map(|i| v[i] * scale[i]));
    let lattice = Lattice::from_vectors(scaled).map_err(invalid)?;
    Ok((lattice, scale))
}

/// The elements and the number of atoms of each.
fn kinds(lines: &mut Lines, comment: &str) -> Result<(Vec<Reading>, Vec<usize>)> {
    let mut line = lines.next("elements or counts")?;
    let mut symbols = comment;
    if counts(line).is_none() {
        symbols = line;
        line = lines.next("how many atoms there are of each element")?;
    }
    let Some(counts) = counts(line) else {
        let found = format!("'{}'", shorten(line.trim()));
        return Err(lines.malformed(found, "how many atoms there are of each element"));
    };
    let most = counts.iter().try_fold(0usize, |sum, c| sum.checked_add(*c));
    if most.is_none_or(|sum| sum > MOST_ATOMS) {
        let found = format!("counts '{}'", shorten(line.trim()));
        return Err(lines.malformed(found, "at most 100,000 atoms"));
    }
    let symbols = symbols.split(['!', '#']).next().unwrap_or_default();
    let reading = |word: &str| match species::of_type(word).as_slice() {
        [(reading, _)] => Some(reading.clone()),
        _ => None,
    };
    let readings: Option<Vec<_>> = symbols.split_whitespace().map(reading).collect();
    match readings {
        Some(readings) if readings.len() == counts.len() => Ok((readings, counts)),
        _ => {
            let found = format!("'{}' for {} counts", shorten(symbols.trim()), counts.len());
            Err(lines.malformed(found, "the symbol of the element of each"))
        }
    }
}

/// The whole numbers of a line, up to a comment that starts with a letter or a mark.
fn counts(line: &str) -> Option<Vec<usize>> {
    let is_number = |w: &&str| w.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let words = line.split_whitespace().take_while(is_number);
    let counts: Option<Vec<usize>> = words.map(|w| w.parse().ok()).collect();
    counts.filter(|c| !c.is_empty())
}

fn site(reading: &Reading, number: usize, position: [f64; 3]) -> Site {
    Site {
        label: format!("{}{number}", reading.symbol),
        species: Some(reading.species),
        symbol: reading.symbol.to_owned(),
        position: Some(position),
        occupancy: 1.0,
        displacement: None,
        disorder: None,
        multiplicity: 1,
    }
}

fn crystal(path: &Path, comment: &str, lattice: Lattice, sites: Vec<Site>) -> Crystal {
    let placed = sites.iter().enumerate();
    let images = placed.filter_map(|(index, site)| {
        let position = site.position?.map(into_cell);
        Some(Image {
            site: index,
            position,
            displacement: None,
        })
    });
    Crystal {
        path: path.to_owned(),
        name: comment.to_owned(),
        formula: None,
        lattice: Some(lattice),
        space_group: SpaceGroup {
            name: None,
            number: None,
            operations: 1,
            source: SymmetrySource::None,
        },
        images: images.collect(),
        sites,
        warnings: Vec::new(),
        obstacle: None,
    }
}

/// The lines of a text with their numbers.
struct Lines<'a> {
    path: &'a Path,
    lines: std::str::Lines<'a>,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self, expected: &str) -> Result<&'a str> {
        self.number += 1;
        let line = self.lines.next();
        line.ok_or_else(|| self.malformed("the end of the file".to_owned(), expected))
    }

    fn three_numbers(&mut self, expected: &str) -> Result<[f64; 3]> {
        let line = self.next(expected)?;
        match *leading_numbers(line) {
            [x, y, z, ..] => Ok([x, y, z]),
            _ => Err(self.malformed(format!("'{}'", shorten(line.trim())), expected)),
        }
    }

    fn coordinates_are_cartesian(&mut self) -> Result<bool> {
        let expected = "'Direct' or 'Cartesian'";
        let mut line = self.next(expected)?.trim_start();
        if line.starts_with(['S', 's']) {
            line = self.next(expected)?.trim_start();
        }
        match line.starts_with(['C', 'c', 'K', 'k']) {
            false if !line.starts_with(['D', 'd', 'F', 'f']) => {
                Err(self.malformed(format!("'{}'", shorten(line)), expected))
            }
            cartesian => Ok(cartesian),
        }
    }

    fn malformed(&self, found: String, expected: &str) -> Error {
        Error::malformed(self.path, Place::Line(self.number), found, expected)
    }
}

/// The finite numbers at the start of a line.
fn leading_numbers(line: &str) -> Vec<f64> {
    let number = |word: &str| crate::number::parse(word, false).filter(|v| v.is_finite());
    line.split_whitespace().map_while(number).collect()
}
