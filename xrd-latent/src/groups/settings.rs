/// Settings of [`Groups`](super::Groups).
///
/// The defaults of the limits were chosen on measured and simulated patterns
/// (`benches/peers/groups.py` of the repository): groups of different phases reach both, and groups
/// that are found in patterns of one phase rarely do.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GroupSettings {
    /// Number of groups. `None` chooses it.
    pub number: Option<usize>,
    /// Largest number of groups that is tried, 20 by default. No more than half the items are tried.
    pub most: usize,
    /// Smallest silhouette of groups, 0.3 by default.
    pub least_silhouette: f64,
    /// Smallest stability of groups, 0.9 by default. It is not used without parts of the items.
    pub least_stability: f64,
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self {
            number: None,
            most: 20,
            least_silhouette: 0.3,
            least_stability: 0.9,
        }
    }
}

impl GroupSettings {
    /// Sets [`number`](Self::number).
    #[must_use]
    pub fn with_number(mut self, number: Option<usize>) -> Self {
        self.number = number;
        self
    }

    /// Sets [`most`](Self::most).
    #[must_use]
    pub fn with_most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// Sets [`least_silhouette`](Self::least_silhouette).
    #[must_use]
    pub fn with_least_silhouette(mut self, least: f64) -> Self {
        self.least_silhouette = least;
        self
    }

    /// Sets [`least_stability`](Self::least_stability).
    #[must_use]
    pub fn with_least_stability(mut self, least: f64) -> Self {
        self.least_stability = least;
        self
    }
}
