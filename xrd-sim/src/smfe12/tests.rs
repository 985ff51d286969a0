use xrd_core::{Atom, Lattice};

use super::crystal::*;
use super::*;

fn counts(compositions: impl Iterator<Item = Composition>) -> Vec<usize> {
    compositions
        .map(|c| c.arrangements().unwrap().len())
        .collect()
}

#[test]
fn placements_are_as_many_as_published() {
    let even = counts([0, 2, 4, 6, 8].into_iter().map(Composition::Titanium));
    assert_eq!(even, [1, 13, 134, 539, 854]);
    let odd = counts([1, 3, 5, 7].into_iter().map(Composition::Titanium));
    assert_eq!(odd, [1, 35, 273, 715]);
    assert_eq!(
        counts((0..5).map(Composition::Zirconium)),
        [1, 2, 7, 10, 15]
    );
}

#[test]
fn multiplicities_fill_the_binomials() {
    let total = |c: Composition| -> usize {
        c.arrangements()
            .unwrap()
            .iter()
            .map(|p| p.multiplicity)
            .sum()
    };
    assert_eq!(total(Composition::Titanium(4)), 1820);
    assert_eq!(total(Composition::Titanium(8)), 12_870);
    assert_eq!(total(Composition::Zirconium(3)), 56);
}

#[test]
fn the_double_dumbbell_is_the_first_of_its_kind() {
    let host = Host::new(1.0, 0.0, [2, 2, 1]).unwrap().structure;
    let at = |i: usize| host.atoms()[SITES_8I_OF_4.start + i].position;
    let partner = |i: usize, j: usize| {
        let delta = [0, 1, 2].map(|k| (at(i)[k] - at(j)[k]) - (at(i)[k] - at(j)[k]).round());
        let d2: f64 = host.lattice().cartesian(delta).iter().map(|x| x * x).sum();
        // The atoms of a dumbbell are 2.40 Å apart, all others on 8i more than 2.8 Å.
        i != j && d2.sqrt() < 2.6
    };
    let has_partner = |i: &usize, p: &Placement| p.chosen.iter().any(|&j| partner(*i, j));
    let complete = |p: &Placement| p.chosen.iter().all(|i| has_partner(i, p));
    let all = Composition::Titanium(4).arrangements().unwrap();
    assert_eq!(
        all.into_iter().find(complete).unwrap().chosen,
        DOUBLE_DUMBBELL
    );
}

#[test]
fn the_host_is_smfe12() {
    let host = Host::new(0.0, 0.0, [1, 1, 1]).unwrap().structure;
    assert_eq!(Symmetry::within(&host, 1e-4).unwrap().space_group, 139);
    assert!((host.lattice().volume() - 8.514 * 8.514 * 4.663 / 2.0).abs() < 1e-9);
    let composition: Vec<_> = host
        .composition()
        .iter()
        .map(|(e, n)| (e.symbol(), *n))
        .collect();
    assert_eq!(composition, [("Fe", 12.0), ("Sm", 1.0)]);
}

#[test]
fn cells_hold_what_their_labels_say() {
    for (composition, _) in Composition::TABLE_1 {
        let placement = &composition.arrangements().unwrap()[0];
        let structure = composition.structure(placement).unwrap();
        let units = structure.atoms().len() as f64 / 13.0;
        for (symbol, expected) in LABELS.iter().zip(composition.labels()) {
            let found = structure.composition();
            let found = found.iter().find(|(e, _)| e.symbol() == *symbol);
            assert_eq!(
                found.map_or(0.0, |(_, n)| n / units),
                expected,
                "{composition:?}"
            );
        }
    }
}

/// Tetragonal a and c of a relaxed cell of 4 or 8 formula units, from the conventional vectors
/// a = p2 + p3, b = p1 + p3, c = p1 + p2 of the primitive ones.
fn tetragonal(structure: &Structure, times: [f64; 3]) -> (f64, f64) {
    let v = structure.lattice().vectors();
    let p = [0, 1, 2].map(|i| v[i].map(|x| x / times[i]));
    let length = |i: usize, j: usize| {
        let sum: f64 = (0..3).map(|k| (p[i][k] + p[j][k]).powi(2)).sum();
        sum.sqrt()
    };
    (0.5 * (length(1, 2) + length(0, 2)), length(0, 1))
}

