//! Formulas are read exactly, or refused with a position.

use proptest::prelude::*;
use xrd_predict::{Formula, Reduced};

fn reduced(text: &str) -> String {
    let formula: Formula = text.parse().unwrap();
    formula.reduced().unwrap().to_string()
}

#[test]
fn formulas_are_reduced() {
    let same = [
        ("CsInBr3", "Br3CsIn"),
        ("Ca(OH)2", "CaH2O2"),
        ("Ca2(OH)4", "CaH2O2"),
        ("MgAl2O4", "Al2MgO4"),
        ("CuSO4·5H2O", "CuH10O9S"),
        ("CuSO4*5 H2O", "CuH10O9S"),
        ("Na[Al(OH)4]", "AlH4NaO4"),
        ("{Fe(CN)6}2K", "C12Fe2KN12"),
        ("Fe0.95O", "Fe19O20"),
        ("Li0.5CoO2", "Co2LiO4"),
        ("Al2(SO4)3·0.5H2O", "Al4H2O25S6"),
        ("(Mg0.333Fe0.667)O", "Fe667Mg333O1000"),
        ("H₂O", "H2O"),
        (" Na Cl ", "ClNa"),
        ("FeFeO3", "Fe2O3"),
        ("Pb2+2Pb4+O4", "O4Pb3"),
        ("Fe²⁺Fe³⁺₂O₄", "Fe3O4"),
        ("Mn^2+^Mn^3+2O4", "Mn3O4"),
        ("Ca2+O2-", "CaO"),
    ];
    for (text, expected) in same {
        assert_eq!(reduced(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_formula_is_refused_with_its_position() {
    let refused = [
        ("", 1, "no element"),
        ("  ", 3, "no element"),
        ("Xx2O3", 1, "no element has the symbol 'Xx'"),
        ("Fe2(O3", 4, "bracket '(' is not closed"),
        ("Fe2(O3]", 7, "bracket ']' was not opened"),
        ("Fe2O3)", 6, "bracket ')' was not opened"),
        ("NaCl2.x", 6, "'.' has no meaning"),
        ("Fe-2O3", 3, "'-' has no meaning"),
        ("Na+Cl", 3, "'+' has no meaning"),
        ("Fe²O", 3, "'²' has no meaning"),
        ("Fe^2O", 3, "'^' has no meaning"),
        ("Fe()2", 4, "no element"),
        ("NaCl·", 6, "no element"),
        ("Fe0O", 3, "amount 0"),
        ("Fe9999999O", 3, "amount 9999999"),
        ("fe", 1, "'f' has no meaning"),
        ("Fe\nO", 3, "'\\n' has no meaning"),
        ("((((((((((((((((((Fe", 17, "nested"),
    ];
    for (text, character, reason) in refused {
        let error = text.parse::<Formula>().unwrap_err();
        assert_eq!(error.character, character, "{text}: {error}");
        let message = error.to_string();
        assert!(
            message.starts_with(reason) || message.contains(reason),
            "{text}: {message}"
        );
        assert!(!message.contains('\n'), "{message}");
    }
}

#[test]
fn ratios_that_are_not_whole_have_no_reduced_formula() {
    let formula: Formula = "Fe0.12345678O".parse().unwrap();
    assert_eq!(formula.reduced(), None);
    assert_eq!(Reduced::of(&[]), None);
    let iron = "Fe".parse().unwrap();
    assert_eq!(Reduced::of(&[(iron, 1.0), (iron, 1.0)]), None);
    assert_eq!(Reduced::of(&[(iron, -1.0)]), None);
    assert_eq!(Reduced::of(&[(iron, f64::NAN)]), None);
}

#[test]
fn anonymous_formulas_are_written_with_letters() {
    let anonymous = |text: &str| {
        let formula: Formula = text.parse().unwrap();
        formula.reduced().unwrap().anonymous().to_string()
    };
    assert_eq!(anonymous("CaTiO3"), "ABC3");
    assert_eq!(anonymous("MgAl2O4"), "AB2C4");
    assert_eq!(anonymous("Fe4"), "A");
}

proptest! {
    /// No text makes the parser panic, and positions lie in the text or just behind it.
    #[test]
    fn any_text_is_read_or_refused(text in "[A-Za-z0-9.()\\[\\]{}·* \\-x₂é]{0,30}") {
        match text.parse::<Formula>() {
            Ok(formula) => prop_assert!(formula.amounts().iter().all(|(_, n)| *n > 0.0)),
            Err(e) => prop_assert!((1..=text.chars().count() + 1).contains(&e.character)),
        }
    }

    /// A formula that is written and read again is the same, and so is any multiple of it.
    #[test]
    fn reduced_formulas_are_read_back(
        counts in proptest::collection::btree_map(1u8..95, 1u32..12, 1..5),
        units in 1u32..7,
    ) {
        let amounts: Vec<_> = counts
            .iter()
            .map(|(z, n)| (xrd_predict::xrd_core::Element::from_number(*z).unwrap(), f64::from(*n)))
            .collect();
        let once = Reduced::of(&amounts).unwrap();
        let many: Vec<_> = amounts.iter().map(|(e, n)| (*e, n * f64::from(units))).collect();
        prop_assert_eq!(&Reduced::of(&many).unwrap(), &once);
        let read: Formula = once.to_string().parse().unwrap();
        prop_assert_eq!(read.reduced().unwrap(), once);
    }
}
