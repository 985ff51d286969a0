use multiversion::multiversion;
use xrd_core::{Pattern, Scale, Structure, TwoThetaGrid, Wavelength};

use crate::axis::Sampling;
use crate::reflections::ReflectionColumns;
use crate::{Axis, Diffraction, Error, Profile, Reflection, Result};

/// Smallest number of nodes per full width at half maximum. With this spacing, the polynomial
/// through six values of a Lorentzian has an error of 6·10⁻⁸ of its height.
const NODES_PER_FWHM: f64 = 40.0;

/// Largest number of nodes between two points of the grid. Narrower lines are cheaper to draw one
/// by one.
const MOST_NODES_PER_STEP: f64 = 16.0;

/// Intensities on `grid` of lines at `centres` (degrees) of these areas: Σ area·profile(2θ −
/// centre).
///
/// A line is distributed over the six nearest nodes of a fine grid, with the weights that
/// interpolate the profile between them (Lagrange). Every node is then drawn from a table of the
/// profile. The error is below 10⁻⁷ of the height of each line.
///
/// Cost: O(lines + occupied nodes · points within the reach of a line).
pub(crate) fn draw_lines(
    centres: &[f64],
    areas: &[f64],
    grid: &TwoThetaGrid,
    profile: &Profile,
) -> Vec<f64> {
    let per_step = (NODES_PER_FWHM * grid.step() / profile.fwhm_deg()).ceil();
    if per_step > MOST_NODES_PER_STEP {
        return draw_one_by_one(centres, areas, grid, profile);
    }
    let mut nodes = Nodes::new(grid, profile, per_step as usize);
    for (centre, area) in centres.iter().zip(areas) {
        nodes.lay((centre - grid.start()) / grid.step(), *area);
    }
    let mut sum = vec![0.0; grid.len()];
    draw_nodes(&nodes, &mut sum);
    sum
}

/// Intensities by the direct sum, point by point.
fn draw_one_by_one(
    centres: &[f64],
    areas: &[f64],
    grid: &TwoThetaGrid,
    profile: &Profile,
) -> Vec<f64> {
    let mut sum = vec![0.0; grid.len()];
    for (centre, area) in centres.iter().zip(areas) {
        let reach = grid.window(centre - profile.reach_deg(), 2.0 * profile.reach_deg());
        for (i, y) in reach.clone().zip(&mut sum[reach]) {
            *y += area * profile.at(grid.angle(i) - centre);
        }
    }
    sum
}

/// Areas on a grid `per_step` times as fine as that of the pattern and longer by the reach of a
/// line at both ends, with the profile at each distance from a node.
struct Nodes {
    per_step: usize,
    /// Steps of the pattern's grid from a line's centre to its end, rounded up.
    reach: usize,
    /// `per_step` nodes for each step, from `margin` steps before the first point of the grid.
    areas: Vec<f64>,
    margin: usize,
    /// For each node of a step, the profile at −reach…reach steps from the step.
    tables: Vec<Vec<f64>>,
}

impl Nodes {
    fn new(grid: &TwoThetaGrid, profile: &Profile, per_step: usize) -> Self {
        let reach = (profile.reach_deg() / grid.step()).ceil() as usize + 1;
        let at = |steps: isize, node: usize| {
            profile.at(grid.step() * (steps as f64 - node as f64 / per_step as f64))
        };
        let steps = -(reach as isize)..=reach as isize;
        let table = |node| steps.clone().map(|steps| at(steps, node)).collect();
        // Six nodes may extend over three more steps.
        let margin = reach + 3;
        Self {
            per_step,
            reach,
            areas: vec![0.0; per_step * (grid.len() + 2 * margin)],
            margin,
            tables: (0..per_step).map(table).collect(),
        }
    }

    /// Adds a line to the nodes. Its position is in steps from the first point of the grid.
    fn lay(&mut self, position: f64, area: f64) {
        let x = (position + self.margin as f64) * self.per_step as f64;
        let below = x.floor();
        if below < 2.0 || below + 4.0 > self.areas.len() as f64 {
            return;
        }
        let weights = lagrange(x - below);
        for (node, weight) in self.areas[below as usize - 2..].iter_mut().zip(weights) {
            *node += weight * area;
        }
    }
}

