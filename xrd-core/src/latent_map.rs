use crate::Latent2;
use crate::error::{Error, Result, same_length};

/// Rectangular grid of `columns × rows` nodes in the latent plane.
///
/// The outer nodes lie on the edges of the rectangle.
///
/// The node in column i and row j is at `(x0 + i·dx, y0 + j·dy)`; i and j start at 0. Here (x0,
/// y0) is the corner [`low`](Self::low), and dx and dy are the distances between neighbouring
/// nodes. Lists of nodes are ordered row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::LatentGrid"))]
pub struct LatentGrid {
    low: Latent2,
    high: Latent2,
    columns: usize,
    rows: usize,
}

impl LatentGrid {
    /// Creates a grid over the rectangle between the opposite corners `low` and `high`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `low` and `high` are finite, `low < high` in both coordinates,
    /// and there are at least two columns and two rows.
    pub fn new(low: Latent2, high: Latent2, columns: usize, rows: usize) -> Result<Self> {
        for width in [high.x - low.x, high.y - low.y] {
            if !(width > 0.0 && width.is_finite()) {
                return Err(Error::OutOfRange {
                    what: "width of the plane",
                    value: width,
                    expected: "> 0",
                });
            }
        }
        if columns < 2 || rows < 2 {
            return Err(Error::OutOfRange {
                what: "number of columns or rows of the plane",
                value: columns.min(rows) as f64,
                expected: "at least 2",
            });
        }
        Ok(Self {
            low,
            high,
            columns,
            rows,
        })
    }

    /// Creates a grid over the bounding box of `points` with a margin around it.
    ///
    /// The argument `margin` is a fraction of the size of the box. The left and right margins are
    /// this fraction of the width. The upper and lower margins are this fraction of the height. A
    /// width or height below 1e-6 counts as 1e-6.
    ///
    /// # Errors
    /// [`Error::Empty`] if there are no points, and any error of [`LatentGrid::new`].
    pub fn around(points: &[Latent2], margin: f64, columns: usize, rows: usize) -> Result<Self> {
        let Some(&first) = points.first() else {
            return Err(Error::Empty { what: "points" });
        };
        let (mut low, mut high) = (first, first);
        for p in points {
            low = Latent2::new(low.x.min(p.x), low.y.min(p.y));
            high = Latent2::new(high.x.max(p.x), high.y.max(p.y));
        }
        let mx = margin * (high.x - low.x).max(1e-6);
        let my = margin * (high.y - low.y).max(1e-6);
        let low = Latent2::new(low.x - mx, low.y - my);
        let high = Latent2::new(high.x + mx, high.y + my);
        Self::new(low, high, columns, rows)
    }

    /// Corner with the smallest coordinates.
    pub fn low(&self) -> Latent2 {
        self.low
    }

    /// Corner with the largest coordinates.
    pub fn high(&self) -> Latent2 {
        self.high
    }

    /// Number of nodes along x.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of nodes along y.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Coordinates of the node in column i and row j.
    pub fn point(&self, i: usize, j: usize) -> Latent2 {
        let at = |low: f64, high: f64, k: usize, n: usize| {
            low + (high - low) * (k as f64 / (n - 1) as f64)
        };
        Latent2::new(
            at(self.low.x, self.high.x, i, self.columns),
            at(self.low.y, self.high.y, j, self.rows),
        )
    }

    /// Coordinates of all nodes, row by row.
    pub fn points(&self) -> impl Iterator<Item = Latent2> + '_ {
        (0..self.rows).flat_map(move |j| (0..self.columns).map(move |i| self.point(i, j)))
    }
}

/// Map of one quantity over the latent plane: one value per node of a grid.
///
/// The value is `None` at nodes where the quantity is unknown.
///
/// # Example
/// ```
/// use xrd_core::{Latent2, LatentMap, LatentGrid};
/// let grid = LatentGrid::new(Latent2::new(0.0, 0.0), Latent2::new(1.0, 1.0), 3, 2)?;
/// let values = grid.points().map(|p| (p.x > 0.1).then_some(p.x + p.y)).collect();
/// let map = LatentMap::new(grid, values)?;
/// assert_eq!(map.value(0, 0), None);
/// assert_eq!(map.value(2, 1), Some(2.0));
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::LatentMap"))]
pub struct LatentMap {
    grid: LatentGrid,
    values: Vec<Option<f64>>,
}

