//! Disturbances of a robustness test, each in four sizes.

use serde::{Deserialize, Serialize};
use xrd_core::{PatternSet, TwoThetaGrid, Wavelength};
use xrd_sim::{
    Anode, CountingNoise, Impurity, LineWidth, PatternEffects, PatternFrame, PatternKey,
    SampleDisplacement, SmoothBackground, ZeroShift,
};

use super::corundum;
use crate::dataset::Dataset;
use crate::disturbing::line_width_deg;
use crate::error::Result;

/// Bit of the random streams of test patterns. The streams of training patterns begin with their
/// epoch and never have it.
const STREAM: u64 = 1 << 63;

/// Kind of a disturbance of held-out patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DisturbanceKind {
    /// No disturbance: the held-out patterns themselves.
    None,
    /// Error of the zero position of the 2θ axis, in degrees: positive for one half of the patterns
    /// and negative for the other half.
    ZeroShift,
    /// Displacement of the specimen in mm: behind the axis for one half of the patterns and in front
    /// of it for the other half.
    Displacement,
    /// Height of a smooth background of random shape, relative to the highest line.
    Background,
    /// Expected number of counts at the maximum of a pattern with counting noise.
    Counts,
    /// Factor of the width of the lines.
    LineWidth,
    /// Height of the highest line of corundum as an impurity, relative to the highest line.
    Impurity,
}

impl DisturbanceKind {
    /// All disturbances, without [`DisturbanceKind::None`].
    pub const ALL: [Self; 6] = [
        Self::ZeroShift,
        Self::Displacement,
        Self::Background,
        Self::Counts,
        Self::LineWidth,
        Self::Impurity,
    ];

    /// Returns the name, as in `robustness.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ZeroShift => "zero shift",
            Self::Displacement => "displacement",
            Self::Background => "background",
            Self::Counts => "counts",
            Self::LineWidth => "line width",
            Self::Impurity => "impurity",
        }
    }

    /// Returns the four sizes, from the weakest disturbance to the strongest, in the unit of the
    /// variant. [`DisturbanceKind::None`] has the single size 0.
    pub fn sizes(self) -> &'static [f64] {
        match self {
            Self::None => &[0.0],
            Self::ZeroShift => &[0.005, 0.01, 0.02, 0.05],
            Self::Displacement => &[0.02, 0.05, 0.1, 0.2],
            Self::Background | Self::Impurity => &[0.02, 0.05, 0.1, 0.2],
            Self::Counts => &[10_000.0, 3_000.0, 1_000.0, 100.0],
            Self::LineWidth => &[1.2, 1.5, 1.75, 2.0],
        }
    }

    /// Returns the size for which a verdict is given, one of the [`sizes`](Self::sizes).
    pub fn judged_size(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::ZeroShift => 0.02,
            Self::Displacement | Self::Background => 0.1,
            Self::Counts => 1_000.0,
            Self::LineWidth => 1.5,
            Self::Impurity => 0.05,
        }
    }

    /// Returns a size as a number in the unit of [`unit`](Self::unit), such as 0.02 or 5.
    pub fn in_unit(self, size: f64) -> f64 {
        match self {
            Self::Background | Self::Impurity => (1e4 * size).round() / 100.0,
            _ => size,
        }
    }

    /// Returns the unit of a size: "°", "mm", "%" of the highest line, "counts" at the maximum, or "×"
    /// for a factor. Empty for [`DisturbanceKind::None`].
    pub fn unit(self) -> &'static str {
        match self {
            Self::None => "",
            Self::ZeroShift => "°",
            Self::Displacement => "mm",
            Self::Background | Self::Impurity => "%",
            Self::Counts => "counts",
            Self::LineWidth => "×",
        }
    }

    /// Returns a size as text with its unit, such as "0.02°" or "5 %".
    pub fn size_text(self, size: f64) -> String {
        let number = self.in_unit(size);
        match self {
            Self::None => String::new(),
            Self::ZeroShift => format!("{number}°"),
            Self::Counts => number.to_string(),
            Self::LineWidth => format!("× {number}"),
            _ => format!("{number} {}", self.unit()),
        }
    }
}

