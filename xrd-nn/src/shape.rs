use std::fmt;

use serde::{Deserialize, Serialize};

/// Shape of one pattern between two layers. Values are stored position after position, the channels of a
/// position together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A vector of this length.
    Flat(usize),
    /// A sequence; index of a value: position · channels + channel.
    Sequence {
        /// Number of positions.
        length: usize,
        /// Number of values per position.
        channels: usize,
    },
    /// An image; index of a value: (row · width + column) · channels + channel.
    Image {
        /// Number of rows.
        height: usize,
        /// Number of columns.
        width: usize,
        /// Number of values per position.
        channels: usize,
    },
}

impl Shape {
    /// Number of values of a pattern.
    #[must_use]
    pub fn len(&self) -> usize {
        let [height, width, channels] = self.axes();
        height * width * channels
    }

    /// Whether a pattern has no values. Such a shape is refused as the input of a network.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of values per position; the length of a flat shape.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.axes()[2]
    }

    /// Rows, columns and channels. A sequence has one column, a flat shape one position.
    pub(crate) fn axes(&self) -> [usize; 3] {
        match *self {
            Self::Flat(n) => [1, 1, n],
            Self::Sequence { length, channels } => [length, 1, channels],
            Self::Image {
                height,
                width,
                channels,
            } => [height, width, channels],
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat(n) => write!(f, "a vector of {n} values"),
            Self::Sequence { length, channels } => {
                write!(f, "a sequence of {length} positions × {channels} channels")
            }
            Self::Image {
                height,
                width,
                channels,
            } => write!(
                f,
                "an image of {height} × {width} positions × {channels} channels"
            ),
        }
    }
}
