//! An encoder without a network: principal components, used as a `Box<dyn Encoder>`.

use std::error::Error;

use xrd_core::{Encoder, Latent2, OnGrid, PatternSet, TwoThetaGrid};
use xrd_examples::figure;
use xrd_latent::maps::PrincipalComponents;
use xrd_relevance::{PeakOptions, SweepOptions, find_peaks, rank, strongest_irrelevant, sweep};

/// Products of a pattern with the first two principal axes of a set.
struct Pca(TwoThetaGrid, [Vec<f64>; 2]);

impl Pca {
    fn fit(set: &PatternSet) -> Result<Self, Box<dyn Error>> {
        let found = PrincipalComponents::of_patterns(set, 2)?;
        // An axis is a weighted sum of the patterns.
        let axis = |c: usize| {
            let mut axis = vec![0.0; set.grid().len()];
            for (i, weight) in found.vectors[c].iter().enumerate() {
                let terms = axis.iter_mut().zip(set.intensities(i));
                terms.for_each(|(a, v)| *a += weight * f64::from(*v));
            }
            axis
        };
        Ok(Self(*set.grid(), [axis(0), axis(1)]))
    }
}

impl OnGrid for Pca {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Encoder for Pca {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        let [x, y] = self.1.each_ref().map(|axis| {
            let products = intensities.iter().zip(axis);
            products.map(|(&v, a)| f64::from(v) * a).sum()
        });
        Ok(Latent2::new(x, y))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let grid = TwoThetaGrid::new(20.0, 0.05, 1200)?;
    let line = |t: f64, at: f64| (-((t - at) / 0.2).powi(2)).exp();
    // Two phases, the first with two lines, and a standard that is the same in all samples.
    let at = |a: f64, b: f64, t: f64| {
        let first = line(t, 30.0) + 0.4 * line(t, 52.0);
        (a * first + b * line(t, 41.0) + 2.0 * line(t, 60.0)) as f32
    };
    let pattern = |(a, b)| -> Vec<f32> { grid.angles().map(|t| at(a, b, t)).collect() };
    let mixtures = [(0.1, 0.2), (0.9, 0.3), (0.3, 0.8), (0.6, 0.6), (1.0, 0.1)];
    let set = PatternSet::unnamed(grid, mixtures.map(pattern).concat())?;
    let encoder: Box<dyn Encoder> = Box::new(Pca::fit(&set)?);

    let mixture = pattern((0.5, 0.5));
    let options = SweepOptions::default().with_window_deg(0.5);
    let swept = sweep(&encoder, &mixture, &options)?;
    let peaks = find_peaks(&grid, &mixture, &PeakOptions::default())?;
    let ranked = rank(&peaks, &swept)?;
    let dev: Vec<f32> = swept.dev.iter().map(|&d| d as f32).collect();
    let curves = [("pattern", &mixture[..]), ("relevance", &dev[..])];
    figure("08_without_a_network", &grid, &curves)?;
    let surprise = &strongest_irrelevant(&ranked, 0.10, 1)?[0].peak;
    println!("strong, but irrelevant: {:.2}°", surprise.two_theta);
    assert!((surprise.two_theta - 60.0).abs() < 1e-3 && ranked.len() == 4);
    Ok(())
}
