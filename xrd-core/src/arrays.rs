use ndarray::ArrayView2;

use crate::error::{Result, same_length};
use crate::{PatternSet, TwoThetaGrid};

impl PatternSet {
    /// Creates a set from an array that has one pattern per row. The intensities are copied.
    ///
    /// As in [`PatternSet::unnamed`], the names are "1", "2", and so on, and the scale is
    /// [`Scale::ARBITRARY`](crate::Scale::ARBITRARY).
    ///
    /// # Shapes
    /// The shape of `array` is [number of patterns, `grid.len()`].
    ///
    /// # Errors
    /// - [`Error::Length`](crate::Error::Length) unless there is one column per grid point.
    /// - [`Error::NotFinite`](crate::Error::NotFinite) if an intensity is NaN or infinite.
    ///
    /// # Example
    /// ```
    /// use xrd_core::ndarray::array;
    /// use xrd_core::{PatternSet, TwoThetaGrid};
    ///
    /// let intensities = array![[1.0, 5.0, 2.0], [3.0, 1.0, 1.0]];
    /// let set = PatternSet::from_array(TwoThetaGrid::new(10.0, 0.02, 3)?, intensities.view())?;
    /// assert_eq!(set.view(), intensities);
    /// # Ok::<(), xrd_core::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "ndarray")))]
    pub fn from_array(grid: TwoThetaGrid, array: ArrayView2<f32>) -> Result<Self> {
        same_length("columns", array.ncols(), grid.len())?;
        Self::unnamed(grid, array.iter().copied().collect())
    }

    /// View of the intensities as an array with one pattern per row. The intensities are not
    /// copied.
    ///
    /// # Shapes
    /// The shape of the view is [`len()`, `grid().len()`].
    #[cfg_attr(docsrs, doc(cfg(feature = "ndarray")))]
    #[allow(clippy::missing_panics_doc, reason = "a set holds one row per pattern")]
    pub fn view(&self) -> ArrayView2<'_, f32> {
        let shape = (self.len(), self.grid().len());
        ArrayView2::from_shape(shape, self.block()).expect("a set holds one row per pattern")
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::Error;

    fn grid() -> TwoThetaGrid {
        TwoThetaGrid::new(10.0, 0.5, 2).unwrap()
    }

    #[test]
    fn any_layout_of_an_array_gives_its_rows() {
        let rows = array![[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let columns = rows.t().to_owned();
        for view in [rows.view(), columns.t()] {
            let set = PatternSet::from_array(grid(), view).unwrap();
            assert_eq!(set.block(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
            assert_eq!(set.names(), ["1", "2", "3"]);
            assert_eq!(set.view(), rows);
        }
    }

    #[test]
    fn an_array_of_another_width_is_refused() {
        let wide = Array2::zeros((2, 3));
        let refused = PatternSet::from_array(grid(), wide.view());
        assert!(matches!(
            refused,
            Err(Error::Length {
                found: 3,
                expected: 2,
                ..
            })
        ));
        let empty = PatternSet::from_array(grid(), Array2::zeros((0, 2)).view()).unwrap();
        assert_eq!(empty.view().shape(), [0, 2]);
    }
}