/// Weights of the values at −2, −1, 0, 1, 2, 3 in the value at x of the polynomial through them.
pub(crate) fn lagrange(x: f64) -> [f64; 6] {
    let d = [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0].map(|node| x - node);
    let (left, right) = (d[0] * d[1] * d[2], d[3] * d[4] * d[5]);
    [
        d[1] * d[2] * right / -120.0,
        d[0] * d[2] * right / 24.0,
        d[0] * d[1] * right / -12.0,
        left * d[4] * d[5] / 12.0,
        left * d[3] * d[5] / -24.0,
        left * d[3] * d[4] / 120.0,
    ]
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn draw_nodes(nodes: &Nodes, out: &mut [f64]) {
    for (step, areas) in nodes.areas.chunks_exact(nodes.per_step).enumerate() {
        // The table begins at this point of the grid, counted from `margin + reach` before it.
        let begin = step;
        let offset = nodes.margin + nodes.reach;
        let skipped = offset.saturating_sub(begin);
        let first = (begin + skipped) - offset;
        for (area, table) in areas.iter().zip(&nodes.tables) {
            if *area != 0.0 && first < out.len() && skipped < table.len() {
                for (y, p) in out[first..].iter_mut().zip(&table[skipped..]) {
                    *y += area * p;
                }
            }
        }
    }
}

/// Draws the pattern of a list of reflections, in arbitrary units.
///
/// The intensity at the angle 2θ is Σ I·profile(2θ − 2θ_hkl), summed over all reflections. Here I
/// is the intensity of a reflection and 2θ_hkl its angle. The error is below 10⁻⁷ of the height of
/// each line.
///
/// The cost is at most O(R + G·L), where R is the number of reflections, G the number of grid
/// points and L the number of grid points under one line. Neighbouring reflections are combined
/// before lines are drawn. The cost of drawing, G·L, therefore does not grow with the number of
/// reflections.
///
/// # Errors
/// Any error of [`Pattern::new`], for example if an intensity is outside the range of `f32`.
pub fn draw_pattern(
    reflections: &[Reflection],
    grid: &TwoThetaGrid,
    profile: &Profile,
) -> Result<Pattern> {
    let centres: Vec<f64> = reflections.iter().map(|r| r.two_theta_deg).collect();
    let areas: Vec<f64> = reflections.iter().map(|r| r.intensity).collect();
    let sum = draw_lines(&centres, &areas, grid, profile);
    let intensities = sum.into_iter().map(|v| v as f32).collect();
    Ok(Pattern::new(*grid, Scale::ARBITRARY, intensities)?)
}

/// Simulates the powder pattern of a structure, scaled to a maximum of 1.
///
/// The axis may be a [`TwoThetaGrid`], a [`QGrid`](crate::QGrid) or any other [`Axis`]. A
/// reflection outside the range of the axis is included if the tail of its line reaches into the
/// range. The scale of the pattern records the factor by which the intensities were multiplied (see
/// [`Scale`]).
///
/// # Errors
/// - Any error of [`reflections()`](crate::reflections()), [`draw_pattern`] and
///   [`Axis::two_theta_deg`].
/// - [`Error::NoReflections`] if the pattern has no reflections, for example if the wavelength is
///   greater than 2d for all lattice planes.
/// - [`Error::OutOfRange`] if the axis is not uniform in 2θ and its fine 2θ grid (see [`Axis`]) has
///   more than 2·10⁷ points.
///
/// # Example
/// ```
/// use xrd_core::{Atom, Lattice, Structure, TwoThetaGrid, Wavelength};
/// use xrd_sim::{Diffraction, Profile, Shape, simulate};
///
/// let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
/// let iron = "Fe".parse()?;
/// let atoms = vec![Atom::new(iron, [0.0; 3]), Atom::new(iron, [0.5; 3])];
/// let bcc = Structure::new(cell, atoms)?;
/// let grid = TwoThetaGrid::new(30.0, 0.02, 4001)?;
/// let cu = Diffraction::new(Wavelength::angstrom(1.540593)?);
/// let profile = Profile::new(Shape::PseudoVoigt { eta: 0.5 }, 0.1)?;
/// let pattern = simulate(&bcc, &cu, &grid, &profile)?;
/// let top = pattern.intensities().iter().position(|&v| v == 1.0).unwrap();
/// assert!((grid.angle(top) - 44.67).abs() < 0.03); // (110)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn simulate<A: Axis>(
    structure: &Structure,
    diffraction: &Diffraction,
    grid: &A,
    profile: &Profile,
) -> Result<A::Pattern> {
    let sampling = Sampling::new(grid, diffraction.wavelength, |_| Ok(profile.fwhm_deg()))?;
    let angles = sampling.grid();
    let low = angles.start() - profile.reach_deg();
    let high = (angles.last() + profile.reach_deg()).min(179.9);
    let lines = ReflectionColumns::pairs(structure, diffraction, low..=high)?;
    let drawn = draw_lines(&lines.two_theta_deg, &lines.intensity, angles, profile);
    let sum = sampling.at_points(drawn);
    let top = highest(&sum, structure, angles, diffraction.wavelength)?;
    let scale = Scale {
        factor: 1.0 / top,
        ..Scale::ARBITRARY
    };
    let scaled = sum.into_iter().map(|v| (v / top) as f32).collect();
    grid.pattern(scaled, scale, diffraction.wavelength)
}

