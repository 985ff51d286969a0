//! Distances of two patterns with the same number of points.
//!
//! All are 0 for equal patterns. Points beyond the shorter of two patterns are ignored.
//!
//! # References
//! R. Dong et al., DeepXRD (2022), equations 1 to 5; Y. Iwasaki et al., npj Comput. Mater. 3, 4 (2017).

/// Mean of (s - t)².
pub fn mean_square(s: &[f32], t: &[f32]) -> f64 {
    mean(pairs(s, t).map(|(s, t)| (s - t).powi(2)))
}

/// Mean of (ln(1 + s) - ln(1 + t))². Values below 0 count as 0.
pub fn mean_square_log(s: &[f32], t: &[f32]) -> f64 {
    let log = |x: f64| x.max(0.0).ln_1p();
    mean(pairs(s, t).map(|(s, t)| (log(s) - log(t)).powi(2)))
}

/// 1 minus the cosine of the angle between the patterns; 1 if one of them is 0 everywhere.
pub fn cosine(s: &[f32], t: &[f32]) -> f64 {
    one_minus_correlation(s, t, 0.0, 0.0)
}

/// 1 minus Pearson's correlation; 1 if one of the patterns is constant.
pub fn pearson(s: &[f32], t: &[f32]) -> f64 {
    one_minus_correlation(
        s,
        t,
        mean(pairs(s, t).map(|p| p.0)),
        mean(pairs(s, t).map(|p| p.1)),
    )
}

/// Jensen–Shannon distance: the square root of the divergence, in natural units, of the patterns divided by
/// their sums. It is at most √ln 2 = 0.833. Values below 0 count as 0; a pattern without a positive value has
/// the largest distance from all others.
pub fn jensen_shannon(s: &[f32], t: &[f32]) -> f64 {
    let sum = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x.max(0.0)).sum::<f64>();
    let sums = (
        sum(&mut pairs(s, t).map(|p| p.0)),
        sum(&mut pairs(s, t).map(|p| p.1)),
    );
    if sums.0 <= 0.0 || sums.1 <= 0.0 {
        let are_equal = sums.0 <= 0.0 && sums.1 <= 0.0;
        return if are_equal { 0.0 } else { 2f64.ln().sqrt() };
    }
    let part = |a: f64, b: f64| match a > 0.0 {
        true => 0.5 * a * (2.0 * a / (a + b)).ln(),
        false => 0.0,
    };
    let divergence: f64 = pairs(s, t)
        .map(|(s, t)| (s.max(0.0) / sums.0, t.max(0.0) / sums.1))
        .map(|(s, t)| part(s, t) + part(t, s))
        .sum();
    divergence.max(0.0).sqrt()
}

/// Dynamic time warping: the smallest sum of |s(i) - t(j)| over all paths from the first points to the last
/// ones that never go back.
///
/// Cost: O(n²).
///
/// # References
/// S. Salvador, P. Chan, Intell. Data Anal. 11, 561 (2007), whose FastDTW approximates this sum.
pub fn dynamic_time_warping(s: &[f32], t: &[f32]) -> f64 {
    if s.is_empty() || t.is_empty() {
        return 0.0;
    }
    let mut row = vec![f64::INFINITY; t.len() + 1];
    row[0] = 0.0;
    for &a in s {
        let mut diagonal = row[0];
        row[0] = f64::INFINITY;
        for (j, &b) in t.iter().enumerate() {
            let best = diagonal.min(row[j]).min(row[j + 1]);
            diagonal = row[j + 1];
            row[j + 1] = best + f64::from((a - b).abs());
        }
    }
    row[t.len()]
}

fn one_minus_correlation(s: &[f32], t: &[f32], of_s: f64, of_t: f64) -> f64 {
    let (mut product, mut squares) = (0.0, (0.0, 0.0));
    for (s, t) in pairs(s, t) {
        let (s, t) = (s - of_s, t - of_t);
        product += s * t;
        squares = (squares.0 + s * s, squares.1 + t * t);
    }
    let scale = (squares.0 * squares.1).sqrt();
    match scale > 0.0 {
        true => 1.0 - product / scale,
        false => 1.0,
    }
}

fn pairs<'a>(s: &'a [f32], t: &'a [f32]) -> impl Iterator<Item = (f64, f64)> + 'a {
    s.iter().zip(t).map(|(s, t)| (f64::from(*s), f64::from(*t)))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, n), x| (sum + x, n + 1));
    sum / count.max(1) as f64
}
