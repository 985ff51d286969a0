//! Space group of structures whose symmetry does not depend on the tolerance.
//!
//! Most structures of databases are symmetric to a thousandth of an ångström. Candidates that are
//! not symmetry operations have errors of half an ångström or more. Any search finds the same
//! operations in such structures, so a fast one is enough, and only their group must be identified.

use std::ops::Range;

use moyo::base::{Cell, Lattice, Operation};
use moyo::data::Setting;
use moyo::identify::SpaceGroup;
use moyo::math::HNF;
use nalgebra::{Dyn, Matrix3, OMatrix, U3, Vector3};

/// Largest error of an operation, as a fraction of the tolerance.
const HOLDS: f64 = 0.1;

/// Smallest error of a candidate that is not an operation, as a multiple of the tolerance. Between
/// the two limits the case is unclear.
const FAILS: f64 = 2.0;

/// Largest number of sites. Every site is compared with every other of its kind, which takes a time
/// that grows as the square of the number.
const MOST_SITES: usize = 512;

/// Smallest spacing of the lattice planes of a reduced cell, in units of the largest error. With
/// this spacing the nearest image of a site is found coordinate by coordinate.
const LEAST_SPACING: f64 = 4.0;

/// Returns the space group if it does not depend on the tolerance.
///
/// A candidate (W, t) maps the first site of the rarest kind exactly onto a site of this kind.
/// Suppose that the errors of each candidate at the other sites are all less than a tenth of
/// `symprec`, or that one of them is more than twice `symprec`. Then the candidates with small
/// errors are a group. The product of two has an error of less than a fifth of `symprec`, and
/// therefore of less than a tenth.
///
/// Cost: O(operations of the lattice · sites of the rarest kind · checked errors, mostly few).
pub(super) fn space_group(cell: &Cell, symprec: f64) -> Option<u16> {
    if cell.num_atoms() > MOST_SITES {
        return None;
    }
    let crystal = Crystal::of(cell, symprec)?.primitive()?;
    let operations = crystal.operations()?;
    let epsilon = symprec / crystal.lattice.volume().cbrt();
    let found = SpaceGroup::new(&operations, Setting::default(), epsilon);
    Some(found.ok()?.number as u16)
}

/// Result of a comparison with the tolerance.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Holds,
    Fails,
    Unclear,
}

impl Verdict {
    /// Combined result of two comparisons.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Holds, Self::Holds) => Self::Holds,
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            _ => Self::Unclear,
        }
    }
}

/// Structure in a reduced cell.
struct Crystal {
    /// Minkowski-reduced and right-handed.
    lattice: Lattice,
    /// Fractional positions, sorted by kind, with the rarest kind first.
    positions: Vec<Vector3<f64>>,
    kinds: Vec<Range<usize>>,
    symprec: f64,
}

impl Crystal {
    /// Returns `None` if lattice planes, or sites of a kind, are too close for the tolerance.
    fn of(cell: &Cell, symprec: f64) -> Option<Self> {
        let count = |kind: i32| cell.numbers.iter().filter(|k| **k == kind).count();
        let mut sites: Vec<usize> = (0..cell.num_atoms()).collect();
        sites.sort_by_cached_key(|&site| (count(cell.numbers[site]), cell.numbers[site], site));
        let same = |a: &usize, b: &usize| cell.numbers[*a] == cell.numbers[*b];
        let of_kind = sites.chunk_by(same).map(|sites| {
            let place = |&site: &usize| cell.lattice.basis * cell.positions[site];
            sites.iter().map(place).collect()
        });
        let crystal = Self::reduced(&cell.lattice, of_kind.collect(), symprec)?;
        crystal.sites_are_apart().then_some(crystal)
    }

