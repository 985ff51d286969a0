//! Angles and values of lines that appear and disappear.

use std::ops::Range;

use nalgebra::DMatrix;
use xrd_core::TwoThetaGrid;

use super::onsets::onsets;
use crate::outliers::bins::Bins;
use crate::report::{OnsetReport, TransitionReport};

/// Intensities of each value, in which lines are found.
pub(super) struct Lines<'a> {
    pub(super) grid: &'a TwoThetaGrid,
    pub(super) bins: Bins,
    /// One column per value.
    pub(super) intensities: DMatrix<f64>,
    pub(super) values: &'a [f64],
}

impl Lines<'_> {
    /// Adds the lines that appear and disappear within some steps.
    pub(super) fn added(
        &self,
        mut report: TransitionReport,
        steps: &Range<usize>,
    ) -> TransitionReport {
        let last = self.values.len() - 1;
        let angle = |bin: usize| {
            let [from, to] = self.bins.angles_of(self.grid, bin, bin + 1);
            (from + to) / 2.0
        };
        let onset = |bin: usize, column: usize| OnsetReport {
            two_theta_deg: angle(bin),
            value: self.values[column],
        };
        let appear = onsets(&self.intensities, steps, self.bins.per_line);
        report.appear = appear.iter().map(|o| onset(o.bin, o.column)).collect();
        // Lines disappear in the reverse order.
        let columns: Vec<usize> = (0..=last).rev().collect();
        let reverse = self.intensities.select_columns(&columns);
        let backwards = last - steps.end..last - steps.start;
        let disappear = onsets(&reverse, &backwards, self.bins.per_line);
        let gone = |column: usize| (last - column + 1).min(last);
        let found = disappear.iter().map(|o| onset(o.bin, gone(o.column)));
        report.disappear = found.collect();
        report
    }
}
