//! Checks of settings and shapes.

use crate::{Error, Result, Shape};

pub(super) fn setting(
    layer: &str,
    name: &str,
    value: f64,
    ok: bool,
    allowed: &'static str,
) -> Result<()> {
    if ok {
        return Ok(());
    }
    Err(Error::Setting {
        name: format!("{name} of layer {layer}"),
        value,
        allowed,
    })
}

pub(super) fn at_least_one(layer: &str, name: &str, value: usize) -> Result<()> {
    setting(layer, name, value as f64, value > 0, "expected ≥ 1")
}

pub(super) fn refuse<V>(layer: &str, found: Shape, expected: &'static str) -> Result<V> {
    Err(Error::Input {
        layer: layer.to_owned(),
        found,
        expected,
    })
}

/// Number of windows.
pub(super) fn windows(layer: &str, padded: usize, window: usize, stride: usize) -> Result<usize> {
    at_least_one(layer, "window", window)?;
    at_least_one(layer, "stride", stride)?;
    if window > padded {
        return Err(Error::Window {
            layer: layer.to_owned(),
            window,
            found: padded,
        });
    }
    Ok((padded - window) / stride + 1)
}
