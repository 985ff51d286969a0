//! Scans of any instrument, prepared for the comparison with known structures and for networks.

use std::path::Path;

use anyhow::{Context, Result};
use xrd_core::{Pattern, TwoThetaGrid, Wavelength};
use xrd_identify::Prepared;
use xrd_io::{ReadOptions, Scan, read_file};

/// Cu Kα1 in Å, the wavelength of scans that state none.
pub(crate) const WAVELENGTH: f64 = 1.540_593;

/// A prepared scan.
pub(crate) struct PreparedScan {
    pub(crate) pattern: Prepared,
    /// Wavelength in Å.
    wavelength: f64,
    pub(crate) is_wavelength_assumed: bool,
}

impl PreparedScan {
    /// Angle in degrees for the wavelength of the scan, of an angle for Cu Kα1.
    pub(crate) fn own_angle(&self, copper_deg: f64) -> f64 {
        let sine = (copper_deg / 2.0).to_radians().sin() * self.wavelength / WAVELENGTH;
        2.0 * sine.min(1.0).asin().to_degrees()
    }
}

/// The scans of a file, each with its name: the file, and the scan if there are several.
pub(crate) fn prepared_scans(
    file: &Path,
    options: &ReadOptions,
) -> Result<Vec<(String, Result<PreparedScan>)>> {
    let read = read_file(file, options)?;
    let one = read.scans.len() == 1;
    let prepare = |scan: &Scan| {
        let name = match one {
            true => file.display().to_string(),
            false => format!("{}: {}", file.display(), scan.name()),
        };
        let prepared = prepared(scan).with_context(|| name.clone());
        (name, prepared)
    };
    Ok(read.scans.iter().map(prepare).collect())
}

fn prepared(scan: &Scan) -> Result<PreparedScan> {
    let mut pattern = pattern_of(scan)?;
    let stated = pattern.wavelength();
    let wavelength = match stated {
        Some(wavelength) => wavelength,
        None => Wavelength::angstrom(WAVELENGTH)?,
    };
    pattern = pattern.with_wavelength(Some(wavelength));
    Ok(PreparedScan {
        pattern: Prepared::of(&pattern)?,
        wavelength: wavelength.as_angstrom(),
        is_wavelength_assumed: stated.is_none(),
    })
}

/// The pattern of a scan; a scan with uneven steps is interpolated.
fn pattern_of(scan: &Scan) -> Result<Pattern> {
    scan.to_pattern().or_else(|error| {
        let axis = scan.axis();
        let mut steps: Vec<f64> = axis.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
        steps.sort_by(f64::total_cmp);
        let ends = axis
            .iter()
            .copied()
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], x| {
                [a.min(x), b.max(x)]
            });
        let step = steps
            .get(steps.len() / 2)
            .copied()
            .unwrap_or_default()
            .max(1e-3);
        let points = ((ends[1] - ends[0]) / step) as usize + 1;
        let grid = TwoThetaGrid::new(ends[0], step, points);
        match grid.map(|grid| scan.resample(&grid)) {
            Ok(Ok(pattern)) => Ok(pattern),
            // The first error says what is wrong with the axis.
            _ => Err(error.into()),
        }
    })
}
