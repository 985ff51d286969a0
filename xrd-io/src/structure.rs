use std::path::Path;

use xrd_core::{Atom, Element, Lattice, Structure};

use crate::cif::{self, Block, Value};
use crate::error::{Error, Place, Result, shorten};
use crate::source::Source;
use crate::symmetry::{Operation, SpaceGroup};

mod sites;

/// Images of one site closer than this, in Å, are one atom on a special position: far above the
/// rounding of coordinates such as 0.3333, far below any bond.
const SAME_ATOM_ANGSTROM: f64 = 0.05;

/// More operations than this are no space group's, whatever its cell.
const MOST_OPERATIONS: usize = 1024;

/// Reads a crystal structure from a CIF: the first data block that has atoms.
///
/// The atoms of the file are multiplied by its symmetry operations, where it lists none by those
/// of its space group (Hall symbol, else Hermann-Mauguin symbol, else number; where these leave
/// the setting open, the standard one: unique axis b, cell choice 1, origin choice 2, and for
/// rhombohedral groups the axes that the cell has). Images closer than 0.05 Å to each other are
/// one atom. Displacements B become U = B/8π²; anisotropic ones alone count as unknown. An
/// occupancy not stated is 1. Atoms flagged as dummies are left out.
///
/// O(operations² · sites).
///
/// # Example
/// ```
/// let cif = "data_caesium_chloride
/// _cell_length_a 4.12 _cell_length_b 4.12 _cell_length_c 4.12
/// _cell_angle_alpha 90 _cell_angle_beta 90 _cell_angle_gamma 90
/// _space_group_IT_number 221
/// loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
/// Cs1 0 0 0
/// Cl1 0.5 0.5 0.5
/// ";
/// let path = std::env::temp_dir().join(format!("xrd-io-{}.cif", std::process::id()));
/// std::fs::write(&path, cif)?;
/// let structure = xrd_io::read_structure(&path)?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(structure.atoms().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Io`]; [`Error::Malformed`] with its line for what is missing or broken: no atoms, no
/// cell, no symmetry, an unknown element, an atom without coordinates; [`Error::Unsupported`] for
/// a magnetic or modulated structure.
pub fn read_structure(path: impl AsRef<Path>) -> Result<Structure> {
    let path = path.as_ref();
    parse(&Source::open(path)?)
}

fn parse(source: &Source) -> Result<Structure> {
    let blocks = cif::parse(source.require_text()?);
    let path = source.path;
    let has_atoms = |block: &&Block| block.column("_atom_site_fract_x").is_some();
    let Some(block) = blocks.iter().find(has_atoms) else {
        let found = match blocks.is_empty() {
            true => "no data block",
            false => "no atoms with fractional coordinates",
        };
        return Err(Error::malformed(
            path,
            Place::File,
            found,
            "a CIF of a crystal structure",
        ));
    };
    let reader = Reader { path, block };
    reader.refuse_unsupported()?;
    let (lattice, rhombohedral_axes) = reader.cell()?;
    let operations = reader.operations(rhombohedral_axes)?;
    let mut atoms = Vec::new();
    for site in sites::read(&reader)? {
        expand(&site, &operations, &lattice, &mut atoms);
    }
    Structure::new(lattice, atoms).map_err(|e| Error::invalid(path, e))
}

/// A block, and the file to name in errors.
struct Reader<'a> {
    path: &'a Path,
    block: &'a Block<'a>,
}

