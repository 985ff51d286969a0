//! Deviations of every pattern of a set from a sample of the set.

use std::ops::Range;

use nalgebra::{DMatrix, DVectorView};
use rayon::prelude::*;

use super::OUTLIER_SAMPLE;
use super::bins::Bins;
use super::dead_range::Constant;
use super::deviations::{Deviations, deviations};
use super::left_out::{Columns, LeftOut};
use super::model::Model;
use super::order::{median, quantile};
use super::shift::{Aligner, Alignment};
use crate::dataset::Patterns;
use crate::error::Result;
use crate::report::{OutlierReason, OutlierReport};
use crate::sample::sample;

/// Smallest length of a dead range, as a fraction of all angles.
const DEAD_FRACTION: f64 = 0.02;
/// Smallest gain of a shift.
const SHIFT_GAIN: f64 = 1.25;
/// Smallest shift in degrees.
const SMALLEST_SHIFT_DEG: f64 = 0.2;
/// Smallest shift, in standard deviations of the shifts of the set.
const SMALLEST_SHIFT: f64 = 3.0 * 1.4826;
/// Smallest gain of a shift that belongs to the usual shifts of the set.
const CLEAR_GAIN: f64 = 1.1;
/// Largest distance of a shifted pattern from similar patterns without its shift, in units of the
/// distance that nine of ten patterns of the set do not exceed. A pattern of another phase is farther.
const FARTHEST: f64 = 1.5;
/// Of larger sets, only patterns with deviations above this number of standard deviations are
/// shifted.
const SHIFTED_IN_LARGE_SETS: f64 = 0.7;
/// Number of patterns outside the sample that are compared at once.
const AT_ONCE: usize = 1024;
/// Fraction of the squared distance from the mean above which the residual is that of a pattern that
/// lies apart.
const APART: f64 = 0.5;

/// Deviations of a pattern from the others, each divided by its threshold.
pub(super) struct Finding {
    pub(super) index: usize,
    residual: f64,
    dead: f64,
    shifted: f64,
    alignment: Alignment,
    /// Angles of the dead range.
    dead_range: Range<usize>,
}

impl Finding {
    /// The largest of the deviations.
    pub(super) fn score(&self) -> f64 {
        self.residual.max(self.dead).max(self.shifted).max(0.0)
    }
}

/// A sample of a set, with which all patterns are compared.
pub(super) struct Search<'a> {
    set: &'a Patterns,
    bins: Bins,
    /// Indices of the sample, ascending.
    pub(super) rows: Vec<usize>,
    columns: Columns,
    pub(super) left_out: LeftOut,
    deviations: Deviations,
    /// Components of the sample, for patterns that do not belong to it.
    model: Model,
    constant: Constant,
    aligner: Option<Aligner>,
}

/// Patterns that are compared with the sample.
struct Compared {
    indices: Vec<usize>,
    /// Place of each pattern in the sample, if it belongs to it.
    own: Vec<Option<usize>>,
    columns: DMatrix<f64>,
    residuals: DMatrix<f64>,
}

impl<'a> Search<'a> {
    pub(super) fn new(set: &'a Patterns) -> Result<Self> {
        let all: Vec<usize> = (0..set.len()).collect();
        let rows = sample(&all, OUTLIER_SAMPLE);
        let bins = Bins::of(set)?;
        let columns = Columns::new(bins.columns(set, &rows)?);
        let (left_out, deviations, kept) = deviations(&columns, bins.per_line)?;
        let model = columns.model(&kept, left_out.components)?;
        let degrees = bins.angles as f64 * set.grid().step();
        let sampled = set.select(&rows)?;
        let patterns = (0..rows.len()).map(|i| sampled.intensities(i));
        Ok(Self {
            set,
            bins,
            constant: Constant::of(set.grid().len(), patterns),
            aligner: Aligner::new(&columns.columns, degrees),
            rows,
            columns,
            left_out,
            deviations,
            model,
        })
    }

    /// Returns the findings of all patterns, in the order of their indices.
    pub(super) fn findings(&self) -> Result<Vec<Finding>> {
        let sample = Compared {
            indices: self.rows.clone(),
            own: (0..self.rows.len()).map(Some).collect(),
            columns: self.columns.columns.clone(),
            residuals: self.left_out.residuals.clone(),
        };
        let aligned = self.alignments(&sample);
        let limits = ShiftLimits::of(&aligned);
        let mut findings = self.compared(&sample, &aligned, limits)?;
        let is_other = |i: &usize| self.rows.binary_search(i).is_err();
        let others: Vec<usize> = (0..self.set.len()).filter(is_other).collect();
        for indices in others.chunks(AT_ONCE) {
            let columns = self.bins.columns(self.set, indices)?;
            let others = Compared {
                indices: indices.to_vec(),
                own: vec![None; indices.len()],
                residuals: self.model.residuals(columns.clone()),
                columns,
            };
            let aligned = self.alignments(&others);
            findings.extend(self.compared(&others, &aligned, limits)?);
        }
        findings.sort_by_key(|f| f.index);
        Ok(findings)
    }

