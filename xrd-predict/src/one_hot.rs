use xrd_core::Element;

use crate::{Error, Reduced, Result};

/// Rows of the matrix: amounts 0 to 9.
pub const ROWS: usize = 10;
/// Columns of the matrix, one per element.
pub const COLUMNS: usize = 84;

/// Atomic numbers up to 94 (Pu) without a column: noble gases, and elements without stable isotopes that do
/// not occur in computed compounds.
const LEFT_OUT: [u8; 10] = [2, 10, 18, 36, 54, 84, 85, 86, 87, 88];

/// The matrix of Dong et al. for a formula, 10 rows × 84 columns, row by row: for each element, the row of its
/// amount has a 1 in the column of the element.
///
/// The paper does not name its 84 elements. Here they are those up to plutonium without He, Ne, Ar, Kr, Xe,
/// Po, At, Rn, Fr and Ra. Row j, counted from 0, is the amount j, so that row 0 is empty.
///
/// # Errors
/// [`Error::NotEncodable`] if an amount is above 9, or an element has no column.
///
/// # References
/// R. Dong et al., DeepXRD (2022), section 2.2.
pub fn one_hot(formula: &Reduced) -> Result<Vec<f32>> {
    let mut matrix = vec![0.0; ROWS * COLUMNS];
    for (element, amount) in formula.elements() {
        let column = column(*element).filter(|_| (*amount as usize) < ROWS);
        let column = column.ok_or(Error::NotEncodable {
            element: *element,
            amount: *amount,
        })?;
        matrix[*amount as usize * COLUMNS + column] = 1.0;
    }
    Ok(matrix)
}

/// Column of an element.
fn column(element: Element) -> Option<usize> {
    let number = element.number();
    if number > 94 || LEFT_OUT.contains(&number) {
        return None;
    }
    let before = LEFT_OUT.iter().filter(|n| **n < number).count();
    Some(usize::from(number) - 1 - before)
}
