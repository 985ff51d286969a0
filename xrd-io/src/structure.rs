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
pub use json_lines::{StructureLine, StructureLines};

/// Reads the first complete crystal structure of a file.
///
/// Returns the full cell of the first crystal of [`read_crystals`] for which it is known. That
/// function also reports what was missing, repaired or skipped.
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
/// Any error of [`read_crystals`]; if no crystal of the file is complete, the obstacle of the first
/// one.
pub fn read_structure(path: impl AsRef<Path>) -> Result<Structure> {
    first_structure(&Source::open(path.as_ref())?)
}

/// Reads a crystal structure from the bytes of a file; see [`read_structure`]. The name is that of
/// messages.
///
/// # Errors
/// Those of [`read_structure`].
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

/// Reads the crystal structures of a CIF, POSCAR or CONTCAR file.
///
/// In a CIF, each data block that lists atoms is one crystal.
///
/// - **Symmetry**: the listed operations are used, else those of the Hall symbol, of the
///   Hermann-Mauguin symbol, or of the number, in this order. If several settings remain
///   possible, the cell decides, then the formula, then the standard. If the stated setting does
///   not fit the cell, another setting of the same group that fits is used.
/// - **Special positions**: images of a site closer than 0.1 Å are one atom. So are images closer
///   than 0.4 Å if their occupancy leaves no room for both.
/// - **Elements**: types and labels such as `Fe3+`, `D` or `Ow1` are understood. If several
///   elements are possible, the formula decides.
/// - **Displacements**: B is converted to U = B/8π², and anisotropic displacements are rotated by
///   the operations.
/// - **Vacancies and dummy atoms** are skipped.
///
/// Everything that was missing, repaired or skipped becomes a warning of the crystal. So does a
/// symmetry, formula, volume or sum of occupancies that contradicts the cell.
///
/// Returns at least one crystal. O(sites · operations).
///
/// # Errors
/// [`Error::Io`]; [`Error::Malformed`] for a file without atoms or with more than 100,000 atoms in
/// its cells; [`Error::Unsupported`] for a magnetic or modulated structure.
pub fn read_crystals(path: impl AsRef<Path>) -> Result<Vec<Crystal>> {
    read_source(&Source::open(path.as_ref())?)
}

/// Reads the crystal structures in the bytes of a CIF, POSCAR or CONTCAR; see [`read_crystals`].
/// The name is that of messages.
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
/// Those of [`read_crystals`].
pub fn read_crystals_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Vec<Crystal>> {
    read_source(&Source::unpacked(name.as_ref(), bytes.to_vec())?)
}

fn read_source(source: &Source) -> Result<Vec<Crystal>> {
    let (path, text) = (source.path, source.require_text()?);
    // Some old programs end texts with Ctrl-Z.
    let text = text.trim_end().strip_suffix('\u{1a}').unwrap_or(text);
    if poscar::recognises(text) {
        return Ok(vec![poscar::read(path, text)?]);
    }
    cif::read(path, text)
}

/// Largest number of atoms in the cells of a file.
const MOST_ATOMS: usize = 100_000;
