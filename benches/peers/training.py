"""Compares training by xrd-ae with PyTorch, candle and burn, in one run on one machine.

Parts, all of them by default:
    paper      an epoch of the paper's network (135 patterns of 11,900 points, batch size 10) in
               every program with 1 and 2 threads, and the memory of each
    seeds      ten seeds on two threads at once, compared with one after the other
    disk       an epoch of 2,000 patterns on disk, compared with the same patterns in memory
    products   encoding of 10,000 patterns and decoding of 10,000 points, compared with the same
               matrix products by the crate gemm
With --table, time per step of xrd-ae and PyTorch for sizes around that of the paper:
    points     1,000 to 50,000 points per pattern
    batch      batch sizes 1 to 256, with 2,000 patterns, because 135 do not fill a batch of 256
    patterns   135 to 20,000 patterns
    corners    extremes of several of these at once

Each program is built first and runs as a separate process. They take turns, round by round, and the
median of the rounds counts. If PyTorch cannot be imported, it is installed into .venv in this folder.
A program that cannot be installed is listed with the reason.

    python3 benches/peers/training.py [--table | PART...] [--rounds N] [--record FILE]
"""

import argparse
import datetime
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
import time
import venv
from pathlib import Path
from statistics import linear_regression, median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
THREADS = (1, 2)
PAPER = {"points": 11_900, "patterns": 135, "batch": 10}
AXES = {
    "points": [PAPER | {"points": n} for n in (1_000, 5_000, 11_900, 50_000)],
    "batch": [PAPER | {"patterns": 2_000, "batch": n} for n in (1, 10, 64, 256)],
    "patterns": [PAPER | {"patterns": n} for n in (135, 2_000, 20_000)],
    # 20,000 patterns of 50,000 points are left out: an epoch in batches of 1 takes minutes.
    "corners": [
        {"points": points, "patterns": patterns, "batch": batch}
        for points, patterns, batch in [
            (1_000, 135, 1), (1_000, 20_000, 1), (1_000, 20_000, 256),
            (50_000, 135, 1), (50_000, 2_000, 1), (50_000, 2_000, 256),
        ]
    ],
}


# Programs


def executables(manifest, *options):
    """Paths of the programs of a package, built as cargo builds for release."""
    command = ["cargo", "build", "--release", "--locked", "--message-format=json"]
    command += ["--manifest-path", str(manifest), *options]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        lines = [line for line in built.stderr.splitlines() if line.startswith("error")]
        raise RuntimeError((lines or built.stderr.splitlines() or ["no reason given"])[0])
    messages = map(json.loads, built.stdout.splitlines())
    found = [m["executable"] for m in messages if m.get("executable")]
    return {Path(path).name: path for path in found}


def python_with_torch():
    """This interpreter if it has torch, otherwise that of .venv in this folder."""
    if all(importlib.util.find_spec(name) for name in ("torch", "numpy")):
        return sys.executable
    python = HERE / ".venv" / "bin" / "python"
    if not python.exists():
        venv.create(HERE / ".venv", with_pip=True)
    install = [python, "-m", "pip", "install", "--quiet", "torch", "numpy"]
    subprocess.run(install, check=True)
    return str(python)


def peers():
    """Name and command of every peer that is available, and the reason for every other."""
    found, missing = {}, {}
    target = ["--target-dir", str(ROOT / "target" / "peers")]
    try:
        pytorch = [python_with_torch(), str(HERE / "pytorch_epoch.py"), "--adam"]
        found |= {"PyTorch": [*pytorch, "fused"], "PyTorch, default Adam": [*pytorch, "default"]}
    except (OSError, subprocess.CalledProcessError) as error:
        missing["PyTorch"] = str(error)
    for name in ("candle", "burn"):
        try:
            programs = executables(HERE / name / "Cargo.toml", *target)
            found[name] = [programs[f"{name}-epoch"]]
        except RuntimeError as error:
            missing[name] = str(error)
    return found, missing


