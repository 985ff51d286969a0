//! The full cell: images of the sites under the symmetry operations, with coinciding images merged.

use xrd_core::Lattice;

use super::crystal::{Image, Site};
use super::near::Neighbours;
use crate::symmetry::Operation;

/// Images of one site closer than this distance in Å are one atom on a special position. The limit
/// is much larger than the rounding error of coordinates such as 0.333 and much smaller than any
/// bond length.
const SAME_ATOM_ANGSTROM: f64 = 0.1;

/// Images closer than this distance in Å cannot be present at the same time, because no two atoms
/// are so close. If the sum of their occupancies is at most 1.05, they are alternative positions.
/// Otherwise they are merged into one atom at their mean position.
const OVERLAP_ANGSTROM: f64 = 0.4;

/// Largest occupancy that counts as a rounded 1.
pub(super) const HIGHEST_OCCUPANCY: f64 = 1.05;

/// The images of all sites that have coordinates. Also sets the number of images of each site.
/// `None` if there are more than `most` images.
///
/// Cost: O(sites · operations).
pub(super) fn images(
    sites: &mut [Site],
    operations: &[Operation],
    lattice: &Lattice,
    most: usize,
) -> Option<Vec<Image>> {
    let mut all = Vec::new();
    for (index, site) in sites.iter_mut().enumerate() {
        let Some(position) = site.position else {
            continue;
        };
        let found = orbit(position, site.occupancy, operations, lattice);
        site.multiplicity = found.len();
        if all.len() + found.len() > most {
            return None;
        }
        all.extend(found.into_iter().map(|(position, operation)| {
            Image {
                site: index,
                position,
                displacement: site
                    .displacement
                    .map(|d| d.rotated(&operation.rotation, lattice)),
            }
        }));
    }
    Some(all)
}

/// The distinct images of a position, each with an operation that produces it.
fn orbit<'a>(
    position: [f64; 3],
    occupancy: f64,
    operations: &'a [Operation],
    lattice: &Lattice,
) -> Vec<([f64; 3], &'a Operation)> {
    let images = operations
        .iter()
        .map(|o| (o.apply(position).map(into_cell), o));
    let distinct = merged(images.collect(), SAME_ATOM_ANGSTROM, lattice);
    let crowd = crowd(&distinct, lattice);
    if crowd as f64 * occupancy <= HIGHEST_OCCUPANCY {
        return distinct;
    }
    merged(distinct, OVERLAP_ANGSTROM, lattice)
}

/// The number of images that coincide with the first image, including that image. By symmetry this
/// number is the same for all images.
fn crowd(images: &[([f64; 3], &Operation)], lattice: &Lattice) -> usize {
    let Some((first, _)) = images.first() else {
        return 0;
    };
    let mut points = Neighbours::within(OVERLAP_ANGSTROM, lattice);
    images.iter().for_each(|(p, _)| points.insert(0, *p));
    points.of(*first).len()
}

/// Merges images closer than a distance into their mean.
fn merged<'a>(
    images: Vec<([f64; 3], &'a Operation)>,
    distance: f64,
    lattice: &Lattice,
) -> Vec<([f64; 3], &'a Operation)> {
    let mut points = Neighbours::within(distance, lattice);
    let mut groups: Vec<([f64; 3], &Operation, [f64; 3], f64)> = Vec::new();
    for (position, operation) in images {
        // A group is identified by its first image.
        match points.of(position).first() {
            Some(&(group, way)) => {
                let (_, _, sum, count) = &mut groups[group];
                (0..3).for_each(|i| sum[i] -= way[i]);
                *count += 1.0;
            }
            None => {
                points.insert(groups.len(), position);
                groups.push((position, operation, [0.0; 3], 1.0));
            }
        }
    }
    let mean = |(first, operation, sum, count): ([f64; 3], &'a Operation, [f64; 3], f64)| {
        let mean = [0, 1, 2].map(|i| into_cell(first[i] + sum[i] / count));
        (mean, operation)
    };
    groups.into_iter().map(mean).collect()
}

/// Maps a coordinate into 0 <= x < 1; a value just below 1 by rounding counts as 0.
pub(super) fn into_cell(x: f64) -> f64 {
    let x = x.rem_euclid(1.0);
    if x > 1.0 - 1e-9 { 0.0 } else { x }
}

/// Sites that repeat the atoms of another site, as pairs (repeated, first). Both sites have the
/// same element and position, and their occupancies add up to more than 1.
pub(super) fn repeated(sites: &[Site], images: &[Image], lattice: &Lattice) -> Vec<(usize, usize)> {
    let mut points = Neighbours::within(SAME_ATOM_ANGSTROM, lattice);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for image in images {
        let site = &sites[image.site];
        let is_same = |&(other, _): &(usize, [f64; 3])| {
            let first = &sites[other];
            other != image.site
                && first.species == site.species
                && first.occupancy + site.occupancy > HIGHEST_OCCUPANCY
        };
        let first = points.of(image.position).into_iter().find(is_same);
        match first {
            Some((first, _)) if pairs.last().is_none_or(|p| p.0 != image.site) => {
                pairs.push((image.site, first));
            }
            Some(_) => {}
            None => points.insert(image.site, image.position),
        }
    }
    pairs
}

/// Largest sum of occupancies at one position that the simulation of patterns accepts.
const HIGHEST_SUM: f64 = 1.02;

