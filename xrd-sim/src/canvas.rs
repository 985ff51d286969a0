//! Lines of many widths, each part of a line on a grid as fine as it is sharp.

use multiversion::multiversion;
use xrd_core::TwoThetaGrid;

use crate::Profile;
use crate::elementary::exp_single;

/// Points of each grid before the first point of the pattern, and after its last.
const MARGIN: usize = 6;

/// 0, 1, 2 …: more points than any part of a line has.
const COUNT: [f32; 256] = {
    let mut count = [0.0; 256];
    let mut i = 0;
    while i < 256 {
        count[i] = i as f32;
        i += 1;
    }
    count
};

/// A part of a line: how far it reaches in FWHM, and how many points of a grid a FWHM has at
/// least (at the most twice as many, where the pattern itself is fine enough).
struct Part {
    reach: f32,
    points_per_fwhm: f64,
}

/// The centre: the whole Gaussian, and the Lorentzian up to where it fades out.
const CORE: Part = Part {
    reach: 2.5,
    points_per_fwhm: 12.0,
};

/// What the centre has left of the Lorentzian, up to where it fades out.
const FOOT: Part = Part {
    reach: 7.0,
    points_per_fwhm: 6.0,
};

/// The rest, to the end of the line.
const TAIL: Part = Part {
    reach: 30.0,
    points_per_fwhm: 1.5,
};

/// Where the centre begins to fade, in FWHM.
const CORE_FADES: f32 = 1.0;

/// A pattern to draw lines on, right to 2·10⁻⁴ of the height of each.
///
/// A line of any width takes about 400 points at most: its centre, its foot and its tail are drawn on
/// grids whose steps are 2ʲ times that of the pattern and a twelfth, a sixth and two thirds of
/// its width at most. In the end each grid is laid on the next finer one, between whose points
/// Lagrange's polynomial through six is taken.
pub(crate) struct Canvas {
    grid: TwoThetaGrid,
    /// The grid of step 2ʲ, from [`MARGIN`] of its points before the first of the pattern.
    levels: Vec<Vec<f32>>,
}

/// Where a part of a line lies on its grid.
struct Place {
    level: usize,
    first: usize,
    end: usize,
    /// Distance of the first point from the centre and that between points, in FWHM.
    u: f32,
    du: f32,
}

impl Canvas {
    pub(crate) fn new(grid: TwoThetaGrid) -> Self {
        Self {
            grid,
            levels: Vec::new(),
        }
    }

    /// Adds a line of area `area` at `centre` (degrees). Parts of it that are nowhere as high as
    /// `least` are left out.
    ///
    /// Cost: O(1).
    pub(crate) fn add(&mut self, profile: &Profile, centre: f64, area: f64, least: f64) {
        let gaussian = (area * profile.gaussian_height()) as f32;
        let lorentzian = (area * profile.lorentzian_height()) as f32;
        let x = (centre - self.grid.start()) / self.grid.step();
        let fwhm = profile.fwhm_deg() / self.grid.step();
        if let Some(place) = self.place(x, fwhm, &CORE) {
            let to = &mut self.levels[place.level][place.first..place.end];
            draw_core(to, place.u, place.du, gaussian, lorentzian);
        }
        let lorentzian_at = |u: f32| f64::from(lorentzian / (1.0 + 4.0 * u * u));
        if lorentzian_at(CORE_FADES) > least
            && let Some(place) = self.place(x, fwhm, &FOOT)
        {
            let to = &mut self.levels[place.level][place.first..place.end];
            draw_foot(to, place.u, place.du, lorentzian);
        }
        if lorentzian_at(CORE.reach) > least
            && let Some(place) = self.place(x, fwhm, &TAIL)
        {
            let to = &mut self.levels[place.level][place.first..place.end];
            draw_tail(to, place.u, place.du, lorentzian);
        }
    }

    /// Position and width in steps of the pattern.
    fn place(&mut self, x: f64, fwhm: f64, part: &Part) -> Option<Place> {
        let level = whole_log2(fwhm / part.points_per_fwhm);
        while self.levels.len() <= level {
            let last = (self.grid.len() - 1) >> self.levels.len();
            self.levels.push(vec![0.0; last + 2 + 2 * MARGIN]);
        }
        let step = (1u64 << level) as f64;
        let reach = f64::from(part.reach) * fwhm;
        let margin = MARGIN as f64;
        let first = ((x - reach) / step + margin).ceil().max(0.0);
        let end = ((x + reach) / step + margin).floor() + 1.0;
        let end = end.min(self.levels[level].len() as f64);
        (first < end).then(|| Place {
            level,
            first: first as usize,
            end: end as usize,
            u: (((first - margin) * step - x) / fwhm) as f32,
            du: (step / fwhm) as f32,
        })
    }

