//! Lines of reference structures at the angles of a study.

use std::path::{Path, PathBuf};

use xrd_core::{Structure, Wavelength};
use xrd_io::{Crystal, read_crystals};
use xrd_sim::{Diffraction, Reflection, reflections};

use crate::dataset::Patterns;
use crate::error::{Error, Result};
use crate::note::Note;
use crate::report::ReferenceReport;

/// Smallest intensity of a listed line, relative to the strongest.
const LISTED: f64 = 1e-3;

/// Reference structure: its lines at the wavelength and in the range of a set of patterns.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reference {
    /// Name: the file name without extensions. A number is added if another reference has this name.
    pub name: String,
    /// File of the structure.
    pub file: PathBuf,
    /// The lines in the order of their angles. The intensity of the strongest is 1, and weaker lines
    /// than 0.001 are left out. The indices are those of the cell in the file.
    pub lines: Vec<Reflection>,
}

impl Reference {
    /// Reads crystal structures (CIF, POSCAR) and simulates their lines at the wavelength and in the
    /// range of the patterns. Returns also notes on how the files were read. The lines have the
    /// Lorentz-polarisation factor of an unpolarised beam.
    ///
    /// # Errors
    /// [`Error::NoWavelength`] if the wavelength of the patterns is not known,
    /// [`Error::NotAReference`] for a file without a complete structure, [`Error::NoLines`] if no line
    /// is in the range, [`Error::Simulation`] if the lines cannot be simulated.
    pub fn read_all(files: &[PathBuf], patterns: &Patterns) -> Result<(Vec<Self>, Vec<Note>)> {
        let (mut references, mut notes) = (Vec::<Self>::new(), Vec::new());
        for file in files {
            let wavelength = patterns.wavelength();
            let wavelength =
                wavelength.ok_or_else(|| Error::NoWavelength { path: file.clone() })?;
            let (structure, about) = read(file)?;
            let taken: Vec<&str> = references.iter().map(|r| r.name.as_str()).collect();
            let name = free_name(&name_of(file), &taken);
            let lines = lines(file, &structure, (patterns, wavelength))?;
            notes.extend(about);
            references.push(Self {
                name,
                file: file.clone(),
                lines,
            });
        }
        Ok((references, notes))
    }

    pub(crate) fn report(&self) -> ReferenceReport {
        ReferenceReport {
            name: self.name.clone(),
            file: self.file.to_string_lossy().into_owned(),
            lines: self.lines.len(),
        }
    }
}

/// First complete structure of a file, and notes on it.
fn read(file: &Path) -> Result<(Structure, Vec<Note>)> {
    let wrong = |source| Error::NotAReference {
        source: Box::new(source),
    };
    let crystals = read_crystals(file).map_err(wrong)?;
    let structure = xrd_io::read_structure(file).map_err(wrong)?;
    let Some(taken) = crystals.iter().find(|c| c.structure().is_ok()) else {
        return Ok((structure, Vec::new()));
    };
    let several = (crystals.len() > 1).then(|| {
        format!(
            "used '{}', one of {} structures",
            taken.name(),
            crystals.len()
        )
    });
    let mut texts: Vec<String> = several.into_iter().collect();
    for warning in Crystal::warnings(taken) {
        if !texts.contains(warning) {
            texts.push(warning.clone());
        }
    }
    let note = |text: String| Note::from(format!("{}: {text}", file.display()));
    Ok((structure, texts.into_iter().map(note).collect()))
}

