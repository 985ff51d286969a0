//! Computes the tables of space groups from the operations of the groups, and compares them.
//!
//! ```text
//! cargo test -p xrd-symmetry --release -- --ignored
//! XRD_WRITE_TABLES=1 cargo test -p xrd-symmetry --release -- --ignored    writes the tables again
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use moyo::base::{Lattice, Operation, Operations};
use moyo::data::{HallSymbol, HallSymbolEntry, Setting, hall_symbol_entry};
use moyo::identify::SpaceGroup as Found;
use moyo::subgroup::{
    enumerate_klassengleiche_subgroups_by_index, enumerate_translationengleiche_subgroups,
};
use nalgebra::{Matrix3, Vector3};

const EPSILON: f64 = 1e-5;

/// Enantiomorphic pairs whose smallest isomorphic subgroups of the other hand have the index 5.
const INDEX_5: [u16; 4] = [169, 170, 178, 179];

/// P4₃32 and P4₁32 are isomorphic subgroups of each other of index 27 (cell 3a), too many operations to list
/// their subgroups: International Tables A1, P4₁32, IIc.
const INDEX_27: [u16; 2] = [212, 213];

fn entry(number: u16) -> HallSymbolEntry {
    let hall = Setting::Standard.hall_number(i32::from(number)).unwrap();
    hall_symbol_entry(hall).unwrap()
}

fn hall_symbol(number: u16) -> HallSymbol {
    HallSymbol::from_hall_number(entry(number).hall_number).unwrap()
}

/// A lattice that the rotations leave as it is, and otherwise without symmetry.
fn lattice(operations: &Operations) -> Lattice {
    let any = Matrix3::new(1.0, 0.13, 0.071, 0.13, 1.37, 0.093, 0.071, 0.093, 1.91);
    let turned = operations.iter().map(|o| {
        let rotation = o.rotation.map(f64::from);
        rotation.transpose() * any * rotation
    });
    let metric: Matrix3<f64> = turned.sum();
    Lattice::new(metric.cholesky().unwrap().l())
}

#[test]
fn groups_with_an_inversion_are_centrosymmetric() {
    for group in xrd_symmetry::SpaceGroup::all() {
        let operations = hall_symbol(group.number()).primitive_traverse();
        let inverts = operations
            .iter()
            .any(|o| o.rotation == -Matrix3::identity());
        assert_eq!(group.is_centrosymmetric(), inverts, "{group}");
    }
}

/// Number of the space group of operations in a primitive basis.
fn identify(operations: &Operations) -> u16 {
    let found = Found::from_lattice(&lattice(operations), operations, Setting::Standard, 1e-4);
    found.unwrap().number as u16
}

/// Whether a lattice of index 2 that all rotations keep lies between the lattice and a part of it.
fn is_between(operations: &Operations, part: &Matrix3<i32>) -> bool {
    let is_even = |v: i32| v.rem_euclid(2) == 0;
    (1..8).any(|bits: i32| {
        // Points whose product with `mask` is even.
        let mask = Vector3::new(bits & 1, bits >> 1 & 1, bits >> 2 & 1);
        let contains = (0..3).all(|k| is_even(part.column(k).dot(&mask)));
        let kept = |o: &Operation| {
            (o.rotation.transpose() * mask - mask)
                .iter()
                .all(|v| is_even(*v))
        };
        contains && operations.iter().all(kept)
    })
}

/// Types of the maximal subgroups, without the type itself.
fn maximal_subgroups(number: u16) -> BTreeSet<u16> {
    let operations = hall_symbol(number).primitive_traverse();
    assert_eq!(identify(&operations), number);
    let mut found = BTreeSet::new();
    for class in enumerate_translationengleiche_subgroups(&operations, EPSILON).unwrap() {
        if class.representative.depth == 1 {
            found.insert(identify(&class.representative.operations));
        }
    }
    let identity = Matrix3::identity();
    let is_threefold = |r: Matrix3<i32>| r != identity && r * r * r == identity;
    let mut indices = vec![2, 3];
    if operations.iter().any(|o| is_threefold(o.rotation)) {
        indices.push(4);
    }
    if INDEX_5.contains(&number) {
        indices.push(5);
    }
    for index in indices {
        for class in
            enumerate_klassengleiche_subgroups_by_index(&operations, index, EPSILON).unwrap()
        {
            let subgroup = &class.representative;
            if index != 4 || !is_between(&operations, &subgroup.transformation) {
                found.insert(identify(&subgroup.operations));
            }
        }
    }
    if INDEX_27.contains(&number) {
        found.extend(INDEX_27);
    }
    found.remove(&number);
    found
}

