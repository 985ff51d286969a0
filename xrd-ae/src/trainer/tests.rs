use ndarray::{Array2, s};
use proptest::prelude::*;

use super::layer::Trained;
use super::*;
use crate::activation::Activation::{Linear, Relu, Tanh};
use crate::dense::forward;
use crate::kernel::Level;
use crate::samples::{bumps, layers, rows, small_network};
use crate::twin::Twin;

mod border;
mod head;

const LOSSES: [Loss; 3] = [Loss::MeanSquaredError, Loss::Cosine, Loss::Pearson];

fn adam(learning_rate: f64, weight_decay: f64) -> Adam {
    Adam {
        learning_rate,
        weight_decay,
        decoupled: false,
        first_layer_share: 1.0,
    }
}

fn trainer<F: Lanes>(layers: &[Dense<F>], adam: Adam) -> Trainer<F> {
    Trainer::new(layers, adam, Loss::MeanSquaredError, None)
}

/// Mean loss by its formula.
fn mean_loss(loss: Loss, layers: &[Dense<f64>], x: &Array2<f64>, target: &Array2<f64>) -> f64 {
    let y = forward(layers, x.view());
    let of_pattern = |(y, t): (ndarray::ArrayView1<f64>, ndarray::ArrayView1<f64>)| {
        let centred = |v: ndarray::ArrayView1<f64>| match loss {
            Loss::Pearson => &v - v.mean().unwrap(),
            _ => v.to_owned(),
        };
        let (a, b) = (centred(y), centred(t));
        match loss {
            Loss::MeanSquaredError => (&a - &b).mapv(|e| e * e).mean().unwrap(),
            _ => 1.0 - a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt(),
        }
    };
    let pairs = y.rows().into_iter().zip(target.rows());
    pairs.map(of_pattern).sum::<f64>() / x.nrows() as f64
}

/// Whether all weighted sums of ReLU layers are far from 0, where there is no derivative.
fn away_from_kinks(layers: &[Dense<f64>], x: &Array2<f64>) -> bool {
    let mut y = x.clone();
    layers.iter().all(|layer| {
        let z = y.dot(&layer.weights) + &layer.bias;
        y = layer.forward(y.view());
        layer.activation != Relu || z.iter().all(|z| z.abs() > 1e-3)
    })
}

/// Gradients of the weights, [inputs, outputs], and biases in the first step of a training. They
/// are taken from the first moment, which is (1 − β1)·gradient after that step.
fn used_gradients(trainer: &Trainer<f64>) -> Vec<(Array2<f64>, Vec<f64>)> {
    let used = |m: f64| m / (1.0 - Adam::BETA1);
    let of_layer = |layer: &Layer<f64>| {
        let Trained { first, .. } = &layer.weights;
        let bias = layer.bias.first.row(0).iter().map(|&m| used(m)).collect();
        (layer.as_inputs_outputs(first).mapv(used), bias)
    };
    trainer.layers.iter().map(of_layer).collect()
}

/// Compares the gradients of one training step with central finite differences.
fn check_gradients(
    layers: &[Dense<f64>],
    (loss, decay): (Loss, f64),
    x: &Array2<f64>,
    target: &Array2<f64>,
) {
    assert!(away_from_kinks(layers, x));
    let mut trainer = Trainer::new(layers, adam(1e-3, decay), loss, None);
    trainer.step(&rows(x), &rows(target), None);
    for (l, (weights, bias)) in used_gradients(&trainer).into_iter().enumerate() {
        let scale = weights.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        assert!(scale > 1e-7, "layer {l} has a gradient to check");
        let slope = |parameter: &dyn Fn(&mut Vec<Dense<f64>>) -> &mut f64| {
            slope(
                |layers| mean_loss(loss, layers, x, target),
                layers,
                parameter,
            )
        };
        let agree = |used: f64, weight: f64, slope: f64| {
            let expected = slope + decay * weight;
            // Slopes far below the largest are inaccurate because the loss is rounded.
            let error = (used - expected).abs() / used.abs().max(0.05 * scale);
            assert!(
                error < 1e-5,
                "{loss:?} layer {l}: {used} against {expected}"
            );
        };
        for ((i, o), &gradient) in weights.indexed_iter() {
            let slope = slope(&|c| &mut c[l].weights[[i, o]]);
            agree(gradient, layers[l].weights[[i, o]], slope);
        }
        for (o, gradient) in bias.into_iter().enumerate() {
            let slope = slope(&|c| &mut c[l].bias[o]);
            agree(gradient, layers[l].bias[o], slope);
        }
    }
}

fn slope(
    value: impl Fn(&[Dense<f64>]) -> f64,
    layers: &[Dense<f64>],
    parameter: &dyn Fn(&mut Vec<Dense<f64>>) -> &mut f64,
) -> f64 {
    let h = 1e-5;
    let mut shifted = layers.to_vec();
    *parameter(&mut shifted) += h;
    let above = value(&shifted);
    *parameter(&mut shifted) -= 2.0 * h;
    (above - value(&shifted)) / (2.0 * h)
}

