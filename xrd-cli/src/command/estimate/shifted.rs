//! Shifts of unknown patterns relative to the known patterns.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use xrd_study::xrd_ae::Autoencoder;
use xrd_study::xrd_sim::{AngleShift, SampleDisplacement};
use xrd_study::{Estimated, PatternAligner, PatternShift, Patterns, Table, align};

use super::ROWS;

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
    /// Errors of corrections.
    errors: [AngleShift; 2],
    /// Errors of the labels of each pattern that are caused by errors of its correction. Empty for a
    /// pattern that is not corrected.
    of_labels: Vec<Vec<f64>>,
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
            errors: aligner.errors()?,
            of_labels: vec![Vec::new(); patterns.len()],
        };
        let patterns = match self.align {
            true => align(patterns, &shifted.shifts)?,
            false => patterns,
        };
        Ok((patterns, Some(shifted)))
    }
}

impl Shifted {
    /// Finds how much errors of the corrections change the estimates of corrected patterns.
    pub(super) fn with_errors(
        mut self,
        patterns: &Patterns,
        rows: &[Estimated],
        estimate: impl Fn(&Patterns) -> Result<Vec<Estimated>>,
    ) -> Result<Self> {
        let corrected: Vec<usize> = (0..rows.len()).filter(|&i| self.corrects(i)).collect();
        for few in corrected.chunks(ROWS) {
            let set = patterns.select(few)?;
            for error in self.errors {
                let moved = Patterns::from(set.clone()).moved_back(vec![Some(error); few.len()])?;
                for (&i, there) in few.iter().zip(estimate(&moved)?) {
                    let pairs = rows[i].estimate.values.iter().zip(&there.estimate.values);
                    let of_labels = &mut self.of_labels[i];
                    of_labels.resize(there.estimate.values.len(), 0.0);
                    let changes = pairs.map(|(here, there)| here - there);
                    let all = of_labels.iter_mut().zip(changes);
                    all.for_each(|(error, change)| *error = error.hypot(change));
                }
            }
        }
        Ok(self)
    }

    /// Widens the intervals of corrected patterns by the errors of their corrections.
    pub(super) fn widen(&self, rows: &mut [Estimated]) {
        for (row, errors) in rows.iter_mut().zip(&self.of_labels) {
            let values = row.estimate.values.iter().zip(errors);
            for (interval, (value, error)) in row.intervals.iter_mut().zip(values) {
                let wider = |[low, high]: [f64; 2]| {
                    let half = |end: f64| (end - value).hypot(*error);
                    [value - half(low), value + half(high)]
                };
                *interval = interval.map(wider);
            }
        }
    }

    fn corrects(&self, row: usize) -> bool {
        self.is_corrected && self.shifts[row].is_shifted() == Some(true)
    }

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
            "corrected": self.corrects(row),
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
        for (i, (row, shift)) in table.rows.iter_mut().zip(&self.shifts).enumerate() {
            let is_shifted = shift.is_shifted();
            row.extend([
                is_shifted.map_or(String::new(), |is| is.to_string()),
                self.corrects(i).to_string(),
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
