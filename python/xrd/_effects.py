"""Tables of random effects."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, Union

from xrd import _xrd

#: Effects of instrument and specimen: a name, tables, or the path of a TOML file.
Effects = Union[str, "os.PathLike[str]", Mapping[str, Any], _xrd.Effects, None]


def effects_of(given: Effects) -> _xrd.Effects | None:
    """Effects of simulated patterns."""
    if given is None or isinstance(given, _xrd.Effects):
        return given
    if isinstance(given, Mapping):
        return _xrd.Effects(json.dumps(given), True)
    if given == "none":
        return None
    if given == "laboratory":
        return _xrd.Effects.laboratory()
    text = _content(given)
    try:
        return _xrd.Effects(text, False)
    except ValueError as error:
        raise ValueError(f"{os.fspath(given)}: {error}") from None


def table(given: Any) -> Any:
    """Effects of training patterns as tables."""
    if given is None or given == "none":
        return None
    if isinstance(given, Mapping):
        return dict(given)
    if given in ("mild", "laboratory"):
        return json.loads(_xrd.training_effects(given))
    return json.loads(_xrd.toml_as_json(_content(given)))


def _content(given: Any) -> str:
    if not isinstance(given, (str, os.PathLike)):
        kind = type(given).__name__
        raise TypeError(f"effects is a '{kind}' (expected a name, a mapping, or the path of a TOML file)")
    with open(given, encoding="utf-8") as file:
        return file.read()
