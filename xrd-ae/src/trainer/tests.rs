use ndarray::{Array2, s};
use proptest::prelude::*;

use super::*;
use crate::activation::Activation::{Linear, Relu, Tanh};
use crate::dense::forward;
use crate::samples::{bumps, layers, small_network};
use crate::twin::Twin;

fn adam(learning_rate: f64, weight_decay: f64) -> Adam {
    Adam {
        learning_rate,
        weight_decay,
        first_layer_share: 1.0,
    }
}

fn loss(layers: &[Dense<f64>], x: &Array2<f64>, target: &Array2<f64>) -> f64 {
    let y = forward(layers, x.view());
    sum_of_squares(y.view(), target.view()) / target.len() as f64
}

/// Whether no weighted sum of a ReLU layer is near its kink, where there is no derivative.
fn away_from_kinks(layers: &[Dense<f64>], x: &Array2<f64>) -> bool {
    let mut y = x.clone();
    layers.iter().all(|layer| {
        let z = y.dot(&layer.weights) + &layer.bias;
        y = layer.forward(y.view());
        layer.activation != Relu || z.iter().all(|z| z.abs() > 1e-3)
    })
}

/// Holds the gradients that one training step used against central finite differences.
///
/// After the first step the first moment is (1 − β1)·gradient, so what is checked is what
/// training does, fused update included.
fn check_gradients(layers: &[Dense<f64>], x: &Array2<f64>, target: &Array2<f64>, decay: f64) {
    assert!(away_from_kinks(layers, x));
    let mut trained = layers.to_vec();
    let mut trainer = Trainer::new(&mut trained, adam(1e-3, decay));
    trainer.step(x.view(), target.view());
    let used = |m: &Moments<f64>| m.first.mapv(|m| m / (1.0 - Adam::BETA1));
    for (l, moments) in trainer.moments().iter().enumerate() {
        let weights = used(&moments.weights);
        let scale = weights.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        assert!(scale > 1e-6, "layer {l} has a gradient to check");
        let agree = |used: f64, weight: f64, slope: f64| {
            let expected = slope + decay * weight;
            // A slope far below the largest is lost in the rounding of the loss.
            let error = (used - expected).abs() / used.abs().max(0.05 * scale);
            assert!(error < 1e-6, "layer {l}: {used} against {expected}");
        };
        for ((i, o), &gradient) in weights.indexed_iter() {
            let slope = slope(layers, x, target, |c| &mut c[l].weights[[i, o]]);
            agree(gradient, layers[l].weights[[i, o]], slope);
        }
        for ((_, o), &gradient) in used(&moments.bias).indexed_iter() {
            let slope = slope(layers, x, target, |c| &mut c[l].bias[o]);
            agree(gradient, layers[l].bias[o], slope);
        }
    }
}

fn slope(
    layers: &[Dense<f64>],
    x: &Array2<f64>,
    target: &Array2<f64>,
    mut parameter: impl FnMut(&mut Vec<Dense<f64>>) -> &mut f64,
) -> f64 {
    let h = 1e-5;
    let mut shifted = layers.to_vec();
    *parameter(&mut shifted) += h;
    let above = loss(&shifted, x, target);
    *parameter(&mut shifted) -= 2.0 * h;
    (above - loss(&shifted, x, target)) / (2.0 * h)
}

/// The first phase for which the network keeps off the kinks.
fn regular(build: impl Fn(f64) -> Vec<Dense<f64>>, x: &Array2<f64>) -> Vec<Dense<f64>> {
    let networks = (1..50).map(|phase| build(f64::from(phase)));
    let mut regular = networks.filter(|layers| away_from_kinks(layers, x));
    regular.next().expect("kinks are rare")
}

#[test]
fn every_kind_of_layer_has_the_right_gradient() {
    let (x, target) = (bumps(3, 7), bumps(3, 5));
    for activation in [Relu, Tanh, Linear] {
        let network = regular(|phase| layers(&[7, 5], &[activation], phase), &x);
        check_gradients(&network, &x, &target, 0.0);
    }
}

