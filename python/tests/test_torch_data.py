"""Data sets of `xrd.torch`: order, division among processes and workers, labels, damage."""

import json
import subprocess

import numpy
import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)

from programs import program, simulated, structures  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402
from xrd.torch import Shards  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("shards"))


def epoch(data, number=0, workers=0, first=0):
    data.set_epoch(number, first)
    return list(DataLoader(data, batch_size=None, num_workers=workers))


def everything(folder):
    files = json.loads((folder / "manifest.json").read_text())["files"]
    return numpy.concatenate([numpy.load(folder / f["patterns"]["file"]) for f in files])


def keys(batches):
    return [tuple(row.tolist()) for batch in batches for row in batch.numpy()[:, ::50]]


def test_an_epoch_has_every_pattern_once(folder):
    data = Shards(folder, 12, mix=3)
    found = keys(epoch(data))
    assert len(data) == 5 and len(found) == 60
    assert sorted(found) == sorted(tuple(row.tolist()) for row in everything(folder)[:, ::50])
    assert found != keys(epoch(data, 1)), "another epoch has another order"
    assert found == keys(epoch(data, 0)), "the same epoch has the same order"
    assert found != keys(epoch(Shards(folder, 12, mix=3, seed=1)))


def test_an_incomplete_batch_is_left_out(folder):
    data = Shards(folder, 8)
    assert len(data) == 7
    assert [len(batch) for batch in epoch(data)] == [8] * 7


@pytest.mark.parametrize("workers", [1, 2])
def test_batches_do_not_depend_on_the_number_of_workers(folder, workers):
    data = Shards(folder, 8)
    for alone, together in zip(epoch(data), epoch(data, workers=workers), strict=True):
        assert torch.equal(alone, together)


@pytest.mark.parametrize("world", [2, 4])
def test_the_parts_of_the_processes_are_the_batches(folder, world):
    parts = [epoch(Shards(folder, 8, rank=rank, world=world), 2, workers=2) for rank in range(world)]
    for alone, *together in zip(epoch(Shards(folder, 8), 2), *parts, strict=True):
        assert torch.equal(alone, torch.cat(together))


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stopped_epoch_continues(folder, workers):
    data = Shards(folder, 8)
    for whole, rest in zip(epoch(data)[3:], epoch(data, first=3, workers=workers), strict=True):
        assert torch.equal(whole, rest)


def test_labels_belong_to_their_patterns(folder):
    for patterns, labels in epoch(Shards(folder, 20, labels=["space_group", "Cs", "Cl"])):
        assert labels.shape == (20, 3) and (labels[:, 0] == 221).all()
        assert torch.equal(labels[:, 1], labels[:, 2])
        assert set(labels[:, 1].tolist()) == {0.0, 0.5}
        rows = {tuple(row.tolist()): place for place, row in enumerate(everything(folder)[:, ::50])}
        for pattern, label in zip(patterns, labels):
            is_cscl = rows[tuple(pattern.numpy()[::50].tolist())] % 5 == 0
            assert label[1] == (0.5 if is_cscl else 0)


def test_bad_input_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="expected a multiple of 3 processes"):
        Shards(folder, 8, rank=0, world=3)
    with pytest.raises(ValueError, match="60 patterns"):
        Shards(folder, 61)
    with pytest.raises(FileNotFoundError, match="not all shards are complete"):
        Shards(tmp_path, 8)
    with pytest.raises(ValueError, match="no column 'Xx'"):
        epoch(Shards(folder, 8, labels=["Xx"]))


def test_shards_without_patterns_are_passed_over(tmp_path):
    """A structure that fails leaves its shard empty."""
    lines = structures(tmp_path / "structures.jsonl", 3)
    far = {"cell": [0.9, 0.9, 0.9, 90, 90, 90], "species": ["H"], "frac": [[0, 0, 0]]}
    lines.write_text(json.dumps(far) + "\n" + lines.read_text())
    command = [program("xrd", "xrd-cli"), "simulate", lines, "--shard-patterns", "1", "--step", "0.5", "--out", tmp_path / "set"]
    subprocess.run([*command, "--to", "60"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    data = Shards(tmp_path / "set", 3)
    data.verify()
    assert data.rows == [0, 1, 1, 1] and data.points == 110
    assert [tuple(batch.shape) for batch in epoch(data)] == [(3, 110)]


def test_damage_is_found(tmp_path):
    folder = simulated(tmp_path, 10)
    Shards(folder, 5).verify()
    path = folder / "shard-00001.npy"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="shard-00001.npy: damaged"):
        Shards(folder, 5).verify()
