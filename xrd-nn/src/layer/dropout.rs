use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Change, Mode, Place};
use crate::Real;

/// Dropout. The random numbers of a pattern depend only on the seed, the step, the layer and the index of the
/// pattern in its batch.
#[derive(Debug)]
pub(crate) struct Dropout {
    pub(crate) rate: f64,
    /// Index of the layer among all steps of the plan.
    pub(crate) layer: usize,
}

impl Dropout {
    fn change<T: Real>(&self, place: &Place<T>, values: &mut [T]) {
        let Mode::Train { seed, step } = place.mode else {
            return;
        };
        let scale = T::of(1.0 / (1.0 - self.rate));
        let limit = (self.rate * 2f64.powi(32)) as u32;
        let width = values.len() / place.rows;
        for (row, values) in values.chunks_exact_mut(width).enumerate() {
            let mut key = [0; 32];
            let numbers = [seed, step, self.layer as u64, (place.first + row) as u64];
            for (bytes, number) in key.chunks_exact_mut(8).zip(numbers) {
                bytes.copy_from_slice(&number.to_le_bytes());
            }
            let mut random = ChaCha8Rng::from_seed(key);
            for v in values {
                *v = if random.next_u32() < limit {
                    T::zero()
                } else {
                    *v * scale
                };
            }
        }
    }
}

impl<T: Real> Change<T> for Dropout {
    fn forward(&self, place: &Place<T>, values: &mut [T]) {
        self.change(place, values);
    }

    fn backward(&self, place: &Place<T>, _: &[T], gradient: &mut [T]) {
        self.change(place, gradient);
    }
}
