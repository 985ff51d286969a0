//! Structures in files that contradict themselves or forget their quotes: what is taken is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use xrd_io::{Crystal, Error, SymmetrySource, read_crystals};

fn read(text: &str) -> Result<Crystal, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.cif");
    fs::write(&path, text).unwrap();
    Ok(read_crystals(&path)?.swap_remove(0))
}

fn crystal(text: &str) -> Crystal {
    read(text).unwrap()
}

/// The only warning.
fn warning(crystal: &Crystal) -> &str {
    match crystal.warnings() {
        [one] => one,
        all => panic!("{all:?}"),
    }
}

/// A block of a cell, a line more, and atoms at places of which none is special.
fn cif(cell: [f64; 6], line: &str, atoms: &str) -> String {
    let [a, b, c, alpha, beta, gamma] = cell;
    format!(
        "data_a
_cell_length_a {a}
_cell_length_b {b}
_cell_length_c {c}
_cell_angle_alpha {alpha}
_cell_angle_beta {beta}
_cell_angle_gamma {gamma}
{line}
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
{atoms}
"
    )
}

const IRON: &str = "Fe1 .13 .41 .29";
const CUBE: [f64; 6] = [20.0, 20.0, 20.0, 90.0, 90.0, 90.0];
const HEXAGONAL: [f64; 6] = [8.0, 8.0, 24.0, 90.0, 90.0, 120.0];
const MONOCLINIC: [f64; 6] = [8.0, 5.0, 6.0, 90.0, 100.0, 90.0];

#[test]
fn a_second_value_of_the_cell_is_told() {
    let line = "_space_group_IT_number 1\n_cell_volume 8000 0\n_cell_measurement_temperature 293 K";
    let told = crystal(&cif(CUBE, line, IRON));
    assert_eq!(
        warning(&told),
        "line 9: '0' is left out: _cell_volume has a value already"
    );
}

#[test]
fn tags_of_no_weight_may_stand_before_the_first_block() {
    let text = cif(CUBE, "_space_group_IT_number 1", IRON);
    let audited = format!("_audit_creation_method 'by hand'\n\ndata_global\n{text}");
    assert_eq!(crystal(&audited).atoms(), 1);
    for tag in [
        "_cell.length_a 5",
        "_symmetry_space_group_name_H-M P1",
        "_atom_site_label Fe",
    ] {
        let refused = read(&format!("_audit_x 1\n{tag}\n{text}"))
            .unwrap_err()
            .to_string();
        assert!(refused.contains("line 2: _"), "{refused}");
        assert!(refused.contains("before the first data_ line"), "{refused}");
    }
}

#[test]
fn a_second_loop_of_atoms_is_told() {
    let loops = "loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z";
    let text = cif(CUBE, "_space_group_IT_number 1", IRON);
    let two = crystal(&format!("{text}{loops}\nNi1 .5 .5 .5\n"));
    assert_eq!(two.atoms(), 1);
    assert_eq!(
        warning(&two),
        "line 15: a further loop of atoms in one block is left out"
    );
    assert!(crystal(&format!("{text}{loops}\n")).warnings().is_empty());
}

#[test]
fn a_poscar_may_have_remarks() {
    let text = "iron and nickel
1.0 ! scale
3 0 0 ! a
0 3 0
0 0 3
Fe Ni ! species
1 1 ! total 2
Direct
0 0 0
.5 .5 .5
";
    assert_eq!(crystal(text).atoms(), 2);
    let words = text.replace("! scale", "scale").replace("! total", "total");
    assert_eq!(crystal(&words).atoms(), 2);
    let mixed = read(&text.replace("Fe Ni", "Fe.5Ni.5 Ni"));
    assert!(mixed.unwrap_err().to_string().contains("for 2 counts"));
}
