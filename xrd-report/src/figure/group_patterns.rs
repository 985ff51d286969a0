//! Mean pattern of each group with its spread.

use xrd_core::TwoThetaGrid;

use super::curve::{thinned, unthinned_path};
use super::legend::{self, Entry, Symbol};
use super::palette::{BLACK, CATEGORIES, PALE_GREY};
use super::panel::{LABEL_SIZE, Panel, Quantity, X_AXIS_HEIGHT, draw_title};
use super::pattern::{pattern_path, whole_axis};
use super::reference::{self, ReferenceLines};
use super::svg::{Frame, Stroke, Svg};
use super::text::{Text, grouped, shortened};

const LEFT: f64 = 20.0;
const RIGHT: f64 = 233.0;
const TOP: f64 = 13.0;
/// Height of all panels together, and the limits of the height of one.
const ALL: f64 = 190.0;
const SHORTEST: f64 = 46.0;
const TALLEST: f64 = 110.0;
const GAP: f64 = 15.0;
const MEDOID: Stroke = Stroke::solid(BLACK, 0.35);
/// Opacity of the spread.
const SPREAD: f64 = 0.3;

/// Largest number of groups that are drawn.
const MOST_GROUPS: usize = 12;

/// Patterns of a group, relative to their highest intensity, one value per grid point.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct GroupPattern<'a> {
    /// Title of the panel.
    pub title: String,
    /// Mean of the patterns.
    pub mean: &'a [f64],
    /// Standard deviation of the patterns.
    pub spread: &'a [f64],
    /// Most representative pattern.
    pub medoid: Vec<f32>,
    /// First and last angle 2θ in degrees of each range that distinguishes the group.
    pub windows: Vec<(f64, f64)>,
}

impl<'a> GroupPattern<'a> {
    /// Returns the mean pattern and the standard deviation of a group.
    pub fn new(title: impl Into<String>, mean: &'a [f64], spread: &'a [f64]) -> Self {
        Self {
            title: title.into(),
            mean,
            spread,
            ..Self::default()
        }
    }

    /// Sets the most representative pattern.
    #[must_use]
    pub fn with_medoid(mut self, intensities: Vec<f32>) -> Self {
        self.medoid = intensities;
        self
    }

    /// Sets the ranges of angles that distinguish the group.
    #[must_use]
    pub fn with_windows(mut self, windows: Vec<(f64, f64)>) -> Self {
        self.windows = windows;
        self
    }

    /// Mean plus `times` the spread, not below 0.
    fn edge(&self, times: f64) -> Vec<f32> {
        let pairs = self.mean.iter().zip(self.spread);
        pairs
            .map(|(m, s)| (m + times * s).max(0.0) as f32)
            .collect()
    }
}

