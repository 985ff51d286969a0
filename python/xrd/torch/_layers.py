"""PyTorch modules for the layers of xrd-nn, built from a description.

Inside a network, a sequence has the shape (patterns, channels, positions) and an image
(patterns, channels, rows, columns). In files and between networks, the channels of a position
are together: (patterns, positions, channels), stored as one row of values per pattern.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

Shape = tuple[int, ...]
Spec = dict[str, Any]
Built = tuple[nn.Module, Shape]

# Tensors of a layer in a file: name, attribute of the module, and the order of the axes of the
# module in the file.
TENSORS: dict[str, list[tuple[str, str, Shape | None]]] = {
    "dense": [("weight", "weight", (1, 0)), ("bias", "bias", None)],
    "conv1d": [("weight", "weight", (2, 1, 0)), ("bias", "bias", None)],
    "conv2d": [("weight", "weight", (2, 3, 1, 0)), ("bias", "bias", None)],
    "batch_norm": [
        ("scale", "weight", None),
        ("shift", "bias", None),
        ("running_mean", "running_mean", None),
        ("running_variance", "running_var", None),
    ],
    "layer_norm": [("scale", "weight", None), ("shift", "bias", None)],
    "prelu": [("slope", "weight", None)],
}


class ChannelsFirst(nn.Module):
    """Gives rows of values the shape of a vector, a sequence or an image."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (patterns, channels, ...) of (patterns, values)."""
        return x.reshape(-1, *self.shape).movedim(-1, 1)


class ChannelsLast(nn.Module):
    """Gives every pattern the shape of one row of values."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (patterns, values) of (patterns, channels, ...)."""
        return x.movedim(1, -1).flatten(1)


class Reshape(nn.Module):
    """Gives the same values another shape."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.steps = nn.Sequential(ChannelsLast(), ChannelsFirst(shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the values in the new shape."""
        return self.steps(x)


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each position."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the normalised values."""
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class GlobalAverage(nn.Module):
    """Mean of all positions of each channel."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (patterns, channels)."""
        return x.flatten(2).mean(2)


