//! Reader of crystal structures in CIF. The tags of the core dictionary and common variants of them
//! are read.
//!
//! ```text
//! _cell_length_a 5.64(1)             lengths in Å and angles in degrees, 90 by default
//! _space_group_name_H-M_alt 'F m -3 m'
//! loop_ _space_group_symop_operation_xyz
//!  'x,y,z' '-x,-y,z' ...             images of every site
//! loop_ _atom_site_label _atom_site_type_symbol _atom_site_fract_x ...
//!  Na1 Na1+ 0 0 0                    a site, in fractional coordinates
//! loop_ _atom_site_aniso_label _atom_site_aniso_U_11 ...
//!  Na1 0.01 ...                      displacements, joined to the sites by label
//! ```
//!
//! Older tags (`_symmetry_equiv_pos_as_xyz`, `_symmetry_space_group_name_H-M`) and tags with dots
//! have the same meaning. Source: IUCr core dictionary cif_core.dic 2.4 and 3.2.

mod content;
mod displacement;
mod metric;
mod sites;
mod strays;
mod symmetry;

use std::path::Path;

use xrd_core::Lattice;

use super::crystal::{Crystal, Obstacle, Site, SpaceGroup, SymmetrySource};
use super::formula::{self, Amounts};
use super::{MOST_ATOMS, cell};
use crate::cif::{self, Block, Value, number};
use crate::error::{Error, Place, Result, shorten};
use sites::Notes;

const COORDINATES: [&str; 3] = [
    "_atom_site_fract_x",
    "_atom_site_fract_y",
    "_atom_site_fract_z",
];

/// Prefixes of the tags that describe a structure.
const STRUCTURAL: [&str; 4] = ["_cell_", "_atom_site_", "_symmetry_", "_space_group_"];

/// The crystals of a text, one for each block with atoms.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<Crystal>> {
    if let Some((tag, line)) = cif::before_first_block(text, &STRUCTURAL) {
        let found = format!("{} before the first data_ line", shorten(tag));
        let place = Place::Line(line as usize);
        return Err(Error::malformed(path, place, found, "a data block"));
    }
    let blocks = cif::parse(text);
    refuse_modulated(path, &blocks)?;
    let mut crystals = Vec::new();
    let mut atoms = 0;
    for block in blocks.iter().filter(|b| b.table(COORDINATES[0]).is_some()) {
        let crystal = Reader::new(path, block, MOST_ATOMS - atoms).crystal()?;
        atoms += crystal.images.len().max(crystal.sites.len());
        crystals.push(crystal);
    }
    // If any block has atoms, blocks without atoms are dropped. If none has, blocks that state a
    // formula are kept, as they still hold information.
    let lacks = crystals.first().and_then(|c| c.structure().err());
    let has_atoms = |c: &Crystal| {
        c.sites
            .iter()
            .any(|s| s.species.is_some() || s.symbol != "?")
    };
    if crystals.iter().any(has_atoms) {
        crystals.retain(has_atoms);
    } else {
        crystals.retain(|c| c.formula.is_some());
    }
    if crystals.is_empty() {
        let found = match blocks.is_empty() {
            true => "no data block",
            false => "no atoms with fractional coordinates",
        };
        let expected = "a CIF of a crystal structure";
        return Err(lacks.unwrap_or_else(|| Error::malformed(path, Place::File, found, expected)));
    }
    Ok(crystals)
}

/// Refuses modulated structures, which no three-dimensional space group describes.
fn refuse_modulated(path: &Path, blocks: &[Block]) -> Result<()> {
    const TAGS: [&str; 5] = [
        "_cell_modulation",
        "_cell_wave_vector",
        "_space_group_ssg",
        "_space_group_symop_ssg",
        "_atom_site_displace_fourier",
    ];
    let states =
        |b: &Block, tag: &str| b.states(tag) && !(tag == "_cell_modulation" && is_unmodulated(b));
    match blocks.iter().any(|b| TAGS.iter().any(|tag| states(b, tag))) {
        false => Ok(()),
        true => Err(Error::Unsupported {
            path: path.to_owned(),
            what: "a modulated structure".to_owned(),
            expected: "one with a space group of three dimensions".to_owned(),
        }),
    }
}

/// Whether a block says that it has no modulation.
fn is_unmodulated(block: &Block) -> bool {
    let dimension = block.text(&["_cell_modulation_dimension"]).and_then(number);
    dimension.is_some_and(|d| d.value == 0.0)
}

