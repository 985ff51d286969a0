"""Data set of the shards that ``xrd simulate`` and `xrd.ray` write."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from ._batches import Batches, tensors


class Shards(Batches):
    """Patterns of a folder of shards, in random order.

    In each epoch the shards are shuffled, and the patterns of `mix` shards are shuffled together.
    Files are mapped into memory, so that any number of patterns needs little of it. The last,
    incomplete batch of an epoch is left out.

    Parameters
    ----------
    folder : str or os.PathLike
        Folder with ``manifest.json``.
    batch_size : int
        Number of patterns per batch of all processes together.
    labels : sequence of str
        Columns of the tables of labels, such as ``"space_group"`` or ``"Fe"``. Unknown labels are
        NaN.
    mix : int
        Number of shards that are shuffled together.
    seed, rank, world
        As for `Batches`.

    Yields
    ------
    patterns : torch.Tensor
        (patterns, points), single precision.
    labels : torch.Tensor
        (patterns, columns), single precision; left out without `labels`.

    Raises
    ------
    FileNotFoundError
        If the set is not complete.
    ValueError
        If there are fewer patterns than in a batch.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        batch_size: int,
        labels: Sequence[str] = (),
        mix: int = 8,
        seed: int = 0,
        rank: int | None = None,
        world: int | None = None,
    ) -> None:
        super().__init__(batch_size, seed, rank, world)
        self.folder, self.labels, self.mix = Path(folder), list(labels), mix
        path = self.folder / "manifest.json"
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file (not all shards are complete)")
        self.manifest = json.loads(path.read_text())
        self.rows: list[int] = [file["patterns"]["rows"] for file in self.manifest["files"]]
        if sum(self.rows) < batch_size:
            raise ValueError(f"{self.folder}: {sum(self.rows)} patterns (expected at least batch_size {batch_size})")

    def __len__(self) -> int:
        """Return the number of batches per epoch."""
        return sum(self.rows) // self.batch_size

    @property
    def points(self) -> int:
        """Number of points of a pattern."""
        axis = "q" if "q" in self.manifest else "two_theta"
        return int(self.manifest[axis]["points"])

    def verify(self) -> None:
        """Compare all files with their checksums.

        Raises
        ------
        ValueError
            For the first file that is damaged.
        """
        for about in self.manifest["files"]:
            for part in (about["patterns"], about.get("labels")):
                if part and sha256_of(self.folder / part["file"]) != part["sha256"]:
                    raise ValueError(f"{self.folder / part['file']}: damaged (run xrd simulate again)")

    def places(self) -> Iterator[NDArray[Any]]:
        """Yield shards and rows, (patterns, 2), batch by batch."""
        random = numpy.random.default_rng([self.seed, self.epoch])
        order = random.permutation(len(self.rows))
        left = numpy.empty((0, 2), int)
        for start in range(0, len(order), self.mix):
            group = [self._places_of(shard) for shard in order[start : start + self.mix]]
            left = numpy.concatenate([left, random.permutation(numpy.concatenate(group))])
            whole = len(left) // self.batch_size * self.batch_size
            yield from left[:whole].reshape(-1, self.batch_size, 2)
            left = left[whole:]

    def read(self, places: NDArray[Any]) -> Any:
        """Return the patterns, and the labels, of these shards and rows."""
        patterns = numpy.empty((len(places), self.points), numpy.float32)
        labels = numpy.empty((len(places), len(self.labels)), numpy.float32)
        for shard in numpy.unique(places[:, 0]):
            here = places[:, 0] == shard
            rows = places[here, 1]
            of_shard = self._open(int(shard))
            patterns[here], labels[here] = of_shard[0][rows], of_shard[1][rows]
        return tensors(patterns, labels if self.labels else None)

    def _places_of(self, shard: int) -> NDArray[Any]:
        rows = numpy.arange(self.rows[shard])
        return numpy.stack([numpy.full_like(rows, shard), rows], 1)

    def _open(self, shard: int) -> tuple[NDArray[Any], NDArray[Any]]:
        about = self.manifest["files"][shard]
        names = [about[part]["file"] for part in ("patterns", "labels") if about.get(part)]
        return _opened(*(self.folder / name for name in names), columns=tuple(self.labels))


@functools.lru_cache(maxsize=64)
def _opened(path: Path, labels: Path | None = None, columns: tuple[str, ...] = ()) -> tuple[NDArray[Any], NDArray[Any]]:
    patterns = numpy.load(path, mmap_mode="r")
    if labels is None or not columns:
        return patterns, numpy.empty((len(patterns), 0), numpy.float32)
    with open(labels, newline="") as file:
        rows = list(csv.DictReader(file))
    missing = [column for column in columns if rows and column not in rows[0]]
    if missing:
        raise ValueError(f"{labels}: no column '{missing[0]}'")
    numbers = [[float(row[column] or "nan") for column in columns] for row in rows]
    return patterns, numpy.array(numbers, numpy.float32).reshape(len(rows), len(columns))


def sha256_of(path: Path) -> str:
    """Checksum of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