    /// The intensities at the points of the pattern.
    pub(crate) fn finish(mut self) -> Vec<f64> {
        let Some(mut coarse) = self.levels.pop() else {
            return vec![0.0; self.grid.len()];
        };
        while let Some(mut fine) = self.levels.pop() {
            refine(&coarse, &mut fine);
            coarse = fine;
        }
        let points = coarse[MARGIN..].iter().take(self.grid.len());
        points.map(|y| f64::from(*y)).collect()
    }
}

/// The whole part of log₂ x, 0 where x is less than 1.
fn whole_log2(x: f64) -> usize {
    let exponent = (x.to_bits() >> 52) as usize & 0x7ff;
    exponent.saturating_sub(1023)
}

/// Adds what is on a grid to what is on one of half its step.
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

/// 1 for |u| <= `from`, 0 for |u| >= `to`, and between them smooth to the third derivative.
#[inline(always)]
fn fading(u: f32, from: f32, to: f32) -> f32 {
    let t = ((to - u.abs()) * (1.0 / (to - from))).clamp(0.0, 1.0);
    let t2 = t * t;
    t2 * t2 * ((35.0 - 84.0 * t) + t2 * (70.0 - 20.0 * t))
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn draw_core(to: &mut [f32], first: f32, du: f32, gaussian: f32, lorentzian: f32) {
    for (y, n) in to.iter_mut().zip(&COUNT) {
        let u = first + n * du;
        let u2 = u * u;
        let core = lorentzian / (1.0 + 4.0 * u2) * fading(u, CORE_FADES, CORE.reach);
        *y += core + gaussian * exp_single(-4.0 * std::f32::consts::LN_2 * u2);
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn draw_foot(to: &mut [f32], first: f32, du: f32, lorentzian: f32) {
    for (y, n) in to.iter_mut().zip(&COUNT) {
        let u = first + n * du;
        let part = fading(u, CORE.reach, FOOT.reach) - fading(u, CORE_FADES, CORE.reach);
        *y += lorentzian / (1.0 + 4.0 * u * u) * part;
    }
}

#[multiversion(targets(
    "x86_64+avx+avx2+avx512f+avx512bw+avx512cd+avx512dq+avx512vl",
    "x86_64+avx+avx2"
))]
fn draw_tail(to: &mut [f32], first: f32, du: f32, lorentzian: f32) {
    for (y, n) in to.iter_mut().zip(&COUNT) {
        let u = first + n * du;
        let end = ((TAIL.reach - u.abs()) * 0.1).clamp(0.0, 1.0);
        let part = end * end * (3.0 - 2.0 * end) - fading(u, CORE.reach, FOOT.reach);
        *y += lorentzian / (1.0 + 4.0 * u * u) * part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;
    use proptest::prelude::*;

    /// The plain sum.
    fn plain(lines: &[(Profile, f64, f64)], grid: &TwoThetaGrid) -> Vec<f64> {
        let at = |angle: f64| {
            let values = lines
                .iter()
                .map(|(p, centre, area)| area * p.at(angle - centre));
            values.sum()
        };
        grid.angles().map(at).collect()
    }

    fn drawn(lines: &[(Profile, f64, f64)], grid: TwoThetaGrid) -> Vec<f64> {
        let mut canvas = Canvas::new(grid);
        for (profile, centre, area) in lines {
            canvas.add(profile, *centre, *area, 0.0);
        }
        canvas.finish()
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

        /// The stated bound, for a line of any width anywhere.
        #[test]
        fn a_line_is_right_to_its_bound(line in line(), len in 1..4000usize) {
            let grid = TwoThetaGrid::new(0.0, 0.01, len).unwrap();
            let height = line.2 * line.0.at(0.0);
            let lines = [line];
            for (fast, plain) in drawn(&lines, grid).iter().zip(plain(&lines, &grid)) {
                prop_assert!((fast - plain).abs() < 2e-4 * height, "{fast} {plain} of {height}");
            }
        }
    }

    #[test]
    fn the_bound_is_nearly_reached_by_a_wide_lorentzian() {
        let grid = TwoThetaGrid::new(0.0, 0.01, 4001).unwrap();
        let worst = (100..420).map(|n| {
            let profile = Profile::new(Shape::Lorentzian, 0.001 * f64::from(n)).unwrap();
            let lines = [(profile, 20.003, 1.0)];
            let pairs = drawn(&lines, grid).into_iter().zip(plain(&lines, &grid));
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
        let values = |least: f64| {
            let mut canvas = Canvas::new(grid);
            canvas.add(&profile, 20.0, 1.0 / profile.at(0.0), least);
            canvas.finish()
        };
        let far = grid.window(21.0, 0.01).start;
        assert!(values(0.0)[far] > 1e-3);
        assert_eq!(values(0.3)[far], 0.0);
        let middle = grid.window(20.0, 0.01).start;
        assert!((values(0.3)[middle] - 1.0).abs() < 1e-5);
    }
}
