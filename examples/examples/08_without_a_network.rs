//! Builds a feature space without a network, from two directions in which patterns differ, and finds the
//! lines that matter.

use std::error::Error;

use xrd_core::{Encoder, Latent2, OnGrid, TwoThetaGrid};
use xrd_examples::figure;
use xrd_relevance::{PeakOptions, SweepOptions, find_peaks, rank, strongest_irrelevant, sweep};

/// An encoder: the products of a pattern with two directions.
struct Directions(TwoThetaGrid, [Vec<f32>; 2]);

impl OnGrid for Directions {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Encoder for Directions {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        let [x, y] = self.1.each_ref().map(|direction| {
            let products = intensities.iter().zip(direction);
            products.map(|(&v, &d)| f64::from(v * d)).sum()
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
    let pattern = |a, b| -> Vec<f32> { grid.angles().map(|t| at(a, b, t)).collect() };
    let differ = |p: Vec<f32>, q: Vec<f32>| p.iter().zip(q).map(|(p, q)| p - q).collect();

    let first = differ(pattern(1.0, 0.5), pattern(0.0, 0.5));
    let second = differ(pattern(0.5, 1.0), pattern(0.5, 0.0));
    let encoder = Directions(grid, [first, second]);
    let points = [pattern(0.2, 0.4), pattern(0.4, 0.4)].map(|p| encoder.encode(&p));
    let [a, b] = [points[0].clone()?, points[1].clone()?];
    assert!((b.x / a.x - 2.0).abs() < 1e-5 && (b.y - a.y).abs() < 1e-5);

    let mixture = pattern(0.5, 0.5);
    let peaks = find_peaks(&grid, &mixture, &PeakOptions::default())?;
    let options = SweepOptions::default().with_window_deg(0.5);
    let swept = sweep(&encoder, &mixture, &options)?;
    let ranked = rank(&peaks, &swept)?;
    let dev: Vec<f32> = swept.dev.iter().map(|&d| d as f32).collect();
    let curves = [("pattern", &mixture[..]), ("relevance", &dev[..])];
    figure("08_without_a_network", &grid, &curves)?;
    let surprise = &strongest_irrelevant(&ranked, 0.10, 1)?[0].peak;
    println!("strong, of no relevance: {:.2}°", surprise.two_theta);
    assert!((surprise.two_theta - 60.0).abs() < 1e-3 && ranked.len() == 4);
    Ok(())
}