#[test]
fn mean_cells_follow_the_lattice_formulas() {
    let compositions = [2, 4].map(Composition::Titanium).into_iter();
    for composition in compositions.chain([2, 4].map(Composition::Zirconium)) {
        let times = match composition {
            Composition::Titanium(_) => [2.0, 2.0, 1.0],
            Composition::Zirconium(_) => [2.0; 3],
        };
        let (mut a, mut c, mut n) = (0.0, 0.0, 0.0);
        for placement in composition.arrangements().unwrap() {
            let cell = tetragonal(&composition.structure(&placement).unwrap(), times);
            let weight = placement.multiplicity as f64;
            (a, c, n) = (a + weight * cell.0, c + weight * cell.1, n + weight);
        }
        let ideal = primitive_cell(composition.x(), composition.y()).unwrap();
        let expected = tetragonal(&ideal, [1.0; 3]);
        assert!(
            (a / n - expected.0).abs() < 0.006,
            "{composition:?} a {}",
            a / n
        );
        assert!(
            (c / n - expected.1).abs() < 0.006,
            "{composition:?} c {}",
            c / n
        );
    }
}

#[test]
fn arrangements_of_one_composition_differ_in_geometry() {
    let composition = Composition::Titanium(4);
    // The edges a and b of the conventional cell differ if one direction of dumbbells is preferred.
    let parting = |p: &Placement| {
        let v = *composition.structure(p).unwrap().lattice().vectors();
        let edge = |i: usize, j: usize| -> f64 {
            let sum: f64 = (0..3).map(|k| (v[i][k] / 2.0 + v[j][k]).powi(2)).sum();
            sum.sqrt()
        };
        (edge(0, 2) - edge(1, 2)).abs()
    };
    let partings: Vec<f64> = composition.arrangements().unwrap()[..20]
        .iter()
        .map(parting)
        .collect();
    assert!(partings.iter().any(|p| *p > 0.04) && partings.iter().any(|p| *p < 0.025));
    assert!(partings.iter().all(|p| *p < 0.1));
}

#[test]
fn the_paper_set_has_150_named_arrangements_and_a_seed() {
    let set = paper_set(1).unwrap();
    assert_eq!(set.len(), 150);
    let mut names: Vec<String> = set.iter().map(Arrangement::name).collect();
    names.dedup();
    assert_eq!(names.len(), 150);
    assert_eq!(set, paper_set(1).unwrap());
    assert_ne!(set, paper_set(2).unwrap());
}

#[test]
fn patterns_do_not_depend_on_the_number_of_threads() {
    let set = draw(Composition::Titanium(2), 4, 0).unwrap();
    let instrument = instrument(0.1).unwrap();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| patterns(&instrument, &set, || ()).unwrap())
    };
    let (one, labels) = with(1);
    assert_eq!(one, with(3).0);
    assert_eq!(one.len(), 4);
    assert_eq!(labels.row(0), [1.0, 0.0, 11.5, 0.5]);
    assert!((0..4).all(|i| one.pattern(i).max() == 1.0));
}

/// SmFe11Ti as computed by the Materials Project (PBE, mp-1219022, CC BY 4.0): lattice lengths
/// and angles, then Sm, Ti and 11 Fe.
fn computed_smfe11ti() -> Structure {
    let (long, alpha) = (6.485_912_16, 97.205_221_05);
    let (beta, gamma) = (111.298_847_29, 68.701_152_71);
    let cell = Lattice::from_parameters(4.711_788, long, long, alpha, beta, gamma).unwrap();
    let positions = [
        [0.004842, 0.995158, 0.004842],
        [0.632023, 0.367977, 0.632023],
        [0.499874, 0.997930, 0.499619],
        [0.001815, 0.997930, 0.499619],
        [0.499874, 0.500381, 0.002070],
        [0.001815, 0.500381, 0.002070],
        [0.730804, 0.769196, 0.230804],
        [0.274450, 0.225550, 0.774450],
        [0.499230, 0.775522, 0.773981],
        [0.499230, 0.226019, 0.224478],
        [0.354407, 0.645593, 0.354407],
        [0.000818, 0.355897, 0.357534],
        [0.000818, 0.642466, 0.644103],
    ];
    let symbol = |i| ["Sm", "Ti", "Fe"][usize::min(i, 2)];
    let atom = |(i, p): (usize, &[f64; 3])| Atom::new(element(symbol(i)), *p);
    Structure::new(cell, positions.iter().enumerate().map(atom).collect()).unwrap()
}

