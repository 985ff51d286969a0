//! Laws of group theory that the tables obey.

use std::collections::BTreeSet;

use xrd_symmetry::{CrystalSystem, ExtinctionGroup, SpaceGroup};

/// Last space group and order of each of the 32 crystal classes.
const CLASSES: [(u16, usize); 32] = [
    (1, 1),
    (2, 2),
    (5, 2),
    (9, 2),
    (15, 4),
    (24, 4),
    (46, 4),
    (74, 8),
    (80, 4),
    (82, 4),
    (88, 8),
    (98, 8),
    (110, 8),
    (122, 8),
    (142, 16),
    (146, 3),
    (148, 6),
    (155, 6),
    (161, 6),
    (167, 12),
    (173, 6),
    (174, 6),
    (176, 12),
    (182, 12),
    (186, 12),
    (190, 12),
    (194, 24),
    (199, 12),
    (206, 24),
    (214, 24),
    (220, 24),
    (230, 48),
];

/// The eleven pairs of mirror images.
const ENANTIOMORPHS: [[u16; 2]; 11] = [
    [76, 78],
    [91, 95],
    [92, 96],
    [144, 145],
    [151, 153],
    [152, 154],
    [169, 170],
    [171, 172],
    [178, 179],
    [180, 181],
    [212, 213],
];

fn group(number: u16) -> SpaceGroup {
    SpaceGroup::from_number(number).unwrap()
}

fn class(group: SpaceGroup) -> usize {
    CLASSES.partition_point(|(last, _)| *last < group.number())
}

fn mirrored(group: SpaceGroup) -> SpaceGroup {
    let n = group.number();
    let partner = ENANTIOMORPHS.iter().find_map(|[a, b]| match n {
        n if n == *a => Some(*b),
        n if n == *b => Some(*a),
        _ => None,
    });
    self::group(partner.unwrap_or(n))
}

/// C. Hermann (1929): a maximal subgroup has the same translations or the same crystal class. In a
/// space group, its index is the power of a prime (International Tables A1, section 1.2.8).
#[test]
fn maximal_subgroups_keep_the_class_or_have_the_index_of_a_prime_power() {
    for of in SpaceGroup::all() {
        for subgroup in of.maximal_subgroups() {
            let [order, smaller] = [of, subgroup].map(|g| CLASSES[class(g)].1);
            let is_same_class = class(of) == class(subgroup);
            assert!(subgroup != of, "{of} is listed as its own subgroup");
            assert!(
                is_same_class || (order % smaller == 0 && [2, 3, 4].contains(&(order / smaller))),
                "{of} > {subgroup}: orders {order} and {smaller}"
            );
        }
    }
}

#[test]
fn mirror_images_have_mirrored_subgroups() {
    for of in SpaceGroup::all() {
        let images: BTreeSet<_> = of.maximal_subgroups().map(mirrored).collect();
        let expected: BTreeSet<_> = mirrored(of).maximal_subgroups().collect();
        assert_eq!(images, expected, "{of}");
        assert_eq!(of.extinction_group(), mirrored(of).extinction_group());
    }
    for [a, b] in ENANTIOMORPHS {
        let of = |n| group(n).maximal_subgroups().collect::<Vec<_>>();
        assert!(of(a).contains(&group(b)) && of(b).contains(&group(a)));
    }
}

#[test]
fn every_chain_of_subgroups_can_end_in_p1() {
    for of in SpaceGroup::all() {
        let mut seen = BTreeSet::from([of]);
        let mut rest = vec![of];
        while let Some(next) = rest.pop() {
            rest.extend(next.maximal_subgroups().filter(|g| seen.insert(*g)));
        }
        assert!(seen.contains(&group(1)), "{of}");
    }
    assert_eq!(group(1).maximal_subgroups().len(), 0);
    // All other isomorphic subgroups of the lowest symmetries are of the same type.
    assert_eq!(group(2).maximal_subgroups().collect::<Vec<_>>(), [group(1)]);
}

