"""Scores `xrd symmetry` on patterns of a second simulator: lines by pymatgen, drawn with NumPy.

The structures are those of substances that `xrd symmetry train` holds out (one in twenty, by the hash of
the name, or of the formula). Each pattern has Cu Kα1 and Kα2, pseudo-Voigt lines 0.08 to 0.25 degrees wide,
a zero shift, a lattice strain, a background, and counting noise, all drawn with --seed. Structures above
--atoms atoms per cell are left out, because pymatgen takes long for them, and so are those that it refuses.

The script writes patterns.npy, axis.npy and labels.csv to a folder, and runs

    xrd symmetry score --patterns patterns.npy --axis axis.npy --labels labels.csv --formula-column formula

    python3 benches/peers/second_simulator.py XRD FILE.jsonl... [--number 1500] [--out FOLDER]
"""

import argparse
import csv
import json
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
from pymatgen.analysis.diffraction.xrd import XRDCalculator
from pymatgen.core import Lattice, Structure

K_ALPHA1, K_ALPHA2 = 1.540593, 1.544427
ANGLES = 5 + 0.02 * np.arange(4250)
MINERALS = 0.5


def is_held_out(name):
    """One name in twenty, by the hash FNV-1a, as in xrd-study."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return (value ^ (value >> 32)) % 20 == 0


def held_out(files, atoms):
    """Records of substances that are held out: minerals, which have names, and computed structures."""
    minerals, computed, seen = [], [], set()
    for file in files:
        for line in open(file, encoding="utf-8"):
            record = json.loads(line)
            substance = record.get("name") or record.get("formula") or ""
            if not is_held_out(substance) or record["id"] in seen or len(record["species"]) > atoms:
                continue
            seen.add(record["id"])
            (minerals if record.get("name") else computed).append(record)
    return minerals, computed


def structure_of(record):
    occupancies = record.get("occupancy") or [1.0] * len(record["species"])
    species = [{element: share} for element, share in zip(record["species"], occupancies)]
    return Structure(Lattice.from_parameters(*record["cell"]), species, record["frac"])


def pattern_of(record, random):
    """Counts of a pattern."""
    structure = structure_of(record)
    structure.apply_strain(random.normal(0, 0.003))
    found = XRDCalculator(wavelength=K_ALPHA1).get_pattern(structure, two_theta_range=(3, 92))
    zero, width, mixing = random.normal(0, 0.02), random.uniform(0.08, 0.25), random.uniform(0.2, 0.8)
    intensity = np.zeros(len(ANGLES))
    for angle, height in zip(found.x, found.y):
        sine = np.sin(np.radians(angle / 2))
        for ratio, share in ((1, 1.0), (K_ALPHA2 / K_ALPHA1, 0.5)):
            if sine * ratio >= 1:
                continue
            centre = 2 * np.degrees(np.arcsin(sine * ratio)) + zero
            x = 2 * (ANGLES - centre) / width
            intensity += share * height * (mixing / (1 + x**2) + (1 - mixing) * np.exp(-np.log(2) * x**2))
    intensity /= intensity.max()
    low, hump = random.uniform(0, 0.1), random.uniform(0, 0.15)
    intensity += low * np.exp(-ANGLES / 20) + hump * np.exp(-(((ANGLES - 25) / 12) ** 2)) + 0.01
    return random.poisson(intensity * 10 ** random.uniform(3, 4.5))


def simulated(records, number, random):
    """Patterns and labels. If there are fewer records than patterns, each has several patterns."""
    patterns, rows = [], []
    order = random.permutation(len(records))
    for k in range(4 * number):
        if len(patterns) == number:
            break
        record = records[order[k % len(order)]]
        try:
            patterns.append(pattern_of(record, random))
        except (ValueError, KeyError) as error:
            print(f"{record['id']} is left out: {error}")
            continue
        rows.append([record["id"], record["sg"], record.get("formula", "")])
    return patterns, rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--number", type=int, default=1500)
    parser.add_argument("--atoms", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    random = np.random.default_rng(given.seed)
    minerals, computed = held_out(given.files, given.atoms)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(given.out or scratch)
        folder.mkdir(exist_ok=True)
        patterns, rows = [], []
        for records, share in ((minerals, MINERALS), (computed, 1 - MINERALS)):
            found = simulated(records, round(share * given.number), random)
            patterns += found[0]
            rows += found[1]
        np.save(folder / "patterns.npy", np.array(patterns, dtype=np.float32))
        np.save(folder / "axis.npy", ANGLES)
        with open(folder / "labels.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["id", "space_group", "formula"], *rows])
        print(f"{len(patterns)} patterns of {len(minerals)} minerals and {len(computed)} computed structures that are held out")
        names = ["--patterns", "patterns.npy", "--axis", "axis.npy", "--labels", "labels.csv"]
        paths = [name if name.startswith("--") else str(folder / name) for name in names]
        command = [given.program, "symmetry", "score", *paths, "--formula-column", "formula", "--out", str(folder / "scores")]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
