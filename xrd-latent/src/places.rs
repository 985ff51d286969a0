//! Places: positions in the latent space at which known points lie.

use std::cmp::Ordering;

use xrd_core::{Labels, Latent2};

use crate::hull::{Side, corners};
use crate::measures::{Euclidean, Farthest, Squared};
use crate::nearby::{Near, enough_to_surround, see};
use crate::tree::{Ascending, Bounds, Measure, Tree};

/// Position in the latent space at which one or more known points lie.
///
/// Known points with exactly the same coordinates are merged into one place. An
/// [`Estimator`](crate::Estimator) chooses among places.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub(crate) coordinates: Vec<f64>,
    /// The first two coordinates.
    pub(crate) point: Latent2,
    pub(crate) members: Vec<usize>,
    /// The members in the order in which their labels are summed.
    summed: Vec<usize>,
    pub(crate) values: Vec<f64>,
}

impl Place {
    /// Coordinates of the place.
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }

    /// Indices of the known points at this place in the list of all known points, from 0. The
    /// indices are in ascending order.
    pub fn members(&self) -> &[usize] {
        &self.members
    }

    /// Mean labels of the known points at this place, one value per label column.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// This place without one of several members.
    pub(crate) fn without(&self, labels: &Labels, member: usize) -> Self {
        let rest: Vec<usize> = self
            .summed
            .iter()
            .copied()
            .filter(|&i| i != member)
            .collect();
        place(&self.coordinates, labels, &rest)
    }
}

/// All places of a space, with an index for searches.
#[derive(Clone, Debug)]
pub(crate) struct AllPlaces {
    /// Places sorted by their coordinates.
    all: Vec<Place>,
    /// Indices of the places in ascending order of their first label.
    by_label: Vec<usize>,
    tree: Tree,
    /// Corners of the convex hull of the first two coordinates. Empty unless the space is a plane.
    hull: Vec<usize>,
}

impl AllPlaces {
    /// Merges points into places. The result does not depend on the order of the points.
    /// `coordinates` contains `dimensions` numbers per point.
    pub(crate) fn new(dimensions: usize, coordinates: &[f64], labels: &Labels) -> Self {
        let all = merge(dimensions, coordinates, labels);
        let points: Vec<Latent2> = all.iter().map(|place| place.point).collect();
        let label = |i: &usize| all[*i].values.first().copied().unwrap_or(0.0);
        let mut by_label: Vec<usize> = (0..all.len()).collect();
        by_label.sort_by(|a, b| label(a).total_cmp(&label(b)));
        Self {
            by_label,
            tree: Tree::new(dimensions, all.len(), |i| &all[i].coordinates),
            hull: match dimensions {
                2 => corners(&points),
                _ => Vec::new(),
            },
            all,
        }
    }

    /// Returns all places.
    pub(crate) fn view(&self) -> Places<'_> {
        Places {
            all: self,
            without: None,
        }
    }

    /// Returns all places except one.
    pub(crate) fn without(&self, place: usize) -> Places<'_> {
        Places {
            all: self,
            without: Some(place),
        }
    }

    /// Index of the place with exactly these coordinates.
    pub(crate) fn find(&self, p: &[f64]) -> Option<usize> {
        let compare = |place: &Place| place.coordinates[..].partial_cmp(p);
        let search = |place: &Place| compare(place).unwrap_or(Ordering::Equal);
        self.all.binary_search_by(search).ok()
    }

    pub(crate) fn place(&self, index: usize) -> &Place {
        &self.all[index]
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Squared distance of places from `p`.
    pub(crate) fn squared<'a, 'p>(
        &'a self,
        p: &'p [f64],
    ) -> Squared<'p, impl Fn(usize) -> &'a [f64] + use<'a>> {
        let at = |i: usize| &self.all[i].coordinates[..];
        Squared { p, at }
    }
}

/// Places among which an [`Estimator`](crate::Estimator) chooses.
///
/// Each place has an index, which stays the same if another place is left out. The places with
/// smaller indices have smaller first coordinates. If these are equal, the next coordinates decide,
/// and so on. A search for near places visits few of the other places.
///
/// # Example
/// ```
/// use xrd_latent::Places;
///
/// /// Mean label of the two places nearest to a point.
/// fn mean_of_two(places: &Places<'_>, p: &[f64]) -> f64 {
///     let near = places.nearest(p).take(2);
///     let values: Vec<f64> = near.map(|(_, i)| places.place(i).values()[0]).collect();
///     values.iter().sum::<f64>() / values.len() as f64
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    all: &'a AllPlaces,
    /// Index of a place that is left out.
    without: Option<usize>,
}

impl<'a> Places<'a> {
    /// Number of places, at least 1.
    pub fn len(&self) -> usize {
        self.all.len() - usize::from(self.without.is_some())
    }

