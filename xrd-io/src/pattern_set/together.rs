//! Properties that must be equal for scans of several files to form one set, and the names of the
//! scans in the set.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use xrd_core::{IntensityUnit, Pattern, Scale, TwoThetaGrid, Wavelength};

use crate::error::{Error, Result};
use crate::notes;
use crate::prepare::{Combine, Step};
use crate::scan::Scan;

/// The names of the scans. If names are equal, file names are used. If file names are equal too,
/// numbers are used.
pub(super) fn names(scans: &[(PathBuf, Scan)]) -> Vec<String> {
    let mut count = HashMap::new();
    for (_, scan) in scans {
        *count.entry(scan.name()).or_insert(0) += 1;
    }
    let mut seen = HashMap::new();
    let unique = |(path, scan): &(PathBuf, Scan)| {
        if count[scan.name()] == 1 {
            return scan.name().to_owned();
        }
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let again = seen
            .entry(file.clone())
            .and_modify(|n| *n += 1)
            .or_insert(1);
        if *again == 1 {
            file
        } else {
            format!("{file} {again}")
        }
    };
    scans.iter().map(unique).collect()
}

/// The preparation steps applied to all scans before their files were written. If the steps differ
/// between files, the list is empty and a warning is added.
pub(super) fn done_before(scans: &[(PathBuf, Scan)], warnings: &mut Vec<String>) -> Vec<Step> {
    let (first_path, first) = &scans[0];
    let differs = |(_, scan): &&(PathBuf, Scan)| scan.preparation() != first.preparation();
    let Some((path, other)) = scans.iter().find(differs) else {
        return first.preparation().to_vec();
    };
    let told = |path: &Path, scan: &Scan| match notes::words(scan.preparation()) {
        words if words.is_empty() => format!("{} not", path.display()),
        words => format!("{} by {words}", path.display()),
    };
    warnings.push(format!(
        "files are prepared differently: {}, {}",
        told(first_path, first),
        told(path, other)
    ));
    Vec::new()
}

/// Properties that must be equal in all files of a set.
pub(super) struct Together<'a> {
    pub(super) paths: &'a [PathBuf],
    pub(super) patterns: &'a [Pattern],
}

impl Together<'_> {
    pub(super) fn grid(&self) -> Result<TwoThetaGrid> {
        let first = *self.patterns[0].grid();
        let differs = |p: &Pattern| !p.grid().same_as(&first);
        match self.patterns.iter().position(differs) {
            None => Ok(first),
            Some(i) => Err(Error::DifferentAxes {
                first: self.paths[0].to_owned(),
                first_grid: first,
                second: self.paths[i].to_owned(),
                second_grid: *self.patterns[i].grid(),
            }),
        }
    }

    /// The wavelength of all files that state one. These wavelengths must agree.
    pub(super) fn wavelength(&self, warnings: &mut Vec<String>) -> Result<Option<Wavelength>> {
        let stated = |i: &usize| self.patterns[*i].wavelength().is_some();
        let stating: Vec<usize> = (0..self.patterns.len()).filter(stated).collect();
        let value = |i: usize| self.patterns[i].wavelength();
        let Some(&first) = stating.first() else {
            return Ok(None);
        };
        let differs = |&&i: &&usize| match (value(i), value(first)) {
            (Some(a), Some(b)) => !a.same_as(b),
            _ => false,
        };
        if let Some(&other) = stating.iter().find(differs) {
            let words = |i: usize| value(i).map_or(String::new(), |w| w.to_string());
            return Err(self.mixed(
                "the wavelength",
                (first, words(first)),
                (other, words(other)),
            ));
        }
        let silent = self.patterns.len() - stating.len();
        if silent > 0 {
            warnings.push(format!(
                "{silent} of {} files state no wavelength; that of the others is used",
                self.patterns.len()
            ));
        }
        Ok(value(first))
    }

    /// The common scale. The unit is arbitrary if some files state a unit and others do not. If
    /// counts are summed in rebinning, other intensities are averaged, so both cannot be in one set.
    pub(super) fn scale(&self, steps: &[Step], warnings: &mut Vec<String>) -> Result<Scale> {
        let scale = |i: usize| self.patterns[i].scale();
        let differs = |a: usize, b: usize| {
            let stated = |i: usize| scale(i).unit != IntensityUnit::Arbitrary;
            let other_unit = stated(a) && stated(b) && scale(a).unit != scale(b).unit;
            other_unit || scale(a).factor != scale(b).factor
        };
        let count = self.patterns.len();
        let stating = (0..count)
            .find(|&i| scale(i).unit != IntensityUnit::Arbitrary)
            .unwrap_or(0);
        if let Some(other) = (0..count).find(|&i| differs(stating, i)) {
            let (a, b) = (stating.min(other), stating.max(other));
            let words = |i: usize| scale(i).to_string();
            return Err(self.mixed("intensities in", (a, words(a)), (b, words(b))));
        }
        if (0..count).all(|i| scale(i) == scale(0)) {
            return Ok(scale(0));
        }
        let sums = (0..count).find(|&i| scale(i).unit == IntensityUnit::Counts);
        let means = (0..count).find(|&i| scale(i).unit == IntensityUnit::Arbitrary);
        if let (Some(a), Some(b), true) = (sums, means, sums_counts(steps)) {
            let (sums, means) = ("sums (counts)", "means (no unit is stated)");
            return Err(self.mixed("rebinned", (a, sums.to_owned()), (b, means.to_owned())));
        }
        warnings.push(
            "some files state no unit of intensity; the unit is assumed to be arbitrary".to_owned(),
        );
        Ok(Scale {
            unit: IntensityUnit::Arbitrary,
            ..scale(0)
        })
    }

    fn mixed(&self, what: &'static str, first: (usize, String), second: (usize, String)) -> Error {
        Error::Mixed {
            what,
            first: self.paths[first.0].to_owned(),
            first_value: first.1.into(),
            second: self.paths[second.0].to_owned(),
            second_value: second.1.into(),
        }
    }
}

/// Whether counts are summed in bins and not scaled to the same maximum afterwards.
fn sums_counts(steps: &[Step]) -> bool {
    let last = |wanted: fn(&Step) -> bool| steps.iter().rposition(wanted);
    let rebin = last(|s| {
        matches!(
            s,
            Step::Rebin {
                counts: Combine::Sum,
                ..
            }
        )
    });
    rebin.is_some() && rebin > last(|s| matches!(s, Step::ScaleToMaximum))
}