    /// Aligns patterns with the sample. Of large sets, only conspicuous patterns are aligned.
    fn alignments(&self, compared: &Compared) -> Vec<Alignment> {
        let mut all = vec![Alignment::NONE; compared.own.len()];
        let Some(aligner) = &self.aligner else {
            return all;
        };
        let is_small = self.set.len() == self.rows.len();
        let conspicuous = |c: &usize| {
            let residual = compared.residuals.column(*c);
            is_small || self.deviations.deviation(residual.as_slice()) > SHIFTED_IN_LARGE_SETS
        };
        let chosen: Vec<usize> = (0..all.len()).filter(conspicuous).collect();
        let own: Vec<Option<usize>> = chosen.iter().map(|&c| compared.own[c]).collect();
        let found = aligner.alignments(&compared.columns.select_columns(&chosen), &own);
        for (c, alignment) in chosen.into_iter().zip(found) {
            all[c] = alignment;
        }
        all
    }

    fn compared(
        &self,
        compared: &Compared,
        aligned: &[Alignment],
        limits: ShiftLimits,
    ) -> Result<Vec<Finding>> {
        let angles = self.set.grid().len() as f64;
        let finding = |c: usize| {
            let index = compared.indices[c];
            let intensities = self.set.intensities(index)?;
            let dead_range = self
                .constant
                .longest(&intensities, compared.own[c].is_some());
            let residual = compared.residuals.column(c);
            let alignment = aligned[c];
            let is_shift = limits.permit(&alignment);
            let gain = alignment.gain.ln() / SHIFT_GAIN.ln();
            Ok(Finding {
                index,
                residual: self.deviations.deviation(residual.as_slice())
                    / self.deviations.threshold,
                dead: dead_range.len() as f64 / angles / DEAD_FRACTION,
                shifted: if is_shift { gain } else { 0.0 },
                alignment,
                dead_range,
            })
        };
        (0..aligned.len()).into_par_iter().map(finding).collect()
    }

    /// Describes an outlier.
    pub(super) fn report(&self, finding: &Finding) -> Result<OutlierReport> {
        let index = finding.index;
        let own = self.rows.binary_search(&index).ok();
        let column = match own {
            Some(c) => self.columns.columns.columns(c, 1).into_owned(),
            None => self.bins.columns(self.set, &[index])?,
        };
        let residual = match own {
            Some(c) => self.left_out.residuals.columns(c, 1).into_owned(),
            None => self.model.residuals(column.clone()),
        };
        let (reason, [from_deg, to_deg]) =
            self.reason(finding, column.column(0), residual.as_slice());
        let nearest = self.nearest(&column, own);
        Ok(OutlierReport {
            pattern: self.set.names()[index].clone(),
            index,
            score: finding.score(),
            reason,
            from_deg,
            to_deg,
            nearest: nearest.map(|c| self.set.names()[self.rows[c]].clone()),
        })
    }

    /// Returns the reason and the range of angles that deviates most.
    fn reason(
        &self,
        finding: &Finding,
        column: DVectorView<'_, f64>,
        residual: &[f64],
    ) -> (OutlierReason, [f64; 2]) {
        let grid = self.set.grid();
        if finding.dead >= 1.0 {
            let range = &finding.dead_range;
            let ends = [grid.angle(range.start), grid.angle(range.end - 1)];
            return (OutlierReason::DeadRange, ends);
        }
        if finding.shifted >= 1.0 {
            let by_deg = finding.alignment.by_deg;
            let ends = [grid.start(), grid.last()];
            return (OutlierReason::Shifted { by_deg }, ends);
        }
        let (bins, is_positive) = self.deviations.windows().strongest(residual);
        let squared: f64 = residual.iter().map(|v| v * v).sum();
        let reason = match is_positive {
            _ if squared > APART * self.model.distance(column) => OutlierReason::Apart,
            true => OutlierReason::ForeignLines,
            false => OutlierReason::MissingLines,
        };
        (reason, self.bins.angles_of(grid, bins.start, bins.end))
    }

    /// Returns the place of the most similar pattern of the sample, other than the pattern itself.
    fn nearest(&self, column: &DMatrix<f64>, own: Option<usize>) -> Option<usize> {
        let products = self.columns.columns.tr_mul(column);
        let others = (0..self.rows.len()).filter(|c| Some(*c) != own);
        others.max_by(|&a, &b| products[a].total_cmp(&products[b]))
    }
}

/// Limits of shifts, computed from those of the set.
#[derive(Clone, Copy)]
struct ShiftLimits {
    /// Smallest shift in degrees.
    smallest_deg: f64,
    /// Largest distance of a pattern from similar patterns without its shift.
    farthest: f64,
}

impl ShiftLimits {
    fn of(aligned: &[Alignment]) -> Self {
        let clear = |a: &Alignment| match a.gain >= CLEAR_GAIN {
            true => a.by_deg.abs(),
            false => 0.0,
        };
        let usual = median(aligned.iter().map(clear).collect());
        let measured = aligned.iter().map(|a| a.distance * a.gain);
        let distances = measured.filter(|d| *d > 0.0).collect();
        Self {
            smallest_deg: SMALLEST_SHIFT_DEG.max(SMALLEST_SHIFT * usual),
            farthest: FARTHEST * quantile(distances, 0.9),
        }
    }

    fn permit(&self, alignment: &Alignment) -> bool {
        let is_large = alignment.by_deg.abs() >= self.smallest_deg - 1e-9;
        is_large && alignment.distance <= self.farthest
    }
}
