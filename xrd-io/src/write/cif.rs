//! Writer of crystal structures as CIF.

use std::io::{self, Write};

use xrd_core::Structure;

/// Writes a structure as a CIF with one data block. All atoms of the cell are listed, with the space group P1.
///
/// The text `name` becomes the name of the block; characters that are not letters, digits or `.-+` become `_`.
/// Each of the `notes` becomes a comment. [`read_structure`](crate::read_structure) reads lengths to 1e-6 Å,
/// angles to 1e-6° and positions to 1e-6.
///
/// # Errors
/// Any error of the writer.
pub fn cif<W: Write + ?Sized>(
    to: &mut W,
    name: &str,
    notes: &[&str],
    structure: &Structure,
) -> io::Result<()> {
    for note in notes {
        writeln!(to, "# {}", note.replace(|c: char| c.is_control(), " "))?;
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let name = name.replace(|c: char| !is_plain(c), "_");
    writeln!(to, "data_{name}")?;
    let lattice = structure.lattice();
    let angles = angles_deg(lattice.vectors());
    for (axis, length) in ["a", "b", "c"].iter().zip(lattice.lengths()) {
        writeln!(to, "_cell_length_{axis} {length:.6}")?;
    }
    for (angle, degrees) in ["alpha", "beta", "gamma"].iter().zip(angles) {
        writeln!(to, "_cell_angle_{angle} {degrees:.6}")?;
    }
    to.write_all(b"_space_group_name_H-M_alt 'P 1'\n_space_group_IT_number 1\n")?;
    to.write_all(b"loop_\n_space_group_symop_operation_xyz\n'x, y, z'\n")?;
    to.write_all(b"loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n")?;
    to.write_all(b"_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n")?;
    for (number, atom) in structure.atoms().iter().enumerate() {
        let symbol = atom.element().symbol();
        let [x, y, z] = atom.position;
        let (label, occupancy) = (number + 1, atom.occupancy);
        writeln!(
            to,
            "{symbol}{label} {symbol} {x:.6} {y:.6} {z:.6} {occupancy}"
        )?;
    }
    Ok(())
}

/// Angles α, β and γ of lattice vectors in degrees.
fn angles_deg(vectors: &[[f64; 3]; 3]) -> [f64; 3] {
    let dot = |i: usize, j: usize| -> f64 { (0..3).map(|k| vectors[i][k] * vectors[j][k]).sum() };
    [(1, 2), (0, 2), (0, 1)].map(|(i, j)| {
        let cosine = dot(i, j) / (dot(i, i) * dot(j, j)).sqrt();
        cosine.clamp(-1.0, 1.0).acos().to_degrees()
    })
}
