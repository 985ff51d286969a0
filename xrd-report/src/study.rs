//! Figures of a study, of a cross-validation, of a robustness test and of maps.

mod robustness;
mod series;

use xrd_core::Latent2;
use xrd_study::composition::{Coloring, rounded, ternary};
use xrd_study::{
    Estimated, Map, MapReport, Maps, OutputFolder, Reference, Score, Study, safe_name,
};

use crate::error::Result;
use crate::figure::{
    self, Generated, GroupPattern, MOST_ROWS, MapPanel, Painted, ReferenceLines, Reproduced,
    Samples, Scatter, Scored, Ternary, Waterfall,
};
use crate::files::FigureFiles;

pub use robustness::draw_robustness;

/// Number of windows of angles that are shaded in the mean pattern of a group, the clearest.
const SHADED_WINDOWS: usize = 5;

/// Draws all figures of a study and writes them to an output folder.
///
/// The figures show the patterns one below the other, the groups with their tree, the mean patterns of
/// the groups, the latent plane, the losses, one reconstructed pattern, the relevance of the angles of
/// this pattern, the series of the patterns, a map for each label, the compositions in a triangle if three
/// labels are the fractions of one whole, maps by other methods, and the generated patterns. Lines of
/// reference structures are drawn below patterns.
///
/// # Errors
/// - [`Error::Network`](crate::Error::Network) if the model cannot reconstruct the pattern.
/// - [`Error::Study`](crate::Error::Study) if the lines of the reconstructed pattern cannot be
///   simulated. In the figure of the relevance, each marked peak is named by the indices hkl of its
///   line.
/// - Any error of [`FigureFiles::write`].
pub fn draw_study(study: &Study, files: &FigureFiles, out: &mut OutputFolder) -> Result<()> {
    let run = &study.run;
    let coloring = study.coloring()?;
    let references: Vec<ReferenceLines> = study.references.iter().map(reference_lines).collect();
    let samples = samples_of(&coloring);
    draw_first_views(study, &coloring, &references, (files, out))?;
    let test = test_flags(study);
    let samples = samples.with_test(&test);
    let history = &run.history.epochs;
    let epochs: Vec<usize> = history.iter().map(|e| e.epoch).collect();
    let (before, after) = (&run.before.points, &run.after.points);
    let space = figure::feature_space(before, after, epochs.len(), &samples);
    files.write(out, "feature_space", &space)?;
    let train: Vec<f64> = history.iter().map(|e| e.train_loss).collect();
    let test_loss: Vec<Option<f64>> = history.iter().map(|e| e.test_loss).collect();
    let losses = figure::loss_curves(&epochs, &train, &test_loss);
    files.write(out, "loss", &losses)?;
    draw_pattern(study, &references, (files, out))?;
    series::draw(study, files, out)?;
    draw_painted(study, &samples, files, out)?;
    let by_group = study.coloring_by_group();
    let of_triangle = match study.experiment.color_by {
        Some(_) => &coloring,
        None => &by_group,
    };
    draw_ternary(study, of_triangle, (files, out))?;
    if let Some(maps) = &study.maps {
        files.write(out, "maps", &draw_maps(maps, &samples))?;
    }
    draw_generated(study, &references, (files, out))
}

/// Returns the categories or values of points for figures.
pub fn samples_of(coloring: &Coloring) -> Samples<'_> {
    let samples = Samples::new(&coloring.category, &coloring.names);
    match &coloring.values {
        Some(values) => samples.with_values(&coloring.label, values),
        None => samples,
    }
}

fn reference_lines(reference: &Reference) -> ReferenceLines {
    let lines = reference.lines.iter();
    let lines = lines.map(|r| (r.two_theta_deg, r.intensity, r.hkl));
    ReferenceLines::new(&reference.name, lines.collect())
}

/// Draws the patterns in the order of the files or of the variable of the series, and in the order of the
/// tree of the groups.
fn draw_first_views(
    study: &Study,
    coloring: &Coloring,
    references: &[ReferenceLines],
    (files, out): (&FigureFiles, &mut OutputFolder),
) -> Result<()> {
    let (all, variable) = series::rows(study);
    let rows = evenly_spaced(&all, MOST_ROWS);
    let patterns = study.data.set.select(&rows)?;
    let of_rows = coloring.select(&rows);
    let mut shown = Waterfall::new(&patterns, samples_of(&of_rows))
        .with_part_of(study.data.set.len())
        .with_references(references);
    let values: Vec<f64>;
    if let Some((name, of)) = variable {
        values = rows.iter().map(|&i| of[i]).collect();
        shown = shown.with_variable(name, &values);
    }
    files.write(out, "waterfall", &figure::waterfall(&shown))?;
    let groups = &study.groups.groups;
    let order = groups.tree.leaf_order();
    let order: Vec<usize> = order.into_iter().map(|leaf| groups.grouped[leaf]).collect();
    let rows = evenly_spaced(&order, MOST_ROWS);
    let patterns = study.data.set.select(&rows)?;
    let of_rows: Vec<usize> = rows.iter().map(|&i| groups.members[i].group).collect();
    let size = |g: usize| groups.members.iter().filter(|m| m.group == g).count();
    let name = |g: usize| format!("group {}: {} patterns", g + 1, size(g));
    let names: Vec<String> = (0..groups.number()).map(name).collect();
    let shown = Waterfall::new(&patterns, Samples::new(&of_rows, &names))
        .with_tree(&groups.tree)
        .with_part_of(order.len())
        .with_references(references);
    files.write(out, "groups", &figure::waterfall(&shown))?;
    draw_groups(study, references, (files, out))
}

