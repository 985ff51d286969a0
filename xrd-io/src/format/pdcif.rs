//! Powder patterns in CIF, by the powder dictionary: one pattern per loop of intensities.
//!
//! ```text
//! data_name
//! _diffrn_radiation_wavelength 1.5406       in Å; a loop with weights where there are several; also
//!                                           under _instr.wavelength and the like
//! _pd_meas_2theta_range_min 8.0             a uniform axis, with _inc, in degrees
//! _pd_meas_2theta_range_inc 0.022          if missing, from _max and the number of points
//! loop_
//! _pd_proc_2theta_corrected                 or an axis point by point
//! _pd_meas_counts_total
//! _pd_proc_intensity_bkg_calc               columns added by a refinement are ignored
//! 8.000 187(14) 180.2                       an uncertainty in brackets is the sigma
//! ```
//!
//! If there are several axes, the corrected one is used. If there are several intensities, the
//! first of these is used: measured counts, measured intensity, processed intensity, calculated
//! intensity. The dotted names of later dictionaries have the same meaning. The wavelength may be
//! in another block than the pattern. A block written by this crate has notes in
//! `_pd_meas_special_details`: lines `key: value`. Points with the intensity `.` or `?` are
//! dropped. An axis may be in a separate loop. It is used if this loop has as many rows as the
//! intensities and the block has no other axis.
//!
//! A block may have several such loops, as in files of MAUD. Files of MAUD may also lack the
//! `data_` line.
//!
//! Source: IUCr powder dictionary cif_pow.dic 1.0 and 2.5.

use std::borrow::Cow;

use xrd_core::IntensityUnit;

use super::content::{Content, FormatReader, no_scan};
use super::kind::Format;
use super::lines::lines;
use super::steps::{StatedAxis, decimals};
use crate::cif::{self, Block, Column, Table, Value, number};
use crate::error::{Error, Place, Result, shorten};
use crate::notes::{self, Notes};
use crate::scan::{
    AxisKind, Draft, Metadata, Radiation, Scan, SigmaOrigin, TimePerStep, UnitEvidence,
};
use crate::source::Source;

mod radiation;

use radiation::{RADIATION, anode, radiation};

pub(super) const READER: FormatReader = FormatReader::new(Format::PdCif, recognises, read);

/// Tags of intensities, in order of preference.
const INTENSITIES: [&str; 10] = [
    COUNTS,
    "_pd_meas_counts",
    "_pd_meas_intensity_total",
    "_pd_meas_intensity",
    "_pd_meas_intensity_net",
    "_pd_proc_intensity_total",
    "_pd_proc_intensity_net",
    "_pd_proc_intensity_norm",
    CALCULATED[0],
    CALCULATED[1],
];
/// Largest possible diffraction angle.
const MOST_DEGREES: f64 = 180.0;
const COUNTS: &str = "_pd_meas_counts_total";
/// Tags of two-theta and of its ranges, the corrected one first.
const ANGLES: [(&str, &str); 2] = [
    ("_pd_proc_2theta_corrected", "_pd_proc_2theta_range"),
    ("_pd_meas_2theta_scan", "_pd_meas_2theta_range"),
];
const CALCULATED: [&str; 2] = ["_pd_calc_intensity_total", "_pd_calc_intensity_net"];

fn recognises(source: &Source) -> bool {
    let text = source.text().unwrap_or_default();
    begins(text, "data_") || is_bare(text)
}

/// Whether loops and tags of powder patterns start without a `data_` line, as in files of MAUD.
fn is_bare(text: &str) -> bool {
    begins(text, "loop_") || begins(text, "_pd_")
}