impl LatentMap {
    /// Creates a map from its values at the nodes. The values are given row by row.
    ///
    /// # Errors
    /// - [`Error::Length`] unless there is one value per node.
    /// - [`Error::NotFinite`] if a value is NaN or infinite.
    pub fn new(grid: LatentGrid, values: Vec<Option<f64>>) -> Result<Self> {
        same_length("map values", values.len(), grid.columns * grid.rows)?;
        crate::error::all_finite("map value", values.iter().map(|v| v.unwrap_or(0.0)))?;
        Ok(Self { grid, values })
    }

    /// Grid of the map.
    pub fn grid(&self) -> &LatentGrid {
        &self.grid
    }

    /// Value at the node in column i and row j; `None` if unknown.
    ///
    /// # Panics
    /// Panics if there is no such node.
    pub fn value(&self, i: usize, j: usize) -> Option<f64> {
        assert!(i < self.grid.columns, "column {i} of {}", self.grid.columns);
        self.values[j * self.grid.columns + i]
    }

    /// All values, row by row.
    pub fn values(&self) -> &[Option<f64>] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_exact() {
        let (low, high) = (Latent2::new(-0.3, 0.1), Latent2::new(0.7, 0.9));
        let grid = LatentGrid::new(low, high, 7, 5).unwrap();
        assert_eq!(grid.point(0, 0), low);
        assert_eq!(grid.point(6, 4), high);
        assert_eq!(grid.points().count(), 35);
        assert_eq!(grid.points().nth(7), Some(grid.point(0, 1)));
    }

    #[test]
    fn nodes_are_equidistant_and_counted_row_by_row() {
        let grid = LatentGrid::new(Latent2::new(0.0, 10.0), Latent2::new(2.0, 11.0), 5, 3).unwrap();
        assert_eq!((grid.columns(), grid.rows()), (5, 3));
        let expected =
            (0..15).map(|k| Latent2::new(0.5 * (k % 5) as f64, 10.0 + 0.5 * (k / 5) as f64));
        assert_eq!(
            grid.points().collect::<Vec<_>>(),
            expected.collect::<Vec<_>>()
        );
        let values = (0..15).map(|k| (k != 3).then_some(f64::from(k)));
        let map = LatentMap::new(grid, values.collect()).unwrap();
        assert_eq!((map.value(4, 1), map.value(3, 0)), (Some(9.0), None));
        assert_eq!((map.grid(), map.values().len()), (&grid, 15));
        assert!(LatentMap::new(grid, vec![None; 14]).is_err());
        assert!(LatentMap::new(grid, vec![Some(f64::NAN); 15]).is_err());
    }

    #[test]
    fn a_box_is_widened_by_shares_of_its_size() {
        let points = [
            Latent2::new(1.0, 5.0),
            Latent2::new(3.0, 1.0),
            Latent2::new(2.0, 2.0),
        ];
        let grid = LatentGrid::around(&points, 0.25, 3, 3).unwrap();
        assert_eq!(
            (grid.low(), grid.high()),
            (Latent2::new(0.5, 0.0), Latent2::new(3.5, 6.0))
        );
    }

    #[test]
    fn what_is_no_rectangle_is_refused() {
        let new = |x, y, columns, rows| {
            LatentGrid::new(Latent2::new(0.0, 0.0), Latent2::new(x, y), columns, rows)
        };
        assert!(new(1.0, 1.0, 2, 2).is_ok());
        assert!(new(0.0, 1.0, 2, 2).is_err() && new(1.0, 0.0, 2, 2).is_err());
        assert!(new(-1.0, 1.0, 2, 2).is_err() && new(1.0, f64::INFINITY, 2, 2).is_err());
        assert!(new(1.0, 1.0, 1, 2).is_err() && new(1.0, 1.0, 2, 1).is_err());
    }

    #[test]
    fn a_flat_box_still_has_room() {
        let line = [Latent2::new(0.0, 1.0), Latent2::new(1.0, 1.0)];
        let grid = LatentGrid::around(&line, 0.1, 3, 3).unwrap();
        assert!(grid.low().y < 1.0 && grid.high().y > 1.0);
        assert!(LatentGrid::around(&[], 0.1, 3, 3).is_err());
        assert!(LatentGrid::around(&[Latent2::new(f64::NAN, 0.0)], 0.1, 3, 3).is_err());
    }
}