/// Draws the mean pattern of each group.
fn draw_groups(
    study: &Study,
    references: &[ReferenceLines],
    (files, out): (&FigureFiles, &mut OutputFolder),
) -> Result<()> {
    let (set, groups) = (&study.data.set, &study.groups.groups);
    let mut panels = Vec::new();
    for (g, profile) in study.groups.profiles.iter().enumerate() {
        let medoid = groups.medoids[g];
        let intensities = set.intensities(medoid)?;
        let highest = intensities
            .iter()
            .copied()
            .fold(f32::MIN_POSITIVE, f32::max);
        let name = &set.names()[medoid];
        let title = match groups.items_of(g).len() {
            1 => format!("group {}: {name}", g + 1),
            n => format!("group {}: {n} patterns such as {name}", g + 1),
        };
        let windows = profile.windows.iter().take(SHADED_WINDOWS);
        let windows = windows.map(|w| (w.from_deg, w.to_deg));
        let panel = GroupPattern::new(title, &profile.mean, &profile.spread)
            .with_medoid(intensities.iter().map(|v| v / highest).collect())
            .with_windows(windows.collect());
        panels.push(panel);
    }
    let figure = figure::group_patterns(set.grid(), &panels, references);
    files.write(out, "group_patterns", &figure)
}

/// Draws the compositions in a triangle if three labels are the fractions of one whole.
fn draw_ternary(
    study: &Study,
    coloring: &Coloring,
    (files, out): (&FigureFiles, &mut OutputFolder),
) -> Result<()> {
    let labels = &study.data.labels;
    let Some((columns, total)) = ternary(labels) else {
        return Ok(());
    };
    let amounts = |row: &[f64]| columns.map(|c| row[c]);
    let points: Vec<[f64; 3]> = labels.rows().map(amounts).collect();
    let test = test_flags(study);
    let pair = |e: &Estimated| Some((amounts(e.truth.as_ref()?), amounts(&e.estimate.values)));
    let estimates: Vec<_> = study.run.estimated.iter().filter_map(pair).collect();
    let corners = columns.map(|c| labels.columns()[c].as_str());
    let shown = Ternary::new(corners, &points, samples_of(coloring).with_test(&test))
        .with_total(total)
        .with_estimates(&estimates);
    files.write(out, "ternary", &figure::ternary(&shown))
}

fn test_flags(study: &Study) -> Vec<bool> {
    let patterns = 0..study.data.set.len();
    patterns.map(|i| study.run.split.is_test(i)).collect()
}

/// Returns all items, or `most` of them at equal distances.
fn evenly_spaced(items: &[usize], most: usize) -> Vec<usize> {
    let shown = items.len().min(most);
    (0..shown).map(|k| items[k * items.len() / shown]).collect()
}

/// Draws one pattern with its reconstruction and its relevance.
fn draw_pattern(
    study: &Study,
    references: &[ReferenceLines],
    (files, out): (&FigureFiles, &mut OutputFolder),
) -> Result<()> {
    let (data, found) = (&study.data, &study.relevance);
    let intensities = data.set.intensities(found.pattern)?;
    let (grid, measured) = (data.set.grid(), &intensities[..]);
    let reproduced = study
        .model
        .reconstruct(&data.set.select(&[found.pattern])?)?;
    let name = format!("test pattern {}", data.set.names()[found.pattern]);
    let title = match &data.describe(found.pattern)[..] {
        "" => name,
        labels => format!("{name}: {labels}"),
    };
    let shown = Reproduced::new(measured, &reproduced).with_references(references);
    let figure = figure::reproduction(grid, &shown, &title);
    files.write(out, "reproduction", &figure)?;
    let sweep = &found.sweep;
    let dev: Vec<(f64, f64)> = sweep
        .two_theta
        .iter()
        .copied()
        .zip(sweep.dev.iter().copied())
        .collect();
    let indexing = study.indexing()?;
    let marked: Vec<(f64, String)> = found
        .strongest_irrelevant
        .iter()
        .map(|r| {
            let hkl = indexing.as_ref().and_then(|i| i.hkl_at(r.peak.two_theta));
            let hkl = hkl.map_or(String::new(), |[h, k, l]| format!("({h}{k}{l}), "));
            let text = format!("{hkl}ratio {:.2}", r.ratio());
            (r.peak.two_theta, text)
        })
        .collect();
    let figure = figure::relevance(grid, measured, &dev, &marked);
    files.write(out, "relevance", &figure)
}

