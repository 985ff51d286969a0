"""Speed of the Python package xrd-toolbox beside the same work in Python, in one run.

    python3 benches/peers/python_speed.py [simulate] [fit] [overhead] [--rounds 5] [--epochs 20] [--structures FILE] [--number 200]

Needs the package (`pip install ./python`), pymatgen for `simulate` and PyTorch for `fit`.

simulate: the pattern of each structure for Cu Ka1 on 8,500 angles, one thread, from objects that exist
  already. pymatgen computes the lines (XRDCalculator), and NumPy draws each as a pseudo-Voigt of 0.1 degrees
  within 20 widths. The structures are `well_known.jsonl`, or lines of --structures.
fit: an epoch of the paper's network (11,900-128-64-12-2 and back) on 135 patterns in batches of ten, two
  threads: `Autoencoder.fit` with --epochs epochs, and PyTorch with its fused Adam as in `pytorch_epoch.py`.
overhead: a call of `PlaneRegressor.predict` for one point of four known ones, of `Autoencoder.transform` for
  one pattern of 50 points, and of the compiled functions behind them, which do the least work.

The programs take turns, and the fastest round of each counts.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

import xrd
from xrd import _xrd

HERE = Path(__file__).resolve().parent
FWHM, ETA = 0.1, 0.5


def fastest(rounds, *calls):
    """Seconds of the fastest round of each call; the calls take turns."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for i, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


# Simulation


def structures(file, number):
    from pymatgen.core import Lattice, Structure

    lines = [json.loads(line) for line in file.read_text().splitlines()[:number]]
    found = []
    for line in lines:
        if "cell" in line:
            found.append(Structure(Lattice.from_parameters(*line["cell"]), line["species"], line["frac"]))
    return found


def drawn(angles, lines):
    """Pseudo-Voigt profiles of lines on uniform angles, scaled to a maximum of 1."""
    pattern = np.zeros_like(angles)
    step = angles[1] - angles[0]
    half = FWHM / 2
    for centre, height in zip(lines.x, lines.y):
        first = max(0, int((centre - 20 * FWHM - angles[0]) / step))
        last = min(len(angles), int((centre + 20 * FWHM - angles[0]) / step) + 2)
        u = (angles[first:last] - centre) / half
        lorentzian = 1 / (1 + u * u)
        gaussian = np.exp(-np.log(2) * u * u)
        pattern[first:last] += height * (ETA * lorentzian + (1 - ETA) * gaussian)
    return pattern / pattern.max()


def simulate(args):
    from pymatgen.analysis.diffraction.xrd import XRDCalculator

    theirs = structures(args.structures, args.number)
    ours = [xrd._structures.as_structure(structure) for structure in theirs]
    angles = xrd.angles()
    calculator = XRDCalculator("CuKa1")
    lines = [calculator.get_pattern(structure, two_theta_range=(5, 90)) for structure in theirs]

    def peer():
        for structure in theirs:
            drawn(angles, calculator.get_pattern(structure, two_theta_range=(5, 90)))

    def sticks():
        for structure in theirs:
            calculator.get_pattern(structure, two_theta_range=(5, 90))

    package = lambda: xrd.simulate(ours, b_iso=0, threads=1)
    # The patterns are the same, apart from form factors of another table.
    found = xrd.simulate(ours, b_iso=0, wavelength=calculator.wavelength)
    agreement = [np.corrcoef(drawn(angles, of), pattern)[0, 1] for of, pattern in zip(lines, found)]
    mine, whole, alone = (seconds / len(ours) for seconds in fastest(args.rounds, package, peer, sticks))
    atoms = np.median([len(structure) for structure in ours])
    print(f"simulate: {len(ours)} structures of {atoms:.0f} atoms (median), correlation of the patterns {min(agreement):.4f} or more")
    print(f"  xrd {1e3 * mine:.3f} ms, pymatgen with profiles {1e3 * whole:.2f} ms ({whole / mine:.0f} times), lines alone {1e3 * alone:.2f} ms ({alone / mine:.0f} times)")


# Training


def fit(args):
    import torch
    from pytorch_epoch import network, optimiser, patterns, scaled, train_once

    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    block = patterns(11_900, 135)
    x = scaled(block, 135)
    model = network(11_900)
    adam = optimiser(model, 11_900, fused=True)
    single = block.astype(np.float32)
    epochs = args.epochs
    ours = xrd.Autoencoder(
        epochs=epochs, weight_decay=1e-4, border_weight=0.0, schedule="constant", two_theta=(1.0, 120.0, 0.01), threads=2
    )

    def peer():
        for _ in range(epochs):
            train_once(x, model, adam, 10)

    peer()
    mine, theirs = (seconds / epochs for seconds in fastest(args.rounds, lambda: ours.fit(single), peer))
    print(f"fit: an epoch of 135 patterns of 11900 points, two threads: xrd {1e3 * mine:.1f} ms, PyTorch {1e3 * theirs:.1f} ms ({theirs / mine:.1f} times)")


# Overhead


def overhead(args):
    random = np.random.default_rng(0)
    points, labels = random.random((4, 2)), random.random((4, 1))
    query = random.random((1, 2))
    plane = xrd.PlaneRegressor().fit(points, labels[:, 0])
    few = random.random((10, 50)).astype(np.float32)
    network = xrd.Autoencoder(hidden=(4,), epochs=1).fit(few)
    iron = xrd.Structure(np.eye(3) * 2.87, ["Fe"], [[0, 0, 0]])
    repeats = 2000
    calls = {
        "compiled: estimate of one point": lambda: _xrd.estimate(points, labels, query, None, None),
        "compiled: encoding of one pattern of 50 points": lambda: network.network_.encode(few[:1]),
        "simulate, one line on 20 angles": lambda: xrd.simulate(iron, two_theta=(44.0, 46.0, 0.1)),
        "PlaneRegressor.predict of one point": lambda: plane.predict(query),
        "Autoencoder.transform of one pattern of 50 points": lambda: network.transform(few[:1]),
    }
    print("overhead of a call:")
    for name, call in calls.items():
        (seconds,) = fastest(args.rounds, lambda: [call() for _ in range(repeats)])
        print(f"  {1e6 * seconds / repeats:6.1f} us  {name}")


def main():
    parts = {"simulate": simulate, "fit": fit, "overhead": overhead}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*parts, []], metavar="PART", help=", ".join(parts))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--structures", type=Path, default=HERE / "well_known.jsonl")
    parser.add_argument("--number", type=int, default=200)
    args = parser.parse_args()
    for name in args.parts or parts:
        parts[name](args)


if __name__ == "__main__":
    main()
