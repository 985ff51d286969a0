//! Atoms listed in a CIF, before symmetry is applied.

use std::collections::{BTreeMap, HashMap};

use xrd_core::{Displacement, Lattice, Species};

use super::displacement::{Anisotropic, isotropic};
use super::{COORDINATES, Reader, amounts, numeric};
use crate::cif::{Column, Table, Value};
use crate::error::shorten;
use crate::structure::cell::HIGHEST_OCCUPANCY;
use crate::structure::crystal::{Disorder, Site};
use crate::structure::formula::{Amounts, mismatch};
use crate::structure::species::{self, Reading};

/// Largest mean-square displacement in Å² without a warning.
const LARGEST_U: f64 = 0.5;

/// A site, with other possible meanings of its label.
pub(super) struct Draft {
    pub(super) site: Site,
    pub(super) others: Vec<Reading>,
}

impl Reader<'_> {
    /// The sites of the block. Vacancies and dummy atoms are skipped. A site shared by several
    /// elements becomes one site per element.
    pub(super) fn sites(&mut self, lattice: Option<&Lattice>) -> Vec<Draft> {
        let block = self.block;
        let Some(table) = block.table(COORDINATES[0]) else {
            return Vec::new();
        };
        if let Some((line, left_over)) = table.left_over() {
            let found = format!("a ragged loop of atoms: {left_over} values after its last row");
            self.block_with(Some(line), found, "whole rows");
        }
        for line in block.loops_of(COORDINATES[0]).into_iter().skip(1) {
            self.warn(format!(
                "line {line}: a further loop of atoms in one block is left out"
            ));
        }
        let rows = Rows {
            table,
            nth: nth_of_label(table),
            anisotropic: Anisotropic::of(block),
            charges: charges(block),
            lattice,
        };
        let mut notes = Notes::default();
        let mut drafts = Vec::new();
        for row in 0..table.rows() {
            drafts.extend(self.site(&rows, row, &mut notes));
        }
        self.warnings.extend(notes.texts());
        drafts
    }

    fn site(&mut self, rows: &Rows, row: usize, notes: &mut Notes) -> Vec<Draft> {
        let label = rows.name(row);
        if rows.is_empty(row) {
            return Vec::new();
        }
        let line = rows.line(row);
        let position = self.position(rows, row, notes);
        if self.is_dummy(rows, row) {
            if position.is_some() {
                notes.add("left out, as they are not atoms", label);
            }
            return Vec::new();
        }
        let occupancy = self.occupancy(rows, row);
        let readings = self.readings(rows, row);
        if readings.is_empty() && position.is_some() {
            let kind = shorten(rows.kind(row));
            let (is, expected) = match readings {
                Readings::Several => ("stands for several elements", "their shares"),
                _ => ("is not a known element", "a chemical symbol"),
            };
            self.block_with(line, format!("'{kind}' {is}"), expected);
        }
        let is_run_together = !rows.kind(row).contains(" + ");
        if matches!(&readings, Readings::Known(parts) if parts.len() > 1 && is_run_together) {
            notes.add("of several elements, by the shares in their names", label);
        }
        if matches!(&readings, Readings::Known(parts) if parts.iter().any(|(r, _)| r.is_group)) {
            notes.add("of groups whose hydrogen atoms have no positions", label);
        }
        let is_symbol = |kind: &&str| kind.starts_with(|c: char| c.is_ascii_alphabetic());
        let site = Site {
            label: label.to_owned(),
            species: None,
            symbol: Some(rows.kind(row))
                .filter(is_symbol)
                .map_or("?".to_owned(), shorten),
            position,
            occupancy,
            displacement: rows.displacement(row, notes),
            disorder: rows.disorder(row),
            multiplicity: 0,
        };
        match readings {
            Readings::Known(parts) => parts.into_iter().map(|p| part(&site, p, rows)).collect(),
            Readings::Guessed(guesses) => vec![guess(site, guesses, rows)],
            Readings::Several => vec![guess(site, Vec::new(), rows)],
        }
    }

    fn is_dummy(&self, rows: &Rows, row: usize) -> bool {
        let flag = rows.known("_atom_site_calc_flag", row);
        flag.is_some_and(|f| f.eq_ignore_ascii_case("dum"))
            || match rows.known("_atom_site_type_symbol", row) {
                Some(symbol) => species::is_nothing(symbol),
                None => species::label_is_nothing(rows.name(row), &self.formula),
            }
    }

    /// The coordinates. A `.` means 0, because some programs omit the digit of a rounded 0.
    fn position(&mut self, rows: &Rows, row: usize, notes: &mut Notes) -> Option<[f64; 3]> {
        let values = COORDINATES.map(|tag| rows.value(tag, row));
        let unknown = |v: &Option<Value>| v.is_none_or(|v| v.known().is_none() && !v.is_dot());
        if values.iter().all(unknown) {
            notes.add("left out, as their coordinates are unknown", rows.name(row));
            return None;
        }
        let mut position = [0.0; 3];
        for ((x, value), tag) in position.iter_mut().zip(values).zip(COORDINATES) {
            *x = match value {
                Some(value) if value.is_dot() => {
                    notes.add("with '.' for a coordinate, assumed to be 0", rows.name(row));
                    0.0
                }
                _ => {
                    let Some(number) = value.and_then(numeric) else {
                        let text = shorten(value.map_or("", |v| v.text));
                        let name = shorten(rows.name(row));
                        let found = format!("{tag} of '{name}' is '{text}'");
                        self.block_with(rows.line(row), found, "a number");
                        return None;
                    };
                    number
                }
            };
        }
        Some(position)
    }

    fn occupancy(&mut self, rows: &Rows, row: usize) -> f64 {
        let value = rows.value("_atom_site_occupancy", row);
        let Some(value) = value.filter(|v| v.known().is_some()) else {
            return 1.0;
        };
        let name = shorten(rows.name(row));
        let Some(occupancy) = numeric(value) else {
            let found = format!("the occupancy of '{name}' is '{}'", shorten(value.text));
            self.block_with(Some(value.line), found, "a number");
            return 1.0;
        };
        if !(0.0..=HIGHEST_OCCUPANCY).contains(&occupancy) && rows.is_placed(row) {
            let found = format!("the occupancy of '{name}' is {occupancy}");
            self.block_with(Some(value.line), found, "0 to 1");
        }
        occupancy
    }

    fn readings(&self, rows: &Rows, row: usize) -> Readings {
        let symbol = rows.known("_atom_site_type_symbol", row);
        let parts = symbol.map(species::of_type).unwrap_or_default();
        if !parts.is_empty() {
            return Readings::Known(parts);
        }
        let label = rows.known("_atom_site_label", row);
        let of_label = |l| species::label_names_several(l, &self.formula);
        if symbol.is_some_and(species::names_several) || label.is_some_and(of_label) {
            return Readings::Several;
        }
        let name = label.or(symbol);
        if let Some(shares) = name.and_then(species::shares_after) {
            return Readings::Known(shares);
        }
        Readings::Guessed(species::of_label(name.unwrap_or_default(), &self.formula))
    }
}

