use crate::Real;

/// Use of a parameter in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Weights; weight decay makes them smaller.
    Weight,
    /// Biases, and scales and shifts of normalisation; no weight decay.
    Offset,
    /// Running statistics of batch normalisation; no gradient.
    Statistic,
}

/// Named tensor of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter<T> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<T>,
    pub(crate) role: Role,
}

impl<T: Real> Parameter<T> {
    /// Name, for example `0.conv1d.weight`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Lengths of the axes. Weights are [inputs, outputs] or [kernel, inputs, outputs]; of an image,
    /// [kernel rows, kernel columns, inputs, outputs].
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Values in row-major order.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Values in row-major order. The length cannot be changed.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Whether training changes the values by their gradient. Running statistics have no gradient.
    #[must_use]
    pub fn is_trained(&self) -> bool {
        self.role != Role::Statistic
    }
}