/// Sites at one position whose occupancies add up to more than 1, with the sum.
pub(super) fn crowded(
    sites: &[Site],
    images: &[Image],
    lattice: &Lattice,
) -> Option<(Vec<usize>, f64)> {
    let mut points = Neighbours::within(SAME_ATOM_ANGSTROM, lattice);
    for image in images {
        points.insert(image.site, image.position);
    }
    for image in images {
        let mut near: Vec<usize> = points.of(image.position).iter().map(|p| p.0).collect();
        near.sort_unstable();
        near.dedup();
        let sum: f64 = near.iter().map(|&i| sites[i].occupancy.min(1.0)).sum();
        if near.len() > 1 && sum > HIGHEST_SUM {
            return Some((near, sum));
        }
    }
    None
}

/// Two sites whose atoms overlap although both are present at the same time, with their distance in
/// Å.
pub(super) fn overlapping(
    sites: &[Site],
    images: &[Image],
    lattice: &Lattice,
) -> Option<(usize, usize, f64)> {
    let mut points = Neighbours::within(2.0 * OVERLAP_ANGSTROM, lattice);
    for image in images {
        let site = &sites[image.site];
        let mut near = points.of(image.position).into_iter();
        let found = near.find(|&(other, _)| {
            site.occupancy + sites[other].occupancy > HIGHEST_OCCUPANCY
                && !hydrogen_pair(site, &sites[other])
        });
        if let Some((other, way)) = found {
            let length = lattice.cartesian(way).iter().map(|x| x * x).sum::<f64>();
            return Some((image.site, other, length.sqrt()));
        }
        points.insert(image.site, image.position);
    }
    None
}

/// Whether one of two sites is hydrogen, which may be close to other atoms, particularly in X-ray
/// structures.
fn hydrogen_pair(a: &Site, b: &Site) -> bool {
    let light = |s: &Site| s.species.is_some_and(|s| s.element.number() == 1);
    light(a) || light(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(symbol: &str, position: [f64; 3], occupancy: f64) -> Site {
        Site {
            label: symbol.to_owned(),
            species: symbol.parse::<xrd_core::Element>().ok().map(Into::into),
            symbol: symbol.to_owned(),
            position: Some(position),
            occupancy,
            displacement: None,
            disorder: None,
            multiplicity: 0,
        }
    }

    fn mirror() -> Vec<Operation> {
        let text = ["x,y,z", "-x,y,z"];
        text.iter().filter_map(|t| Operation::parse(t)).collect()
    }

    fn cell() -> Lattice {
        Lattice::from_parameters(10.0, 10.0, 10.0, 90.0, 90.0, 90.0).unwrap()
    }

    fn positions(x: f64, occupancy: f64) -> Vec<f64> {
        let mut sites = [site("C", [x, 0.5, 0.5], occupancy)];
        let images = images(&mut sites, &mirror(), &cell(), 100).unwrap();
        assert_eq!(sites[0].multiplicity, images.len());
        images
            .iter()
            .map(|i| (1e6 * i.position[0]).round() / 1e6)
            .collect()
    }

    #[test]
    fn images_that_coincide_are_one_atom() {
        assert_eq!(positions(0.3, 1.0), [0.3, 0.7]);
        assert_eq!(positions(0.0, 1.0), [0.0]);
        // Rounded coordinates: 0.04 Å apart, then exactly on the mirror plane.
        assert_eq!(positions(0.002, 0.5), [0.0]);
        // 0.3 Å apart: one atom if both would be present, otherwise alternatives.
        assert_eq!(positions(0.015, 1.0), [0.0]);
        assert_eq!(positions(0.015, 0.5), [0.015, 0.985]);
        assert_eq!(positions(0.985, 0.5), [0.985, 0.015]);
    }

    #[test]
    fn too_many_are_none() {
        let mut sites = [site("C", [0.3, 0.5, 0.5], 1.0)];
        assert!(images(&mut sites, &mirror(), &cell(), 1).is_none());
    }

    #[test]
    fn repeats_and_overlaps_are_found() {
        let found = |list: &[Site]| {
            let mut sites = list.to_vec();
            let images = images(&mut sites, &mirror(), &cell(), 100).unwrap();
            let overlap = overlapping(&sites, &images, &cell()).map(|o| (o.0, o.1));
            (repeated(&sites, &images, &cell()), overlap)
        };
        let a = site("Fe", [0.3, 0.0, 0.0], 1.0);
        assert_eq!(
            found(&[a.clone(), site("Fe", [0.7, 0.0, 0.0], 1.0)]),
            (vec![(1, 0)], Some((1, 0)))
        );
        assert_eq!(
            found(&[a.clone(), site("Co", [0.35, 0.0, 0.0], 1.0)]),
            (vec![], Some((1, 0)))
        );
        assert_eq!(
            found(&[a.clone(), site("H", [0.35, 0.0, 0.0], 1.0)]),
            (vec![], None)
        );
        let half = |s: &str| site(s, [0.3, 0.0, 0.0], 0.5);
        let three = [half("Fe"), half("Co"), half("Fe")];
        assert_eq!(found(&three).0, vec![]);
        let crowd = |list: &[Site]| {
            let mut sites = list.to_vec();
            let images = images(&mut sites, &mirror(), &cell(), 100).unwrap();
            crowded(&sites, &images, &cell())
        };
        assert_eq!(crowd(&three), Some((vec![0, 1, 2], 1.5)));
        assert_eq!(crowd(&three[..2]), None);
        assert_eq!(found(&[a]), (vec![], None));
    }
}
