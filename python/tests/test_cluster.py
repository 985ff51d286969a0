"""Templates of `examples/cluster` for Slurm and PBS, run as the schedulers would, and the list of missing shards."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from programs import ROOT, program, simulated, structures

CLUSTER = ROOT / "examples" / "cluster"
PARTS = 3


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Files of a set that one process made."""
    return content(simulated(tmp_path_factory.mktemp("whole"), 40, 4, "--seed", "7", "--step", "0.1"))


@pytest.fixture
def work(tmp_path):
    """Folder with the structures."""
    structures(tmp_path / "structures.jsonl", 40)
    return tmp_path


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def run(template, work, environment, *words):
    """Run a template like its scheduler, with xrd in the path."""
    path = f"{Path(program('xrd', 'xrd-cli')).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", CLUSTER / template, *words]
    return subprocess.run(command, cwd=work, env=os.environ | {"PATH": path} | environment, capture_output=True, text=True)


def slurm(work, part, parts=None):
    environment = {"SLURM_ARRAY_TASK_ID": str(part), "SLURM_ARRAY_TASK_COUNT": str(parts or PARTS)}
    words = ["structures.jsonl", "set", "--seed", "7", "--step", "0.1", "--shard-patterns", "4"]
    return run("simulate.slurm", work, environment, *words)


def missing(folder, *options):
    """Status and output of missing.py."""
    done = subprocess.run([sys.executable, CLUSTER / "missing.py", folder, *options], capture_output=True, text=True)
    return done.returncode, done.stdout.strip()


def test_a_slurm_array_makes_the_set_of_one_process(work, whole):
    for part in (3, 1):
        assert slurm(work, part).returncode == 0
    assert missing(work / "set") == (1, "1,4,7")
    assert missing(work / "set", "--parts", "3") == (1, "2")
    assert not (work / "set" / "manifest.json").exists()
    assert slurm(work, 2).returncode == 0
    assert missing(work / "set", "--check") == (0, "")
    assert content(work / "set") == whole


def test_a_pbs_array_makes_the_set_of_one_process(work, whole):
    for part, name in [(1, "PBS_ARRAY_INDEX"), (2, "PBS_ARRAYID"), (3, "PBS_ARRAY_INDEX")]:
        options = "--seed 7 --step 0.1 --shard-patterns 4"
        done = run("simulate.pbs", work, {
            name: str(part), "XRD_PARTS": "3", "XRD_STRUCTURES": "structures.jsonl", "XRD_FOLDER": "set",
            "XRD_OPTIONS": options, "PBS_O_WORKDIR": str(work),
        })
        assert done.returncode == 0, done.stderr
    assert content(work / "set") == whole


def test_only_missing_parts_are_made_again(work, whole):
    for part in (1, 2, 3):
        slurm(work, part)
    folder = work / "set"
    (folder / "manifest.json").unlink()
    assert missing(folder, "--parts", "3") == (1, "1")
    damaged = bytearray(whole["shard-00005.npy"])
    damaged[200] ^= 1
    (folder / "shard-00005.npy").write_bytes(damaged)
    (folder / "shard-00006.csv").unlink()
    assert missing(folder) == (1, "6")
    assert missing(folder, "--check") == (1, "5,6")
    status, parts = missing(folder, "--check", "--parts", "3")
    assert (status, parts) == (1, "1,3")
    for part in parts.split(","):
        # Slurm counts two tasks now.
        environment = {"SLURM_ARRAY_TASK_ID": part, "SLURM_ARRAY_TASK_COUNT": "2", "XRD_PARTS": "3"}
        words = ["structures.jsonl", "set", "--seed", "7", "--step", "0.1", "--shard-patterns", "4"]
        assert run("simulate.slurm", work, environment, *words).returncode == 0
    assert content(folder) == whole


def test_failures_are_seen_by_the_scheduler(work):
    done = slurm(work, 4)
    assert done.returncode == 2 and "expected I/N" in done.stderr
    assert run("simulate.pbs", work, {"XRD_FOLDER": "set"}).returncode != 0
    assert missing(work)[0] == 2
