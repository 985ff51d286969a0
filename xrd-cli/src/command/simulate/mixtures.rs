//! Options and work of `xrd simulate --mixtures`.

use anyhow::{Context, Result, bail};
use clap::Args;
use rayon::prelude::*;
use xrd_core::Structure;
use xrd_sim::{Axis, FractionRanges, Instrument, Mixture, PatternKey, RandomEffects};
use xrd_study::Table;

use super::Simulate;
use crate::options::{at_most, not_negative};
use crate::progress::LateBar;
use crate::simulation::{Notes, Recipe, StructureList, Together, check_names, set_of};

/// Built-in effects of a laboratory diffractometer.
pub(super) const LABORATORY: &str = include_str!("laboratory.toml");

/// Largest number of phases.
const MOST_PHASES: usize = 50;

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
    /// Weight fractions: a range for all phases, ranges of single phases, or both, as in
    /// 0.05:0.9,Al2O3=0.1:0.4,NaCl=0.1. Phases are named by their files. All combinations that add
    /// up to 1 are equally probable
    #[arg(
        long, value_name = "[NAME=]LOW:HIGH", value_delimiter = ',', requires = "count",
        value_parser = fractions, default_value = "0:1"
    )]
    weights: Vec<Fractions>,
    /// Probability that a phase is absent from a mixture, for each phase whose range begins at 0
    #[arg(
        long, value_name = "P", requires = "count", default_value_t = 0.0,
        value_parser = not_negative
    )]
    absent: f64,
}

/// Range of weight fractions of one phase, or of all other phases.
#[derive(Clone, Debug, PartialEq)]
struct Fractions {
    phase: Option<String>,
    range: [f64; 2],
}

/// Reads `LOW:HIGH`, `NAME=LOW:HIGH` or `NAME=X`.
fn fractions(text: &str) -> Result<Fractions, String> {
    let (phase, range) = match text.rsplit_once('=') {
        Some((name, range)) => (Some(name.trim().to_owned()), range),
        None => (None, text),
    };
    let (low, high) = range.split_once(':').unwrap_or((range, range));
    let range = [not_negative(low)?, not_negative(high)?];
    if range[0] > range[1] || range[1] > 1.0 {
        return Err("expected [NAME=]LOW:HIGH with 0 <= LOW <= HIGH <= 1".to_owned());
    }
    Ok(Fractions { phase, range })
}

/// The phases of the mixtures, in the order of the structures.
struct Phases {
    names: Vec<String>,
    /// The file of each phase, and the line in it.
    sources: Vec<String>,
    structures: Vec<Structure>,
}

/// Intensities and fractions of the mixtures.
struct Made {
    intensities: Vec<f32>,
    weights: Table,
    moles: Table,
}

impl Mixtures {
    /// The range of each phase.
    fn ranges(&self, names: &[String]) -> Result<FractionRanges> {
        for (i, given) in self.weights.iter().enumerate() {
            let phase = given.phase.as_deref();
            if self.weights[..i].iter().any(|w| w.phase == given.phase) {
                let of = phase.unwrap_or("all phases");
                bail!("--weights has two ranges for {of} (expected one)");
            }
            if let Some(phase) = phase.filter(|p| !names.iter().any(|n| n == p)) {
                let known = names.join(", ");
                bail!("--weights names the phase '{phase}' (expected one of {known})");
            }
        }
        let of = |name: Option<&str>| {
            let found = self.weights.iter().find(|w| w.phase.as_deref() == name);
            found.map(|w| w.range)
        };
        let others = of(None).unwrap_or([0.0, 1.0]);
        let ranges = names.iter().map(|n| of(Some(n)).unwrap_or(others));
        let ranges = FractionRanges::new(ranges.collect()).context("--weights")?;
        ranges.with_absent(self.absent).context("--absent")
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
        let phases = Phases::read(list)?;
        let ranges = self.mixtures.ranges(&phases.names)?;
        if let Some(name) = unknown(&recipe.effects, &phases.names) {
            let known = phases.names.join(", ");
            bail!("--effects has a table for the phase '{name}' (expected one of {known})");
        }
        let made = match recipe.q {
            Some(q) => {
                let over_q = recipe.instrument.with_grid(q);
                make(recipe, over_q, &phases, &ranges, count, |p| {
                    p.into_intensities()
                })?
            }
            None => {
                let over_angle = recipe.instrument;
                make(recipe, over_angle, &phases, &ranges, count, |p| {
                    p.into_intensities()
                })?
            }
        };
        let together = Together {
            names: made.weights.rows.iter().map(|row| row[0].clone()).collect(),
            intensities: made.intensities,
            labels: made.weights,
        };
        let files = ["labels.csv", "mole_fractions.csv"];
        if let Some(q) = recipe.q {
            let tables = [(files[0], &together.labels), (files[1], &made.moles)];
            return self.write_over_q(recipe, q, &together, &tables);
        }
        let (set, labels) = set_of(recipe, together)?;
        self.write(&set, &[(files[0], &labels), (files[1], &made.moles)])
    }
}