/// Whether the first line that is not a comment starts with a word.
fn begins(text: &str, word: &str) -> bool {
    let mut said = lines(text).map(|l| l.text.trim());
    let first = said.find(|l| !l.is_empty() && !l.starts_with('#'));
    let start = first.and_then(|line| line.get(..word.len()));
    start.is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn read(source: &Source) -> Result<Content> {
    let mut text = Cow::Borrowed(source.require_text()?);
    if is_bare(&text) {
        text = Cow::Owned(format!("data_pattern {text}"));
    }
    let blocks = cif::parse(&text);
    let elsewhere = blocks
        .iter()
        .find_map(|block| Some((block.name, radiation(block)?)));
    let mut scans = Vec::new();
    for block in &blocks {
        let tables = |tag| known_tables(block, tag).map(move |table| (tag, table));
        let mut found = INTENSITIES.iter().map(|tag| tables(*tag).peekable());
        let found = found.find_map(|mut tables| tables.peek().is_some().then_some(tables));
        for (tag, table) in found.into_iter().flatten() {
            let pattern = Pattern {
                source,
                block,
                elsewhere: elsewhere.as_ref(),
                tag,
                table,
            };
            scans.push(pattern.scan()?);
        }
    }
    if scans.is_empty() {
        return Err(no_scan(source, what_else(&blocks).to_owned()));
    }
    Ok(Content::Scans(scans))
}

/// The loops that contain a number under a tag.
fn known_tables<'b, 'a>(
    block: &'b Block<'a>,
    tag: &'static str,
) -> impl Iterator<Item = Table<'b, 'a>> {
    block.tables(tag).filter(move |table| {
        let mut values = table.column(tag).into_iter().flat_map(Column::iter);
        values.any(|v| v.known().and_then(number).is_some())
    })
}

/// The type of a CIF without intensities.
fn what_else(blocks: &[Block]) -> &'static str {
    let states = |prefix: &str| blocks.iter().any(|b| b.states(prefix));
    match () {
        () if states("_atom_site_fract_") => "a CIF of a crystal structure without a pattern",
        () if states("_refln_") => "a CIF of reflections without a pattern",
        () => "a CIF without a powder pattern",
    }
}

struct Pattern<'s, 'b, 'a> {
    source: &'s Source<'s>,
    block: &'b Block<'a>,
    /// The name and the wavelengths of the first block that states any.
    elsewhere: Option<&'s (&'a str, Radiation)>,
    /// The tag of the intensities, and its loop.
    tag: &'static str,
    table: Table<'b, 'a>,
}

impl<'a> Pattern<'_, '_, 'a> {
    fn scan(&self) -> Result<Scan> {
        let intensities = self.points(self.tag)?.unwrap_or_default();
        let (axis_kind, positions) = self.axis(intensities.len())?;
        if positions.len() != intensities.len() {
            let found = format!(
                "{} intensities on {} points of the axis",
                intensities.len(),
                positions.len()
            );
            let place = Place::File;
            return Err(Error::malformed(
                self.source.path,
                place,
                found,
                "equal numbers of both",
            ));
        }
        let is_beyond = positions.iter().any(|x| x.abs() > MOST_DEGREES);
        let axis_kind = match axis_kind {
            AxisKind::TwoThetaDeg if is_beyond => AxisKind::other("x", ""),
            kind => kind,
        };
        let sigma = self.sigma(&intensities)?;
        let sigma = sigma.filter(|s| s.len() == intensities.len());
        let known_sigma = intensities.iter().filter(|p| p.sigma.is_finite()).count();
        let known = |i: &usize| intensities[*i].value.is_finite() && positions[*i].is_finite();
        let kept: Vec<usize> = (0..intensities.len()).filter(known).collect();
        let of = |values: &[f64]| kept.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        let values: Vec<f64> = intensities.iter().map(|p| p.value).collect();
        let mut draft = Draft::new(self.source, axis_kind, of(&positions), of(&values));
        draft.metadata = self.metadata(&kept);
        self.take_radiation(&mut draft);
        draft.sigma = sigma.map(|s| (of(&s), SigmaOrigin::Stated));
        if self.tag == COUNTS {
            draft.unit(
                IntensityUnit::Counts,
                UnitEvidence::Stated(self.tag.to_owned()),
            );
        }
        if let Some(notes) = self.own_notes() {
            draft.metadata.comment = None;
            notes.apply(&mut draft);
        }
        if is_beyond && draft.axis_kind == AxisKind::other("x", "") {
            draft.warn("the two-theta of the file goes beyond 180, so it is not in degrees");
        }
        if draft.sigma.is_none() && known_sigma > 0 {
            let without = kept.len().saturating_sub(known_sigma);
            draft.warn(format!(
                "not used: the uncertainties, as {without} points have none"
            ));
        }
        if let Some(warning) = self.note_range(&positions) {
            draft.warn(warning);
        }
        self.note(&mut draft, intensities.len() - kept.len());
        draft.build(self.source, |i| self.place(&intensities[kept[i]]))
    }

