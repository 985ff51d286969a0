//! Structures in files that contradict themselves or lack quotes. Every assumption is a warning.

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

/// The warning of a crystal that has exactly one.
fn warning(crystal: &Crystal) -> &str {
    match crystal.warnings() {
        [one] => one,
        all => panic!("{all:?}"),
    }
}

/// A block with a cell, one further line, and atoms on general positions.
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
fn a_cell_without_the_symmetry_stated_is_told() {
    let named = |cell, name: &str| {
        let line = format!("_space_group_name_H-M_alt '{name}'");
        crystal(&cif(cell, &line, IRON))
    };
    let odd = named([5.5, 5.5, 6.2, 90.0, 90.0, 120.0], "P 42/m n m");
    assert_eq!(
        warning(&odd),
        "the cell does not have the symmetry of 'P 42/m n m': its operations change lengths or angles (the metric by 100 %)"
    );
    let swapped = named([19.6, 12.8, 12.8, 90.0, 90.0, 90.0], "I 4/m m m");
    assert!(warning(&swapped).starts_with("the cell does not have the symmetry of 'I 4/m m m'"));
    let listed = "loop_ _space_group_symop_operation_xyz 'x,y,z' '-y,x,z'";
    let listed = crystal(&cif([5.0, 5.2, 5.0, 90.0, 90.0, 90.0], listed, IRON));
    assert!(warning(&listed).contains("does not have the symmetry of the operations listed"));
    // Rounding causes no warning.
    let rounded = named([5.0, 5.01, 5.0, 90.0, 90.2, 90.0], "P m -3 m");
    assert!(rounded.warnings().is_empty(), "{:?}", rounded.warnings());
}

#[test]
fn of_the_choices_of_a_group_the_cell_decides() {
    for (cell, name, taken, atoms) in [
        (HEXAGONAL, "R -3 m :R", "R -3 m:H", 36),
        (
            [20.0, 20.0, 20.0, 60.0, 60.0, 60.0],
            "R -3 m :H",
            "R -3 m:R",
            12,
        ),
        (
            [8.0, 5.0, 6.0, 90.0, 90.0, 100.0],
            "P 1 21/c 1",
            "P 1 1 21/a",
            4,
        ),
    ] {
        let line = format!("_symmetry_space_group_name_H-M '{name}'");
        let crystal = crystal(&cif(cell, &line, IRON));
        assert_eq!(crystal.atoms(), atoms, "{name}");
        assert_eq!(crystal.space_group().name.as_deref(), Some(taken));
        let told = warning(&crystal);
        assert!(
            told.ends_with(&format!("but that of '{taken}', which is used")),
            "{told}"
        );
    }
}

#[test]
fn names_without_quotes_are_taken_whole() {
    for (cell, name, atoms) in [
        (MONOCLINIC, "P1 21/n 1", 4),
        (HEXAGONAL, "R-3 m", 36),
        (CUBE, "Fm-3 m", 192),
        (CUBE, "P 21 3", 12),
    ] {
        let line = format!("_symmetry_space_group_name_H-M {name} # of the paper");
        let crystal = crystal(&cif(cell, &line, IRON));
        assert_eq!(crystal.atoms(), atoms, "{name}");
        let expected = format!("line 8: '{name}' has no quotes: the whole line is used");
        assert_eq!(warning(&crystal), expected);
    }
    // The text after a complete name is not part of it.
    let line = "_symmetry_space_group_name_H-M P21/n by absences";
    let of_paper = crystal(&cif(MONOCLINIC, line, IRON));
    assert_eq!(of_paper.atoms(), 4);
    assert_eq!(
        warning(&of_paper),
        "line 8: of 'P21/n by absences' only 'P21/n' is read as the space group"
    );
    let hall = "_space_group_name_H-M_alt P21/n\n_space_group_name_Hall -P 2yn";
    let hall = crystal(&cif(MONOCLINIC, hall, IRON));
    assert_eq!(
        (hall.atoms(), hall.space_group().source),
        (4, SymmetrySource::HallSymbol)
    );
    assert!(warning(&hall).contains("'-P 2yn' has no quotes"));
    let formula = "_space_group_IT_number 1\n_chemical_formula_sum Fe C2 O4";
    let formula = crystal(&cif(CUBE, formula, "Fe1 0 0 0 CO1 .2 .3 .4 CO2 .4 .1 .8"));
    assert_eq!(formula.formula(), Some("Fe C2 O4"));
    assert!(warning_with(&formula, "line 9: 'Fe C2 O4' has no quotes"));
}

