//! Drawing of lines of different widths: each part of a line on a grid as fine as it needs.

use multiversion::multiversion;
use xrd_core::TwoThetaGrid;

use crate::Profile;
use crate::elementary::exp_single;

/// Points of each grid before the first point of the pattern, and after its last.
const MARGIN: usize = 6;

/// Number of points drawn together.
const LANES: usize = 8;

/// 0, 1, 2 …
const COUNT: [f32; LANES] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

/// Part of a line: its reach in FWHM, and the smallest number of grid points per FWHM (the actual
/// number is at most twice as large, if the pattern itself is fine enough).
struct Part {
    reach: f32,
    points_per_fwhm: f64,
}

/// Centre: the whole Gaussian, and the Lorentzian up to where it fades out.
const CORE: Part = Part {
    reach: 2.5,
    points_per_fwhm: 12.0,
};

/// Foot: the Lorentzian without the centre, up to where it fades out.
const FOOT: Part = Part {
    reach: 7.0,
    points_per_fwhm: 6.0,
};

/// Tail: the rest, to the end of the line.
const TAIL: Part = Part {
    reach: 30.0,
    points_per_fwhm: 1.5,
};

/// Height relative to the highest line below which lines may be drawn half as finely.
const WEAK: f64 = 1e-2;

/// Height relative to the highest line below which lines may be drawn a quarter as finely.
const FAINT: f64 = 1e-4;

/// Distance, in FWHM, at which the centre begins to fade.
const CORE_FADES: f32 = 1.0;

/// Line of a pattern.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    /// In degrees.
    pub(crate) centre: f64,
    pub(crate) area: f64,
    pub(crate) profile: Profile,
}

impl Line {
    pub(crate) fn height(&self) -> f64 {
        self.area * (self.profile.gaussian_height() + self.profile.lorentzian_height())
    }
}

/// Sum of lines of different widths on a grid. The error of each line is below 2·10⁻⁴ of the height
/// of the highest line. Except for weak lines, the error is also below 2·10⁻⁴ of the line's own
/// height. Parts of lines that are lower than `least` everywhere are skipped.
///
/// A line of any width takes at most about 400 points. Its centre, foot and tail are drawn on grids
/// with a step of 2ʲ times that of the pattern, and at most a twelfth, a sixth and two thirds of
/// the line width. Lines below [`WEAK`] and [`FAINT`] of the highest use grids twice and four times
/// as coarse, with errors up to 2⁶ and 4⁶ times as large. In the end each grid is added to the next
/// finer one, by the polynomial through the six nearest points (Lagrange).
///
/// Cost: O(lines + points).
pub(crate) fn draw(grid: &TwoThetaGrid, lines: &[Line], least: f64) -> Vec<f64> {
    let widest = lines.iter().map(|l| l.profile.fwhm_deg());
    let coarsest = TAIL.level(4.0 * widest.fold(0.0, f64::max) / grid.step());
    // The grid of step 2ʲ, from MARGIN of its points before the first of the pattern.
    let level = |j: usize| vec![0.0; ((grid.len() - 1) >> j) + 2 + 2 * MARGIN + LANES];
    let mut levels: Vec<Vec<f32>> = (0..=coarsest).map(level).collect();
    let highest = lines.iter().map(Line::height).fold(0.0, f64::max);
    draw_parts(&mut levels, grid, lines, highest, least);
    for j in (0..coarsest).rev() {
        let (fine, coarse) = levels.split_at_mut(j + 1);
        refine(&coarse[0], &mut fine[j]);
    }
    let points = levels[0][MARGIN..].iter().take(grid.len());
    points.map(|y| f64::from(*y)).collect()
}

impl Part {
    /// Number of the grid for a line of this width in steps of the pattern.
    #[inline(always)]
    fn level(&self, fwhm: f64) -> usize {
        whole_log2(fwhm / self.points_per_fwhm)
    }
}

/// Points of a grid relative to a line: distance of the first point from the centre, and distance
/// between points, in FWHM.
#[derive(Clone, Copy)]
struct Scale {
    first: f32,
    step: f32,
}

