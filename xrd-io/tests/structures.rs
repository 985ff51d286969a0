//! Structures written by hand, and what must be refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use xrd_core::{Error as CoreError, Structure};
use xrd_io::{Error, read_structure};

fn read(cif: &str) -> Result<Structure, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.cif");
    fs::write(&path, cif).unwrap();
    read_structure(&path)
}

fn refusal(cif: &str) -> String {
    read(cif).unwrap_err().to_string()
}

/// Element and position of every atom, sorted.
fn atoms(structure: &Structure) -> Vec<(u8, [i64; 3])> {
    let rounded = |x: f64| (x * 1e4).round() as i64 % 10_000;
    let key = |a: &xrd_core::Atom| (a.element().number(), a.position.map(rounded));
    let mut atoms: Vec<_> = structure.atoms().iter().map(key).collect();
    atoms.sort_unstable();
    atoms
}

const CUBIC_CELL: &str = "data_a
_cell_length_a 5.6402(2)
_cell_length_b 5.6402(2)
_cell_length_c 5.6402(2)
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
";

fn cubic(rest: &str) -> String {
    format!("{CUBIC_CELL}{rest}")
}

const ROCK_SALT_SITES: &str = "loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_U_iso_or_equiv
Na1 Na1+ 0 0 0 0.02
Cl1 Cl1- 0.5 0.5 0.5 0.03(1)
";

const FACE_CENTRED: &str = "loop_
_symmetry_equiv_pos_as_xyz
'x, y, z'
'x, y+1/2, z+1/2'
'x+1/2, y, z+1/2'
'x+1/2, y+1/2, z'
'-x, -y, -z'
";

#[test]
fn operations_and_the_list_of_atoms_agree() {
    let by_operations = read(&cubic(&format!("{FACE_CENTRED}{ROCK_SALT_SITES}"))).unwrap();
    let by_number = read(&cubic(&format!(
        "_space_group_IT_number 225\n{ROCK_SALT_SITES}"
    )))
    .unwrap();
    let by_name = read(&cubic(&format!(
        "_symmetry_space_group_name_H-M 'F m -3 m'\n{ROCK_SALT_SITES}"
    )));
    let listed = read(&cubic(
        "_space_group.name_H-M_alt 'P 1'
loop_ _atom_site.label _atom_site.fract_x _atom_site.fract_y _atom_site.fract_z
Na1 0 0 0 Na2 0 .5 .5 Na3 .5 0 .5 Na4 .5 .5 0
Cl1 .5 .5 .5 Cl2 .5 0 0 Cl3 0 .5 0 Cl4 0 0 .5
",
    ))
    .unwrap();
    assert_eq!(listed.atoms().len(), 8);
    for structure in [&by_operations, &by_number, &by_name.unwrap()] {
        assert_eq!(atoms(structure), atoms(&listed));
        assert_eq!(structure.lattice(), listed.lattice());
    }
    let u = by_operations.atoms()[0].displacement;
    assert_eq!(u, Some(xrd_core::Displacement::Isotropic(0.02)));
    assert_eq!(listed.atoms()[0].displacement, None);
}

#[test]
fn diamond_has_eight_atoms_in_both_origins() {
    let of = |name: &str, x: f64| {
        let site = format!(
            "_symmetry_space_group_name_H-M '{name}'\nloop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z\nSi1 {x} {x} {x}\n"
        );
        read(&cubic(&site)).unwrap()
    };
    let (first, second) = (of("F d -3 m :1", 0.0), of("F d -3 m :2", 0.125));
    assert_eq!((first.atoms().len(), second.atoms().len()), (8, 8));
    let shifted = |s: &Structure, by: f64| -> Vec<_> {
        let round = |x: f64| ((x - by).rem_euclid(1.0) * 1e4).round() as i64 % 10_000;
        let mut all: Vec<_> = s.atoms().iter().map(|a| a.position.map(round)).collect();
        all.sort_unstable();
        all
    };
    // The origins are an eighth of the diagonal apart.
    assert_eq!(shifted(&first, 0.0), shifted(&second, -0.125));
    // Without a setting the second origin is meant.
    assert_eq!(atoms(&of("F d -3 m", 0.125)), atoms(&second));
}

