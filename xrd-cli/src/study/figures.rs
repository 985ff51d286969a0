//! The figures of a study.

use anyhow::Result;
use xrd_core::Latent2;

use super::relevance::Relevance;
use super::{SeedRun, samples};
use crate::dataset::Dataset;
use crate::figure::{self, Painted, Samples};
use crate::maps::Maps;
use crate::options::Target;
use crate::output::OutputFolder;
use crate::targets::safe_name;

pub(crate) fn write(
    data: &Dataset,
    run: &SeedRun,
    found: &Relevance,
    maps: Option<&Maps>,
    out: &mut OutputFolder,
) -> Result<()> {
    let (category, names) = samples::categories(&data.labels);
    let test: Vec<bool> = (0..data.set.len()).map(|i| run.split.is_test(i)).collect();
    let samples = Samples {
        category: &category,
        names: &names,
        test: &test,
    };
    let epochs: Vec<usize> = run.history.epochs.iter().map(|e| e.epoch).collect();
    let space = figure::feature_space(
        &run.before.points,
        &run.after.points,
        epochs.len(),
        &samples,
    );
    out.write_figure("feature_space", &space)?;
    let train: Vec<f64> = run.history.epochs.iter().map(|e| e.train_loss).collect();
    let test_loss: Vec<Option<f64>> = run.history.epochs.iter().map(|e| e.test_loss).collect();
    out.write_figure("loss", &figure::loss_curves(&epochs, &train, &test_loss))?;
    write_patterns(data, run, found, out)?;
    write_painted(data, run, &samples, out)?;
    if let Some(beside) = maps {
        out.write_figure("maps", &figure::maps(&beside.panels(), &samples))?;
    }
    write_generated(data, run, out)
}

/// The shown pattern: as reproduced, and with its relevance.
fn write_patterns(
    data: &Dataset,
    run: &SeedRun,
    found: &Relevance,
    out: &mut OutputFolder,
) -> Result<()> {
    let (grid, measured) = (data.set.grid(), data.set.intensities(found.pattern));
    let reproduced = run.model.reconstruct(&data.set.select(&[found.pattern])?)?;
    let composition = samples::name(data.labels.columns(), data.labels.row(found.pattern));
    let title = format!(
        "{composition}, test pattern {}",
        data.set.names()[found.pattern]
    );
    let figure = figure::reproduction(grid, measured, &reproduced, &title);
    out.write_figure("reproduction", &figure)?;
    let sweep = &found.sweep;
    let dev: Vec<(f64, f64)> = sweep
        .two_theta
        .iter()
        .copied()
        .zip(sweep.dev.iter().copied())
        .collect();
    let indexing = super::series::Indexing::of(data, found.pattern)?;
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
    out.write_figure(
        "relevance",
        &figure::relevance(grid, measured, &dev, &marked),
    )
}

/// The painted map of each label, with the contours of its targets.
fn write_painted(
    data: &Dataset,
    run: &SeedRun,
    samples: &Samples<'_>,
    out: &mut OutputFolder,
) -> Result<()> {
    for (map, column) in run.maps.iter().zip(data.labels.columns()) {
        let of_column = || {
            run.generated
                .iter()
                .filter(|g| g.pattern.target.column == *column)
        };
        let contours: Vec<Vec<Latent2>> = of_column()
            .flat_map(|g| &g.pattern.contour)
            .map(closed_points)
            .collect();
        let targets: Vec<&Target> = of_column().map(|g| &g.pattern.target).collect();
        let values: Vec<String> = targets.iter().map(|t| t.value.to_string()).collect();
        let label = format!("{column} = {}", values.join(", "));
        let figure = figure::painted_map(&Painted {
            map,
            label: column,
            points: &run.after.points,
            samples: *samples,
            contours: &contours,
            contour_label: &label,
        });
        out.write_figure(&format!("map_{}", safe_name(column)), &figure)?;
    }
    Ok(())
}

fn closed_points(line: &xrd_interp::Polyline) -> Vec<Latent2> {
    let points = line.points().to_vec();
    let first = points.first().copied().filter(|_| line.is_closed());
    points.into_iter().chain(first).collect()
}

fn write_generated(data: &Dataset, run: &SeedRun, out: &mut OutputFolder) -> Result<()> {
    for generated in &run.generated {
        let Some((_, intensities)) = &generated.pattern.decoded else {
            continue;
        };
        let patterns = figure::Generated {
            generated: intensities,
            truth: generated.truth.mean.as_deref(),
            blend: generated.blend.as_deref(),
            zoom_deg: None,
        };
        let target = &generated.pattern.target;
        let title = format!("{} = {}", target.column, target.value);
        let figure = figure::generated(data.set.grid(), &patterns, &title);
        out.write_figure(
            &format!("generated_{}", safe_name(&target.to_string())),
            &figure,
        )?;
    }
    Ok(())
}
