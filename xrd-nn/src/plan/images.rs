//! Layers of images, and those that treat a sequence as an image with one column.

use super::check::{at_least_one, refuse, setting, windows};
use super::{At, Builder};
use crate::layer::conv2d::Conv2d;
use crate::layer::pool::{Kind, Pool};
use crate::layer::upsample::Upsample;
use crate::parameter::Role;
use crate::{Interpolation, Real, Result, Shape};

impl<T: Real> Builder<T> {
    pub(super) fn conv2d(
        &mut self,
        name: &str,
        filters: usize,
        [kernel, stride, padding, extra]: [[usize; 2]; 4],
        at: At,
    ) -> Result<At> {
        let shape = at.shape;
        let Shape::Image {
            height,
            width,
            channels,
        } = shape
        else {
            return refuse(name, shape, "an image");
        };
        at_least_one(name, "filters", filters)?;
        let mut output = [0; 2];
        for (axis, length) in [height, width].into_iter().enumerate() {
            let (k, before) = (kernel[axis], padding[axis]);
            let after = before + extra[axis];
            setting(
                name,
                "padding",
                after as f64,
                after < k,
                "expected below the kernel",
            )?;
            output[axis] = windows(name, length + before + after, k, stride[axis])?;
        }
        let conv = Conv2d {
            weight: self.weight(name, &[kernel[0], kernel[1], channels, filters]),
            bias: self.constant(name, "bias", filters, 0.0, Role::Offset),
            input: [height, width, channels],
            output,
            filters,
            kernel,
            stride,
            padding,
        };
        let shape = Shape::Image {
            height: output[0],
            width: output[1],
            channels: filters,
        };
        Ok(self.map(conv, at, shape))
    }

    pub(super) fn upsample(
        &mut self,
        name: &str,
        factor: usize,
        interpolation: Interpolation,
        at: At,
    ) -> Result<At> {
        let shape = at.shape;
        at_least_one(name, "factor", factor)?;
        let (longer, shape) = match shape {
            Shape::Flat(_) => return refuse(name, shape, "a sequence or an image"),
            Shape::Sequence { length, channels } => {
                let length = length * factor;
                ([factor, 1], Shape::Sequence { length, channels })
            }
            Shape::Image {
                height,
                width,
                channels,
            } => {
                let (height, width) = (height * factor, width * factor);
                let shape = Shape::Image {
                    height,
                    width,
                    channels,
                };
                ([factor, factor], shape)
            }
        };
        let layer = Upsample::new(at.shape.axes(), longer, interpolation);
        Ok(self.map(layer, at, shape))
    }

    pub(super) fn global_average(&mut self, name: &str, at: At) -> Result<At> {
        let shape = at.shape;
        if let Shape::Flat(_) = shape {
            return refuse(name, shape, "a sequence or an image");
        }
        let [height, width, channels] = shape.axes();
        let pool = Pool {
            kind: Kind::Average,
            input: shape.axes(),
            output: [1, 1],
            size: [height, width],
            stride: [1, 1],
        };
        Ok(self.map(pool, at, Shape::Flat(channels)))
    }

    pub(super) fn pool(
        &mut self,
        name: &str,
        kind: Kind,
        size: usize,
        stride: usize,
        at: At,
    ) -> Result<At> {
        let input = at.shape.axes();
        let [height, width, channels] = input;
        let rows = windows(name, height, size, stride)?;
        let (shape, output, window) = match at.shape {
            Shape::Flat(_) => return refuse(name, at.shape, "a sequence or an image"),
            Shape::Sequence { .. } => {
                let shape = Shape::Sequence {
                    length: rows,
                    channels,
                };
                (shape, [rows, 1], [size, 1])
            }
            Shape::Image { .. } => {
                let columns = windows(name, width, size, stride)?;
                let shape = Shape::Image {
                    height: rows,
                    width: columns,
                    channels,
                };
                (shape, [rows, columns], [size, size])
            }
        };
        let pool = Pool {
            kind,
            input,
            output,
            size: window,
            stride: [stride, stride],
        };
        Ok(self.map(pool, at, shape))
    }
}
