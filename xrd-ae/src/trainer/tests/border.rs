//! Tests of the border loss.

use super::*;

const WEIGHT: f64 = 0.3;

/// Network with latent points on both sides of the limit.
fn network(x: &Array2<f64>) -> Vec<Dense<f64>> {
    let scaled = |factor: u32| {
        let mut network = regular(small_network, x);
        let middle = network.len() / 2 - 1;
        network[middle].weights *= f64::from(factor);
        network
    };
    let is_mixed = |network: &Vec<Dense<f64>>| {
        let beyond = beyond(network, x, 0.9);
        beyond > 2 && beyond < 8 && beyond == self::beyond(network, x, 0.901)
    };
    (1..1000).map(scaled).find(is_mixed).expect("points spread")
}

/// Number of latent coordinates beyond a limit.
fn beyond(network: &[Dense<f64>], x: &Array2<f64>, limit: f64) -> usize {
    let points = points(network, x);
    points.iter().filter(|z| z.abs() > limit).count()
}

/// Latent points, [n, dimensions].
fn points(network: &[Dense<f64>], x: &Array2<f64>) -> Array2<f64> {
    forward(&network[..network.len() / 2], x.view())
}

/// Loss by its formula.
fn whole_loss(network: &[Dense<f64>], x: &Array2<f64>) -> f64 {
    let least = 0.9_f64.atanh();
    let of = |s: f64| s.cosh().ln() - 0.9 * s;
    let border = points(network, x).mapv(|z| match z.abs() {
        z if z > 0.9 => of(z.atanh()) - of(least),
        _ => 0.0,
    });
    mean_loss(Loss::MeanSquaredError, network, x, x) + WEIGHT * border.sum() / x.nrows() as f64
}

#[test]
fn the_border_loss_has_the_right_gradient() {
    let x = bumps(5, 40);
    let network = network(&x);
    let trainer = Trainer::new(&network, adam(1e-3, 0.0), Loss::MeanSquaredError, None);
    let mut trainer = trainer.with_border(WEIGHT);
    trainer.step(&rows(&x), &rows(&x), None);
    for (l, (weights, bias)) in used_gradients(&trainer).into_iter().enumerate() {
        let scale = weights.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let agree = |used: f64, parameter: &dyn Fn(&mut Vec<Dense<f64>>) -> &mut f64| {
            let expected = slope(|all| whole_loss(all, &x), &network, parameter);
            let error = (used - expected).abs() / used.abs().max(0.05 * scale);
            assert!(error < 1e-4, "layer {l}: {used} {expected}");
        };
        for ((i, o), &gradient) in weights.indexed_iter() {
            agree(gradient, &|all| &mut all[l].weights[[i, o]]);
        }
        for (o, gradient) in bias.into_iter().enumerate() {
            agree(gradient, &|all| &mut all[l].bias[o]);
        }
    }
}

#[test]
fn points_return_from_the_border() {
    let x = bumps(5, 40);
    let trained = |weight: f64| {
        let trainer = Trainer::new(&network(&x), adam(1e-2, 0.0), Loss::MeanSquaredError, None);
        let mut trainer = trainer.with_border(weight);
        for _ in 0..300 {
            trainer.step(&rows(&x), &rows(&x), None);
        }
        beyond(&trainer.layers(), &x, 0.99)
    };
    assert_eq!(trained(1.0), 0);
    assert!(trained(0.0) > 0);
}
