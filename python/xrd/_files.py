"""Files of patterns and labels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrd import _xrd
from xrd._arguments import Angles, Source, grid, source, wavelength as in_angstrom


@dataclass(frozen=True, eq=False)
class Scan:
    """One scan as measured.

    Attributes
    ----------
    name : str
        Name of the scan.
    axis : ndarray of shape (n_points,)
        The axis in the order of the file.
    axis_kind : str
        What the axis is: ``"two_theta"`` (degrees), ``"q"`` (1/Å), ``"q_nm"`` (1/nm), ``"d"`` (Å) or another name.
    intensities : ndarray of shape (n_points,)
        Intensities in `unit`.
    sigma : ndarray of shape (n_points,) or None
        Standard deviations of the intensities.
    unit : str
        ``"counts"``, ``"counts per second"`` or ``"arbitrary"``.
    wavelength : float or None
        Wavelength in Å, if the file states it.
    metadata : dict
        What the file states: sample, comment, date, instrument, temperature_k, radiation and so on.
    warnings : list of str
        What a reader should know about the file.
    """

    name: str
    axis: NDArray[np.float64]
    axis_kind: str
    intensities: NDArray[np.float64]
    sigma: NDArray[np.float64] | None = None
    sigma_origin: str | None = None
    unit: str = "arbitrary"
    wavelength: float | None = None
    not_powder: str | None = None
    format: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    preparation: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def two_theta(self) -> NDArray[np.float64]:
        """Angles 2θ in degrees.

        Raises
        ------
        ValueError
            If the axis is not 2θ (``prepare("to-wavelength:1.5406")`` converts Q and d).
        """
        if self.axis_kind != "two_theta":
            raise ValueError(f"the axis of '{self.name}' is {self.axis_kind}, not two_theta (prepare converts it)")
        return self.axis

    def prepare(self, *steps: str) -> Scan:
        """A prepared copy.

        Parameters
        ----------
        *steps : str
            Steps such as ``"despike"``, ``"snip:1"``, ``"arpls:1e5"``, ``"smooth:7,2"``, ``"crop:10:80"``,
            ``"to-wavelength:1.5406"``, ``"sqrt"`` or ``"scale:max"``, done in this order.
        """
        return self._converted(list(steps), None)

    def resample(self, two_theta: Angles) -> Scan:
        """A copy on uniform angles, by linear interpolation.

        Parameters
        ----------
        two_theta : (float, float, float) or array_like
            First angle, end (not included) and step in degrees, or uniform angles.

        Raises
        ------
        ValueError
            If the scan does not cover the angles.
        """
        return self._converted([], grid(two_theta))

    def _converted(self, steps: list[str], to: tuple[float, float, int] | None) -> Scan:
        axis = (self.axis_kind, np.ascontiguousarray(self.axis))
        found = _xrd.convert_scan(axis, np.ascontiguousarray(self.intensities), self.wavelength, steps, to)
        parts = {key: found[key] for key in ("axis", "axis_kind", "intensities", "sigma", "wavelength")}
        return replace(self, **parts, sigma_origin=None, preparation=[*self.preparation, *steps])

    def __len__(self) -> int:
        return len(self.axis)

    def __repr__(self) -> str:
        ends = f"{self.axis[0]:g} to {self.axis[-1]:g}" if len(self) else "no points"
        return f"Scan('{self.name}', {len(self)} points, {self.axis_kind} {ends}, {self.unit})"


@dataclass(frozen=True, eq=False)
class Patterns:
    """Patterns on common uniform angles.

    Attributes
    ----------
    two_theta : ndarray of shape (n_points,)
        Angles 2θ in degrees.
    intensities : ndarray of float32 of shape (n_patterns, n_points)
        One pattern per row.
    names : list of str
        Name of each pattern.
    wavelength : float or None
        Wavelength in Å, if the files state it.
    unit : str
        ``"counts"``, ``"counts per second"`` or ``"arbitrary"``.
    facts : dict of lists
        What the files state about each pattern: sample, comment, date, temperature_k, time_per_step_s.
    skipped : list of (str, str)
        Files that were not read, each with the reason.
    preparation : list of str
        Steps that were done.
    warnings : list of str
        What a reader should know about the files.
    by_order : str
        Whether the rows of a table of labels may belong to the patterns by their order: ``"never"`` (patterns of several
        files), ``"without names"`` (if the table has none) or ``"always"`` (a matrix without names).
    """

    two_theta: NDArray[np.float64]
    intensities: NDArray[np.float32]
    names: list[str]
    wavelength: float | None = None
    unit: str = "arbitrary"
    facts: dict[str, list[Any]] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    preparation: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    by_order: str = "never"

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        angles = f"{self.two_theta[0]:g} to {self.two_theta[-1]:g}°"
        return f"Patterns({len(self)} patterns of {len(self.two_theta)} points, {angles}, {self.unit})"


def read_all(
    file: Source,
    *,
    format: str | None = None,
    axis: str | None = None,
    wavelength: float | str | None = None,
    name: str = "file",
) -> list[Scan]:
    """Read all scans of a file.

    The content decides the format, of which there are more than thirty: text of any layout, Bruker RAW and BRML,
    PANalytical XRDML, Rigaku RAS and RASX, CIF, GSAS, NeXus, NumPy and others.

    Parameters
    ----------
    file : path or bytes
        The file or its content, also compressed.
    format : str, optional
        Name of the format, if it must not be decided by the content.
    axis : str, optional
        What the axis is, if the file does not state it: two_theta, q, q_nm or d.
    wavelength : float or str, optional
        Wavelength in Å or the name of a line, if the file does not state it.
    name : str
        Name of a file that is given as bytes, for messages; its extension is used to break ties.

    Returns
    -------
    list of Scan
        The scans in the order of the file.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no pattern, or is damaged.
    """
    options = _options(format, axis, wavelength, (), None, False)
    return [_scan(found) for found in _xrd.read_scans(source(file, name), options)]


def read(
    file: Source,
    *,
    scan: int | None = None,
    format: str | None = None,
    axis: str | None = None,
    wavelength: float | str | None = None,
    name: str = "file",
) -> Scan:
    """Read one scan of a file.

    Parameters
    ----------
    file : path or bytes
        The file or its content, also compressed.
    scan : int, optional
        Number of the scan, from 0, for files with several.
    format, axis, wavelength, name
        As for `read_all`.

    Returns
    -------
    Scan
        Arrays and metadata.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no pattern, is damaged, or has several scans and `scan` is not given.

    Examples
    --------
    >>> import xrd
    >>> scan = xrd.read(b"10.0 5\\n10.1 7\\n10.2 6\\n", name="a.xy")
    >>> scan.two_theta
    array([10. , 10.1, 10.2])
    """
    scans = read_all(file, format=format, axis=axis, wavelength=wavelength, name=name)
    if scan is None:
        if len(scans) != 1:
            raise ValueError(f"the file has {len(scans)} scans (choose one with scan=, or use read_all)")
        return scans[0]
    if not 0 <= scan < len(scans):
        raise ValueError(f"scan {scan} (expected 0 to {len(scans) - 1})")
    return scans[scan]


def read_folder(
    path: Source,
    *,
    two_theta: Angles | None = None,
    resample: bool = True,
    prepare: Iterable[str] = (),
    axis: str | None = None,
    wavelength: float | str | None = None,
    exclude: Iterable[str | os.PathLike[str]] = (),
    name: str = "file",
) -> Patterns:
    """Read the patterns of a folder of scans, or of a matrix in a file.

    Parameters
    ----------
    path : path or bytes
        A folder of scans; or a matrix whose first row or column is 2θ (csv, txt, npz), also as bytes.
    two_theta : (float, float, float) or array_like, optional
        Uniform angles to which patterns are interpolated.
    resample : bool
        Whether patterns of different angles are interpolated to the range that all cover. If not, they are refused.
    prepare : iterable of str
        Steps, as for `Scan.prepare`.
    axis : str, optional
        What the axis is, if the files do not state it: two_theta, q, q_nm or d.
    wavelength : float or str, optional
        Wavelength in Å or the name of a line, if the files do not state it.
    exclude : iterable of paths
        Files in the folder that are no patterns, such as a table of labels.
    name : str
        Name of a file that is given as bytes, for messages.

    Returns
    -------
    Patterns
        One matrix, with names and facts.

    Raises
    ------
    OSError
        If the folder cannot be read.
    ValueError
        If there are no patterns, or they cannot be brought to common angles.
    """
    to = None if two_theta is None else grid(two_theta)
    steps = [prepare] if isinstance(prepare, str) else list(prepare)
    options = _options(None, axis, wavelength, steps, to, bool(resample) and to is None)
    if not isinstance(path, (bytes, bytearray, memoryview)) and os.path.isdir(path):
        return Patterns(**_xrd.read_folder(os.fspath(path), options, [os.fspath(file) for file in exclude]))
    return Patterns(**_xrd.read_patterns(source(path, name), options))


def read_labels(
    path: str | os.PathLike[str],
    patterns: Patterns | Sequence[str],
    columns: Sequence[str] = (),
) -> tuple[NDArray[np.float64], list[str]]:
    """Read labels from a table, in the order of patterns.

    Parameters
    ----------
    path : path
        A table (csv, txt, xlsx) with one row per pattern. Its rows are matched by the names of the patterns; by their
        order only if the patterns are a matrix (`Patterns.by_order`).
    patterns : Patterns or sequence of str
        The patterns, or their names.
    columns : sequence of str
        The columns to read, by default all that hold numbers.

    Returns
    -------
    labels : ndarray of shape (n_patterns, n_columns)
        The labels.
    columns : list of str
        Their names.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If a pattern has no row, or a cell is not a number.
    """
    names = patterns.names if isinstance(patterns, Patterns) else list(patterns)
    by_order = patterns.by_order if isinstance(patterns, Patterns) else "never"
    found, labels = _xrd.read_labels(os.fspath(path), names, list(columns), by_order)
    return labels, found


def _options(format: Any, axis: Any, wavelength: Any, steps: Any, to: Any, resample: bool) -> Any:
    angstrom = None if wavelength is None else in_angstrom(wavelength)
    return format, axis, angstrom, list(steps), to, resample


def _scan(found: dict[str, Any]) -> Scan:
    metadata = json.loads(found.pop("metadata") or "{}")
    stated = {key: value for key, value in metadata.items() if value not in (None, {}, [])}
    return Scan(**found, metadata=stated)
