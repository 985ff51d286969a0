use std::collections::BTreeSet;

/// A symmetry operation on fractional coordinates: x' = R x + t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Operation {
    /// A matrix of integers.
    pub(crate) rotation: [[f64; 3]; 3],
    pub(crate) translation: [f64; 3],
}

impl Operation {
    pub(crate) const IDENTITY: Self = Self {
        rotation: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        translation: [0.0; 3],
    };

    pub(crate) fn shift(translation: [f64; 3]) -> Self {
        Self {
            translation,
            ..Self::IDENTITY
        }
    }

    /// The image of a point.
    pub(crate) fn apply(&self, x: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|i| {
            let r = self.rotation[i];
            r[0] * x[0] + r[1] * x[1] + r[2] * x[2] + self.translation[i]
        })
    }

    /// The product of this operation and `first`, applied first, with a translation in 0 <= t < 1.
    pub(crate) fn after(&self, first: &Self) -> Self {
        let column = |j: usize| [0, 1, 2].map(|i| first.rotation[i][j]);
        let columns = [0, 1, 2].map(|j| {
            let r = &self.rotation;
            let c = column(j);
            [0, 1, 2].map(|i| r[i][0] * c[0] + r[i][1] * c[1] + r[i][2] * c[2])
        });
        Self {
            rotation: [0, 1, 2].map(|i| [0, 1, 2].map(|j| columns[j][i])),
            translation: self.apply(first.translation).map(into_unit),
        }
    }

    pub(crate) fn determinant(&self) -> f64 {
        let [a, b, c] = self.rotation;
        let minor = |i: usize, j: usize| b[i] * c[j] - b[j] * c[i];
        a[0] * minor(1, 2) - a[1] * minor(0, 2) + a[2] * minor(0, 1)
    }

    /// Parses an operation such as `1/2-x, y+0.25, -z`, or `3 'x,y,z'` with its number; `None` for
    /// other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|c| !"'\"*()[]".contains(*c))
            .map(|c| {
                if "\u{2212}\u{2013}".contains(c) {
                    '-'
                } else {
                    c
                }
            })
            .collect();
        Self::parse_plain(&plain).or_else(|| {
            let (number, rest) = plain.trim_start().split_once(char::is_whitespace)?;
            number.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
            Self::parse_plain(rest)
        })
    }

    fn parse_plain(text: &str) -> Option<Self> {
        let mut rows = text.split([',', ';']).map(parse_row);
        let mut operation = Self::IDENTITY;
        for i in 0..3 {
            (operation.rotation[i], operation.translation[i]) = rows.next()??;
        }
        let none_left = rows.next().is_none();
        let whole = operation
            .rotation
            .iter()
            .flatten()
            .all(|r| r.fract() == 0.0);
        (none_left && whole && operation.determinant().abs() == 1.0).then_some(operation)
    }

    /// Key that is equal for operations that differ only by lattice vectors and rounding.
    fn key(&self) -> [i32; 12] {
        const PARTS: f64 = 48.0;
        let mut key = [0; 12];
        let rotation = self.rotation.iter().flatten().map(|r| *r as i32);
        let shift = |t: &f64| ((t * PARTS).round().rem_euclid(PARTS)) as i32;
        let all = rotation.chain(self.translation.iter().map(shift));
        key.iter_mut().zip(all).for_each(|(k, v)| *k = v);
        key
    }
}

/// Whether two lists hold the same operations in any order, modulo lattice vectors.
pub(crate) fn same_group(a: &[Operation], b: &[Operation]) -> bool {
    let keys = |list: &[Operation]| list.iter().map(Operation::key).collect::<BTreeSet<_>>();
    keys(a) == keys(b)
}

