"""Measures how the time of each stage of a study grows with the number of patterns.

Simulates sets of structures in XRD_TEST_DATA, or in ../shared/data next to the checkout, as patterns of
8,500 points in shards, and runs `study_stages` on each: a study of one epoch with its figures and its
page, then estimates of 200 of its patterns by all default methods, and the leave-one-out errors of its
known points. Sets of more than 1 GiB stay on disk. With more patterns than structures, each structure has several patterns
with random line widths and counting noise.

The exponent of a stage is log(t2 / t1) / log(n2 / n1) for its processor time between the last two sizes,
which other programs on the machine disturb less than the wall time. Stages below 0.05 s have none.

    python3 benches/peers/scaling.py [--sizes 300 3000 20000 100000] [--folder DIR] [--record FILE]
"""

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from training import ROOT, executables, machine, occasion

EFFECTS = """[broadening]
size_angstrom = { log_uniform = [200, 2000] }
[counting_noise]
counts = { log_uniform = [1e3, 1e5] }
"""
LEAST = 0.05


def structures():
    """Lines of the structures of all files, each name once, in random order."""
    data = Path(os.environ.get("XRD_TEST_DATA", ROOT.parent / "shared" / "data"))
    lines = {}
    for file in sorted((data / "structures").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            lines.setdefault(json.loads(line)["id"], line)
    lines = list(lines.values())
    random.Random(0).shuffle(lines)
    return lines


def simulate(program, lines, n, folder):
    """A set of about n patterns, and one table with all labels."""
    each = -(-n // len(lines))
    (folder / "structures.jsonl").write_text("\n".join(lines[: -(-n // each)]) + "\n")
    command = [program, "simulate", folder / "structures.jsonl", "--out", folder / "set"]
    if each > 1:
        (folder / "effects.toml").write_text(EFFECTS)
        command += ["--per-structure", str(each), "--effects", folder / "effects.toml"]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    with open(folder / "labels.csv", "w") as table:
        for k, file in enumerate(sorted((folder / "set").glob("shard-*.csv"))):
            rows = file.read_text().splitlines(keepends=True)
            table.writelines(rows[min(k, 1):])
    return sum(1 for _ in open(folder / "labels.csv")) - 1


def stages(program, folder):
    """Wall and processor time of each stage, summed over its runs, and the peak memory."""
    command = [program, "--patterns", folder / "set", "--labels", folder / "labels.csv", "--out", folder / "out"]
    printed = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
    times, sizes = {}, {}
    for about in map(json.loads, printed.splitlines()):
        if "stage" not in about:
            sizes = about
            continue
        wall, processor = times.get(about["stage"], (0, 0))
        times[about["stage"]] = (wall + about["wall_s"], processor + about["processor_s"])
    return times, sizes


def exponent(runs, stage):
    (n1, n2), (t1, t2) = zip(*[(run["patterns"], run["times"][stage][1]) for run in runs[-2:]])
    return math.log(t2 / t1) / math.log(n2 / n1) if min(t1, t2) >= LEAST else None


def table(runs):
    """The times as a table in Markdown: wall time / processor time in seconds."""
    head = [f"{run['patterns']:,}" for run in runs]
    lines = ["| stage | " + " | ".join(head) + " | exponent |", "|---|" + "--:|" * (len(head) + 1)]
    for stage in dict.fromkeys(stage for run in reversed(runs) for stage in run["times"]):
        times = [run["times"].get(stage) for run in runs]
        cells = ["–" if time is None else f"{time[0]:.2f} / {time[1]:.2f}" for time in times]
        found = exponent(runs, stage) if None not in times[-2:] and len(runs) > 1 else None
        lines.append(f"| {stage} | " + " | ".join(cells) + f" | {'–' if found is None else f'{found:.2f}'} |")
    for name, what in [("peak_mb", "peak memory, MB"), ("page_mb", "page, MB")]:
        lines.append(f"| {what} | " + " | ".join(f"{run['sizes'][name]:.1f}" for run in runs) + " | |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 3_000, 20_000, 100_000])
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "scaling", help="needs 4 GB for 100,000 patterns")
    parser.add_argument("--record", type=Path, metavar="FILE")
    options = parser.parse_args()
    simulator = executables(ROOT / "Cargo.toml", "--bin", "xrd")["xrd"]
    program = executables(ROOT / "Cargo.toml", "--package", "xrd-benches", "--bin", "study_stages")["study_stages"]
    lines, runs = structures(), []
    for n in options.sizes:
        folder = options.folder / str(n)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            patterns = simulate(simulator, lines, n, folder)
            times, sizes = stages(program, folder)
        finally:
            shutil.rmtree(folder)
        runs.append({"patterns": patterns, "times": times, "sizes": sizes})
        print(f"{patterns:,} patterns done", file=sys.stderr)
    text = table(runs)
    print(text)
    if options.record:
        about = json.dumps({"machine": machine()} | occasion(), indent=2)
        options.record.parent.mkdir(parents=True, exist_ok=True)
        options.record.write_text(f"{text}\n\n```json\n{about}\n```\n")


if __name__ == "__main__":
    main()
