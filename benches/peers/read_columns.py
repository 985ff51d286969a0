"""read_columns.py: speed of reading two columns of text by xrd-io, geddes and numpy.loadtxt in one run, then
with decimal commas, which only xrd-io can read.

Needs numpy, and optionally geddes (pip install numpy geddes). Prints megabytes per second, how many
times faster xrd-io is, and how much slower it is than a float parser on the same bytes.
"""
import os, subprocess, tempfile, time

import numpy as np

POINTS = 1_000_000


def best(run, times):
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        assert run() == POINTS
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def geddes_reader():
    try:
        import geddes
    except ImportError:
        return None
    return lambda path: len(geddes.read(path).x)


def measured(path):
    """Number of points, and the times in seconds of xrd-io and of a float parser."""
    cargo = ["cargo", "run", "--quiet", "--release", "--package", "xrd-benches", "--bin", "read_columns", "--", path]
    return map(float, subprocess.run(cargo, check=True, capture_output=True, text=True).stdout.split())


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "columns.xy")
    rng = np.random.default_rng(0)
    counts = rng.poisson(1000, POINTS)
    with open(path, "w") as file:
        file.writelines(f"{5 + 1e-4 * i:.4f} {c}\n" for i, c in enumerate(counts))
    size = os.path.getsize(path) / 1e6
    points, ours, bare = measured(path)
    assert points == POINTS
    print(f"{size:.1f} MB, {POINTS} points")
    print(f"xrd-io         {size / ours:8.1f} MB/s")
    print(f"float parser   {size / bare:8.1f} MB/s   xrd-io takes {ours / bare:.2f} times as long")
    loadtxt = best(lambda: len(np.loadtxt(path)), 3)
    print(f"numpy.loadtxt  {size / loadtxt:8.1f} MB/s   xrd-io is {loadtxt / ours:.1f} times faster")
    read = geddes_reader()
    if read is None:
        print("geddes         not installed")
    else:
        other = best(lambda: read(path), 3)
        print(f"geddes         {size / other:8.1f} MB/s   xrd-io is {other / ours:.1f} times faster")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace(".", ","))
    points, comma, _ = measured(path)
    assert points == POINTS
    print(f"decimal commas {size / comma:8.1f} MB/s   {comma / ours:.2f} times as long as points")
