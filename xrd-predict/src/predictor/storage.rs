//! Bytes of a predictor: numbers in little-endian order, positions of atoms in steps of 1/65,520.

mod bytes;

use std::collections::BTreeMap;

use xrd_core::{Atom, Element, Lattice, Structure};

use self::bytes::{Reader, Writer};
use super::Predictor;
use crate::calibration::Calibration;
use crate::cell::{AtomicVolumes, CellModel};
use crate::library::Library;
use crate::prototypes::{Block, Member, Prototype, ordered, permutations};
use crate::ranking::Ranking;
use crate::substitution::{ELEMENTS, KINDS, MEANS, Substitution};
use crate::trees::{Node, Trees};
use crate::{CellSettings, Known, Result};

const MAGIC: &[u8] = b"xrd-predict 2\n";
/// Steps of a fractional coordinate. 65,520 is divisible by 2 to 10 and 12, so that special positions are exact.
const STEPS: f64 = 65_520.0;
/// Number of the feature of a leaf.
const LEAF: u16 = u16::MAX;

impl Predictor {
    /// Bytes of the predictor: about 130 per structure. Positions are rounded to 1/65,520 of the cell.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(MAGIC.to_vec());
        out.u32(self.library.known.len());
        self.library
            .known
            .iter()
            .for_each(|k| write_known(&mut out, k));
        for block in self.library.blocks.values() {
            out.u32(block.members.len());
            out.u32(block.prototypes.len());
            for prototype in &block.prototypes {
                prototype
                    .equivalent
                    .iter()
                    .for_each(|k| out.0.push(*k as u8));
            }
            for member in &block.members {
                out.u32(member.known);
                out.u32(member.prototype);
                let elements = ordered(self.library.known[member.known].formula());
                let is_of = |p: &Vec<u8>| {
                    p.iter()
                        .map(|r| elements[usize::from(*r)])
                        .eq(member.elements.iter().copied())
                };
                let permutation = block.permutations.iter().position(is_of);
                out.0.push(permutation.unwrap_or(0) as u8);
            }
        }
        let tables = self.substitution.tables();
        let coordinates = self.substitution.coordinates();
        let numbers = tables.chain(coordinates);
        numbers.for_each(|v| out.0.extend(v.to_le_bytes()));
        self.cells.volumes().numbers().for_each(|v| out.f64(v));
        self.cells
            .settings()
            .numbers()
            .iter()
            .for_each(|v| out.f64(*v));
        write_trees(&mut out, &self.ranking.order);
        write_trees(&mut out, &self.ranking.groups);
        let points = &self.ranking.calibration.points;
        out.u32(points.len());
        for (share, probability) in points {
            out.f64(*share);
            out.f64(*probability);
        }
        out.0
    }

    /// Reads the bytes of a predictor.
    ///
    /// # Errors
    /// [`Error::File`](crate::Error::File) with the position if the bytes are not a predictor.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader { bytes, at: 0 };
        if input.take(MAGIC.len())? != MAGIC {
            return Err(input.error("the first line is not 'xrd-predict 2'"));
        }
        let count = input.count(30)?;
        let known: Vec<Known> = (0..count)
            .map(|_| read_known(&mut input))
            .collect::<Result<_>>()?;
        let mut of_anonymous: BTreeMap<_, usize> = BTreeMap::new();
        for k in &known {
            *of_anonymous.entry(k.formula().anonymous()).or_default() += 1;
        }
        let mut blocks = BTreeMap::new();
        for anonymous in of_anonymous.into_keys() {
            let permutations = permutations(anonymous.counts());
            let amounts = anonymous.counts().to_vec();
            let block = read_block(&mut input, &known, amounts, permutations)?;
            blocks.insert(anonymous, block);
        }
        let mut table = |length: usize| -> Result<Vec<f32>> {
            let bytes = input.take(4 * length)?;
            let numbers = bytes.chunks_exact(4);
            Ok(numbers
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect())
        };
        let tables = (0..KINDS).map(|_| table(ELEMENTS * ELEMENTS));
        let tables: Vec<Vec<f32>> = tables.collect::<Result<_>>()?;
        let coordinates = table(ELEMENTS * MEANS)?;
        let coordinates = coordinates.chunks_exact(MEANS);
        let coordinates = coordinates.map(|c| std::array::from_fn(|k| c[k])).collect();
        let mut numbers = |n: usize| -> Result<Vec<f64>> { (0..n).map(|_| input.f64()).collect() };
        let volumes = AtomicVolumes::of_numbers(&numbers(AtomicVolumes::NUMBERS)?);
        let settings = CellSettings::of_numbers(&numbers(CellSettings::NUMBERS)?);
        let (order, groups) = (read_trees(&mut input)?, read_trees(&mut input)?);
        let count = input.count(16)?;
        let points = (0..count).map(|_| Ok((input.f64()?, input.f64()?)));
        let points = points.collect::<Result<_>>()?;
        if input.at != bytes.len() {
            return Err(input.error("bytes after the end"));
        }
        Ok(Self {
            library: Library::of_parts(known, blocks),
            substitution: Substitution::of_parts(tables, coordinates),
            cells: CellModel::new(volumes, settings),
            ranking: Ranking {
                order,
                groups,
                calibration: Calibration { points },
            },
        })
    }
}

