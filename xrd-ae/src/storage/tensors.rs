//! Arrays of `f32` as tensors of a safetensors file.

use std::borrow::Cow;

use ndarray::{Array1, Array2, ArrayView, Dimension};
use safetensors::{Dtype, SafeTensors, View};

use crate::error::{Error, Result, TensorKind};

/// An array on its way to a file: rows first, little-endian.
pub(super) struct Tensor {
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Tensor {
    pub(super) fn of<D: Dimension>(array: ArrayView<f32, D>) -> Self {
        Self {
            shape: array.shape().to_vec(),
            bytes: array.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }
}

impl View for Tensor {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// The tensor `name` as finite numbers of this shape.
pub(super) fn matrix(file: &SafeTensors, name: &str, shape: (usize, usize)) -> Result<Array2<f32>> {
    let numbers = numbers(file, name, &[shape.0, shape.1])?;
    Ok(Array2::from_shape_vec(shape, numbers).expect("the length was checked"))
}

/// The tensor `name` as finite numbers of this length.
pub(super) fn vector(file: &SafeTensors, name: &str, len: usize) -> Result<Array1<f32>> {
    Ok(numbers(file, name, &[len])?.into())
}

/// The tensor `name` as positive numbers of this length.
pub(super) fn positive(file: &SafeTensors, name: &str, len: usize) -> Result<Array1<f32>> {
    let numbers = numbers(file, name, &[len])?;
    all(name, &numbers, |v| v > 0.0, "a positive number")?;
    Ok(numbers.into())
}

fn numbers(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
    let tensor = file.tensor(name).map_err(|_| Error::MissingTensor {
        name: name.to_owned(),
    })?;
    let kind = |dtype, shape: &[usize]| TensorKind {
        dtype,
        shape: shape.to_vec(),
    };
    let found = kind(tensor.dtype(), tensor.shape());
    let expected = kind(Dtype::F32, shape);
    if found != expected {
        return Err(Error::WrongTensor {
            name: name.to_owned(),
            found,
            expected,
        });
    }
    let bytes = tensor.data().chunks_exact(4);
    let numbers: Vec<f32> = bytes
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    all(name, &numbers, f32::is_finite, "a finite number")?;
    Ok(numbers)
}

fn all(
    name: &str,
    numbers: &[f32],
    holds: impl Fn(f32) -> bool,
    expected: &'static str,
) -> Result<()> {
    match numbers.iter().position(|&v| !holds(v)) {
        None => Ok(()),
        Some(index) => Err(Error::WrongNumber {
            name: name.to_owned(),
            index,
            value: numbers[index],
            expected,
        }),
    }
}
