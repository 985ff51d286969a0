"""Writes src/dispersion/energies.bin: f′ and f″ of the elements between 3 and 130 keV.

The values are those of C. T. Chantler (J. Phys. Chem. Ref. Data 24, 71, 1995; 29, 597, 2000) from the
XrayDB database. They are smooth between edges. (`cromer_liberman` of gemmi, which dispersion.py uses
at the lines of tubes, has poles at some energies for heavy elements.) Points are dropped if linear
interpolation over log E replaces them to within 0.02 electrons (f′) and 0.5 % (f″).

For each element from lithium to uranium: the count as a u16, then energies in eV, f′ and f″ as f32,
little-endian, point by point.

Run: python3 -m venv .venv && .venv/bin/pip install xraydb==4.5.8 && .venv/bin/python dispersion_energies.py
"""
import json
import sqlite3
import struct
from pathlib import Path

import numpy as np
import xraydb

LOW, HIGH = 2900.0, 131_000.0
TOLERANCE = (0.02, 0.005)

database = sqlite3.connect(Path(xraydb.__file__).parent / "xraydb.sqlite")
rows = {row[0]: row[1:] for row in database.execute("select element, energy, f1, f2 from Chantler")}


def table(symbol):
    energy, prime, second = (np.array(json.loads(text)) for text in rows[symbol])
    inside = np.flatnonzero((energy > LOW) & (energy < HIGH))
    # One point more at either end.
    inside = slice(max(inside[0] - 1, 0), inside[-1] + 2)
    energy, prime, second = energy[inside], prime[inside], second[inside]
    rising = np.concatenate([[True], np.diff(energy) > 0])
    return energy[rising], prime[rising], second[rising]


def kept(energy, prime, second):
    """The points that are kept: from each the farthest to which a straight line does."""
    log, points, start = np.log(energy), [0], 0
    while start < len(log) - 1:
        end = start + 1
        for far in range(start + 2, len(log)):
            x = (log[start + 1 : far] - log[start]) / (log[far] - log[start])
            of = lambda y: y[start] + x * (y[far] - y[start]) - y[start + 1 : far]
            close = np.abs(of(prime)).max() <= TOLERANCE[0]
            if not close or (np.abs(of(second)) / second[start + 1 : far]).max() > TOLERANCE[1]:
                break
            end = far
        points.append(end)
        start = end
    return points


out, most = bytearray(), 0
for z in range(3, 93):
    energy, prime, second = table(xraydb.atomic_symbol(z))
    points = kept(energy, prime, second)
    out += struct.pack("<H", len(points))
    for i in points:
        out += struct.pack("<3f", energy[i], prime[i], second[i])
    most = max(most, len(points))
(Path(__file__).parent / "../src/dispersion/energies.bin").write_bytes(out)
print(f"{len(out)} bytes, {most} points at most")
