//! Loss during training.

use super::axis::{Scale, extent, from_zero_if_near};
use super::curve;
use super::legend::{self, Entry, Symbol};
use super::palette::{BLUE, VERMILLION};
use super::panel::{Panel, Quantity, X_AXIS_HEIGHT};
use super::svg::{Frame, Stroke, Svg};
use super::text::Text;

const FRAME: Frame = Frame {
    left: 40.0,
    right: 231.0,
    top: 6.0,
    bottom: 118.0,
};
const TRAIN: Stroke = Stroke::solid(BLUE, 0.6);
const TEST: Stroke = Stroke::solid(VERMILLION, 0.8).dashed("3 1.2");

/// Draws the losses of the training and the test patterns as functions of the epoch.
///
/// The axis of the losses is logarithmic. The slice `epochs` contains the numbers of the epochs.
/// The slices `train` and `test` contain one loss per epoch. Where a test loss is `None`, a
/// straight line connects the test losses before and after it. Losses that are not positive or not
/// finite are skipped. Cost: O(epochs).
///
/// ```
/// let svg = xrd_report::loss_curves(&[1, 2, 3], &[1.0, 0.3, 0.1], &[None, None, Some(0.2)]);
/// assert!(svg.contains(">training<") && svg.contains(">test<"));
/// ```
pub fn loss_curves(epochs: &[usize], train: &[f64], test: &[Option<f64>]) -> String {
    let train: Vec<_> = drawable(epochs, train.iter().map(|&loss| Some(loss)));
    let test: Vec<_> = drawable(epochs, test.iter().copied());
    let panel = panel(&train, &test);
    let mut svg = Svg::default();
    panel.draw_box(&mut svg);
    panel.draw_x_axis(&mut svg, 6, Some(&Quantity::new(Text::plain("Epoch"), "")));
    let loss = Quantity::new(Text::plain("Mean squared error"), "");
    panel.draw_y_axis(&mut svg, 5, &loss);
    let mut entries = Vec::new();
    for (points, stroke, name) in [(&test, TEST, "test"), (&train, TRAIN, "training")] {
        let places = points.iter().map(|&(x, y)| panel.at(x, y));
        svg.path(&curve::path(places), &stroke);
        if !points.is_empty() {
            entries.insert(0, line_entry(stroke, name));
        }
    }
    let top = FRAME.bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, "Loss during training")
}

fn drawable(epochs: &[usize], loss: impl Iterator<Item = Option<f64>>) -> Vec<(f64, f64)> {
    let points = epochs.iter().zip(loss);
    points
        .filter_map(|(&epoch, loss)| Some((epoch as f64, loss?)))
        .filter(|(_, loss)| (1e-290..1e300).contains(loss))
        .collect()
}

fn panel(train: &[(f64, f64)], test: &[(f64, f64)]) -> Panel {
    let all = || train.iter().chain(test);
    let losses = extent(all().map(|p| p.1)).map(|(low, high)| (low / 1.15, high * 1.15));
    let epochs = extent(all().map(|p| p.0));
    Panel {
        x: Scale::linear(epochs.map(from_zero_if_near), (FRAME.left, FRAME.right)),
        y: Scale::logarithmic(losses, (FRAME.bottom, FRAME.top)),
    }
}

fn line_entry(stroke: Stroke, name: &str) -> Entry {
    Entry {
        symbol: Symbol::Line(stroke),
        text: Text::plain(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    #[test]
    fn both_losses_are_drawn_and_named() {
        let train = [1.0, 0.1, 0.01];
        let file = loss_curves(&[1, 2, 3], &train, &[None, Some(0.2), Some(0.1)]);
        assert_sound(&file);
        assert!(file.contains(">training<") && file.contains(">test<"));
        let file = loss_curves(&[1, 2, 3], &train, &[None; 3]);
        assert!(file.contains(">training<") && !file.contains(">test<"));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        for train in [
            &[][..],
            &[0.0; 3],
            &[1e-3; 3],
            &[0.5],
            &[f64::NAN, f64::INFINITY, -1.0],
            &[1e-200, 1e200],
        ] {
            assert_sound(&loss_curves(&[0, 1, 2], train, &[]));
            assert_sound(&loss_curves(&[5], train, &[Some(f64::NAN)]));
        }
    }

    #[test]
    fn a_long_history_stays_a_small_file() {
        let epochs: Vec<usize> = (0..200_000).collect();
        let loss: Vec<f64> = epochs
            .iter()
            .map(|&e| 1.0 / (1.0 + (e % 977) as f64))
            .collect();
        assert!(loss_curves(&epochs, &loss, &[]).len() < 100_000);
    }
}
