"""Whole studies."""

from __future__ import annotations

import html
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xrd import _xrd
from xrd._arguments import Angles, Progress, grid, matrix, wavelength as in_angstrom
from xrd._autoencoder import Autoencoder
from xrd._effects import table
from xrd._files import Patterns
from xrd._settings import LOSSES, count, schedule
from xrd._simulate import _whole


@dataclass(frozen=True, eq=False)
class StudyResult:
    """Result of a study.

    Attributes
    ----------
    report : dict
        All numbers, as in study.json (documented with the program).
    files : dict of str to bytes
        All files by their names: tables, figures (SVG), the model and the page.
    notes : list of str
        What a reader should know.
    """

    report: dict[str, Any]
    files: dict[str, bytes]
    notes: list[str]

    @property
    def model(self) -> Autoencoder:
        """The trained network."""
        return Autoencoder.load(self.files["model.safetensors"])

    def report_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """The page of the study: one HTML file that works offline.

        Parameters
        ----------
        path : path, optional
            File to write.
        """
        page = self.files["report.html"].decode()
        if path is not None:
            Path(path).write_text(page, encoding="utf-8")
        return page

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a table.

        Parameters
        ----------
        name : str
            Name of the file, such as ``"latent.csv"`` or ``"estimates.csv"``.

        Returns
        -------
        list of dict
            Text by the names of columns.

        Raises
        ------
        KeyError
            If there is no such file.
        """
        import csv

        return list(csv.DictReader(self.files[name].decode().splitlines()))

    def to_dataframe(self, name: str = "latent.csv") -> Any:
        """A table as a `pandas.DataFrame`: by default the points of all patterns with their labels.

        Parameters
        ----------
        name : str
            Name of the file.

        Returns
        -------
        pandas.DataFrame
        """
        import io

        import pandas

        return pandas.read_csv(io.BytesIO(self.files[name]))

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write all files into a folder.

        Parameters
        ----------
        folder : path
            The folder, which is made if it does not exist.
        """
        for name, content in self.files.items():
            place = Path(folder, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def figure(self, name: str) -> str:
        """A figure as SVG.

        Parameters
        ----------
        name : str
            Name of the file, with or without ``.svg``.

        Returns
        -------
        str
            The text of the SVG.
        """
        return self.files[name if name.endswith(".svg") else f"{name}.svg"].decode()

    def _repr_html_(self) -> str:
        plane = next((self.files[f"{name}.svg"] for name in ("feature_space", "latent") if f"{name}.svg" in self.files), b"")
        data = self.report.get("dataset", {})
        line = f"{data.get('patterns', '?')} patterns of {data.get('points', '?')} points"
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return f"<div><p>{html.escape(line)}</p>{plane.decode()}<ul>{notes}</ul></div>"

    def __repr__(self) -> str:
        data = self.report.get("dataset", {})
        return f"StudyResult({data.get('patterns')} patterns of {data.get('points')} points, {len(self.files)} files)"


def study(
    patterns: Patterns | ArrayLike | str | os.PathLike[str] | None = None,
    labels: Any = None,
    *,
    names: Sequence[str] | None = None,
    label_names: Sequence[str] | None = None,
    two_theta: Angles | None = None,
    wavelength: float | str | None = None,
    test_fraction: float | None = None,
    seeds: int = 1,
    first_seed: int = 0,
    estimator: str | None = None,
    targets: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
    settings: Mapping[str, Any] | None = None,
    out: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> StudyResult:
    """Train networks on patterns and study the plane, as `xrd study` does.

    Parameters
    ----------
    patterns : Patterns, array_like of shape (n_patterns, n_points), path or None
        The patterns: from `read_folder`, as a matrix (with `two_theta`), or as a file or folder. None is the built-in
        series of 150 simulated patterns.
    labels : array_like of shape (n_patterns, n_labels), mapping, DataFrame or path, optional
        Labels of the patterns: an array, columns by their names, or with a path of patterns the path of a table.
    names : sequence of str, optional
        Names of the patterns.
    label_names : sequence of str, optional
        Names of the columns of an array of labels.
    two_theta : (float, float, float) or array_like, optional
        Angles of a matrix: first angle, end (not included) and step, or uniform angles.
    wavelength : float or str, optional
        Wavelength of a matrix in Å or the name of a line.
    test_fraction : float, optional
        Share of the patterns that are held out.
    seeds : int
        Number of networks, each with its own seed.
    first_seed : int
        The first of the consecutive seeds.
    estimator : str, optional
        How labels are estimated: ``"auto"`` (regression on the patterns) or a name of `PlaneRegressor`.
    targets : mapping or sequence of mappings, optional
        Values of labels for which patterns are generated.
    settings : mapping, optional
        Settings of the training that differ from the usual ones: ``epochs``, ``hidden``, ``latent``, ``batch``,
        ``learning_rate``, ``label_weight``, ``effects`` and so on, as parameters of `Autoencoder`.
    out : path, optional
        Folder for the files. Without it nothing is left on the disk.
    threads : int, optional
        Number of threads, all cores by default.
    progress : callable, optional
        Called as ``progress(epochs_done, epochs)``.

    Returns
    -------
    StudyResult
        Numbers, tables, figures, model and page.

    Raises
    ------
    ValueError
        If patterns and labels do not agree, or a setting is out of range.
    """
    is_path = isinstance(patterns, (str, os.PathLike))
    data: dict[str, Any] = {"from": "series", "fwhm_deg": 0.1, "seed": 0}
    arrays = named = None
    if is_path:
        data = {"from": "files", "patterns": os.fspath(patterns)}  # type: ignore[arg-type]
        if labels is not None:
            data["labels"] = os.fspath(labels)
    elif patterns is not None:
        arrays = _arrays(patterns, names, two_theta, wavelength)
        data = {"from": "files", "patterns": "arrays"}
        if labels is not None:
            named = _named(labels, label_names)
    experiment: dict[str, Any] = {
        "data": data,
        "settings": _settings(settings, "series" if patterns is None else "measured"),
        "seeds": {"first": _whole(first_seed, "first_seed"), "count": count(seeds, "seeds")},
    }
    if estimator is not None:
        experiment["estimator"] = estimator
    if targets is not None:
        experiment["targets"] = _targets(targets)
    if test_fraction is not None:
        experiment["splits"] = {"by": "share", "test": float(test_fraction)}
    text = json.dumps(experiment)
    if out is not None:
        notes = _xrd.study(text, arrays, named, os.fspath(out), threads, progress)
        return _result(Path(out), notes)
    with tempfile.TemporaryDirectory(prefix="xrd-") as folder:
        notes = _xrd.study(text, arrays, named, folder, threads, progress)
        return _result(Path(folder), notes)


def _result(folder: Path, notes: list[str]) -> StudyResult:
    report = json.loads((folder / "study.json").read_bytes())
    names = ["study.json", *report["files"]]
    files = {name: (folder / name).read_bytes() for name in dict.fromkeys(names) if (folder / name).is_file()}
    return StudyResult(report, files, notes)


def _arrays(patterns: Any, names: Any, two_theta: Any, wavelength: Any) -> Any:
    if isinstance(patterns, Patterns):
        two_theta = patterns.two_theta if two_theta is None else two_theta
        wavelength = patterns.wavelength if wavelength is None else wavelength
        names = patterns.names if names is None else names
        patterns = patterns.intensities
    X = matrix(patterns)
    if two_theta is None:
        raise ValueError("two_theta is missing (a matrix of patterns does not state its angles)")
    given = [str(i + 1) for i in range(len(X))] if names is None else [str(name) for name in names]
    return X, grid(two_theta), None if wavelength is None else in_angstrom(wavelength), given


def _named(labels: Any, names: Sequence[str] | None) -> tuple[list[str], Any]:
    if hasattr(labels, "columns") and hasattr(labels, "to_numpy"):
        return [str(name) for name in labels.columns], np.ascontiguousarray(labels.to_numpy(dtype=np.float64))
    if isinstance(labels, Mapping):
        columns = [np.asarray(column, dtype=np.float64).ravel() for column in labels.values()]
        if len({len(column) for column in columns}) > 1:
            lengths = ", ".join(str(len(column)) for column in columns)
            raise ValueError(f"labels have columns of {lengths} values (expected the same number)")
        return [str(name) for name in labels], np.ascontiguousarray(np.stack(columns, axis=1))
    array = np.asarray(labels, dtype=np.float64)
    array = np.ascontiguousarray(array.reshape(len(array), -1))
    given = [f"y{i}" for i in range(array.shape[1])] if names is None else [str(name) for name in names]
    return given, array


def _targets(targets: Any) -> list[Any]:
    given = [targets] if isinstance(targets, Mapping) else list(targets)
    return [",".join(f"{name}={float(value)!r}" for name, value in target.items()) for target in given]


def _settings(given: Mapping[str, Any] | None, usual: str) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(_xrd.usual_settings(usual))
    for name, value in (given or {}).items():
        if name == "loss":
            value = LOSSES.get(value, value)
        elif name == "schedule":
            value = schedule(value)
        elif name == "effects":
            value = table(value)
        elif name == "hidden":
            value = [count(width, "hidden") for width in value]
        settings[name] = value
    return settings
