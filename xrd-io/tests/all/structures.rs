//! Structures written by hand, and input that must be refused.

use std::fs;

use xrd_core::{Displacement, Structure};
use xrd_io::{Crystal, Error, SymmetrySource, read_crystals, read_structure};

fn read(cif: &str) -> Result<Structure, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.cif");
    fs::write(&path, cif).unwrap();
    read_structure(&path)
}

fn read_all(bytes: &[u8]) -> Result<Vec<Crystal>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.cif");
    fs::write(&path, bytes).unwrap();
    read_crystals(&path)
}

fn crystal(cif: &str) -> Crystal {
    read_all(cif.as_bytes()).unwrap().swap_remove(0)
}

fn refusal(cif: &str) -> String {
    read(cif).unwrap_err().to_string()
}

/// The element and position of every atom, sorted.
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
    // The two origins differ by an eighth of the diagonal.
    assert_eq!(shifted(&first, 0.0), shifted(&second, -0.125));
    // Without a setting, the second origin is assumed.
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
        "_space_group_IT_number 1 _chemical_formula_sum 'Fe.75 Co.25 C H'
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
_atom_site_occupancy _atom_site_calc_flag
FE1 0 0 0 0.75(1) .
CO1 0 0 0 0.25 .
C1 .5 .5 .5 1.001 ?
D1 .5 0 0 . d
X1 .5 0 .5 1 dum
Va1 .25 0 .5 1 .
",
    );
    let crystal = crystal(&shared);
    let structure = crystal.structure().unwrap();
    let found: Vec<_> = structure
        .atoms()
        .iter()
        .map(|a| (a.element().symbol(), a.occupancy))
        .collect();
    assert_eq!(found, [("Fe", 0.75), ("Co", 0.25), ("C", 1.0), ("H", 1.0)]);
    assert_eq!(crystal.sites()[3].symbol, "D");
    assert_eq!(
        crystal.warnings(),
        ["sites left out, as they are not atoms: X1, Va1"]
    );
}

#[test]
fn types_name_ions_mixtures_and_groups() {
    let crystal = crystal(&cubic(
        "_space_group_IT_number 1
loop_ _atom_type_symbol _atom_type_oxidation_number Ca 2 Fe3 3
loop_ _atom_site_label _atom_site_type_symbol
_atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
A1 Fe3+ 0 0 0
A2 O-2 .5 0 0
A3 Ca 0 .5 0
A4 '0.75Si + 0.25Al' 0 0 .5
A5 OH .5 .5 0
A6 Fe3 .5 .5 .5
",
    ));
    let species: Vec<String> = crystal
        .sites()
        .iter()
        .map(|s| format!("{} {}", s.species.unwrap(), s.occupancy))
        .collect();
    let expected = [
        "Fe3+ 1", "O2- 1", "Ca2+ 1", "Si 0.75", "Al 0.25", "O 1", "Fe3+ 1",
    ];
    assert_eq!(species, expected);
    assert_eq!(
        crystal.warnings(),
        ["sites of groups whose hydrogen atoms have no positions: A5"]
    );
}

#[test]
fn operations_come_before_names() {
    let only_identity = "_symmetry_space_group_name_H-M 'F m -3 m'
loop_ _symmetry_equiv_pos_site_id _symmetry_equiv_pos_as_xyz 1 'x,y,z'\n";
    let crystal = crystal(&cubic(&format!("{only_identity}{ROCK_SALT_SITES}")));
    assert_eq!(crystal.structure().unwrap().atoms().len(), 2);
    assert_eq!(crystal.space_group().source, SymmetrySource::Operations);
    assert!(crystal.warnings()[0].contains("are not those of 'F m -3 m'"));
}

#[test]
fn operations_without_quotes_or_in_odd_words() {
    let sites = "loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
Na1 .1 .2 .3\n";
    let count = |operations: &str| {
        let text = format!("loop_ _space_group_symop.operation_xyz\n{operations}\n{sites}");
        crystal(&cubic(&text)).atoms()
    };
    assert_eq!(count("x, y, z\n-x, -y, -z"), 2);
    assert_eq!(count("'+X,+Y,+Z' '1 -x,-y,-z' '1/2+X,0.5+Y,Z'"), 3);
    assert_eq!(count("'-x,-y,-z'"), 2);
}