def run(command, threads, **options):
    """The words and numbers that a program prints, with its peak memory (`peak_mb`) and the share of the
    processors that other processes used meanwhile (`others`)."""
    command = [*command, "--threads", str(threads)]
    command += [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    environment = os.environ | {"RAYON_NUM_THREADS": str(threads)}
    begin, busy = time.perf_counter(), busy_seconds()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    words = process.stdout.read().split()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    seconds = time.perf_counter() - begin
    others = busy_seconds() - busy - usage.ru_utime - usage.ru_stime
    figures = {n: float(value) for n, value in zip(words[::2], words[1::2]) if n != "version"}
    figures["peak_mb"] = usage.ru_maxrss * 1024 / 1e6
    return figures | {"others": max(0.0, others / seconds / os.cpu_count())}


def busy_seconds():
    """Working time of all processors since the start of the machine, in seconds."""
    times = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    idle, waiting = times[3], times[4]
    return (sum(times[:8]) - idle - waiting) / os.sysconf("SC_CLK_TCK")


def in_turn(runs, rounds):
    """The medians of the values of every run, by name; the runs take turns.

    `runs` holds, by name, the arguments of `run`.
    """
    found = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (command, threads, options) in runs.items():
            found[name].append(run(command, threads, **options))
    middle = lambda several: {key: median(f[key] for f in several) for key in several[0]}
    return {name: middle(several) for name, several in found.items()}


# Parts


def paper(ours, rounds):
    found, missing = peers()
    options = PAPER | {"epochs": 5, "seconds": 1}
    runs = {
        (name, threads): (command, threads, options)
        for name, command in ({"xrd-ae": [ours["epoch_ms"]]} | found).items()
        for threads in THREADS
    }
    figures = in_turn(runs, rounds)
    steps = math.ceil(PAPER["patterns"] / PAPER["batch"])
    print("one epoch of the paper's network      threads      ms  times xrd-ae   peak MB   loss")
    for (name, threads), f in figures.items():
        f["ms_per_epoch"] = steps * f["ms_per_step"]
        times = f["ms_per_step"] / figures["xrd-ae", threads]["ms_per_step"]
        print(
            f"{name:38}{threads:7}{f['ms_per_epoch']:8.1f}{times:14.2f}"
            f"{f['peak_mb']:10.0f}{f['train_loss']:7.3f}"
        )
    for name, reason in missing.items():
        print(f"{name} is missing: {reason}")
    rows = [{"program": n, "threads": t} | f for (n, t), f in figures.items()]
    return {"programs": rows, "missing": missing, "goals": paper_goals(figures)}


def paper_goals(figures):
    ms = {key: f["ms_per_step"] for key, f in figures.items()}
    goals = [("memory in MB", max(figures["xrd-ae", t]["peak_mb"] for t in THREADS), 150)]
    if ("PyTorch", 1) in ms:
        best = min(ms["PyTorch", threads] for threads in THREADS)
        goals += [
            ("two threads to PyTorch's best", ms["xrd-ae", 2] / best, 1 / 3),
            ("one thread to PyTorch's", ms["xrd-ae", 1] / ms["PyTorch", 1], 1 / 2),
            (
                "two threads to PyTorch's default Adam on one",
                ms["xrd-ae", 2] / ms["PyTorch, default Adam", 1],
                1 / 10,
            ),
        ]
    return judged(goals)


def judged(goals):
    """Prints measured values and their limits."""
    for what, found, most in goals:
        print(f"{what}: {found:.3g} (at most {most:.3g}{'' if found <= most else ', MISSED'})")
    return [{"what": what, "found": found, "most": most} for what, found, most in goals]


def seeds(ours, rounds):
    at_once = lambda workers: ([ours["seeds_s"]], workers, {"workers": workers})
    figures = in_turn({workers: at_once(workers) for workers in THREADS}, rounds)
    one, two = (figures[workers]["in_epochs"] for workers in THREADS)
    print(f"ten seeds: {one:.2f} s one after the other, {two:.2f} s on two threads at once")
    share = ("time of seeds at once to that of one after the other", two / one, 1 / 1.8)
    return {"runs": list(figures.values()), "goals": judged([share])}


def disk(ours, rounds):
    del rounds  # The program takes turns itself.
    command = [ours["disk_epoch"]]
    runs = {threads: run(command, threads, patterns=2_000) for threads in THREADS}
    goals = []
    for threads, f in runs.items():
        memory, disk = f["memory_s"], f["disk_s"]
        print(f"2,000 patterns, {threads} threads: {memory:.2f} s from memory, {disk:.2f} s from disk")
        goals.append((f"disk to memory, {threads} threads", disk / memory, 1.3))
    return {"runs": list(runs.values()), "goals": judged(goals)}


def products(ours, rounds):
    options = {"rounds": rounds}
    runs = {threads: ([ours["products_ms"]], threads, options) for threads in THREADS}
    figures, goals = in_turn(runs, 1), []
    for threads, f in figures.items():
        for what in ("encode", "decode"):
            mine, gemm = f[f"{what}_ms"], f[f"gemm_{what}_ms"]
            print(f"{what} 10,000, {threads} threads: {mine:.0f} ms, its products {gemm:.0f} ms")
            goals.append((f"{what}, {threads} threads, to its products", mine / gemm, 1.3))
    return {"runs": list(figures.values()), "goals": judged(goals)}


def axis(name, ours, rounds):
    commands = {"xrd-ae": [ours["epoch_ms"]], "PyTorch": peers()[0]["PyTorch"]}
    rows = []
    print(f"{name:9} points  patterns  batch   xrd-ae 1, 2 threads   PyTorch 1, 2   times xrd-ae")
    for shape in AXES[name]:
        options = shape | {"epochs": 1, "seconds": 1}
        runs = {
            (program, threads): (command, threads, options)
            for program, command in commands.items()
            for threads in THREADS
        }
        rows.append(shape | compared(in_turn(runs, rounds)))
        print_row(rows[-1])
    return {"rows": rows, "exponents": exponents(name, rows), "losses": losses(rows)}


def compared(figures):
    """Milliseconds per step, and PyTorch's time divided by that of xrd-ae: one thread with one, and two
    threads with the better of PyTorch's one and two."""
    ms = {f"{program} {t}": f["ms_per_step"] for (program, t), f in figures.items()}
    ms["others"] = max(f["others"] for f in figures.values())
    ms["one to one"] = ms["PyTorch 1"] / ms["xrd-ae 1"]
    return ms | {"two to best": min(ms["PyTorch 1"], ms["PyTorch 2"]) / ms["xrd-ae 2"]}


def print_row(row):
    print(
        f"{row['points']:16,}{row['patterns']:10,}{row['batch']:7}"
        f"{row['xrd-ae 1']:13.3f}{row['xrd-ae 2']:9.3f}"
        f"{row['PyTorch 1']:12.3f}{row['PyTorch 2']:9.3f}"
        f"{row['one to one']:9.2f}{row['two to best']:6.2f}"
    )


def exponents(name, rows):
    """The exponents with which the time of a step grows along an axis, by least squares of logarithms."""
    if name not in PAPER:
        return {}
    found = {}
    for program in ("xrd-ae 1", "xrd-ae 2", "PyTorch 1", "PyTorch 2"):
        x, y = ([math.log(row[key]) for row in rows] for key in (name, program))
        found[program] = linear_regression(x, y).slope
    print(f"a step grows with {name} to the power of", end=" ")
    print(", ".join(f"{power:.2f} ({program})" for program, power in found.items()))
    return found


def losses(rows):
    """Prints where PyTorch is faster."""
    found = []
    for row in rows:
        for key in ("one to one", "two to best"):
            if row[key] < 1:
                found.append({n: row[n] for n in PAPER} | {"how": key, "times": row[key]})
                print("slower than PyTorch:", ", ".join(f"{k} {v}" for k, v in found[-1].items()))
    return found


# Record


def output(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def machine():
    """A description of the machine."""
    models = Path("/proc/cpuinfo").read_text().split("model name")
    return {
        "processor": models[1].split("\n")[0].strip(" \t:"),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "rustc": output("rustc", "--version"),
    }


def occasion():
    changes = " with changes" if output("git", "status", "--porcelain", "-uno") else ""
    commit = output("git", "rev-parse", "HEAD") + changes
    return {"date": datetime.date.today().isoformat(), "commit": commit}


def record(file, parts):
    """Adds the parts to a record. A part that it already contains is replaced."""
    kept = json.loads(file.read_text())["parts"] if file.exists() else {}
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": machine(), "parts": kept | parts}, indent=2)
    beside = file.with_suffix(".part")
    beside.write_text(text + "\n")
    beside.rename(file)


def main():
    parts = {"paper": paper, "seeds": seeds, "disk": disk, "products": products}
    for name in AXES:
        parts[name] = lambda ours, rounds, name=name: axis(name, ours, rounds)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*parts, []], metavar="PART")
    parser.add_argument("--table", action="store_true", help=", ".join(AXES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", type=Path, metavar="FILE")
    args = parser.parse_args()

    ours = executables(ROOT / "Cargo.toml", "--package", "xrd-benches", "--features", "gemm", "--bins")
    found = {}
    for name in args.parts or (AXES if args.table else ("paper", "seeds", "disk", "products")):
        found[name] = occasion() | parts[name](ours, args.rounds)
        print()
    if args.record:
        record(args.record, found)


if __name__ == "__main__":
    main()
