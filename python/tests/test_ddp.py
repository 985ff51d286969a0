"""`examples/cluster/ddp.py`: one process and two have the same losses; a killed training continues."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)

from programs import ROOT, simulated  # noqa: E402
from xrd.torch import Autoencoder  # noqa: E402

SCRIPT = ROOT / "examples" / "cluster" / "ddp.py"
EPOCHS = 8
BATCHES = EPOCHS * (40 // 8)
#: Sums of gradients in another order, grown by some epochs of Adam.
NOISE = 1e-4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("ddp"), 40, 9, "--step", "0.1")


def start(folder, out, processes, *options):
    """Start a training."""
    launcher = [] if processes == 1 else ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    if "--max-restarts" in options:
        launcher += ["--max-restarts", "3"]
    command = [sys.executable, *launcher, SCRIPT, folder, "--out", out, "--epochs", str(EPOCHS), "--batch-size", "8"]
    command += ["--threads", "1", "--save-every", "1", *[o for o in options if o != "--max-restarts"]]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def finish(process):
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 0, said


def losses(out):
    """Rows of epoch, batch and loss."""
    path = out.with_suffix(".losses.csv")
    if not path.exists():
        return []
    return [(int(r["epoch"]), int(r["batch"]), float(r["loss"])) for r in csv.DictReader(open(path))]


def children(process):
    """Processes that torchrun started."""
    command = ["ps", "-o", "pid=", "--ppid", str(process.pid)]
    return [int(pid) for pid in subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.split()]


def wait_for(out, count, process):
    """Wait until a number of batches is done."""
    end = time.monotonic() + 200
    while len(losses(out)) < count:
        assert process.poll() is None and time.monotonic() < end, "the training ended or hangs"
        time.sleep(0.02)


def kill(process):
    """Kill all processes of a training at once, as a node that fails."""
    for pid in [process.pid, *children(process)]:
        os.kill(pid, signal.SIGKILL)
    process.communicate()


def assert_same(found, expected, noise):
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    for (*place, one), (_, _, other) in zip(found, expected):
        assert abs(one - other) <= noise * abs(other), place


@pytest.fixture(scope="module")
def alone(folder, tmp_path_factory):
    """Losses and model of one process."""
    out = tmp_path_factory.mktemp("alone") / "model.safetensors"
    finish(start(folder, out, 1))
    return out


@pytest.fixture(scope="module")
def together(folder, tmp_path_factory):
    """Losses and model of two processes."""
    out = tmp_path_factory.mktemp("together") / "model.safetensors"
    finish(start(folder, out, 2))
    return out


def test_two_processes_have_the_losses_of_one(alone, together):
    expected = losses(alone)
    assert len(expected) == BATCHES and expected[-1][2] < 0.9 * expected[0][2]
    assert_same(losses(together), expected, NOISE)
    one, two = Autoencoder.load(alone), Autoencoder.load(together)
    for (name, a), b in zip(one.state_dict().items(), two.state_dict().values(), strict=True):
        assert torch.allclose(a, b, atol=1e-4), name


@pytest.mark.parametrize("processes", [1, 2])
def test_a_killed_training_continues(folder, alone, together, processes, tmp_path):
    out = tmp_path / "model.safetensors"
    process = start(folder, out, processes)
    wait_for(out, 6, process)
    kill(process)
    assert 6 <= len(losses(out)) < BATCHES and not out.exists()
    finish(start(folder, out, processes))
    # The same number of processes gives the same numbers.
    assert_same(losses(out), losses(alone if processes == 1 else together), 0)


def test_a_training_continues_with_another_number_of_processes(folder, alone, tmp_path):
    out = tmp_path / "model.safetensors"
    process = start(folder, out, 2)
    wait_for(out, 6, process)
    kill(process)
    finish(start(folder, out, 1))
    assert_same(losses(out), losses(alone), NOISE)


def test_torchrun_replaces_a_killed_process(folder, together, tmp_path):
    out = tmp_path / "model.safetensors"
    process = start(folder, out, 2, "--max-restarts")
    wait_for(out, 6, process)
    os.kill(children(process)[-1], signal.SIGKILL)
    finish(process)
    assert_same(losses(out), losses(together), 0)


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    process = start(tmp_path, tmp_path / "m.safetensors", 1)
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 2 and said.startswith("error: ") and said.endswith("(not all shards are complete)\n")


def test_another_seed_is_not_continued(folder, alone, tmp_path):
    checkpoint = alone.with_suffix(".checkpoint")
    process = start(folder, tmp_path / "m.safetensors", 1, "--checkpoint", checkpoint, "--seed", "1")
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 2 and said.endswith("has another --seed or --batch-size\n")


def test_the_slurm_job_trains(folder, together, tmp_path):
    """The job script on one node, with stand-ins for srun and scontrol."""
    for name, text in [("srun", '"$@"'), ("scontrol", "echo localhost")]:
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    out = tmp_path / "model.safetensors"
    path = os.pathsep.join([str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]])
    slurm = {"SLURM_JOB_NODELIST": "localhost", "SLURM_NNODES": "1", "SLURM_JOB_ID": "7"}
    environment = os.environ | slurm | {"PATH": path, "XRD_PROCESSES": "2", "XRD_TRAIN": str(SCRIPT), "OMP_NUM_THREADS": "1"}
    command = ["bash", SCRIPT.with_name("train.slurm"), folder, "--out", out, "--epochs", str(EPOCHS)]
    subprocess.run([*command, "--batch-size", "8", "--threads", "1"], env=environment, check=True, stderr=subprocess.PIPE)
    assert_same(losses(out), losses(together), 0)
