//! Made-up structures and their patterns.

use xrd_identify::{Entry, Library, LineList, Prepared, axis};

/// Random numbers (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Lines at random multiples of 0.003 1/Å: at least 0.25° apart.
pub(crate) fn lines(seed: u64, count: usize) -> LineList {
    let mut numbers = Numbers(seed);
    let mut places: Vec<usize> = Vec::new();
    while places.len() < count {
        let place = 30 + (numbers.next() * 270.0) as usize;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let line = |place: &usize| (*place as f64 * 0.003, 0.02 + numbers.next().powi(2));
    LineList::new(places.iter().map(line).collect::<Vec<_>>()).unwrap()
}

pub(crate) fn entry(seed: u64) -> Entry {
    Entry {
        name: format!("structure {seed}"),
        formula: format!("Å{seed}"),
        space_group: (seed % 230 + 1) as u16,
        source: format!("made up {seed}"),
        lines: lines(seed, 5 + (seed % 30) as usize),
    }
}

pub(crate) fn library(count: u64) -> Library {
    let mut library = Library::default();
    (0..count).for_each(|seed| library.push(&entry(seed)).unwrap());
    library
}

/// Intensities of lists of lines on the axis: Gaussians 0.12° wide, with zero shift, strain and weight.
pub(crate) fn intensities(parts: &[(&LineList, f64, f64, f64)]) -> Vec<f32> {
    let (grid, _) = axis().unwrap();
    let mut all = vec![0.0; grid.len()];
    for (lines, zero, strain, weight) in parts {
        for line in lines.lines() {
            let sine = line.inverse_d / (1.0 + strain) * 1.540_593 / 2.0;
            let centre = 2.0 * sine.min(1.0).asin().to_degrees() + zero;
            for (value, angle) in all.iter_mut().zip(grid.angles()) {
                let x = (angle - centre) / 0.12;
                *value += (weight * line.intensity * (-4.0 * 2f64.ln() * x * x).exp()) as f32;
            }
        }
    }
    all
}

pub(crate) fn prepared(parts: &[(&LineList, f64, f64, f64)]) -> Prepared {
    Prepared::within(intensities(parts), 0..Prepared::POINTS).unwrap()
}
