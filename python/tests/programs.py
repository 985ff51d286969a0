"""Programs of the workspace, and structures, for tests that compare with them."""

import functools
import json
import os
import subprocess
from pathlib import Path

import pytest

#: Folder of built programs; without it they are built.
BUILT = os.environ.get("XRD_PROGRAMS")

if not BUILT and not os.environ.get("XRD_BUILD_PROGRAMS"):
    pytest.skip("builds programs of the workspace (checks.sh does, with XRD_BUILD_PROGRAMS=1)", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def program(name, package):
    """Path of a program, built if need be."""
    if BUILT:
        return str(Path(BUILT) / name)
    command = ["cargo", "build", "--quiet", "--release", "--message-format=json", "-p", package, "--bin", name]
    built = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    messages = map(json.loads, built.stdout.splitlines())
    return next(m["executable"] for m in messages if m.get("executable"))


def structures(path, count):
    """Write a file of cubic structures, one per line."""
    pairs = [("Cs", "Cl"), ("Ni", "Al"), ("Ag", "Zn"), ("Tl", "Br"), ("Fe", "Ti")]
    with open(path, "w") as file:
        for n in range(count):
            a, (first, second) = 2.9 + 1.3 * n / count, pairs[n % len(pairs)]
            line = {
                "id": f"s{n}",
                "cell": [a, a, a, 90, 90, 90],
                "species": [first, second],
                "frac": [[0, 0, 0], [0.5, 0.5, 0.5]],
            }
            file.write(json.dumps(line) + "\n")
    return path


def simulated(folder, count=60, shard=7, *options):
    """Simulate a set of shards; return its folder."""
    lines = structures(folder / "structures.jsonl", count)
    out = folder / "set"
    command = [program("xrd", "xrd-cli"), "simulate", lines, "--out", out, "--shard-patterns", str(shard)]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return out