/// Network with the first phase for which no weighted sum is near a kink.
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
        check_gradients(&network, (Loss::MeanSquaredError, 0.0), &x, &target);
        let network = regular(|phase| layers(&[5, 7], &[activation], phase), &target);
        check_gradients(&network, (Loss::MeanSquaredError, 0.0), &target, &x);
    }
}

#[test]
fn the_whole_network_has_the_right_gradient_of_every_loss() {
    let x = bumps(5, 40);
    let network = regular(small_network, &x);
    for loss in LOSSES {
        check_gradients(&network, (loss, 0.0), &x, &x);
        check_gradients(&network, (loss, 0.01), &x, &x);
    }
}

#[test]
fn layers_cut_in_pieces_have_the_right_gradient() {
    let x = bumps(2, 1100);
    let network = layers(&[1100, 2, 1100], &[Tanh, Linear], 1.0);
    check_gradients(&network, (Loss::MeanSquaredError, 0.0), &x, &x);
}

#[test]
fn a_pattern_without_direction_has_a_loss_and_no_slope() {
    let flat = Padded::from_fn(1, 3, |_, _| 2.0f32);
    for (loss, target) in [(Loss::Pearson, [1.0, 2.0, 3.0]), (Loss::Cosine, [0.0; 3])] {
        let (value, slopes) = loss.with_slopes(&flat, &[&target]);
        assert_eq!((value, slopes.row(0)), (1.0, [0.0; 3].as_slice()));
    }
}

#[test]
fn a_clipped_gradient_points_where_it_did() {
    let x = bumps(5, 40);
    let network = small_network(1.0);
    let gradient = |clip: Option<f64>| {
        let mut trainer = Trainer::new(&network, adam(1e-3, 0.0), Loss::MeanSquaredError, clip);
        trainer.step(&rows(&x), &rows(&x), None);
        let all = used_gradients(&trainer).into_iter();
        all.flat_map(|(w, b)| w.into_iter().chain(b))
            .collect::<Vec<_>>()
    };
    let norm = |g: &[f64]| g.iter().map(|g| g * g).sum::<f64>().sqrt();
    let free = gradient(None);
    for share in [0.3, 0.999, 1.001] {
        let limit = share * norm(&free);
        let clipped = gradient(Some(limit));
        assert!((norm(&clipped) / limit.min(norm(&free)) - 1.0).abs() < 1e-9);
        for (c, g) in clipped.iter().zip(&free) {
            assert!((c - share.min(1.0) * g).abs() < 1e-12, "{c} {g}");
        }
    }
}

#[test]
fn two_hundred_steps_are_those_of_pytorch() {
    let expected = [(PLAIN, PLAIN_LATER), (SLOW_FIRST_LAYER, SLOW_LATER)];
    for (first_layer_share, (first, later)) in [1.0, 1.0 / 40f64.sqrt()].into_iter().zip(expected) {
        let settings = Adam {
            first_layer_share,
            ..adam(0.01, 0.01)
        };
        let mut trainer = trainer(&small_network::<f64>(1.0), settings);
        let x = bumps::<f64>(10, 40);
        let batches = [0..4, 4..8, 8..10].into_iter().cycle();
        for (step, range) in (1..=200).zip(batches) {
            let batch = x.slice(s![range, ..]).to_owned();
            let loss = trainer.step(&rows(&batch), &rows(&batch), None) / batch.nrows() as f64;
            let expected = match step {
                1..=20 => first[step - 1],
                _ if step % 20 == 0 => later[step / 20 - 2],
                _ => continue,
            };
            assert!((loss - expected).abs() < 1e-9, "{step}: {loss} {expected}");
        }
    }
}

/// Two hundred steps in single precision against the naive twin in double precision.
#[test]
fn losses_follow_the_naive_twin_for_two_hundred_steps() {
    let settings = adam(1e-3, 1e-4);
    let mut twin = Twin::new(&small_network(1.0), settings);
    let mut fast = trainer(&small_network::<f32>(1.0), settings);
    let (x, narrow) = (bumps::<f64>(10, 40), bumps::<f32>(10, 40));
    for step in 0..200 {
        let expected = twin.step(&x, &x) / 40.0;
        let loss = fast.step(&rows(&narrow), &rows(&narrow), Some(&rows(&narrow)));
        assert!(
            (loss / expected - 1.0).abs() < 1e-4,
            "{step}: {loss} {expected}"
        );
    }
}

/// Network and training patterns with arbitrary sizes.
#[derive(Clone, Debug)]
struct Case {
    widths: Vec<usize>,
    batch: usize,
    /// Interval of empty columns.
    empty: usize,
    /// Number of empty columns at the left.
    blank: usize,
    phase: f64,
    decoupled: bool,
    /// Factor of every input.
    size: f64,
}

