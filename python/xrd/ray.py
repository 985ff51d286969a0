"""Training sets simulated on a Ray cluster.

A `Recipe` is everything that determines the patterns, and its method `simulate` is a pure
function of their numbers and a seed. `write_shards` divides the numbers into shards, which Ray's
workers simulate and write. The piece of a worker that is lost is made again with the same bytes,
and the result does not depend on the number of workers. Ray must be installed.

    import ray, xrd.ray
    ray.init()
    recipe = xrd.ray.Recipe.from_lines("structures.jsonl", per_structure=20, effects="laboratory")
    manifest = xrd.ray.write_shards(recipe, "training", seed=1)
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from xrd import Structure, angles, simulate
from xrd._effects import effects_of
from xrd._shards import path_of, text_of, whole_record, write, write_or_compare, written
from xrd._structures import as_structure

try:
    import ray
except ImportError as error:
    raise ImportError("xrd.ray needs ray (pip install ray)", name=error.name) from None

__all__ = ["Recipe", "write_shards"]

#: Tolerance of the search for space groups in Å, as in ``xrd simulate``.
SYMPREC = 0.1


class Recipe:
    """Structures and settings of a training set.

    Parameters
    ----------
    structures : sequence
        Structures, as for `xrd.simulate`.
    names : sequence of str, optional
        Name of each structure; its position by default.
    per_structure : int
        Number of patterns per structure, each with its own random effects.
    **settings
        Arguments of `xrd.simulate`, such as ``two_theta`` and ``effects``.

    Raises
    ------
    ValueError
        If there are no structures or not one name per structure.
    """

    def __init__(
        self,
        structures: Sequence[Any],
        names: Sequence[str] | None = None,
        per_structure: int = 1,
        **settings: Any,
    ) -> None:
        self.structures: list[Structure] = [as_structure(structure) for structure in structures]
        count = len(self.structures)
        self.names = [str(i) for i in range(count)] if names is None else [str(name) for name in names]
        if count == 0 or len(self.names) != count or per_structure < 1:
            raise ValueError(
                f"{count} structures, {len(self.names)} names, {per_structure} patterns per structure "
                "(expected at least one, and one name per structure)"
            )
        # A file of effects may not exist on other machines.
        self.settings = settings | {"effects": effects_of(settings.get("effects"))}
        self.per_structure = per_structure

    @classmethod
    def from_lines(cls, path: str | os.PathLike[str], per_structure: int = 1, **settings: Any) -> Recipe:
        """Read structures from a file with one per line, as for ``xrd simulate``.

        A line is a JSON object with ``cell`` (three lengths in Å and three angles in degrees),
        ``species``, ``frac``, and perhaps ``id`` and ``occupancy``.

        Parameters
        ----------
        path : str or os.PathLike
        per_structure, **settings
            As for `Recipe`.

        Raises
        ------
        ValueError
            For the first line that is no structure.
        """
        names, structures = [], []
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    record = json.loads(line)
                    cell, species = _vectors(*record["cell"]), record["species"]
                    structures.append(Structure(cell, species, record["frac"], record.get("occupancy")))
                    names.append(record.get("id", str(number - 1)))
                except (ValueError, KeyError, TypeError) as error:
                    raise ValueError(f"{path}: line {number} is no structure ({error})") from None
        return cls(structures, names, per_structure, **settings)

    def simulate(self, ids: Sequence[int], seed: int) -> NDArray[numpy.float32]:
        """Simulate patterns. The result depends on the recipe, the numbers and the seed only.

        Parameters
        ----------
        ids : sequence of int
            Numbers of patterns; pattern i is that of structure i // per_structure.
        seed : int

        Returns
        -------
        numpy.ndarray
            (patterns, points), single precision.
        """
        chosen = [self.structures[i // self.per_structure] for i in ids]
        return simulate(chosen, seed=seed, ids=list(ids), threads=1, **self.settings)

    def parameters(self, seed: int, per_shard: int) -> dict[str, Any]:
        """Everything that determines a set of shards, as JSON."""
        digest = hashlib.sha256()
        for structure in self.structures:
            digest.update(repr(structure.__getnewargs__()).encode())
        axis = angles(self.settings["two_theta"]) if "two_theta" in self.settings else angles()
        words = {name: value for name, value in self.settings.items() if name not in ("two_theta", "effects")}
        effects = self.settings["effects"]
        return {
            "program": "xrd.ray",
            "structures": {"count": len(self.structures), "sha256": digest.hexdigest()},
            "patterns_per_structure": self.per_structure,
            "structures_per_shard": per_shard,
            "shards": -(-len(self.structures) // per_shard),
            "two_theta": {"start": float(axis[0]), "step": float(numpy.diff(axis).mean()), "points": len(axis)},
            "wavelength_angstrom": words.pop("wavelength", effects and effects.wavelength),
            **json.loads(json.dumps(words, default=str)),
            "seed": seed,
            "effects": effects.__getnewargs__()[0] if effects else "",
        }


def write_shards(
    recipe: Recipe,
    folder: str | os.PathLike[str],
    seed: int = 0,
    shard_patterns: int = 1000,
    progress: Callable[[int, int], object] | None = None,
) -> dict[str, Any]:
    """Simulate a training set on the workers of Ray, and write it as shards.

    The folder must be on a file system that all workers share. The layout is that of
    ``xrd simulate``: patterns, labels and a record per shard, and ``manifest.json`` at the end.
    A run that was stopped continues when it is started again.

    Parameters
    ----------
    recipe : Recipe
    folder : str or os.PathLike
    seed : int
        Seed of the random effects.
    shard_patterns : int
        Approximate number of patterns per shard.
    progress : callable, optional
        Called with the numbers of complete and of all shards.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    ValueError
        If the folder contains another set, or no structure gives a pattern.
    """
    _require_a_pattern(recipe, seed)
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    per_shard = max(shard_patterns // recipe.per_structure, 1)
    parameters = recipe.parameters(seed, per_shard)
    write_or_compare(folder / "parameters.json", parameters)
    shards = parameters["shards"]
    waiting = [shard for shard in range(shards) if whole_record(folder, shard) is None]
    reference = ray.put(recipe)
    running: list[Any] = []
    resources: Any = ray.cluster_resources
    most = 2 * max(int(resources().get("CPU", 1)), 1)
    while waiting or running:
        if progress:
            progress(shards - len(waiting) - len(running), shards)
        while waiting and len(running) < most:
            running.append(_remote_shard.remote(reference, folder, seed, waiting.pop(0), per_shard))
        done, running = ray.wait(running)
        ray.get(done)
    if progress:
        progress(shards, shards)
    records = [json.loads(path_of(folder, shard, "json").read_text()) for shard in range(shards)]
    manifest = parameters | {
        "patterns": sum(record["patterns"]["rows"] for record in records),
        "failed": sum(len(record["failed"]) for record in records),
        "files": records,
    }
    # What killed workers left.
    for path in folder.glob(".shard-*"):
        path.unlink(missing_ok=True)
    write(folder / "manifest.json", text_of(manifest))
    return manifest


def _require_a_pattern(recipe: Recipe, seed: int) -> None:
    """Raise if no structure gives a pattern, as with a setting that is out of range."""
    reason = None
    for place in range(len(recipe.structures)):
        try:
            recipe.simulate(_ids(recipe, place)[:1], seed)
            return
        except ValueError as error:
            reason = reason or error
    raise ValueError(f"no structure gives a pattern ({reason})")


def _shard(recipe: Recipe, folder: Path, seed: int, shard: int, per_shard: int) -> None:
    """Simulate and write a shard; the record is written last."""
    places = range(shard * per_shard, min((shard + 1) * per_shard, len(recipe.structures)))
    patterns, made, failed = [], [], []
    for place in places:
        try:
            patterns.append(recipe.simulate(_ids(recipe, place), seed))
            made.append(place)
        except ValueError as error:
            failed.append({"structure": place, "name": recipe.names[place], "reason": str(error)})
    file = io.BytesIO()
    numpy.save(file, numpy.concatenate(patterns) if patterns else numpy.empty((0, 0), numpy.float32))
    record = {
        "patterns": written(folder, shard, "npy", file.getvalue()) | {"rows": len(made) * recipe.per_structure},
        "labels": written(folder, shard, "csv", _labels(recipe, made).encode()),
        "failed": failed,
    }
    write(path_of(folder, shard, "json"), text_of(record))


# A task whose worker is lost is repeated on another one, any number of times.
_remote_shard: Any = ray.remote(max_retries=-1)(_shard)


def _vectors(a: float, b: float, c: float, *angles_deg: float) -> list[list[float]]:
    """Vectors of a cell, the first along x, the second in the plane of x and y."""
    cos_a, cos_b, cos_c = (0.0 if angle == 90 else math.cos(math.radians(angle)) for angle in angles_deg)
    sin_c = math.sin(math.radians(angles_deg[2]))
    y = (cos_a - cos_b * cos_c) / sin_c
    return [[a, 0.0, 0.0], [b * cos_c, b * sin_c, 0.0], [c * cos_b, c * y, c * math.sqrt(1.0 - cos_b**2 - y**2)]]


def _ids(recipe: Recipe, place: int) -> range:
    return range(place * recipe.per_structure, (place + 1) * recipe.per_structure)


def _labels(recipe: Recipe, places: Sequence[int]) -> str:
    """Table of the names, the numbers of the patterns, formulas and space groups."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["name", "pattern", "formula", "space_group"])
    for place in places:
        structure = recipe.structures[place]
        try:
            group = str(structure.space_group(SYMPREC))
        except ValueError:
            group = ""
        name = recipe.names[place]
        for number, i in enumerate(_ids(recipe, place)):
            numbered = name if recipe.per_structure == 1 else f"{name}-{number}"
            rows.writerow([numbered, i, structure.formula, group])
    return table.getvalue()
