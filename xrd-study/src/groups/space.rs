//! Points in which patterns are compared: their lines, or given points.

use std::borrow::Cow;

use rayon::prelude::*;
use xrd_io::prepare::Lines;
use xrd_latent::maps::Distances;

use crate::dataset::Patterns;
use crate::error::Result;

pub(super) struct Space<'a> {
    patterns: &'a Patterns,
    points: Option<&'a [Vec<f64>]>,
    lines: Lines,
}

impl<'a> Space<'a> {
    pub(super) fn new(patterns: &'a Patterns, points: Option<&'a [Vec<f64>]>) -> Result<Self> {
        if patterns.is_empty() {
            return Err(xrd_latent::Error::Empty { what: "patterns" }.into());
        }
        let (what, expected) = ("points", patterns.len());
        if let Some(found) = points.map(<[_]>::len).filter(|found| *found != expected) {
            let wrong = xrd_latent::Error::Length {
                what,
                found,
                expected,
            };
            return Err(wrong.into());
        }
        let lines = Lines::new(patterns.grid());
        Ok(Self {
            patterns,
            points,
            lines,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.patterns.len()
    }

    pub(super) fn point(&self, index: usize) -> Result<Cow<'_, [f64]>> {
        match self.points {
            Some(points) => Ok(Cow::Borrowed(&points[index])),
            None => Ok(Cow::Owned(
                self.lines.of(&self.patterns.intensities(index)?),
            )),
        }
    }

    pub(super) fn points(&self, rows: &[usize]) -> Result<Vec<Vec<f64>>> {
        let point = |&i: &usize| self.point(i).map(Cow::into_owned);
        rows.par_iter().map(point).collect()
    }
}

/// Euclidean distances. The sums are computed on all threads.
pub(super) fn distances(points: &[Vec<f64>]) -> Result<Distances> {
    // Refuses coordinates that are not finite or missing, without comparing points.
    let dimensions = points.first().map_or(0, Vec::len);
    for point in points {
        Distances::of_points(std::slice::from_ref(point))?;
        if point.len() != dimensions {
            return Ok(Distances::of_points(points)?);
        }
    }
    let row = |i: usize| -> Vec<f64> { (0..i).map(|j| apart(&points[i], &points[j])).collect() };
    let rows: Vec<Vec<f64>> = (0..points.len()).into_par_iter().map(row).collect();
    Ok(Distances::new(points.len(), |i, j| rows[i][j])?)
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f64>().sqrt()
}
