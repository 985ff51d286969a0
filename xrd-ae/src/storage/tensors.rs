//! Tensors of a safetensors file.

use std::borrow::Cow;

use bytemuck::NoUninit;
use ndarray::{Array1, Array2};
use safetensors::{Dtype, SafeTensors, View};

use crate::error::{Error, Result, TensorKind};

/// Tensor to be written: row-major and little-endian.
pub(super) struct Tensor<'a> {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Cow<'a, [u8]>,
}

/// Number type of a tensor.
pub(super) trait Number: NoUninit {
    const DTYPE: Dtype;
    type Bytes: AsRef<[u8]>;
    fn little_endian(self) -> Self::Bytes;
    fn of(bytes: &[u8]) -> Self;
}

macro_rules! number {
    ($($type:ty, $dtype:ident);*) => {$(
        impl Number for $type {
            const DTYPE: Dtype = Dtype::$dtype;
            type Bytes = [u8; size_of::<$type>()];

            fn little_endian(self) -> Self::Bytes {
                self.to_le_bytes()
            }

            fn of(bytes: &[u8]) -> Self {
                let bytes = bytes.try_into().expect("cut to the size of the number");
                Self::from_le_bytes(bytes)
            }
        }
    )*};
}

number!(f32, F32; f64, F64; u64, U64);

impl<'a> Tensor<'a> {
    /// Tensor of this shape from numbers in row-major order.
    pub(super) fn of<N: Number>(numbers: &'a [N], shape: &[usize]) -> Self {
        let bytes = match cfg!(target_endian = "little") {
            true => Cow::Borrowed(bytemuck::cast_slice(numbers)),
            false => {
                let each = numbers.iter().map(|n| n.little_endian());
                Cow::Owned(each.fold(Vec::new(), |bytes, n| [&bytes, n.as_ref()].concat()))
            }
        };
        Self {
            dtype: N::DTYPE,
            shape: shape.to_vec(),
            bytes,
        }
    }

    pub(super) fn vector(array: &'a Array1<f32>) -> Self {
        let numbers = array.as_slice().expect("a vector lies along memory");
        Self::of(numbers, array.shape())
    }

    pub(super) fn matrix(array: &'a Array2<f32>) -> Self {
        let numbers = array.as_slice().expect("weights lie along memory");
        Self::of(numbers, array.shape())
    }

    #[cfg(test)]
    pub(super) fn raw(dtype: Dtype, shape: &[usize], bytes: &'a [u8]) -> Self {
        Self {
            dtype,
            shape: shape.to_vec(),
            bytes: Cow::Borrowed(bytes),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl View for Tensor<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
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

/// Reads the tensor `name` with this shape. All numbers must be finite.
pub(super) fn matrix(file: &SafeTensors, name: &str, shape: (usize, usize)) -> Result<Array2<f32>> {
    let numbers = finite(file, name, &[shape.0, shape.1])?;
    Ok(Array2::from_shape_vec(shape, numbers).expect("the length was checked"))
}

/// Reads the tensor `name` with this length. All numbers must be finite.
pub(super) fn vector(file: &SafeTensors, name: &str, len: usize) -> Result<Array1<f32>> {
    Ok(finite(file, name, &[len])?.into())
}

/// Reads the tensor `name` with this length. All numbers must be positive.
pub(super) fn positive(file: &SafeTensors, name: &str, len: usize) -> Result<Array1<f32>> {
    let numbers = finite(file, name, &[len])?;
    all(name, &numbers, |v| v > 0.0, "a positive number")?;
    Ok(numbers.into())
}

fn finite(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
    let numbers: Vec<f32> = numbers(file, name, shape)?;
    all(name, &numbers, f32::is_finite, "a finite number")?;
    Ok(numbers)
}

/// Reads the tensor `name` with this shape.
pub(super) fn numbers<N: Number>(
    file: &SafeTensors,
    name: &str,
    shape: &[usize],
) -> Result<Vec<N>> {
    let tensor = file.tensor(name).map_err(|_| Error::MissingTensor {
        name: name.to_owned(),
    })?;
    let kind = |dtype: Dtype, shape: &[usize]| TensorKind {
        dtype: dtype.to_string().into(),
        shape: shape.into(),
    };
    let found = kind(tensor.dtype(), tensor.shape());
    let expected = kind(N::DTYPE, shape);
    if found != expected {
        return Err(Error::WrongTensor {
            name: name.to_owned(),
            found,
            expected,
        });
    }
    Ok(tensor
        .data()
        .chunks_exact(size_of::<N>())
        .map(N::of)
        .collect())
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
