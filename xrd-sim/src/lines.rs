//! Lines of any width, drawn one by one.

use multiversion::multiversion;
use xrd_core::TwoThetaGrid;

use crate::Profile;

/// Adds a line of area `area` at `centre` (degrees) to intensities on `grid`.
///
/// Cost: O(points within the reach of the line).
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
pub(crate) fn add_line(
    profile: &Profile,
    centre: f64,
    area: f64,
    grid: &TwoThetaGrid,
    intensities: &mut [f64],
) {
    let reach = grid.window(centre - profile.reach_deg(), 2.0 * profile.reach_deg());
    let first = grid.start() - centre;
    for (i, y) in reach.clone().zip(&mut intensities[reach]) {
        *y += area * profile.at(first + grid.step() * i as f64);
    }
}
