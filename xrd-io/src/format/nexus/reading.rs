//! Reading of NeXus with the crate `hdf5-reader`.

use std::collections::{HashMap, HashSet};

use hdf5_reader::group::Group;
use hdf5_reader::{Attribute, Dataset, Hdf5File, OpenOptions};
use xrd_core::IntensityUnit;

use super::super::content::{Content, no_scan};
use super::values::{Data, Hdf5Result};
use crate::column_names::{Role, role};
use crate::error::{Error, Place, Result};
use crate::scan::{AxisKind, Draft, Metadata, Radiation, SigmaOrigin, TimePerStep, UnitEvidence};
use crate::source::Source;

/// Largest depth of nested groups.
const DEEPEST: usize = 16;
/// Largest number of groups and data sets examined in one file.
const MOST_GROUPS: usize = 10_000;
/// Largest size of the unpacked data, as a multiple of the file size.
const MOST_TIMES_FILE: usize = 16;
const MOST_BYTES: usize = 16 << 20;

pub(super) fn read(source: &Source) -> Result<Content> {
    let most = source
        .bytes()
        .len()
        .saturating_mul(MOST_TIMES_FILE)
        .saturating_add(MOST_BYTES);
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(most)
        .with_max_read_bytes(most)
        .with_max_object_header_bytes(1 << 20);
    let broken = |e| broken(source, e);
    let file = Hdf5File::from_bytes_with_options(source.bytes(), options).map_err(broken)?;
    let root = file.root_group().map_err(broken)?;
    let data = Data { file: &file, most };
    let trees = trees(&root).map_err(broken)?;
    let best = trees.iter().filter_map(|tree| Some((tree, tree.best()?)));
    let best: Vec<(&Tree, &Plot)> = best.collect();
    // Entries over another quantity hold metadata for the pattern of another entry.
    let any = best.iter().any(|(_, plot)| plot.is_of_two_theta());
    let mut scans = Vec::new();
    let mut bytes = 0usize;
    for (tree, plot) in best {
        if plot.is_of_two_theta() == any {
            // Many entries may refer to the same data.
            if bytes > most {
                let found = format!("entries that hold more than {most} bytes together");
                return Err(Error::malformed(source.path, Place::File, found, "fewer"));
            }
            bytes = bytes.saturating_add(plot.bytes());
            for mut draft in plot.drafts(source, &data, tree.metadata(&data))? {
                draft.leave_out_unknown();
                scans.push(draft.build(source, |_| Place::File)?);
            }
        }
    }
    if scans.is_empty() {
        return Err(no_scan(
            source,
            "an HDF5 file without data on an axis".to_owned(),
        ));
    }
    Ok(Content::Scans(scans))
}

/// One tree per entry with data, if there are several such entries. Otherwise one tree for the
/// whole file.
fn trees(root: &Group) -> Hdf5Result<Vec<Tree>> {
    let mut trees = Vec::new();
    let mut seen = HashSet::new();
    for name in root.member_names()?.0 {
        let Ok(entry) = root.group(&name) else {
            continue;
        };
        let class = entry.attribute("NX_class").ok().and_then(text);
        if class.as_deref() == Some("NXentry") {
            let mut tree = Tree {
                seen,
                ..Tree::default()
            };
            tree.walk(&entry, 0)?;
            seen = std::mem::take(&mut tree.seen);
            trees.extend((!tree.data.is_empty()).then_some(tree));
        }
    }
    if trees.len() < 2 {
        let mut whole = Tree::default();
        whole.walk(root, 0)?;
        trees = vec![whole];
    }
    Ok(trees)
}

fn broken(source: &Source, error: hdf5_reader::error::Error) -> Error {
    let found = format!("HDF5: {error}");
    Error::malformed(source.path, Place::File, found, "readable HDF5 data")
}

/// Content of a file or entry.
#[derive(Default)]
struct Tree {
    data: Vec<Plot>,
    /// Data sets with a single value, by name.
    facts: HashMap<String, Dataset>,
    seen: HashSet<u64>,
}

