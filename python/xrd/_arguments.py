"""Arguments in the forms that the compiled module takes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrd import _xrd

#: A file, as its path or as its content.
Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]

#: Called with the number of steps that are done and the number of all steps (0 if unknown).
Progress = Callable[[int, int], object]

#: First angle, end (not included) and step in degrees; or the angles themselves.
Angles = Union[tuple[float, float, float], ArrayLike]

#: First angle, step and number of angles.
Grid = tuple[float, float, int]


def source(given: Source, name: str) -> Any:
    """A path, or bytes with a name for messages."""
    if isinstance(given, (bytes, bytearray, memoryview)):
        return bytes(given), name
    return os.fspath(given)


def grid(two_theta: Angles) -> Grid:
    """First angle, step and number of the angles."""
    if isinstance(two_theta, tuple) and len(two_theta) == 3:
        first, end, step = (float(x) for x in two_theta)
        points = round((end - first) / step) if step > 0 and np.isfinite([first, end, step]).all() else 0
        if points < 1:
            raise ValueError(f"two_theta ({first}, {end}, {step}) has no angles (expected first < end and step > 0)")
        return first, step, points
    angles = np.asarray(two_theta, dtype=np.float64)
    if angles.ndim != 1:
        raise ValueError(f"two_theta has shape {angles.shape} (expected one dimension, or (first, end, step))")
    if angles.size == 1:
        return float(angles[0]), 1.0, 1
    return _xrd.uniform_grid(np.ascontiguousarray(angles))


def wavelength(given: float | str) -> float:
    """A wavelength in Å, which may be given as the name of a line such as ``"CuKa1"``."""
    return _xrd.Instrument.tube_line(given) if isinstance(given, str) else float(given)


def matrix(X: ArrayLike, what: str = "patterns") -> NDArray[np.float32]:
    """Patterns as a finite float32 matrix in rows, not copied if it is one."""
    array = np.ascontiguousarray(numbers(X, what), dtype=np.float32)
    if array.ndim != 2:
        raise ValueError(f"{what} have shape {array.shape} (expected two dimensions, one pattern per row)")
    return finite(array, what)


def vector(x: ArrayLike, what: str) -> NDArray[np.float64]:
    """Finite numbers in one dimension."""
    array = np.ascontiguousarray(numbers(x, what), dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{what} has shape {array.shape} (expected one dimension)")
    return finite(array, what)


def numbers(x: ArrayLike, what: str) -> NDArray[Any]:
    """An array of real numbers."""
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError) as error:
            kind = ValueError if isinstance(error, ValueError) else TypeError
            raise kind(f"{what} have the type {array.dtype} (expected numbers): {error}") from None
    return array


def finite(array: Any, what: str) -> Any:
    """The array, or an exception that names the first number that is NaN or infinite."""
    if np.isfinite(array).all():
        return array
    place = np.argwhere(~np.isfinite(array))[0]
    where = ", ".join(str(i) for i in place)
    raise ValueError(f"{what}[{where}] is {array[tuple(place)]} (expected a finite number)")