/// Reflections that are systematically absent, up to the index `MOST`.
struct Absences {
    operations: Operations,
    centring: Vec<Vector3<f64>>,
}

const MOST: i32 = 8;

impl Absences {
    fn of(number: u16) -> Self {
        Self {
            operations: hall_symbol(number).traverse(),
            centring: entry(number).centering.lattice_points(),
        }
    }

    fn by_lattice(&self, h: Vector3<i32>) -> bool {
        self.centring.iter().any(|t| !is_whole(h, t))
    }

    fn has(&self, h: Vector3<i32>) -> bool {
        let by = |o: &Operation| o.rotation.transpose() * h == h && !is_whole(h, &o.translation);
        self.by_lattice(h) || self.operations.iter().any(by)
    }
}

fn is_whole(h: Vector3<i32>, t: &Vector3<f64>) -> bool {
    let product = h.map(f64::from).dot(t);
    (product - product.round()).abs() < 1e-3
}

/// Lattices of the same family have the same metric.
fn family(number: u16) -> usize {
    [2, 15, 74, 142, 194].partition_point(|last| *last < number)
}

/// The absences in the order of the axes that comes first.
fn signature(number: u16) -> Vec<bool> {
    let absences = Absences::of(number);
    let orders = match family(number) {
        2 => vec![
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ],
        _ => vec![[0, 1, 2]],
    };
    let signature = |order: [usize; 3]| {
        let range = -MOST..=MOST;
        let mut bits = Vec::new();
        for h in range.clone() {
            for k in range.clone() {
                for l in range.clone() {
                    let v = [h, k, l];
                    bits.push(absences.has(order.map(|i| v[i]).into()));
                }
            }
        }
        bits
    };
    orders.into_iter().map(signature).min().unwrap()
}

