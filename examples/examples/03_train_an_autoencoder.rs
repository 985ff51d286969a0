//! Trains an autoencoder on simulated alloys SmFe(12−x)Ti(x); compositions form groups in the latent
//! plane.

use std::error::Error;

use xrd_ae::{Autoencoder, AutoencoderConfig, TrainingConfig};
use xrd_core::{Encoder, Latent2, TwoThetaGrid};
use xrd_sim::smfe12::{self, Composition, draw};

const TITANIUM: [usize; 4] = [0, 2, 4, 8];

fn main() -> Result<(), Box<dyn Error>> {
    // A short and coarse axis, for speed.
    let instrument = smfe12::instrument(0.2)?.with_grid(TwoThetaGrid::new(8.0, 0.04, 500)?);
    let mut arrangements = Vec::new();
    for ti in TITANIUM {
        arrangements.extend(draw(Composition::Titanium(ti), 8, 1)?);
    }
    let (set, labels) = smfe12::patterns(&instrument, &arrangements, || ())?;

    let config = AutoencoderConfig::default().with_hidden([64, 12]);
    let training = TrainingConfig::default().with_epochs(200);
    let (model, history) = Autoencoder::fit(&config, &training, &set)?;
    for e in history.epochs.iter().filter(|e| e.epoch % 50 == 0) {
        println!("epoch {:3}: loss {:.4}", e.epoch, e.train_loss);
    }
    let quality = model.evaluate(&set)?;
    println!("explained variance {:.3}", quality.explained_variance);
    assert!(quality.explained_variance > 0.9);

    let points = model.encode_set(&set)?;
    let titanium = labels.column("Ti").ok_or("there is a column Ti")?;
    let centres = TITANIUM.map(|ti| {
        let x = Composition::Titanium(ti).x();
        let of_x: Vec<Latent2> = (0..set.len())
            .filter(|&i| titanium[i] == x)
            .map(|i| points[i])
            .collect();
        let mean = |c: fn(&Latent2) -> f64| of_x.iter().map(c).sum::<f64>() / of_x.len() as f64;
        let centre = Latent2::new(mean(|p| p.x), mean(|p| p.y));
        let reach = of_x.iter().map(|p| p.distance(centre)).fold(0.0, f64::max);
        println!("Ti {x:.1}: within {reach:.3} of {centre:.3?}");
        centre
    });
    // The distance from SmFe12 grows with the titanium content.
    let from_iron = centres.map(|c| c.distance(centres[0]));
    assert!(from_iron.is_sorted());
    Ok(())
}