class ExtendedConv2d(nn.Conv2d):
    """Convolution with zeros after the last row and column, besides the padding at each end."""

    extra: list[int] = [0, 0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the convolution of the extended image."""
        rows, columns = self.extra
        return super().forward(nn.functional.pad(x, (0, columns, 0, rows)))


class Residual(nn.Module):
    """Sum of the outputs of a body and of a shortcut."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return body(x) + shortcut(x)."""
        return self.body(x) + self.shortcut(x)


def shape_of(words: Any) -> Shape:
    """Shape of a description, channels last, from ``{"flat": n}`` and the like."""
    match words:
        case {"flat": n}:
            return (n,)
        case {"sequence": {"length": length, "channels": channels}}:
            return (length, channels)
        case {"image": {"height": height, "width": width, "channels": channels}}:
            return (height, width, channels)
    raise ValueError(f"unknown shape {words} (expected flat, sequence or image)")


def build(specs: Sequence[Spec], shape: Shape, prefix: str = "") -> tuple[nn.Sequential, Shape]:
    """Build layers from their descriptions.

    Parameters
    ----------
    specs : list of dict
        Descriptions, the first layer at the input.
    shape : tuple of int
        Shape of an input pattern, channels last.
    prefix : str
        Beginning of the names of the layers in messages.

    Returns
    -------
    layers : torch.nn.Sequential
    shape : tuple of int
        Shape of an output pattern, channels last.

    Raises
    ------
    ValueError
        If a layer is unknown, lacks a setting, or does not fit the shape of its input.
    """
    layers = nn.Sequential()
    for i, spec in enumerate(specs):
        name = f"{prefix}{i}.{spec.get('layer')}"
        try:
            module, shape = _layer(name, spec, shape)
        except KeyError as error:
            raise ValueError(f"layer {name} has no setting {error}") from None
        layers.append(module)
    return layers, shape


def named_tensors(
    specs: Sequence[Spec], layers: nn.Sequential, prefix: str = ""
) -> Iterator[tuple[str, torch.Tensor, Shape | None]]:
    """Yield the name in a file, the tensor and the order of its axes, of all layers."""
    module: Any
    for i, (spec, module) in enumerate(zip(specs, layers)):
        name = f"{prefix}{i}.{spec['layer']}"
        if spec["layer"] == "residual":
            yield from named_tensors(spec["layers"], module.body, f"{name}.")
            shortcut = spec.get("shortcut", [])
            yield from named_tensors(shortcut, module.shortcut, f"{name}.shortcut.")
        for part, attribute, axes in TENSORS.get(spec["layer"], []):
            yield f"{name}.{part}", getattr(module, attribute), axes


def _layer(name: str, spec: Spec, shape: Shape) -> Built:
    kind, channels = spec["layer"], shape[-1]
    match kind:
        case "dense":
            _expect(name, shape, 1)
            return _initial(nn.Linear(channels, spec["outputs"])), (spec["outputs"],)
        case "conv1d":
            return _convolution(name, spec, shape, 1, nn.Conv1d)
        case "conv2d":
            return _convolution(name, spec, shape, 2, ExtendedConv2d)
        case "average_pool" | "max_pool":
            return _pool(name, spec, shape)
        case "global_average":
            _expect(name, shape, 2, 3)
            return GlobalAverage(), (channels,)
        case "batch_norm":
            norm = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
            return norm(channels), shape
        case "layer_norm":
            return ChannelNorm(channels), shape
        case "dropout":
            return nn.Dropout(spec["rate"]), shape
        case "relu":
            return nn.ReLU(), shape
        case "prelu":
            return nn.PReLU(channels), shape
        case "gelu":
            return nn.GELU(approximate="tanh"), shape
        case "residual":
            return _residual(name, spec, shape)
        case "upsample":
            return _upsample(name, spec, shape)
        case "flatten":
            return ChannelsLast(), (math.prod(shape),)
        case "reshape":
            wanted = shape_of(spec["shape"])
            if math.prod(wanted) != math.prod(shape):
                raise ValueError(f"layer {name} got values of the shape {shape} (expected {math.prod(wanted)} values)")
            return Reshape(wanted), wanted
    raise ValueError(f"unknown layer {name}")


def _expect(name: str, shape: Shape, *axes: int) -> None:
    if len(shape) not in axes:
        words = " or ".join(["a vector (see flatten)", "a sequence", "an image"][n - 1] for n in axes)
        raise ValueError(f"layer {name} got values of the shape {shape} (expected {words})")


def _initial(module: Any) -> nn.Module:
    """Weights are normal with the variance 2 / inputs (He et al. 2015), biases zero."""
    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    nn.init.zeros_(module.bias)
    return module


def _windows(name: str, padded: int, window: int, stride: int) -> int:
    if window > padded or min(window, stride) < 1:
        raise ValueError(f"layer {name} has windows of {window} every {stride} positions for {padded} positions")
    return (padded - window) // stride + 1


def _axes(value: int | list[int], count: int) -> list[int]:
    return [value] * count if isinstance(value, int) else list(value)


def _convolution(name: str, spec: Spec, shape: Shape, axes: int, module: type[nn.Module]) -> Built:
    _expect(name, shape, axes + 1)
    kernel, stride, padding = (_axes(spec[key], axes) for key in ("kernel", "stride", "padding"))
    extra = spec.get("extra", [0] * axes)
    settings = zip(shape, kernel, stride, padding, extra)
    positions = [_windows(name, n + 2 * p + e, k, s) for n, k, s, p, e in settings]
    built = module(shape[-1], spec["filters"], kernel, stride, padding)
    if isinstance(built, ExtendedConv2d):
        built.extra = extra
    return _initial(built), (*positions, spec["filters"])


def _pool(name: str, spec: Spec, shape: Shape) -> Built:
    _expect(name, shape, 2, 3)
    size, stride, axes = spec["size"], spec["stride"], len(shape) - 1
    positions = [_windows(name, n, size, stride) for n in shape[:-1]]
    kind = {"average_pool": "AvgPool", "max_pool": "MaxPool"}[spec["layer"]]
    return getattr(nn, f"{kind}{axes}d")(size, stride), (*positions, shape[-1])


def _residual(name: str, spec: Spec, shape: Shape) -> Built:
    body, after = build(spec["layers"], shape, f"{name}.")
    shortcut, other = build(spec.get("shortcut", []), shape, f"{name}.shortcut.")
    if after != other:
        raise ValueError(f"layer {name} adds values of the shapes {after} and {other}")
    return Residual(body, shortcut), after


def _upsample(name: str, spec: Spec, shape: Shape) -> Built:
    _expect(name, shape, 2, 3)
    factor, linear = spec["factor"], ["linear", "bilinear"][len(shape) - 2]
    modes = {"nearest": ("nearest", None), "linear": (linear, False)}
    if spec["interpolation"] not in modes:
        raise ValueError(f"layer {name} has the interpolation {spec['interpolation']} (expected nearest or linear)")
    mode, align = modes[spec["interpolation"]]
    module = nn.Upsample(scale_factor=factor, mode=mode, align_corners=align)
    return module, (*(n * factor for n in shape[:-1]), shape[-1])
