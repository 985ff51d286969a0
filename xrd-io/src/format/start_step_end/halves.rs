//! Files with twice as many numbers as points: position and meaning of the numbers that are not
//! intensities.
//!
//! ```text
//! all intensities, then all sigmas                 ILL, PSI
//! a line of intensities, a line of their sigmas    Brookhaven (FullProf INSTRM 4)
//! counters or seconds, intensity, …                D1A, D2B (INSTRM 1), variable time (INSTRM 11)
//! ```
//!
//! The third layout is recognised because the number before each intensity rarely changes from
//! point to point, unlike measured values. The first two layouts give different standard
//! deviations. The layout is used whose standard deviations are closer to the square roots of the
//! intensities.
//!
//! Source: FullProf manual (2001), "Format of data files".

/// The intensities, and the meaning of the other numbers.
#[derive(Debug, PartialEq)]
pub(super) struct Halves {
    pub(super) intensities: Vec<f64>,
    pub(super) others: Others,
}

/// Meaning of the numbers that are not intensities.
#[derive(Debug, PartialEq)]
pub(super) enum Others {
    Sigma(Vec<f64>),
    /// One number before each intensity: the number of counters averaged, or the counting time.
    Before,
}

/// Splits an even count of values, with `row` values per line, into intensities and other numbers.
/// Cost: O(n log n).
pub(super) fn part(values: &[f64], row: usize) -> Halves {
    let points = values.len() / 2;
    let of_pairs = |at: usize| {
        values
            .iter()
            .skip(at)
            .step_by(2)
            .copied()
            .collect::<Vec<_>>()
    };
    let (before, after) = (of_pairs(0), of_pairs(1));
    if row.is_multiple_of(2) && 5 * changes(&before) < points && 2 * changes(&after) > points {
        return Halves {
            intensities: after,
            others: Others::Before,
        };
    }
    let blocks = values.split_at(points);
    let blocks = (blocks.0.to_vec(), blocks.1.to_vec());
    let lines = by_lines(values, row);
    const FEWEST: usize = 4;
    let (intensities, sigma) = match row >= FEWEST && misfit(&lines) < misfit(&blocks) {
        true => lines,
        false => blocks,
    };
    Halves {
        intensities,
        others: Others::Sigma(sigma),
    }
}

fn changes(values: &[f64]) -> usize {
    values.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// Splits alternating lines of intensities and standard deviations. The last two lines may be
/// shorter.
fn by_lines(values: &[f64], row: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for pair in values.chunks(2 * row.max(1)) {
        let (a, b) = pair.split_at(pair.len() / 2);
        first.extend(a);
        second.extend(b);
    }
    (first, second)
}

/// Deviation of the standard deviations σ from a multiple of √y, where y are the intensities: the
/// median absolute deviation of ln(σ²/y). Infinite if no values can be compared.
fn misfit((intensities, sigma): &(Vec<f64>, Vec<f64>)) -> f64 {
    let pairs = intensities.iter().zip(sigma);
    let positive = pairs.filter(|(y, s)| **y > 0.0 && **s > 0.0);
    let logs: Vec<f64> = positive.map(|(y, s)| (s * s / y).ln()).collect();
    let middle = median(logs.clone());
    median(logs.iter().map(|log| (log - middle).abs()).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return f64::INFINITY;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_of_the_halves() {
        let y: Vec<f64> = (0..55).map(|i| 200.0 + f64::from(i * 7919 % 97)).collect();
        let s: Vec<f64> = y.iter().map(|y| (y.sqrt() * 10.0).round() / 10.0).collect();
        let expected = |others| Halves {
            intensities: y.clone(),
            others,
        };
        let blocks = [y.clone(), s.clone()].concat();
        assert_eq!(part(&blocks, 10), expected(Others::Sigma(s.clone())));
        let in_turn = |(y, s): (&[f64], &[f64])| [y, s].concat();
        let lines: Vec<f64> = y.chunks(10).zip(s.chunks(10)).flat_map(in_turn).collect();
        assert_eq!(part(&lines, 10), expected(Others::Sigma(s.clone())));
        let counters = |(i, y): (usize, &f64)| [if i < 20 { 3.0 } else { 4.0 }, *y];
        let pairs: Vec<f64> = y.iter().enumerate().flat_map(counters).collect();
        assert_eq!(part(&pairs, 20), expected(Others::Before));
        assert_eq!(part(&[], 10).intensities.len(), 0);
    }
}
