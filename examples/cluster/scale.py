"""Measures what a training set costs, and extrapolates to a million and a hundred million patterns.

    python3 examples/cluster/scale.py structures.jsonl [--patterns 16000] [--xrd PATH] [--ray] [--torch]

Runs `xrd simulate` on the structures, repeated until there are enough patterns, without effects and with
those of `examples/effects.toml`, on one thread and on all cores. Times are those that the processor spent, so
that other programs on the machine matter little; patterns per second are those of the clock. Costs grow in
proportion to the number of patterns. Memory does not, which a quarter of the patterns shows, except for the
names of the structures: they are measured with lists of made-up structures. With --ray the same patterns are
also made by `xrd.ray` with one and two workers, which needs the Python package and Ray. With --torch the data sets
of `xrd.torch` are measured, which needs PyTorch.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

EFFECTS = {"none": "none", "laboratory": str(Path(__file__).resolve().parents[1] / "effects.toml")}
SETS = (10**6, 10**8)
CORES = (1, 64, 1024)


@dataclass
class Run:
    """Result of one run: number of patterns, patterns per second, processor seconds per pattern, peak memory in MB, bytes per pattern."""

    made: int
    rate: float
    cpu: float
    memory: float
    patterns: float
    labels: float


def finished(command):
    """Output, processor seconds and peak memory in MB of a program."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return said, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run(options, effects, threads, patterns):
    """Simulate a set in a temporary folder."""
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        structures, per_structure = written(options, folder, patterns)
        out = Path(folder) / "set"
        command = [options.xrd, "simulate", structures, "--out", out, "--effects", EFFECTS[effects]]
        command += ["--threads", str(threads), "--per-structure", str(per_structure)]
        said, cpu, memory = finished(command)
        made = int(re.search(r"(\d+) patterns made", said)[1])
        size = lambda kind: sum(path.stat().st_size for path in out.glob(f"shard-*.{kind}")) / made
        rate = float(re.search(r"\((\d+) per second\)", said)[1])
        return Run(made, rate, cpu / made, memory, size("npy"), size("csv") + size("json"))


def written(options, folder, patterns):
    """File of enough structures, and the number of patterns per structure."""
    lines = options.structures.read_text().splitlines(keepends=True)[:patterns]
    path = Path(folder) / "structures.jsonl"
    path.write_text("".join(lines))
    return path, -(-patterns // len(lines))


def duration(hours):
    """Hours in a unit that is easy to read."""
    for unit, factor in [("years", 24 * 365.25), ("days", 24), ("h", 1), ("min", 1 / 60)]:
        if hours >= factor:
            return f"{hours / factor:.1f} {unit}"
    return f"{3600 * hours:.2g} s"


def volume(size):
    """Bytes in a unit that is easy to read."""
    for unit, factor in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6)]:
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1e3:.1f} kB"