    /// Crystal from positions of each kind in Å, in a reduced cell of the lattice.
    fn reduced(lattice: &Lattice, places: Vec<Vec<Vector3<f64>>>, symprec: f64) -> Option<Self> {
        let (lattice, _) = lattice.minkowski_reduce().ok()?;
        let to_fractions = lattice.basis.try_inverse()?;
        let spacing = |i| 1.0 / to_fractions.row(i).norm();
        if (0..3).any(|i| spacing(i) < LEAST_SPACING * FAILS * symprec) {
            return None;
        }
        let mut end = 0;
        let kinds = places.iter().map(|of_kind| {
            end += of_kind.len();
            end - of_kind.len()..end
        });
        Some(Self {
            kinds: kinds.collect(),
            positions: places.concat().iter().map(|p| to_fractions * p).collect(),
            lattice,
            symprec,
        })
    }

    fn sites_are_apart(&self) -> bool {
        let pairs = self.kinds.iter().flat_map(|kind| {
            let after = move |i| (i + 1..kind.end).map(move |j| (i, j));
            kind.clone().flat_map(after)
        });
        let least = (FAILS * self.symprec).powi(2);
        let distance = |(i, j): (usize, usize)| self.squared(self.positions[i] - self.positions[j]);
        pairs.map(distance).all(|d| d > least)
    }

    /// Squared length in Å of a fractional vector, or of its shortest image if that is short.
    #[inline]
    fn squared(&self, way: Vector3<f64>) -> f64 {
        (self.lattice.basis * way.map(|x| x - x.round())).norm_squared()
    }

    /// Compares a squared error with the tolerance.
    #[inline]
    fn judge(&self, squared: f64) -> Verdict {
        if squared < (HOLDS * self.symprec).powi(2) {
            Verdict::Holds
        } else if squared > (FAILS * self.symprec).powi(2) {
            Verdict::Fails
        } else {
            Verdict::Unclear
        }
    }

    /// Checks whether rotated sites, after a translation, lie on sites of their kind.
    fn holds(&self, turned: &[Vector3<f64>], translation: &Vector3<f64>) -> Verdict {
        let mut verdict = Verdict::Holds;
        for kind in &self.kinds {
            for image in &turned[kind.clone()] {
                let image = image + translation;
                let sites = self.positions[kind.clone()].iter();
                let nearest = sites.map(|site| self.squared(image - site));
                verdict = verdict.and(self.judge(nearest.fold(f64::INFINITY, f64::min)));
                if verdict == Verdict::Fails {
                    return verdict;
                }
            }
        }
        verdict
    }

    /// Translations that map rotated sites onto sites of their kind; `None` if the case is unclear.
    fn translations(&self, turned: &[Vector3<f64>]) -> Option<Vec<Vector3<f64>>> {
        let first = self.kinds.first()?.clone();
        let mut found = Vec::new();
        for onto in &self.positions[first] {
            let translation = onto - turned[0];
            match self.holds(turned, &translation) {
                Verdict::Holds => found.push(translation),
                Verdict::Fails => {}
                Verdict::Unclear => return None,
            }
        }
        Some(found)
    }

    /// Structure in a primitive cell.
    fn primitive(self) -> Option<Self> {
        let translations = self.translations(&self.positions)?;
        if translations.len() == 1 {
            return Some(self);
        }
        let lattice = Lattice {
            basis: self.lattice.basis * generated(&translations)?,
        };
        let inside = |kind: &Range<usize>| {
            let mut kept: Vec<Vector3<f64>> = Vec::new();
            for &position in &self.positions[kind.clone()] {
                let is_image = |other: &Vector3<f64>| {
                    let mut ways = translations
                        .iter()
                        .map(|t| self.squared(position - other - t));
                    ways.any(|d| self.judge(d) != Verdict::Fails)
                };
                if !kept.iter().any(is_image) {
                    kept.push(position);
                }
            }
            kept.iter().map(|p| self.lattice.basis * p).collect()
        };
        Self::reduced(
            &lattice,
            self.kinds.iter().map(inside).collect(),
            self.symprec,
        )
    }

