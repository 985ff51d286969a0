//! Simulated alloys Sm Fe(12−x) Ti(x) become points of a plane; those of one composition gather.

use std::error::Error;
use std::ops::ControlFlow;

use xrd_ae::{Autoencoder, AutoencoderConfig, TrainingConfig, saturated_fraction};
use xrd_core::{Decoder, Encoder, Latent2, TwoThetaGrid};
use xrd_sim::smfe12::{Composition, Instrument, draw};

const TITANIUM: [usize; 4] = [0, 2, 4, 8];

fn main() -> Result<(), Box<dyn Error>> {
    // A short and coarse axis, so that this takes a moment.
    let grid = TwoThetaGrid::new(8.0, 0.04, 500)?;
    let instrument = Instrument {
        grid,
        ..Instrument::paper(0.2)?
    };
    let mut arrangements = Vec::new();
    for ti in TITANIUM {
        arrangements.extend(draw(Composition::Titanium(ti), 8, 1)?);
    }
    let (set, labels) = instrument.patterns(&arrangements, || ())?;

    let config = AutoencoderConfig {
        hidden: vec![64, 12],
        ..AutoencoderConfig::paper()
    };
    let mut model = Autoencoder::initialise(&config, &set)?;
    let training = TrainingConfig {
        epochs: 600,
        batch: 5,
        ..TrainingConfig::paper()
    };
    let history = model.train(&training, &set, None, |e| {
        if e.epoch % 100 == 0 {
            println!("epoch {:3}: loss {:.4}", e.epoch, e.train_loss);
        }
        ControlFlow::Continue(())
    })?;
    assert!(history.epochs[599].train_loss < 0.2 * history.epochs[0].train_loss);
    let quality = model.evaluate(&set)?;
    println!("explained variance {:.3}", quality.explained_variance);
    assert!(quality.explained_variance > 0.9);

    let points = model.encode_set(&set)?;
    assert_eq!(saturated_fraction(&points), 0.0);
    let centres = TITANIUM.map(|ti| {
        let x = Composition::Titanium(ti).x();
        let of_x: Vec<Latent2> = (0..set.len())
            .filter(|&i| labels.row(i)[3] == x)
            .map(|i| points[i])
            .collect();
        let mean = |c: fn(&Latent2) -> f64| of_x.iter().map(c).sum::<f64>() / of_x.len() as f64;
        let centre = Latent2::new(mean(|p| p.x), mean(|p| p.y));
        println!(
            "Ti {x:.1}: {} around ({:6.3}, {:6.3})",
            of_x.len(),
            centre.x,
            centre.y
        );
        centre
    });
    // More titanium is farther away.
    assert!(centres[0].distance(centres[1]) < centres[0].distance(centres[3]));

    let between = Latent2::new(centres[2].x, centres[2].y);
    assert_eq!(model.decode(between)?.len(), grid.len());
    Ok(())
}