enum Readings {
    /// The elements named by a type symbol, with their fractions.
    Known(Vec<(Reading, f64)>),
    /// Possible meanings of a label.
    Guessed(Vec<Reading>),
    /// Several elements without stated fractions.
    Several,
}

impl Readings {
    fn is_empty(&self) -> bool {
        match self {
            Self::Known(parts) => parts.is_empty(),
            Self::Guessed(guesses) => guesses.is_empty(),
            Self::Several => true,
        }
    }
}

fn part(site: &Site, (reading, share): (Reading, f64), rows: &Rows) -> Draft {
    let mut site = site.clone();
    site.occupancy *= share;
    rows.name_site(&mut site, &reading);
    let others = Vec::new();
    Draft { site, others }
}

fn guess(mut site: Site, mut guesses: Vec<Reading>, rows: &Rows) -> Draft {
    if !guesses.is_empty() {
        rows.name_site(&mut site, &guesses.remove(0));
    }
    Draft {
        site,
        others: guesses,
    }
}

/// The loop of atoms, and other tables with data of the same atoms.
struct Rows<'b, 'a> {
    table: Table<'b, 'a>,
    /// For each row, the number of earlier rows with the same label.
    nth: Vec<usize>,
    anisotropic: Option<Anisotropic<'b, 'a>>,
    /// Charges by type symbol.
    charges: BTreeMap<&'a str, i8>,
    lattice: Option<&'b Lattice>,
}