/// Largest intensity.
///
/// # Errors
/// [`Error::NoReflections`] if all are 0.
pub(crate) fn highest(
    intensities: &[f64],
    structure: &Structure,
    grid: &TwoThetaGrid,
    wavelength: Wavelength,
) -> Result<f64> {
    let top = intensities.iter().copied().fold(0.0, f64::max);
    if top > 0.0 {
        return Ok(top);
    }
    let spacing = |hkl| structure.lattice().d_spacing(hkl);
    let widest = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(spacing);
    Err(Error::NoReflections {
        low: grid.start(),
        high: grid.last(),
        wavelength,
        widest_angstrom: widest.into_iter().fold(0.0, f64::max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;
    use proptest::prelude::*;

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            Just(Shape::Gaussian),
            Just(Shape::Lorentzian),
            (0.0..=1.0f64).prop_map(|eta| Shape::PseudoVoigt { eta }),
        ]
    }

    proptest! {
        #[test]
        fn drawing_follows_the_formula(
            shape in shape(),
            fwhm in 0.005..2.0f64,
            lines in prop::collection::vec((-2.0..52.0f64, 0.0..3.0f64), 1..40),
        ) {
            let grid = TwoThetaGrid::new(10.0, 0.01, 3001).unwrap();
            let profile = Profile::new(shape, fwhm).unwrap();
            let (centres, areas): (Vec<f64>, Vec<f64>) = lines.into_iter().unzip();
            let fast = draw_lines(&centres, &areas, &grid, &profile);
            let plain = draw_one_by_one(&centres, &areas, &grid, &profile);
            let height = areas.iter().sum::<f64>() * profile.at(0.0);
            for (i, (fast, plain)) in fast.iter().zip(plain).enumerate() {
                prop_assert!((fast - plain).abs() < 1e-7 * height, "{i}: {fast} {plain}");
            }
        }

        #[test]
        fn the_integral_is_the_stick(shape in shape(), fwhm in 0.05..0.3f64) {
            let grid = TwoThetaGrid::new(20.0, 0.01, 4001).unwrap();
            let profile = Profile::new(shape, fwhm).unwrap();
            let drawn = draw_lines(&[40.003], &[7.0], &grid, &profile);
            let area = drawn.iter().sum::<f64>() * grid.step();
            prop_assert!((area / 7.0 - 1.0).abs() < 1e-6, "{area}");
        }

        #[test]
        fn weights_interpolate_powers(x in 0.0..1.0f64) {
            let weights = lagrange(x);
            for power in 0..6 {
                let nodes = (-2..=3).map(|n| f64::from(n).powi(power));
                let value: f64 = nodes.zip(weights).map(|(v, w)| v * w).sum();
                prop_assert!((value - x.powi(power)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_line_half_way_between_nodes_is_the_worst_and_within_the_bound() {
        let grid = TwoThetaGrid::new(10.0, 0.01, 1001).unwrap();
        let profile = Profile::new(Shape::Lorentzian, 0.4).unwrap();
        let centres = [15.005];
        let fast = draw_lines(&centres, &[1.0], &grid, &profile);
        let plain = draw_one_by_one(&centres, &[1.0], &grid, &profile);
        let worst = fast
            .iter()
            .zip(plain)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        let error = worst / profile.at(0.0);
        assert!(error > 1e-9 && error < 1e-7, "{error:e}");
    }
}