fn warning_with(crystal: &Crystal, words: &str) -> bool {
    crystal.warnings().iter().any(|w| w.contains(words))
}

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
fn several_elements_in_one_name_are_not_taken_for_the_first() {
    let p1 = "_space_group_IT_number 1";
    let typed = |symbol: &str| {
        let text = cif(CUBE, p1, &format!("M1 .1 .2 .3 {symbol}"));
        let head = "_atom_site_fract_z\n";
        read(&text.replace(head, &format!("{head}_atom_site_type_symbol\n"))).unwrap()
    };
    let shared = typed("Fe0.4Ni0.6");
    let expected = [("Fe".to_owned(), 0.4), ("Ni".to_owned(), 0.6)];
    assert_eq!(shared.content(), expected);
    assert_eq!(
        warning(&shared),
        "sites of several elements, by the shares in their names: M1"
    );
    for symbol in ["Al/Si", "Si,Al", "Si+Al", "AlSi", "Fe2Ni3"] {
        let refused = typed(symbol).structure().unwrap_err().to_string();
        let told = format!("'{symbol}' stands for several elements (expected their shares)");
        assert!(refused.contains(&told), "{refused}");
    }
    let labelled = |label: &str| crystal(&cif(CUBE, p1, &format!("{label} .1 .2 .3")));
    let refused = labelled("Si1/Al1").structure().unwrap_err().to_string();
    assert!(
        refused.contains("'Si1/Al1' stands for several elements"),
        "{refused}"
    );
    assert!(labelled("C1B").structure().is_ok());
    assert_eq!(labelled("Fe0.4Ni0.6").content(), expected);
}

#[test]
fn labels_like_those_of_dummies_are_atoms_where_the_formula_has_them() {
    let with = |formula: &str, atoms: &str| {
        let line = format!("_space_group_IT_number 1\n_chemical_formula_sum '{formula}'");
        crystal(&cif(CUBE, &line, atoms))
    };
    let vanadium = with("V2 O", "VA .1 .1 .1 VB .2 .3 .2 O1 .3 .5 .7");
    assert_eq!(vanadium.atoms(), 3);
    assert!(vanadium.warnings().is_empty(), "{:?}", vanadium.warnings());
    let valine = "N .1 .1 .1 CA .2 .3 .2 C .3 .5 .3 O .4 .6 .4 CG1 .6 .2 .6";
    assert_eq!(with("C3 N O", valine).atoms(), 5);
    let vacancy = with("Fe O", "FE1 .1 .1 .1 VA1 .2 .3 .2 O1 .3 .5 .7");
    assert_eq!(vacancy.atoms(), 2);
    assert!(warning(&vacancy).contains("as they are not atoms: VA1"));
}

#[test]
fn occupancies_of_more_than_one_atom_at_a_place_are_told_with_their_sum() {
    let atoms = "Co1 .1 .2 .3 .87 Fe1 .1 .2 .3 .11 Ni1 .1 .2 .3 .13";
    let text = cif(CUBE, "_space_group_IT_number 1", atoms);
    let head = "_atom_site_fract_z\n";
    let text = text.replace(head, &format!("{head}_atom_site_occupancy\n"));
    let told = "the occupancies of Co1, Fe1, Ni1 add up to 1.11 at one place";
    assert_eq!(warning(&crystal(&text)), told);
    assert!(crystal(&text.replace(".13", ".02")).warnings().is_empty());
    // Two whole atoms at one place cause a single warning.
    let two = text
        .replace(".87", "1")
        .replace(".11", "1")
        .replace(".13", "0");
    assert!(warning(&crystal(&two)).contains("add up to 2 at one place"));
}