fn write_known(out: &mut Writer, known: &Known) {
    let id = &known.id().as_bytes()[..known.id().len().min(255)];
    out.0.push(id.len() as u8);
    out.0.extend(id);
    out.0.push(known.space_group() as u8);
    for vector in known.structure().lattice().vectors() {
        vector
            .iter()
            .for_each(|x| out.0.extend((*x as f32).to_le_bytes()));
    }
    let atoms = known.structure().atoms();
    out.u32(atoms.len());
    for atom in atoms {
        out.0.push(atom.element().number());
        for x in atom.position {
            let steps = ((x - x.floor()) * STEPS).round() % STEPS;
            out.0.extend((steps as u16).to_le_bytes());
        }
    }
}

fn read_known(input: &mut Reader) -> Result<Known> {
    let length = input.byte()?;
    let id = String::from_utf8_lossy(input.take(length.into())?).into_owned();
    let space_group = u16::from(input.byte()?);
    let mut vectors = [[0.0; 3]; 3];
    for x in vectors.iter_mut().flatten() {
        let bytes = input.take(4)?;
        *x = f64::from(f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    }
    let count = input.count(7)?;
    let atoms = (0..count).map(|_| {
        let element = Element::from_number(input.byte()?)?;
        let mut position = [0.0; 3];
        for x in &mut position {
            let bytes = input.take(2)?;
            *x = f64::from(u16::from_le_bytes([bytes[0], bytes[1]])) / STEPS;
        }
        Ok(Atom::new(element, position))
    });
    let atoms = atoms.collect::<Result<Vec<_>>>()?;
    Known::new(
        id,
        space_group,
        Structure::new(Lattice::from_vectors(vectors)?, atoms)?,
    )
}

fn read_block(
    input: &mut Reader,
    known: &[Known],
    amounts: Vec<u32>,
    permutations: Vec<Vec<u8>>,
) -> Result<Block> {
    let (members, prototypes) = (input.count(9)?, input.count(permutations.len())?);
    let mut block = Block {
        members: Vec::with_capacity(members),
        prototypes: Vec::with_capacity(prototypes),
        amounts,
        permutations,
    };
    for _ in 0..prototypes {
        let equivalent: Vec<usize> = input
            .take(block.permutations.len())?
            .iter()
            .map(|k| usize::from(*k))
            .collect();
        block.prototypes.push(Prototype {
            members: Vec::new(),
            equivalent,
        });
    }
    for number in 0..members {
        let (of_known, prototype, permutation) = (input.u32()?, input.u32()?, input.byte()?);
        let permutation = block.permutations.get(usize::from(permutation));
        let (Some(k), Some(p), Some(permutation)) = (
            known.get(of_known),
            block.prototypes.get_mut(prototype),
            permutation,
        ) else {
            return Err(
                input.error("a number of a structure, prototype or permutation is too large")
            );
        };
        let elements = ordered(k.formula());
        if elements.len() != permutation.len() {
            return Err(input.error("a structure of another number of elements"));
        }
        p.members.push(number);
        block.members.push(Member {
            known: of_known,
            prototype,
            elements: permutation
                .iter()
                .map(|r| elements[usize::from(*r)])
                .collect(),
        });
    }
    let limit = block.permutations.len();
    let is_wrong = |p: &Prototype| p.equivalent.iter().any(|k| *k >= limit);
    match block.prototypes.iter().any(is_wrong) {
        true => Err(input.error("a number of a permutation is too large")),
        false => Ok(block),
    }
}

fn write_trees(out: &mut Writer, trees: &Trees) {
    out.u32(trees.trees.len());
    for tree in &trees.trees {
        out.u32(tree.len());
        for node in tree {
            let (feature, number, other) = match *node {
                Node::Leaf(value) => (LEAF, value, 0),
                Node::Split {
                    feature,
                    threshold,
                    other,
                } => (feature, threshold, other),
            };
            out.0.extend(feature.to_le_bytes());
            out.0.extend(number.to_le_bytes());
            out.0.extend(other.to_le_bytes());
        }
    }
}

fn read_trees(input: &mut Reader) -> Result<Trees> {
    let count = input.count(4)?;
    let mut trees = Vec::with_capacity(count);
    for _ in 0..count {
        let nodes = input.count(8)?;
        let node = |b: &[u8]| {
            let number = f32::from_le_bytes([b[2], b[3], b[4], b[5]]);
            match u16::from_le_bytes([b[0], b[1]]) {
                LEAF => Node::Leaf(number),
                feature => Node::Split {
                    feature,
                    threshold: number,
                    other: u16::from_le_bytes([b[6], b[7]]),
                },
            }
        };
        trees.push(input.take(8 * nodes)?.chunks_exact(8).map(node).collect());
    }
    Ok(Trees { trees })
}
