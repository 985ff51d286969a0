//! `xrd series`: arrangements of a substitution in a supercell.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use rayon::prelude::*;
use serde_json::json;
use xrd_core::{Element, Structure};
use xrd_io::read_structure;
use xrd_sim::{BondModel, Placement, SiteChoice, SubstitutionSeries, number_of_placements};

use xrd_study::Table;

use crate::options::{Threads, count, positive};
use crate::output::{self, say};

/// Substitute one element for another in a supercell, in all inequivalent arrangements.
///
/// Writes structures.jsonl and arrangements.csv. structures.jsonl has one structure per line, for xrd
/// simulate. arrangements.csv has the columns name, guests, concentration, arrangement (its number
/// among those of its concentration), multiplicity (number of choices of sites that are equivalent by
/// symmetry) and energy (energy that remains in the bonds after relaxation, in Å²; empty without
/// relaxation).
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd series Fe.cif --site Fe --with Co --supercell 2x2x2 --guests 1,2,4 --out feco
  xrd series SmFe12.cif --site Fe@0.36,0,0 --with Ti --supercell 2x1x1 \\
      --concentrations 0.125,0.25 --sample 50
  xrd simulate feco/structures.jsonl --out patterns")]
pub(crate) struct Series {
    /// Structure file (CIF, POSCAR, JSON)
    #[arg(value_name = "FILE")]
    structure: PathBuf,
    /// Atoms to replace: all atoms of an element, or the atom nearest to these fractional coordinates
    /// (in the cell of the file) and all atoms equivalent to it by symmetry
    #[arg(long, value_name = "EL[@X,Y,Z]", value_parser = site)]
    site: SiteChoice,
    /// Element to put in their place
    #[arg(long = "with", value_name = "EL", value_parser = element)]
    guest: Element,
    /// Number of cells along each cell vector
    #[arg(long, value_name = "AxBxC", value_parser = repeats, default_value = "1x1x1")]
    supercell: [usize; 3],
    /// Numbers of atoms to replace in the supercell
    #[arg(
        long,
        value_name = "N,N",
        value_delimiter = ',',
        required_unless_present = "concentrations"
    )]
    guests: Vec<usize>,
    /// Shares of the sites to replace, each a whole number of atoms in the supercell
    #[arg(
        long,
        value_name = "X,X",
        value_delimiter = ',',
        conflicts_with = "guests"
    )]
    concentrations: Vec<f64>,
    /// Draw at most this many arrangements of each composition at random, instead of listing all; for
    /// up to 63 sites
    #[arg(long, value_name = "N", value_parser = count)]
    sample: Option<usize>,
    /// Random seed of --sample
    #[arg(long, value_name = "N", default_value_t = 0, requires = "sample")]
    seed: u64,
    /// Do not relax: keep the cell and the atomic positions of the structure
    #[arg(long)]
    no_relax: bool,
    /// Longest bond in Å, for the relaxation [default: 1.2 times the largest distance from an atom to
    /// its nearest neighbour]
    #[arg(long, value_name = "X", value_parser = positive, conflicts_with = "no_relax")]
    bond_reach: Option<f64>,
    /// Only print the number of arrangements and of choices of sites, and write nothing (by Pólya's
    /// theorem, for up to 110 sites)
    #[arg(long, conflicts_with_all = ["sample", "no_relax", "bond_reach"])]
    count: bool,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "series")]
    out: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

fn element(text: &str) -> Result<Element, String> {
    text.parse().map_err(|e: xrd_core::Error| e.to_string())
}

/// Reads EL or EL@X,Y,Z.
fn site(text: &str) -> Result<SiteChoice, String> {
    let Some((symbol, place)) = text.split_once('@') else {
        return element(text).map(SiteChoice::new);
    };
    let numbers: Vec<f64> = place.split(',').flat_map(str::parse).collect();
    match numbers[..] {
        [x, y, z] if numbers.iter().all(|x| x.is_finite()) && place.matches(',').count() == 2 => {
            let of_element = SiteChoice::new(element(symbol)?);
            Ok(of_element.with_near([x, y, z]))
        }
        _ => Err("expected an element, or EL@X,Y,Z with fractional coordinates".into()),
    }
}

/// Reads AxBxC.
fn repeats(text: &str) -> Result<[usize; 3], String> {
    let numbers: Vec<usize> = text.split('x').flat_map(str::parse).collect();
    match numbers[..] {
        [a, b, c] if text.matches('x').count() == 2 && a * b * c > 0 => Ok([a, b, c]),
        _ => Err("expected AxBxC with whole numbers from 1".into()),
    }
}

/// One arrangement of a series, ready to be written.
struct Row {
    name: String,
    guests: usize,
    index: usize,
    multiplicity: usize,
    energy: Option<f64>,
    structure: Structure,
}