#[test]
fn a_cell_at_odds_with_formula_or_volume_is_told() {
    let with = |line: &str, atoms: &str| {
        let line = format!("_space_group_IT_number 1\n{line}");
        crystal(&cif(CUBE, &line, atoms))
    };
    let two = "Na1 0 0 0 Na2 .5 .5 0 Cl1 .5 .5 .5";
    let odd = with("_chemical_formula_sum 'Na Cl'", two);
    assert_eq!(
        warning(&odd),
        "the cell does not hold the elements of the formula in their ratios: Na 2 (formula: 1.5), Cl 1 (formula: 1.5)"
    );
    let missing = with("_chemical_formula_sum 'Na2 Cl O'", two);
    assert!(warning(&missing).contains("O 0 (formula: "));
    // Hydrogen is often not located, and any number of formula units is allowed.
    for formula in ["Na2 Cl", "Na4 Cl2 H7", "Na.67 Cl.333"] {
        let line = format!("_chemical_formula_sum '{formula}'");
        let right = with(&line, two);
        assert!(right.warnings().is_empty(), "{:?}", right.warnings());
    }
    let volume = with("_cell_volume 228.3(2)", two);
    assert_eq!(
        warning(&volume),
        "the volume of the cell is 8000.00 cubic angstrom, _cell_volume 228.3"
    );
    assert!(with("_cell_volume 8050", two).warnings().is_empty());
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
fn a_number_with_a_point_a_mark_of_the_end_and_no_modulation_are_read() {
    let number = cif(CUBE, "_space_group_IT_number 221.0", "Po1 0 0 0");
    assert_eq!(crystal(&number).space_group().number, Some(221));
    let half = cif(CUBE, "_space_group_IT_number 221.5", "Po1 0 0 0");
    assert_eq!(crystal(&half).space_group().source, SymmetrySource::None);
    let ended = crystal(&format!("{number}\u{1a}\r\n"));
    assert!(ended.warnings().is_empty() && ended.structure().is_ok());
    let line = "_space_group_IT_number 1\n_cell_modulation_dimension";
    assert_eq!(crystal(&cif(CUBE, &format!("{line} 0"), IRON)).atoms(), 1);
    assert!(read(&cif(CUBE, &format!("{line} 1"), IRON)).is_err());
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

#[test]
fn groups_are_their_heavy_atoms() {
    let typed = |symbol: &str| {
        let atoms = format!("N1 .13 .41 .29 {symbol}");
        let text = cif(CUBE, "", &atoms).replace("fract_z\n", "fract_z\n_atom_site_type_symbol\n");
        let crystal = crystal(&text);
        let warnings = crystal.warnings().join("; ");
        let is_noted =
            warnings.contains("sites of groups whose hydrogen atoms have no positions: N1");
        (crystal.content()[0].0.clone(), is_noted)
    };
    for (symbol, atom) in [
        ("NH3", "N"),
        ("NH4", "N"),
        ("Wat", "O"),
        ("OH", "O"),
        ("CH2", "C"),
    ] {
        assert_eq!(typed(symbol), (atom.to_owned(), true), "{symbol}");
    }
    assert_eq!(typed("Ho"), ("Ho".to_owned(), false));
}

#[test]
fn a_formula_of_the_whole_cell_is_no_contradiction() {
    let line = |formula: &str| {
        format!(
            "_chemical_formula_sum '{formula}'\n_cell_formula_units_Z 2\n_space_group_IT_number 1"
        )
    };
    let atoms = "Cs1 .1 .1 .1\nCs2 .6 .6 .6\nCl1 .1 .6 .1\nCl2 .6 .1 .6";
    let whole = crystal(&cif(CUBE, &line("Cs2 Cl2"), atoms));
    assert!(whole.warnings().is_empty(), "{:?}", whole.warnings());
    let half = crystal(&cif(CUBE, &line("Cs3 Cl3"), atoms));
    assert!(warning(&half).contains("the cell does not hold Z times the formula"));
}

fn listed(name: &str, operations: &[&str]) -> String {
    let operations: String = operations.iter().map(|o| format!("'{o}'\n")).collect();
    format!("{name}\nloop_\n_symmetry_equiv_pos_as_xyz\n{operations}")
}

#[test]
fn another_origin_is_the_same_group() {
    // As published for quartz, with the origin at 0 0 1/3 of International Tables.
    let quartz = [
        "x,y,z",
        "y,x,2/3-z",
        "-y,x-y,2/3+z",
        "-x,-x+y,1/3-z",
        "-x+y,-x,1/3+z",
        "x-y,-y,-z",
    ];
    let name = "_symmetry_space_group_name_H-M 'P 32 2 1'";
    let shifted = crystal(&cif(HEXAGONAL, &listed(name, &quartz), IRON));
    assert!(shifted.warnings().is_empty(), "{:?}", shifted.warnings());
    assert_eq!(shifted.space_group().name.as_deref(), Some("P 32 2 1"));
    assert_eq!(shifted.atoms(), 6);
    let unnamed = crystal(&cif(HEXAGONAL, &listed("", &quartz), IRON));
    assert_eq!(unnamed.space_group().number, Some(154));
}

#[test]
fn the_group_of_the_operations_is_named() {
    let inverse = [
        "x,y,z",
        "-x,-y,-z",
        "x+1/2,y+1/2,z+1/2",
        "1/2-x,1/2-y,1/2-z",
    ];
    let centred = crystal(&cif(CUBE, &listed("", &inverse), IRON));
    assert_eq!(centred.space_group().name.as_deref(), Some("I -1"));
    let rhombohedral = [8.0, 8.0, 8.0, 57.0, 57.0, 57.0];
    let operations = [
        "x,y,z", "z,x,y", "y,z,x", "y,x,z", "x,z,y", "z,y,x", "-x,-y,-z", "-z,-x,-y", "-y,-z,-x",
        "-y,-x,-z", "-x,-z,-y", "-z,-y,-x",
    ];
    let name = "_symmetry_space_group_name_H-M 'R 3 2'\n_symmetry_Int_Tables_number 155";
    let other = crystal(&cif(rhombohedral, &listed(name, &operations), IRON));
    assert_eq!(other.space_group().name.as_deref(), Some("R -3 m:R"));
    assert_eq!(other.space_group().number, Some(166));
    assert!(
        warning(&other)
            .contains("the 12 operations listed, which are used, are not those of 'R 3 2'")
    );
}

#[test]
fn the_code_of_axes_and_origin_is_used() {
    let diamond = |code: &str, group: &str| {
        let line = format!("{group}\n_space_group_it_coordinate_system_code {code}");
        crystal(&cif(CUBE, &line, "C1 0 0 0"))
    };
    for group in [
        "_space_group_name_H-M_alt 'F d -3 m'",
        "_space_group_IT_number 227",
    ] {
        let first = diamond("1", group);
        assert_eq!((first.atoms(), first.warnings().len()), (8, 0), "{group}");
        assert_eq!(diamond("2", group).atoms(), 16, "{group}");
    }
    let monoclinic = |code: &str| {
        let line =
            format!("_space_group_IT_number 14\n_space_group_it_coordinate_system_code {code}");
        let crystal = crystal(&cif(MONOCLINIC, &line, IRON));
        crystal.space_group().name.clone().unwrap()
    };
    assert_eq!(
        (monoclinic("b1"), monoclinic("B2")),
        ("P 1 21/c 1".into(), "P 1 21/n 1".into())
    );
}

#[test]
fn the_atoms_of_magnetic_structures_are_read() {
    let symmetry = "loop_\n_space_group_symop_magn_operation.xyz\n'x,y,z,+1'\n'-x,-y,-z,-1'\nloop_\n\
        _space_group_symop_magn_centering.xyz\n'x,y,z,+1'\n'x+1/2,y+1/2,z+1/2,-1'";
    let magnetic = crystal(&cif(CUBE, symmetry, IRON));
    assert_eq!(magnetic.atoms(), 4);
    assert_eq!(magnetic.space_group().name.as_deref(), Some("I -1"));
    assert_eq!(
        warning(&magnetic),
        "a magnetic structure: its atoms are read, its moments are not used"
    );
}

#[test]
fn unknown_elements_are_counted_without_their_text() {
    let text = cif(CUBE, "", "A1 .1 .2 .3 -0.1242(10)\nA2 .4 .5 .6 M")
        .replace("fract_z\n", "fract_z\n_atom_site_type_symbol\n");
    let content = crystal(&text).content();
    let symbols: Vec<&str> = content.iter().map(|(symbol, _)| symbol.as_str()).collect();
    assert_eq!(symbols, ["?", "M"]);
}