#[test]
fn broken_operations_give_way_to_the_name() {
    let broken = "_symmetry_space_group_name_H-M 'F m -3 m'
loop_ _symmetry_equiv_pos_as_xyz x,y,z x,y,x\n";
    let crystal = crystal(&cubic(&format!("{broken}{ROCK_SALT_SITES}")));
    assert_eq!(crystal.atoms(), 8);
    assert!(crystal.warnings()[0].starts_with("line 9: 'x,y,x' is not a symmetry operation"));
}

#[test]
fn what_is_left_open_follows_from_the_formula() {
    // With the first origin silicon is at 0 0 0, and 16 atoms are too many for 8 units.
    let diamond = |x: &str| {
        let text = format!(
            "_chemical_formula_sum Si _cell_formula_units_Z 8 _symmetry_space_group_name_H-M 'F d -3 m'
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
Si1 {x} {x} {x} O1 0.3 {x} 0.1\n"
        );
        crystal(&cubic(&text))
    };
    assert!(diamond(".125").warnings()[0].contains("setting of the space group is not stated"));
    let names = |c: Crystal| c.space_group().name.clone().unwrap();
    assert_eq!(names(diamond(".125")), "F d -3 m");
    // A Hall symbol that contradicts the name, such as a default written by a program, is not used.
    let odd = cubic(&format!(
        "_chemical_formula_sum 'Na Cl' _cell_formula_units_Z 4 _space_group_name_Hall 'P 3*'
_space_group_name_H-M_alt 'F m -3 m'\n{}",
        ROCK_SALT_SITES.replace("Cl1 Cl1- 0.5 0.5 0.5", "Cl1 Cl1- 0.5 0 0")
    ));
    assert_eq!(
        crystal(&odd).space_group().source,
        SymmetrySource::HermannMauguinSymbol
    );
}

#[test]
fn displacements_of_every_kind() {
    let text = "data_a _cell_length_a 3 _cell_length_b 4 _cell_length_c 5
_cell_angle_alpha 90 _cell_angle_beta 90 _cell_angle_gamma 90
loop_ _symmetry_equiv_pos_as_xyz x,y,z -x,y,z
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
_atom_site_U_iso_or_equiv _atom_site_B_iso_or_equiv _atom_site_adp_type
C1 .1 .1 .1 0.01 ? Uani
C2 .1 .1 .5 ? 0.79 Biso
C3 .1 .5 .5 0.6 ? Biso
C4 .1 .5 .9 ? ? .
C4 .1 .9 .9 0.02 ? Uiso
loop_ _atom_site_aniso_label _atom_site_aniso_U_11 _atom_site_aniso_U_22
_atom_site_aniso_U_33 _atom_site_aniso_U_12 _atom_site_aniso_U_13 _atom_site_aniso_U_23
C1 0.01 0.02 0.03 0.004 0.005 0.006
C4 0.01 0.01 0.01 0 0 0
C4 ? ? ? ? ? ?
";
    let crystal = crystal(text);
    let sites: Vec<_> = crystal.sites().iter().map(|s| s.displacement).collect();
    assert_eq!(sites[1], Some(Displacement::from_b_iso(0.79)));
    assert_eq!(sites[2], Some(Displacement::from_b_iso(0.6)));
    assert_eq!(
        sites[3],
        Some(Displacement::Anisotropic([0.01, 0.01, 0.01, 0.0, 0.0, 0.0]))
    );
    assert_eq!(sites[4], Some(Displacement::Isotropic(0.02)));
    // The mirror reverses the signs of components that are odd in x.
    let atoms = crystal.structure().unwrap();
    let mirrored = Displacement::Anisotropic([0.01, 0.02, 0.03, -0.004, -0.005, 0.006]);
    let Some(Displacement::Anisotropic(found)) = atoms.atoms()[1].displacement else {
        panic!("no anisotropic displacement")
    };
    let Displacement::Anisotropic(expected) = mirrored else {
        unreachable!()
    };
    assert!(
        found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-12)
    );
    assert_eq!(crystal.warnings().len(), 2, "{:?}", crystal.warnings());
}