impl Tree {
    fn walk(&mut self, group: &Group, depth: usize) -> Hdf5Result<()> {
        if depth > DEEPEST || self.seen.len() > MOST_GROUPS || !self.seen.insert(group.address()) {
            return Ok(());
        }
        let (groups, datasets) = group.member_names()?;
        let class = group.attribute("NX_class").ok().and_then(text);
        for name in &datasets {
            // A data set of a type that cannot be read is ignored.
            let Ok(dataset) = group.dataset(name) else {
                continue;
            };
            if dataset.num_elements().is_ok_and(|n| n == 1) {
                let name = match (class.as_deref(), name.as_str()) {
                    (Some("NXsample"), "name") => "sample_name",
                    (_, name) => name,
                };
                self.facts.entry(name.to_lowercase()).or_insert(dataset);
            }
        }
        if class.as_deref() == Some("NXdata") {
            self.data.extend(Plot::of(group, &datasets));
        }
        let default = group.attribute("default").ok().and_then(text);
        for name in groups {
            let Ok(child) = group.group(&name) else {
                continue;
            };
            let before = self.data.len();
            self.walk(&child, depth + 1)?;
            if default.as_deref() == Some(&name) {
                self.data[before..]
                    .iter_mut()
                    .for_each(|plot| plot.is_default = true);
            }
        }
        Ok(())
    }

    /// The data that form the pattern.
    fn best(&self) -> Option<&Plot> {
        self.data.iter().max_by_key(|plot| plot.rank())
    }

    fn metadata(&self, data: &Data) -> Metadata {
        let string = |name: &str| data.text(self.facts.get(name)?);
        let angstrom = |name: &str| {
            let dataset = self.facts.get(name)?;
            let value = *data.numbers(dataset).ok()?.first()?;
            match unit(dataset).as_str() {
                "nm" | "nanometer" => Some(10.0 * value),
                "m" => Some(1e10 * value),
                "pm" | "picometer" => Some(0.01 * value),
                _ => Some(value),
            }
        };
        let number = |name: &str| data.numbers(self.facts.get(name)?).ok()?.first().copied();
        let names = [
            "k_alpha_one",
            "k_alpha1",
            "wavelength",
            "incident_wavelength",
            "lambda",
        ];
        let k_alpha1 = names.into_iter().find_map(angstrom);
        let k_alpha2 = ["k_alpha_two", "k_alpha2"].into_iter().find_map(angstrom);
        let mut radiation = Radiation {
            anode: string("xray_tube_material"),
            k_alpha2_ratio: number("ratio_k_alphatwo_k_alphaone"),
            ..Radiation::default()
        };
        radiation.set_angstrom(k_alpha1, k_alpha2);
        Metadata {
            sample: string("sample_name").or_else(|| string("sample_id")),
            comment: string("title"),
            date: string("start_time"),
            time_per_step: number("count_time").map(TimePerStep::Same),
            radiation,
            ..Metadata::default()
        }
    }
}

/// Data with an axis.
struct Plot {
    signal: Dataset,
    axis: Dataset,
    errors: Option<Dataset>,
    axis_kind: AxisKind,
    is_default: bool,
}

impl Plot {
    /// The data of an NXdata group, if they have an axis.
    fn of(group: &Group, names: &[String]) -> Option<Self> {
        let dataset = |name: &str| group.dataset(name).ok();
        let stated = group.attribute("signal").ok().and_then(text);
        let marked = || {
            let is_signal = |name: &&String| {
                let signal = dataset(name).and_then(|d| d.attribute("signal").ok());
                let is_one = |s: Attribute| {
                    s.read_as_f64().is_ok_and(|s| s == 1.0) || text(s) == Some("1".into())
                };
                signal.is_some_and(is_one)
            };
            names.iter().find(is_signal).cloned()
        };
        let known = || {
            let is_known =
                |name: &&String| ["intensity", "data", "counts"].contains(&name.as_str());
            names.iter().find(is_known).cloned()
        };
        let name = stated.or_else(marked).or_else(known)?;
        let signal = dataset(&name)?;
        let points = *signal.shape().last()?;
        // There is one bin limit more than there are points.
        let fits = |axis: &Dataset| axis.shape() == [points] || axis.shape() == [points + 1];
        let listed = group.attribute("axes").ok().map(texts).unwrap_or_default();
        let of_list = || {
            listed
                .last()
                .and_then(|name| Some((name.clone(), dataset(name)?)))
        };
        let by_name = || {
            let known = names
                .iter()
                .filter(|n| is_two_theta(n) || matches!(role(n), Role::Axis(_)));
            let fitting = known.filter_map(|n: &String| Some((n.clone(), dataset(n)?)));
            fitting
                .filter(|(_, axis)| fits(axis))
                .min_by_key(|(n, _)| !is_two_theta(n))
        };
        let (axis_name, axis) = of_list().filter(|(_, axis)| fits(axis)).or_else(by_name)?;
        let errors = [format!("{name}_errors"), "errors".to_owned()];
        let errors = errors.iter().find_map(|name| dataset(name));
        Some(Self {
            axis_kind: axis_kind(&axis_name, &axis),
            errors: errors.filter(|errors| errors.shape() == signal.shape()),
            signal,
            axis,
            is_default: false,
        })
    }

