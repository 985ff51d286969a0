/// Point of the latent plane, the plane to which an encoder maps patterns.
///
/// The axes have no unit and no physical meaning. Points can be compared only if the same trained
/// encoder computed them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Latent2 {
    /// First coordinate.
    pub x: f64,
    /// Second coordinate.
    pub y: f64,
}

impl Latent2 {
    /// Point with the coordinates (x, y).
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Euclidean distance to another point.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Whether both coordinates are finite.
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_euclidean() {
        let (a, b) = (Latent2::new(1.0, -2.0), Latent2::new(4.0, 2.0));
        assert_eq!(
            (a.distance(b), b.distance(a), a.distance(a)),
            (5.0, 5.0, 0.0)
        );
    }

    #[test]
    fn a_point_is_finite_where_both_coordinates_are() {
        assert!(Latent2::new(1.0, -2.0).is_finite());
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!Latent2::new(odd, 0.0).is_finite() && !Latent2::new(0.0, odd).is_finite());
        }
    }
}
