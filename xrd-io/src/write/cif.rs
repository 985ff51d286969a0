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

#[cfg(test)]
#[cfg(feature = "structures")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xrd_core::{Atom, Element, Lattice};

    fn structure() -> impl Strategy<Value = Structure> {
        let lengths = [2.0..20.0f64, 2.0..20.0, 2.0..20.0];
        let angles = [70.0..110.0f64, 70.0..110.0, 70.0..110.0];
        let atom = (1u8..95, [0.0..1.0f64, 0.0..1.0, 0.0..1.0]);
        let atoms = proptest::collection::vec(atom, 1..5);
        (lengths, angles, atoms).prop_map(|([a, b, c], [al, be, ga], atoms)| {
            let lattice = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
            let atom = |(number, place)| Atom::new(Element::from_number(number).unwrap(), place);
            Structure::new(lattice, atoms.into_iter().map(atom).collect()).unwrap()
        })
    }

    proptest! {
        #[test]
        fn structures_are_read_back(structure in structure()) {
            let mut bytes = Vec::new();
            cif(&mut bytes, "Ca(OH)2 1", &["a note\nof two lines"], &structure).unwrap();
            let text = String::from_utf8(bytes.clone()).unwrap();
            prop_assert!(text.starts_with("# a note of two lines\ndata_Ca_OH_2_1\n"), "{}", text);
            let read = crate::read_structure_bytes("a.cif", &bytes).unwrap();
            prop_assert_eq!(read.atoms().len(), structure.atoms().len());
            for (a, b) in read.atoms().iter().zip(structure.atoms()) {
                prop_assert_eq!(a.element(), b.element());
                let near = |(x, y): (&f64, &f64)| {
                    let d = x - y;
                    (d - d.round()).abs() < 1e-6
                };
                prop_assert!(a.position.iter().zip(&b.position).all(near));
            }
            let volumes = [&read, &structure].map(|s| s.lattice().volume());
            prop_assert!((volumes[0] / volumes[1] - 1.0).abs() < 1e-5);
        }
    }
}
