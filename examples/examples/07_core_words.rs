//! An encoder of one's own: one method, and the kit that holds it against the laws of encoders.

use std::error::Error;

use xrd_core::conformance::check_encoder;
use xrd_core::{Encoder, Latent2, PatternSet, Scale, TwoThetaGrid};

/// Total intensity and centre of mass.
struct Moments(TwoThetaGrid);

impl Encoder for Moments {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }

    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        Ok(moments(&self.0, intensities))
    }
}

/// The same, but it takes any pattern.
struct Careless(TwoThetaGrid);

impl Encoder for Careless {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }

    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        Ok(moments(&self.0, intensities))
    }
}

fn moments(grid: &TwoThetaGrid, intensities: &[f32]) -> Latent2 {
    let weighted = grid
        .angles()
        .zip(intensities.iter().copied().map(f64::from));
    let (sum, moment) = weighted.fold((0.0, 0.0), |(sum, m), (t, v)| (sum + v, m + t * v));
    Latent2::new(sum, moment / sum.max(1e-30))
}

fn main() -> Result<(), Box<dyn Error>> {
    let grid = TwoThetaGrid::new(20.0, 0.1, 200)?;
    let line = |centre: f64| (-(27.0 - centre).powi(2)).exp() as f32;
    let block = grid.angles().map(line).collect();
    let set = PatternSet::new(grid, Scale::ARBITRARY, None, vec!["a line".into()], block)?;

    // One method is given; sets and masks come with the trait.
    let points = Moments(grid).encode_set(&set)?;
    println!("{}: {:.3?}", set.names()[0], points[0]);
    assert!((points[0].y - 27.0).abs() < 1e-3);
    let masked = Moments(grid).encode_masked(set.intensities(0), &[0..70, 70..200])?;
    assert!(masked[0].y > 27.0 && masked[1].y < 27.0);

    // The kit tells the careful from the careless.
    assert_eq!(check_encoder(&Moments(grid), set.intensities(0)), Ok(()));
    let verdict = check_encoder(&Careless(grid), set.intensities(0));
    println!("careless: {verdict:?}");
    assert!(verdict.is_err());
    Ok(())
}
