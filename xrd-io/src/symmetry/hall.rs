//! Hall symbols: a lattice letter, generators, and an origin shift or change of axes.
//!
//! ```text
//! -P 4ab 2n (x-1/4,y,z)
//! ||  |  |   the axes and origin in use, in terms of those of the symbol
//! ||  |  each generator: [-] fold, axis, screw, translations
//! || fold 1 2 3 4 6; axis x y z, ' " (or ^ =) for a-b and a+b, * for a+b+c
//! |lattice letter
//! an inversion at the origin
//! ```
//!
//! Source: S. R. Hall, Acta Cryst. A37, 517 (1981); International Tables B (2010), A1.4.2.3.

use super::operation::{Operation, generate};

/// Largest number of operations. F-centred cubic groups have 192; an unusual setting may have a
/// cell up to four times as large.
const MOST_OPERATIONS: usize = 4 * 192;

type Rotation = [[f64; 3]; 3];

/// The operations of a Hall symbol.
pub(super) fn operations(symbol: &str) -> Option<Vec<Operation>> {
    let (main, change) = match symbol.split_once('(') {
        Some((main, rest)) => (main, Some(change_of_axes(rest.trim().strip_suffix(')')?)?)),
        None => (symbol, None),
    };
    let mut words = main.split_whitespace();
    let lattice = words.next()?;
    let (inversion, letter) = match lattice.strip_prefix('-') {
        Some(letter) => (true, letter),
        None => (false, lattice),
    };
    let mut generators = centring(letter)?;
    if inversion {
        generators.push(inverted(Operation::IDENTITY));
    }
    let mut previous = None;
    for (i, word) in words.enumerate() {
        let generator = Generator::parse(word, i, previous)?;
        generators.push(generator.operation);
        previous = Some(generator);
    }
    if let Some(change) = change {
        generators = conjugated(&generators, &change)?;
    }
    generate(&generators, MOST_OPERATIONS)
}

/// The translations of a lattice letter, without whole lattice vectors.
pub(super) fn centring(letter: &str) -> Option<Vec<Operation>> {
    let [h, t, u] = [0.5, 1.0 / 3.0, 2.0 / 3.0];
    let shifts: &[[f64; 3]] = match letter.to_ascii_uppercase().as_str() {
        "P" => &[],
        "A" => &[[0.0, h, h]],
        "B" => &[[h, 0.0, h]],
        "C" => &[[h, h, 0.0]],
        "I" => &[[h, h, h]],
        "F" => &[[0.0, h, h], [h, 0.0, h]],
        "R" => &[[u, t, t]],
        "S" => &[[t, t, u]],
        "T" => &[[t, u, t]],
        "H" => &[[u, t, 0.0]],
        _ => return None,
    };
    Some(shifts.iter().copied().map(Operation::shift).collect())
}

fn inverted(operation: Operation) -> Operation {
    Operation {
        rotation: operation.rotation.map(|row| row.map(|r| -r)),
        ..operation
    }
}

#[derive(Clone, Copy)]
struct Generator {
    fold: u8,
    axis: u8,
    operation: Operation,
}

impl Generator {
    /// Parses one generator. `place` is its position in the symbol, counted from 0.
    fn parse(word: &str, place: usize, previous: Option<Self>) -> Option<Self> {
        let (improper, word) = match word.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, word),
        };
        let (&fold, mut rest) = word.as_bytes().split_first()?;
        let axis = match rest.first() {
            Some(&axis) if b"xyz'\"^=*".contains(&axis) => {
                rest = &rest[1..];
                axis
            }
            _ => default_axis(fold, place, previous)?,
        };
        let mut operation = Operation {
            rotation: rotation(fold, axis, previous)?,
            ..Operation::IDENTITY
        };
        for &symbol in rest {
            let shift = translation(symbol, fold, axis)?;
            (0..3).for_each(|i| operation.translation[i] += shift[i]);
        }
        let operation = if improper {
            inverted(operation)
        } else {
            operation
        };
        Some(Self {
            fold,
            axis,
            operation,
        })
    }
}

/// The axis of a generator that does not name one. The first axis is z. A 2 is along x after 2 or
/// 4, and along a-b after 3 or 6. A 3 in third position is along a+b+c.
fn default_axis(fold: u8, place: usize, previous: Option<Generator>) -> Option<u8> {
    match (fold, place, previous.map(|p| p.fold)) {
        (b'1', ..) | (_, 0, _) => Some(b'z'),
        (b'2', 1, Some(b'2' | b'4')) => Some(b'x'),
        (b'2', 1, Some(b'3' | b'6')) => Some(b'\''),
        (b'3', 1 | 2, _) => Some(b'*'),
        _ => None,
    }
}

