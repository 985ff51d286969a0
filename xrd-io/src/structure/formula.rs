use std::collections::BTreeMap;

use xrd_core::Element;

/// Amount of each element; deuterium counts as hydrogen.
pub(super) type Amounts = BTreeMap<Element, f64>;

/// Largest depth of nested brackets in a formula.
const DEEPEST: usize = 8;

/// Parses a formula such as `C12 H22 O11`, `Fe.87O` or `(Sr0.7 Y0.3) Co O2.62`. Parts that are not
/// understood are skipped.
pub(super) fn parse(text: &str) -> Amounts {
    let mut levels = vec![Amounts::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let symbol = symbol(rest);
        match (first, symbol) {
            (_, Some((element, length))) => {
                let (count, after) = count(&rest[length..]);
                *level(&mut levels).entry(element).or_default() += count;
                rest = after;
            }
            ('(' | '[', _) if levels.len() < DEEPEST => {
                levels.push(Amounts::new());
                rest = &rest[1..];
            }
            (')' | ']', _) if levels.len() > 1 => {
                let (count, after) = count(&rest[1..]);
                let inner = levels.pop().unwrap_or_default();
                for (element, amount) in inner {
                    *level(&mut levels).entry(element).or_default() += amount * count;
                }
                rest = after;
            }
            _ => rest = &rest[first.len_utf8()..],
        }
    }
    let mut all = Amounts::new();
    for (element, amount) in levels.into_iter().flatten() {
        *all.entry(element).or_default() += amount;
    }
    all.retain(|_, amount| *amount > 0.0);
    all
}

fn level(levels: &mut [Amounts]) -> &mut Amounts {
    let last = levels.len() - 1;
    &mut levels[last]
}

/// The element whose symbol starts a text, and the length of the symbol.
fn symbol(text: &str) -> Option<(Element, usize)> {
    let bytes = text.as_bytes();
    if !bytes.first()?.is_ascii_uppercase() {
        return None;
    }
    let long = bytes.get(1).is_some_and(u8::is_ascii_lowercase) || is_capitals(text);
    let length = if long { 2 } else { 1 };
    let element = Element::from_symbol(&text[..length]).ok();
    let shorter = || Some((Element::from_symbol(&text[..1]).ok()?, 1));
    element.map(|e| (e, length)).or_else(shorter)
}

/// Whether a text starts with a symbol in capitals, as in `NA4`, that cannot be two one-letter
/// symbols.
fn is_capitals(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = !bytes.get(2).is_some_and(u8::is_ascii_lowercase);
    let is_known = |symbol: &str| Element::from_symbol(symbol).is_ok();
    let letters = text
        .get(..2)
        .filter(|t| ends && t.bytes().all(|b| b.is_ascii_uppercase()));
    letters.is_some_and(|t| is_known(t) && !(is_known(&t[..1]) && is_known(&t[1..])))
}

/// The number at the start of a text (1 if there is none), and the rest of the text.
fn count(text: &str) -> (f64, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number = text[..end].parse::<f64>().ok().filter(|n| n.is_finite());
    (number.unwrap_or(1.0), &text[end..])
}

/// The fraction of a content that does not agree with a formula at the best scale factor; 0 if both
/// agree.
pub(super) fn mismatch(content: &Amounts, formula: &Amounts) -> f64 {
    let sum = |amounts: &Amounts| amounts.values().sum::<f64>();
    let (all, units) = (sum(content), sum(formula));
    if all <= 0.0 || units <= 0.0 {
        return 0.0;
    }
    let of = |amounts: &Amounts, element| amounts.get(element).copied().unwrap_or(0.0);
    let factor = formula.iter().map(|(e, f)| of(content, e) * f).sum::<f64>()
        / formula.values().map(|f| f * f).sum::<f64>();
    let elements = content
        .keys()
        .chain(formula.keys().filter(|e| !content.contains_key(e)));
    let off = elements.map(|e| (of(content, e) - factor * of(formula, e)).abs());
    off.sum::<f64>() / all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str, expected: &str) {
        let found: Vec<String> = parse(text).iter().map(|(e, n)| format!("{e}{n}")).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn formulas_as_files_write_them() {
        is("C18H36EuFeN10O8", "H36 C18 N10 O8 Fe1 Eu1");
        is("K.87 H6.13 Fe2.79 S2 O14", "H6.13 O14 S2 K0.87 Fe2.79");
        is("(Sr0.7 Y0.3)2 Co O2.62", "O2.62 Co1 Sr1.4 Y0.6");
        is("D2 O", "H2 O1");
        is("C.49 NA4 O7.51", "C0.49 O7.51 Na4");
        is("MGO NA2 CO3", "C1 O4 Na2 Mg1");
        is("Ca((OH)2)", "H2 O2 Ca1");
        is("", "");
        is("?) x é 1..2 ((((((((((Fe))))))))))", "Fe1");
    }

    #[test]
    fn mismatch_is_blind_to_the_number_of_units() {
        let [a, b, c] = ["Na Cl", "Na4 Cl4", "Na4 Cl3"].map(parse);
        assert!(mismatch(&b, &a) < 1e-12);
        assert!(mismatch(&c, &a) > 0.1);
        assert_eq!(mismatch(&Amounts::new(), &a), 0.0);
    }
}
