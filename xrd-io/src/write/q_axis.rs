//! Patterns over the scattering vector Q.

use std::io::{self, Write};

use xrd_core::{Pattern, Scale, Wavelength};

#[cfg(feature = "archives")]
use super::{Archive, check_names};
use super::{refuse, write_notes};
#[cfg(feature = "archives")]
use crate::array::array_file;
use crate::scan::AxisKind;

/// Writes a pattern as two columns: the scattering vector Q = 4π·sin θ/λ in Å⁻¹, and the intensity.
///
/// The intensities are the same as over 2θ. Q is rounded to 1e-9 Å⁻¹. Comments state the axis, the
/// wavelength and the scale, so that [`read_scans`](crate::read_scans) can read the file.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if the wavelength of the pattern is not
/// known.
///
/// # Example
/// ```
/// use xrd_core::{Pattern, Scale, TwoThetaGrid, Wavelength};
/// let grid = TwoThetaGrid::new(60.0, 1.0, 1)?;
/// let pattern = Pattern::new(grid, Scale::ARBITRARY, vec![1.0])?;
/// let pattern = pattern.with_wavelength(Some(Wavelength::angstrom(1.0)?));
/// let mut text = Vec::new();
/// xrd_io::write::over_q_xy(&mut text, &pattern)?;
/// assert!(text.ends_with(b"6.283185307 1\n")); // 4π·sin 30°
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn over_q_xy<W: Write + ?Sized>(to: &mut W, pattern: &Pattern) -> io::Result<()> {
    let Some(wavelength) = pattern.wavelength() else {
        return refuse("Q needs a wavelength, but that of the pattern is unknown".to_owned());
    };
    let angles = pattern.grid().angles();
    let q = angles.map(|angle| wavelength.q_per_angstrom(angle));
    let points = q.zip(pattern.intensities().iter().copied());
    write_columns(to, wavelength, pattern.scale(), points)
}

fn write_columns<W: Write + ?Sized>(
    to: &mut W,
    wavelength: Wavelength,
    scale: Scale,
    points: impl Iterator<Item = (f64, f32)>,
) -> io::Result<()> {
    let axis = AxisKind::QPerAngstrom;
    writeln!(to, "# axis: {}\n# axis_unit: {}", axis.name(), axis.unit())?;
    write_notes(to, Some(wavelength), scale)?;
    for (q, intensity) in points {
        writeln!(to, "{} {intensity}", rounded(q))?;
    }
    Ok(())
}

fn rounded(q: f64) -> f64 {
    (q * 1e9).round() / 1e9
}

/// Patterns on one common axis of the scattering vector Q, with intensities in arbitrary units.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PatternsOverQ<'a> {
    /// The values of Q in Å⁻¹, increasing.
    pub q: &'a [f64],
    /// The names of the patterns.
    pub names: &'a [String],
    /// The intensities of the first pattern, then those of the second pattern, and so on. Each
    /// pattern has one intensity per value of Q.
    pub intensities: &'a [f32],
    /// The wavelength at which the patterns were measured or computed.
    pub wavelength: Wavelength,
}

impl<'a> PatternsOverQ<'a> {
    /// Creates a set of patterns from its fields. The lengths of the slices are checked only when
    /// the patterns are written.
    pub fn new(
        q: &'a [f64],
        names: &'a [String],
        intensities: &'a [f32],
        wavelength: Wavelength,
    ) -> Self {
        Self {
            q,
            names,
            intensities,
            wavelength,
        }
    }

    /// Writes one pattern as two columns: Q in Å⁻¹ and the intensity. The argument `index` is the
    /// index of the pattern, counted from 0. The file has the same form as in [`over_q_xy`].
    ///
    /// # Errors
    /// Any error of the writer; [`io::ErrorKind::InvalidInput`] if there is no pattern with this
    /// index.
    pub fn write_xy<W: Write + ?Sized>(&self, to: &mut W, index: usize) -> io::Result<()> {
        let Some(row) = self
            .intensities
            .chunks_exact(self.q.len().max(1))
            .nth(index)
        else {
            return refuse(format!("pattern {index} of {}", self.names.len()));
        };
        let columns = self.q.iter().copied().zip(row.iter().copied());
        write_columns(to, self.wavelength, Scale::ARBITRARY, columns)
    }
}

