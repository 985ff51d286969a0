"""Patterns that `xrd.torch.Simulated` simulates on the fly."""

import numpy
import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)

import xrd  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402
from xrd.torch import Network, Simulated  # noqa: E402

SETTINGS = {"two_theta": (20.0, 80.0, 0.1), "effects": "laboratory"}
CELLS = numpy.linspace(3.0, 4.0, 5)


def cubic(a):
    return xrd.Structure([[a, 0, 0], [0, a, 0], [0, 0, a]], ["Cs", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])


STRUCTURES = [cubic(a) for a in CELLS]


def data(batch_size=6, batches=4, **options):
    return Simulated(STRUCTURES, batch_size, batches, labels=CELLS[:, None], **{**SETTINGS, **options})


def epoch(made, number=0, workers=0, first=0):
    made.set_epoch(number, first)
    return list(DataLoader(made, batch_size=None, num_workers=workers))


def keys(batches):
    return [row.numpy().tobytes() for patterns, _ in batches for row in patterns]


def test_no_pattern_occurs_twice_in_any_worker_process_or_epoch():
    seen = []
    for number in range(2):
        for rank in range(2):
            seen += keys(epoch(data(rank=rank, world=2), number, workers=2))
    assert len(seen) == 2 * 4 * 6 and len(set(seen)) == len(seen)


@pytest.mark.parametrize(("world", "workers"), [(1, 1), (1, 3), (2, 2), (3, 0)])
def test_batches_do_not_depend_on_processes_and_workers(world, workers):
    parts = [epoch(data(rank=rank, world=world), 1, workers) for rank in range(world)]
    for (patterns, labels), *together in zip(epoch(data(), 1), *parts, strict=True):
        assert torch.equal(patterns, torch.cat([part[0] for part in together]))
        assert torch.equal(labels, torch.cat([part[1] for part in together]))


def test_a_stopped_epoch_continues():
    assert keys(epoch(data(), 2)[3:]) == keys(epoch(data(), 2, workers=2, first=3))


def test_patterns_are_those_of_simulate():
    """The label names the structure; the number of the pattern chooses the effects."""
    patterns, labels = epoch(data(seed=9), 1)[2]
    structures = [cubic(float(a)) for a in labels[:, 0]]
    expected = xrd.simulate(structures, seed=9, ids=range(36, 42), **SETTINGS)
    assert numpy.array_equal(patterns.numpy(), expected)


def test_every_structure_is_used_equally_often():
    cells = torch.cat([labels for _, labels in epoch(data(batch_size=5))])[:, 0].reshape(4, 5)
    assert (cells.sort().values == torch.tensor(CELLS)).all()
    assert len({tuple(row.tolist()) for row in cells}) > 1, "each round has an order of its own"


def test_without_labels_there_are_only_patterns():
    made = Simulated(STRUCTURES, 2, 3, **SETTINGS)
    assert [tuple(batch.shape) for batch in epoch(made)] == [(2, 600)] * len(made) == [(2, 600)] * 3


def test_a_network_learns_from_them():
    """A few hundred patterns suffice to estimate the cell."""
    made = data(batch_size=16, batches=40, seed=1)
    layers = [{"layer": "dense", "outputs": 32}, {"layer": "relu"}, {"layer": "dense", "outputs": 1}]
    torch.manual_seed(0)
    network = Network({"input": {"flat": 600}, "layers": layers})
    adam = torch.optim.Adam(network.parameters(), lr=2e-3)
    errors = []
    for patterns, labels in epoch(made) + epoch(made, 1):
        adam.zero_grad()
        loss = (network(patterns) - (labels.float() - 3.5)).square().mean()
        loss.backward()
        adam.step()
        errors.append(loss.item() ** 0.5)
    assert numpy.mean(errors[-10:]) < 0.15 < numpy.mean(errors[:3])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="0 structures"):
        Simulated([], 2, 3)
    with pytest.raises(ValueError, match="2 rows of labels for 5 structures"):
        Simulated(STRUCTURES, 2, 3, labels=[1, 2])
    with pytest.raises(ValueError, match="expected a multiple of 4 processes"):
        data(rank=0, world=4)
