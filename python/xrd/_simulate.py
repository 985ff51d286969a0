"""Simulated patterns."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xrd import _xrd
from xrd._arguments import Angles, Progress, grid, wavelength as in_angstrom
from xrd._effects import Effects, effects_of
from xrd._structures import as_structure

_ONE = (_xrd.Structure, str, bytes, bytearray, os.PathLike)


def angles(two_theta: Angles = (5.0, 90.0, 0.01)) -> NDArray[np.float64]:
    """The angles of simulated patterns.

    Parameters
    ----------
    two_theta : (float, float, float) or array_like
        First angle, end (not included) and step in degrees, or uniform angles.

    Returns
    -------
    ndarray of shape (n_points,)
        Angles 2θ in degrees.
    """
    first, step, points = grid(two_theta)
    return first + step * np.arange(points, dtype=np.float64)


def simulate(
    structures: Any,
    *,
    two_theta: Angles = (5.0, 90.0, 0.01),
    wavelength: float | str | None = None,
    fwhm: float = 0.1,
    eta: float = 0.5,
    b_iso: float = 0.5,
    monochromator: float | None = None,
    synchrotron: float | None = None,
    dispersion: bool = False,
    effects: Effects = None,
    seed: int = 0,
    ids: Sequence[int] | NDArray[np.integer[Any]] | int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Simulate patterns of crystal structures.

    The lines are those of kinematic diffraction by an ideal powder, drawn as pseudo-Voigt profiles and scaled to a
    maximum of 1. Effects add what instrument and specimen do. The pattern of a structure depends on `seed` and its id
    only, not on the other structures or the number of threads, so that a part can be made again anywhere.

    Parameters
    ----------
    structures : structure or iterable of structures
        Each an `xrd.Structure`, a `pymatgen` Structure, an `ase` Atoms, or the path of a file.
    two_theta : (float, float, float) or array_like
        First angle, end (not included) and step in degrees, or uniform angles.
    wavelength : float or str, optional
        Wavelength in Å or the name of a line, as in ``"CuKa1"`` or ``"MoKa"``. By default that of the tube in `effects`,
        or Cu Kα1.
    fwhm : float
        Full width at half maximum of the lines in degrees.
    eta : float
        Lorentzian share of the profile, 0 (Gaussian) to 1.
    b_iso : float
        Displacement parameter B in Å² of atoms that state none.
    monochromator : float, optional
        Angle 2θ in degrees of a monochromator crystal, which polarises the beam.
    synchrotron : float, optional
        Horizontally polarised share of a synchrotron beam, 0.5 to 1.
    dispersion : bool
        Whether form factors include f' and f''.
    effects : str, path, mapping or None
        Tables of random effects: ``"laboratory"``, the path of a TOML file, or a mapping with the same content. None
        draws the lines alone.
    seed : int
        Seed of the random effects, 0 or more.
    ids : int or sequence of int, optional
        Number of each structure, which chooses its random effects. 0, 1, 2, … by default.
    threads : int, optional
        Number of threads, all cores by default.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    ndarray of float32
        Of shape (n_points,) for one structure, or (n_structures, n_points) for several.

    Raises
    ------
    TypeError
        If something is not a structure.
    ValueError
        If a number is out of range, or a structure has no reflections in the range.

    Notes
    -----
    Form factors of Waasmaier and Kirfel, Acta Cryst. A51, 416 (1995).

    Examples
    --------
    >>> import xrd
    >>> iron = xrd.Structure([[2.87, 0, 0], [0, 2.87, 0], [0, 0, 2.87]], ["Fe", "Fe"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    >>> xrd.simulate(iron).shape
    (8500,)
    >>> xrd.simulate([iron] * 3, effects="laboratory", seed=1).shape
    (3, 8500)
    """
    drawn = effects_of(effects)
    given = drawn.wavelength if wavelength is None and drawn is not None else wavelength
    instrument = _xrd.Instrument(
        grid(two_theta),
        in_angstrom(1.540593 if given is None else given),
        fwhm,
        eta,
        b_iso,
        (monochromator, synchrotron),
        bool(dispersion),
    )
    seed = _whole(seed, "seed")
    if _is_one(structures):
        one = 0 if ids is None else ids
        return _xrd.simulate_one(as_structure(structures), instrument, drawn, seed, _whole(one, "ids"))
    many = [as_structure(structure) for structure in _iterated(structures)]
    if not many:
        return np.empty((0, len(instrument.two_theta)), dtype=np.float32)
    numbers = range(len(many)) if ids is None else ids
    if not isinstance(numbers, (Sequence, np.ndarray)):
        raise TypeError(f"ids is {numbers!r} (expected one number per structure)")
    whole = [_whole(number, "ids") for number in numbers]
    return _xrd.simulate_many(many, instrument, drawn, seed, whole, threads, progress)


class Reflections(NamedTuple):
    """Reflections of a structure, by increasing angle."""

    #: Miller indices, of shape (n, 3).
    hkl: NDArray[np.int32]
    #: Angle 2θ in degrees.
    two_theta: NDArray[np.float64]
    #: Lattice spacing in Å.
    d: NDArray[np.float64]
    #: Intensity in units of the square of the classical electron radius, with all factors of a powder.
    intensity: NDArray[np.float64]
    #: Number of equivalent planes.
    multiplicity: NDArray[np.float64]


def reflections(
    structure: Any,
    *,
    two_theta: tuple[float, float] = (5.0, 90.0),
    wavelength: float | str = "CuKa1",
    b_iso: float = 0.5,
    dispersion: bool = False,
) -> Reflections:
    """The reflections of a structure.

    Parameters
    ----------
    structure : structure
        As for `simulate`.
    two_theta : (float, float)
        Range of angles in degrees.
    wavelength : float or str
        Wavelength in Å or the name of a line.
    b_iso : float
        Displacement parameter B in Å² of atoms that state none.
    dispersion : bool
        Whether form factors include f' and f''.

    Returns
    -------
    Reflections
        Arrays with one entry per reflection.
    """
    low, high = (float(x) for x in two_theta)
    axis = grid((low, 2 * high - low, high - low))
    instrument = _xrd.Instrument(axis, in_angstrom(wavelength), 0.1, 0.5, b_iso, (None, None), bool(dispersion))
    hkl, rest = _xrd.reflections(as_structure(structure), instrument)
    return Reflections(hkl, *np.ascontiguousarray(rest.T))


def _is_one(structures: Any) -> bool:
    """Whether this is one structure. pymatgen's and ASE's structures are sequences too."""
    return (
        isinstance(structures, _ONE)
        or (hasattr(structures, "lattice") and hasattr(structures, "sites"))
        or hasattr(structures, "get_scaled_positions")
    )


def _iterated(structures: Any) -> Iterable[Any]:
    try:
        return iter(structures)
    except TypeError:
        # Says what was expected.
        as_structure(structures)
        raise


def _whole(number: Any, what: str) -> int:
    """A number from 0 to 2⁶⁴ − 1."""
    if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{what} {number!r} is not a whole number")
    if not 0 <= number < 1 << 64:
        raise ValueError(f"{what} {number} (expected 0 to 2**64 - 1)")
    return int(number)