def measure(options):
    """Print what was measured; return the runs on one thread."""
    print("| effects | patterns | threads | patterns/s | CPU ms per pattern | peak memory | disk per pattern | of it labels |")
    print("|---|---|---|---|---|---|---|---|")
    cores, alone = os.cpu_count(), {}
    for effects in EFFECTS:
        for patterns, threads in [(options.patterns, 1), (options.patterns, cores), (options.patterns // 4, cores)]:
            one = run(options, effects, threads, patterns)
            alone.setdefault(effects, one)
            print(f"| {effects} | {one.made} | {threads} | {one.rate:.0f} | {1e3 * one.cpu:.2f} | {one.memory:.0f} MB "
                  f"| {volume(one.patterns + one.labels)} | {volume(one.labels)} |", flush=True)
    return alone


def measure_lists(options):
    """Print what a long list of structures costs each process."""
    print("\n| structures in the list | CPU s before the first pattern | peak memory |\n|---|---|---|")
    for count in (10**3, 10**5, 10**6):
        with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
            structures = Path(folder) / "structures.jsonl"
            with open(structures, "w") as file:
                for n in range(count):
                    a = 3 + n / count
                    cell, frac = [a, a, a, 90, 90, 90], [[0, 0, 0], [0.5, 0.5, 0.5]]
                    file.write(json.dumps({"id": f"s{n}", "cell": cell, "species": ["Cs", "Cl"], "frac": frac}) + "\n")
            command = [options.xrd, "simulate", structures, "--out", Path(folder) / "set", "--step", "1"]
            command += ["--shard", f"1/{count}", "--shard-patterns", "1"]
            _, cpu, memory = finished(command)
            print(f"| {count:,} | {cpu:.2f} | {memory:.0f} MB |", flush=True)


def measure_ray(options):
    """Print the speed of xrd.ray with one and two workers, in turn."""
    import ray
    import xrd.ray

    print("\n| effects | patterns | workers | patterns/s |\n|---|---|---|---|")
    for effects in EFFECTS:
        for workers in (1, 2) * options.rounds:
            with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
                structures, per_structure = written(options, folder, options.patterns // 4)
                recipe = xrd.ray.Recipe.from_lines(structures, per_structure, effects=EFFECTS[effects])
                ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR")
                # The workers start and import the package.
                xrd.ray.write_shards(xrd.ray.Recipe(recipe.structures[:20]), Path(folder) / "first", shard_patterns=1)
                start = time.perf_counter()
                made = xrd.ray.write_shards(recipe, Path(folder) / "set", shard_patterns=250)["patterns"]
                rate = made / (time.perf_counter() - start)
                ray.shutdown()
            print(f"| {effects} | {made} | {workers} | {rate:.0f} |", flush=True)


def measure_torch(options):
    """Print what a pattern costs that xrd.torch reads or simulates, and a training step, on one thread."""
    import torch
    import xrd.ray
    from xrd.torch import Autoencoder, Shards, Simulated

    torch.set_num_threads(1)
    print("\n| for PyTorch, one thread | CPU ms per pattern |\n|---|---|")
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        structures, per_structure = written(options, folder, 2000)
        command = [options.xrd, "simulate", structures, "--out", Path(folder) / "set", "--per-structure", str(per_structure)]
        finished([*command, "--effects", EFFECTS["laboratory"]])
        shards = Shards(Path(folder) / "set", 64)
        recipe = xrd.ray.Recipe.from_lines(structures)
        settings = {"effects": EFFECTS["laboratory"], "threads": 1}
        simulated = Simulated(recipe.structures, 64, len(shards), **settings)
        model = Autoencoder((5.0, 0.01, shards.points))
        adam = torch.optim.Adam(model.parameter_groups())
        patterns = next(iter(shards))
        model.fit_scaling(patterns)

        def step():
            adam.zero_grad()
            model.loss(patterns).backward()
            adam.step()

        print(f"| read from shards, batches of 64 | {cpu_ms(lambda: list(shards), 64 * len(shards)):.3f} |")
        print(f"| simulated with effects, batches of 64 | {cpu_ms(lambda: list(simulated), 64 * len(shards)):.3f} |")
        print(f"| training step of the paper's network, batches of 64 | {cpu_ms(lambda: [step() for _ in range(20)], 1280):.3f} |")


def cpu_ms(work, patterns):
    """Processor milliseconds per pattern of some work, after the same work once."""
    work()
    start = time.process_time()
    work()
    return 1e3 * (time.process_time() - start) / patterns


def extrapolate(alone):
    """Print the costs of large sets."""
    print("\n| patterns | effects | " + " | ".join(f"{n} core{'s' * (n > 1)}" for n in CORES) + " | disk |")
    print("|---|---|" + "---|" * len(CORES) + "---|")
    for patterns in SETS:
        for effects, one in alone.items():
            times = [duration(patterns * one.cpu / 3600 / cores) for cores in CORES]
            disk = volume(patterns * (one.patterns + one.labels))
            print(f"| {patterns:,} | {effects} | {' | '.join(times)} | {disk} |")


def main():
    """Measure and extrapolate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("structures", type=Path, help="structures as JSON lines")
    parser.add_argument("--patterns", type=int, default=16000, help="patterns per run")
    parser.add_argument("--ray", action="store_true", help="also measure xrd.ray")
    parser.add_argument("--torch", action="store_true", help="also measure xrd.torch")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of Ray")
    parser.add_argument("--xrd", default="xrd", help="the program")
    parser.add_argument("--scratch", type=Path, help="folder for temporary sets")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start\n")
    extrapolate(measure(options))
    measure_lists(options)
    if options.ray:
        measure_ray(options)
    if options.torch:
        measure_torch(options)
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
