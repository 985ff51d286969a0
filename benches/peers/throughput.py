"""Measures how many patterns per second `xrd simulate` makes with random effects.

Simulates all JSON lines of structures in XRD_TEST_DATA, or in ../shared/data next to the checkout, as
patterns of 8,500 points with the effects of `benches/effects`, written as shards, on one thread and on
two. There is no other program to compare with. The fastest of several rounds counts.

    python3 benches/peers/throughput.py [--rounds 2] [--record FILE]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from training import HERE, ROOT, executables, machine, occasion

EFFECTS = {"without_axial": 2000, "with_axial": 700}


def rate(program, structures, effects, threads):
    """Patterns per second, as printed by the program, and its peak memory in MB."""
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        command = [program, "simulate", *structures, "--threads", str(threads), "--out", folder]
        command += ["--effects", str(HERE.parent / "effects" / f"{effects}.toml")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return float(re.search(r"\(([0-9.]+) a second\)", printed)[1]), usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--record", type=Path, metavar="FILE")
    options = parser.parse_args()
    data = Path(os.environ.get("XRD_TEST_DATA", ROOT.parent / "shared" / "data"))
    structures = sorted(map(str, (data / "structures").glob("*.jsonl")))
    program = executables(ROOT / "Cargo.toml", "--bin", "xrd")["xrd"]
    goals = []
    for effects, least in EFFECTS.items():
        (one, _), (two, memory) = (
            max(rate(program, structures, effects, threads) for _ in range(options.rounds))
            for threads in (1, 2)
        )
        missed = "" if two >= least else ", MISSED"
        print(f"{effects}: {one:.0f} a second on one thread, {two:.0f} on two (at least {least}{missed}), {memory:.0f} MB")
        goals.append({"effects": effects, "one_thread": one, "two_threads": two, "least": least, "mb": memory})
    if options.record:
        options.record.parent.mkdir(parents=True, exist_ok=True)
        found = {"machine": machine()} | occasion() | {"patterns_a_second": goals}
        options.record.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