#[test]
fn the_distance_is_a_metric() {
    let some: Vec<_> = SpaceGroup::all().step_by(9).collect();
    for &a in &some {
        assert_eq!(a.distance(a), 0);
        for subgroup in a.maximal_subgroups() {
            assert_eq!(subgroup.distance(a), 1);
        }
        for &b in &some {
            assert!(a == b || a.distance(b) >= 1);
            assert_eq!(a.distance(b), b.distance(a));
            for &c in &some {
                assert!(a.distance(c) <= a.distance(b) + b.distance(c));
            }
        }
    }
}

#[test]
fn extinction_groups_divide_the_space_groups() {
    let sizes = ExtinctionGroup::all().map(|e| e.space_groups().count());
    assert_eq!(sizes.sum::<usize>(), 230);
    let is_hexagonal =
        |s: CrystalSystem| matches!(s, CrystalSystem::Trigonal | CrystalSystem::Hexagonal);
    for extinction in ExtinctionGroup::all() {
        let first = extinction.space_groups().next().unwrap();
        let lattice = extinction.symbol().chars().next().unwrap();
        for other in extinction.space_groups() {
            let [a, b] = [first, other].map(SpaceGroup::crystal_system);
            assert!(a == b || is_hexagonal(a) && is_hexagonal(b), "{extinction}");
            let same = other.symbol().starts_with(lattice);
            // An orthorhombic cell with one centred face is C or A.
            assert!(same || "AC".contains(lattice) && other.symbol().starts_with(['A', 'C']));
        }
    }
    // A symbol occurs once among the lattices of one metric.
    let family = |e: ExtinctionGroup| {
        let system = e.space_groups().next().unwrap().crystal_system();
        if is_hexagonal(system) {
            CrystalSystem::Hexagonal
        } else {
            system
        }
    };
    let symbols: BTreeSet<_> = ExtinctionGroup::all()
        .map(|e| (family(e), e.symbol()))
        .collect();
    assert_eq!(symbols.len(), ExtinctionGroup::all().len());
}

/// International Tables A, table 1.6.4.
#[test]
fn symbols_are_those_of_international_tables() {
    let expected = [
        (2, "P-1", "P -"),
        (12, "C2/m", "C 1 - 1"),
        (14, "P2_1/c", "P 1 2_1/c 1"),
        (15, "C2/c", "C 1 c 1"),
        (19, "P2_12_12_1", "P 2_1 2_1 2_1"),
        (39, "Aem2", "A e - -"),
        (43, "Fdd2", "F d d -"),
        (62, "Pnma", "P n a -"),
        (70, "Fddd", "F d d d"),
        (72, "Ibam", "I b a -"),
        (88, "I4_1/a", "I 4_1/a - -"),
        (136, "P4_2/mnm", "P - n -"),
        (140, "I4/mcm", "I - c -"),
        (142, "I4_1/acd", "I a c d"),
        (148, "R-3", "R - -"),
        (152, "P3_121", "P 3_1 - -"),
        (167, "R-3c", "R - c"),
        (170, "P6_5", "P 6_1 - -"),
        (176, "P6_3/m", "P 6_3 - -"),
        (194, "P6_3/mmc", "P - - c"),
        (205, "Pa-3", "P a - -"),
        (223, "Pm-3n", "P - - n"),
        (225, "Fm-3m", "F - - -"),
        (227, "Fd-3m", "F d - -"),
        (228, "Fd-3c", "F d - c"),
        (230, "Ia-3d", "I a - d"),
    ];
    for (number, symbol, extinction) in expected {
        let group = group(number);
        assert_eq!(
            (group.symbol(), group.extinction_group().symbol()),
            (symbol, extinction)
        );
    }
    assert!(SpaceGroup::from_number(0).is_err() && SpaceGroup::from_number(231).is_err());
    assert!(SpaceGroup::from_number(256 + 14).is_err());
}