/// Draws the map of each label, with the contours of its targets.
fn draw_painted(
    study: &Study,
    samples: &Samples<'_>,
    files: &FigureFiles,
    out: &mut OutputFolder,
) -> Result<()> {
    let run = &study.run;
    for (map, column) in run.maps.iter().zip(study.data.labels.columns()) {
        let own = study.data.labels.column(column).unwrap_or_default();
        let samples = match samples.values {
            [] => *samples,
            _ => samples.with_values(column, &own),
        };
        let of_column = || {
            let all = run.generated.iter();
            let single = all.filter_map(|g| Some((g, g.pattern.target.single()?)));
            single.filter(|(_, target)| target.column == *column)
        };
        let contours: Vec<Vec<Latent2>> = of_column()
            .flat_map(|(g, _)| &g.pattern.contour)
            .map(closed_points)
            .collect();
        let values: Vec<String> = of_column().map(|(_, t)| rounded(t.value)).collect();
        let label = format!("{column} = {}", values.join(", "));
        let painted = Painted::new(map, column)
            .with_points(&run.after.points, samples)
            .with_contours(&contours, &label);
        let figure = figure::painted_map(&painted);
        files.write(out, &format!("map_{}", safe_name(column)), &figure)?;
    }
    Ok(())
}

fn closed_points(line: &xrd_interp::Polyline) -> Vec<Latent2> {
    let points = line.points().to_vec();
    let first = points.first().copied().filter(|_| line.is_closed());
    points.into_iter().chain(first).collect()
}

fn draw_generated(
    study: &Study,
    references: &[ReferenceLines],
    (files, out): (&FigureFiles, &mut OutputFolder),
) -> Result<()> {
    for generated in &study.run.generated {
        let Some((_, intensities)) = &generated.pattern.decoded else {
            continue;
        };
        let patterns = Generated::new(intensities)
            .with_references(references)
            .with_truth(generated.truth.mean.as_deref())
            .with_blend(generated.blend.as_deref());
        let target = &generated.pattern.target;
        let labels = target.targets().iter();
        let title: Vec<String> = labels
            .map(|t| format!("{} = {}", t.column, rounded(t.value)))
            .collect();
        let figure = figure::generated(study.data.set.grid(), &patterns, &title.join(", "));
        let name = format!("generated_{}", safe_name(&target.to_string()));
        files.write(out, &name, &figure)?;
    }
    Ok(())
}

/// Draws several two-dimensional maps of the same patterns side by side. Each map is made by
/// another method.
///
/// The scores of each map are written below the map. The argument `samples` gives the category of
/// each pattern.
pub fn draw_maps(maps: &Maps, samples: &Samples<'_>) -> String {
    let report = maps.report();
    fn panel<'a>(map: &'a Map, scores: &MapReport) -> MapPanel<'a> {
        let number = |v: Option<f64>| v.map_or("–".to_owned(), |v| format!("{v:.2}"));
        let pair = |[a, b]: [&str; 2], x, y| format!("{a} {}, {b} {}", number(x), number(y));
        MapPanel {
            name: &map.name,
            points: &map.points,
            captions: [
                pair(["T", "C"], scores.trustworthiness, scores.continuity),
                pair(["S", "ARI"], scores.silhouette, scores.adjusted_rand_index),
            ],
        }
    }
    let both = maps.maps.iter().zip(&report.maps);
    let panels: Vec<MapPanel> = both.map(|(map, scores)| panel(map, scores)).collect();
    figure::maps(&panels, samples)
}

/// Draws the estimated labels of a cross-validation, one figure per label.
///
/// The result has one pair per figure: the file name without extension, and the text of the SVG
/// file. A scheme is a way to divide the patterns into folds. Each figure has one panel per
/// scheme. The panels show the estimates of the method [`Score::method`]. If a label has the same
/// value for all patterns, there is no figure for this label.
pub fn draw_scores(score: &Score) -> Vec<(String, String)> {
    let labels = &score.data.labels;
    let differs = |c: usize| labels.rows().any(|row| row[c] != labels.row(0)[c]);
    let one = |(c, label): (usize, &String)| {
        let panel = |of: &xrd_study::SchemeEstimates| {
            let (_, seeds) = of.methods.iter().find(|(name, _)| *name == score.method)?;
            let row =
                score.report.scores.iter().find(|r| {
                    r.scheme == of.scheme && r.method == score.method && r.label == *label
                })?;
            let scatter = |g: &xrd_study::FoldEstimate| Scatter {
                truth: labels.row(g.pattern)[c],
                estimated: g.values[c],
                inside: g.inside,
            };
            Some(Scored {
                title: match row.r2_mean {
                    Some(r2) => {
                        let r2 = format!("{r2:.3}").replace('-', "\u{2212}");
                        format!("{}, R² {r2}", of.scheme)
                    }
                    None => of.scheme.to_string(),
                },
                estimates: seeds.iter().flatten().map(scatter).collect(),
                half_width: row.half_width,
            })
        };
        let panels: Vec<Scored> = score.estimates.iter().filter_map(panel).collect();
        let name = format!("scores_{}", safe_name(label));
        (name, figure::scores(label, &panels))
    };
    let columns = labels.columns().iter().enumerate();
    columns.filter(|(c, _)| differs(*c)).map(one).collect()
}