/// A disturbance of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Condition {
    pub(super) kind: DisturbanceKind,
    pub(super) size: f64,
}

/// Conditions of a set of patterns, the undisturbed one first, and what they need to be applied.
pub(super) struct Conditions {
    pub(super) all: Vec<Condition>,
    /// Disturbances that this set cannot have, with the reason.
    pub(super) notes: Vec<String>,
    pub(super) frame: PatternFrame,
    radius_mm: f64,
    corundum: corundum::Lines,
}

impl Conditions {
    /// Returns the conditions of a set. The line width is that of all patterns. Without a
    /// wavelength, the lines of the impurity are those of Cu Kα1.
    pub(super) fn of(data: &Dataset, radius_mm: f64) -> Result<Self> {
        let grid = *data.set.grid();
        let known = data.set.wavelength();
        let frame = PatternFrame::new(grid, line_width_deg(&data.set)?)?.with_wavelength(known);
        let (corundum, notes) = impurity(&grid, known)?;
        let mut kinds = vec![DisturbanceKind::None];
        kinds.extend(DisturbanceKind::ALL);
        kinds.retain(|kind| *kind != DisturbanceKind::Impurity || !corundum.is_empty());
        let of_kind = |&kind: &DisturbanceKind| {
            let sizes = kind.sizes().iter();
            sizes.map(move |&size| Condition { kind, size })
        };
        // A radius that no goniometer has is refused before the first training.
        SampleDisplacement::new(0.0, radius_mm)?;
        Ok(Self {
            all: kinds.iter().flat_map(of_kind).collect(),
            notes,
            frame,
            radius_mm,
            corundum,
        })
    }

    /// Returns the patterns of a set under a condition. Every other pattern gets the negative sign
    /// of a shift. The random numbers depend on `seed` and on the index `rows` of each pattern, and
    /// not on the size of the disturbance.
    pub(super) fn disturbed(
        &self,
        condition: Condition,
        patterns: &PatternSet,
        (seed, rows): (u64, &[usize]),
    ) -> Result<PatternSet> {
        let mut block = Vec::with_capacity(patterns.len() * patterns.grid().len());
        for (i, &row) in rows.iter().enumerate() {
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            let mut intensities = patterns.intensities(i).to_vec();
            let key = PatternKey::new(seed, STREAM | row as u64);
            let effects = self.effects(condition, sign)?;
            effects.apply(&self.frame, key, &mut intensities)?;
            block.extend(intensities);
        }
        Ok(PatternSet::new(
            *patterns.grid(),
            patterns.scale(),
            patterns.wavelength(),
            patterns.names().to_vec(),
            block,
        )?)
    }

    fn effects(&self, condition: Condition, sign: f64) -> Result<PatternEffects> {
        let (none, size) = (PatternEffects::default(), condition.size);
        Ok(match condition.kind {
            DisturbanceKind::None => none,
            DisturbanceKind::ZeroShift => none.with_zero_shift(ZeroShift::new(sign * size)?),
            DisturbanceKind::Displacement => {
                none.with_sample_displacement(SampleDisplacement::new(sign * size, self.radius_mm)?)
            }
            DisturbanceKind::Background => none.with_background(SmoothBackground::new(size)?),
            DisturbanceKind::Counts => none.with_counting_noise(CountingNoise::new(size)?),
            DisturbanceKind::LineWidth => none.with_line_width(LineWidth::new(size)?),
            DisturbanceKind::Impurity => none.with_impurity(Impurity::new(&self.corundum, size)?),
        })
    }
}

/// Returns the lines of the impurity, and notes on them.
fn impurity(
    grid: &TwoThetaGrid,
    known: Option<Wavelength>,
) -> Result<(corundum::Lines, Vec<String>)> {
    let lines = corundum::lines(grid, known.unwrap_or(Anode::Cu.k_alpha1()))?;
    let note = match (lines.is_empty(), known) {
        (true, _) => Some("no impurity: corundum has no line in the range of angles"),
        (false, None) => {
            Some("the lines of the impurity are those of Cu Kα1, because the wavelength is unknown")
        }
        _ => None,
    };
    Ok((lines, note.map(str::to_owned).into_iter().collect()))
}