    fn place(&self, point: &Point) -> Place {
        Place::Line(point.line as usize)
    }

    fn note(&self, draft: &mut Draft, unknown: usize) {
        if CALCULATED.contains(&self.tag) {
            draft.warn("a calculated pattern: the file has no measured intensities");
        }
        if unknown > 0 {
            draft.warn(format!("left out: {unknown} points of unknown intensity"));
        }
        if let Some((line, count)) = self.table.left_over() {
            let found = format!("line {line}: the loop ends in the middle of a row");
            draft.warn(format!("{found}, whose {count} values are left out"));
        }
        let announced = self.announced();
        if announced.is_some_and(|n| n > self.table.rows()) {
            draft.warn_if_cut(announced.unwrap_or(0));
        }
    }

    /// The points under a tag of the loop; unknown values are NaN.
    fn points(&self, tag: &str) -> Result<Option<Vec<Point>>> {
        self.points_in(self.table, tag)
    }

    fn points_in(&self, table: Table, tag: &str) -> Result<Option<Vec<Point>>> {
        let Some(column) = table.column(tag) else {
            return Ok(None);
        };
        let mut points = Vec::with_capacity(table.rows());
        for value in column.iter() {
            points.push(self.point(value, tag)?);
        }
        Ok(Some(points))
    }

    fn point(&self, value: Value, tag: &str) -> Result<Point> {
        let unknown = Point {
            value: f64::NAN,
            sigma: f64::NAN,
            line: value.line,
        };
        let Some(text) = value.known() else {
            return Ok(unknown);
        };
        let Some(number) = number(text) else {
            let found = format!("{tag} is '{}'", shorten(text));
            let place = self.place(&unknown);
            return Err(Error::malformed(self.source.path, place, found, "a number"));
        };
        Ok(Point {
            value: number.value,
            sigma: number.uncertainty.unwrap_or(f64::NAN),
            line: value.line,
        })
    }

    /// The axis: a column of the loop, or the range stated in the block.
    fn axis(&self, count: usize) -> Result<(AxisKind, Vec<f64>)> {
        for (tag, range) in ANGLES {
            if let Some(axis) = self.column_axis(tag, 1.0)? {
                return Ok((AxisKind::TwoThetaDeg, axis));
            }
            // If an excluded region has no points, the stated range does not apply to the others.
            let is_open = self.fills(range, count) || !self.has_angles();
            if let Some((start, step)) = self.range(range, count).filter(|_| is_open) {
                let axis = (0..count).map(|i| start + step * i as f64);
                return Ok((AxisKind::TwoThetaDeg, axis.collect()));
            }
        }
        let others = [
            ("_pd_meas_2theta_corrected", AxisKind::TwoThetaDeg, 1.0),
            ("_pd_meas_2theta", AxisKind::TwoThetaDeg, 1.0),
            ("_pd_meas_angle_2theta", AxisKind::TwoThetaDeg, 1.0),
            ("_pd_calc_2theta", AxisKind::TwoThetaDeg, 1.0),
            ("_pd_meas_time_of_flight", AxisKind::TimeOfFlightUs, 1.0),
            ("_pd_proc_recip_len_q", AxisKind::QPerAngstrom, 1.0),
            ("_pd_proc_d_spacing", AxisKind::DAngstrom, 1.0),
            ("_pd_proc_energy_detection", AxisKind::EnergyKev, 1e-3),
            ("_pd_proc_energy_incident", AxisKind::EnergyKev, 1e-3),
            ("_pd_meas_angle_omega", AxisKind::OmegaDeg, 1.0),
            ("_pd_meas_angle_phi", AxisKind::PhiDeg, 1.0),
            ("_pd_meas_angle_chi", AxisKind::ChiDeg, 1.0),
        ];
        for (tag, kind, factor) in &others {
            if let Some(axis) = self.column_axis(tag, *factor)? {
                return Ok((kind.clone(), axis));
            }
        }
        let angles = ANGLES.map(|(tag, _)| (tag, AxisKind::TwoThetaDeg, 1.0));
        for (tag, kind, factor) in angles.into_iter().chain(others) {
            if let Some(axis) = self.axis_of_other_loop(tag, factor)? {
                return Ok((kind, axis));
            }
        }
        let found = format!("{} without an axis", self.tag);
        let place = self
            .table
            .line()
            .map_or(Place::File, |l| Place::Line(l as usize));
        let expected = "2theta, d, Q or time of flight of the points, or the range of 2theta";
        Err(Error::malformed(self.source.path, place, found, expected))
    }