impl Case {
    fn input<F: Lanes>(&self) -> Array2<F> {
        let mut x = bumps::<F>(self.batch, self.widths[0]).mapv(|v| v * F::of(self.size));
        let blank = 0..self.blank.min(self.widths[0]);
        for k in blank.chain((0..self.widths[0]).step_by(self.empty)) {
            x.column_mut(k).fill(F::zero());
        }
        x
    }

    fn network<F: Lanes>(&self) -> Vec<Dense<F>> {
        layers(&self.widths, &[Relu, Tanh, Relu, Linear], self.phase)
    }

    fn adam(&self) -> Adam {
        Adam {
            first_layer_share: 0.3,
            decoupled: self.decoupled,
            ..adam(1e-2, 1e-3)
        }
    }
}

fn case() -> impl Strategy<Value = Case> {
    let widths = (1..1200usize, 1..40usize);
    let size = prop_oneof![Just(1.0), Just(0.0), Just(1e-42), Just(1e15)];
    let columns = (1..6usize, 0..300usize);
    let batch = prop_oneof![3 => 1..35usize, 1 => 128..150usize];
    (widths, batch, columns, 0.0..6.0, any::<bool>(), size).prop_map(
        |((points, hidden), batch, (empty, blank), phase, decoupled, size)| Case {
            widths: vec![points, hidden, 2, hidden, points],
            batch,
            empty,
            blank,
            phase,
            decoupled,
            size,
        },
    )
}

fn bits(trainer: &Trainer<f32>) -> Vec<u32> {
    let layers = trainer.layers().into_iter();
    let numbers = layers.flat_map(|l| l.weights.into_iter().chain(l.bias));
    numbers.map(f32::to_bits).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn training_follows_the_naive_twin(case in case().prop_filter("f64", |c| c.size == 1.0)) {
        let x = case.input::<f64>();
        let mut twin = Twin::new(&case.network(), case.adam());
        let losses = [(); 3].map(|()| twin.step(&x, &x) / x.ncols() as f64);
        for level in Level::available() {
            let mut trainer = trainer(&case.network::<f64>(), case.adam());
            trainer.level = level;
            for expected in losses {
                let loss = trainer.step(&rows(&x), &rows(&x), Some(&rows(&x)));
                prop_assert!((loss - expected).abs() <= 1e-9 * expected.max(1e-3));
            }
            let distance = twin.distance(&trainer.layers());
            prop_assert!(distance < 1e-8, "{level:?} {distance}");
        }
    }

    /// With fused multiply-add, the vector width does not change the result. Computing the sums of
    /// the next batch ahead does not change it either.
    #[test]
    fn vectors_of_any_width_give_the_same_bits(case in case()) {
        let x = case.input::<f32>();
        let trained = |level: Level, ahead: bool| {
            let mut trainer = trainer(&case.network::<f32>(), case.adam());
            trainer.level = level;
            for _ in 0..20 {
                trainer.step(&rows(&x), &rows(&x), ahead.then_some(rows(&x).as_slice()));
            }
            bits(&trainer)
        };
        let best = trained(Level::Best, true);
        prop_assert!(!best.iter().any(|&b| f32::from_bits(b).is_subnormal()));
        prop_assert_eq!(&best, &trained(Level::Best, false));
        for level in Level::available() {
            if level.fuses() {
                prop_assert_eq!(&best, &trained(level, true), "{:?}", level);
            }
        }
    }
}

/// With large and small batches in turn, neither the number of threads nor computing sums ahead
/// changes the result.
#[test]
fn large_batches_and_small_ones_take_turns() {
    let x = bumps::<f32>(150, 1100);
    let batches = [
        rows(&x),
        rows(&x)[..20].to_vec(),
        rows(&x)[10..140].to_vec(),
    ];
    let trained = |threads: usize, ahead: bool| {
        let mut trainer = trainer(
            &layers(&[1100, 20, 2, 20, 1100], &[Relu, Tanh, Relu, Linear], 1.0),
            adam(1e-2, 1e-3),
        );
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            for step in 0..12 {
                let [x, next] = [0, 1].map(|later| &batches[(step + later) % 3]);
                trainer.step(x, x, ahead.then_some(next));
            }
        });
        bits(&trainer)
    };
    let one = trained(1, false);
    for (threads, ahead) in [(1, true), (2, false), (3, true)] {
        assert_eq!(one, trained(threads, ahead), "{threads} {ahead}");
    }
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

/// The same before steps 40, 60, … 200.
const PLAIN_LATER: [f64; 9] = [
    0.08490213743593329,
    0.06409344111893613,
    0.07344972543151083,
    0.08471472315150906,
    0.06362975043208834,
    0.07355054072455551,
    0.0849249155891157,
    0.06331430642565912,
    0.0736202704502395,
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

/// The same before steps 40, 60, … 200.
const SLOW_LATER: [f64; 9] = [
    0.08488346736221981,
    0.06408985722235343,
    0.07345817867392473,
    0.0847283366445535,
    0.06361759637923492,
    0.07355401345662452,
    0.08492789747254262,
    0.06331064230748695,
    0.07362226711272535,
];
