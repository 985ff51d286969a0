"""Answers from what the package ships: symmetry, known structures, predicted patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrd import _xrd
from xrd._arguments import Angles, grid, matrix, vector, wavelength as in_angstrom
from xrd._files import Patterns, Scan
from xrd._structures import Structure


@dataclass(frozen=True, eq=False)
class Symmetry:
    """Crystal system and space group of a pattern.

    Attributes
    ----------
    refused : str or None
        Why there is no answer: ``"uncertain"`` (the likeliest space group is not likely enough) or ``"unexplained"`` (the
        nearest known structure lacks many of the peaks, as for a mixture). None if there is an answer.
    certainty : float
        Probability of the likeliest space group.
    crystal_systems : dict of str to float
        Probability of each crystal system.
    space_groups : list of (int, str, float)
        Number, symbol and probability of the likeliest space groups.
    extinction_groups : list of (str, float)
        Symbol and probability of the likeliest sets of space groups with the same systematic absences.
    similarity : float
        Similarity of the nearest known structure, 0 to 1.
    unexplained : float
        Share of the peaks, by height, that it does not have.
    """

    refused: str | None
    certainty: float
    crystal_systems: dict[str, float]
    space_groups: list[tuple[int, str, float]]
    extinction_groups: list[tuple[str, float]]
    similarity: float
    unexplained: float

    @property
    def crystal_system(self) -> str:
        """The likeliest crystal system, also if the pattern is refused."""
        return max(self.crystal_systems, key=lambda name: self.crystal_systems[name])

    @property
    def space_group(self) -> int:
        """The number of the likeliest space group, also if the pattern is refused."""
        return self.space_groups[0][0]


def classify(
    patterns: Any,
    *,
    two_theta: Angles | None = None,
    wavelength: float | str | None = None,
    threshold: float | None = None,
    listed: int = 5,
    threads: int | None = None,
) -> Any:
    """Name the crystal system and the space group of patterns, or refuse uncertain ones.

    The shipped networks were trained on simulated patterns only; their probabilities are combined with the nearest known
    structures.

    Parameters
    ----------
    patterns : Scan, Patterns or array_like
        One pattern or several. An array needs `two_theta`.
    two_theta : (float, float, float) or array_like, optional
        Angles of an array.
    wavelength : float or str, optional
        Wavelength in Å or the name of a line; by default that of the scan, or Cu Kα1.
    threshold : float, optional
        Least probability of an answer, by default that of the model.
    listed : int
        Number of space groups in an answer.
    threads : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    Symmetry, or list of Symmetry
        One answer per pattern.

    Raises
    ------
    ValueError
        If a pattern has too few angles for an answer, or no lines.
    """
    if threshold is not None and not 0 <= threshold <= 1:
        raise ValueError(f"threshold {threshold} (expected 0 to 1)")
    one, given = _given(patterns, two_theta, wavelength)
    answers = [Symmetry(**answer) for answer in _xrd.classify(given, listed, threshold, threads)]
    return answers[0] if one else answers


@dataclass(frozen=True, eq=False)
class Match:
    """A known structure beside a pattern.

    Attributes
    ----------
    name, formula, source : str
        What it is, and where it is from.
    space_group : int
        Number of its space group.
    similarity : float
        Similarity of its lines to the pattern, 0 to 1.
    strain, zero_shift, displacement : float
        Fitted shifts of its lines: Δd/d, and degrees.
    lines : structured ndarray
        Its lines: ``two_theta`` (for Cu Kα1), ``d`` (Å), ``intensity`` and ``found``.
    intensity_share : float or None
        Share in the intensity of a mixture.
    """

    name: str
    formula: str
    space_group: int
    source: str
    similarity: float
    strain: float
    zero_shift: float
    displacement: float
    lines: NDArray[Any]
    intensity_share: float | None = None


@dataclass(frozen=True, eq=False)
class Identification:
    """Known structures beside a pattern.

    Attributes
    ----------
    structures : list of Match
        The nearest known structures, the most similar first.
    phases : list of Match
        The phases of a mixture, if they were asked for.
    similarity : float
        Similarity of the mixture to the pattern; 0 if it was not asked for.
    fwhm : float
        Measured width of the lines in degrees.
    peaks : int
        Number of peaks.
    """

    structures: list[Match]
    phases: list[Match]
    similarity: float
    fwhm: float
    peaks: int


_LINES = np.dtype([("two_theta", float), ("d", float), ("intensity", float), ("found", bool)])


def identify(
    pattern: Any,
    *,
    two_theta: Angles | None = None,
    wavelength: float | str | None = None,
    top: int = 5,
    phases: int = 1,
    threads: int | None = None,
) -> Identification:
    """Find the known structures that are most like a pattern.

    Parameters
    ----------
    pattern : Scan or array_like of shape (n_points,)
        The pattern. An array needs `two_theta`.
    two_theta : (float, float, float) or array_like, optional
        Angles of an array.
    wavelength : float or str, optional
        Wavelength in Å or the name of a line; by default that of the scan, or Cu Kα1.
    top : int
        Number of structures.
    phases : int
        Largest number of phases of a mixture, 1 to 5.
    threads : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    Identification
        Structures, and phases if there may be several.
    """
    one, given = _given(pattern, two_theta, wavelength)
    if not one:
        raise ValueError(f"{len(given)} patterns (expected one)")
    found = _xrd.identify(given[0], top, phases, threads)
    for part in ("structures", "phases"):
        found[part] = [_match(match) for match in found[part]]
    return Identification(**found)


def _match(found: dict[str, Any]) -> Match:
    return Match(**{**found, "lines": np.asarray(found["lines"], dtype=_LINES)})


@dataclass(frozen=True, eq=False)
class Prediction:
    """A likely structure of a formula, and its pattern.

    Attributes
    ----------
    probability : float
        Probability among the candidates.
    structure : Structure
        The structure; a hypothesis unless `origin` is ``"known"``.
    space_group : int
        Number of its space group.
    prototype, prototype_formula : str
        The known structure from which it is made.
    origin : str
        ``"known"``, ``"substituted"`` or ``"other stoichiometry"``.
    two_theta, intensities : ndarray of shape (n_points,)
        Its pattern for Cu Kα1.
    """

    probability: float
    structure: Structure
    space_group: int
    prototype: str
    prototype_formula: str
    origin: str
    two_theta: NDArray[np.float64]
    intensities: NDArray[np.float32]


def predict(formula: str, *, candidates: int = 5, threads: int | None = None) -> list[Prediction]:
    """Predict likely structures of a formula, and their patterns.

    Parameters
    ----------
    formula : str
        The formula, as in ``"SrTiO3"``.
    candidates : int
        Largest number of structures.
    threads : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    list of Prediction
        The likeliest first; empty if no prototype is known.

    Raises
    ------
    ValueError
        If the text is no formula.
    """
    return [Prediction(**found) for found in _xrd.predict(formula, candidates, threads)]


def _given(patterns: Any, two_theta: Angles | None, wavelength: float | str | None) -> tuple[bool, list[Any]]:
    """Whether there is one pattern, and grid, intensities and wavelength of each."""
    if isinstance(patterns, Scan):
        return True, [_scan(patterns, wavelength)]
    if isinstance(patterns, (list, tuple)) and patterns and all(isinstance(scan, Scan) for scan in patterns):
        return False, [_scan(scan, wavelength) for scan in patterns]
    stated = None
    if isinstance(patterns, Patterns):
        two_theta, stated, patterns = patterns.two_theta, patterns.wavelength, patterns.intensities
    if two_theta is None:
        raise ValueError("two_theta is missing (an array does not state its angles)")
    one = np.ndim(patterns) == 1
    rows: ArrayLike = vector(patterns, "pattern")[None] if one else patterns
    axis, angstrom = grid(two_theta), _angstrom(wavelength, stated)
    return one, [(axis, row, angstrom) for row in matrix(rows)]


def _scan(scan: Scan, wavelength: float | str | None) -> Any:
    axis, values = scan.axis, scan.intensities
    if scan.axis_kind != "two_theta":
        angstrom = _angstrom(wavelength, scan.wavelength)
        scan = scan.prepare(f"to-wavelength:{angstrom}")
        axis, values = scan.axis, scan.intensities
    order = np.argsort(axis, kind="stable")
    axis, values = axis[order], values[order]
    try:
        place = grid(axis)
    except ValueError:
        # Uneven steps: interpolated to the median step.
        step = max(float(np.median(np.diff(axis))), 1e-3)
        place = (float(axis[0]), step, int((axis[-1] - axis[0]) / step) + 1)
        values = np.interp(place[0] + step * np.arange(place[2]), axis, values)
    return place, np.ascontiguousarray(values, dtype=np.float32), _angstrom(wavelength, scan.wavelength)


def _angstrom(given: float | str | None, stated: float | None) -> float:
    if given is not None:
        return in_angstrom(given)
    return 1.540593 if stated is None else stated
