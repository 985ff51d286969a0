use std::path::Path;
use std::sync::{Arc, LazyLock};

use xrd_core::{IntensityUnit, Scale};

use super::{AxisKind, Metadata, Scan, SigmaOrigin, TimePerStep, UnitEvidence, assumed};
use crate::error::{Error, Place, Result};
use crate::number::{all, clean_angle, is_rising};
use crate::prepare::Step;
use crate::source::Source;

/// Intensity that Bruker programs write for a point that was not measured.
pub(crate) const BLANK: f64 = -9999.0;

/// Scan under construction. Every reader fills a draft, and every [`Scan`] is built from a draft.
///
/// Points are in the order of the file.
pub(crate) struct Draft {
    /// The name of the file; several scans of one file are numbered after reading.
    pub(crate) name: String,
    pub(crate) axis_kind: AxisKind,
    pub(crate) axis_is_assumed: bool,
    pub(crate) axis: Vec<f64>,
    pub(crate) intensities: Vec<f64>,
    pub(crate) sigma: Option<(Vec<f64>, SigmaOrigin)>,
    pub(crate) scale: Scale,
    pub(crate) unit_evidence: UnitEvidence,
    /// The reason why the scan is not a powder pattern, as in "a pole figure"; if `None`, the axis
    /// decides.
    pub(crate) not_powder: Option<String>,
    pub(crate) metadata: Metadata,
    /// The preparation steps that were applied before the file was written, if it lists them.
    pub(crate) preparation: Vec<Step>,
    pub(crate) warnings: Vec<String>,
}

impl Draft {
    /// A scan without unit, standard deviations and metadata.
    pub(crate) fn new(
        source: &Source,
        axis_kind: AxisKind,
        axis: Vec<f64>,
        intensities: Vec<f64>,
    ) -> Self {
        Self::named(source.stem(), axis_kind, axis, intensities)
    }

