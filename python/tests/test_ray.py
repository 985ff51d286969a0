"""`xrd.ray` on a local cluster: any number of workers and lost workers give the same bytes."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pytest

ray = pytest.importorskip("ray", exc_type=ImportError)

import xrd  # noqa: E402
import xrd.ray  # noqa: E402
from programs import ROOT, program, structures  # noqa: E402

COUNT, PER_STRUCTURE, SHARD = 24, 3, 6
SETTINGS = {"two_theta": (20.0, 90.0, 0.02), "effects": "laboratory"}
SEED = 5


@pytest.fixture(scope="module", autouse=True)
def elsewhere(tmp_path_factory):
    """Another folder: workers look in that of the tests first, where the package has no compiled part."""
    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    yield
    os.chdir(before)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    lines = structures(tmp_path_factory.mktemp("structures") / "structures.jsonl", COUNT)
    return xrd.ray.Recipe.from_lines(lines, PER_STRUCTURE, **SETTINGS)


@pytest.fixture
def cluster():
    """Function that starts a local cluster of some workers."""

    def start(workers):
        # Workers import the package from where this process does.
        path = os.pathsep.join([str(Path(xrd.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
        environment = {"env_vars": {"PYTHONPATH": path}}
        ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR", runtime_env=environment)

    yield start
    ray.shutdown()


def content(folder):
    """All files of a set."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def expected(recipe, tmp_path_factory):
    """The set that one worker makes."""
    folder = tmp_path_factory.mktemp("expected")
    ray.init(num_cpus=1, include_dashboard=False, logging_level="ERROR")
    xrd.ray.write_shards(recipe, folder, SEED, SHARD)
    ray.shutdown()
    return content(folder)


def test_patterns_are_those_of_the_function(recipe, expected, tmp_path):
    """Shards contain what `simulate` gives for their numbers, here and from a pickled recipe."""
    manifest = json.loads(expected["manifest.json"])
    assert manifest["patterns"] == COUNT * PER_STRUCTURE and manifest["failed"] == 0
    ids = range(2 * SHARD, 3 * SHARD)
    (tmp_path / "shard.npy").write_bytes(expected["shard-00002.npy"])
    shard = numpy.load(tmp_path / "shard.npy")
    assert numpy.array_equal(shard, recipe.simulate(ids, SEED))
    assert numpy.array_equal(shard, pickle.loads(pickle.dumps(recipe)).simulate(ids, SEED))
    assert not numpy.array_equal(shard, recipe.simulate(ids, SEED + 1))
    assert len(numpy.unique(shard, axis=0)) == len(shard), "every pattern has its own effects"


