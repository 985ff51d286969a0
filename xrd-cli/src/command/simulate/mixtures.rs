//! Options and work of `xrd simulate --mixtures`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use xrd_core::{Pattern, Structure};
use xrd_sim::{
    Axis, FractionRanges, Instrument, Mixture, PatternKey, PhasePatterns, QPattern, RandomEffects,
};
use xrd_study::Table;

use super::Simulate;
use crate::options::{at_most, not_negative};
use crate::progress::LateBar;
use crate::simulation::{Notes, Recipe, StructureList, Together, check_names, set_of};

/// Built-in effects of a laboratory diffractometer.
pub(super) const LABORATORY: &str = include_str!("laboratory.toml");

/// Largest number of phases.
const MOST_PHASES: usize = 50;

/// Largest amount of a phase without a label.
const MOST_AMOUNT: f64 = 100.0;

/// Largest size of all patterns, which are held in memory.
const MOST_BYTES: usize = 1 << 32;

/// Random mixtures of the structures.
#[derive(Args, Debug)]
pub(super) struct Mixtures {
    /// Simulate this number of random mixtures of the structures, instead of the structures alone
    #[arg(
        long = "mixtures", value_name = "N", value_parser = at_most::<10_000_000>,
        requires = "structures",
        conflicts_with_all = ["per_structure", "shard", "shard_patterns", "format", "dataset_seed"]
    )]
    pub(super) count: Option<usize>,
    /// Ranges of the fractions of the phases: one for all phases, some for single phases, or both, as
    /// in 0.05:0.9,Al2O3=0.1:0.4,NaCl=0.1. Phases are named by their files. All combinations that add
    /// up to 1 are equally probable
    #[arg(
        long, value_name = "[NAME=]LOW:HIGH", value_delimiter = ',', requires = "count",
        value_parser = fractions, default_value = "0:1"
    )]
    fractions: Vec<Fractions>,
    /// Quantity that is drawn: fractions of the weight, of the moles of formula units, or of the sum of
    /// the heights of the strongest lines, so that a phase that scatters strongly does not hide the
    /// others
    #[arg(long, value_enum, default_value_t = Quantity::Weight, requires = "count")]
    fractions_of: Quantity,
    /// Probability that a phase is absent from a mixture, for each phase whose range begins at 0
    #[arg(
        long, value_name = "P", requires = "count", default_value_t = 0.0,
        value_parser = not_negative
    )]
    absent: f64,
    /// Phase without a label, such as a product of moisture: a structure file and the range of its
    /// amount relative to the phases with labels (in the quantity of --fractions-of), or relative to one
    /// of them, as in LiOH.cif=0:0.3@Li2O. May be repeated
    #[arg(
        long, value_name = "FILE=LOW:HIGH[@NAME]", requires = "count", value_parser = impurity
    )]
    impurity: Vec<Impurity>,
}

/// Quantity of the fractions of phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Quantity {
    /// Weight fractions
    Weight,
    /// Mole fractions of formula units
    Mole,
    /// Shares in the sum of the heights of the strongest lines
    Height,
}

/// Range of fractions of one phase, or of all other phases.
#[derive(Clone, Debug, PartialEq)]
struct Fractions {
    phase: Option<String>,
    range: [f64; 2],
}

/// Phase without a label.
#[derive(Clone, Debug, PartialEq)]
struct Impurity {
    file: PathBuf,
    range: [f64; 2],
    /// Phase to which the amount is relative.
    of: Option<String>,
}

/// Reads `LOW:HIGH`, `NAME=LOW:HIGH` or `NAME=X`.
fn fractions(text: &str) -> Result<Fractions, String> {
    let (phase, range) = match text.rsplit_once('=') {
        Some((name, range)) => (Some(name.trim().to_owned()), range),
        None => (None, text),
    };
    let range = range_of(range)?;
    if range[1] > 1.0 {
        return Err("expected [NAME=]LOW:HIGH with 0 <= LOW <= HIGH <= 1".to_owned());
    }
    Ok(Fractions { phase, range })
}

