//! Contours and fits written with serde are read back exactly, and invalid ones are refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use xrd_core::{Decoder, Latent2, LatentGrid, LatentMap, OnGrid, TwoThetaGrid};
use xrd_interp::{Fit, Polyline, best_fit, contour};

/// Decoder of one line that moves with x and grows with y.
struct Toy(TwoThetaGrid);

impl OnGrid for Toy {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Decoder for Toy {
    fn decode(&self, p: Latent2) -> xrd_core::Result<Vec<f32>> {
        let line = |t: f64| ((1.0 + p.y) * (-(t - 20.0 - p.x).powi(2)).exp()) as f32;
        Ok(self.0.angles().map(line).collect())
    }
}

#[test]
fn contours_and_fits_go_round() {
    let plane = LatentGrid::new(Latent2::new(-1.0, -1.0), Latent2::new(1.0, 1.0), 23, 17).unwrap();
    // A ring, and an open arc where a corner of the map is missing.
    let height = |p: Latent2| (p.x + p.y < 1.5).then_some(p.x * p.x / 3.0 + p.y * p.y / 7.0);
    let values = plane.points().map(height).collect();
    let map = LatentMap::new(plane, values).unwrap();
    let lines = [0.05, 0.3]
        .map(|level| contour(&map, level).unwrap())
        .concat();
    assert!(lines.iter().any(Polyline::is_closed) && !lines.iter().all(Polyline::is_closed));
    let text = serde_json::to_string(&lines).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Polyline>>(&text).unwrap(), lines);

    let toy = Toy(TwoThetaGrid::new(15.0, 0.1, 100).unwrap());
    let pattern = toy.decode(Latent2::new(0.3, 0.2)).unwrap();
    let fit = best_fit(&toy, &pattern, &[Latent2::default()]).unwrap();
    let text = serde_json::to_string(&fit).unwrap();
    assert_eq!(serde_json::from_str::<Fit>(&text).unwrap(), fit);
}

#[test]
fn what_no_constructor_makes_is_not_read() {
    let refusal = |text| {
        serde_json::from_str::<Polyline>(text)
            .unwrap_err()
            .to_string()
    };
    assert!(refusal(r#"{"points":[],"closed":false}"#).contains("points of the line"));
    assert!(refusal(r#"{"points":[{"x":0,"y":0}]}"#).contains("closed"));
    assert!(refusal(r#"{"points":[{"x":0,"y":0}],"closed":true,"z":1}"#).contains('z'));
}