/// A symmetry direction with the glide planes that are possible across it.
type Direction = ([i32; 3], &'static [(&'static str, &'static [[f64; 3]])]);

const A: [f64; 3] = [0.5, 0.0, 0.0];
const B: [f64; 3] = [0.0, 0.5, 0.0];
const C: [f64; 3] = [0.0, 0.0, 0.5];
const ACROSS_A: Direction = (
    [1, 0, 0],
    &[
        ("-", &[]),
        ("b", &[B]),
        ("c", &[C]),
        ("n", &[[0.0, 0.5, 0.5]]),
        ("e", &[B, C]),
        ("d", &[[0.0, 0.25, 0.25]]),
    ],
);
const ACROSS_A_TETRAGONAL: Direction = (
    [1, 0, 0],
    &[
        ("-", &[]),
        ("c", &[C]),
        ("b", &[B]),
        ("n", &[[0.0, 0.5, 0.5]]),
        ("e", &[B, C]),
        ("d", &[[0.0, 0.25, 0.25]]),
    ],
);
const ACROSS_B: Direction = (
    [0, 1, 0],
    &[
        ("-", &[]),
        ("a", &[A]),
        ("c", &[C]),
        ("n", &[[0.5, 0.0, 0.5]]),
        ("e", &[A, C]),
        ("d", &[[0.25, 0.0, 0.25]]),
    ],
);
const ACROSS_C: Direction = (
    [0, 0, 1],
    &[
        ("-", &[]),
        ("a", &[A]),
        ("b", &[B]),
        ("n", &[[0.5, 0.5, 0.0]]),
        ("e", &[A, B]),
        ("d", &[[0.25, 0.25, 0.0]]),
    ],
);
const DIAGONAL: Direction = (
    [1, -1, 0],
    &[("-", &[]), ("c", &[C]), ("d", &[[0.25, 0.25, 0.25]])],
);
const DIAGONAL_OF_P: Direction = (
    [1, -1, 0],
    &[
        ("-", &[]),
        ("n", &[[0.5, 0.5, 0.5]]),
        ("d", &[[0.25, 0.25, 0.25]]),
    ],
);

/// The extinction symbol in the standard setting of a space group.
fn extinction_symbol(number: u16) -> String {
    let absences = Absences::of(number);
    let lattice = entry(number).hm_short.chars().next().unwrap();
    let directions: Vec<Direction> = match family(number) {
        0 => return format!("{lattice} -"),
        1 => vec![ACROSS_B],
        2 => vec![ACROSS_A, ACROSS_B, ACROSS_C],
        3 | 4 => vec![ACROSS_C, ACROSS_A_TETRAGONAL, DIAGONAL],
        _ if lattice == 'P' => vec![ACROSS_C, DIAGONAL_OF_P],
        _ => vec![ACROSS_C, DIAGONAL],
    };
    let glides: Vec<_> = directions
        .iter()
        .map(|d| glide(&absences, d, lattice))
        .collect();
    let on_axis = |axis: [i32; 3], l: i32| Vector3::from(axis) * l;
    let mut parts = Vec::new();
    for (direction, (letter, _)) in directions.iter().zip(&glides) {
        let axis = direction.0;
        // The lattice, and the glide planes that contain the axis, also those across equivalent directions.
        let by_glide = |h: Vector3<i32>| {
            let across = directions.iter().zip(&glides);
            let in_zone = across.filter(|(d, _)| h.dot(&Vector3::from(d.0)) == 0);
            let mut steps = in_zone.flat_map(|(_, (_, steps))| steps.iter());
            steps.any(|t| !is_whole(h, &Vector3::from(*t)))
        };
        let implied = |l: i32| {
            let h = on_axis(axis, l);
            let images = absences
                .operations
                .iter()
                .map(|o| o.rotation.transpose() * h);
            absences.by_lattice(h) || images.into_iter().any(by_glide)
        };
        let seen = |l: &i32| !absences.has(on_axis(axis, *l));
        let is_shown = axis.iter().filter(|x| **x != 0).count() == 1
            && (1..=12).any(|l| !seen(&l) && !implied(l));
        let step = (1..=12).find(seen).unwrap();
        let screw = match (is_shown, step, family(number), axis) {
            (false, ..) => "",
            (_, 2, 3, [0, 0, 1]) => "4_2",
            (_, 4, ..) => "4_1",
            (_, 2, 4, _) => "6_3",
            (_, 3, ..) => "3_1",
            (_, 6, ..) => "6_1",
            (_, 2, ..) => "2_1",
            other => panic!("{number}: {other:?}"),
        };
        parts.push(match (screw, *letter) {
            ("", letter) => letter.to_owned(),
            (screw, "-") => screw.to_owned(),
            (screw, letter) => format!("{screw}/{letter}"),
        });
    }
    match family(number) {
        1 => format!("{lattice} 1 {} 1", parts[0]),
        // No plane is across the threefold axes of a rhombohedral and a cubic lattice.
        4 if lattice == 'R' => format!("R {} {}", parts[0], parts[1]),
        5 => format!("{lattice} {} - {}", parts[0], parts[1]),
        _ => format!("{lattice} {}", parts.join(" ")),
    }
}

type Glide = (&'static str, &'static [[f64; 3]]);

/// The glide plane across a direction that the absences show.
fn glide(absences: &Absences, direction: &Direction, lattice: char) -> Glide {
    let axis = Vector3::from(direction.0);
    let range = -MOST..=MOST;
    let zone: Vec<Vector3<i32>> = range
        .clone()
        .flat_map(|h| {
            range.clone().flat_map({
                let range = range.clone();
                move |k| range.clone().map(move |l| Vector3::new(h, k, l))
            })
        })
        // Without those on an axis, which screws make absent, too.
        .filter(|h| {
            h.dot(&axis) == 0
                && (h.iter().filter(|x| **x != 0).count() >= 2)
                && on_no_diagonal(h, &axis)
        })
        .collect();
    let fits = |glide: &&Glide| {
        let absent = |h: Vector3<i32>| {
            absences.by_lattice(h) || glide.1.iter().any(|t| !is_whole(h, &Vector3::from(*t)))
        };
        zone.iter().all(|h| absent(*h) == absences.has(*h))
    };
    // Two glide planes in one, across the centred face.
    let centred = match direction.0 {
        [1, 0, 0] => 'A',
        [0, 1, 0] => 'B',
        _ => 'C',
    };
    let is_double = |g: &&Glide| g.0 == "e";
    let doubled = direction
        .1
        .iter()
        .filter(is_double)
        .filter(|_| lattice == centred);
    let single = direction.1.iter().filter(|g| !is_double(g));
    let none = direction.1.iter().take(1);
    none.chain(doubled)
        .chain(single)
        .find(fits)
        .copied()
        .unwrap_or_else(|| panic!("no glide plane across {axis}"))
}

/// Leaves out (hh0) of a diagonal zone, and (hhl) of the others.
fn on_no_diagonal(h: &Vector3<i32>, axis: &Vector3<i32>) -> bool {
    match axis.iter().filter(|x| **x != 0).count() {
        1 => {
            let rest: Vec<i32> = h.iter().copied().filter(|x| *x != 0).collect();
            rest.len() < 2 || rest[0].abs() != rest[1].abs()
        }
        _ => h[2] != 0 && h[0] != 0 && h[0].abs() != h[2].abs(),
    }
}

fn tables() -> String {
    let numbers = 1..=230u16;
    let mut members: BTreeMap<(usize, Vec<bool>), Vec<u16>> = BTreeMap::new();
    for n in numbers.clone() {
        members
            .entry((family(n), signature(n)))
            .or_default()
            .push(n);
    }
    let mut classes: Vec<Vec<u16>> = members.into_values().collect();
    classes.sort();
    let of = |n: u16| classes.iter().position(|c| c.contains(&n)).unwrap();
    let mut text = String::from(
        "//! Tables of the space groups. `cargo test -p xrd-symmetry --release -- --ignored` computes them.\n\n",
    );
    let mut list = |comment: &str, name: &str, kind: &str, items: Vec<String>| {
        let count = items.len();
        let _ = write!(
            text,
            "/// {comment}\n#[rustfmt::skip]\npub(super) const {name}: [{kind}; {count}] = [\n"
        );
        for row in items.chunks(if kind == "u8" {
            20
        } else if kind == "&[u8]" {
            1
        } else {
            8
        }) {
            let _ = writeln!(text, "    {},", row.join(", "));
        }
        text.push_str("];\n\n");
    };
    let symbol = |n: u16| format!("{:?}", entry(n).hm_short.replace(' ', ""));
    list(
        "Short Hermann-Mauguin symbols.",
        "SYMBOLS",
        "&str",
        numbers.clone().map(symbol).collect(),
    );
    let extinction = |c: &Vec<u16>| format!("{:?}", extinction_symbol(c[0]));
    list(
        "Extinction symbols.",
        "EXTINCTION_SYMBOLS",
        "&str",
        classes.iter().map(extinction).collect(),
    );
    list(
        "Index of the extinction symbol of each space group.",
        "EXTINCTION_OF",
        "u8",
        numbers.clone().map(|n| of(n).to_string()).collect(),
    );
    let subgroups = |n| {
        format!(
            "&{:?}",
            maximal_subgroups(n).into_iter().collect::<Vec<_>>()
        )
    };
    list(
        "Types of the maximal subgroups of each space group, other than its own.",
        "SUBGROUPS",
        "&[u8]",
        numbers.map(subgroups).collect(),
    );
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[test]
#[ignore = "takes half a minute in release mode"]
fn tables_are_those_of_the_operations() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/space_group/table.rs");
    let computed = tables();
    if std::env::var_os("XRD_WRITE_TABLES").is_some() {
        std::fs::write(path, &computed).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == computed,
        "{path} is not what is computed"
    );
}

/// The quick part: symbols, absences, and the subgroups of groups without a threefold axis.
#[test]
fn low_symmetries_are_those_of_the_operations() {
    use xrd_symmetry::SpaceGroup;
    for n in (1..=30).chain([62, 99, 122]) {
        let group = SpaceGroup::from_number(n).unwrap();
        let listed: Vec<u16> = group.maximal_subgroups().map(SpaceGroup::number).collect();
        assert_eq!(
            listed,
            maximal_subgroups(n).into_iter().collect::<Vec<_>>(),
            "{group}"
        );
        let first = group.extinction_group().space_groups().next().unwrap();
        assert_eq!(
            group.extinction_group().symbol(),
            extinction_symbol(first.number())
        );
    }
}