    /// Whether there are no places. An estimator always has at least one place.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Place with this index.
    ///
    /// # Panics
    /// If no place has this index.
    pub fn place(&self, index: usize) -> &'a Place {
        &self.all.all[index]
    }

    /// All places with their indices, in ascending order of the indices.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'a Place)> + use<'a> {
        let without = self.without;
        let all = self.all.all.iter().enumerate();
        all.filter(move |(i, _)| Some(*i) != without)
    }

    /// Indices of the places in ascending order of their first label. Places with equal labels are in
    /// ascending order of the indices.
    pub(crate) fn by_label(&self) -> impl Iterator<Item = usize> + use<'a> {
        let without = self.without;
        let all = self.all.by_label.iter().copied();
        all.filter(move |i| Some(*i) != without)
    }

    /// Place with the largest index.
    pub(crate) fn last(&self) -> &'a Place {
        let last = self.all.len() - 1;
        self.place(last - usize::from(!self.contains(last)))
    }

    /// Distances and indices of the places, from the nearest to `p` to the farthest. Places at the
    /// same distance are in ascending order of their indices.
    ///
    /// Cost: about O(log n) per place for n places in few dimensions.
    pub fn nearest<'s>(&self, p: &'s [f64]) -> impl Iterator<Item = (f64, usize)> + use<'s, 'a>
    where
        'a: 's,
    {
        let (all, without) = (self.all, self.without);
        let at = |i: usize| &all.all[i].coordinates[..];
        let ascending = all.tree.ascending(Euclidean { p, at });
        ascending.filter(move |(_, i)| Some(*i) != without)
    }

    /// Search for places in ascending order of any measure. It also finds the place that is left
    /// out.
    pub(crate) fn ascending<M: Measure>(&self, measure: M) -> Ascending<'a, M> {
        self.all.tree.ascending(measure)
    }

    /// Squared distance of places from `p`.
    pub(crate) fn squared<'p>(
        &self,
        p: &'p [f64],
    ) -> Squared<'p, impl Fn(usize) -> &'a [f64] + use<'a>> {
        self.all.squared(p)
    }

    /// Whether the place with this index is not left out.
    pub(crate) fn contains(&self, index: usize) -> bool {
        self.without != Some(index)
    }

    /// Number of places that are nearer to P than a place, or equally near with a smaller index.
    pub(crate) fn rank(&self, p: Latent2, near: &Near) -> usize {
        let p = [p.x, p.y];
        let squared = self.all.squared(&p);
        let most = |bounds: Bounds<'_>| self.all.squared(&p).most(bounds);
        let found = (near.squared_distance, near.site);
        let before = self.all.tree.count_before(&squared, most, found);
        let is_before = |i: usize| {
            let by_distance = squared.of(i).total_cmp(&found.0);
            by_distance.then(i.cmp(&found.1)).is_lt()
        };
        before - usize::from(self.without.is_some_and(is_before))
    }

    /// Place farthest from P.
    pub(crate) fn farthest(&self, p: Latent2) -> Option<Near> {
        let at = [p.x, p.y];
        let mut farthest = self.ascending(Farthest(self.all.squared(&at)));
        let farthest = farthest.find(|(_, i)| self.contains(*i));
        farthest.map(|(_, i)| see(i, self.place(i).point, p))
    }

    /// Directions and distances of all places from P, in ascending order of the indices.
    pub(crate) fn seen(&self, p: Latent2) -> Vec<Near> {
        self.iter()
            .map(|(i, place)| see(i, place.point, p))
            .collect()
    }

    /// Whether three of the places surround P.
    ///
    /// Cost: O(h) for h corners of the hull, and O(n) near the border of the hull.
    pub(crate) fn surround(&self, p: Latent2) -> bool {
        match self.side(p) {
            Side::Inside => true,
            Side::Outside => false,
            Side::Border => enough_to_surround(&self.seen(p)).is_some(),
        }
    }

    /// Side of the border of the convex hull on which P lies.
    pub(crate) fn side(&self, p: Latent2) -> Side {
        match self.without {
            // The hull of the others is different.
            Some(place) if self.all.hull.contains(&place) => Side::Border,
            _ => Side::of(self.all.hull.iter().map(|&i| self.place(i).point), p),
        }
    }

    /// Corners of the convex hull, if they are known.
    pub(crate) fn hull(&self) -> Option<&'a [usize]> {
        self.without.is_none().then_some(&self.all.hull)
    }
}

/// Places of points, sorted by their coordinates.
fn merge(dimensions: usize, coordinates: &[f64], labels: &Labels) -> Vec<Place> {
    let at = |i: usize| &coordinates[i * dimensions..][..dimensions];
    let mut order: Vec<usize> = (0..labels.len()).collect();
    // Sort by coordinates, then by labels. All numbers are finite.
    order.sort_by(|&i, &j| {
        let by_labels = || labels.row(i).partial_cmp(labels.row(j));
        let by_place = at(i).partial_cmp(at(j)).unwrap_or(Ordering::Equal);
        by_place.then_with(|| by_labels().unwrap_or(Ordering::Equal))
    });
    order
        .chunk_by(|&i, &j| at(i) == at(j))
        .map(|group| place(at(group[0]), labels, group))
        .collect()
}

fn place(coordinates: &[f64], labels: &Labels, group: &[usize]) -> Place {
    let mean = |column: usize| {
        let first = labels.row(group[0])[column];
        // A sum of differences keeps the mean of equal labels exact.
        let excess: f64 = group.iter().map(|&i| labels.row(i)[column] - first).sum();
        first + excess / group.len() as f64
    };
    let mut members = group.to_vec();
    members.sort_unstable();
    let coordinate = |i: usize| coordinates.get(i).copied().unwrap_or(0.0);
    Place {
        coordinates: coordinates.to_vec(),
        point: Latent2::new(coordinate(0), coordinate(1)),
        members,
        summed: group.to_vec(),
        values: (0..labels.columns().len()).map(mean).collect(),
    }
}
