"""Relevance of every angle by xrd-relevance, captum and plain PyTorch.

Takes the folder of a study. The pattern named in study.json is swept with a window of three points: by
`sweep` of xrd-relevance, by captum's Occlusion with the fastest number of windows at once, and by
PyTorch on batches of masked copies. Prints the times and their ratios, and the difference of Dev from
the naive sweep in double precision. Also prints how well gradient times input and integrated gradients
(captum) agree with Dev: Spearman's correlation over the windows, and the overlap of the strongest
twenty. If a package cannot be imported, all are installed into .venv in this folder.

    cargo run --release --bin xrd -- study
    python3 benches/peers/relevance.py out
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTH = 3
TOP = 20

try:
    import numpy as np
    import torch
    from captum.attr import InputXGradient, IntegratedGradients, Occlusion
    from open_model import load
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv" and "--again" in sys.argv:
        sys.exit(f"{python} lacks a package; remove its folder and try again")
    if not python.exists():
        venv.create(HERE / ".venv", with_pip=True)
    packages = ["torch", "numpy", "safetensors", "captum"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    os.execv(python, [str(python), *sys.argv, "--again"])


def seconds(work, times):
    """Median time of several runs, after one that is not counted, and the result."""
    answer, spent = work(), []
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        spent.append(time.perf_counter() - start)
    return sorted(spent)[len(spent) // 2], answer


def windows(points):
    return [(i, min(i + WIDTH, points)) for i in range(points)]


def masked_points(encode, x, batch):
    """The point of every masked copy, `batch` copies at a time."""
    points = x.shape[0]
    answers = []
    for start in range(0, points, batch):
        rows = x.repeat(min(batch, points - start), 1)
        for row, (i, end) in enumerate(windows(points)[start:start + batch]):
            rows[row, i:end] = 0
        answers.append(encode(rows))
    return torch.cat(answers)


def occluded(encode, x, at_once):
    base = encode(x[None])
    moved = lambda rows: (encode(rows) - base).norm(dim=1)
    occlusion = Occlusion(moved)
    return occlusion.attribute(x[None], sliding_window_shapes=(WIDTH,), strides=(1,),
                               perturbations_per_eval=at_once)[0]


def summed(attributions):
    """Length of the attributions to both coordinates, summed over each window."""
    both = [np.convolve(a, np.ones(WIDTH))[WIDTH - 1:] for a in attributions]
    return np.hypot(*both)


def spearman(a, b):
    order = lambda v: np.argsort(np.argsort(v))
    return float(np.corrcoef(order(a), order(b))[0, 1])


def strongest(values, apart=10):
    """The strongest windows, none within `apart` windows of a stronger one."""
    found = []
    for i in np.argsort(-values):
        if all(abs(i - j) > apart for j in found):
            found.append(int(i))
        if len(found) == TOP:
            return found
    return found


def shared(a, b, apart=10):
    theirs = strongest(b)
    return sum(any(abs(i - j) <= apart for j in theirs) for i in strongest(a))


def sweep_of_xrd(folder, name, threads):
    with tempfile.TemporaryDirectory() as place:
        dev = Path(place) / "dev.f64"
        command = ["cargo", "run", "--quiet", "--release", "-p", "xrd-benches", "--bin", "sweep_ms", "--",
                   "--model", folder / "model.safetensors", "--patterns", folder / "patterns.npz",
                   "--name", name, "--dev", dev, "--threads", str(threads)]
        line = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True).stdout
        words = line.split()
        ms = float(words[words.index("ms") + 1])
        return ms / 1e3, np.fromfile(dev, "<f8")


def pattern_of(folder, name):
    archive = np.load(folder / "patterns.npz")
    names = archive["names"].tobytes().decode().split("\n")
    return archive["intensities"][names.index(name)].astype(np.float32)


def main(folder):
    torch.set_flush_denormal(True)
    threads = torch.get_num_threads()
    name = json.loads((folder / "study.json").read_text())["relevance"]["pattern"]
    encode, _, _ = load(folder / "model.safetensors")
    x = torch.from_numpy(pattern_of(folder, name))
    ours, dev = sweep_of_xrd(folder, name, threads)
    with torch.no_grad():
        batched, answer = min((seconds(lambda: masked_points(encode, x, batch), 3)
                               for batch in [64, 256, 1024]), key=lambda pair: pair[0])
        captum, attribution = min((seconds(lambda: occluded(encode, x, n), 1)
                                   for n in [64, 256]), key=lambda pair: pair[0])
        base = encode(x[None])
    print(f"{name}, {len(dev)} windows, {threads} threads")
    print(f"xrd-relevance   {1e3 * ours:8.1f} ms")
    print(f"batched PyTorch {1e3 * batched:8.1f} ms, {batched / ours:.0f} times as long")
    print(f"captum          {1e3 * captum:8.1f} ms, {captum / ours:.0f} times as long")

    # Captum gives each point the mean over the windows that contain it, with the sign of a loss.
    covering = np.convolve(dev, np.ones(WIDTH)) / np.convolve(np.ones(len(dev)), np.ones(WIDTH))
    theirs = -attribution.numpy()
    inner = slice(WIDTH, -WIDTH)
    off = np.abs(theirs - covering[:len(dev)])[inner].max() / dev.max()
    print(f"Dev and captum's differ by {off:.1e} of the largest")
    assert off < 1e-3, "captum and xrd-relevance do not do the same"

    double = load_double(encode)
    with torch.no_grad():
        exact = masked_points(double, x.double(), 256) - double(x.double()[None])
    off = np.abs(exact.norm(dim=1).numpy() - dev).max()
    print(f"Dev and the naive sweep in double precision differ by {off:.1e}, of the largest by "
          f"{off / dev.max():.1e}")

    rows = x[None].clone().requires_grad_()
    coordinate = [lambda z, k=k: encode(z)[:, k] for k in range(base.shape[1])]
    gradient = [InputXGradient(c).attribute(rows)[0].detach().numpy() for c in coordinate]
    integrated = [IntegratedGradients(c).attribute(rows, n_steps=64)[0].detach().numpy()
                  for c in coordinate]
    for title, found in [("gradient x input", summed(gradient)),
                         ("integrated gradients", summed(integrated))]:
        print(f"{title}: Spearman {spearman(dev, found):.3f} with Dev, "
              f"{shared(dev, found)} of the strongest {TOP} the same")


def load_double(encode):
    """The same encoder in double precision."""
    cells = {name: cell.cell_contents for name, cell in
             zip(encode.__code__.co_freevars, encode.__closure__)}
    network = __import__("copy").deepcopy(cells["encoder"]).double()
    mean, deviation = cells["mean"].double(), cells["deviation"].double()
    return lambda x: network((x - mean) / deviation)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
