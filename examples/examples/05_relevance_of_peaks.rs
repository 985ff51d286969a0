//! Finds the peaks that matter to an encoder. Any encoder can be used; this example defines its own.

use std::error::Error;

use xrd_core::{Atom, Encoder, Latent2, Lattice, OnGrid, Structure, TwoThetaGrid, Wavelength};
use xrd_relevance::{PeakOptions, SweepOptions, find_peaks, rank, strongest_irrelevant, sweep};
use xrd_sim::{Diffraction, Profile, Shape, simulate};

/// The total intensity from 40° to 50°, and from 60° to 70°.
struct TwoWindows(TwoThetaGrid);

impl OnGrid for TwoWindows {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Encoder for TwoWindows {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        let from = |angle| &intensities[self.0.window(angle, 10.0)];
        let sum = |window: &[f32]| window.iter().copied().map(f64::from).sum();
        Ok(Latent2::new(sum(from(40.0)), sum(from(60.0))))
    }
}

/// The pattern of iron.
fn iron(grid: &TwoThetaGrid) -> Result<Vec<f32>, Box<dyn Error>> {
    let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
    let atom = |position| Ok::<_, xrd_core::Error>(Atom::new("Fe".parse()?, position));
    let structure = Structure::new(cell, vec![atom([0.0; 3])?, atom([0.5; 3])?])?;
    let copper = Diffraction::new(Wavelength::angstrom(1.5406)?);
    let profile = Profile::new(Shape::Gaussian, 0.3)?;
    Ok(simulate(&structure, &copper, grid, &profile)?.into_intensities())
}

fn main() -> Result<(), Box<dyn Error>> {
    let encoder = TwoWindows(TwoThetaGrid::new(35.0, 0.05, 1400)?);
    let pattern = iron(encoder.grid())?;
    let peaks = find_peaks(encoder.grid(), &pattern, &PeakOptions::default())?;
    let options = SweepOptions::default().with_window_deg(0.5);
    let ranked = rank(&peaks, &sweep(&encoder, &pattern, &options)?)?;
    println!("   2θ   intensity  relevance");
    for r in &ranked {
        let (at, share) = (r.peak.two_theta, r.peak.relative_intensity);
        println!("{at:6.2} {share:9.3} {:10.3}", r.relative_dev);
    }
    // The encoder uses two of the lines (110), (200), (211) and (220).
    assert_eq!(ranked.len(), 4);
    assert_eq!((ranked[0].relevance_rank, ranked[3].relative_dev), (1, 0.0));

    let surprise = &strongest_irrelevant(&ranked, 0.10, 1)?[0];
    let (at, dev) = (surprise.peak.two_theta, surprise.dev);
    println!("strong, of no relevance: {at:.2}°");
    assert!((at - 82.35).abs() < 0.1 && dev == 0.0);
    Ok(())
}