    /// Rank for choosing the pattern among several plots. A higher rank is better.
    fn rank(&self) -> (bool, bool) {
        (self.is_of_two_theta(), self.is_default)
    }

    /// The memory for the intensities and their axis in bytes.
    fn bytes(&self) -> usize {
        let values = self.signal.num_elements().unwrap_or(u64::MAX);
        usize::try_from(values).map_or(usize::MAX, |n| n.saturating_mul(16))
    }

    fn is_of_two_theta(&self) -> bool {
        self.axis_kind == AxisKind::TwoThetaDeg
    }

    fn drafts(&self, source: &Source, data: &Data, metadata: Metadata) -> Result<Vec<Draft>> {
        let read = |dataset: &Dataset| data.numbers(dataset).map_err(|e| broken(source, e));
        let (mut axis, signal) = (read(&self.axis)?, read(&self.signal)?);
        let points = self.signal.shape().last().copied().unwrap_or(0);
        if self.axis_kind == AxisKind::TwoThetaDeg && unit(&self.axis).starts_with("rad") {
            axis.iter_mut().for_each(|x| *x = x.to_degrees());
        }
        if axis.len() as u64 > points {
            let middles = axis.windows(2).map(|ends| 0.5 * (ends[0] + ends[1]));
            axis = middles.collect();
        }
        let errors = self.errors.as_ref().map(read).transpose()?;
        if axis.is_empty() {
            return Ok(vec![]);
        }
        let unit = unit(&self.signal);
        let scan = |(number, intensities): (usize, &[f64])| {
            let kind = self.axis_kind.clone();
            let mut draft = Draft::new(source, kind, axis.clone(), intensities.to_vec());
            draft.metadata = metadata.clone();
            if unit == "counts" {
                draft.unit(IntensityUnit::Counts, UnitEvidence::Stated(unit.clone()));
            }
            let sigma = errors
                .as_ref()
                .and_then(|e| e.chunks_exact(axis.len()).nth(number));
            draft.sigma = sigma.map(|sigma| (sigma.to_vec(), SigmaOrigin::Stated));
            draft
        };
        Ok(signal
            .chunks_exact(axis.len())
            .enumerate()
            .map(scan)
            .collect())
    }
}

fn is_two_theta(name: &str) -> bool {
    role(name) == Role::Axis(AxisKind::TwoThetaDeg) || name == "polar_angle"
}

/// The kind of an axis, from its name or long name and its unit.
fn axis_kind(name: &str, axis: &Dataset) -> AxisKind {
    let unit = unit(axis);
    let long_name = axis
        .attribute("long_name")
        .ok()
        .and_then(text)
        .unwrap_or_default();
    if is_two_theta(name) {
        return AxisKind::TwoThetaDeg;
    }
    for words in [format!("{name} {unit}"), format!("{long_name} {unit}")] {
        let is_in_radians = unit.starts_with("rad");
        if let Role::Axis(kind) = role(words.trim())
            && (!is_in_radians || kind == AxisKind::TwoThetaDeg)
        {
            return kind;
        }
    }
    AxisKind::other(name, unit)
}

fn unit(dataset: &Dataset) -> String {
    let stated = ["units", "unit"]
        .iter()
        .find_map(|name| dataset.attribute(name).ok());
    stated
        .and_then(text)
        .unwrap_or_default()
        .trim()
        .to_lowercase()
}

fn text(attribute: Attribute) -> Option<String> {
    attribute
        .read_string()
        .ok()
        .or_else(|| attribute.read_strings().ok()?.into_iter().next())
}

fn texts(attribute: Attribute) -> Vec<String> {
    match attribute.read_strings() {
        Ok(list) if list.len() == 1 => list[0].split([':', ',']).map(str::to_owned).collect(),
        Ok(list) => list,
        Err(_) => attribute.read_string().ok().into_iter().collect(),
    }
}
