"""Networks of xrd-nn: description, weights and files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import numpy
import torch
from safetensors.torch import save
from torch import nn

from . import _layers
from ._files import Source, header_of, write_beside

KEY = "xrd-nn"


class Network(nn.Module):
    """Network of xrd-nn, built from its description.

    New weights have the distributions of xrd-nn, drawn by PyTorch.

    Parameters
    ----------
    description : dict
        ``{"input": shape, "layers": [layer, ...]}`` as in the metadata of a file, for example
        ``{"input": {"flat": 8500}, "layers": [{"layer": "dense", "outputs": 230}]}``.

    Raises
    ------
    ValueError
        If a layer is unknown or does not fit the shape of its input.
    """

    def __init__(self, description: dict[str, Any]) -> None:
        super().__init__()
        missing = [key for key in ("input", "layers") if key not in description]
        if missing:
            raise ValueError(f"the description has no '{missing[0]}'")
        self.description = description
        shape = _layers.shape_of(description["input"])
        self.inputs = int(numpy.prod(shape))
        self.enter = _layers.ChannelsFirst(shape)
        self.layers, self.output_shape = _layers.build(description["layers"], shape)
        self.leave = _layers.ChannelsLast()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute outputs.

        Parameters
        ----------
        x : torch.Tensor
            Patterns, (patterns, values), the channels of a position together.

        Returns
        -------
        torch.Tensor
            Outputs, (patterns, outputs).
        """
        if x.shape[-1] != self.inputs:
            raise ValueError(f"patterns of {x.shape[-1]} values (expected {self.inputs})")
        return self.leave(self.layers(self.enter(x)))

    @classmethod
    def load(cls, source: Source) -> Network:
        """Load a network or a checkpoint of xrd-nn.

        Parameters
        ----------
        source : str, os.PathLike or bytes
            Path or content of a safetensors file, in single, half or 8-bit precision.

        Returns
        -------
        Network

        Raises
        ------
        ValueError
            If the file has no description, or a tensor is missing or has another shape.
        """
        metadata, tensors = header_of(source)
        if KEY not in metadata:
            raise ValueError(f"no entry '{KEY}' in the metadata (expected a network of xrd-nn)")
        network = cls(json.loads(metadata[KEY])["network"])
        network._fill(tensors)
        return network

    def save(self, path: str | os.PathLike[str], half: bool = False) -> None:
        """Save the network as a file of xrd-nn.

        A temporary file in the same folder is renamed at the end.

        Parameters
        ----------
        path : str or os.PathLike
        half : bool
            Whether weights have 16 bits.
        """
        write_beside(path, self.to_bytes(half))

    def to_bytes(self, half: bool = False) -> bytes:
        """Return the content of the file that `save` writes.

        Parameters
        ----------
        half : bool
            Whether weights have 16 bits.

        Raises
        ------
        ValueError
            If a number is not finite or too large for 16 bits.
        """
        kind = torch.float16 if half else torch.float32
        tensors = {}
        for name, tensor, axes in self._tensors():
            values = tensor.detach().cpu().to(kind)
            if not values.isfinite().all():
                raise ValueError(f"tensor {name} contains a number that {kind} cannot hold")
            tensors[name] = (values.permute(axes) if axes else values).contiguous()
        text = json.dumps({"network": self.description}, separators=(",", ":"), ensure_ascii=False)
        return save(tensors, {KEY: text})

    def _tensors(self) -> Iterator[tuple[str, torch.Tensor, tuple[int, ...] | None]]:
        return _layers.named_tensors(self.description["layers"], self.layers)

    def _fill(self, tensors: dict[str, torch.Tensor]) -> None:
        for name, tensor, axes in self._tensors():
            values = _floats(tensors, name)
            if axes:
                values = values.permute(*numpy.argsort(axes).tolist())
            if values.shape != tensor.shape:
                raise ValueError(f"tensor {name} has the shape {tuple(values.shape)} (expected {tuple(tensor.shape)})")
            tensor.data.copy_(values)


def _floats(tensors: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    """Values of a tensor; those of 8 bits are multiples of a scale per output."""
    try:
        values = tensors[name]
        scale = tensors[f"{name}.scale"].float() if values.dtype == torch.int8 else None
    except KeyError as error:
        raise ValueError(f"no tensor {error} in the file") from None
    return values.float() if scale is None else values.float() * scale