    /// One operation per rotation part, in the basis of the primitive cell.
    fn operations(&self) -> Option<Vec<Operation>> {
        let mut operations = Vec::new();
        for (rotation, verdict) in self.rotations_of_lattice() {
            let matrix = rotation.map(f64::from);
            let turned: Vec<Vector3<f64>> = self.positions.iter().map(|p| matrix * p).collect();
            // If neither the lattice nor the sites exclude it, both must confirm it.
            for translation in self.translations(&turned)? {
                if verdict == Verdict::Unclear {
                    return None;
                }
                operations.push(Operation::new(rotation, translation));
            }
        }
        Some(operations)
    }

    /// Matrices that may map the lattice onto itself, each with the result of the comparison: the
    /// errors of the images of the vectors, in length and direction.
    fn rotations_of_lattice(&self) -> Vec<(Matrix3<i32>, Verdict)> {
        let basis = &self.lattice.basis;
        let metric = basis.transpose() * basis;
        let lengths: [f64; 3] = std::array::from_fn(|i| metric[(i, i)].sqrt());
        // Images of a reduced basis in three dimensions have only these coefficients.
        let all = (0..27).map(|n| Vector3::new(n % 3 - 1, n / 3 % 3 - 1, n / 9 - 1));
        let vectors: Vec<(Vector3<i32>, Vector3<f64>)> = all
            .map(|n: Vector3<i32>| (n, basis * n.map(f64::from)))
            .collect();
        let images = lengths.map(|length| {
            let judged = vectors.iter().map(|(n, v)| {
                let verdict = self.judge((v.norm() - length).powi(2));
                (*n, *v, verdict)
            });
            judged
                .filter(|(.., v)| *v != Verdict::Fails)
                .collect::<Vec<_>>()
        });
        let across = |i: usize, j: usize, v: &Vector3<f64>, w: &Vector3<f64>| {
            self.judge((v.dot(w) - metric[(i, j)]).powi(2) / (lengths[i] * lengths[j]))
        };
        let mut found = Vec::new();
        for (a, va, first) in &images[0] {
            for (b, vb, second) in &images[1] {
                let verdict = first.and(*second).and(across(0, 1, va, vb));
                if verdict == Verdict::Fails {
                    continue;
                }
                for (c, vc, third) in &images[2] {
                    let both = across(0, 2, va, vc).and(across(1, 2, vb, vc));
                    let verdict = verdict.and(*third).and(both);
                    let rotation = Matrix3::from_columns(&[*a, *b, *c]);
                    if verdict != Verdict::Fails
                        && rotation.map(f64::from).determinant().abs().round() == 1.0
                    {
                        found.push((rotation, verdict));
                    }
                }
            }
        }
        found
    }
}