/// Grid points of a part of a line at `x` with the width `fwhm`, both in steps of the pattern,
/// rounded up to whole [`LANES`]. The grid is `coarser` times as coarse as the part requires.
#[inline(always)]
fn place<'a>(
    levels: &'a mut [Vec<f32>],
    part: &Part,
    x: f64,
    fwhm: f64,
    coarser: f64,
) -> (&'a mut [f32], Scale) {
    let level = part.level(fwhm * coarser);
    let step = (1u64 << level) as f64;
    let points = &mut levels[level];
    let reach = f64::from(part.reach) * fwhm;
    let margin = MARGIN as f64;
    let first = ((x - reach) / step + margin).ceil().max(0.0);
    let end = ((x + reach) / step + margin).floor() + 1.0;
    let end = end.min((points.len() - LANES) as f64);
    let scale = Scale {
        first: (((first - margin) * step - x) / fwhm) as f32,
        step: (step / fwhm) as f32,
    };
    // For lines after the end of the grid, `end` is before `first`.
    let (first, end) = (first as usize, end as usize);
    let blocks = end.saturating_sub(first).div_ceil(LANES);
    let range = first..first + blocks * LANES;
    (points.get_mut(range).unwrap_or_default(), scale)
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn draw_parts(
    levels: &mut [Vec<f32>],
    grid: &TwoThetaGrid,
    lines: &[Line],
    highest: f64,
    least: f64,
) {
    let least = least as f32;
    for line in lines {
        let gaussian = (line.area * line.profile.gaussian_height()) as f32;
        let lorentzian = (line.area * line.profile.lorentzian_height()) as f32;
        let x = (line.centre - grid.start()) / grid.step();
        let fwhm = line.profile.fwhm_deg() / grid.step();
        let coarser = match line.height() {
            h if h < FAINT * highest => 4.0,
            h if h < WEAK * highest => 2.0,
            _ => 1.0,
        };
        let (to, scale) = place(levels, &CORE, x, fwhm, coarser);
        draw_core(to, scale, gaussian, lorentzian);
        let lorentzian_at = |u: f32| lorentzian / (1.0 + 4.0 * u * u);
        if lorentzian_at(CORE_FADES) > least {
            let (to, scale) = place(levels, &FOOT, x, fwhm, coarser);
            draw_foot(to, scale, lorentzian);
        }
        if lorentzian_at(CORE.reach) > least {
            let (to, scale) = place(levels, &TAIL, x, fwhm, coarser);
            draw_tail(to, scale, lorentzian);
        }
    }
}

/// Integer part of log₂ x, or 0 if x is less than 1.
fn whole_log2(x: f64) -> usize {
    let exponent = (x.to_bits() >> 52) as usize & 0x7ff;
    exponent.saturating_sub(1023)
}

/// Adds the values of a grid to those of a grid of half its step.
#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn refine(coarse: &[f32], fine: &mut [f32]) {
    // Point i is the pattern's (i − margin)·2ʲ⁺¹, which is point 2i − margin of the finer grid.
    let middle = |six: &[f32]| {
        let (near, far, farthest) = (six[2] + six[3], six[1] + six[4], six[0] + six[5]);
        near * (150.0 / 256.0) - far * (25.0 / 256.0) + farthest * (3.0 / 256.0)
    };
    let pairs = fine.chunks_mut(2);
    for (six, pair) in coarse[MARGIN / 2 - 2..].windows(6).zip(pairs) {
        pair[0] += six[2];
        if let Some(odd) = pair.get_mut(1) {
            *odd += middle(six);
        }
    }
}

/// Factor that is 1 for |u| <= `from`, 0 for |u| >= `to`, and smooth to the third derivative
/// between.
#[inline(always)]
fn fading(u: f32, from: f32, to: f32) -> f32 {
    let t = ((to - u.abs()) * (1.0 / (to - from))).clamp(0.0, 1.0);
    let t2 = t * t;
    t2 * t2 * ((35.0 - 84.0 * t) + t2 * (70.0 - 20.0 * t))
}

/// Distances of eight points from the centre, beginning with the `first`.
#[inline(always)]
fn distances(scale: Scale, first: usize) -> [f32; LANES] {
    let mut u = COUNT;
    for u in &mut u {
        *u = scale.first + (first as u32 as f32 + *u) * scale.step;
    }
    u
}

#[inline(always)]
fn draw_core(to: &mut [f32], scale: Scale, gaussian: f32, lorentzian: f32) {
    for (i, eight) in to.chunks_exact_mut(LANES).enumerate() {
        for (y, u) in eight.iter_mut().zip(distances(scale, LANES * i)) {
            let u2 = u * u;
            let core = lorentzian / (1.0 + 4.0 * u2) * fading(u, CORE_FADES, CORE.reach);
            *y += core + gaussian * exp_single(-4.0 * std::f32::consts::LN_2 * u2);
        }
    }
}

#[inline(always)]
fn draw_foot(to: &mut [f32], scale: Scale, lorentzian: f32) {
    for (i, eight) in to.chunks_exact_mut(LANES).enumerate() {
        for (y, u) in eight.iter_mut().zip(distances(scale, LANES * i)) {
            let part = fading(u, CORE.reach, FOOT.reach) - fading(u, CORE_FADES, CORE.reach);
            *y += lorentzian / (1.0 + 4.0 * u * u) * part;
        }
    }
}

