//! Tests of the label loss.

use super::*;
use crate::trainer::head::Head;

const WEIGHT: f64 = 0.7;

/// Layer from two latent coordinates to three labels.
fn head<F: Lanes>() -> Dense<F> {
    layers(&[2, 3], &[Linear], 5.0).remove(0)
}

fn labels<F: Lanes>(patterns: usize) -> Array2<F> {
    Array2::from_shape_fn((patterns, 3), |(n, c)| {
        F::of((1.7 * n as f64 + 0.9 * c as f64).sin())
    })
}

/// Gradients of the network and the head in the first step of a training.
fn gradients(mut trainer: Trainer<f64>, x: &Array2<f64>) -> Vec<(Array2<f64>, Vec<f64>)> {
    let labels = labels(x.nrows());
    trainer.labelled_step((&rows(x), &rows(x)), Some(&rows(&labels)), None);
    let mut all = used_gradients(&trainer);
    trainer.layers = vec![trainer.head.take().unwrap().layer];
    all.extend(used_gradients(&trainer));
    all
}

/// Loss by its formula; the last layer is the head.
fn whole_loss(loss: Loss, layers: &[Dense<f64>], x: &Array2<f64>) -> f64 {
    let (head, network) = layers.split_last().unwrap();
    let points = forward(&network[..network.len() / 2], x.view());
    let errors = head.forward(points.view()) - labels::<f64>(x.nrows());
    mean_loss(loss, network, x, x) + WEIGHT * errors.mapv(|e| e * e).mean().unwrap()
}

#[test]
fn the_label_loss_has_the_right_gradient() {
    let x = bumps(5, 40);
    let network = regular(small_network, &x);
    let all = [network.clone(), vec![head()]].concat();
    for loss in LOSSES {
        let trainer = Trainer::new(&network, adam(1e-3, 0.0), loss, None);
        let trainer = trainer.with_head(Head::new(&head(), WEIGHT));
        for (l, (weights, bias)) in gradients(trainer, &x).into_iter().enumerate() {
            let scale = weights.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
            let agree = |used: f64, parameter: &dyn Fn(&mut Vec<Dense<f64>>) -> &mut f64| {
                let expected = slope(|all| whole_loss(loss, all, &x), &all, parameter);
                let error = (used - expected).abs() / used.abs().max(0.05 * scale);
                assert!(error < 1e-5, "{loss:?} layer {l}: {used} {expected}");
            };
            for ((i, o), &gradient) in weights.indexed_iter() {
                agree(gradient, &|all| &mut all[l].weights[[i, o]]);
            }
            for (o, gradient) in bias.into_iter().enumerate() {
                agree(gradient, &|all| &mut all[l].bias[o]);
            }
        }
    }
}

#[test]
fn clipping_counts_the_gradient_of_the_head() {
    let x = bumps(5, 40);
    let of = |clip: Option<f64>| {
        let loss = Loss::MeanSquaredError;
        let trainer = Trainer::new(&small_network(1.0), adam(1e-3, 0.0), loss, clip);
        let all = gradients(trainer.with_head(Head::new(&head(), WEIGHT)), &x);
        let numbers = all.into_iter().flat_map(|(w, b)| w.into_iter().chain(b));
        numbers.collect::<Vec<f64>>()
    };
    let free = of(None);
    let norm = free.iter().map(|g| g * g).sum::<f64>().sqrt();
    for (c, g) in of(Some(0.4 * norm)).iter().zip(&free) {
        assert!((c - 0.4 * g).abs() < 1e-12, "{c} {g}");
    }
}

#[test]
fn a_head_without_labels_changes_nothing() {
    let x = bumps::<f32>(10, 40);
    let trained = |with_head: bool| {
        let trainer = trainer(&small_network::<f32>(1.0), adam(1e-2, 1e-3));
        let mut trainer = trainer.with_head(with_head.then(|| Head::new(&head(), WEIGHT)));
        for _ in 0..20 {
            trainer.step(&rows(&x), &rows(&x), None);
        }
        bits(&trainer)
    };
    assert_eq!(trained(true), trained(false));
}

/// Neither the number of threads nor computing sums ahead changes the result.
#[test]
fn labels_of_large_and_small_batches_give_the_same_bits() {
    let (x, labels) = (bumps::<f32>(150, 1100), labels::<f32>(150));
    let trained = |threads: usize, ahead: bool| {
        let network = layers(&[1100, 20, 2, 20, 1100], &[Relu, Tanh, Relu, Linear], 1.0);
        let head = Head::new(&head(), WEIGHT);
        let mut trainer = trainer(&network, adam(1e-2, 1e-3)).with_head(head);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let ranges = [0..150, 0..20, 10..140];
            for step in 0..12 {
                let now = ranges[step % 3].clone();
                let (x, next) = (
                    &rows(&x)[now.clone()],
                    &rows(&x)[ranges[(step + 1) % 3].clone()],
                );
                let labels = &rows(&labels)[now];
                trainer.labelled_step((x, x), Some(labels), ahead.then_some(next));
            }
        });
        let state = trainer.state().head.unwrap();
        (bits(&trainer), state.layer.weights, state.second.bias)
    };
    let one = trained(1, false);
    for (threads, ahead) in [(1, true), (2, false), (3, true)] {
        assert!(one == trained(threads, ahead), "{threads} {ahead}");
    }
}
