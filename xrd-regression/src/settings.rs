/// Settings of [`Regression::fit`](crate::Regression::fit).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Intended fraction of the true labels that lie inside the prediction intervals. Default: 0.9.
    pub coverage: f64,
    /// Largest number of known patterns that are used. If the set contains more patterns, a random
    /// selection of this size is used. Default: 2000.
    pub most_known: usize,
    /// Largest number of known patterns that are used to compare the candidates. If there are more
    /// known patterns, a random selection of this size is used. Default: 1000.
    pub most_compared: usize,
    /// Largest number of different transforms that are used for a label or a composition. If the
    /// chosen candidates have more transforms, only the candidates with the best transforms are
    /// used. Each transform needs up to 41 stored numbers per grid point: 40 principal components
    /// and a mean. Default: 4.
    pub most_transforms: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            coverage: 0.9,
            most_known: 2000,
            most_compared: 1000,
            most_transforms: 4,
        }
    }
}

impl Settings {
    /// Sets the intended fraction of the true labels that lie inside the prediction intervals.
    #[must_use]
    pub fn with_coverage(mut self, coverage: f64) -> Self {
        self.coverage = coverage;
        self
    }

    /// Sets the largest number of known patterns that are used.
    #[must_use]
    pub fn with_most_known(mut self, most: usize) -> Self {
        self.most_known = most;
        self
    }

    /// Sets the largest number of known patterns that are used to compare the candidates.
    #[must_use]
    pub fn with_most_compared(mut self, most: usize) -> Self {
        self.most_compared = most;
        self
    }

    /// Sets the largest number of different transforms that are used for a label or a composition.
    #[must_use]
    pub fn with_most_transforms(mut self, most: usize) -> Self {
        self.most_transforms = most;
        self
    }
}