impl Series {
    pub(crate) fn run(self) -> Result<()> {
        let pool = self.threads.pool()?;
        let named = || self.structure.display().to_string();
        let cell = read_structure(&self.structure)?;
        let series = SubstitutionSeries::new(&cell, self.site, self.guest, self.supercell)
            .with_context(named)?;
        let all = self.guests_of(series.sites())?;
        if self.count {
            return self.print_counts(&series, &all);
        }
        let rows = pool.install(|| {
            let rows = all.iter().map(|&guests| self.rows(&series, guests));
            rows.collect::<Result<Vec<_>>>()
        })?;
        let rows: Vec<Row> = rows.into_iter().flatten().collect();
        self.write(&rows, series.sites())
    }

    /// The number of atoms to replace, for each composition.
    fn guests_of(&self, sites: usize) -> Result<Vec<usize>> {
        let whole = |x: &f64| {
            let guests = x * sites as f64;
            if (guests - guests.round()).abs() < 1e-6 && (0.0..=1.0).contains(x) {
                return Ok(guests.round() as usize);
            }
            bail!(
                "concentration {x} is {guests} of the {sites} sites (expected a whole number; \
                 use a larger --supercell)"
            )
        };
        if let Some(most) = self.guests.iter().max().filter(|most| **most > sites) {
            bail!("--guests {most}: there are only {sites} sites (use a larger --supercell)");
        }
        let all: Vec<usize> = match self.guests.is_empty() {
            true => self
                .concentrations
                .iter()
                .map(whole)
                .collect::<Result<_>>()?,
            false => self.guests.clone(),
        };
        match (1..all.len()).find(|&i| all[..i].contains(&all[i])) {
            Some(again) => bail!("{} of {sites} sites: given twice", all[again]),
            None => Ok(all),
        }
    }

    fn print_counts(&self, series: &SubstitutionSeries, all: &[usize]) -> Result<()> {
        let sites = series.sites();
        for &guests in all {
            let n = series.number_of_arrangements(guests)?;
            let total = number_of_placements(sites, guests, &[])?;
            say(&format!(
                "{guests} of {sites} sites: {n} arrangements of {total}"
            ))?;
        }
        Ok(())
    }

    fn rows(&self, series: &SubstitutionSeries, guests: usize) -> Result<Vec<Row>> {
        let placements = match self.sample {
            Some(most) => series.sample(guests, most, self.seed)?,
            None => series
                .arrangements(guests)
                .context("use --sample N to draw some of them")?,
        };
        let model = BondModel::new(self.bond_reach.unwrap_or_else(|| series.bond_reach()));
        let one = |(index, placement): (usize, &Placement)| -> Result<Row> {
            let (structure, energy) = match self.no_relax {
                true => (series.structure(placement)?, None),
                false => {
                    let relaxed = series.relaxed(placement, &model)?;
                    (relaxed.structure, Some(relaxed.energy))
                }
            };
            Ok(Row {
                name: format!("{}{guests}-{index:04}", self.guest),
                guests,
                index,
                multiplicity: placement.multiplicity,
                energy,
                structure,
            })
        };
        placements.par_iter().enumerate().map(one).collect()
    }

    fn write(&self, rows: &[Row], sites: usize) -> Result<()> {
        let words = [
            "name",
            "guests",
            "concentration",
            "arrangement",
            "multiplicity",
            "energy",
        ];
        let table = Table {
            header: words.map(str::to_owned).to_vec(),
            rows: rows.iter().map(|row| row.cells(sites)).collect(),
        };
        let mut out = output::open(&self.out)?;
        out.write("arrangements.csv", |f| table.write(f))?;
        out.write("structures.jsonl", |f| {
            rows.iter()
                .try_for_each(|row| writeln!(f, "{}", row.line()))
        })?;
        out.commit()?;
        let (n, folder) = (rows.len(), self.out.display());
        say(&format!("{n} arrangements on {sites} sites in {folder}"))
    }
}

impl Row {
    fn cells(&self, sites: usize) -> Vec<String> {
        vec![
            self.name.clone(),
            self.guests.to_string(),
            (self.guests as f64 / sites as f64).to_string(),
            self.index.to_string(),
            self.multiplicity.to_string(),
            self.energy.map(|e| format!("{e:.6}")).unwrap_or_default(),
        ]
    }

    /// The structure as JSON, for one line.
    fn line(&self) -> serde_json::Value {
        let vectors = self.structure.lattice().vectors();
        let lengths = self.structure.lattice().lengths();
        let angle = |[i, j]: [usize; 2]| {
            let dot: f64 = (0..3).map(|k| vectors[i][k] * vectors[j][k]).sum();
            (dot / (lengths[i] * lengths[j])).acos().to_degrees()
        };
        let angles = [[1, 2], [0, 2], [0, 1]].map(angle);
        let cell = [lengths, angles].concat();
        let atoms = self.structure.atoms();
        let species: Vec<String> = atoms.iter().map(|a| a.species.to_string()).collect();
        let frac: Vec<[f64; 3]> = atoms.iter().map(|a| a.position).collect();
        json!({ "id": self.name, "cell": cell, "species": species, "frac": frac })
    }
}
