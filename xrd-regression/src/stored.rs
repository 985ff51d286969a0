//! Regressions as numbers with names, for files.

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use crate::basis::Basis;
use crate::choice::Together;
use crate::error::{Error, Result};
use crate::interval::Widths;
use crate::method::{Fit, Method};
use crate::regression::{Comparison, Member, Part, Regression};
use crate::transform::Transform;

/// Version of the stored form.
const VERSION: u32 = 1;

/// Numbers of one array of a [`Stored`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Numbers {
    /// Numbers of 32 bits.
    F32(Vec<f32>),
    /// Numbers of 64 bits.
    F64(Vec<f64>),
}

/// Regression in a form that can be written to a file: a text, and arrays of numbers with names.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stored {
    /// Description of the regression in JSON.
    pub description: String,
    /// Name, shape and numbers of each array. The numbers are in row-major order.
    pub arrays: Vec<(String, Vec<usize>, Numbers)>,
}

impl Stored {
    /// Creates a stored form from its description and its arrays, for example from the content of a
    /// file. The method [`Regression::from_stored`] checks the description and the arrays.
    pub fn new(description: String, arrays: Vec<(String, Vec<usize>, Numbers)>) -> Self {
        Self {
            description,
            arrays,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Description {
    version: u32,
    labels: Vec<String>,
    transforms: Vec<Transform>,
    parts: Vec<PartWords>,
    comparisons: Vec<Comparison>,
}

#[derive(Serialize, Deserialize)]
struct PartWords {
    columns: Vec<usize>,
    total: Option<f64>,
    members: Vec<MemberWords>,
}

#[derive(Serialize, Deserialize)]
struct MemberWords {
    basis: usize,
    method: Method,
    averaged: bool,
}

impl Regression {
    /// Returns the regression in a form that can be written to a file. The method
    /// [`from_stored`](Self::from_stored) restores the regression. On the same machine, the
    /// restored regression gives exactly the same estimates.
    ///
    /// # Errors
    /// [`Error::Stored`] if the description cannot be written as JSON. No error is expected.
    pub fn to_stored(&self) -> Result<Stored> {
        let description = Description {
            version: VERSION,
            labels: self.columns.clone(),
            transforms: self.bases.iter().map(|b| b.transform).collect(),
            parts: self.parts.iter().map(PartWords::of).collect(),
            comparisons: self.comparisons.clone(),
        };
        let description = serde_json::to_string(&description).map_err(damaged)?;
        let (n, labels) = self.labels.shape();
        let rows = self.labels.transpose().as_slice().to_vec();
        let mut arrays = vec![
            ("labels".to_owned(), vec![n, labels], Numbers::F64(rows)),
            ("limit".to_owned(), vec![1], Numbers::F64(vec![self.limit])),
        ];
        for (b, basis) in self.bases.iter().enumerate() {
            let (points, k) = (basis.mean.len(), basis.components());
            let mut push = |name: &str, shape: Vec<usize>, numbers: &[f32]| {
                let numbers = Numbers::F32(numbers.to_vec());
                arrays.push((format!("basis.{b}.{name}"), shape, numbers));
            };
            push("mean", vec![points], &basis.mean);
            push("axes", vec![k, points], &basis.axes);
            push("scores", vec![n, k], &basis.scores);
        }
        for (p, part) in self.parts.iter().enumerate() {
            let parameters = part.members.iter().flat_map(|m| m.parameters.clone());
            for (name, numbers) in [
                ("parameters", parameters.collect::<Vec<f64>>()),
                ("disagreement", part.widths.disagreement.clone()),
                ("constants", part.widths.constants.clone()),
            ] {
                let shape = vec![numbers.len()];
                arrays.push((format!("part.{p}.{name}"), shape, Numbers::F64(numbers)));
            }
        }
        Ok(Stored {
            description,
            arrays,
        })
    }

    /// Restores a regression from its stored form.
    ///
    /// Cost: O(n³) for n known patterns if the regression uses a Gaussian process.
    ///
    /// # Errors
    /// [`Error::Stored`] if the description is not valid, an array is missing or has the wrong
    /// length, or a number of 32 bits is not finite.
    pub fn from_stored(stored: &Stored) -> Result<Self> {
        let words: Description = serde_json::from_str(&stored.description).map_err(damaged)?;
        if words.version != VERSION {
            return Err(contradiction(format!("version {}", words.version)));
        }
        let labels = words.labels.len();
        let rows = stored.f64("labels")?;
        let n = rows.len() / labels.max(1);
        let labels = DMatrix::from_row_iterator(n, labels, rows.iter().copied());
        let bases = words.transforms.iter().enumerate();
        let bases = bases.map(|(b, t)| stored.basis(b, *t, n));
        let bases: Vec<Basis> = bases.collect::<Result<_>>()?;
        let parts = words.parts.iter().enumerate().map(|(p, part)| {
            let mut part = stored.part(p, part, (&bases, labels.ncols()))?;
            part.refit(&bases, &labels);
            Ok(part)
        });
        let limit = stored.f64("limit")?.first().copied();
        Ok(Self {
            parts: parts.collect::<Result<_>>()?,
            limit: limit.ok_or_else(|| contradiction("no limit".to_owned()))?,
            columns: words.labels,
            comparisons: words.comparisons,
            labels,
            bases,
        })
    }
}

impl PartWords {
    fn of(part: &Part) -> Self {
        let member = |m: &Member| MemberWords {
            basis: m.basis,
            method: m.method,
            averaged: m.averaged,
        };
        Self {
            columns: part.together.columns.clone(),
            total: part.together.total,
            members: part.members.iter().map(member).collect(),
        }
    }
}

impl Stored {
    fn array(&self, name: &str) -> Result<&Numbers> {
        let found = self.arrays.iter().find(|(n, ..)| n == name);
        let found = found.map(|(_, _, numbers)| numbers);
        found.ok_or_else(|| contradiction(format!("no array {name}")))
    }

    fn f64(&self, name: &str) -> Result<&[f64]> {
        match self.array(name)? {
            Numbers::F64(numbers) => Ok(numbers),
            Numbers::F32(_) => Err(contradiction(format!("{name} has 32 bits"))),
        }
    }

    fn f32(&self, name: &str) -> Result<Vec<f32>> {
        match self.array(name)? {
            Numbers::F32(numbers) if numbers.iter().all(|v| v.is_finite()) => Ok(numbers.clone()),
            _ => Err(contradiction(format!(
                "{name} is not made of finite numbers of 32 bits"
            ))),
        }
    }

    fn basis(&self, b: usize, transform: Transform, n: usize) -> Result<Basis> {
        let basis = Basis {
            transform,
            mean: self.f32(&format!("basis.{b}.mean"))?,
            axes: self.f32(&format!("basis.{b}.axes"))?,
            scores: self.f32(&format!("basis.{b}.scores"))?,
        };
        let (points, k) = (basis.mean.len(), basis.components());
        let fits = points > 0 && basis.axes.len() == k * points && basis.scores.len() == n * k;
        match fits {
            true => Ok(basis),
            false => Err(contradiction(format!("lengths of basis {b}"))),
        }
    }

    fn part(
        &self,
        p: usize,
        words: &PartWords,
        (bases, labels): (&[Basis], usize),
    ) -> Result<Part> {
        let mut parameters = self.f64(&format!("part.{p}.parameters"))?;
        let columns = words.columns.len();
        let widths = Widths {
            total: words.total,
            disagreement: self.f64(&format!("part.{p}.disagreement"))?.to_vec(),
            constants: self.f64(&format!("part.{p}.constants"))?.to_vec(),
        };
        let lengths = [widths.disagreement.len(), widths.constants.len()];
        let inside = words.columns.iter().all(|&c| c < labels);
        let known = words.members.iter().all(|m| m.basis < bases.len());
        if lengths != [columns; 2] || !inside || !known {
            return Err(contradiction(format!("lengths of part {p}")));
        }
        let mut members = Vec::new();
        for member in &words.members {
            let count = member.method.parameter_count(columns);
            let own = parameters.get(..count);
            let own = own.ok_or_else(|| contradiction(format!("parameters of part {p}")))?;
            parameters = &parameters[count..];
            members.push(Member {
                basis: member.basis,
                method: member.method,
                parameters: own.to_vec(),
                averaged: member.averaged,
                fit: Fit::Unfitted,
            });
        }
        let together = Together {
            columns: words.columns.clone(),
            total: words.total,
        };
        Ok(Part {
            together,
            widths,
            members,
        })
    }
}

fn damaged(error: serde_json::Error) -> Error {
    contradiction(error.to_string())
}

fn contradiction(reason: String) -> Error {
    Error::Stored { reason }
}
