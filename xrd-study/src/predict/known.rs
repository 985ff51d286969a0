use xrd_core::Structure;
use xrd_predict::Known;

use crate::Result;

/// Tolerances in Å of the search for the standard cell.
const TOLERANCES: [f64; 5] = [0.1, 0.05, 0.03, 0.01, 0.001];

/// A known structure in the primitive cell of the standard setting.
///
/// The stated space group is kept. The cell is that of the first tolerance (0.1 Å to 0.001 Å) that gives this
/// group. If none does, the structure is taken as it is. Without a stated group it is that of 0.1 Å.
///
/// # Errors
/// [`Error::Predict`](crate::Error::Predict) if sites are partly occupied. [`Error::Simulation`](crate::Error::Simulation)
/// if no space group is stated, and none is found.
pub fn known_structure(id: &str, space_group: Option<u16>, structure: &Structure) -> Result<Known> {
    let group = match space_group {
        Some(group) => group,
        None => xrd_sim::primitive_cell(structure, TOLERANCES[0])?.0,
    };
    let primitive = TOLERANCES.iter().find_map(|tolerance| {
        let (found, cell) = xrd_sim::primitive_cell(structure, *tolerance).ok()?;
        (found == group).then_some(cell)
    });
    let cell = primitive.unwrap_or_else(|| structure.clone());
    Ok(Known::new(id, group, cell)?)
}
