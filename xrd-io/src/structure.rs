use std::path::Path;

use xrd_core::Structure;

use crate::error::{Error, Place, Result};
use crate::source::Source;

mod cell;
mod cif;
mod crystal;
mod formula;
mod json_lines;
mod near;
mod poscar;
mod species;

pub use crystal::{Crystal, Disorder, Site, SpaceGroup, SymmetrySource};
pub use json_lines::{StructureFacts, StructureLine, StructureLines};

/// Reads the first complete crystal structure of a file.
///
/// A crystal is complete if [`Crystal::structure`] returns no error. To learn which values were
/// missing, repaired or skipped, call [`read_crystals`] and see [`Crystal::warnings`].
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
/// Any error of [`read_crystals`]. If no crystal is complete, the error of [`Crystal::structure`]
/// for the first crystal.
pub fn read_structure(path: impl AsRef<Path>) -> Result<Structure> {
    first_structure(&Source::open(path.as_ref())?)
}

/// Reads a crystal structure from the bytes of a file; see [`read_structure`]. Error messages use
/// `name` as the name of the file.
///
/// # Errors
/// Any error of [`read_structure`].
pub fn read_structure_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Structure> {
    first_structure(&Source::unpacked(name.as_ref(), bytes.to_vec())?)
}

fn first_structure(source: &Source) -> Result<Structure> {
    let crystals = read_source(source)?;
    let mut structures = crystals.iter().map(Crystal::structure);
    let none = || {
        Err(Error::malformed(
            source.path,
            Place::File,
            "no crystal",
            "one",
        ))
    };
    let first = structures.next().unwrap_or_else(none);
    first.or_else(|e| structures.find_map(Result::ok).ok_or(e))
}

/// Reads the crystal structures of a CIF, POSCAR or CONTCAR file. At least one crystal is returned.
///
/// Each data block of a CIF that lists atoms is one crystal.
///
/// - **Symmetry**: the operations come from the first of these sources that the file has: the list
///   of operations, the Hall symbol, the Hermann-Mauguin symbol, the space group number.
/// - **Settings**: a symbol or number may allow several settings of the space group. The cell then
///   decides which setting is used. If the cell allows several of them, the formula decides. If the
///   formula allows several, too, the standard setting is used. A stated setting that does not fit
///   the cell is replaced by another setting of the same group that fits, if there is one.
/// - **Special positions**: symmetry images of one site are merged into one atom if they are closer
///   than 0.1 Å. Images closer than 0.4 Å are also merged if the sum of their occupancies exceeds
///   1.05.
/// - **Elements**: atom types and labels such as `Fe3+`, `D` or `Ow1` are recognised. If a label
///   fits several elements, the element that agrees with the formula is used.
/// - **Displacements**: B is converted to U = B/8π². Anisotropic displacements are rotated by the
///   symmetry operations.
/// - **Groups** such as `NH4` or `Wat` in place of an element are their heavy atom, with a warning.
/// - **Magnetic structures** are read without their moments, with a warning.
/// - **Vacancies and dummy atoms** are skipped.
///
/// A crystal has a warning for everything that was missing, repaired or skipped. There are also
/// warnings for two kinds of contradictions. First, the cell does not fit the symmetry, the formula
/// or the stated volume. Second, the sum of the occupancies at one place is too large, or two atoms
/// are too close to each other.
///
/// Cost: O(sites · operations).
///
/// # Errors
/// - [`Error::Io`] if the file cannot be opened.
/// - [`Error::Malformed`] if the file has no atoms, or more than 100,000 atoms in all cells
///   together.
/// - [`Error::Unsupported`] for a modulated structure.
pub fn read_crystals(path: impl AsRef<Path>) -> Result<Vec<Crystal>> {
    read_source(&Source::open(path.as_ref())?)
}

/// Reads the crystal structures in the bytes of a CIF, POSCAR or CONTCAR file; see
/// [`read_crystals`]. Error messages use `name` as the name of the file.
///
/// # Example
/// ```
/// let poscar = b"caesium chloride\n4.12\n1 0 0\n0 1 0\n0 0 1\nCs Cl\n1 1\nDirect\n0 0 0\n.5 .5 .5\n";
/// let crystals = xrd_io::read_crystals_bytes("POSCAR", poscar)?;
/// assert_eq!(crystals[0].structure()?.atoms().len(), 2);
/// # Ok::<(), xrd_io::Error>(())
/// ```
///
/// # Errors
/// Any error of [`read_crystals`].
pub fn read_crystals_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Vec<Crystal>> {
    read_source(&Source::unpacked(name.as_ref(), bytes.to_vec())?)
}

fn read_source(source: &Source) -> Result<Vec<Crystal>> {
    let (path, text) = (source.path, source.require_text()?);
    // Some old programs end texts with Ctrl-Z.
    let text = text.trim_end().strip_suffix('\u{1a}').unwrap_or(text);
    let mut crystals = match poscar::recognises(text) {
        true => vec![poscar::read(path, text)?],
        false => cif::read(path, text)?,
    };
    for crystal in &mut crystals {
        crystal.warnings.extend(source.junk());
    }
    Ok(crystals)
}

/// Largest number of atoms in all cells of a file together.
const MOST_ATOMS: usize = 100_000;