/// All products of some operations and the identity, each once; `None` if there are more than
/// `most`.
pub(super) fn generate(generators: &[Operation], most: usize) -> Option<Vec<Operation>> {
    let mut all = vec![Operation::IDENTITY];
    let mut keys = BTreeSet::from([Operation::IDENTITY.key()]);
    let mut next = 0;
    while let Some(known) = all.get(next).copied() {
        for generator in generators {
            let product = generator.after(&known);
            if keys.insert(product.key()) {
                all.push(product);
            }
        }
        if all.len() > most {
            return None;
        }
        next += 1;
    }
    Some(all)
}

fn into_unit(t: f64) -> f64 {
    let t = t.rem_euclid(1.0);
    if t > 1.0 - 1e-9 { 0.0 } else { t }
}

/// Parses one coordinate of an operation: the factors of x, y, z, and the shift.
fn parse_row(text: &str) -> Option<([f64; 3], f64)> {
    let (mut factors, mut shift) = ([0.0; 3], 0.0);
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let sign = if rest.starts_with('-') { -1.0 } else { 1.0 };
        rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (term, after) = rest.split_at(end);
        let axis = |c: char| "xyz".find(c.to_ascii_lowercase());
        match term.char_indices().find_map(|(i, c)| Some((i, axis(c)?))) {
            Some((i, axis)) => factors[axis] += sign * one_or(&term.replacen(&term[i..=i], "", 1))?,
            None => shift += sign * snapped(fraction(term)?),
        }
        rest = after;
    }
    (!text.is_empty()).then_some((factors, shift))
}

fn one_or(text: &str) -> Option<f64> {
    if text.is_empty() {
        return Some(1.0);
    }
    fraction(text)
}

fn fraction(text: &str) -> Option<f64> {
    let number = |t: &str| t.parse::<f64>().ok().filter(|v| v.is_finite());
    match text.split_once('/') {
        None => number(text),
        Some((above, below)) => Some(number(above)? / number(below).filter(|b| *b != 0.0)?),
    }
}

/// The multiple of 1/12 or 1/8 that a rounded shift such as 0.333 means; otherwise the shift
/// unchanged.
fn snapped(shift: f64) -> f64 {
    let near = [12.0, 8.0].map(|parts| (shift * parts).round() / parts);
    let fits = near.into_iter().find(|n| (n - shift).abs() < 0.0015);
    fits.unwrap_or(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_as_files_write_them() {
        let image = |text: &str| Operation::parse(text).map(|op| op.apply([0.1, 0.2, 0.3]));
        let near = |text: &str, expected: [f64; 3]| {
            let found = image(text).unwrap();
            let same = found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(same, "{text}: {found:?}");
        };
        near("x,y,z", [0.1, 0.2, 0.3]);
        near("-Y, X-Y, Z+1/3", [-0.2, -0.1, 0.3 + 1.0 / 3.0]);
        near("-y, x-y, z+.333", [-0.2, -0.1, 0.3 + 1.0 / 3.0]);
        near("1/2-x, +y+0.25, .5-z", [0.4, 0.45, 0.2]);
        near("x, y, z-1/2", [0.1, 0.2, -0.2]);
        near("1*x, y, z", [0.1, 0.2, 0.3]);
        near("12 'x, y, \u{2212}z'", [0.1, 0.2, -0.3]);
        near("x+0.11, y, z", [0.21, 0.2, 0.3]);
        for broken in [
            "",
            "x,y",
            "x,y,z,x",
            "x,y,a",
            "x,y,x",
            "x,,z",
            "x,y,z+1/0",
            "2x,y,z",
            "é,y,z",
            "1 2",
        ] {
            assert_eq!(image(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_screw_axis_generates_its_group() {
        let screw = Operation::parse("-x,-y,z+1/2").unwrap();
        let group = generate(&[screw], 100).unwrap();
        assert_eq!(group.len(), 2);
        assert!(same_group(&group, &[screw, Operation::IDENTITY]));
        assert!(!same_group(&group, &[Operation::IDENTITY]));
        let odd = Operation::shift([1.0 / 48.0, 0.0, 0.0]);
        assert_eq!(generate(&[odd], 20), None);
    }
}