impl<'a> Rows<'_, 'a> {
    fn column(&self, tag: &str) -> Option<Column<'_, 'a>> {
        self.table.column(tag)
    }

    fn value(&self, tag: &str, row: usize) -> Option<Value<'a>> {
        self.column(tag)?.get(row)
    }

    fn known(&self, tag: &str, row: usize) -> Option<&'a str> {
        self.value(tag, row)?.known()
    }

    fn name(&self, row: usize) -> &'a str {
        let tags = ["_atom_site_label", "_atom_site_type_symbol"];
        tags.into_iter()
            .find_map(|tag| self.known(tag, row))
            .unwrap_or("?")
    }

    /// The text that should name the element.
    fn kind(&self, row: usize) -> &'a str {
        let symbol = self.known("_atom_site_type_symbol", row);
        symbol.unwrap_or_else(|| self.name(row))
    }

    fn line(&self, row: usize) -> Option<u32> {
        self.value(COORDINATES[0], row).map(|v| v.line)
    }

    fn is_placed(&self, row: usize) -> bool {
        self.known(COORDINATES[0], row).is_some()
    }

    /// Whether the row is the placeholder row of an empty table, as in `? ? ? ?`.
    fn is_empty(&self, row: usize) -> bool {
        self.name(row) == "?" && !self.is_placed(row)
    }

    fn displacement(&self, row: usize, notes: &mut Notes) -> Option<Displacement> {
        let anisotropic = self.anisotropic.as_ref();
        let label = (self.name(row), self.nth.get(row).copied().unwrap_or(0));
        let anisotropic = anisotropic.and_then(|a| a.get(label, row, self.lattice));
        let displacement = anisotropic.or_else(|| {
            let (displacement, is_b) = isotropic(self.table, row)?;
            if is_b {
                notes.add("with a B in the column of U, read as B", label.0);
            }
            Some(displacement)
        })?;
        let largest = match displacement {
            Displacement::Isotropic(u) => u,
            Displacement::Anisotropic([u, v, w, ..]) => u.max(v).max(w),
        };
        if largest > LARGEST_U {
            notes.add("with a displacement U above 0.5 square angstrom", label.0);
        }
        Some(displacement)
    }

    fn disorder(&self, row: usize) -> Option<Disorder> {
        let text = |tag| self.known(tag, row).map(str::to_owned);
        let group = text("_atom_site_disorder_group");
        let assembly = text("_atom_site_disorder_assembly");
        if group.is_none() && assembly.is_none() {
            return None;
        }
        Some(Disorder {
            assembly: assembly.unwrap_or_else(|| ".".to_owned()),
            group: group.unwrap_or_else(|| ".".to_owned()),
        })
    }

    fn name_site(&self, site: &mut Site, reading: &Reading) {
        // The table of types may state the charge if the symbol does not.
        let tabulated = self.charges.get(site.symbol.as_str()).copied();
        let charge = reading.species.charge.or(tabulated);
        let element = reading.species.element;
        site.species = Some(Species { element, charge });
        site.symbol = reading.symbol.to_owned();
    }
}

fn nth_of_label(table: Table) -> Vec<usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let labels = table
        .column("_atom_site_label")
        .into_iter()
        .flat_map(Column::iter);
    let nth = labels.map(|label| {
        let count = counts.entry(label.text).or_default();
        *count += 1;
        *count - 1
    });
    nth.collect()
}

/// The integer charges of the atom types, by symbol.
fn charges<'a>(block: &crate::cif::Block<'a>) -> BTreeMap<&'a str, i8> {
    let Some(table) = block.table("_atom_type_oxidation_number") else {
        return BTreeMap::new();
    };
    let column = |tag| table.column(tag).into_iter().flat_map(Column::iter);
    let symbols = column("_atom_type_symbol").map(|v| v.text);
    let whole = |v: Value| {
        let charge = numeric(v).filter(|c| c.fract() == 0.0 && c.abs() <= 9.0);
        charge.map(|c| c as i8)
    };
    let charges = column("_atom_type_oxidation_number").map(whole);
    let pairs = symbols.zip(charges);
    pairs.filter_map(|(s, c)| Some((s, c?))).collect()
}

/// Warnings that apply to several sites, with the names of these sites.
#[derive(Default)]
pub(super) struct Notes(BTreeMap<&'static str, Vec<String>>);

impl Notes {
    pub(super) fn add(&mut self, what: &'static str, name: &str) {
        let names = self.0.entry(what).or_default();
        if names.last().is_none_or(|last| last != name) {
            names.push(shorten(name));
        }
    }

    pub(super) fn texts(self) -> impl Iterator<Item = String> {
        const SHOWN: usize = 5;
        self.0.into_iter().map(|(what, names)| {
            let shown = names[..names.len().min(SHOWN)].join(", ");
            match names.len().saturating_sub(SHOWN) {
                0 => format!("sites {what}: {shown}"),
                more => format!("sites {what}: {shown} and {more} more"),
            }
        })
    }
}

/// Chooses elements for ambiguous labels so that the content of the cell is as close as possible to
/// the formula.
///
/// Sites whose labels start with the same letters are treated together.
pub(super) fn arbitrate(others: &[Vec<Reading>], sites: &mut [Site], formula: &Amounts) {
    if formula.is_empty() {
        return;
    }
    let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let in_formula = |r: &Reading| formula.contains_key(&r.species.element);
    for (i, others) in others.iter().enumerate() {
        if others.iter().any(in_formula) {
            let letters = species::letters(&sites[i].label).to_owned();
            kinds.entry(letters).or_default().push(i);
        }
    }
    const MOST_KINDS: usize = 20;
    for indices in kinds.into_values().take(MOST_KINDS) {
        let mut best = mismatch(&amounts(sites), formula);
        for other in &others[indices[0]] {
            let before: Vec<Site> = indices.iter().map(|&i| sites[i].clone()).collect();
            for &i in &indices {
                sites[i].species = Some(other.species);
                sites[i].symbol = other.symbol.to_owned();
            }
            let found = mismatch(&amounts(sites), formula);
            if found < best - 1e-6 {
                best = found;
            } else {
                indices
                    .iter()
                    .zip(before)
                    .for_each(|(&i, site)| sites[i] = site);
            }
        }
    }
}
