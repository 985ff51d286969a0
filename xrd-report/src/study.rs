//! Figures of a study, of a cross-validation and of maps.

mod series;

use xrd_core::Latent2;
use xrd_study::{Map, MapReport, Maps, OutputFolder, Score, Study, safe_name};

use crate::error::Result;
use crate::figure::{
    self, Generated, MOST_ROWS, MapPanel, Painted, Samples, Scatter, Scored, Waterfall,
};
use crate::files::FigureFiles;

/// Draws all figures of a study and writes them to an output folder.
///
/// The figures show the patterns one below the other, the groups with their tree, the latent plane, the losses, one reconstructed pattern, the relevance of the
/// angles of this pattern, the series of the patterns, a map for each label, maps by other methods, and the generated
/// patterns.
///
/// # Errors
/// - [`Error::Network`](crate::Error::Network) if the model cannot reconstruct the pattern.
/// - [`Error::Study`](crate::Error::Study) if the lines of the reconstructed pattern cannot be
///   simulated. In the figure of the relevance, each marked peak is named by the indices hkl of its
///   line.
/// - Any error of [`FigureFiles::write`].
pub fn draw_study(study: &Study, files: &FigureFiles, out: &mut OutputFolder) -> Result<()> {
    let (data, run) = (&study.data, &study.run);
    let (category, names) = study.categories();
    draw_first_views(study, (&category, &names), files, out)?;
    let test: Vec<bool> = (0..data.set.len()).map(|i| run.split.is_test(i)).collect();
    let samples = Samples::new(&category, &names).with_test(&test);
    let history = &run.history.epochs;
    let epochs: Vec<usize> = history.iter().map(|e| e.epoch).collect();
    let (before, after) = (&run.before.points, &run.after.points);
    let space = figure::feature_space(before, after, epochs.len(), &samples);
    files.write(out, "feature_space", &space)?;
    let train: Vec<f64> = history.iter().map(|e| e.train_loss).collect();
    let test_loss: Vec<Option<f64>> = history.iter().map(|e| e.test_loss).collect();
    let losses = figure::loss_curves(&epochs, &train, &test_loss);
    files.write(out, "loss", &losses)?;
    draw_pattern(study, files, out)?;
    series::draw(study, files, out)?;
    draw_painted(study, &samples, files, out)?;
    if let Some(maps) = &study.maps {
        files.write(out, "maps", &draw_maps(maps, &samples))?;
    }
    draw_generated(study, files, out)
}

/// Draws the patterns in the order of the files or of the variable of the series, and in the order of the
/// tree of the groups.
fn draw_first_views(
    study: &Study,
    (category, names): (&[usize], &[String]),
    files: &FigureFiles,
    out: &mut OutputFolder,
) -> Result<()> {
    let (all, variable) = series::rows(study);
    let rows = evenly_spaced(&all, MOST_ROWS);
    let patterns = study.data.set.select(&rows)?;
    let of_rows: Vec<usize> = rows.iter().map(|&i| category[i]).collect();
    let mut shown =
        Waterfall::new(&patterns, Samples::new(&of_rows, names)).with_part_of(study.data.set.len());
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
        .with_part_of(order.len());
    files.write(out, "groups", &figure::waterfall(&shown))
}

/// Returns all items, or `most` of them at equal distances.
fn evenly_spaced(items: &[usize], most: usize) -> Vec<usize> {
    let shown = items.len().min(most);
    (0..shown).map(|k| items[k * items.len() / shown]).collect()
}

/// Draws one pattern with its reconstruction and its relevance.
fn draw_pattern(study: &Study, files: &FigureFiles, out: &mut OutputFolder) -> Result<()> {
    let (data, found) = (&study.data, &study.relevance);
    let intensities = data.set.intensities(found.pattern)?;
    let (grid, measured) = (data.set.grid(), &intensities[..]);
    let reproduced = study
        .model
        .reconstruct(&data.set.select(&[found.pattern])?)?;
    let name = format!("test pattern {}", data.set.names()[found.pattern]);
    let title = match &data.describe(found.pattern)[..] {
        "" => name,
        labels => format!("{labels}, {name}"),
    };
    let figure = figure::reproduction(grid, measured, &reproduced, &title);
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
        let of_column = || {
            let all = run.generated.iter();
            let single = all.filter_map(|g| Some((g, g.pattern.target.single()?)));
            single.filter(|(_, target)| target.column == *column)
        };
        let contours: Vec<Vec<Latent2>> = of_column()
            .flat_map(|(g, _)| &g.pattern.contour)
            .map(closed_points)
            .collect();
        let values: Vec<String> = of_column().map(|(_, t)| t.value.to_string()).collect();
        let label = format!("{column} = {}", values.join(", "));
        let painted = Painted::new(map, column)
            .with_points(&run.after.points, *samples)
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

fn draw_generated(study: &Study, files: &FigureFiles, out: &mut OutputFolder) -> Result<()> {
    for generated in &study.run.generated {
        let Some((_, intensities)) = &generated.pattern.decoded else {
            continue;
        };
        let patterns = Generated::new(intensities)
            .with_truth(generated.truth.mean.as_deref())
            .with_blend(generated.blend.as_deref());
        let target = &generated.pattern.target;
        let labels = target.targets().iter();
        let title: Vec<String> = labels
            .map(|t| format!("{} = {}", t.column, t.value))
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