#[test]
fn the_whole_network_has_the_right_gradient() {
    let x = bumps(5, 40);
    let network = regular(small_network, &x);
    check_gradients(&network, &x, &x, 0.0);
    check_gradients(&network, &x, &x, 0.01);
}

#[test]
fn layers_cut_in_pieces_have_the_right_gradient() {
    let x = bumps(2, 1100);
    let network = layers(&[1100, 2, 1100], &[Tanh, Linear], 1.0);
    check_gradients(&network, &x, &x, 0.0);
}

#[test]
fn twenty_steps_are_those_of_pytorch() {
    let expected = [PLAIN, SLOW_FIRST_LAYER];
    for (first_layer_share, expected) in [1.0, 1.0 / 40f64.sqrt()].into_iter().zip(expected) {
        let mut network = small_network::<f64>(1.0);
        let settings = Adam {
            first_layer_share,
            ..adam(0.01, 0.01)
        };
        let mut trainer = Trainer::new(&mut network, settings);
        let x = bumps::<f64>(10, 40);
        let batches = [0..4, 4..8, 8..10].into_iter().cycle();
        for (step, (rows, expected)) in batches.zip(expected).enumerate() {
            let batch = x.slice(s![rows, ..]);
            let loss = trainer.step(batch, batch) / batch.len() as f64;
            assert!((loss - expected).abs() < 1e-9, "{step}: {loss} {expected}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn training_follows_the_naive_twin(
        points in 1..1200usize,
        hidden in 1..9usize,
        batch in 1..5usize,
        empty in 1..6usize,
        phase in 0.0..6.0,
    ) {
        let mut x = bumps::<f64>(batch, points);
        for k in (0..points).step_by(empty) {
            x.column_mut(k).fill(0.0);
        }
        let widths = [points, hidden, 2, hidden, points];
        let mut fast = layers::<f64>(&widths, &[Relu, Tanh, Relu, Linear], phase);
        let settings = Adam { first_layer_share: 0.3, ..adam(1e-2, 1e-3) };
        let mut twin = Twin::new(&fast, settings);
        let mut trainer = Trainer::new(&mut fast, settings);
        for _ in 0..3 {
            let squares = trainer.step(x.view(), x.view());
            let expected = twin.step(&x, &x);
            prop_assert!((squares - expected).abs() <= 1e-9 * expected.max(1e-3));
        }
        let distance = twin.distance(&fast);
        prop_assert!(distance < 1e-8, "{distance}");
    }
}

#[test]
fn the_sum_of_squares_counts_every_element() {
    let y = Array2::from_shape_fn((3, 21), |(i, j)| (i * 21 + j) as f32);
    let zeros = Array2::zeros((3, 21));
    let expected: usize = (0..63).map(|v| v * v).sum();
    assert_eq!(sum_of_squares(y.view(), zeros.view()), expected as f64);
}

// Printed by benches/peers/pytorch_small_net.py with PyTorch 2.15.

/// Losses with one learning rate.
const PLAIN: [f64; 20] = [
    0.11123693419796606,
    0.10272194023264629,
    0.10299739307520032,
    0.10018671469724232,
    0.09505104690287057,
    0.09674341668572192,
    0.09435212544655976,
    0.0886775981076405,
    0.09048338037439149,
    0.0896693133123427,
    0.08334375281281751,
    0.08509241609631708,
    0.08646704583447426,
    0.07909399487091626,
    0.08021910519023515,
    0.08426158549976377,
    0.07572212076755211,
    0.07581048539678639,
    0.08308313379495331,
    0.07348385182738677,
];

/// Losses with the first layer slowed.
const SLOW_FIRST_LAYER: [f64; 20] = [
    0.11123693419796606,
    0.10271885814090624,
    0.10292205235790024,
    0.10003307377470212,
    0.0951269166472211,
    0.09681711380279998,
    0.09435848792327498,
    0.08878894401463527,
    0.09064898084920961,
    0.0896231741162227,
    0.08339707718235287,
    0.08531011596664613,
    0.08638670046853388,
    0.07914083232694549,
    0.0805104444318043,
    0.08416804144799925,
    0.07577021042286931,
    0.07616832657311394,
    0.08295964442640134,
    0.07350240278293926,
];
