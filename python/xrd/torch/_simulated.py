"""Data set whose patterns are simulated when they are needed."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy
from numpy.typing import ArrayLike, NDArray
from torch.utils.data import get_worker_info

from xrd import simulate

from ._batches import Batches, tensors


class Simulated(Batches):
    """Patterns of structures, simulated on the fly with random effects.

    Every pattern has a number of its own, which chooses its random effects: batch b of epoch e has
    the numbers from (e · batches + b) · batch_size on. No number occurs twice, in any worker,
    process or epoch. All structures are used once, in random order, before the first is used again.

    Parameters
    ----------
    structures : sequence
        Structures, as for `xrd.simulate`.
    batch_size : int
        Number of patterns per batch of all processes together.
    batches : int
        Number of batches per epoch.
    labels : array_like, optional
        One row of numbers per structure, such as a composition or the number of a space group.
    seed, rank, world
        As for `Batches`.
    **settings
        Arguments of `xrd.simulate`, such as ``two_theta`` and ``effects``.

    Yields
    ------
    patterns : torch.Tensor
        (patterns, points), single precision.
    labels : torch.Tensor
        The rows of the labels; left out without `labels`.

    Raises
    ------
    ValueError
        If there are no structures, or not one row of labels per structure.

    Examples
    --------
    >>> data = Simulated(structures, 256, batches=1000, effects="laboratory")  # doctest: +SKIP
    >>> loader = DataLoader(data, batch_size=None, num_workers=8)  # doctest: +SKIP
    """

    def __init__(
        self,
        structures: Sequence[Any],
        batch_size: int,
        batches: int,
        labels: ArrayLike | None = None,
        seed: int = 0,
        rank: int | None = None,
        world: int | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(batch_size, seed, rank, world)
        self.structures, self.batches, self.settings = list(structures), batches, settings
        self.labels = None if labels is None else numpy.asarray(labels)
        count = len(self.structures)
        if count == 0 or batches < 1:
            raise ValueError(f"{count} structures and {batches} batches (expected at least 1)")
        if self.labels is not None and len(self.labels) != count:
            raise ValueError(f"{len(self.labels)} rows of labels for {count} structures (expected as many)")

    def __len__(self) -> int:
        """Return the number of batches per epoch."""
        return self.batches

    def places(self) -> Iterator[NDArray[Any]]:
        """Yield the numbers of the patterns, batch by batch."""
        for batch in range(self.epoch * self.batches, (self.epoch + 1) * self.batches):
            yield numpy.arange(batch * self.batch_size, (batch + 1) * self.batch_size)

    def read(self, places: NDArray[Any]) -> Any:
        """Simulate the patterns with these numbers."""
        rounds, ranks = numpy.divmod(places, len(self.structures))
        chosen = [_order(self.seed, r, len(self.structures))[i] for r, i in zip(rounds.tolist(), ranks.tolist())]
        # The workers share the cores already.
        settings: dict[str, Any] = {"threads": 1} if get_worker_info() else {}
        structures = [self.structures[i] for i in chosen]
        patterns = simulate(structures, seed=self.seed, ids=places, **settings, **self.settings)
        return tensors(patterns, None if self.labels is None else self.labels[chosen])


@functools.lru_cache(maxsize=4)
def _order(seed: int, number: int, count: int) -> NDArray[Any]:
    """Order of the structures in one of the rounds through all of them."""
    return numpy.random.default_rng([seed, number]).permutation(count)
