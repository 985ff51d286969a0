"""Networks that name space groups: descriptions of published ones, and the shipped model."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from ._files import Source, content_of
from ._network import Network

MAGIC = (b"xrd-symmetry 1\n", b"xrd-symmetry 2\n")
POINTS, GROUPS = 8500, 230


def vecsei_dense(points: int = POINTS, outputs: int = GROUPS) -> dict[str, Any]:
    """Description of the dense network of Vecsei et al. (2019), with dropout.

    The sizes and rates are those of the re-implementation by Salgado et al. (2023).

    Parameters
    ----------
    points : int
        Number of points of a pattern.
    outputs : int
        Number of classes.

    Returns
    -------
    dict
        Description for `Network`.
    """
    hidden = [(4000, 0.6), (3000, 0.5), (1000, 0.4), (800, 0.3)]
    return _description(points, [], hidden, outputs)


def park_convolutional(points: int = POINTS, outputs: int = GROUPS) -> dict[str, Any]:
    """Description of the convolutional network of Park et al. (2017), with dropout.

    Sizes as in `vecsei_dense`; the network of 8,500 points has 4.3 million weights.

    Parameters
    ----------
    points, outputs : int
        As for `vecsei_dense`.

    Returns
    -------
    dict
        Description for `Network`.
    """
    layers: list[dict[str, Any]] = []
    for kernel, stride, pooled in [(100, 5, 2), (50, 5, 3), (25, 2, 3)]:
        layers += [
            {"layer": "conv1d", "filters": 80, "kernel": kernel, "stride": stride, "padding": 0},
            {"layer": "relu"},
            {"layer": "dropout", "rate": 0.3},
            {"layer": "average_pool", "size": 3, "stride": pooled},
        ]
    return _description(points, layers, [(2300, 0.5), (1150, 0.5)], outputs)


def _description(
    points: int, layers: list[dict[str, Any]], hidden: list[tuple[int, float]], outputs: int
) -> dict[str, Any]:
    layers = [*layers, {"layer": "flatten"}]
    for width, rate in hidden:
        layers += [
            {"layer": "dense", "outputs": width},
            {"layer": "relu"},
            {"layer": "dropout", "rate": rate},
        ]
    layers.append({"layer": "dense", "outputs": outputs})
    return {"input": {"sequence": {"length": points, "channels": 1}}, "layers": layers}


class SymmetryNetworks(nn.Module):
    """Networks of a model of ``xrd symmetry``: the mean of their probabilities.

    The nearest known structures and the calibration are not part of it; ``xrd symmetry`` adds
    them.

    Attributes
    ----------
    name : str
        Name and version of the model.
    networks : torch.nn.ModuleList
    """

    def __init__(self, name: str, networks: Iterable[Network]) -> None:
        super().__init__()
        self.name = name
        self.networks = nn.ModuleList(networks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities of the 230 space groups, (patterns, 230), not calibrated.

        Parameters
        ----------
        x : torch.Tensor
            Prepared patterns, (patterns, 2125).
        """
        return torch.stack([network(x).softmax(1) for network in self.networks]).mean(0)

    @classmethod
    def load(cls, source: Source) -> SymmetryNetworks:
        """Load the networks of a model file.

        Parameters
        ----------
        source : str, os.PathLike or bytes
            Path or content of the file, which ``xrd symmetry train`` writes.

        Raises
        ------
        ValueError
            If the file is no model of ``xrd symmetry``.
        """
        _, [networks] = _unpack(content_of(source))
        header, parts = _unpack(networks)
        return cls(header["name"], [Network.load(part) for part in parts])


def _unpack(content: bytes) -> tuple[Any, list[bytes]]:
    """Header and parts of a container: a magic line, a line of JSON, and the parts."""
    magic = next((m for m in MAGIC if content.startswith(m)), None)
    if magic is None:
        raise ValueError("the first line is not 'xrd-symmetry 2' (expected a model of xrd symmetry)")
    line, _, rest = content[len(magic) :].partition(b"\n")
    head = json.loads(line)
    parts = []
    for length in head["parts"]:
        parts.append(rest[:length])
        rest = rest[length:]
    if rest or [len(part) for part in parts] != head["parts"]:
        raise ValueError("the file of the model is cut off or has bytes after its last part")
    return head["header"], parts