/// The matrix of a rotation about an axis. The directions a-b and a+b are perpendicular to the axis
/// of the previous generator.
fn rotation(fold: u8, axis: u8, previous: Option<Generator>) -> Option<Rotation> {
    let about_z = match (fold, axis) {
        (b'1', _) => return Some(Operation::IDENTITY.rotation),
        (b'3', b'*') => return Some([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        (b'2', b'\'' | b'^') => [[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]],
        (b'2', b'"' | b'=') => [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]],
        (b'2', _) => [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]],
        (b'3', _) => [[0.0, -1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, 1.0]],
        (b'4', _) => [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        (b'6', _) => [[1.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        _ => return None,
    };
    let along = match axis {
        b'x' | b'y' | b'z' => axis,
        _ => previous.map_or(b'z', |p| p.axis),
    };
    // Cyclic permutation of the axes: a rotation about x acts on y, z, x as the same rotation about
    // z acts on x, y, z.
    let turn = match along {
        b'x' => 1,
        b'y' => 2,
        _ => 0,
    };
    let mut turned = about_z;
    for i in 0..3 {
        for j in 0..3 {
            turned[(i + turn) % 3][(j + turn) % 3] = about_z[i][j];
        }
    }
    Some(turned)
}

fn translation(symbol: u8, fold: u8, axis: u8) -> Option<[f64; 3]> {
    let (h, q) = (0.5, 0.25);
    Some(match symbol {
        b'a' => [h, 0.0, 0.0],
        b'b' => [0.0, h, 0.0],
        b'c' => [0.0, 0.0, h],
        b'n' => [h, h, h],
        b'u' => [q, 0.0, 0.0],
        b'v' => [0.0, q, 0.0],
        b'w' => [0.0, 0.0, q],
        b'd' => [q, q, q],
        b'1'..=b'5' => {
            let share = f64::from(symbol - b'0') / f64::from(fold - b'0');
            let index = b"xyz".iter().position(|&a| a == axis)?;
            let mut shift = [0.0; 3];
            shift[index] = share;
            shift
        }
        _ => return None,
    })
}

/// Parses `0 0 1` in twelfths, or new axes as in `x-1/4,y,z`.
fn change_of_axes(text: &str) -> Option<Operation> {
    if text.contains(',') {
        return Operation::parse(text);
    }
    let mut numbers = text.split_whitespace().map(|t| t.parse::<i32>().ok());
    let mut shift = [0.0; 3];
    for s in &mut shift {
        *s = f64::from(numbers.next()??) / 12.0;
    }
    numbers.next().is_none().then(|| Operation::shift(shift))
}

/// V·S·V⁻¹ for each operation S.
fn conjugated(operations: &[Operation], change: &Operation) -> Option<Vec<Operation>> {
    let inverse = inverse(change);
    Some(
        operations
            .iter()
            .map(|s| change.after(s).after(&inverse))
            .collect(),
    )
}

/// The inverse of an operation with determinant ±1.
fn inverse(operation: &Operation) -> Operation {
    let r = operation.rotation;
    let determinant = operation.determinant();
    let cofactor = |i: usize, j: usize| {
        let [a, b] = [(i + 1) % 3, (i + 2) % 3];
        let [c, d] = [(j + 1) % 3, (j + 2) % 3];
        r[a][c] * r[b][d] - r[a][d] * r[b][c]
    };
    let rotation = [0, 1, 2].map(|i| [0, 1, 2].map(|j| cofactor(j, i) / determinant));
    let back = Operation {
        rotation,
        translation: [0.0; 3],
    };
    let translation = back.apply(operation.translation).map(|t| -t);
    Operation {
        rotation,
        translation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symmetry::{Setting, same_group};

    /// The operations of all tabulated symbols agree with the operations of another program.
    #[test]
    fn the_530_tabulated_symbols() {
        for setting in Setting::tabulated() {
            let found = operations(setting.hall()).unwrap();
            let expected = setting.tabulated_operations();
            assert_eq!(found.len(), expected.len(), "{}", setting.hall());
            assert!(same_group(&found, &expected), "{}", setting.hall());
        }
    }

    #[test]
    fn other_origins_and_axes() {
        let shifted = operations("-P 1 (3 0 0)").unwrap();
        assert_eq!(shifted[1].apply([0.25, 0.0, 0.0]), [0.25, 0.0, 0.0]);
        let same = operations("-P 1 (x+1/4,y,z)").unwrap();
        assert!(same_group(&shifted, &same));
        let turned = operations("P 2y (z,x,y)").unwrap();
        assert!(same_group(&turned, &operations("P 2").unwrap()));
        let quotes = operations("P 3 2\"").unwrap();
        assert!(same_group(&quotes, &operations("P 3 2=").unwrap()));
    }

    #[test]
    fn what_is_no_symbol() {
        for none in [
            "",
            "X",
            "P 5",
            "P 2 (1 2)",
            "P 2 (x,y)",
            "P 2q",
            "P 22 (",
            "é",
            "P é",
            "P 2 7",
        ] {
            assert!(operations(none).is_none(), "{none}");
        }
    }
}