/// Reads `FILE=LOW:HIGH` or `FILE=LOW:HIGH@NAME`.
fn impurity(text: &str) -> Result<Impurity, String> {
    let expected = "expected FILE=LOW:HIGH or FILE=LOW:HIGH@NAME";
    let (file, amount) = text.rsplit_once('=').ok_or(expected)?;
    let (range, of) = match amount.split_once('@') {
        Some((range, name)) => (range, Some(name.to_owned())),
        None => (amount, None),
    };
    Ok(Impurity {
        file: file.into(),
        range: range_of(range)?,
        of,
    })
}

/// Reads `LOW:HIGH` or one number.
fn range_of(text: &str) -> Result<[f64; 2], String> {
    let (low, high) = text.split_once(':').unwrap_or((text, text));
    let range = [not_negative(low)?, not_negative(high)?];
    match range[0] <= range[1] && range[1] <= MOST_AMOUNT {
        true => Ok(range),
        false => Err(format!(
            "expected LOW:HIGH with 0 <= LOW <= HIGH <= {MOST_AMOUNT}"
        )),
    }
}

/// The phases of the mixtures, in the order of the structures.
struct Phases {
    names: Vec<String>,
    /// The file of each phase, and the line in it.
    sources: Vec<String>,
    structures: Vec<Structure>,
}

/// Pattern of a mixture, and the fractions of the phases with labels by weight, by moles and by height.
struct Mixed {
    intensities: Vec<f32>,
    fractions: [Vec<f64>; 3],
}

/// Tables with the fractions of a mixture.
const TABLES: [&str; 3] = ["labels.csv", "mole_fractions.csv", "height_shares.csv"];

impl Mixtures {
    /// The random fractions of phases of which the first `labelled` have labels.
    fn ranges(&self, names: &[String], labelled: usize) -> Result<FractionRanges> {
        let (with_labels, _) = names.split_at(labelled);
        let known = with_labels.join(", ");
        let index = |option: &str, name: &str| {
            let found = with_labels.iter().position(|n| n == name);
            found.with_context(|| {
                format!("{option} names the phase '{name}' (expected one of {known})")
            })
        };
        for (i, given) in self.fractions.iter().enumerate() {
            let phase = given.phase.as_deref();
            if self.fractions[..i].iter().any(|w| w.phase == given.phase) {
                let of = phase.unwrap_or("all phases");
                bail!("--fractions has two ranges for {of} (expected one)");
            }
            phase.map(|p| index("--fractions", p)).transpose()?;
        }
        let of = |name: Option<&str>| {
            let found = self.fractions.iter().find(|w| w.phase.as_deref() == name);
            found.map(|w| w.range)
        };
        let others = of(None).unwrap_or([0.0, 1.0]);
        let ranges = with_labels.iter().map(|n| of(Some(n)).unwrap_or(others));
        let ranges = FractionRanges::new(ranges.collect()).context("--fractions")?;
        let mut ranges = ranges.with_absent(self.absent).context("--absent")?;
        for Impurity { range, of, .. } in &self.impurity {
            let of = of.as_deref().map(|name| index("--impurity", name));
            ranges = ranges.with_impurity(*range, of.transpose()?)?;
        }
        Ok(ranges)
    }

    /// The weights of fractions in the quantity that was drawn.
    fn weights<A: Axis>(&self, drawn: &PhasePatterns<A>, fractions: Vec<f64>) -> Result<Vec<f64>> {
        Ok(match self.fractions_of {
            Quantity::Weight => fractions,
            Quantity::Mole => drawn.mixture().weights_of_moles(&fractions)?,
            Quantity::Height => drawn.weights_of_heights(&fractions)?,
        })
    }
}

