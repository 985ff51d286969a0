//! Tests of the crate that uses the libraries from outside.

use downstream::{Error, TwoWindows, estimate, peaks};
use xrd_core::{Labels, PatternSet, Scale, TwoThetaGrid};

/// Lines of two phases, and one at 60° that both have.
fn mixture(grid: &TwoThetaGrid, a: f64, b: f64) -> Vec<f32> {
    let line = |t: f64, at: f64| (-((t - at) / 0.2).powi(2)).exp();
    let at = |t| (a * line(t, 30.0) + b * line(t, 40.0) + 2.0 * line(t, 60.0)) as f32;
    grid.angles().map(at).collect()
}

fn encoder() -> Result<TwoWindows, Error> {
    let grid = TwoThetaGrid::new(20.0, 0.05, 1000)?;
    Ok(TwoWindows::new(grid, [30.0, 40.0], 3.0))
}

#[test]
fn a_mixture_is_estimated() -> Result<(), Error> {
    let encoder = encoder()?;
    let grid = TwoThetaGrid::new(20.0, 0.05, 1000)?;
    let shares = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    let block = shares.iter().flat_map(|&(a, b)| mixture(&grid, a, b));
    let names = (0..4).map(|i| format!("known {i}")).collect();
    let known = PatternSet::new(grid, Scale::ARBITRARY, None, names, block.collect())?;
    let columns = vec!["a".to_owned(), "b".to_owned()];
    let values = shares.iter().flat_map(|&(a, b)| [a, b]).collect();
    let labels = Labels::new(columns, values)?;

    let found = estimate(&encoder, &known, labels, &mixture(&grid, 0.3, 0.6))?;
    assert!(found.is_inside());
    assert!((found.values[0] - 0.3).abs() < 1e-6, "{:?}", found.values);
    assert!((found.values[1] - 0.6).abs() < 1e-6, "{:?}", found.values);
    Ok(())
}

#[test]
fn the_strongest_line_is_of_no_relevance() -> Result<(), Error> {
    let encoder = encoder()?;
    let grid = TwoThetaGrid::new(20.0, 0.05, 1000)?;
    let ranked = peaks(&encoder, &mixture(&grid, 1.0, 0.5))?;
    let strongest = ranked.iter().find(|r| r.peak.relative_intensity == 1.0);
    let strongest = strongest.ok_or("no peak")?;
    assert!((strongest.peak.two_theta - 60.0).abs() < 1e-6 && strongest.dev == 0.0);
    assert!((ranked[0].peak.two_theta - 30.0).abs() < 1e-6);
    Ok(())
}

#[test]
fn refusals_name_what_is_wrong() -> Result<(), Error> {
    let message = peaks(&encoder()?, &[1.0; 7]).err().ok_or("accepted")?;
    assert!(message.to_string().contains("7 intensities"), "{message}");
    Ok(())
}
