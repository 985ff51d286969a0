//! Tables of the lines of the built-in series and their relevance.

use xrd_core::Latent2;

use super::lines::{Lined, Lines};
use super::verdicts::Verdict;
use super::{Run, series};
use crate::composition;
use crate::dataset::Dataset;
use crate::tables::{Table, figures};

/// Smallest intensity of a listed reflection, relative to the strongest.
const LISTED: f64 = 1e-3;

/// Returns `reflections.csv`: the lines of the average crystal of each composition, in conventional
/// axes.
pub(super) fn reflections(data: &Dataset, lines: &Lines) -> Table {
    let of_composition = |lined: &Lined| -> Vec<Vec<String>> {
        let name = formula(data, lined);
        let listed = lined.reflections.iter();
        let listed = listed.filter(|r| r.intensity >= LISTED * lined.strongest);
        let row = |r: &xrd_sim::Reflection| {
            let mut row = vec![name.clone()];
            row.extend(series::conventional(r.hkl).map(|i| i.to_string()));
            row.push(r.multiplicity.to_string());
            let relative = r.intensity / lined.strongest;
            row.extend([r.d_angstrom, r.two_theta_deg, relative].map(figures));
            row
        };
        listed.map(row).collect()
    };
    table(
        "composition,h,k,l,multiplicity,d_angstrom,two_theta,intensity",
        lines.compositions.iter().flat_map(of_composition).collect(),
    )
}

/// Returns `peaks.csv`: the relevance of each family of lattice planes for one pattern, for the
/// whole set, and over the seeds.
///
/// The argument `shown` is the index of that pattern. The argument `seeds` is the number of seeds.
pub(super) fn peaks(
    run: &Run,
    (shown, seeds): (usize, usize),
    lines: &Lines,
    found: &[Verdict],
) -> Table {
    let seeds = seeds.to_string();
    let row = |v: &Verdict| {
        let family = &lines.families[v.family];
        let here = run.moves[shown][v.family];
        let mut row: Vec<String> = family.hkl.map(|i| i.to_string()).to_vec();
        row.push(family.multiplicity.to_string());
        row.push(figures(lines.two_theta(v.family, shown)));
        row.push(figures(family.relative_intensity));
        row.push(v.intensity_rank.to_string());
        row.extend([here.x.hypot(here.y), here.x, here.y].map(figures));
        let mean = mean_move(run, lines, v.family, None);
        row.extend([mean.length, mean.vector.x, mean.vector.y].map(figures));
        row.push(figures(v.mean));
        row.push(v.sd.map_or(String::new(), figures));
        row.push(v.relevance_rank.to_string());
        row.push(figures(v.ratio));
        row.extend([v.word.to_owned(), v.agreeing.to_string(), seeds.clone()]);
        row
    };
    table(
        "h,k,l,multiplicity,two_theta,relative_intensity,intensity_rank,dev,dx,dy,\
         set_dev,set_dx,set_dy,relative_dev_mean,relative_dev_sd,relevance_rank,ratio,\
         verdict,agreeing,seeds",
        found.iter().map(row).collect(),
    )
}

/// Returns `peaks_by_composition.csv`: the relevance of each family, averaged over the patterns of
/// each composition.
pub(super) fn by_composition(data: &Dataset, run: &Run, lines: &Lines) -> Table {
    let mut rows = Vec::new();
    for (c, lined) in lines.compositions.iter().enumerate() {
        for (f, family) in lines.families.iter().enumerate() {
            let reflection = &lined.reflections[lined.of_family[f]];
            let mean = mean_move(run, lines, f, Some(c));
            let mut row = vec![formula(data, lined), lined.patterns.to_string()];
            row.extend(family.hkl.map(|i| i.to_string()));
            row.extend([reflection.d_angstrom, reflection.two_theta_deg].map(figures));
            row.push(figures(reflection.intensity / lined.strongest));
            row.extend([mean.length, mean.vector.x, mean.vector.y].map(figures));
            rows.push(row);
        }
    }
    table(
        "composition,patterns,h,k,l,d_angstrom,two_theta,relative_intensity,dev,dx,dy",
        rows,
    )
}

struct MeanMove {
    /// Mean of the lengths, which is not the length of the mean displacement.
    length: f64,
    vector: Latent2,
}

/// Returns the mean displacement over all patterns, or over the patterns of one composition.
fn mean_move(run: &Run, lines: &Lines, family: usize, composition: Option<usize>) -> MeanMove {
    let patterns = lines.composition_of.iter().zip(&run.moves);
    let counted = patterns.filter(|(c, _)| composition.is_none_or(|only| **c == only));
    let (mut length, mut x, mut y, mut n) = (0.0, 0.0, 0.0, 0.0);
    for (_, moves) in counted {
        let d = moves[family];
        (length, x, y, n) = (length + d.x.hypot(d.y), x + d.x, y + d.y, n + 1.0);
    }
    MeanMove {
        length: length / n,
        vector: Latent2::new(x / n, y / n),
    }
}

fn formula(data: &Dataset, lined: &Lined) -> String {
    composition::name(data.labels.columns(), data.labels.row(lined.example))
}

fn table(header: &str, rows: Vec<Vec<String>>) -> Table {
    Table {
        header: header.split(',').map(str::to_owned).collect(),
        rows,
    }
}
