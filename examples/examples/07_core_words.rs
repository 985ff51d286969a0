//! Defines an encoder with one method, and checks it with the conformance kit.

use std::error::Error;

use xrd_core::conformance::check_encoder;
use xrd_core::{Encoder, Latent2, OnGrid, PatternSet, Scale, TwoThetaGrid};

/// Total intensity and centre of mass, without any check of the input.
struct Careless(TwoThetaGrid);

impl OnGrid for Careless {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Encoder for Careless {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        let sum: f64 = intensities.iter().map(|&v| f64::from(v)).sum();
        let moments = self.0.angles().zip(intensities);
        let moment: f64 = moments.map(|(t, &v)| t * f64::from(v)).sum();
        Ok(Latent2::new(sum, moment / sum.max(1e-30)))
    }
}

/// Total intensity and centre of mass, with checks of the input.
struct Careful(Careless);

impl OnGrid for Careful {
    fn grid(&self) -> &TwoThetaGrid {
        self.0.grid()
    }
}

impl Encoder for Careful {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        self.0.encode(intensities)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let grid = TwoThetaGrid::new(20.0, 0.1, 200)?;
    let line = |centre: f64| (-(27.0 - centre).powi(2)).exp() as f32;
    let block = grid.angles().map(line).collect();
    let set = PatternSet::new(grid, Scale::ARBITRARY, None, vec!["a line".into()], block)?;

    // The trait provides sets and masks from the one method.
    let encoder = Careful(Careless(grid));
    let point = encoder.encode_set(&set)?[0];
    println!("{}: {point:.3?}", set.names()[0]);
    assert!((point.y - 27.0).abs() < 1e-3);
    let masked = encoder.encode_masked(set.intensities(0), &[0..70, 70..200])?;
    assert!(masked[0].y > 27.0 && masked[1].y < 27.0);

    // The kit accepts the encoder with checks and rejects the one without.
    assert_eq!(check_encoder(&encoder, set.intensities(0)), Ok(()));
    let verdict = check_encoder(&Careless(grid), set.intensities(0)).err();
    println!("careless: {}", verdict.ok_or("the kit sees no fault")?);
    Ok(())
}
