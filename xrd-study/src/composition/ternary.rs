//! Compositions of three components.

use xrd_core::Labels;
use xrd_regression::find_compositions;

/// Returns the indices of three labels that are the fractions of one whole, and their sum. `None` unless
/// exactly three labels are such fractions ([`find_compositions`]).
///
/// # Example
/// ```
/// use xrd_study::xrd_core::Labels;
/// let columns = ["Fe", "Ga", "Pd"].map(str::to_owned).to_vec();
/// let labels = Labels::new(columns, vec![1.0, 0.0, 0.0, 0.2, 0.3, 0.5, 0.0, 0.6, 0.4])?;
/// let (corners, total) = xrd_study::composition::ternary(&labels).unwrap_or_default();
/// assert_eq!((corners, total), ([0, 1, 2], 1.0));
/// # Ok::<(), xrd_study::xrd_core::Error>(())
/// ```
pub fn ternary(labels: &Labels) -> Option<([usize; 3], f64)> {
    let all = find_compositions(labels);
    let three = |(columns, total): &(Vec<usize>, f64)| {
        let corners = <[usize; 3]>::try_from(&columns[..]).ok()?;
        Some((corners, *total))
    };
    match &all.iter().filter_map(three).collect::<Vec<_>>()[..] {
        [only] => Some(*only),
        _ => None,
    }
}
