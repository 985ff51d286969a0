//! Generates the pattern of a composition that was never measured, by decoding points of its contour.

use std::error::Error;

use xrd_core::{Decoder, Latent2, LatentGrid, LatentMap, OnGrid, TwoThetaGrid};
use xrd_examples::figure;
use xrd_interp::{
    contour, generate, mean_pattern, nearest_point_on, pearson, points_along, relative_difference,
};

/// A decoder with one line: x moves it and y broadens it.
struct Toy(TwoThetaGrid);

impl OnGrid for Toy {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Decoder for Toy {
    fn decode(&self, point: Latent2) -> xrd_core::Result<Vec<f32>> {
        let (centre, width) = (20.0 + point.x, 0.5 + 0.05 * point.y);
        let line = |t: f64| (-((t - centre) / width).powi(2)).exp() as f32;
        Ok(self.0.angles().map(line).collect())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let decoder = Toy(TwoThetaGrid::new(15.0, 0.02, 500)?);
    let grid = LatentGrid::new(Latent2::new(-1.0, -1.0), Latent2::new(1.0, 1.0), 41, 41)?;
    // A map of the titanium content, as estimates would give it; one corner is unknown.
    let titanium = |p: Latent2| (p.x + p.y > -1.5).then_some(1.0 + 0.8 * p.x + 0.04 * p.y);
    let map = LatentMap::new(grid, grid.points().map(titanium).collect())?;

    let lines = contour(&map, 1.4)?;
    println!("{} line of length {:.3}", lines.len(), lines[0].length());
    assert!(lines.len() == 1 && !lines[0].is_closed());

    let points = points_along(&lines, 25);
    let on_contour = |p: &Latent2| titanium(*p).is_some_and(|ti| (ti - 1.4).abs() < 1e-9);
    assert!(points.iter().all(on_contour));

    let generated = mean_pattern(&generate(&decoder, &points)?)?;
    let truth = decoder.decode(Latent2::new(0.5, 0.0))?;
    let neighbours = [Latent2::new(-0.5, 0.0), Latent2::new(1.0, 0.0)];
    let blend = mean_pattern(&generate(&decoder, &neighbours)?)?;
    let curves = [("decoded", &generated[..]), ("blend", &blend[..])];
    figure("06_generate_between", decoder.grid(), &curves)?;
    let score = |pattern: &[f32]| -> Result<f64, Box<dyn Error>> {
        let r = relative_difference(pattern, &truth)?.ok_or("the truth is zero")?;
        println!("R = {r:.3}, Pearson {:.4?}", pearson(pattern, &truth)?);
        Ok(r)
    };
    // The decoded pattern has one moved line; a blend of the neighbours has two lines.
    assert!(score(&generated)? < 0.05 && score(&blend)? > 0.5);

    let chosen = nearest_point_on(&lines, Latent2::new(0.5, 0.0)).ok_or("no contour")?;
    assert!(score(&decoder.decode(chosen)?)? < 0.01);
    Ok(())
}