fn lines(
    file: &Path,
    structure: &Structure,
    (patterns, wavelength): (&Patterns, Wavelength),
) -> Result<Vec<Reflection>> {
    let (from_deg, to_deg) = (patterns.grid().start(), patterns.grid().last());
    let found = reflections(structure, &Diffraction::new(wavelength), from_deg..=to_deg);
    let mut found = found.map_err(|e| Error::from(e).at(file.display()))?;
    let strongest = found.iter().map(|r| r.intensity).fold(0.0, f64::max);
    found.retain(|r| r.intensity > 0.0 && r.intensity >= LISTED * strongest);
    found.iter_mut().for_each(|r| r.intensity /= strongest);
    match found.is_empty() {
        false => Ok(found),
        true => Err(Error::NoLines {
            path: file.to_owned(),
            from_deg,
            to_deg,
            wavelength,
        }),
    }
}

/// File name without extensions, also without .gz or .bz2.
fn name_of(file: &Path) -> String {
    let is_packed = |e: &std::ffi::OsStr| ["gz", "bz2"].iter().any(|p| e.eq_ignore_ascii_case(p));
    let unpacked = match (file.extension(), file.file_stem()) {
        (Some(extension), Some(stem)) if is_packed(extension) => Path::new(stem),
        _ => file,
    };
    let stem = unpacked.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The name, with a number if it is taken.
fn free_name(name: &str, taken: &[&str]) -> String {
    let is_free = |name: &String| !taken.contains(&name.as_str());
    let numbered = (2..).map(|n| format!("{name} {n}"));
    let mut all = std::iter::once(name.to_owned()).chain(numbered);
    all.find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::{PatternSet, Scale, TwoThetaGrid};

    const CAESIUM_CHLORIDE: &str = "data_CsCl
_cell_length_a 4.12 _cell_length_b 4.12 _cell_length_c 4.12
_cell_angle_alpha 90 _cell_angle_beta 90 _cell_angle_gamma 90
_space_group_IT_number 221
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
Cs1 0 0 0
Cl1 0.5 0.5 0.5
";

    fn patterns(end: f64, wavelength: Option<f64>) -> Patterns {
        let points = ((end - 10.0) / 0.1) as usize;
        let grid = TwoThetaGrid::new(10.0, 0.1, points).unwrap();
        let wavelength = wavelength.map(|w| Wavelength::angstrom(w).unwrap());
        let block = vec![1.0; points];
        PatternSet::new(grid, Scale::ARBITRARY, wavelength, vec!["a".into()], block)
            .unwrap()
            .into()
    }

    #[test]
    fn lines_are_those_of_the_structure_at_the_wavelength() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("CsCl.cif");
        std::fs::write(&file, CAESIUM_CHLORIDE).unwrap();
        let all = [file.clone(), file.clone()];
        let read = |end, wavelength| Reference::read_all(&all, &patterns(end, wavelength));
        let (found, _) = read(60.0, Some(1.5406)).unwrap();
        assert_eq!((&*found[0].name, &*found[1].name), ("CsCl", "CsCl 2"));
        let strongest = found[0].lines.iter().find(|r| r.intensity == 1.0).unwrap();
        assert_eq!((strongest.hkl, strongest.multiplicity), ([1, 1, 0], 12));
        // Bragg's law for d = a / √2.
        let sine: f64 = 1.5406 / (2.0 * 4.12 / 2f64.sqrt());
        assert!((strongest.two_theta_deg - 2.0 * sine.asin().to_degrees()).abs() < 1e-9);
        assert!(found[0].lines.iter().all(|r| r.two_theta_deg < 60.0));
        let shorter = read(60.0, Some(0.7093)).unwrap().0;
        assert!(shorter[0].lines.len() > found[0].lines.len());

        let message = read(60.0, None).unwrap_err().to_string();
        assert!(message.ends_with("CsCl.cif: the wavelength of the patterns is not known"));
        let message = read(12.0, Some(1.5406)).unwrap_err().to_string();
        assert!(
            message.ends_with("no lines from 10.00 to 11.90 degrees at 1.5406 angstrom"),
            "{message}"
        );
        std::fs::write(&file, "10 1\n11 2\n").unwrap();
        assert!(matches!(
            read(60.0, Some(1.5)),
            Err(Error::NotAReference { .. })
        ));
    }
}
