//! Shifts of unknown patterns relative to the known patterns.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use xrd_study::xrd_ae::Autoencoder;
use xrd_study::xrd_sim::SampleDisplacement;
use xrd_study::{PatternAligner, PatternShift, Patterns, Table, align};

/// The options on shifts of patterns.
#[derive(Args, Clone, Debug)]
pub(super) struct Aligning {
    /// Correct patterns that are shifted along 2θ relative to the known patterns, by a zero shift and a
    /// displacement of the specimen, before their labels are estimated. By default they are only marked
    #[arg(long)]
    align: bool,
    /// Radius of the goniometer in mm, to which displacements of the specimen refer
    #[arg(long, value_name = "MM", default_value_t = 240.0, value_parser = radius_mm)]
    radius_mm: f64,
}

fn radius_mm(text: &str) -> Result<f64, String> {
    let radius = text.parse().map_err(|_| "expected a number".to_owned())?;
    let checked = SampleDisplacement::new(0.0, radius).map_err(|error| error.to_string());
    checked.map(|_| radius)
}

/// Shifts of all patterns.
pub(super) struct Shifted {
    shifts: Vec<PatternShift>,
    is_corrected: bool,
}

impl Aligning {
    /// Finds the shifts of patterns, and corrects the patterns if asked. Without data for it in the
    /// model, nothing is found.
    pub(super) fn apply(
        &self,
        model: &Autoencoder,
        patterns: Patterns,
    ) -> Result<(Patterns, Option<Shifted>)> {
        let Some(aligner) = PatternAligner::of_model(model)? else {
            anyhow::ensure!(
                !self.align,
                "the model has no data to find shifts of patterns (xrd study stores them; leave out --align)"
            );
            return Ok((patterns, None));
        };
        let shifted = Shifted {
            shifts: aligner.shifts(&patterns, self.radius_mm)?,
            is_corrected: self.align,
        };
        let patterns = match self.align {
            true => align(patterns, &shifted.shifts)?,
            false => patterns,
        };
        Ok((patterns, Some(shifted)))
    }
}

impl Shifted {
    /// The mark of a pattern, or nothing.
    pub(super) fn words(&self, row: usize) -> String {
        let shift = &self.shifts[row];
        if shift.is_shifted() != Some(true) {
            return String::new();
        }
        let [first, last] = shift.range_deg;
        format!(
            "  ({} by {first:+.3}° to {last:+.3}°: zero shift {:+.3}°, displacement {:+.3} mm)",
            match self.is_corrected {
                true => "corrected: was shifted",
                false => "shifted",
            },
            shift.zero_shift_deg,
            shift.displacement_mm
        )
    }

    /// The line that explains the marks, if there are any.
    pub(super) fn meaning(&self) -> Option<&'static str> {
        let occurs = self.shifts.iter().any(|s| s.is_shifted() == Some(true));
        occurs.then_some(match self.is_corrected {
            true => {
                "corrected: the lines, shifted relative to the known patterns from the first to the last angle by \
                 the amounts given, were moved back before the estimate"
            }
            false => {
                "shifted: the known patterns explain the pattern better after its lines are moved back by the \
                 amounts given for the first and the last angle; --align corrects it before the estimate"
            }
        })
    }

    /// The shift of a pattern as JSON.
    pub(super) fn to_json(&self, row: usize) -> Value {
        let shift = &self.shifts[row];
        let is_shifted = shift.is_shifted();
        json!({
            "shifted": is_shifted,
            "corrected": self.is_corrected && is_shifted == Some(true),
            "zero_shift_deg": shift.zero_shift_deg,
            "displacement_mm": shift.displacement_mm,
            "range_deg": shift.range_deg,
            "size_deg": shift.size_deg,
            "improvement": shift.improvement,
            "limits": shift.limit,
        })
    }

    /// Adds columns to a table of all patterns.
    pub(super) fn add_to(&self, table: &mut Table) {
        let names = [
            "shifted",
            "corrected",
            "zero_shift_deg",
            "displacement_mm",
            "improvement",
        ];
        table.header.extend(names.map(str::to_owned));
        for (row, shift) in table.rows.iter_mut().zip(&self.shifts) {
            let is_shifted = shift.is_shifted();
            row.extend([
                is_shifted.map_or(String::new(), |is| is.to_string()),
                (self.is_corrected && is_shifted == Some(true)).to_string(),
                shift.zero_shift_deg.to_string(),
                shift.displacement_mm.to_string(),
                shift.improvement.to_string(),
            ]);
        }
    }

    /// A note if the known patterns were too few to mark patterns that were to be corrected.
    pub(super) fn note(&self) -> Option<&'static str> {
        let unknown = self.is_corrected && self.shifts.iter().any(|s| s.limit.is_none());
        unknown.then_some(
            "fewer than 19 known patterns: too few to know which patterns are shifted, none is corrected",
        )
    }
}
