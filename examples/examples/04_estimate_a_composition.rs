//! Estimates the composition at a point of the latent plane from the triangle of known points around it.

use std::error::Error;

use xrd_core::{Labels, Latent2};
use xrd_latent::{Basis, LabelledPlane, NearestTriangle, Summary, delta};

/// Possible points of alloys Fe(12−x) Ti(x): x increases along a curve.
fn titanium(p: Latent2) -> f64 {
    1.0 + p.x + 0.3 * p.y * p.y
}

fn main() -> Result<(), Box<dyn Error>> {
    // Forty-nine known points without order.
    let scatter = |seed: u32| (43_758.545 * f64::from(seed).sin()).fract();
    let points: Vec<Latent2> = (0..49)
        .map(|i| Latent2::new(scatter(2 * i), scatter(2 * i + 1)))
        .collect();
    let values = points
        .iter()
        .flat_map(|&p| [12.0 - titanium(p), titanium(p)]);
    let labels = Labels::new(vec!["Fe".into(), "Ti".into()], values.collect())?;
    let plane = LabelledPlane::new(points, labels)?;

    let p = Latent2::new(0.2, -0.35);
    let estimate = plane.estimate(p)?;
    let truth = [12.0 - titanium(p), titanium(p)];
    let error = delta(&estimate.values, &truth)?;
    println!("Fe {:.3} Ti {:.3}", estimate.values[0], estimate.values[1]);
    println!(
        "true: Fe {:.3} Ti {:.3}, delta {error:.1e}",
        truth[0], truth[1]
    );
    assert!(error < 4e-3);
    // The labels of the known points sum to 12, and so do the estimates.
    assert!((estimate.values[0] + estimate.values[1] - 12.0).abs() < 1e-9);

    // The estimate names the known points that it is based on.
    let Basis::Triangle { corners, s, t } = &estimate.basis else {
        return Err("the point lies among the known ones".into());
    };
    println!("from the points {corners:?}, s = {s:.2}, t = {t:.2}");
    assert!(*s >= 0.0 && *t >= 0.0 && s + t <= 1.0);

    // Outside all triangles the estimate is marked as a fallback.
    let outside = plane.estimate(Latent2::new(3.0, 0.0))?;
    let (inside, titanium) = (outside.is_inside(), outside.values[1]);
    println!("outside: Ti {titanium:.3}, inside: {inside}");
    assert!(!inside);

    // Estimating each known point from the others shows how good the estimates are.
    let estimates = plane.leave_one_out(&NearestTriangle::default())?;
    let summary = Summary::new(&estimates, plane.labels())?;
    let (inside, median) = (summary.inside, summary.delta_median);
    println!("{inside} of 49 inside, median delta {median:.1e}");
    assert!(inside > 30 && median < 4e-3);
    Ok(())
}