impl Simulate {
    /// Simulates and writes mixtures of the structures.
    pub(super) fn of_mixtures(
        &self,
        recipe: &Recipe,
        list: &StructureList,
        count: usize,
    ) -> Result<()> {
        let most = MOST_BYTES / (4 * recipe.points());
        if count > most {
            bail!("--mixtures {count} (expected at most {most} with this number of points)");
        }
        let impurities: Vec<PathBuf> = self
            .mixtures
            .impurity
            .iter()
            .map(|i| i.file.clone())
            .collect();
        let impurities = StructureList::open(&impurities)?;
        if impurities.len() != self.mixtures.impurity.len() {
            bail!("--impurity needs files with one structure each (CIF or POSCAR)");
        }
        let phases = Phases::read(list, &impurities)?;
        let ranges = self.mixtures.ranges(&phases.names, list.len())?;
        if let Some(name) = unknown(&recipe.effects, &phases.names) {
            let known = phases.names.join(", ");
            bail!("--effects has a table for the phase '{name}' (expected one of {known})");
        }
        let made = match recipe.q {
            Some(q) => {
                let over_q = recipe.instrument.with_grid(q);
                let mixture = phases.mixture(over_q, &recipe.effects)?;
                self.make(
                    recipe,
                    &mixture,
                    &phases,
                    &ranges,
                    QPattern::into_intensities,
                )?
            }
            None => {
                let mixture = phases.mixture(recipe.instrument, &recipe.effects)?;
                self.make(
                    recipe,
                    &mixture,
                    &phases,
                    &ranges,
                    Pattern::into_intensities,
                )?
            }
        };
        self.write_mixtures(recipe, &phases.names[..list.len()], &made)
    }

    fn write_mixtures(&self, recipe: &Recipe, phases: &[String], made: &[Mixed]) -> Result<()> {
        let tables = [0, 1, 2].map(|which| {
            let rows = made.iter().map(|m| &m.fractions[which]).enumerate();
            Table {
                header: std::iter::once("name".to_owned())
                    .chain(phases.iter().cloned())
                    .collect(),
                rows: rows.map(|(i, fractions)| row(i, fractions)).collect(),
            }
        });
        let tables: Vec<(&str, &Table)> = TABLES.into_iter().zip(&tables).collect();
        let together = Together {
            names: (0..made.len()).map(name).collect(),
            intensities: made
                .iter()
                .flat_map(|m| m.intensities.iter().copied())
                .collect(),
            labels: tables[0].1.clone(),
        };
        if let Some(q) = recipe.q {
            return self.write_over_q(recipe, q, &together, &tables);
        }
        let (set, _) = set_of(recipe, together)?;
        self.write(&set, &tables)
    }

    /// Simulates the mixtures.
    fn make<A: Axis + Sync>(
        &self,
        recipe: &Recipe,
        mixture: &Mixture<A>,
        phases: &Phases,
        ranges: &FractionRanges,
        intensities: impl Fn(A::Pattern) -> Vec<f32> + Sync,
    ) -> Result<Vec<Mixed>> {
        let count = self.mixtures.count.unwrap_or(0);
        let bar = LateBar::new("simulating");
        bar.set_length(count as u64);
        let one = |index: usize| -> Result<Mixed> {
            let key = PatternKey::new(recipe.seed, index as u64);
            let of_phases = recipe.effects.draw_phases(key, &phases.names)?;
            let drawn = mixture.draw(&of_phases, &recipe.effects.draw(key)?)?;
            let weights = self.mixtures.weights(&drawn, ranges.draw(key))?;
            let labelled = weights.len() - self.mixtures.impurity.len();
            let fractions = [
                mixture.mole_fractions(&weights)?,
                drawn.height_shares(&weights)?,
            ];
            let pattern = drawn.mix(&weights, key)?;
            bar.inc(1);
            let [moles, heights] = fractions;
            Ok(Mixed {
                intensities: intensities(pattern),
                fractions: [weights, moles, heights].map(|all| shares(&all[..labelled])),
            })
        };
        let one = |index| one(index).with_context(|| format!("{} (--effects)", name(index)));
        let made = (0..count).into_par_iter().map(one).collect();
        bar.finish();
        made
    }
}