/// Draws the mean pattern of each group with its spread, the most representative pattern as a thin line,
/// and the ranges of angles that distinguish the group. There is one panel per group, for at most twelve
/// groups. Cost: O(groups · grid points).
///
/// ```
/// use xrd_core::TwoThetaGrid;
/// use xrd_report::{GroupPattern, group_patterns};
///
/// let grid = TwoThetaGrid::new(20.0, 0.1, 4)?;
/// let group = GroupPattern::new("group 1: 7 patterns", &[0.1, 0.9, 0.2, 0.1], &[0.0, 0.1, 0.1, 0.0]);
/// let svg = group_patterns(&grid, &[group.with_windows(vec![(20.05, 20.15)])], &[]);
/// assert!(svg.contains("group 1: 7 patterns"));
/// # Ok::<(), xrd_core::Error>(())
/// ```
pub fn group_patterns(
    grid: &TwoThetaGrid,
    groups: &[GroupPattern<'_>],
    references: &[ReferenceLines],
) -> String {
    let mut svg = Svg::default();
    let shown = groups.len().min(MOST_GROUPS);
    let height = (ALL / shown.max(1) as f64).clamp(SHORTEST, TALLEST);
    let mut bottom = TOP + SHORTEST;
    for (k, group) in groups.iter().take(shown).enumerate() {
        let top = TOP + k as f64 * (height + GAP);
        let panel = draw_panel(&mut svg, ((top, top + height), k), grid, group);
        let is_last = k + 1 == shown;
        let whole = match is_last {
            true => reference::draw(&mut svg, &panel, references),
            false => panel,
        };
        whole.draw_box(&mut svg);
        panel.draw_box(&mut svg);
        whole.draw_x_axis(&mut svg, 6, is_last.then(Quantity::two_theta).as_ref());
        bottom = whole.frame().bottom;
    }
    let label = Text::plain("Intensity (highest: 1)");
    let middle = (TOP + bottom) / 2.0;
    svg.upward_text((LEFT - 6.0, middle), LABEL_SIZE, &label);
    let top = bottom + X_AXIS_HEIGHT;
    let height = top + legend::draw(&mut svg, top, &entries(groups, references));
    svg.finish(height + 2.0, "Mean patterns of the groups")
}

fn draw_panel(
    svg: &mut Svg,
    ((top, bottom), k): ((f64, f64), usize),
    grid: &TwoThetaGrid,
    group: &GroupPattern<'_>,
) -> Panel {
    let frame = Frame {
        left: LEFT,
        right: RIGHT,
        top,
        bottom,
    };
    let upper = group.edge(1.0);
    let highest = upper
        .iter()
        .chain(&group.medoid)
        .copied()
        .fold(1e-3, f32::max);
    let intensity = (0.0, 1.05 * f64::from(highest.min(1e6)));
    let panel = Panel::new(frame, Some(whole_axis(grid)), Some(intensity));
    for &(from, to) in &group.windows {
        let half = grid.step() / 2.0;
        let band = Frame {
            left: panel.x.at(from - half).max(LEFT),
            right: panel.x.at(to + half).min(RIGHT),
            ..frame
        };
        if band.left < band.right {
            svg.rectangle(&band, PALE_GREY);
        }
    }
    let color = CATEGORIES[k % CATEGORIES.len()];
    svg.area(
        &band(&panel, grid, (&group.edge(-1.0), &upper)),
        color,
        SPREAD,
    );
    let all = 0..grid.len();
    svg.path(
        &pattern_path(&panel, grid, &group.edge(0.0), all.clone()),
        &Stroke::solid(color, 0.8),
    );
    svg.path(&pattern_path(&panel, grid, &group.medoid, all), &MEDOID);
    let title = shortened(&group.title, RIGHT - LEFT - 18.0, LABEL_SIZE);
    draw_title(svg, (LEFT, top - 4.0), k, &title);
    panel
}

/// Closed path around the area between two curves.
fn band(panel: &Panel, grid: &TwoThetaGrid, (lower, upper): (&[f32], &[f32])) -> String {
    let curve = |values: &[f32]| {
        let points = values.iter().enumerate().take(grid.len());
        let points = points.map(|(i, v)| panel.at(grid.angle(i), f64::from(*v)));
        thinned(&points.filter(|p| p.1.is_finite()).collect::<Vec<_>>())
    };
    let mut around = curve(upper);
    around.extend(curve(lower).into_iter().rev());
    match around.is_empty() {
        true => String::new(),
        false => unthinned_path(&around) + "z",
    }
}

fn entries(groups: &[GroupPattern<'_>], references: &[ReferenceLines]) -> Vec<Entry> {
    let line = |stroke, name| Entry {
        symbol: Symbol::Line(stroke),
        text: Text::plain(name),
    };
    let mut entries = vec![line(Stroke::solid(CATEGORIES[0], 0.8), "mean and spread")];
    if groups.iter().any(|g| !g.medoid.is_empty()) {
        entries.push(line(MEDOID, "most representative"));
    }
    entries.extend(reference::entries(references));
    if groups.iter().any(|g| !g.windows.is_empty()) {
        entries.push(Entry::note(
            "shaded: angles at which the group differs from the others",
        ));
    }
    if groups.len() > MOST_GROUPS {
        let text = format!(
            "the {MOST_GROUPS} largest of {} groups",
            grouped(groups.len())
        );
        entries.push(Entry::note(&text));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::assert_sound;

    #[test]
    fn means_spreads_medoids_and_windows_are_drawn() {
        let grid = TwoThetaGrid::new(10.0, 0.1, 50).unwrap();
        let mean: Vec<f64> = (0..50).map(|i| f64::from(i % 7) / 7.0).collect();
        let spread = vec![0.1; 50];
        let group = GroupPattern::new("group 1: a & b", &mean, &spread);
        let full = group
            .clone()
            .with_medoid(vec![0.5; 50])
            .with_windows(vec![(11.0, 12.0), (99.0, 100.0)]);
        let lines = [ReferenceLines::new("NaCl", vec![(12.0, 1.0, [2, 0, 0])])];
        let file = group_patterns(&grid, &[full, group.clone()], &lines);
        assert_sound(&file);
        assert_eq!(file.matches("fill-opacity=\".3\"").count(), 2);
        // The page and one window.
        assert_eq!(file.matches("<rect").count(), 2);
        assert!(file.contains("a &amp; b") && file.contains("shaded") && file.contains(">200<"));
        let many = group_patterns(&grid, &vec![group; 14], &[]);
        assert_sound(&many);
        assert!(many.contains("the 12 largest of 14 groups") && !many.contains("shaded"));
    }

    #[test]
    fn poor_groups_are_drawn_without_fail() {
        let grid = TwoThetaGrid::new(10.0, 0.1, 3).unwrap();
        assert_sound(&group_patterns(&grid, &[], &[]));
        for values in [
            vec![],
            vec![0.0; 3],
            vec![f64::NAN, 1.0, 2.0],
            vec![f64::MAX; 3],
        ] {
            let group = GroupPattern::new("", &values, &values).with_medoid(vec![f32::MAX]);
            assert_sound(&group_patterns(&grid, &[group], &[]));
        }
    }
}
