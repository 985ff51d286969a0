//! The symmetry of a block, from its operations, Hall symbol, Hermann-Mauguin symbol or space group
//! number.

use xrd_core::Lattice;

use super::{Reader, Symmetry, amounts, metric};
use crate::cif::number;
use crate::error::shorten;
use crate::structure::cell;
use crate::structure::crystal::{Site, SymmetrySource};
use crate::structure::formula::mismatch;
use crate::symmetry::{
    Operation, Setting, by_hall, by_name, by_number, chosen, of_operations, same_group,
};

mod listed;

/// Largest number of possible settings that are compared with the formula.
const MOST_SETTINGS: usize = 6;

/// The code of axes and origin in International Tables.
const CODE: [&str; 1] = ["_space_group_it_coordinate_system_code"];
pub(super) const HALL: [&str; 2] = ["_space_group_name_hall", "_symmetry_space_group_name_hall"];
pub(super) const HERMANN_MAUGUIN: [&str; 4] = [
    "_space_group_name_h-m_alt",
    "_symmetry_space_group_name_h-m",
    "_space_group_name_h-m_full",
    "_space_group_name_h-m_ref",
];
const NUMBER: [&str; 2] = ["_space_group_it_number", "_symmetry_int_tables_number"];

/// The symmetry as stated in a block.
struct Stated {
    name: Option<String>,
    hall: Option<String>,
    number: Option<i32>,
    /// The code of axes and origin.
    code: Option<String>,
    /// The settings that the name may refer to.
    named: Vec<Setting>,
    /// Whether the operations listed are not those of the name.
    is_contradicted: bool,
    /// The line of an invalid operation, and the error.
    broken: Option<(u32, String)>,
}

/// The cell and its sites. They are needed to compare a symmetry with the formula.
type Cell<'c> = (Option<&'c Lattice>, &'c [Site]);

