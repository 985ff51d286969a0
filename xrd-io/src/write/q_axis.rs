//! A pattern over the scattering vector.

use std::io::{self, Write};

use xrd_core::{Pattern, Wavelength};

use super::{refuse, write_notes};
use crate::scan::AxisKind;

/// Writes a pattern as two columns: Q = 4π·sin θ/λ in Å⁻¹ at each of its angles, and the
/// intensity.
///
/// The intensities are those of the pattern, per degree of 2θ; Q is rounded to 1e-9 Å⁻¹. Comments
/// state the axis and what [`write_xy`](crate::write_xy) states, so that
/// [`read_scans`](crate::read_scans) reads it as what it is.
///
/// # Errors
/// Those of the writer; [`io::ErrorKind::InvalidInput`] for a pattern of unknown wavelength.
///
/// # Example
/// ```
/// use xrd_core::{Pattern, Scale, TwoThetaGrid, Wavelength};
/// let grid = TwoThetaGrid::new(60.0, 1.0, 1)?;
/// let pattern = Pattern::new(grid, Scale::ARBITRARY, vec![1.0])?;
/// let pattern = pattern.with_wavelength(Some(Wavelength::angstrom(1.0)?));
/// let mut text = Vec::new();
/// xrd_io::write_xy_over_q(&mut text, &pattern)?;
/// assert!(text.ends_with(b"6.283185307 1\n")); // 4π·sin 30°
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_xy_over_q<W: Write + ?Sized>(to: &mut W, pattern: &Pattern) -> io::Result<()> {
    let Some(wavelength) = pattern.wavelength() else {
        return refuse("Q needs a wavelength, and that of the pattern is unknown".to_owned());
    };
    let axis = AxisKind::QPerAngstrom;
    writeln!(to, "# axis: {}\n# axis_unit: {}", axis.name(), axis.unit())?;
    write_notes(to, Some(wavelength), pattern.scale())?;
    for (angle, intensity) in pattern.grid().angles().zip(pattern.intensities()) {
        writeln!(to, "{} {intensity}", rounded(wavelength, angle))?;
    }
    Ok(())
}

fn rounded(wavelength: Wavelength, two_theta: f64) -> f64 {
    (wavelength.q_per_angstrom(two_theta) * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_scans;
    use xrd_core::{Scale, TwoThetaGrid};

    #[test]
    fn what_is_read_back_has_the_axis_and_the_angles() {
        let grid = TwoThetaGrid::new(5.0, 0.5, 200).unwrap();
        let wavelength = Wavelength::angstrom(1.540_593).unwrap();
        let intensities = (0..200).map(|i| (i % 7) as f32).collect();
        let pattern = Pattern::new(grid, Scale::ARBITRARY, intensities).unwrap();
        assert!(write_xy_over_q(&mut Vec::new(), &pattern).is_err());
        let pattern = pattern.with_wavelength(Some(wavelength));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.xy");
        let mut file = std::fs::File::create(&path).unwrap();
        write_xy_over_q(&mut file, &pattern).unwrap();
        let scan = &read_scans(&path).unwrap()[0];
        assert_eq!(scan.axis_kind(), &AxisKind::QPerAngstrom);
        assert_eq!(scan.wavelength(), Some(wavelength));
        assert_eq!(scan.intensities()[8], pattern.intensities()[8] as f64);
        for (q, angle) in scan.axis().iter().zip(grid.angles()) {
            let back = 2.0 * (q * 1.540_593 / (4.0 * std::f64::consts::PI)).asin();
            assert!((back.to_degrees() - angle).abs() < 1e-7);
        }
    }
}
