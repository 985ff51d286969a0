//! An encoder of one's own: one method, and the kit that holds it against the laws of encoders.

use std::error::Error;

use xrd_core::conformance::check_encoder;
use xrd_core::{Encoder, Latent2, Pattern, PatternSet, Scale, TwoThetaGrid};

/// Mean angle and spread of the intensity. `careful` says whether it refuses bad patterns.
struct Moments {
    grid: TwoThetaGrid,
    careful: bool,
}

impl Encoder for Moments {
    fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }

    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        if self.careful {
            self.check(intensities)?;
        }
        let mean_of = |quantity: &dyn Fn(f64) -> f64| {
            let weighted = self.grid.angles().zip(intensities);
            let sum: f64 = weighted.map(|(t, &v)| quantity(t) * f64::from(v)).sum();
            sum / intensities
                .iter()
                .map(|&v| f64::from(v))
                .sum::<f64>()
                .max(1e-30)
        };
        let mean = mean_of(&|t| t);
        Ok(Latent2::new(mean, mean_of(&|t| (t - mean).powi(2)).sqrt()))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let grid = TwoThetaGrid::new(20.0, 0.1, 200)?;
    let line = |centre: f64| -> xrd_core::Result<Pattern> {
        let at = |t: f64| (-(t - centre).powi(2)).exp() as f32;
        Pattern::new(grid, Scale::ARBITRARY, grid.angles().map(at).collect())
    };
    let patterns = vec![("low".into(), line(25.0)?), ("high".into(), line(34.0)?)];
    let set = PatternSet::from_patterns(patterns)?;

    // One method is given; sets and masks come with the trait.
    let encoder = Moments {
        grid,
        careful: true,
    };
    for (name, point) in set.names().iter().zip(encoder.encode_set(&set)?) {
        println!("{name:4}: mean {:.3}°, spread {:.3}°", point.x, point.y);
        assert!((point.y - 0.5f64.sqrt()).abs() < 1e-3);
    }
    let masked = encoder.encode_masked(set.intensities(0), &[0..50, 50..200])?;
    assert!(masked[0].x > 25.0 && masked[1].x < 25.0);

    // The kit tells the careful from the careless.
    assert_eq!(check_encoder(&encoder, set.intensities(0)), Ok(()));
    let careless = Moments {
        grid,
        careful: false,
    };
    let verdict = check_encoder(&careless, set.intensities(0));
    println!("careless: {verdict:?}");
    assert!(verdict.is_err());
    Ok(())
}