impl Reader<'_> {
    pub(super) fn symmetry(&mut self, lattice: Option<&Lattice>, sites: &[Site]) -> Symmetry {
        let angles = lattice.map(angles_deg);
        let mut stated = self.stated(angles);
        let by_name = SymmetrySource::HermannMauguinSymbol;
        let cell = (lattice, sites);
        let mut symmetry = self
            .listed(&mut stated)
            .or_else(|| self.by_hall_symbol(&stated, cell))
            .or_else(|| self.by_setting(&stated.named, by_name, cell))
            .or_else(|| {
                let settings = stated.number.map_or(Vec::new(), |n| by_number(n, angles));
                let settings = chosen(settings, stated.code.as_deref());
                self.by_setting(&settings, SymmetrySource::Number, cell)
            })
            .unwrap_or_else(|| self.unknown(&stated));
        self.name_group(&mut symmetry, stated);
        self.check_metric(lattice, &symmetry);
        symmetry
    }

    /// Warns if the cell cannot have the symmetry. In this case either the cell or the symmetry is
    /// wrong.
    fn check_metric(&mut self, lattice: Option<&Lattice>, symmetry: &Symmetry) {
        let change = lattice.and_then(|l| metric::misfit(l, &symmetry.operations));
        if let Some(change) = change {
            let name = symmetry.space_group.name.as_deref();
            let of = name.map_or("the operations listed".to_owned(), |n| format!("'{n}'"));
            let percent = (100.0 * change).ceil();
            self.warn(format!(
                "the cell does not have the symmetry of {of}: its operations change lengths or angles (the metric by {percent} %)"
            ));
        }
    }

    fn stated(&mut self, angles: Option<[f64; 3]>) -> Stated {
        let is_group = |name: &str| !by_name(name, angles).is_empty();
        let name = self.whole(&HERMANN_MAUGUIN, is_group);
        let hall = self.whole(&HALL, |symbol| by_hall(symbol).is_some());
        // Some programs write 225.0.
        let number = self.block.text(&NUMBER).and_then(number).map(|n| n.value);
        let number = number.filter(|n| n.fract() == 0.0);
        let code = self.block.text(&CODE).map(str::to_owned);
        let named = name.as_deref().map_or(Vec::new(), |n| by_name(n, angles));
        Stated {
            named: chosen(named, code.as_deref()),
            code,
            is_contradicted: false,
            name,
            hall,
            number: number.map(|n| n as i32),
            broken: None,
        }
    }

    /// The space group symbol under the first of several tags that has one. A symbol without quotes
    /// extends to the end of its line.
    fn whole(&mut self, tags: &[&str], is_group: impl Fn(&str) -> bool) -> Option<String> {
        let value = self.block.any(tags)?;
        let first = value.known().filter(|t| !t.is_empty())?;
        let line = shorten(&self.block.line_of(tags)?);
        if line == shorten(first) {
            return Some(line);
        }
        if is_group(first) && !is_group(&line) {
            let first = shorten(first);
            self.warn(format!(
                "line {}: of '{line}' only '{first}' is read as the space group",
                value.line
            ));
            return Some(first);
        }
        self.warn_of_missing_quotes(value.line, &line);
        Some(line)
    }

    /// Sets the name and number of the group as stated. If they are not stated, they are derived
    /// from the operations.
    fn name_group(&mut self, symmetry: &mut Symmetry, stated: Stated) {
        let group = &mut symmetry.space_group;
        let is_stated = |name: &String| stated.named.iter().any(|s| s.name() == *name);
        let is_other = group.source == SymmetrySource::HermannMauguinSymbol
            && !group.name.as_ref().is_some_and(is_stated);
        let is_contradicted = stated.is_contradicted;
        let used = Some(&symmetry.operations).filter(|_| is_contradicted);
        if let Some(setting) = used.and_then(|operations| of_operations(operations)) {
            symmetry.space_group.name = Some(setting.name());
            symmetry.space_group.number = setting.number();
            return;
        }
        if let Some(name) = stated.name.filter(|_| !is_other) {
            group.number = stated
                .named
                .first()
                .and_then(Setting::number)
                .or(group.number);
            group.name = Some(name);
        } else if group.name.is_none() {
            let setting = of_operations(&symmetry.operations);
            group.name = setting.as_ref().map(Setting::name);
            group.number = setting.and_then(|s| s.number());
        }
        let number = stated.number.and_then(|n| u8::try_from(n).ok());
        if let (Some(name), Some(found), Some(number)) = (&group.name, group.number, number) {
            let known = group.source != SymmetrySource::None;
            if known && found != number {
                self.warn(format!(
                    "space group '{name}' is number {found}, not {number}"
                ));
            }
        }
        group.number = group.number.or(number);
    }

    /// The operations of the Hall symbol, unless the operations of the Hermann-Mauguin symbol fit
    /// the formula better.
    fn by_hall_symbol(&mut self, stated: &Stated, cell: Cell) -> Option<Symmetry> {
        let hall = stated.hall.as_deref()?;
        let Some(operations) = by_hall(hall) else {
            self.warn(format!("Hall symbol '{hall}' is not understood"));
            return None;
        };
        let others: Vec<_> = stated.named.iter().map(Setting::operations).collect();
        if !others.is_empty() && !others.iter().any(|o| same_group(o, &operations)) {
            let of = |o: &Vec<Operation>| self.mismatch_with(o, cell);
            let best = others
                .iter()
                .take(MOST_SETTINGS)
                .map(of)
                .fold(f64::INFINITY, f64::min);
            let is_better = best < of(&operations) - 1e-3;
            let taken = if is_better {
                "the name"
            } else {
                "the Hall symbol"
            };
            self.warn(format!(
                "Hall symbol '{hall}' and the name of the space group disagree: {taken} is used"
            ));
            if is_better {
                return None;
            }
        }
        Some(Symmetry::new(operations, SymmetrySource::HallSymbol))
    }

    /// The most likely of several settings: the one whose cell is closest to the formula.
    fn by_setting(
        &mut self,
        settings: &[Setting],
        source: SymmetrySource,
        cell: Cell,
    ) -> Option<Symmetry> {
        let others = self.settings_instead(settings, cell.0);
        let settings = others.as_deref().unwrap_or(settings);
        let mut best: Option<(f64, &Setting, Vec<Operation>)> = None;
        for setting in settings.iter().take(MOST_SETTINGS) {
            let operations = setting.operations();
            let found = self.mismatch_with(&operations, cell);
            if best.as_ref().is_none_or(|(least, ..)| found < least - 1e-3) {
                best = Some((found, setting, operations));
            }
        }
        let (_, setting, operations) = best?;
        let name = setting.name();
        if settings.len() > 1 {
            self.warn(format!(
                "the setting of the space group is not stated: assumed '{name}'"
            ));
        }
        let mut symmetry = Symmetry::new(operations, source);
        symmetry.space_group.name = Some(name);
        symmetry.space_group.number = setting.number();
        Some(symmetry)
    }

    /// Other settings of the group that fit the cell, if none of the stated settings fits.
    fn settings_instead(
        &mut self,
        stated: &[Setting],
        lattice: Option<&Lattice>,
    ) -> Option<Vec<Setting>> {
        let (lattice, first) = (lattice?, stated.first()?);
        if !metric::fitting(lattice, stated).is_empty() {
            return None;
        }
        let others = first.others(Some(angles_deg(lattice)));
        let fitting = metric::fitting(lattice, &others);
        let taken = fitting.first()?;
        self.warn(format!(
            "the cell does not have the symmetry of '{}' but that of '{}', which is used",
            first.name(),
            taken.name()
        ));
        Some(vec![taken.clone()])
    }

    fn mismatch_with(&self, operations: &[Operation], (lattice, sites): Cell) -> f64 {
        let Some(lattice) = lattice.filter(|_| !self.formula.is_empty()) else {
            return 0.0;
        };
        let mut sites = sites.to_vec();
        match cell::images(&mut sites, operations, lattice, self.most_atoms) {
            Some(_) => mismatch(&amounts(&sites), &self.formula),
            None => 0.0,
        }
    }

    /// The symmetry without operations, for a file that states none. The atoms are used as listed.
    fn unknown(&mut self, stated: &Stated) -> Symmetry {
        let expected = "one of the 230 space groups";
        let number = stated.number.map(|n| n.to_string());
        if let Some((line, found)) = &stated.broken {
            self.block_with(Some(*line), found, "a symmetry operation");
        } else if let Some(group) = stated.name.as_ref().or(number.as_ref()) {
            let found = format!("no symmetry operations and a space group '{group}'");
            self.block_with(None, found, expected);
        } else {
            self.warn("neither symmetry operations nor a space group: assumed that the file lists all atoms of the cell");
        }
        Symmetry::new(vec![Operation::IDENTITY], SymmetrySource::None)
    }
}

fn angles_deg(lattice: &Lattice) -> [f64; 3] {
    let [a, b, c] = *lattice.vectors();
    let dot = |u: [f64; 3], v: [f64; 3]| (0..3).map(|i| u[i] * v[i]).sum::<f64>();
    let angle = |u, v| {
        (dot(u, v) / (dot(u, u) * dot(v, v)).sqrt())
            .acos()
            .to_degrees()
    };
    [angle(b, c), angle(a, c), angle(a, b)]
}
