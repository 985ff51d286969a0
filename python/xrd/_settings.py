"""Settings of trainings, checked as Python values, and files."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SCHEDULES = "constant, step:N:F, cosine or cosine:M"

#: Names of losses where they differ from those of the crates.
LOSSES = {"mse": "mean_squared_error"}


def labels(y: ArrayLike, patterns: int) -> tuple[list[str], NDArray[np.float64]]:
    labels = np.asarray(y)
    if labels.dtype.kind not in "biuf":
        labels = np.asarray(y, dtype=np.float64)
    labels = np.ascontiguousarray(labels.reshape(len(labels), -1), dtype=np.float64)
    if len(labels) != patterns:
        raise ValueError(f"y has {len(labels)} rows for {patterns} patterns (expected as many)")
    return [f"y{i}" for i in range(labels.shape[1])], labels


def count(number: Any, what: str) -> int:
    if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{what} {number!r} is not a whole number")
    if number < 1:
        raise ValueError(f"{what} {number} (expected 1 or more)")
    return int(number)


def one_of(given: Any, what: str, expected: tuple[str, ...]) -> str:
    if given not in expected:
        raise ValueError(f"{what} {given!r} (expected one of {', '.join(expected)})")
    return str(given)


def schedule(text: str) -> dict[str, Any]:
    name, *numbers = str(text).split(":")
    try:
        if name == "constant" and not numbers:
            return {"course": "constant", "warm_up": 0.0}
        if name == "step" and len(numbers) == 2:
            return {"course": {"step": {"every": int(numbers[0]), "factor": float(numbers[1])}}, "warm_up": 0.0}
        if name == "cosine" and len(numbers) <= 1:
            return {"course": {"cosine": {"down_to": float(numbers[0]) if numbers else 0.0}}, "warm_up": 0.0}
    except ValueError:
        pass
    raise ValueError(f"schedule '{text}' (expected {SCHEDULES})")


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Writes a file beside its place and renames it."""
    place = os.path.abspath(os.fspath(path))
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(place), prefix=".xrd-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, place)
    except BaseException:
        os.unlink(beside)
        raise
