//! Figure of a robustness test.

use xrd_study::{DisturbanceKind, ROBUST_R2, RobustMethod, RobustnessReport};

use crate::figure::{self, Disturbed};

/// Draws R² of the label of the verdicts against the size of each disturbance, with one line per
/// method.
///
/// Returns the text of the SVG file. Disturbances that the set cannot have are left out.
pub fn draw_robustness(report: &RobustnessReport) -> String {
    let panel = |kind: DisturbanceKind| {
        let sizes = kind.sizes();
        let of_method = |method: RobustMethod| {
            let row = |&size: &f64| report.row((kind, size), method, &report.label);
            let rows = sizes.iter().map(row);
            rows.map(|row| row.and_then(|r| r.r2_mean)).collect()
        };
        let r2: Vec<Vec<Option<f64>>> = RobustMethod::ALL.map(of_method).to_vec();
        let is_known = r2.iter().flatten().any(Option::is_some);
        let sizes = sizes
            .iter()
            .map(|&size| kind.in_unit(size).to_string())
            .collect();
        is_known.then(|| Disturbed::new(title(kind), sizes, r2))
    };
    let panels: Vec<Disturbed> = DisturbanceKind::ALL.into_iter().filter_map(panel).collect();
    let methods = RobustMethod::ALL.map(RobustMethod::name);
    figure::robustness(&report.label, &methods, &panels, ROBUST_R2)
}

fn title(kind: DisturbanceKind) -> String {
    match kind {
        DisturbanceKind::Counts => "counts at the maximum".to_owned(),
        DisturbanceKind::LineWidth => "line width (factor)".to_owned(),
        _ => format!("{} ({})", kind.name(), kind.unit()),
    }
}
