//! Which peaks matter to an encoder? Any encoder will do; this one is written here.

use std::error::Error;

use xrd_core::{Atom, Encoder, Latent2, Lattice, Structure, TwoThetaGrid, Wavelength};
use xrd_relevance::{PeakOptions, SweepOptions, find_peaks, rank, strongest_irrelevant, sweep};
use xrd_sim::{Diffraction, Profile, Shape, simulate};

/// The total intensity and the centre of mass of all that lies below 70°.
struct BelowSeventy(TwoThetaGrid);

impl Encoder for BelowSeventy {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }

    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        let low = self.0.angles().zip(intensities).filter(|(t, _)| *t < 70.0);
        let (sum, moment) = low.fold((0.0, 0.0), |(sum, moment), (t, &v)| {
            (sum + f64::from(v), moment + f64::from(v) * t)
        });
        Ok(Latent2::new(sum, moment / sum.max(1e-30)))
    }
}

/// The pattern of iron.
fn iron(grid: &TwoThetaGrid) -> Result<Vec<f32>, Box<dyn Error>> {
    let cell = Lattice::from_parameters(2.8665, 2.8665, 2.8665, 90.0, 90.0, 90.0)?;
    let fe = "Fe".parse()?;
    let atoms = vec![Atom::new(fe, [0.0; 3]), Atom::new(fe, [0.5; 3])];
    let copper = Diffraction::new(Wavelength::angstrom(1.5406)?);
    let profile = Profile::new(Shape::Gaussian, 0.3)?;
    let pattern = simulate(&Structure::new(cell, atoms)?, &copper, grid, &profile)?;
    Ok(pattern.into_intensities())
}

fn main() -> Result<(), Box<dyn Error>> {
    let encoder = BelowSeventy(TwoThetaGrid::new(35.0, 0.05, 1400)?);
    let pattern = iron(encoder.grid())?;

    let sweep = sweep(
        &encoder,
        &pattern,
        &SweepOptions {
            window_deg: 0.5,
            step_deg: None,
        },
    )?;
    let peaks = find_peaks(encoder.grid(), &pattern, &PeakOptions::default())?;
    let ranked = rank(&peaks, &sweep)?;
    println!("   2θ   intensity  relevance");
    for r in &ranked {
        let (peak, relevance) = (&r.peak, r.relative_dev);
        println!(
            "{:6.2} {:9.3} {relevance:10.3}",
            peak.two_theta, peak.relative_intensity
        );
    }
    // (110), (200), (211) and (220); the first decides, those above 70° mean nothing.
    assert_eq!(ranked.len(), 4);
    assert_eq!((ranked[0].relevance_rank, ranked[2].relative_dev), (1, 0.0));

    let surprise = &strongest_irrelevant(&ranked, 0.10, 1)?[0];
    println!("strong, of no relevance: {:.2}°", surprise.peak.two_theta);
    assert!((surprise.peak.two_theta - 82.3).abs() < 0.1);
    Ok(())
}
