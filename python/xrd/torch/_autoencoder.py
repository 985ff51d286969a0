"""The autoencoder of xrd-ae: network, scaling of intensities and files."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from ._files import Source, header_of, write_beside

KEY = "xrd-ae"
FORMAT_VERSION = 2
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "linear": nn.Identity}
PLANE = "latent.plane"


class Autoencoder(nn.Module):
    """Autoencoder of Utimula et al. (2022), as in xrd-ae.

    Intensities are scaled at the input, and scaled back at the output. Hidden layers have ReLU,
    the latent layer tanh. New weights have the distributions of xrd-ae, drawn by PyTorch.

    Parameters
    ----------
    grid : tuple of (float, float, int)
        First angle and step of 2θ in degrees, and the number of points.
    hidden : sequence of int
        Widths of the hidden layers of the encoder; the decoder has them in reverse.
    latent : int
        Number of latent dimensions.
    wavelength : float, optional
        Wavelength in Å.
    """

    encoder: nn.Sequential
    decoder: nn.Sequential
    mean: torch.Tensor
    deviation: torch.Tensor
    plane: torch.Tensor | None

    def __init__(
        self,
        grid: tuple[float, float, int],
        hidden: Sequence[int] = (128, 64, 12),
        latent: int = 2,
        wavelength: float | None = None,
    ) -> None:
        super().__init__()
        start, step, points = grid
        widths = [points, *hidden, latent, *reversed(hidden), points]
        middle = len(hidden)
        activations = ["relu"] * (2 * middle + 2)
        activations[middle], activations[-1] = "tanh", "linear"
        self._build(
            {
                "format_version": FORMAT_VERSION,
                "crate_version": "xrd.torch",
                "weight_orientation": "[inputs, outputs]",
                "widths": widths,
                "activations": activations,
                "input_scaling": "none",
                "grid": {"start_deg": float(start), "step_deg": float(step), "points": points},
                "wavelength_angstrom": wavelength,
                "intensity_unit": "arbitrary",
                "intensity_factor": 1.0,
                "weights_seed": 0,
                "training": None,
                "data_sha256": None,
            }
        )

    def _build(self, description: dict[str, Any]) -> None:
        widths, activations = description["widths"], description["activations"]
        half = len(activations) // 2
        pairs = list(zip(widths, widths[1:], activations))
        self.description = description
        self.encoder, self.decoder = _sequence(pairs[:half]), _sequence(pairs[half:])
        self.register_buffer("mean", torch.zeros(widths[0]))
        self.register_buffer("deviation", torch.ones(widths[0]))
        plane = torch.eye(3, widths[half], dtype=torch.float64).roll(1, 0)
        plane[0] = 0
        self.register_buffer("plane", plane if widths[half] > 2 else None)
        self._attached: dict[str, torch.Tensor] = {}
        self._digest: str | None = None

    def fit_scaling(self, patterns: Any, kind: str = "global") -> Autoencoder:
        """Fit the scaling to training patterns.

        Scaled intensities are (intensity - mean) / deviation at each point. The deviation of
        ``"global"`` is one root mean square; ``"per_point"`` has one per point, at least a
        hundredth of the global one.

        Parameters
        ----------
        patterns : torch.Tensor
            Patterns, (patterns, points).
        kind : {"global", "per_point", "none"}

        Returns
        -------
        Autoencoder
            Itself.
        """
        if kind not in ("global", "per_point", "none"):
            raise ValueError(f"unknown scaling '{kind}' (expected global, per_point or none)")
        patterns = torch.as_tensor(patterns).double()
        variance = patterns.var(0, correction=0)
        rms = variance.mean().sqrt()
        if not rms > 0:
            raise ValueError(f"all of the {len(patterns)} patterns are equal")
        points = {
            "global": rms.expand(len(variance)),
            "per_point": variance.sqrt().clamp_min(0.01 * rms),
            "none": torch.ones(len(variance)),
        }
        self.mean.copy_(patterns.mean(0))
        self.deviation.copy_(points[kind])
        self.description["input_scaling"] = kind
        return self

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reconstruct patterns, (patterns, points)."""
        return self._unscaled(self.decoder(self.encoder(self.scaled(x))))

    def scaled(self, x: torch.Tensor) -> torch.Tensor:
        """Scale intensities, (patterns, points), to inputs of the network."""
        return (x - self._shift()) / self.deviation

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Mean squared error of the reconstruction in scaled intensities."""
        inputs = self.scaled(x)
        return nn.functional.mse_loss(self.decoder(self.encoder(inputs)), inputs)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """Points of the plane, (patterns, 2), of patterns, (patterns, points).

        With more than two latent dimensions, latent points are projected onto the latent plane.
        """
        latent = self.encoder(self.scaled(x))
        if self.plane is None:
            return latent
        centre, axes = self.plane[0], self.plane[1:]
        return ((latent.double() - centre) @ axes.T).to(latent.dtype)

    def decode(self, points: torch.Tensor) -> torch.Tensor:
        """Patterns, (patterns, points), of points of the plane, (patterns, 2)."""
        if self.plane is not None:
            centre, axes = self.plane[0], self.plane[1:]
            points = (centre + points.double() @ axes).to(self.mean.dtype)
        return self._unscaled(self.decoder(points))

    def fit_plane(self, x: torch.Tensor) -> Autoencoder:
        """Fit the latent plane of more than two dimensions: centre and two principal axes."""
        if self.plane is None:
            return self
        latent = self.encoder(self.scaled(x)).detach().double()
        centred = latent - latent.mean(0)
        axes = torch.linalg.eigh(centred.T @ centred).eigenvectors.flip(1).T[:2]
        largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
        self.plane.copy_(torch.cat([latent.mean(0, keepdim=True), axes * largest.sign()]))
        return self

    def parameter_groups(self, learning_rate: float = 1e-3) -> list[dict[str, Any]]:
        """Parameters for an optimiser; the first layer learns more slowly, as in xrd-ae.

        Its learning rate is divided by the square root of its number of inputs.

        Parameters
        ----------
        learning_rate : float
            Learning rate of the other layers.
        """
        first: Any = self.encoder[0]
        rest = [*self.encoder[1:].parameters(), *self.decoder.parameters()]
        slow = learning_rate / math.sqrt(first.in_features)
        return [{"params": list(first.parameters()), "lr": slow}, {"params": rest, "lr": learning_rate}]

    @classmethod
    def load(cls, source: Source) -> Autoencoder:
        """Load a model of xrd-ae.

        Parameters
        ----------
        source : str, os.PathLike or bytes
            Path or content of the safetensors file.

        Raises
        ------
        ValueError
            If the file is no such model, is damaged, or has another format version.
        """
        metadata, tensors = header_of(source)
        if KEY not in metadata:
            raise ValueError(f"no entry '{KEY}' in the metadata (expected a model of xrd-ae)")
        description = json.loads(metadata[KEY])
        version = description.get("format_version")
        if version != FORMAT_VERSION:
            raise ValueError(f"format version {version} (expected {FORMAT_VERSION})")
        text, _, _ = metadata[KEY].rpartition(',"sha256":')
        if checksum(text + "}", tensors) != description.pop("sha256", None):
            raise ValueError("damaged or edited: the checksum does not agree")
        model = cls.__new__(cls)
        nn.Module.__init__(model)
        model._build(description)
        model._fill(tensors)
        return model

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the model as a file that xrd and `load` read.

        If weights changed since the model was loaded, the entries about the training, and what
        xrd attached to the model, are left out. A temporary file is renamed at the end.
        """
        write_beside(path, self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the content of the file that `save` writes."""
        tensors, description = self._tensors(), dict(self.description)
        if self._digest == checksum("", tensors):
            tensors |= self._attached
        elif self._digest is not None:
            description |= {"training": None, "data_sha256": None}
            description.pop("attached", None)
        text = json.dumps(description, separators=(",", ":"), ensure_ascii=False)
        sealed = f'{text[:-1]},"sha256":"{checksum(text, tensors)}"}}'
        return save(tensors, {KEY: sealed})

    def _shift(self) -> Any:
        return self.mean if self.description["input_scaling"] != "none" else 0.0

    def _unscaled(self, outputs: torch.Tensor) -> torch.Tensor:
        return outputs * self.deviation + self._shift()

    def _tensors(self) -> dict[str, torch.Tensor]:
        tensors = {"scaling.mean": self.mean, "scaling.deviation": self.deviation}
        for part in ("encoder", "decoder"):
            for name, value in getattr(self, part).named_parameters():
                tensors[f"{part}.{name}"] = value.T if name.endswith("weight") else value
        if self.plane is not None:
            tensors[PLANE] = self.plane
        return {name: t.detach().cpu().contiguous() for name, t in tensors.items()}

    def _fill(self, tensors: dict[str, torch.Tensor]) -> None:
        places = {"scaling.mean": self.mean, "scaling.deviation": self.deviation}
        for part in ("encoder", "decoder"):
            named = getattr(self, part).named_parameters()
            places |= {f"{part}.{name}": value for name, value in named}
        if self.plane is not None:
            places[PLANE] = self.plane
        for name, place in places.items():
            if name not in tensors:
                raise ValueError(f"no tensor '{name}' in the file")
            place.data.copy_(tensors[name].T if name.endswith("weight") else tensors[name])
        self._attached = {n: t for n, t in tensors.items() if n.startswith("attached.")}
        self._digest = checksum("", self._tensors())


def checksum(text: str, tensors: dict[str, torch.Tensor]) -> str:
    """SHA-256 of a text and of the names and bytes of tensors, in the order of the names."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].contiguous().numpy().tobytes())
    return digest.hexdigest()


def _sequence(layers: Sequence[tuple[int, int, str]]) -> nn.Sequential:
    modules: list[nn.Module] = []
    for inputs, outputs, activation in layers:
        linear = nn.Linear(inputs, outputs)
        nn.init.zeros_(linear.bias)
        if activation == "relu":
            nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        else:
            nn.init.xavier_uniform_(linear.weight)
        modules += [linear, ACTIVATIONS[activation]()]
    return nn.Sequential(*modules)
