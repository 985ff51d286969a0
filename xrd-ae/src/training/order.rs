use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random stream of the order of the patterns.
const STREAM: u64 = 1;

/// Order of the training patterns. It is shuffled in each epoch.
#[derive(Clone)]
pub(crate) struct Order {
    indices: Vec<usize>,
    rng: ChaCha8Rng,
}

impl Order {
    pub(crate) fn new(patterns: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(STREAM);
        Self {
            indices: (0..patterns).collect(),
            rng,
        }
    }

    /// Restores an order and its random stream, of which `words` words have been used.
    pub(crate) fn at(indices: Vec<usize>, seed: u64, words: u128) -> Self {
        let mut order = Self::new(0, seed);
        order.rng.set_word_pos(words);
        Self { indices, ..order }
    }

    /// Number of random words used so far.
    pub(crate) fn words(&self) -> u128 {
        self.rng.get_word_pos()
    }

    pub(crate) fn indices(&self) -> &[usize] {
        &self.indices
    }

    pub(crate) fn shuffle(&mut self) {
        self.indices.shuffle(&mut self.rng);
    }

    /// Patterns of a step, counted from 0 in each epoch; empty after the last step.
    pub(crate) fn batch(&self, step: usize, size: usize) -> &[usize] {
        let end = |step: usize| step.saturating_mul(size).min(self.indices.len());
        &self.indices[end(step)..end(step.saturating_add(1))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_the_order_in_pieces() {
        let mut order = Order::new(7, 3);
        order.shuffle();
        let batches: Vec<&[usize]> = (0..4).map(|step| order.batch(step, 3)).collect();
        assert_eq!(batches.concat(), order.indices());
        assert_eq!(
            batches.iter().map(|b| b.len()).collect::<Vec<_>>(),
            [3, 3, 1, 0]
        );
        assert_eq!(order.batch(0, usize::MAX), order.indices());
    }

    #[test]
    fn an_order_goes_on_where_it_was() {
        let mut order = Order::new(20, 3);
        for _ in 0..5 {
            let mut again = Order::at(order.indices().to_vec(), 3, order.words());
            order.shuffle();
            again.shuffle();
            assert_eq!(order.indices(), again.indices());
        }
    }
}
