//! The atoms that a CIF lists, before symmetry.

use xrd_core::{Atom, Displacement, Element};

use super::{Reader, element_of_label, element_of_type, leading_letters};
use crate::cif::Value;
use crate::error::{Result, shorten};

const COORDINATES: [&str; 3] = [
    "_atom_site_fract_x",
    "_atom_site_fract_y",
    "_atom_site_fract_z",
];

/// Occupancies up to this are rounding of 1.
const HIGHEST_OCCUPANCY: f64 = 1.05;

/// The sites of a block, dummies left out.
pub(super) fn read(reader: &Reader) -> Result<Vec<Atom>> {
    if let Some(line) = reader.block.ragged(COORDINATES[0]) {
        return Err(reader.malformed(line, "a ragged loop of atoms".into(), "whole rows"));
    }
    let count = reader
        .block
        .column(COORDINATES[0])
        .map_or(0, <[Value]>::len);
    let sites = Sites {
        reader,
        formula: formula(reader),
    };
    let atoms = (0..count)
        .filter(|&i| !sites.is_dummy(i))
        .map(|i| sites.atom(i));
    atoms.collect()
}

/// The elements of the chemical formula, where there is one.
fn formula(reader: &Reader) -> Vec<Element> {
    let sum = reader
        .block
        .any(&["_chemical_formula_sum"])
        .and_then(Value::known);
    let words = sum.unwrap_or_default().split_whitespace();
    words
        .filter_map(|word| Element::from_symbol(leading_letters(word)).ok())
        .collect()
}

struct Sites<'a> {
    reader: &'a Reader<'a>,
    formula: Vec<Element>,
}

impl Sites<'_> {
    fn cell(&self, tag: &str, i: usize) -> Option<Value<'_>> {
        self.reader.block.column(tag)?.get(i).copied()
    }

    fn known(&self, tag: &str, i: usize) -> Option<Value<'_>> {
        self.cell(tag, i).filter(|v| v.known().is_some())
    }

    fn is_dummy(&self, i: usize) -> bool {
        let flag = self.known("_atom_site_calc_flag", i);
        flag.is_some_and(|v| v.text.eq_ignore_ascii_case("dum"))
    }

    fn atom(&self, i: usize) -> Result<Atom> {
        let mut position = [0.0; 3];
        for (coordinate, tag) in position.iter_mut().zip(COORDINATES) {
            *coordinate = self.coordinate(tag, i)?;
        }
        Ok(Atom {
            species: self.element(i)?.into(),
            position,
            occupancy: self.occupancy(i)?,
            displacement: self.displacement(i)?,
        })
    }

    fn coordinate(&self, tag: &str, i: usize) -> Result<f64> {
        let value = self.cell(tag, i);
        match value.filter(|v| v.known().is_some()) {
            Some(value) => self.reader.number(value, tag),
            None => {
                let line = self.line(i);
                let found = format!("atom '{}' has no {tag}", shorten(self.label(i)));
                Err(self
                    .reader
                    .malformed(line, found, "coordinates of every atom"))
            }
        }
    }

    fn line(&self, i: usize) -> usize {
        self.cell(COORDINATES[0], i).map_or(0, |v| v.line)
    }

    fn label(&self, i: usize) -> &str {
        let tags = ["_atom_site_label", "_atom_site_type_symbol"];
        tags.iter()
            .find_map(|tag| self.cell(tag, i))
            .map_or("?", |v| v.text)
    }

    fn element(&self, i: usize) -> Result<Element> {
        let symbol = self.known("_atom_site_type_symbol", i);
        let label = self.known("_atom_site_label", i);
        let element = match (symbol, label) {
            (Some(symbol), _) => element_of_type(symbol.text),
            (None, Some(label)) => element_of_label(label.text, &self.formula),
            (None, None) => None,
        };
        element.ok_or_else(|| {
            let name = symbol.or(label).map_or("?", |v| v.text);
            let found = format!("'{}' is no known element", shorten(name));
            self.reader
                .malformed(self.line(i), found, "a chemical symbol")
        })
    }

    fn occupancy(&self, i: usize) -> Result<f64> {
        let tag = "_atom_site_occupancy";
        let Some(value) = self.known(tag, i) else {
            return Ok(1.0);
        };
        let occupancy = self.reader.number(value, tag)?;
        if (0.0..=HIGHEST_OCCUPANCY).contains(&occupancy) {
            return Ok(occupancy.min(1.0));
        }
        let found = format!("occupancy {occupancy} of '{}'", shorten(self.label(i)));
        Err(self.reader.malformed(value.line, found, "0 to 1"))
    }

    fn displacement(&self, i: usize) -> Result<Option<Displacement>> {
        type Of = fn(f64) -> Displacement;
        let tags: [(&str, Of); 2] = [
            ("_atom_site_b_iso_or_equiv", Displacement::from_b_iso),
            ("_atom_site_u_iso_or_equiv", Displacement::Isotropic),
        ];
        for (tag, of) in tags {
            if let Some(value) = self.known(tag, i) {
                return Ok(Some(of(self.reader.number(value, tag)?)));
            }
        }
        Ok(None)
    }
}