/// Warnings of one file. Their number is limited, because a file may have an error in every line.
#[derive(Default)]
struct Warnings(Vec<String>);

impl Warnings {
    fn extend(&mut self, warnings: impl IntoIterator<Item = String>) {
        const MOST: usize = 100;
        for warning in warnings {
            match self.0.len() {
                MOST => self.0.push("further warnings are left out".to_owned()),
                count if count < MOST => self.0.push(warning),
                _ => {}
            }
        }
    }
}

/// A block and the information derived from it.
struct Reader<'a> {
    path: &'a Path,
    block: &'a Block<'a>,
    /// The limit on the number of sites, and on the number of their atoms.
    most_atoms: usize,
    formula: Amounts,
    warnings: Warnings,
    obstacle: Option<Obstacle>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, block: &'a Block<'a>, most_atoms: usize) -> Self {
        Self {
            path,
            block,
            most_atoms,
            formula: formula::parse(&block.line_of(&FORMULA).unwrap_or_default()),
            warnings: Warnings::default(),
            obstacle: None,
        }
    }

    fn crystal(mut self) -> Result<Crystal> {
        let rows = self.block.table(COORDINATES[0]).map_or(0, |t| t.rows());
        if rows > self.most_atoms {
            return Err(self.too_many(rows));
        }
        self.check_strays();
        self.note_moments();
        let lattice = self.cell();
        let drafts = self.sites(lattice.as_ref()).into_iter();
        let (mut sites, others): (Vec<Site>, Vec<_>) = drafts.map(|d| (d.site, d.others)).unzip();
        let symmetry = self.symmetry(lattice.as_ref(), &sites);
        let mut images = Vec::new();
        if let Some(lattice) = &lattice {
            let found = cell::images(&mut sites, &symmetry.operations, lattice, self.most_atoms);
            images = found.ok_or_else(|| self.too_many(sites.len()))?;
            sites::arbitrate(&others, &mut sites, &self.formula);
            images = self.without_repeats(&mut sites, images, lattice);
        }
        self.check_content(&sites);
        self.check_volume(lattice.as_ref());
        self.require_atoms(&sites);
        Ok(Crystal {
            path: self.path.to_owned(),
            name: self.block.name.to_owned(),
            formula: self
                .block
                .line_of(&FORMULA)
                .map(|f| one_line(&f))
                .filter(|f| !f.is_empty()),
            lattice,
            space_group: symmetry.space_group,
            sites,
            images,
            warnings: self.warnings.0,
            obstacle: self.obstacle,
        })
    }

    /// Warns that the moments of a magnetic structure are not read.
    fn note_moments(&mut self) {
        const TAGS: [&str; 3] = [
            "_atom_site_moment",
            "_space_group_magn",
            "_space_group_symop_magn",
        ];
        if TAGS.iter().any(|tag| self.block.states(tag)) {
            self.warn("a magnetic structure: its atoms are read, its moments are not used");
        }
    }

    fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.extend([warning.into()]);
    }

    /// Records an obstacle to a full cell; only the first one is kept.
    fn block_with(&mut self, line: Option<u32>, found: impl Into<String>, expected: &'static str) {
        let found = found.into();
        self.warn(match line {
            Some(line) => format!("line {line}: {found}"),
            None => found.clone(),
        });
        self.obstacle.get_or_insert(Obstacle {
            place: line.map_or(Place::File, |l| Place::Line(l as usize)),
            found,
            expected,
        });
    }

    fn too_many(&self, sites: usize) -> Error {
        let found = format!("{sites} sites that symmetry makes over {MOST_ATOMS} atoms");
        let place = Place::Line(self.block.line as usize);
        Error::malformed(self.path, place, found, "a cell of at most that many")
    }

    /// The cell. A missing length is calculated from the volume.
    fn cell(&mut self) -> Option<Lattice> {
        let angle = |of: &mut Self, name| of.cell_value(&format!("_cell_angle_{name}"));
        let [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(|name| {
            // The default of the dictionary.
            angle(self, name).unwrap_or(90.0)
        });
        let lengths = ["a", "b", "c"].map(|name| self.cell_value(&format!("_cell_length_{name}")));
        let [a, b, c] = self.completed(lengths, [alpha, beta, gamma])?;
        match Lattice::from_parameters(a, b, c, alpha, beta, gamma) {
            Ok(lattice) => Some(lattice),
            Err(e) => {
                let line = self.block.any(&["_cell_length_a"]).map(|v| v.line);
                self.block_with(line, e.to_string(), "a cell");
                None
            }
        }
    }

    /// A value of the cell. If it is not a number, a warning is added.
    fn cell_value(&mut self, tag: &str) -> Option<f64> {
        let Some(value) = self.block.any(&[tag]) else {
            if tag.contains("angle") {
                self.warn(format!("no {tag}: assumed to be 90"));
            }
            return None;
        };
        let found = value.known().and_then(number);
        if found.is_none() {
            let text = shorten(value.text);
            self.warn(format!(
                "line {}: {tag} is '{text}', not a number",
                value.line
            ));
        }
        found.map(|n| n.value)
    }

    fn completed(&mut self, lengths: [Option<f64>; 3], angles: [f64; 3]) -> Option<[f64; 3]> {
        let missing: Vec<usize> = (0..3).filter(|&i| lengths[i].is_none()).collect();
        let mut complete = lengths.map(|l| l.unwrap_or(1.0));
        let Some(&first) = missing.first() else {
            return Some(complete);
        };
        let tag = format!("_cell_length_{}", ["a", "b", "c"][first]);
        let volume = self.block.text(&["_cell_volume"]).and_then(number);
        let [a, b, c] = complete;
        let [alpha, beta, gamma] = angles;
        let flat = Lattice::from_parameters(a, b, c, alpha, beta, gamma);
        match (missing.len(), volume, flat) {
            (1, Some(volume), Ok(flat)) if volume.value > 0.0 => {
                complete[first] = volume.value / flat.volume();
                self.warn(format!(
                    "no {tag}: {:.4} follows from _cell_volume {}",
                    complete[first], volume.value
                ));
                Some(complete)
            }
            _ => {
                self.block_with(None, format!("no {tag}"), "a cell");
                None
            }
        }
    }

    /// Removes the images of sites that repeat other sites.
    fn without_repeats(
        &mut self,
        sites: &mut [Site],
        images: Vec<super::crystal::Image>,
        lattice: &Lattice,
    ) -> Vec<super::crystal::Image> {
        let pairs = cell::repeated(sites, &images, lattice);
        let mut notes = Notes::default();
        for &(repeated, first) in &pairs {
            sites[repeated].multiplicity = 0;
            let names = format!("{} ({})", sites[repeated].label, sites[first].label);
            notes.add("left out, as they repeat other sites", &names);
        }
        self.warnings.extend(notes.texts());
        let kept = |i: &super::crystal::Image| sites[i.site].multiplicity > 0;
        let images: Vec<_> = images.into_iter().filter(kept).collect();
        if let Some((crowd, sum)) = cell::crowded(sites, &images, lattice) {
            let label = |i: &usize| shorten(&sites[*i].label);
            let labels: Vec<String> = crowd.iter().map(label).collect();
            self.warn(format!(
                "the occupancies of {} add up to {} at one place",
                labels.join(", "),
                content::rounded(sum)
            ));
        } else if let Some((a, b, distance)) = cell::overlapping(sites, &images, lattice) {
            let names = (shorten(&sites[a].label), shorten(&sites[b].label));
            self.warn(format!(
                "atoms of '{}' and '{}' are {distance:.2} Å apart, though both are present at once",
                names.0, names.1
            ));
        }
        images
    }

    fn require_atoms(&mut self, sites: &[Site]) {
        let line = self.block.table(COORDINATES[0]).and_then(|t| t.line());
        if !sites.iter().any(|s| s.position.is_some()) {
            self.block_with(line, "no atom has coordinates", "coordinates of the atoms");
        }
    }
}

const FORMULA: [&str; 1] = ["_chemical_formula_sum"];

/// The amount of each element in the cell. Sites of unknown element are skipped.
fn amounts(sites: &[Site]) -> Amounts {
    let mut amounts = Amounts::new();
    for site in sites.iter().filter(|s| s.multiplicity > 0) {
        if let Some(species) = site.species {
            *amounts.entry(species.element).or_default() +=
                site.multiplicity as f64 * site.occupancy;
        }
    }
    amounts
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Parts of a symmetry.
struct Symmetry {
    operations: Vec<crate::symmetry::Operation>,
    space_group: SpaceGroup,
}

impl Symmetry {
    fn new(operations: Vec<crate::symmetry::Operation>, source: SymmetrySource) -> Self {
        let space_group = SpaceGroup {
            name: None,
            number: None,
            operations: operations.len(),
            source,
        };
        Self {
            operations,
            space_group,
        }
    }
}

/// The number in a value, with its line number for error messages.
fn numeric(value: Value) -> Option<f64> {
    value.known().and_then(number).map(|n| n.value)
}