#[test]
fn rounded_coordinates_stay_on_their_special_position() {
    let hexagonal = "data_a
_cell_length_a 3.2 _cell_length_b 3.2 _cell_length_c 5.2
_cell_angle_alpha 90 _cell_angle_beta 90 _cell_angle_gamma 120
_space_group_IT_number 194
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
Mg1 0.3333 0.6667 0.25
";
    assert_eq!(read(hexagonal).unwrap().atoms().len(), 2);
}

#[test]
fn shared_sites_dummies_and_labels() {
    let shared = cubic(
        "_space_group_IT_number 1 _chemical_formula_sum 'Fe Co2 C'
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
_atom_site_occupancy _atom_site_calc_flag
FE1 0 0 0 0.75(1) .
CO1 0 0 0 0.25 .
C1 .5 .5 .5 1.001 ?
D1 .5 0 0 . d
X1 .5 0 .5 1 dum
",
    );
    let structure = read(&shared).unwrap();
    let found: Vec<_> = structure
        .atoms()
        .iter()
        .map(|a| (a.element().symbol(), a.occupancy))
        .collect();
    assert_eq!(found, [("Fe", 0.75), ("Co", 0.25), ("C", 1.0), ("H", 1.0)]);
}

#[test]
fn blocks_without_atoms_are_passed_over() {
    let text = format!(
        "data_global\n_audit 'x'\n{}",
        cubic(&format!("{FACE_CENTRED}{ROCK_SALT_SITES}"))
    );
    assert_eq!(read(&text).unwrap().atoms().len(), 8);
}

#[test]
fn refusals_say_what_is_missing_and_where() {
    let p1 = "_space_group_IT_number 1\n";
    let site = |line: &str| {
        cubic(&format!(
            "{p1}loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n{line}\n"
        ))
    };
    assert!(refusal("nothing").contains("no data block"));
    assert!(refusal("").contains("is empty"));
    assert!(refusal(&cubic(p1)).contains("no atoms with fractional coordinates"));
    assert!(refusal(&format!("data_a\n{p1}{ROCK_SALT_SITES}")).contains("no _cell_length_a"));
    assert!(
        refusal(&cubic(ROCK_SALT_SITES)).contains("neither symmetry operations nor a space group")
    );
    assert!(
        refusal(&cubic(&format!(
            "_symmetry_space_group_name_H-M 'Q 7'\n{ROCK_SALT_SITES}"
        )))
        .contains("space group 'Q 7'")
    );
    assert_eq!(
        refusal(&site("Xx1 0 0 0")).split_once(": ").unwrap().1,
        "line 14: 'Xx1' is no known element (expected a chemical symbol)"
    );
    assert!(refusal(&site("T1 0 0 0")).contains("'T1' is no known element"));
    assert!(refusal(&site("Fe1 0 ? 0")).contains("line 14: atom 'Fe1' has no _atom_site_fract_y"));
    assert!(refusal(&site("Fe1 0 zero 0")).contains("line 14: _atom_site_fract_y is 'zero'"));
    assert!(refusal(&site("Fe1 0 0")).contains("ragged loop of atoms"));
    assert!(refusal(&site("")).contains("no atoms"));
    let broken = FACE_CENTRED.replace("y+1/2, z'", "y+1/2'");
    assert!(
        refusal(&cubic(&format!("{broken}{ROCK_SALT_SITES}"))).contains("line 13: 'x+1/2, y+1/2'")
    );
    let magnetic = format!("{}_space_group_magn.number_BNS 1.1\n", site("Fe1 0 0 0"));
    assert!(refusal(&magnetic).contains("a magnetic structure"));
    let modulated = format!("{}_cell_modulation_dimension 1\n", site("Fe1 0 0 0"));
    assert!(refusal(&modulated).contains("a modulated structure"));
    let over = site("Fe1 0 0 0").replace(
        "_atom_site_label\n",
        "_atom_site_occupancy _atom_site_label\n",
    );
    assert!(refusal(&over.replace("Fe1", "1.5 Fe1")).contains("occupancy 1.5"));
    let flat = site("Fe1 0 0 0").replace("5.6402(2)", "0");
    assert!(matches!(
        read(&flat),
        Err(Error::Invalid {
            source: CoreError::OutOfRange { .. },
            ..
        })
    ));
}
