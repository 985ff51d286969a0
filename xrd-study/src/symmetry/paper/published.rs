use super::PaperNetwork;

/// Values of the paper for one network, as shares from 0 to 1 (Table I, section V E).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Published {
    /// Crystal system right on simulated test patterns.
    pub test_crystal_system: f64,
    /// Space group right on simulated test patterns.
    pub test_space_group: f64,
    /// Crystal system right on measured patterns (RRUFF).
    pub measured_crystal_system: f64,
    /// Space group right on measured patterns.
    pub measured_space_group: f64,
    /// Space group right on measured patterns, if only centrosymmetric groups are allowed.
    pub measured_centrosymmetric: f64,
    /// Space group right among the surer half of the measured patterns.
    pub measured_surer_half: f64,
    /// Share of measured patterns with a certainty below 0.45.
    pub measured_refused: f64,
}

impl Published {
    /// Certainty below which the paper gives no answer.
    pub const THRESHOLD: f64 = 0.45;

    /// Values of a network.
    pub fn of(network: PaperNetwork) -> Self {
        match network {
            PaperNetwork::Dense => Self {
                test_crystal_system: 0.73,
                test_space_group: 0.57,
                measured_crystal_system: 0.70,
                measured_space_group: 0.54,
                measured_centrosymmetric: 0.59,
                measured_surer_half: 0.82,
                measured_refused: 0.50,
            },
            PaperNetwork::Convolutional => Self {
                test_crystal_system: 0.85,
                test_space_group: 0.76,
                measured_crystal_system: 0.56,
                measured_space_group: 0.42,
                measured_centrosymmetric: 0.43,
                measured_surer_half: 0.65,
                measured_refused: 0.69,
            },
        }
    }
}