    /// Start and step for a number of points, from the ends and the increment stated in the block.
    fn range(&self, range: &str, count: usize) -> Option<(f64, f64)> {
        let (first, last, increment) = (
            self.of_range(range, "min")?,
            self.of_range(range, "max"),
            self.of_range(range, "inc"),
        );
        let step = match (increment, last) {
            (Some(step), Some(last)) => {
                let stated = StatedAxis {
                    first,
                    last,
                    step,
                    decimals: self
                        .block
                        .text(&[&format!("{range}_inc")])
                        .and_then(decimals),
                };
                match self.announced() {
                    Some(points) if points == count => stated.step_between_ends(count),
                    Some(_) => step,
                    None => stated.step_unannounced(count, false).unwrap_or(step),
                }
            }
            (Some(step), None) => step,
            (None, last) => (last? - first) / count.saturating_sub(1).max(1) as f64,
        };
        (step != 0.0).then_some((first, step))
    }

    /// Whether the loop has the angles of the points.
    fn has_angles(&self) -> bool {
        let known = |v: Value| v.known().and_then(number).is_some();
        let has = |tag| {
            let column = self.table.column(tag);
            column.is_some_and(|column| column.iter().any(known))
        };
        ANGLES.iter().any(|(tag, _)| has(tag))
    }

    /// A warning, if the angles follow from a stated range and the end of this range differs from
    /// the last point.
    fn note_range(&self, positions: &[f64]) -> Option<String> {
        let count = positions.len();
        let (_, range) = ANGLES
            .into_iter()
            .find(|(_, range)| !self.has_angles() && self.range(range, count).is_some())?;
        let last = positions.last().filter(|_| !self.fills(range, count))?;
        let end = self.of_range(range, "max")?;
        let step = positions.get(1)? - positions.first()?;
        let is_far = (end - last).abs() > 1.5 * step.abs();
        is_far.then(|| {
            format!("the file says that the range ends at {end}, but by its step the last point is at {last:.4}")
        })
    }

    /// Whether a number of points fills the range stated in the block.
    fn fills(&self, range: &str, count: usize) -> bool {
        let [first, last, step] = ["min", "max", "inc"].map(|part| self.of_range(range, part));
        let (Some(first), Some(last), Some(step)) = (first, last, step) else {
            return true;
        };
        let steps = (last - first) / step;
        (steps + 1.0 - count as f64).abs() < 1.0
    }

    /// The start, end or step of a range stated in the block.
    fn of_range(&self, range: &str, part: &str) -> Option<f64> {
        let text = self.block.text(&[&format!("{range}_{part}")])?;
        number(text).map(|n| n.value)
    }

    /// The number of points stated in the block.
    fn announced(&self) -> Option<usize> {
        let tags = ["_pd_meas_number_of_points", "_pd_proc_number_of_points"];
        self.block.text(&tags)?.parse().ok()
    }

