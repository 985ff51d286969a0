"""Powder X-ray diffraction: read, simulate, map and explain patterns.

Patterns are NumPy arrays: a matrix has one pattern per row. Angles are 2θ in degrees, wavelengths are in Å, and the
intensities of networks and simulations are of type float32. Errors are exceptions with a text of one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xrd._files import Patterns, Scan, read, read_all, read_folder, read_labels
from xrd._simulate import angles, reflections, simulate
from xrd._structures import Structure, read_structure, read_structures

if TYPE_CHECKING:
    from xrd._answers import Identification, Match, Prediction, Symmetry, classify, identify, predict
    from xrd._autoencoder import Autoencoder
    from xrd._explain import Generated, Relevance, generate, relevance
    from xrd._plane import PlaneRegressor
    from xrd._study import StudyResult, study

__all__ = [
    "Autoencoder",
    "Generated",
    "Identification",
    "Match",
    "Patterns",
    "PlaneRegressor",
    "Prediction",
    "Relevance",
    "Scan",
    "Structure",
    "StudyResult",
    "Symmetry",
    "angles",
    "classify",
    "generate",
    "identify",
    "predict",
    "read",
    "read_all",
    "read_folder",
    "read_labels",
    "read_structure",
    "read_structures",
    "reflections",
    "relevance",
    "simulate",
    "study",
]

__version__ = "0.1.0"

# Imported at first use, because scikit-learn takes a second to import.
_LATER = {
    "Autoencoder": "_autoencoder",
    "Generated": "_explain",
    "Identification": "_answers",
    "Match": "_answers",
    "PlaneRegressor": "_plane",
    "Prediction": "_answers",
    "Relevance": "_explain",
    "StudyResult": "_study",
    "Symmetry": "_answers",
    "classify": "_answers",
    "generate": "_explain",
    "identify": "_answers",
    "predict": "_answers",
    "relevance": "_explain",
    "study": "_study",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'xrd' has no attribute '{name}'")
    import importlib

    value = getattr(importlib.import_module(f"xrd.{_LATER[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