    /// A scan with a given name, without unit, standard deviations and metadata.
    pub(crate) fn named(
        name: String,
        axis_kind: AxisKind,
        axis: Vec<f64>,
        intensities: Vec<f64>,
    ) -> Self {
        Self {
            name,
            axis_kind,
            axis_is_assumed: false,
            axis,
            intensities,
            sigma: None,
            scale: Scale::ARBITRARY,
            unit_evidence: UnitEvidence::None,
            not_powder: None,
            metadata: Metadata::default(),
            preparation: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// A scan on the axis start, start + step, …, with values rounded to 1e-9.
    pub(crate) fn uniform(
        source: &Source,
        axis_kind: AxisKind,
        (start, step): (f64, f64),
        intensities: Vec<f64>,
    ) -> Self {
        let point = |i: usize| clean_angle(start + step * i as f64);
        let axis = (0..intensities.len()).map(point).collect();
        Self::new(source, axis_kind, axis, intensities)
    }

    pub(crate) fn unit(&mut self, unit: IntensityUnit, evidence: UnitEvidence) {
        self.scale.unit = unit;
        self.unit_evidence = evidence;
    }

    pub(crate) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// Sets a kind of axis that the file does not state, and adds a warning with the reason.
    pub(crate) fn assume_axis(&mut self, kind: AxisKind, why: &str) {
        self.warn(assumed(&kind, why));
        self.axis_kind = kind;
        self.axis_is_assumed = true;
    }

    /// Drops points of intensity −9999, which Bruker programs write for points that were not
    /// measured, and adds a warning.
    pub(crate) fn leave_out_blanks(&mut self) {
        let blanks = self.leave_out(|y| y == BLANK);
        if blanks > 0 {
            self.warn(format!("left out: {blanks} points that were not measured"));
        }
    }

    /// Drops points whose intensity is not finite, and adds a warning. Text files have no such
    /// points.
    #[cfg(feature = "nexus")]
    pub(crate) fn leave_out_unknown(&mut self) {
        let unknown = self.leave_out(|y| !y.is_finite());
        if unknown > 0 {
            self.warn(format!("left out: {unknown} points of unknown intensity"));
        }
    }

    /// Drops points by their intensity and returns their number.
    fn leave_out(&mut self, is_out: impl Fn(f64) -> bool) -> usize {
        let out: Vec<bool> = self.intensities.iter().map(|y| is_out(*y)).collect();
        let count = out.iter().filter(|out| **out).count();
        let times = match &mut self.metadata.time_per_step {
            Some(TimePerStep::Each(times)) => Some(times),
            _ => None,
        };
        let sigma = self.sigma.as_mut().map(|(sigma, _)| sigma);
        let lists = [
            Some(&mut self.axis),
            Some(&mut self.intensities),
            sigma,
            times,
        ];
        for values in lists.into_iter().flatten().filter(|_| count > 0) {
            let mut out = out.iter();
            values.retain(|_| !out.next().is_some_and(|out| *out));
        }
        count
    }

    /// Adds a warning if the file has fewer points than it announces.
    pub(crate) fn warn_if_cut(&mut self, announced: usize) {
        let found = self.intensities.len();
        if found < announced {
            self.warn(format!("cut short: {found} of {announced} points found"));
        }
    }

    /// Checks the draft and returns the scan. `place` gives the position of a point in the file.
    ///
    /// All values must be finite, and there must be at least one point. Invalid standard deviations
    /// (not finite, negative, all zero) are dropped with a warning. An axis that is not increasing
    /// is kept, with a warning.
    pub(crate) fn build(self, source: &Source, place: impl Fn(usize) -> Place) -> Result<Scan> {
        self.build_at(source.path, place)
    }

    /// All values must be finite, and there must be at least one point. Invalid standard deviations
    /// (not finite, negative, all zero) are dropped with a warning. An axis that is not increasing
    /// is kept, with a warning.
    pub(crate) fn build_at(mut self, path: &Path, place: impl Fn(usize) -> Place) -> Result<Scan> {
        let refuse = |place, found: String, expected: &str| {
            Err(Error::malformed(path, place, found, expected))
        };
        let (points, values) = (self.axis.len(), self.intensities.len());
        if points != values {
            let found = format!("{values} intensities on {points} points of the axis");
            return refuse(Place::File, found, "equal numbers of both");
        }
        if points == 0 {
            return refuse(Place::File, "no point".to_owned(), "at least one");
        }
        for (what, list) in [("axis", &self.axis), ("intensity", &self.intensities)] {
            let first = || list.iter().position(|v| !v.is_finite());
            if let Some(i) = (!all(list, f64::is_finite)).then(first).flatten() {
                return refuse(
                    place(i),
                    format!("{what} is {}", list[i]),
                    "a finite number",
                );
            }
        }
        self.check_sigma();
        self.note_order();
        self.note_times();
        self.note_powder();
        Ok(Scan {
            name: self.name,
            axis_kind: self.axis_kind,
            axis_is_assumed: self.axis_is_assumed,
            axis: self.axis,
            intensities: self.intensities,
            sigma: self.sigma,
            scale: self.scale,
            unit_evidence: self.unit_evidence,
            not_powder: self.not_powder,
            metadata: shared(self.metadata),
            preparation: self.preparation,
            warnings: self.warnings,
        })
    }

    fn check_sigma(&mut self) {
        let points = self.axis.len();
        let valid = |values: &[f64]| {
            values.len() == points
                && values.iter().all(|v| v.is_finite() && *v >= 0.0)
                && values.iter().any(|v| *v > 0.0)
        };
        if self.sigma.take_if(|(values, _)| !valid(values)).is_some() {
            self.warn("not used: standard deviations, as some are negative or not finite, or all are zero");
        }
    }

    fn note_order(&mut self) {
        if is_rising(&self.axis) {
            return;
        }
        let steps = self.axis.windows(2);
        let falls = steps.filter(|pair| pair[1] <= pair[0]).count();
        match falls {
            0 => {}
            n if n + 1 == self.axis.len() => self.warn("the axis decreases"),
            _ => {
                let not_rising = |pair: &[f64]| pair[1] <= pair[0];
                let first = self.axis.windows(2).position(not_rising).unwrap_or(0);
                let (a, b) = (self.axis[first], self.axis[first + 1]);
                self.warn(format!(
                    "the axis does not increase at {falls} points, first from {a} to {b}"
                ));
            }
        }
    }

    /// Warns about counts with unequal counting times. They must be divided by the times to form a
    /// pattern.
    fn note_times(&mut self) {
        const ALIKE: f64 = 1.05;
        let Some(TimePerStep::Each(times)) = &self.metadata.time_per_step else {
            return;
        };
        let least = times.iter().copied().fold(f64::INFINITY, f64::min);
        let most = times.iter().copied().fold(0.0, f64::max);
        if self.scale.unit == IntensityUnit::Counts && most > ALIKE * least {
            self.warn(format!(
                "points were counted for {least} to {most} s, and the counts are not divided by these times"
            ));
        }
    }

    fn note_powder(&mut self) {
        if self.not_powder.is_none() {
            self.not_powder = self.axis_kind.not_powder();
        }
        if let Some(what) = &self.not_powder {
            self.warnings.push(not_powder_warning(what));
        }
    }
}

/// The warning that a scan is not a powder pattern.
pub(super) fn not_powder_warning(what: &str) -> String {
    format!("not a powder pattern but {what}")
}

/// Puts the metadata into shared memory. Empty metadata are stored only once, because a file may
/// hold very many scans.
fn shared(metadata: Metadata) -> Arc<Metadata> {
    static NOTHING: LazyLock<Arc<Metadata>> = LazyLock::new(Arc::default);
    match metadata == **NOTHING {
        true => Arc::clone(&NOTHING),
        false => Arc::new(metadata),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source<'static> {
        Source::new(Path::new("a.xy"), vec![])
    }

    fn draft(axis: &[f64], intensities: &[f64]) -> Draft {
        let (axis, intensities) = (axis.to_vec(), intensities.to_vec());
        Draft::new(&source(), AxisKind::TwoThetaDeg, axis, intensities)
    }

    fn build(draft: Draft) -> Result<Scan> {
        draft.build(&source(), |i| Place::Line(i + 1))
    }

    #[test]
    fn only_whole_and_finite_scans_are_built() {
        let refusal = |axis: &[f64], y: &[f64]| build(draft(axis, y)).unwrap_err().to_string();
        assert_eq!(
            refusal(&[1.0, 2.0], &[1.0]),
            "a.xy: 1 intensities on 2 points of the axis (expected equal numbers of both)"
        );
        assert_eq!(
            refusal(&[1.0, 2.0], &[1.0, f64::NAN]),
            "a.xy: line 2: intensity is NaN (expected a finite number)"
        );
        assert!(refusal(&[f64::INFINITY], &[1.0]).contains("line 1: axis is inf"));
        assert!(refusal(&[], &[]).contains("no point"));
    }

    #[test]
    fn sigma_that_is_none_is_left_out() {
        for wrong in [
            vec![1.0],
            vec![1.0, f64::NAN],
            vec![1.0, -1.0],
            vec![0.0, 0.0],
        ] {
            let mut draft = draft(&[1.0, 2.0], &[3.0, 4.0]);
            draft.sigma = Some((wrong, SigmaOrigin::Stated));
            let scan = build(draft).unwrap();
            assert_eq!((scan.sigma(), scan.warnings().len()), (None, 1));
        }
    }

    #[test]
    fn warnings_tell_what_a_pattern_would_not_expect() {
        let warnings = |draft| build(draft).unwrap().warnings().to_vec();
        let falling = draft(&[3.0, 2.0, 1.0], &[1.0; 3]);
        assert_eq!(warnings(falling), ["the axis decreases"]);
        let dip = draft(&[1.0, 3.0, 2.0], &[1.0; 3]);
        assert_eq!(
            warnings(dip),
            ["the axis does not increase at 1 points, first from 3 to 2"]
        );
        let mut phi = draft(&[1.0, 2.0], &[1.0; 2]);
        phi.axis_kind = AxisKind::PhiDeg;
        assert_eq!(
            warnings(phi),
            ["not a powder pattern but a scan over phi in degrees"]
        );
        let mut unequal = draft(&[1.0, 2.0], &[5.0, 9.0]);
        unequal.scale.unit = IntensityUnit::Counts;
        unequal.metadata.time_per_step = Some(TimePerStep::Each(vec![10.0, 40.0]));
        assert_eq!(
            warnings(unequal),
            ["points were counted for 10 to 40 s, and the counts are not divided by these times"]
        );
        let mut blank = draft(&[1.0, 2.0, 3.0], &[5.0, BLANK, 6.0]);
        blank.metadata.time_per_step = Some(TimePerStep::Each(vec![1.0, 9.0, 1.0]));
        blank.sigma = Some((vec![2.0, 9.0, 3.0], SigmaOrigin::Stated));
        blank.leave_out_blanks();
        let scan = build(blank).unwrap();
        assert_eq!(
            (scan.axis(), scan.intensities(), scan.sigma()),
            (
                [1.0, 3.0].as_slice(),
                [5.0, 6.0].as_slice(),
                Some([2.0, 3.0].as_slice())
            )
        );
        let times = Some(TimePerStep::Each(vec![1.0, 1.0]));
        assert_eq!(scan.metadata().time_per_step, times);
        assert_eq!(
            scan.warnings(),
            ["left out: 1 points that were not measured"]
        );
        let mut cut = draft(&[1.0, 2.0], &[1.0; 2]);
        cut.warn_if_cut(5);
        assert_eq!(warnings(cut), ["cut short: 2 of 5 points found"]);
    }
}
