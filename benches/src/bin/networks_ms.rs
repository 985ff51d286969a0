//! Time of a training step of the networks of `peers/networks.py` with xrd-nn. `RAYON_NUM_THREADS` sets the
//! number of threads.
//!
//! ```text
//! networks_ms --net dense|park|ship [--batch 256] [--steps 8]
//! ```

#![allow(clippy::unwrap_used, reason = "stops at the first fault")]

use std::time::Instant;

use xrd_benches::{argument, network_batch, network_spec};
use xrd_nn::{Loss, Network, Targets, Trainer, TrainingSettings};

fn main() {
    let net: String = argument("--net", "ship".to_owned()).unwrap();
    let batch: usize = argument("--batch", 256).unwrap();
    let steps: usize = argument("--steps", 8).unwrap();
    let spec = network_spec(&net).expect("--net is dense, park or ship");
    let (inputs, classes) = network_batch(batch);
    let mut settings = TrainingSettings::new(Loss::CrossEntropy { smoothing: 0.0 });
    settings.adam.learning_rate = 1e-4;
    let network = Network::<f32>::new(&spec, 1).unwrap();
    let weights = network.weights();
    let mut trainer = Trainer::new(network, settings).unwrap();
    let mut step = || {
        let start = Instant::now();
        let report = trainer
            .step(inputs.view(), Targets::Classes(&classes))
            .unwrap();
        (1e3 * start.elapsed().as_secs_f64(), report.loss)
    };
    let (_, first) = step();
    let (mut times, losses): (Vec<f64>, Vec<f64>) = (0..steps).map(|_| step()).unzip();
    times.sort_by(f64::total_cmp);
    let predicted = Instant::now();
    trainer.network().predict(inputs.view()).unwrap();
    println!(
        "ms_per_step {:.2} first_loss {first:.4} last_loss {:.4} weights {weights} predict_ms {:.2}",
        times[steps / 2],
        losses[steps - 1],
        1e3 * predicted.elapsed().as_secs_f64(),
    );
}
