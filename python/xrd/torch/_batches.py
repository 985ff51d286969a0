"""Order of batches that does not depend on the numbers of processes and workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from numpy.typing import NDArray
from torch import distributed
from torch.utils.data import IterableDataset, get_worker_info


class Batches(IterableDataset[Any]):
    """Data set of batches, divided among processes and workers.

    All processes and workers know the same order of batches. Worker w of W makes every W-th batch,
    and process r of R gets the r-th part of each batch. Therefore the union of the parts is the
    same for any R and W. Subclasses have the methods `places` and `read`.

    Give the data set to ``DataLoader(data, batch_size=None, num_workers=W)``.

    Parameters
    ----------
    batch_size : int
        Number of patterns per batch of all processes together.
    seed : int
    rank, world : int, optional
        Number of this process and number of processes; those of ``torch.distributed`` if it is
        initialised, otherwise 0 and 1.

    Raises
    ------
    ValueError
        If the batch cannot be divided among the processes.
    """

    def __init__(self, batch_size: int, seed: int = 0, rank: int | None = None, world: int | None = None) -> None:
        super().__init__()
        joined = distributed.is_available() and distributed.is_initialized()
        self.rank = rank if rank is not None else distributed.get_rank() if joined else 0
        self.world = world if world is not None else distributed.get_world_size() if joined else 1
        if batch_size < 1 or batch_size % self.world:
            raise ValueError(f"batch_size {batch_size} (expected a multiple of {self.world} processes)")
        self.batch_size, self.seed = batch_size, seed
        self.epoch = self.first = 0

    def set_epoch(self, epoch: int, first: int = 0) -> None:
        """Choose the epoch, and its first batch if a stopped training continues.

        Call it before every epoch. With ``persistent_workers`` of the loader it has no effect.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 0.
        first : int
            Number of the first batch.
        """
        self.epoch, self.first = epoch, first

    def places(self) -> Iterator[NDArray[Any]]:
        """Yield what `read` needs for each pattern, batch by batch, for this seed and epoch."""
        raise NotImplementedError

    def read(self, places: NDArray[Any]) -> Any:
        """Return the tensors of these patterns."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        """Yield the parts of this process and this worker."""
        info = get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        size = self.batch_size // self.world
        for number, places in enumerate(self.places()):
            number -= self.first
            if number >= 0 and number % workers == worker:
                yield self.read(places[self.rank * size : (self.rank + 1) * size])


def tensors(patterns: NDArray[Any], labels: NDArray[Any] | None) -> Any:
    """Patterns, or patterns and labels, as tensors."""
    of_patterns = torch.from_numpy(patterns)
    return of_patterns if labels is None else (of_patterns, torch.from_numpy(labels))
