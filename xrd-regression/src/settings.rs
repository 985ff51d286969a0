/// Settings of a regression.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Intended fraction of true labels inside the prediction intervals. Default: 0.9.
    pub coverage: f64,
    /// Largest number of known patterns. Of more patterns, a random sample is used. Default: 2000.
    pub most_known: usize,
    /// Largest number of patterns with which the methods are compared. Of more known patterns, a
    /// random sample is used. Default: 1000.
    pub most_compared: usize,
    /// Largest number of transforms that are used together. Each needs 41 numbers per grid point.
    /// Default: 4.
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
    /// Sets the intended fraction of true labels inside the prediction intervals.
    #[must_use]
    pub fn with_coverage(mut self, coverage: f64) -> Self {
        self.coverage = coverage;
        self
    }

    /// Sets the largest number of known patterns.
    #[must_use]
    pub fn with_most_known(mut self, most: usize) -> Self {
        self.most_known = most;
        self
    }

    /// Sets the largest number of patterns with which the methods are compared.
    #[must_use]
    pub fn with_most_compared(mut self, most: usize) -> Self {
        self.most_compared = most;
        self
    }

    /// Sets the largest number of transforms that are used together.
    #[must_use]
    pub fn with_most_transforms(mut self, most: usize) -> Self {
        self.most_transforms = most;
        self
    }
}