def test_the_program_makes_the_same_patterns(expected, tmp_path):
    """`xrd simulate` with the same seed agrees except for the rounding of the cell."""
    lines = structures(tmp_path / "structures.jsonl", COUNT)
    command = [program("xrd", "xrd-cli"), "simulate", lines, "--out", tmp_path / "set", "--seed", str(SEED)]
    command += ["--shard-patterns", str(SHARD), "--per-structure", str(PER_STRUCTURE)]
    command += ["--from", "20", "--to", "90", "--step", "0.02", "--effects", "laboratory"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for shard in range(COUNT * PER_STRUCTURE // SHARD):
        (tmp_path / "ours.npy").write_bytes(expected[f"shard-{shard:05}.npy"])
        ours, theirs = numpy.load(tmp_path / "ours.npy"), numpy.load(tmp_path / "set" / f"shard-{shard:05}.npy")
        assert ours.shape == theirs.shape and abs(ours - theirs).max() < 1e-5
    theirs = (tmp_path / "set" / "shard-00001.csv").read_text().splitlines()
    for ours, line in zip(expected["shard-00001.csv"].decode().splitlines()[1:], theirs[1:], strict=True):
        name, pattern, _, group = ours.split(",")
        assert line.split(",")[:2] == [name, pattern] and line.split(",")[3] == group


def test_two_workers_make_the_same_set(recipe, expected, cluster, tmp_path):
    cluster(2)
    seen = []
    xrd.ray.write_shards(recipe, tmp_path, SEED, SHARD, progress=lambda done, all_: seen.append((done, all_)))
    assert content(tmp_path) == expected
    assert seen == sorted(seen) and seen[0] == (0, 12) and seen[-1] == (12, 12)


def workers():
    """Processes that run a shard now, among the children of this session's Ray."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if (path / "cmdline").read_bytes().startswith(b"ray::_shard") and descends(parent):
                found.append(int(path.name))
        except (OSError, IndexError):
            continue
    return found


def descends(pid):
    """Whether a process was started by this one."""
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


class Killing:
    """Progress that kills a worker while it makes a shard, once half of the shards are complete."""

    killed = None

    def __call__(self, done, shards):
        while 2 * done >= shards > done and self.killed is None:
            for pid in workers()[:1]:
                os.kill(pid, signal.SIGKILL)
                self.killed = pid
            time.sleep(0.001)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_the_piece_of_a_lost_worker_is_made_again(recipe, expected, cluster, tmp_path):
    cluster(2)
    killing = Killing()
    xrd.ray.write_shards(recipe, tmp_path, SEED, SHARD, progress=killing)
    assert killing.killed and not Path(f"/proc/{killing.killed}").exists()
    assert content(tmp_path) == expected


def test_a_stopped_set_continues_and_damage_is_repaired(recipe, expected, cluster, tmp_path):
    cluster(2)
    for name, file in expected.items():
        if name not in ("manifest.json", "shard-00003.json", "shard-00004.npy"):
            (tmp_path / name).write_bytes(file)
    (tmp_path / "shard-00005.npy").write_bytes(expected["shard-00005.npy"][:-1])
    before = (tmp_path / "shard-00001.npy").stat().st_mtime_ns
    seen = []
    xrd.ray.write_shards(recipe, tmp_path, SEED, SHARD, progress=lambda done, _: seen.append(done))
    assert content(tmp_path) == expected and seen[0] == 9
    assert (tmp_path / "shard-00001.npy").stat().st_mtime_ns == before


def test_structures_that_fail_are_listed(cluster, tmp_path):
    cluster(1)
    far = xrd.Structure([[0.9, 0, 0], [0, 0.9, 0], [0, 0, 0.9]], ["H"], [[0, 0, 0]])
    iron = xrd.Structure([[2.87, 0, 0], [0, 2.87, 0], [0, 0, 2.87]], ["Fe"], [[0, 0, 0]])
    recipe = xrd.ray.Recipe([iron, far, iron], ["a", "b", "c"], 2, two_theta=(20.0, 60.0, 0.1))
    manifest = xrd.ray.write_shards(recipe, tmp_path)
    assert manifest["patterns"] == 4 and manifest["failed"] == 1
    [failed] = manifest["files"][0]["failed"]
    assert (failed["structure"], failed["name"]) == (1, "b") and failed["reason"]
    rows = (tmp_path / "shard-00000.csv").read_text().splitlines()
    assert [row.split(",")[:2] for row in rows[1:]] == [["a-0", "0"], ["a-1", "1"], ["c-0", "4"], ["c-1", "5"]]


def test_lines_are_read_as_by_the_program(tmp_path):
    """Oblique cells, occupancies and charges: the same volume and formula, and errors with the line."""
    line = {"cell": [4.0, 5.0, 6.0, 80.0, 95.0, 110.0], "species": ["Fe3+", "O2-"], "frac": [[0, 0, 0], [0.5, 0.5, 0.25]]}
    path = tmp_path / "structures.jsonl"
    path.write_text(json.dumps(line | {"occupancy": [0.5, 1]}) + "\n" + json.dumps(line | {"id": "b"}) + "\n")
    recipe = xrd.ray.Recipe.from_lines(path, two_theta=(5.0, 90.0, 0.1))
    assert recipe.names == ["0", "b"] and [s.formula for s in recipe.structures] == ["OFe0.5", "OFe"]
    command = [program("xrd", "xrd-cli"), "simulate", path, "--step", "0.1", "--out", tmp_path / "set"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert abs(numpy.load(tmp_path / "set" / "shard-00000.npy") - recipe.simulate([0, 1], 0)).max() < 1e-5
    path.write_text(json.dumps(line) + '\n{"cell": [1, 2]}\n')
    with pytest.raises(ValueError, match="line 2 is no structure"):
        xrd.ray.Recipe.from_lines(path)


def test_another_set_in_the_folder_is_refused(recipe, expected, tmp_path):
    (tmp_path / "parameters.json").write_bytes(expected["parameters.json"])
    with pytest.raises(ValueError, match="has seed 5, not 6"):
        xrd.ray.write_shards(recipe, tmp_path, SEED + 1, SHARD)
    with pytest.raises(ValueError, match="0 structures"):
        xrd.ray.Recipe([])
    for wrong in ({"fwhm": -1.0}, {"two_theta": (20.0, 21.0, 0.1)}):
        recipe = xrd.ray.Recipe(recipe.structures[:2], **wrong)
        with pytest.raises(ValueError, match="no structure gives a pattern"):
            xrd.ray.write_shards(recipe, tmp_path / "new")
        assert not (tmp_path / "new").exists()
    with pytest.raises(TypeError, match="not a structure"):
        xrd.ray.Recipe([1])


def test_the_list_of_missing_shards_knows_these_sets(expected, tmp_path):
    for name, file in expected.items():
        (tmp_path / name).write_bytes(file)
    command = [sys.executable, ROOT / "examples" / "cluster" / "missing.py", tmp_path, "--check"]
    assert subprocess.run(command).returncode == 0