impl Reader<'_> {
    fn refuse_unsupported(&self) -> Result<()> {
        let kinds = [
            ("_atom_site_moment", "a magnetic structure"),
            ("_space_group_magn", "a magnetic structure"),
            ("_cell_modulation", "a modulated structure"),
            ("_space_group_ssg", "a modulated structure"),
        ];
        match kinds.iter().find(|(tag, _)| self.block.has_prefix(tag)) {
            None => Ok(()),
            Some((_, what)) => Err(Error::Unsupported {
                path: self.path.to_owned(),
                what: (*what).to_owned(),
                expected: "one with a space group of three dimensions".to_owned(),
            }),
        }
    }

    fn malformed(&self, line: usize, found: String, expected: &str) -> Error {
        Error::malformed(self.path, Place::Line(line), found, expected)
    }

    /// The number of a value, without the uncertainty of its last digits: 0.1234(5).
    fn number(&self, value: Value, what: &str) -> Result<f64> {
        let text = value.known().unwrap_or(value.text);
        let digits = text.split('(').next().unwrap_or_default();
        let number = digits.parse::<f64>().ok().filter(|v| v.is_finite());
        number.ok_or_else(|| {
            let found = format!("{what} is '{}'", shorten(value.text));
            self.malformed(value.line, found, "a number")
        })
    }

    /// The cell, and whether it has rhombohedral axes.
    fn cell(&self) -> Result<(Lattice, bool)> {
        let [a, b, c] = ["_cell_length_a", "_cell_length_b", "_cell_length_c"].map(|tag| {
            let missing =
                || Error::malformed(self.path, Place::File, format!("no {tag}"), "a cell");
            self.number(self.block.any(&[tag]).ok_or_else(missing)?, tag)
        });
        let [alpha, beta, gamma] = ["_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma"]
            // The dictionary's default of an angle that is not given is 90.
            .map(|tag| {
                self.block
                    .value(tag)
                    .map_or(Ok(90.0), |v| self.number(v, tag))
            });
        let (a, b, c, alpha, beta, gamma) = (a?, b?, c?, alpha?, beta?, gamma?);
        let lattice = Lattice::from_parameters(a, b, c, alpha, beta, gamma);
        let near = |x: f64, y: f64| (x - y).abs() < 1e-3 * x.abs();
        let rhombohedral = near(a, b) && near(b, c) && near(alpha, beta) && near(beta, gamma);
        Ok((
            lattice.map_err(|e| Error::invalid(self.path, e))?,
            rhombohedral,
        ))
    }

    fn operations(&self, rhombohedral_axes: bool) -> Result<Vec<Operation>> {
        const TAGS: [&str; 2] = [
            "_space_group_symop_operation_xyz",
            "_symmetry_equiv_pos_as_xyz",
        ];
        let listed = TAGS
            .iter()
            .find_map(|tag| Some((tag, self.block.column(tag)?)));
        let listed = listed.filter(|(_, v)| v.iter().any(|v| v.known().is_some()));
        let Some((tag, values)) = listed else {
            return self.operations_of_group(rhombohedral_axes);
        };
        if let Some(line) = self.block.ragged(tag) {
            return Err(self.malformed(line, "a ragged loop of operations".into(), "whole rows"));
        }
        if values.len() > MOST_OPERATIONS {
            let found = format!("{} symmetry operations", values.len());
            return Err(self.malformed(values[0].line, found, "at most 1024"));
        }
        let parse = |value: &Value| {
            let found = || format!("'{}'", shorten(value.text));
            Operation::parse(value.text)
                .ok_or_else(|| self.malformed(value.line, found(), "a symmetry operation"))
        };
        values.iter().map(parse).collect()
    }

    fn operations_of_group(&self, rhombohedral_axes: bool) -> Result<Vec<Operation>> {
        let known = |tags: &[&str]| self.block.any(tags).and_then(Value::known);
        let number = known(&["_space_group_it_number", "_symmetry_int_tables_number"]);
        let group = SpaceGroup {
            hall: known(&["_space_group_name_hall", "_symmetry_space_group_name_hall"]),
            hermann_mauguin: known(&[
                "_space_group_name_h-m_alt",
                "_symmetry_space_group_name_h-m",
                "_space_group_name_h-m_full",
                "_space_group_name_h-m_ref",
            ]),
            number: number.and_then(|n| n.parse().ok()),
            rhombohedral_axes,
        };
        group.operations().ok_or_else(|| {
            let name = group.hermann_mauguin.or(number).map(shorten);
            let found = match name {
                Some(name) => format!("no symmetry operations and a space group '{name}'"),
                None => "neither symmetry operations nor a space group".to_owned(),
            };
            Error::malformed(
                self.path,
                Place::File,
                found,
                "one of the 230 groups by name",
            )
        })
    }
}

/// Adds the images of a site, those that coincide once.
fn expand(site: &Atom, operations: &[Operation], lattice: &Lattice, atoms: &mut Vec<Atom>) {
    let first = atoms.len();
    for operation in operations {
        let position = operation.apply(site.position).map(into_cell);
        let same = |atom: &Atom| distance(lattice, atom.position, position) < SAME_ATOM_ANGSTROM;
        if !atoms[first..].iter().any(same) {
            atoms.push(Atom { position, ..*site });
        }
    }
}

/// The coordinate in 0 <= x < 1, with rounding noise below 1 counted as 0.
fn into_cell(x: f64) -> f64 {
    let x = x.rem_euclid(1.0);
    if x > 1.0 - 1e-9 { 0.0 } else { x }
}

/// The distance in Å to the image of `b` in the cell nearest in fractional coordinates: right
/// where it is small.
fn distance(lattice: &Lattice, a: [f64; 3], b: [f64; 3]) -> f64 {
    let wrapped = [0, 1, 2].map(|i| a[i] - b[i] - (a[i] - b[i]).round());
    let [x, y, z] = lattice.cartesian(wrapped);
    (x * x + y * y + z * z).sqrt()
}

/// The element of a site, from a type symbol such as `Fe3+`; `None` where there is none.
fn element_of_type(symbol: &str) -> Option<Element> {
    let letters = leading_letters(symbol);
    Element::from_symbol(letters).ok()
}

/// The element of a site by its label, such as `FE1A`, which may go on with letters: two are
/// tried before one, unless only one is in the formula.
fn element_of_label(label: &str, formula: &[Element]) -> Option<Element> {
    let letters = leading_letters(label);
    let candidates = [letters.get(..2), letters.get(..1)].into_iter().flatten();
    let of = |symbol: &str| Element::from_symbol(symbol).ok();
    let in_formula = candidates
        .clone()
        .filter_map(of)
        .find(|e| formula.contains(e));
    // More often T is a tetrahedral site than tritium, and W water than tungsten.
    let clear = |symbol: &&str| !["T", "W"].contains(symbol);
    in_formula.or_else(|| candidates.filter(clear).find_map(of))
}

fn leading_letters(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    &text[..end]
}