/// The first name of a phase in the effects that is not a phase.
fn unknown<'a>(effects: &'a RandomEffects, names: &[String]) -> Option<&'a str> {
    effects
        .phase_names()
        .find(|name| !names.iter().any(|n| n == name))
}

impl Phases {
    /// The phases with labels and those without.
    fn read(list: &StructureList, impurities: &StructureList) -> Result<Self> {
        if !(2..=MOST_PHASES).contains(&list.len()) {
            let count = list.len();
            bail!("--mixtures of {count} structures (expected 2 to {MOST_PHASES})");
        }
        let mut entries = list.read(0..list.len())?;
        entries.extend(impurities.read(0..impurities.len())?);
        let read: Vec<_> = entries.iter().map(|entry| entry.read()).collect();
        check_names(&read)?;
        let mut notes = Notes::default();
        let mut phases = Self {
            names: Vec::new(),
            sources: Vec::new(),
            structures: Vec::new(),
        };
        for phase in read {
            if phase.name == "name" {
                bail!(
                    "{}: a phase cannot be called 'name' (rename it)",
                    phase.source
                );
            }
            notes.add(&phase.notes);
            phases.names.push(phase.name);
            phases.structures.push(phase.structure?);
            phases.sources.push(phase.source);
        }
        notes.tell();
        Ok(phases)
    }

    /// The mixture of these phases. No pattern of a phase alone may fail.
    fn mixture<A: Axis>(
        &self,
        instrument: Instrument<A>,
        effects: &RandomEffects,
    ) -> Result<Mixture<A>> {
        let mut mixture = Mixture::new(instrument);
        for (structure, source) in self.structures.iter().zip(&self.sources) {
            let added = mixture.add(structure.clone());
            added.with_context(|| format!("{source} (--from and --to set the range)"))?;
        }
        let ends = ["smallest", "largest"];
        for ((of_pattern, of_phases), end) in effects.extremes(&self.names)?.iter().zip(ends) {
            let about = || format!("the {end} values of the effects (--effects, --wavelength)");
            let drawn = mixture.draw(of_phases, of_pattern).with_context(about)?;
            for (i, source) in self.sources.iter().enumerate() {
                let mut weights = vec![0.0; self.names.len()];
                weights[i] = 1.0;
                let alone = drawn.mix(&weights, PatternKey::new(0, 0));
                alone.with_context(|| format!("{source} with {}", about()))?;
            }
        }
        Ok(mixture)
    }
}

/// Fractions, divided by their sum.
fn shares(fractions: &[f64]) -> Vec<f64> {
    let sum: f64 = fractions.iter().sum();
    fractions.iter().map(|x| x / sum).collect()
}

fn name(index: usize) -> String {
    format!("mixture-{:05}", index + 1)
}

fn row(index: usize, values: &[f64]) -> Vec<String> {
    let cells = values.iter().map(f64::to_string);
    std::iter::once(name(index)).chain(cells).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_weights_are_read_or_refused() {
        let named = fractions("a=b=0.1:0.6").unwrap();
        assert_eq!(named.phase.as_deref(), Some("a=b"));
        assert_eq!(named.range, [0.1, 0.6]);
        assert_eq!(fractions("0:1").unwrap().phase, None);
        assert_eq!(fractions("x=0.25").unwrap().range, [0.25, 0.25]);
        let relative = impurity("a=1/LiOH.cif=0:2@Li2O").unwrap();
        assert_eq!(relative.file.to_str(), Some("a=1/LiOH.cif"));
        assert_eq!(
            (relative.range, relative.of.as_deref()),
            ([0.0, 2.0], Some("Li2O"))
        );
        assert!(impurity("LiOH.cif").is_err() && impurity("LiOH.cif=2:1").is_err());
        for bad in ["0.6:0.5", "0:1.1", "-0.1:1", "x=", "x", "0:1:2"] {
            assert!(fractions(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_preset_has_only_known_entries() {
        let effects: RandomEffects = toml::from_str(LABORATORY).unwrap();
        assert_eq!(effects.anode(), Some(xrd_sim::Anode::Cu));
    }
}
