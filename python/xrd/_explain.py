"""Relevance of angles, and patterns for values of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrd import _xrd
from xrd._arguments import vector
from xrd._autoencoder import Autoencoder
from xrd._base import check_is_fitted
from xrd._plane import PlaneRegressor

#: Columns of `Relevance.peaks`.
_PEAKS = np.dtype(
    [
        ("two_theta", float),
        ("dev", float),
        ("relative_dev", float),
        ("relevance_rank", int),
        ("relative_intensity", float),
        ("intensity_rank", int),
    ]
)


@dataclass(frozen=True, eq=False)
class Relevance:
    """How much the point of a pattern depends on each angle.

    Attributes
    ----------
    two_theta : ndarray of shape (n_windows,)
        Centres of the masked windows in degrees.
    dev : ndarray of shape (n_windows,)
        Dev(2θ): distance in the plane by which the point moves.
    displacement : ndarray of shape (n_windows, 2)
        The move itself.
    peaks : structured ndarray
        The peaks of the pattern with the fields ``two_theta``, ``dev``, ``relative_dev``, ``relevance_rank``,
        ``relative_intensity`` and ``intensity_rank``, the most relevant first.
    """

    two_theta: NDArray[np.float64]
    dev: NDArray[np.float64]
    displacement: NDArray[np.float64]
    peaks: NDArray[Any]


def relevance(
    model: Autoencoder,
    pattern: ArrayLike,
    *,
    window: float | None = None,
    step: float | None = None,
    instead: ArrayLike | None = None,
) -> Relevance:
    """Find the angles that decide where a pattern lies in the plane.

    A window of angles is masked, and the distance that the point moves is noted, for one window after the other.

    Parameters
    ----------
    model : Autoencoder
        A fitted network, with the true angles (`two_theta`).
    pattern : array_like of shape (n_points,)
        The pattern.
    window : float, optional
        Width of the window in degrees, 0.03 by default, or the step of the angles if it is larger.
    step : float, optional
        Distance between windows in degrees, by default the width.
    instead : array_like of shape (n_points,), optional
        Intensities inside the window; zeros by default.

    Returns
    -------
    Relevance
        One number per window, and the peaks by relevance.

    References
    ----------
    K. Utimula et al. (2022).
    """
    check_is_fitted(model)
    values = np.ascontiguousarray(vector(pattern, "pattern"), dtype=np.float32)
    mask = None if instead is None else np.ascontiguousarray(vector(instead, "instead"), dtype=np.float32)
    found = _xrd.relevance(model.network_, values, window, step, mask)
    rows = sorted((tuple(row) for row in found["peaks"].tolist()), key=lambda row: row[3])
    found["peaks"] = np.asarray(rows, dtype=_PEAKS)
    return Relevance(**found)


@dataclass(frozen=True, eq=False)
class Generated:
    """A pattern that was generated for values of labels.

    Attributes
    ----------
    two_theta : ndarray of shape (n_points,)
        Angles in degrees.
    intensities : ndarray of float32 of shape (n_points,)
        The pattern.
    point : (float, float)
        Its point of the plane.
    labels : dict
        The labels estimated there.
    """

    two_theta: NDArray[np.float64]
    intensities: NDArray[np.float32]
    point: tuple[float, float]
    labels: dict[str, float]


def generate(
    model: Autoencoder,
    known: PlaneRegressor,
    targets: Sequence[Mapping[str, float] | float] | Mapping[str, float] | float,
    *,
    names: Sequence[str] | None = None,
    rule: str = "between",
) -> list[Generated | None]:
    """Generate patterns for values of labels.

    Parameters
    ----------
    model : Autoencoder
        A fitted network with a plane (two latent dimensions).
    known : PlaneRegressor
        The points of known patterns with their labels.
    targets : mapping or float, or a sequence of them
        Values by the names of labels, as in ``{"Ti": 0.75}``; a number is a value of the only label.
    names : sequence of str, optional
        Names of the labels, ``y0``, ``y1``, … by default.
    rule : {"between", "strained", "contour"}
        The patterns decoded at the neighbouring compositions, strained until their lines meet and mixed; the pattern
        decoded at the point of this mixture; or that of the point of the contour (as Utimula et al.).

    Returns
    -------
    list of Generated or None
        One entry per target, None if no point of the plane has these values.

    Raises
    ------
    ValueError
        If a label is unknown.
    """
    check_is_fitted(model)
    check_is_fitted(known)
    columns = known.labels_.shape[1]
    labels = [f"y{i}" for i in range(columns)] if names is None else [str(name) for name in names]
    if len(labels) != columns:
        raise ValueError(f"{len(labels)} names for {columns} labels (expected as many)")
    single = isinstance(targets, Mapping) or np.isscalar(targets)
    given: Sequence[Any] = [targets] if single else list(targets)  # type: ignore[arg-type]
    texts = [_target(target, labels) for target in given]
    estimator = None if known.estimator == "auto" else known.estimator
    found = _xrd.generate(model.network_, known.points_, (labels, known.labels_), texts, rule, estimator)
    return [_generated(model, labels, one) for one in found]


def _target(target: Any, labels: Sequence[str]) -> str:
    if isinstance(target, Mapping):
        if not target:
            raise ValueError("a target has no values (expected at least one label)")
        return ",".join(f"{name}={float(value)!r}" for name, value in target.items())
    if len(labels) != 1:
        raise ValueError(f"target {target!r} for {len(labels)} labels (expected values by the names of labels)")
    return f"{labels[0]}={float(target)!r}"


def _generated(model: Autoencoder, labels: Sequence[str], found: Any) -> Generated | None:
    if found is None:
        return None
    intensities, point, values = found
    return Generated(model.two_theta_, intensities, point, dict(zip(labels, values or [])))