/// Basis of the lattice generated by translations and the vectors of the cell. The translations are
/// a group, so each times their number is an integer vector.
fn generated(translations: &[Vector3<f64>]) -> Option<Matrix3<f64>> {
    let order = translations.len();
    let scaled = translations.iter().map(|t| t * order as f64);
    let whole: Vec<Vector3<i32>> = scaled
        .map(|t| {
            let near = t.map(f64::round);
            ((t - near).amax() < 0.25).then(|| near.map(|x| x as i32))
        })
        .collect::<Option<_>>()?;
    let vectors = Matrix3::identity() * order as i32;
    let columns = [0, 1, 2].map(|i| vectors.column(i).into_owned());
    let all = OMatrix::<i32, U3, Dyn>::from_columns(&[&columns, &whole[..]].concat());
    let basis = HNF::new(&all).h.fixed_columns::<3>(0).map(f64::from) / order as f64;
    // The cell is divided by the number of translations.
    let share = basis.determinant() * order as f64;
    ((share - 1.0).abs() < 1e-6).then_some(basis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use moyo::data::{HallSymbol, hall_symbol_entry};
    use proptest::prelude::*;

    /// Cell with the symmetry of a Hall symbol: the mean of a metric over its operations, and two
    /// orbits of sites in general positions, with an origin shift.
    fn cell_of(
        hall_number: i32,
        metric: [f64; 6],
        sites: [Vector3<f64>; 2],
        shift: Vector3<f64>,
    ) -> Cell {
        let symbol = HallSymbol::from_hall_number(hall_number).unwrap();
        let operations = symbol.traverse();
        // Without the zero translation.
        let centring = symbol.centering_translations.into_iter();
        let centring = centring
            .filter(|t| t.amax() > 0.1)
            .chain([Vector3::zeros()]);
        let centring: Vec<Vector3<f64>> = centring.collect();
        let [a, b, c, d, e, f] = metric;
        let any = Matrix3::new(a, d, e, d, b, f, e, f, c);
        let rotations = operations.iter().map(|o| o.rotation.map(f64::from));
        let sum = rotations.fold(Matrix3::zeros(), |sum, w| sum + w.transpose() * any * w);
        let mean = sum * (30.0 / operations.len() as f64);
        let basis = mean.cholesky().unwrap().l().transpose();
        let orbit = |site: &Vector3<f64>| {
            let image = |o: &Operation| o.rotation.map(f64::from) * site + o.translation + shift;
            let images = operations.iter().map(image);
            let everywhere = |p: Vector3<f64>| centring.iter().map(move |t| p + t);
            images.flat_map(everywhere).collect::<Vec<_>>()
        };
        let orbits = sites.each_ref().map(orbit);
        let numbers = [1, 2].iter().flat_map(|kind| vec![*kind; orbits[0].len()]);
        Cell::new(Lattice { basis }, orbits.concat(), numbers.collect())
    }

    fn vector(range: Range<f64>) -> impl Strategy<Value = Vector3<f64>> {
        prop::array::uniform3(range).prop_map(Vector3::from)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Checks that a result is the group that the structure was made with.
        #[test]
        fn what_is_clear_is_right(
            hall_number in 1..=530i32,
            diagonal in prop::array::uniform3(1.0..3.0f64),
            rest in prop::array::uniform3(-0.45..0.45f64),
            one in vector(0.0..1.0),
            other in vector(0.0..1.0),
            shift in vector(-1.0..1.0),
        ) {
            let ([a, b, c], [d, e, f]) = (diagonal, rest);
            let cell = cell_of(hall_number, [a, b, c, d, e, f], [one, other], shift);
            let expected = hall_symbol_entry(hall_number).unwrap().number as u16;
            let found = space_group(&cell, 1e-3);
            prop_assert!(found.is_none_or(|found| found == expected), "{found:?} for {expected}");
        }
    }

    /// Checks that structures of every group have a result.
    #[test]
    fn every_group_is_clear_without_errors() {
        let sites = [[0.137, 0.223, 0.071], [0.291, 0.049, 0.413]].map(Vector3::from);
        let shift = Vector3::new(0.31, -0.17, 0.23);
        let metric = [1.0, 1.3, 1.7, 0.1, 0.2, 0.15];
        for number in 1..=230 {
            let hall_number = Setting::Standard.hall_number(number).unwrap();
            let found = space_group(&cell_of(hall_number, metric, sites, shift), 1e-3);
            assert_eq!(found, Some(number as u16), "Hall number {hall_number}");
        }
    }

    #[test]
    fn what_depends_on_the_tolerance_is_not_clear() {
        let stretched = |c: f64| {
            let basis = Matrix3::from_diagonal(&Vector3::new(4.0, 4.0, c));
            Cell::new(Lattice { basis }, vec![Vector3::zeros()], vec![1])
        };
        let found = [4.001, 4.04, 4.3].map(|c| space_group(&stretched(c), 0.1));
        assert_eq!(found, [Some(221), None, Some(123)]);
    }
}
