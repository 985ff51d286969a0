"""The compiled module. Its functions take arrays of one type and layout; those of the package take what users have."""

from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Effects",
    "Instrument",
    "Network",
    "Structure",
    "classify",
    "convert_scan",
    "estimate",
    "generate",
    "identify",
    "interval_radius",
    "predict",
    "read_folder",
    "read_labels",
    "read_patterns",
    "read_scans",
    "read_structures",
    "reflections",
    "relevance",
    "simulate_many",
    "simulate_one",
    "study",
    "toml_as_json",
    "training_effects",
    "uniform_grid",
    "usual_settings",
]

_Grid = tuple[float, float, int]
_Progress = Callable[[int, int], object] | None
_Labels = tuple[list[str], NDArray[np.float64]]
_Given = tuple[_Grid, NDArray[np.float32], float]
_U = float | list[float] | None

@final
class Structure:
    def __new__(
        cls,
        lattice: ArrayLike,
        species: list[str],
        positions: ArrayLike,
        occupancies: ArrayLike | None = None,
        displacements: list[Any] | None = None,
    ) -> Structure: ...
    @property
    def lattice(self) -> NDArray[np.float64]: ...
    @property
    def species(self) -> list[str]: ...
    @property
    def positions(self) -> NDArray[np.float64]: ...
    @property
    def occupancies(self) -> NDArray[np.float64]: ...
    @property
    def displacements(self) -> list[_U]: ...
    @property
    def volume(self) -> float: ...
    @property
    def formula(self) -> str: ...
    def space_group(self, symprec: float = 0.01) -> int: ...
    def __len__(self) -> int: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...

@final
class Instrument:
    def __new__(
        cls,
        grid: _Grid,
        wavelength: float,
        fwhm: float,
        eta: float,
        b_iso: float,
        polarization: tuple[float | None, float | None],
        dispersion: bool,
    ) -> Instrument: ...
    @property
    def two_theta(self) -> NDArray[np.float64]: ...
    @property
    def wavelength(self) -> float: ...
    @staticmethod
    def tube_line(name: str) -> float: ...

@final
class Effects:
    def __new__(cls, text: str, is_json: bool) -> Effects: ...
    @staticmethod
    def laboratory() -> Effects: ...
    @property
    def wavelength(self) -> float | None: ...
    @property
    def phases(self) -> list[str]: ...
    def __getnewargs__(self) -> tuple[str, bool]: ...

@final
class Network:
    def __new__(cls, bytes: bytes) -> Network: ...
    @staticmethod
    def fit(
        patterns: NDArray[np.float32],
        grid: _Grid,
        wavelength: float | None,
        settings: str,
        seed: int,
        labels: _Labels | None,
        start: Network | None,
        threads: int | None,
        progress: _Progress,
    ) -> tuple[Network, dict[str, Any]]: ...
    def encode(self, patterns: NDArray[np.float32]) -> NDArray[np.float64]: ...
    def decode(self, points: NDArray[np.float64]) -> NDArray[np.float32]: ...
    def reconstruct(self, patterns: NDArray[np.float32]) -> NDArray[np.float32]: ...
    def to_bytes(self) -> bytes: ...
    @property
    def two_theta(self) -> NDArray[np.float64]: ...
    @property
    def grid(self) -> _Grid: ...
    @property
    def wavelength(self) -> float | None: ...
    @property
    def hidden(self) -> list[int]: ...
    @property
    def latent(self) -> int: ...
    @property
    def preparation(self) -> list[str]: ...
    def __getnewargs__(self) -> tuple[bytes]: ...

def toml_as_json(text: str) -> str: ...
def training_effects(name: str) -> str: ...
def usual_settings(kind: str) -> str: ...
def uniform_grid(angles: NDArray[np.float64]) -> _Grid: ...
def read_scans(source: Any, options: Any) -> list[dict[str, Any]]: ...
def read_patterns(source: Any, options: Any) -> dict[str, Any]: ...
def read_folder(folder: Any, options: Any, exclude: list[Any]) -> dict[str, Any]: ...
def read_labels(
    path: Any, names: list[str], columns: list[str], by_order: str
) -> tuple[list[str], NDArray[np.float64]]: ...
def read_structures(source: Any) -> list[tuple[str, Structure, list[str]]]: ...
def convert_scan(
    axis: tuple[str, NDArray[np.float64]],
    intensities: NDArray[np.float64],
    wavelength: float | None,
    steps: list[str],
    grid: _Grid | None,
) -> dict[str, Any]: ...
def simulate_one(
    structure: Structure, instrument: Instrument, effects: Effects | None, seed: int, id: int
) -> NDArray[np.float32]: ...
def simulate_many(
    structures: list[Structure],
    instrument: Instrument,
    effects: Effects | None,
    seed: int,
    ids: list[int],
    threads: int | None,
    progress: _Progress,
) -> NDArray[np.float32]: ...
def reflections(structure: Structure, instrument: Instrument) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
def estimate(
    points: NDArray[np.float64],
    labels: NDArray[np.float64],
    queries: NDArray[np.float64] | None,
    estimator: str | None,
    threads: int | None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]: ...
def interval_radius(errors: NDArray[np.float64], share: float) -> float | None: ...
def relevance(
    network: Network,
    pattern: NDArray[np.float32],
    window: float | None,
    step: float | None,
    instead: NDArray[np.float32] | None,
) -> dict[str, Any]: ...
def generate(
    network: Network,
    points: NDArray[np.float64],
    labels: _Labels,
    targets: list[str],
    rule: str,
    estimator: str | None,
) -> list[tuple[NDArray[np.float32], tuple[float, float], list[float] | None] | None]: ...
def study(
    experiment: str,
    arrays: tuple[NDArray[np.float32], _Grid, float | None, list[str]] | None,
    labels: _Labels | None,
    folder: Any,
    threads: int | None,
    progress: _Progress,
) -> list[str]: ...
def classify(
    patterns: list[_Given], listed: int, threshold: float | None, threads: int | None
) -> list[dict[str, Any]]: ...
def identify(pattern: _Given, top: int, phases: int, threads: int | None) -> dict[str, Any]: ...
def predict(formula: str, candidates: int, threads: int | None) -> list[dict[str, Any]]: ...