/// Sorted distances under `cutoff` Å, by the pair of symbols.
fn bond_lengths(structure: &Structure, pair: [&str; 2], cutoff: f64) -> Vec<f64> {
    let of = |symbol| {
        structure
            .atoms()
            .iter()
            .filter(move |a| a.element().symbol() == symbol)
    };
    let mut lengths = Vec::new();
    for p in of(pair[0]) {
        for q in of(pair[1]) {
            for n in 0..125 {
                let image = [n / 25, n / 5 % 5, n % 5].map(|k| f64::from(k) - 2.0);
                let delta = [0, 1, 2].map(|k| q.position[k] - p.position[k] + image[k]);
                let d2: f64 = structure
                    .lattice()
                    .cartesian(delta)
                    .iter()
                    .map(|x| x * x)
                    .sum();
                if d2 > 1e-6 && d2.sqrt() < cutoff {
                    lengths.push(d2.sqrt());
                }
            }
        }
    }
    lengths.sort_by(f64::total_cmp);
    lengths
}

#[test]
fn bonds_follow_computed_smfe11ti() {
    let host = Host::new(1.0, 0.0, [1, 1, 1]).unwrap();
    let ideal = substitute(&host.structure, &[9], titanium()).unwrap();
    let radii: Vec<f64> = ideal.atoms().iter().map(|a| radius(a.element())).collect();
    let relaxed = BONDS
        .relax(&ideal, &radii, &host.mean_radii)
        .unwrap()
        .structure;
    let computed = computed_smfe11ti();
    let mean = |s: &Structure, pair| {
        let lengths = bond_lengths(s, pair, 3.5);
        (
            lengths.len(),
            lengths.iter().sum::<f64>() / lengths.len() as f64,
        )
    };
    let (n, around_ti) = mean(&computed, ["Ti", "Fe"]);
    assert_eq!((n, mean(&relaxed, ["Ti", "Fe"]).0), (13, 13));
    // Relaxation moves the mean Ti-Fe bond most of the way from that of an average site (2.682 Å)
    // to the computed one (2.696 Å).
    let error = |s: &Structure| (mean(s, ["Ti", "Fe"]).1 - around_ti).abs();
    assert!(
        error(&relaxed) < 0.3 * error(&ideal),
        "{} {}",
        error(&relaxed),
        error(&ideal)
    );
    // Ti on a dumbbell along one axis makes the cell orthorhombic in the same sense.
    let edges = |s: &Structure| {
        let v = s.lattice().vectors();
        let edge = |i: usize, j: usize| -> f64 {
            let sum: f64 = (0..3).map(|k| (v[i][k] + v[j][k]).powi(2)).sum();
            sum.sqrt()
        };
        edge(0, 2) - edge(1, 2)
    };
    // 8.579 - 8.514 Å in the computed cell.
    assert!(
        edges(&relaxed) > 0.03 && edges(&relaxed) < 0.065,
        "{}",
        edges(&relaxed)
    );
}

#[test]
fn the_candidates_for_the_irrelevant_peak_are_where_they_are_said_to_be() {
    let crystal = average_crystal(Composition::Titanium(6)).unwrap();
    let d = instrument(0.1).unwrap().diffraction;
    let lines = crate::reflections(&crystal, &d, 1.0..=40.0).unwrap();
    let strongest = lines.iter().map(|r| r.intensity).fold(0.0, f64::max);
    let find = |hkl| lines.iter().find(|r| conventional_hkl(r.hkl) == hkl);
    let (first, second) = (find([1, 1, 0]).unwrap(), find([0, 0, 2]).unwrap());
    assert!((first.two_theta_deg - 4.72).abs() < 0.03, "{first:?}");
    assert!((second.two_theta_deg - 12.1).abs() < 0.1, "{second:?}");
    assert_eq!((first.multiplicity, second.multiplicity), (4, 2));
    assert!(second.intensity / strongest > 0.1);
    // Body centring forbids h + k + l odd.
    assert!(find([0, 0, 1]).is_none());
    assert!(
        lines
            .iter()
            .all(|r| conventional_hkl(r.hkl).iter().sum::<i32>() % 2 == 0)
    );
}
