//! Curves over 2θ as SVG, for the pictures of the documentation.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use xrd_core::TwoThetaGrid;

/// Size of the picture and of its margin in pixels.
const SIZE: (f64, f64) = (640.0, 220.0);
const MARGIN: f64 = 30.0;

/// Colours that everybody can distinguish (Okabe and Ito).
const COLOURS: [&str; 3] = ["#0072B2", "#D55E00", "#009E73"];

/// Draws curves on one grid, each scaled to its own maximum, into `docs/examples/NAME.svg`, if the variable
/// `XRD_FIGURES` is set. Returns the path of the figure.
///
/// # Errors
/// If the file cannot be written.
pub fn figure(
    name: &str,
    grid: &TwoThetaGrid,
    curves: &[(&str, &[f32])],
) -> std::io::Result<Option<PathBuf>> {
    if std::env::var_os("XRD_FIGURES").is_none() {
        return Ok(None);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.svg"));
    std::fs::write(&path, svg(grid, curves))?;
    Ok(Some(path))
}

fn svg(grid: &TwoThetaGrid, curves: &[(&str, &[f32])]) -> String {
    let (width, height) = SIZE;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{width}\" height=\"{height}\" \
         fill=\"white\"/>\n"
    );
    let (low, high) = (grid.start(), grid.last());
    let x = |angle: f64| MARGIN + (angle - low) / (high - low) * (width - 2.0 * MARGIN);
    let base = height - MARGIN;
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "<path d=\"M{MARGIN} {base}H{}\" stroke=\"black\" fill=\"none\"/>\n\
         <text x=\"{MARGIN}\" y=\"{1}\">{low:.0}°</text>\n\
         <text x=\"{0}\" y=\"{1}\" text-anchor=\"end\">2θ = {high:.0}°</text>",
        width - MARGIN,
        base + 16.0
    );
    for (i, ((label, values), colour)) in curves.iter().zip(COLOURS).enumerate() {
        let most = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let y = |v: f32| base - f64::from(v / most) * (base - MARGIN);
        let point = |(angle, &v): (f64, &f32)| format!("{:.1},{:.1} ", x(angle), y(v));
        let points: String = grid.angles().zip(*values).map(point).collect();
        let _ = writeln!(
            text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"/>\n\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{colour}\">{label}</text>",
            points.trim_end(),
            width - MARGIN,
            16.0 + 13.0 * i as f64
        );
    }
    text + "</svg>\n"
}
