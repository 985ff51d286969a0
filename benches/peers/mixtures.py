"""Simulated sets of mixtures with known phases, for `groups.py`.

Each set has 300 samples. Half of them are one phase, half are mixtures of two. The share of a phase is its
share of the intensity between 10° and 80°, and the truth of a sample is the phase with the larger share,
0.5 to 0.95 in a mixture. The phases are not equally frequent.

Each sample has its own lattice (strain of the cell with a standard deviation of 0.2 %, and of the c axis
of 0.1 %), crystallite size (150 to 2,000 Å), microstrain (to 0.2 %), preferred orientation (in half of the
cases, March coefficient 0.6 to 1), zero shift (standard deviation 0.02°), displacement (to 0.1 mm),
background and counting noise (300 to 30,000 counts at the highest line). Lines come from `xrd simulate`,
of structures of `minerals/amcsd_minerals.jsonl`.
"""

import json
import subprocess

import numpy as np

# Entries of the American Mineralogist Crystal Structure Database.
PHASES = {
    "six phases": {
        "hematite": "amcsd-00143",
        "magnetite": "amcsd-00945",
        "rutile": None,
        "anatase": "amcsd-10735",
        "ilmenite": "amcsd-00925",
        "pseudobrookite": "amcsd-18179",
    },
    "twelve phases": {
        "quartz": "amcsd-00789",
        "calcite": "amcsd-00098",
        "dolomite": "amcsd-00086",
        "siderite": "amcsd-00101",
        "gypsum": "amcsd-04651",
        "goethite": "amcsd-02226",
        "pyrite": "amcsd-00605",
        "halite": "amcsd-03397",
        "fluorite": "amcsd-11683",
        "corundum": "amcsd-09325",
        "orthoclase": "amcsd-18075",
        "barite": "amcsd-00163",
    },
}

EFFECTS = """
[emission]
anode = "Cu"
k_alpha2 = 0.5
[broadening]
u = 0.004
v = -0.002
w = 0.005
size_angstrom = { log_uniform = [150, 2000] }
strain = { uniform = [0, 0.002] }
[axial_divergence]
s_over_l = 0.02
h_over_l = 0.02
[texture]
probability = 0.5
planes = [[0, 0, 1], [1, 0, 0], [1, 1, 0], [1, 0, 4]]
r = { uniform = [0.6, 1] }
"""

SAMPLES = 300
RADIUS_MM = 217.5


def structures(minerals, phases):
    """One structure per phase. The rutile is the first without other elements."""
    rows = [json.loads(line) for line in minerals.open()]
    rutile = next(r["id"] for r in rows if r["name"] == "Rutile" and r["formula"] == "Ti O2" and r["natoms"] == 6)
    by_id = {row["id"]: row for row in rows}
    return [by_id[entry or rutile] for entry in phases.values()]


def strained(structure, rng, name):
    a, b, c, *angles = structure["cell"]
    factor, axial = 1 + rng.normal(0, 0.002), 1 + rng.normal(0, 0.001)
    along_c = factor if a == b == c else factor * axial
    return {**structure, "cell": [a * factor, b * factor, c * along_c, *angles], "id": name}


def drawn_shares(rng, phases):
    """Shares of the phases in each sample."""
    frequent = rng.dirichlet(np.full(phases, 4.0))
    while frequent.min() < 0.4 / phases:
        frequent = rng.dirichlet(np.full(phases, 4.0))
    shares = np.zeros((SAMPLES, phases))
    for row in shares:
        first = rng.choice(phases, p=frequent)
        row[first] = 1
        if rng.random() >= 0.5:
            second = rng.choice([j for j in range(phases) if j != first])
            row[first] = rng.uniform(0.5, 0.95)
            row[second] = 1 - row[first]
    return shares


def lines(program, folder, components, seed):
    """2θ and one pattern per component, without background and noise."""
    source, effects = folder / "components.jsonl", folder / "effects.toml"
    source.write_text("".join(json.dumps(component) + "\n" for component in components))
    effects.write_text(EFFECTS)
    command = [program, "simulate", source, "--effects", effects, "--seed", str(seed), "--out", folder / "lines"]
    command += "--from 9 --to 81 --step 0.02 --format npz --threads 1".split()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    archive = np.load(folder / "lines/patterns.npz")
    return archive["two_theta"], next(archive[n] for n in archive.files if archive[n].ndim == 2).astype(float)


def background(rng, grid):
    t = (grid - 45) / 35
    smooth = rng.uniform(0.01, 0.08) * (1 + 0.5 * rng.uniform(-1, 1) * t + 0.5 * rng.uniform(0, 1) * t * t)
    smooth += rng.uniform(0, 0.1) * np.exp(-(grid - 10) / rng.uniform(5, 15))
    if rng.random() < 0.3:
        hump = np.exp(-4 * np.log(2) * ((grid - rng.uniform(20, 30)) / 10) ** 2)
        smooth += rng.uniform(0, 0.05) * hump
    return smooth


def mixtures(name, seed, program, minerals, folder):
    """2θ, counts and shares of a set."""
    rng = np.random.default_rng([seed, len(PHASES[name])])
    phases = structures(minerals, PHASES[name])
    shares = drawn_shares(rng, len(phases))
    where = [(i, j) for i, row in enumerate(shares) for j in np.flatnonzero(row)]
    components = [strained(phases[j], rng, f"c{n:05}") for n, (i, j) in enumerate(where)]
    two_theta, patterns = lines(program, folder, components, seed)
    assert len(patterns) == len(where), "a structure has failed"
    grid = np.arange(10, 80.001, 0.02).round(2)
    shift = [(rng.normal(0, 0.02), rng.uniform(-0.1, 0.1)) for _ in range(SAMPLES)]
    total = np.zeros((SAMPLES, len(grid)))
    inside = (two_theta >= 10) & (two_theta <= 80)
    for (i, j), pattern in zip(where, patterns):
        zero, mm = shift[i]
        moved = two_theta + zero - np.degrees(2 * mm / RADIUS_MM * np.cos(np.radians(two_theta / 2)))
        total[i] += shares[i, j] * np.interp(grid, moved, pattern / pattern[inside].sum())
    for row in total:
        row /= row.max()
        row += background(rng, grid)
        row[:] = rng.poisson(10 ** rng.uniform(2.5, 4.5) * np.maximum(row, 0))
    return grid, total, shares
