//! The network of Dong et al.: its shapes, numbers of weights and gradients.

use xrd_predict::xrd_nn::ndarray::Array2;
use xrd_predict::xrd_nn::{Loss, Network, Shape, Targets, Trainer, TrainingSettings};
use xrd_predict::{
    COLUMNS, Error, Formula, NETWORK_POINTS, PaperNetwork, ROWS, Reduced, network_input, one_hot,
};

fn reduced(text: &str) -> Reduced {
    text.parse::<Formula>().unwrap().reduced().unwrap()
}

#[test]
fn the_layers_have_the_sizes_of_table_1() {
    let network = PaperNetwork::default().network::<f32>(0).unwrap();
    assert_eq!(network.output_shape(), Shape::Flat(NETWORK_POINTS));
    // Weights of 3 × 2 and of 1 × 1 convolutions [inputs, filters] in the order of Table 1.
    let convolution = |[n, f]: [usize; 2]| 6 * n * f + f;
    let block = |[n, f]: [usize; 2], shortcut: bool| {
        let one = if shortcut { n * f + f } else { 0 };
        convolution([n, f]) + convolution([f, f]) + one + 2 * f
    };
    let first = [[32, 64], [64, 128], [128, 64]].map(|b| block(b, true));
    let second = [[128, 128], [128, 64], [64, 64]].map(|b| block(b, true));
    let same = 2 * block([64, 64], false) + 5 * block([128, 128], false);
    let same_second = 5 * block([128, 128], false) + 2 * block([64, 64], false);
    let dense = 1408 * 128 + 128 + 128;
    let ends = convolution([1, 32]) + 32 + convolution([64, 1]);
    let blocks = first.iter().chain(&second).sum::<usize>() + same + same_second;
    assert_eq!(network.weights(), blocks + dense + ends);
    let dense = network
        .parameters()
        .iter()
        .find(|p| p.name().contains("dense"));
    assert_eq!(dense.unwrap().shape(), [11 * 2 * 64, 128]);
}

#[test]
fn other_depths_have_the_same_ends() {
    let weights = PaperNetwork::BLOCKS.map(|blocks| {
        let small = PaperNetwork {
            blocks,
            filters: 1,
            ..PaperNetwork::default()
        };
        let spec = small.spec().unwrap();
        let text = format!("{spec:?}");
        assert_eq!(text.matches("Residual").count(), blocks);
        let network = Network::<f32>::new(&spec, 0).unwrap();
        assert_eq!(network.output_shape(), Shape::Flat(NETWORK_POINTS));
        network.weights()
    });
    assert!(weights.windows(2).all(|w| w[0] < w[1]), "{weights:?}");
    let refused = PaperNetwork {
        blocks: 12,
        ..PaperNetwork::default()
    };
    let error = refused.spec().unwrap_err();
    assert_eq!(error, Error::Blocks { found: 12 });
    assert!(error.to_string().contains("10, 15, 20 or 25"), "{error}");
    let refused = PaperNetwork {
        dropout: 1.0,
        ..PaperNetwork::default()
    };
    let error = refused.network::<f32>(0).unwrap_err();
    assert!(error.to_string().contains("rate"), "{error}");
}

#[test]
fn the_input_is_the_matrix_by_elements() {
    let formula = reduced("FeBO3");
    let (matrix, input) = (one_hot(&formula).unwrap(), network_input(&formula).unwrap());
    for (row, column) in (0..ROWS).flat_map(|r| (0..COLUMNS).map(move |c| (r, c))) {
        assert_eq!(input[column * ROWS + row], matrix[row * COLUMNS + column]);
    }
    assert!(network_input(&reduced("H10O")).is_err());
}

/// Derivatives of the whole network along random directions, for the four losses of the paper.
#[test]
fn gradients_are_those_of_finite_differences() {
    let small = PaperNetwork {
        blocks: 10,
        filters: 2,
        dropout: 0.0,
    };
    let inputs = ["FeBO3", "CsInBr3", "Mg2SiO4"].map(|t| network_input(&reduced(t)).unwrap());
    let inputs = Array2::from_shape_fn((3, ROWS * COLUMNS), |(i, j)| f64::from(inputs[i][j]));
    let line = |i: usize, j: usize| (-((j as f64 - 200.0 - 90.0 * i as f64) / 5.0).powi(2)).exp();
    let targets = Array2::from_shape_fn((3, NETWORK_POINTS), |(i, j)| 100.0 * line(i, j));
    for loss in [
        Loss::MeanSquare,
        Loss::MeanSquareLog,
        Loss::Cosine,
        Loss::Pearson,
    ] {
        let mut network = small.network::<f64>(3).unwrap();
        // Away from zero biases, where most values of the first layers are exactly at the kink of PReLU.
        for (p, parameter) in network.parameters_mut().iter_mut().enumerate() {
            let values = parameter.values_mut().iter_mut().enumerate();
            values.for_each(|(i, w)| *w += 0.05 * ((p * 31 + i * 17) as f64).cos());
        }
        let mut trainer = Trainer::new(network.clone(), TrainingSettings::new(loss)).unwrap();
        let values = Targets::Values(targets.view());
        let (_, gradients) = trainer.gradients(inputs.view(), values).unwrap();
        let direction = |p: usize, i: usize| ((p * 7919 + i * 104_729) as f64).sin();
        let (mut slope, step) = (0.0, 1e-6);
        for (p, gradient) in gradients.iter().enumerate() {
            slope += gradient
                .iter()
                .enumerate()
                .map(|(i, g)| g * direction(p, i))
                .sum::<f64>();
        }
        let at = |step: f64| {
            let mut moved = network.clone();
            for (p, parameter) in moved.parameters_mut().iter_mut().enumerate() {
                let values = parameter.values_mut().iter_mut().enumerate();
                values.for_each(|(i, w)| *w += step * direction(p, i));
            }
            loss.mean(moved.predict(inputs.view()).unwrap().view(), values)
                .unwrap()
        };
        let difference = (at(step) - at(-step)) / (2.0 * step);
        let error = (difference - slope).abs();
        assert!(
            error < 1e-4 * slope.abs(),
            "{loss:?}: {difference} and {slope}"
        );
    }
}