#[test]
fn what_files_leave_out_is_made_good_and_told() {
    let text = "data_a _cell_length_a 4 _cell_length_c 5 _cell_volume 100
_symmetry_space_group_name_H-M 'P 1'
loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
_atom_site_disorder_assembly _atom_site_disorder_group _atom_site_occupancy
Fe1 . .5 0 . . 1
H1 ? ? ? . . 1
C1 .5 .5 .5 A 1 .6
C1' .52 .5 .5 A 2 .4
Fe2 0 .5 0 . . 1
";
    let crystal = crystal(text);
    assert_eq!(crystal.lattice().unwrap().lengths(), [4.0, 5.0, 5.0]);
    assert_eq!(
        (crystal.atoms(), crystal.structure().unwrap().atoms().len()),
        (3, 3)
    );
    let group = |i: usize| {
        crystal.sites()[i]
            .disorder
            .as_ref()
            .map(|d| d.group.as_str())
    };
    assert_eq!((group(0), group(2), group(3)), (None, Some("1"), Some("2")));
    let told = [
        "no _cell_angle_alpha",
        "no _cell_angle_beta",
        "no _cell_angle_gamma",
        "no _cell_length_b: 5.0000 follows",
        "coordinates are unknown: H1",
        "assumed to be 0: Fe1",
        "repeat other sites: Fe2 (Fe1)",
    ];
    let all = crystal.warnings().join("\n");
    assert!(told.iter().all(|t| all.contains(t)), "{all}");
    assert_eq!(crystal.warnings().len(), told.len(), "{all}");
}