/// The first name of a phase in the effects that is not a phase.
fn unknown<'a>(effects: &'a RandomEffects, names: &[String]) -> Option<&'a str> {
    effects
        .phase_names()
        .find(|name| !names.iter().any(|n| n == name))
}

impl Phases {
    fn read(list: &StructureList) -> Result<Self> {
        if !(2..=MOST_PHASES).contains(&list.len()) {
            let count = list.len();
            bail!("--mixtures of {count} structures (expected 2 to {MOST_PHASES})");
        }
        let entries = list.read(0..list.len())?;
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
    fn mixture<A: Axis + Clone>(
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
            for (i, source) in self.sources.iter().enumerate() {
                let mut weights = vec![0.0; self.names.len()];
                weights[i] = 1.0;
                let key = PatternKey::new(0, 0);
                let alone = mixture.measure(&weights, of_phases, of_pattern, key);
                alone.with_context(|| {
                    format!(
                        "{source} with the {end} values of the effects (--effects, --wavelength)"
                    )
                })?;
            }
        }
        Ok(mixture)
    }
}

/// Simulates `count` mixtures.
fn make<A: Axis + Clone + Sync>(
    recipe: &Recipe,
    instrument: Instrument<A>,
    phases: &Phases,
    ranges: &FractionRanges,
    count: usize,
    intensities: impl Fn(A::Pattern) -> Vec<f32> + Sync,
) -> Result<Made> {
    let mixture = phases.mixture(instrument, &recipe.effects)?;
    let bar = LateBar::new("simulating");
    bar.set_length(count as u64);
    let one = |index: usize| -> Result<(Vec<f64>, Vec<f32>)> {
        let key = PatternKey::new(recipe.seed, index as u64);
        let weights = ranges.draw(key);
        let of_phases = recipe.effects.draw_phases(key, &phases.names)?;
        let of_pattern = recipe.effects.draw(key)?;
        let pattern = mixture.measure(&weights, &of_phases, &of_pattern, key);
        let pattern = pattern.with_context(|| format!("{} (--effects)", name(index)))?;
        bar.inc(1);
        Ok((weights, intensities(pattern)))
    };
    let all = (0..count)
        .into_par_iter()
        .map(one)
        .collect::<Result<Vec<_>>>()?;
    bar.finish();
    let mut made = Made {
        intensities: Vec::with_capacity(count * recipe.points()),
        weights: table(&phases.names),
        moles: table(&phases.names),
    };
    for (index, (weights, pattern)) in all.into_iter().enumerate() {
        made.intensities.extend(pattern);
        let moles = mixture.mole_fractions(&weights);
        made.moles.rows.push(row(index, &moles));
        made.weights.rows.push(row(index, &weights));
    }
    Ok(made)
}

fn name(index: usize) -> String {
    format!("mixture-{:05}", index + 1)
}

fn row(index: usize, values: &[f64]) -> Vec<String> {
    let cells = values.iter().map(f64::to_string);
    std::iter::once(name(index)).chain(cells).collect()
}

fn table(phases: &[String]) -> Table {
    let header = std::iter::once("name".to_owned()).chain(phases.iter().cloned());
    Table {
        header: header.collect(),
        rows: Vec::new(),
    }
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