/// Writes patterns over Q as a NumPy archive. The functions [`read_scans`](crate::read_scans) and
/// [`read_file`](crate::read_file) read this archive as scans over Q.
///
/// The archive holds these arrays: `q` in Å⁻¹, `intensities` (patterns × points), `names` (UTF-8,
/// one line per name) and `wavelength` in Å.
///
/// # Errors
/// Any error of the writer; [`io::ErrorKind::InvalidInput`] if a name has control characters, or if
/// the lengths of `names`, `q` and `intensities` do not match.
#[cfg(feature = "archives")]
pub fn over_q_npz<W: Write + ?Sized>(to: &mut W, set: &PatternsOverQ) -> io::Result<()> {
    check_names(set.names)?;
    let (points, patterns) = (set.q.len(), set.names.len());
    if points * patterns != set.intensities.len() {
        let found = set.intensities.len();
        return refuse(format!(
            "{found} intensities of {patterns} patterns of {points} points"
        ));
    }
    let q: Vec<u8> = set
        .q
        .iter()
        .flat_map(|q| rounded(*q).to_le_bytes())
        .collect();
    let intensities = set.intensities.iter();
    let intensities: Vec<u8> = intensities.flat_map(|y| y.to_le_bytes()).collect();
    let names = set.names.join("\n");
    let wavelength = set.wavelength.as_angstrom().to_le_bytes();
    let mut archive = Archive::new();
    archive.add("q", array_file("<f8", &[points], &q))?;
    let block = array_file("<f4", &[patterns, points], &intensities);
    archive.add("intensities", block)?;
    archive.add("names", array_file("|u1", &[names.len()], names.as_bytes()))?;
    archive.add("wavelength", array_file("<f8", &[], &wavelength))?;
    archive.write_to(to)
}

#[cfg(test)]
#[cfg(feature = "archives")]
mod tests {
    use super::*;
    use crate::read_scans;
    use xrd_core::TwoThetaGrid;

    #[test]
    fn what_is_read_back_has_the_axis_and_the_angles() {
        let grid = TwoThetaGrid::new(5.0, 0.5, 200).unwrap();
        let wavelength = Wavelength::angstrom(1.540_593).unwrap();
        let intensities = (0..200).map(|i| (i % 7) as f32).collect();
        let pattern = Pattern::new(grid, Scale::ARBITRARY, intensities).unwrap();
        assert!(over_q_xy(&mut Vec::new(), &pattern).is_err());
        let pattern = pattern.with_wavelength(Some(wavelength));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.xy");
        let mut file = std::fs::File::create(&path).unwrap();
        over_q_xy(&mut file, &pattern).unwrap();
        let scan = &read_scans(&path).unwrap()[0];
        assert_eq!(scan.axis_kind(), &AxisKind::QPerAngstrom);
        assert_eq!(scan.wavelength(), Some(wavelength));
        assert_eq!(scan.intensities()[8], pattern.intensities()[8] as f64);
        for (q, angle) in scan.axis().iter().zip(grid.angles()) {
            let back = 2.0 * (q * 1.540_593 / (4.0 * std::f64::consts::PI)).asin();
            assert!((back.to_degrees() - angle).abs() < 1e-7);
        }
    }

    #[test]
    fn an_archive_over_q_is_read_as_what_it_is() {
        let q: Vec<f64> = (0..5).map(|i| 1.0 + 0.1 * f64::from(i)).collect();
        let names = ["a", "b"].map(str::to_owned);
        let intensities: Vec<f32> = (0..10u8).map(f32::from).collect();
        let set = PatternsOverQ {
            q: &q,
            names: &names,
            intensities: &intensities,
            wavelength: Wavelength::angstrom(1.540_593).unwrap(),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.npz");
        let mut archive = Vec::new();
        over_q_npz(&mut archive, &set).unwrap();
        std::fs::write(&path, &archive).unwrap();
        let scans = read_scans(&path).unwrap();
        assert_eq!(scans.len(), 2);
        assert_eq!(scans[1].axis_kind(), &AxisKind::QPerAngstrom);
        assert_eq!(scans[1].wavelength(), Some(set.wavelength));
        assert_eq!(scans[1].intensities(), [5.0, 6.0, 7.0, 8.0, 9.0]);
        assert!(
            scans[1]
                .axis()
                .iter()
                .zip(&q)
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        let mut text = Vec::new();
        set.write_xy(&mut text, 1).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("# axis: q\n# axis_unit: 1/"), "{text}");
        assert!(text.ends_with("\n1.3 8\n1.4 9\n"), "{text}");
        assert!(set.write_xy(&mut Vec::new(), 2).is_err());
        assert!(set.write_xy(&mut Vec::new(), usize::MAX).is_err());
        let short = PatternsOverQ { q: &q[..4], ..set };
        assert!(over_q_npz(&mut Vec::new(), &short).is_err());
    }
}