#[test]
fn one_crystal_for_each_block_with_atoms() {
    let rock_salt = cubic(&format!("{FACE_CENTRED}{ROCK_SALT_SITES}"));
    let second = rock_salt
        .replace("data_a", "data_b")
        .replace("_atom_site_", "_atom_site.");
    let text = format!(
        "\u{feff}data_global\n_publ_section_title\n;\ndata_x loop_ _atom_site_fract_x\n;\n{rock_salt}{second}"
    );
    let crystals = read_all(text.as_bytes()).unwrap();
    let names: Vec<&str> = crystals.iter().map(|c| c.name()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(
        crystals[0].structure().unwrap(),
        crystals[1].structure().unwrap()
    );
    assert_eq!(
        crystals[1].content(),
        [("Na".to_owned(), 4.0), ("Cl".to_owned(), 4.0)]
    );
}

#[test]
fn line_ends_tabs_and_encodings() {
    let rock_salt = cubic(&format!(
        "_note 'M\u{fc}ller'\n{FACE_CENTRED}{ROCK_SALT_SITES}"
    ));
    let latin_1: Vec<u8> = rock_salt.chars().map(|c| c as u8).collect();
    let utf_16: Vec<u8> = std::iter::once(0xfeff)
        .chain(rock_salt.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let texts = [
        rock_salt.replace('\n', "\r\n").into_bytes(),
        rock_salt.replace('\n', "\r").into_bytes(),
        rock_salt.replace(' ', "\t").into_bytes(),
        latin_1,
        utf_16,
    ];
    for text in texts {
        assert_eq!(read_all(&text).unwrap()[0].atoms(), 8);
    }
}

const POSCAR: &str = "rock salt
2.0
2.8201 0 0
0 2.8201 0
0 0 2.8201
Na Cl
4 4
Selective dynamics
Direct
0 0 0 T T T
0 .5 .5 T T T
.5 0 .5 T T T
.5 .5 0 T T F
.5 .5 .5 T T T
.5 0 0
0 .5 0
0 0 -.5 Cl
";

#[test]
fn poscar_of_both_versions_and_coordinates() {
    let same = read(&cubic(&format!("{FACE_CENTRED}{ROCK_SALT_SITES}"))).unwrap();
    let [found] = &read_all(POSCAR.as_bytes()).unwrap()[..] else {
        panic!("one crystal")
    };
    assert_eq!(found.name(), "rock salt");
    assert_eq!(atoms(&found.structure().unwrap()), atoms(&same));
    let cartesian = POSCAR
        .replace("Direct", "Cartesian")
        .replace(".5", "1.41005");
    let old = cartesian
        .replace("Na Cl\n", "")
        .replace("rock salt", "Na Cl");
    let by_volume = old.replace("2.0\n", "-179.4\n");
    let fractional = POSCAR.replace("Direct", "Fractional");
    for text in [&cartesian, &old, &by_volume, &fractional] {
        let structure = read(text).unwrap();
        assert_eq!(atoms(&structure), atoms(&same));
        assert!((structure.lattice().volume() - 179.4).abs() < 0.1);
    }
    let refused = |from: &str, to: &str| refusal(&POSCAR.replace(from, to));
    assert!(refused("Na Cl", "Na Xx").contains("line 7: 'Na Xx' for 2 counts"));
    assert!(refused("4 4", "4 4 4").contains("line 7: 'Na Cl' for 3 counts"));
    assert!(refused("4 4", "4 4000000").contains("line 7: counts '4 4000000'"));
    assert!(refused("Direct", "Odd").contains("line 9: 'Odd' (expected 'Direct'"));
    assert!(refused("0 .5 0\n", "0 .5\n").contains("line 16: '0 .5' (expected the coordinates"));
    assert!(refused("0 0 -.5 Cl\n", "").contains("line 17: the end of the file"));
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
    assert!(refusal("_cell_x 1\ndata_a").contains("line 1: _cell_x before the first data_ line"));
    assert!(refusal(&cubic(p1)).contains("no atoms with fractional coordinates"));
    assert!(refusal(&format!("data_a\n{p1}{ROCK_SALT_SITES}")).contains("no _cell_length_a"));
    assert!(
        refusal(&cubic(&format!(
            "_symmetry_space_group_name_H-M 'Q 7'\n{ROCK_SALT_SITES}"
        )))
        .contains("space group 'Q 7'")
    );
    assert_eq!(
        refusal(&site("Xx1 0 0 0")).split_once(": ").unwrap().1,
        "line 14: 'Xx1' is not a known element (expected a chemical symbol)"
    );
    assert!(refusal(&site("T1 0 0 0")).contains("'T1' is not a known element"));
    assert!(refusal(&site("Fe1 0 ? 0")).contains("line 14: _atom_site_fract_y of 'Fe1' is '?'"));
    assert!(refusal(&site("Fe1 0 zero 0")).contains("_atom_site_fract_y of 'Fe1' is 'zero'"));
    assert!(refusal(&site("Fe1 ? ? ?")).contains("line 9: no atom has coordinates"));
    assert!(refusal(&site("Fe1 0 0 0 Fe2 0 0")).contains("line 9: a ragged loop of atoms"));
    assert!(refusal(&site("")).contains("line 9: no atom has coordinates"));
    let broken = FACE_CENTRED.replace("y+1/2, z'", "y+1/2'");
    assert!(refusal(&cubic(&format!("{broken}{ROCK_SALT_SITES}"))).contains("'x+1/2, y+1/2'"));
    let modulated = format!("{}_cell_modulation_dimension 1\n", site("Fe1 0 0 0"));
    assert!(refusal(&modulated).contains("a modulated structure"));
    let over = site("Fe1 0 0 0").replace(
        "_atom_site_label\n",
        "_atom_site_occupancy _atom_site_label\n",
    );
    assert!(refusal(&over.replace("Fe1", "1.5 Fe1")).contains("the occupancy of 'Fe1' is 1.5"));
    assert!(refusal(&over.replace("Fe1", "a Fe1")).contains("the occupancy of 'Fe1' is 'a'"));
    let flat = site("Fe1 0 0 0").replace("5.6402(2)", "0");
    assert!(refusal(&flat).contains("line 2: cell length is 0 (expected > 0 angstrom)"));
    let huge = site(&"Fe1 .1 .2 .3\n".repeat(5000)).replace("number 1", "number 225");
    let refused = refusal(&huge);
    assert!(refused.contains("over 100000 atoms"), "{refused}");
}