    /// The axis in a loop of its own, if it has as many rows.
    fn axis_of_other_loop(&self, tag: &str, factor: f64) -> Result<Option<Vec<f64>>> {
        let table = self.block.table(tag);
        let Some(table) = table.filter(|t| t.rows() > 1 && t.rows() == self.table.rows()) else {
            return Ok(None);
        };
        let points = self.points_in(table, tag)?.unwrap_or_default();
        let known = points.iter().all(|p| p.value.is_finite());
        Ok(known.then(|| points.iter().map(|p| factor * p.value).collect()))
    }

    /// A column of the loop as the axis, unless all its values are unknown.
    fn column_axis(&self, tag: &str, factor: f64) -> Result<Option<Vec<f64>>> {
        let points = self.points(tag)?.unwrap_or_default();
        let known = points.iter().any(|p| p.value.is_finite());
        Ok(known.then(|| points.iter().map(|p| factor * p.value).collect()))
    }

    /// The standard deviations, from the points themselves or from a column of their own.
    fn sigma(&self, intensities: &[Point]) -> Result<Option<Vec<f64>>> {
        if intensities
            .iter()
            .all(|p| p.sigma.is_finite() || p.value.is_nan())
        {
            return Ok(Some(intensities.iter().map(|p| p.sigma).collect()));
        }
        let own = self.points(&format!("{}_su", self.tag))?;
        Ok(own.map(|points| points.iter().map(|p| p.value).collect()))
    }

    fn metadata(&self, kept: &[usize]) -> Metadata {
        let text = |tags: &[&str]| {
            let words: Vec<&str> = self.block.text(tags)?.split_whitespace().collect();
            Some(words.join(" ")).filter(|t| !t.is_empty())
        };
        let kelvin = self
            .block
            .text(&["_diffrn_ambient_temperature"])
            .and_then(number);
        Metadata {
            sample: text(&[
                "_pd_spec_description",
                "_chemical_name_common",
                "_chemical_name_mineral",
                "_pd_phase_name",
            ]),
            comment: text(&["_pd_meas_special_details", "_pd_block_id"]),
            date: text(&["_pd_meas_datetime_initiated"]),
            instrument: text(&[
                "_diffrn_measurement_device_type",
                "_diffrn_measurement_device",
            ]),
            temperature_k: kelvin.map(|k| k.value).filter(|k| *k > 0.0),
            time_per_step: self.time_per_step(kept),
            ..Metadata::default()
        }
    }

    /// The notes in the details of a block written by this crate.
    fn own_notes(&self) -> Option<Notes> {
        let method = self.block.text(&["_audit_creation_method"])?;
        let is_own = method.trim() == notes::WRITER;
        let details = self
            .block
            .text(&["_pd_meas_special_details"])
            .unwrap_or_default();
        is_own.then(|| notes::read(details.lines()))
    }

    fn time_per_step(&self, kept: &[usize]) -> Option<TimePerStep> {
        const TAG: &str = "_pd_meas_step_count_time";
        let value = |v: Value| v.known().and_then(number).map(|n| n.value);
        match self.table.column(TAG) {
            Some(column) if self.table.line().is_some() => {
                let all: Vec<Option<f64>> = column.iter().map(value).collect();
                let each: Option<Vec<f64>> = kept.iter().map(|&i| *all.get(i)?).collect();
                each.map(TimePerStep::Each)
            }
            _ => self
                .block
                .any(&[TAG])
                .and_then(value)
                .map(TimePerStep::Same),
        }
    }

    /// Sets the wavelengths of this block, or else of the first that states any. Times of flight
    /// have none.
    fn take_radiation(&self, draft: &mut Draft) {
        if let Some(own) = radiation(self.block) {
            draft.metadata.radiation = own;
        } else if let Some(anode) = self.block.text(&[RADIATION]).and_then(anode) {
            draft.metadata.radiation.anode = Some(anode);
        } else if let (Some((name, other)), false) =
            (self.elsewhere, draft.axis_kind == AxisKind::TimeOfFlightUs)
        {
            draft.metadata.radiation = other.clone();
            let name = shorten(name);
            draft.warn(format!("the wavelength is taken from block '{name}'"));
        }
    }
}

/// An intensity or position with its uncertainty.
struct Point {
    value: f64,
    /// NaN if unknown.
    sigma: f64,
    line: u32,
}