#[inline(always)]
fn draw_tail(to: &mut [f32], scale: Scale, lorentzian: f32) {
    for (i, eight) in to.chunks_exact_mut(LANES).enumerate() {
        for (y, u) in eight.iter_mut().zip(distances(scale, LANES * i)) {
            let end = ((TAIL.reach - u.abs()) * 0.1).clamp(0.0, 1.0);
            let part = end * end * (3.0 - 2.0 * end) - fading(u, CORE.reach, FOOT.reach);
            *y += lorentzian / (1.0 + 4.0 * u * u) * part;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;
    use proptest::prelude::*;

    /// Plain sum.
    fn plain(lines: &[(Profile, f64, f64)], grid: &TwoThetaGrid) -> Vec<f64> {
        let at = |angle: f64| {
            let values = lines
                .iter()
                .map(|(p, centre, area)| area * p.at(angle - centre));
            values.sum()
        };
        grid.angles().map(at).collect()
    }

    fn drawn(lines: &[(Profile, f64, f64)], grid: TwoThetaGrid, least: f64) -> Vec<f64> {
        let line = |&(profile, centre, area): &_| Line {
            centre,
            area,
            profile,
        };
        let lines: Vec<Line> = lines.iter().map(line).collect();
        draw(&grid, &lines, least)
    }

    fn line() -> impl Strategy<Value = (Profile, f64, f64)> {
        let eta = prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0f64];
        (-6.0..2.3f64, eta, -3.0..45.0f64, 0.1..3.0f64).prop_map(|(log_fwhm, eta, centre, area)| {
            let profile = Profile::new(Shape::PseudoVoigt { eta }, log_fwhm.exp());
            (profile.unwrap(), centre, area)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Checks the stated bound for a line of any width at any place.
        #[test]
        fn a_line_is_right_to_its_bound(line in line(), len in 1..4000usize) {
            let grid = TwoThetaGrid::new(0.0, 0.01, len).unwrap();
            let height = line.2 * line.0.at(0.0);
            let lines = [line];
            for (fast, plain) in drawn(&lines, grid, 0.0).iter().zip(plain(&lines, &grid)) {
                prop_assert!((fast - plain).abs() < 2e-4 * height, "{fast} {plain} of {height}");
            }
        }

        /// Checks the stated bound for weak lines, with a high line outside the grid.
        #[test]
        fn a_weak_line_is_right_to_its_bound(
            line in line(), log_height in -13.0..0.0f64, len in 1..4000usize,
        ) {
            let grid = TwoThetaGrid::new(0.0, 0.01, len).unwrap();
            let (profile, centre, _) = line;
            let weak = (profile, centre, log_height.exp() / profile.at(0.0));
            let high = Profile::new(Shape::Gaussian, 0.1).unwrap();
            let both = [weak, (high, -1e3, 1.0 / high.at(0.0))];
            for (fast, plain) in drawn(&both, grid, 0.0).iter().zip(plain(&[weak], &grid)) {
                prop_assert!((fast - plain).abs() < 2e-4, "{fast} {plain}");
            }
        }
    }

    #[test]
    fn the_bound_is_nearly_reached_by_a_wide_lorentzian() {
        let grid = TwoThetaGrid::new(0.0, 0.01, 4001).unwrap();
        let worst = (100..420).map(|n| {
            let profile = Profile::new(Shape::Lorentzian, 0.001 * f64::from(n)).unwrap();
            let lines = [(profile, 20.003, 1.0)];
            let pairs = drawn(&lines, grid, 0.0)
                .into_iter()
                .zip(plain(&lines, &grid));
            let error = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            error / profile.at(0.0)
        });
        let worst = worst.fold(0.0, f64::max);
        assert!(worst > 2e-5 && worst < 2e-4, "{worst:e}");
    }

    #[test]
    fn parts_that_are_too_low_are_left_out() {
        let grid = TwoThetaGrid::new(0.0, 0.01, 4001).unwrap();
        let profile = Profile::new(Shape::Lorentzian, 0.1).unwrap();
        let lines = [(profile, 20.0, 1.0 / profile.at(0.0))];
        let values = |least: f64| drawn(&lines, grid, least);
        let far = grid.window(21.0, 0.01).start;
        assert!(values(0.0)[far] > 1e-3);
        assert_eq!(values(0.3)[far], 0.0);
        let middle = grid.window(20.0, 0.01).start;
        assert!((values(0.3)[middle] - 1.0).abs() < 1e-5);
    }
}
