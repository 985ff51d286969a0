"""Compares the speed of reflections by xrd-sim with phasesmith and pymatgen, in one run on one machine.

Uses 1,000 structures of XRD_TEST_DATA (or of ../shared/data next to the checkout), or another number,
with Cu Kα1, 5 to 90 degrees, no displacement, one thread. Building the objects of each program is not
timed. Without operators every program gets the unchanged cell. With operators xrd-sim and phasesmith
get the conventional cell by spglib, with exact positions and operations. pymatgen has no operators.

The programs take turns. For xrd-sim the fastest round counts, in real time. The others run once, divided
into as many parts as there are rounds, and their processor time counts, which does not depend on other
processes. The total intensity of every structure is compared with that of phasesmith. At the end the
time of every structure is fitted by atoms and planes.

    python3 benches/peers/stick_speed.py [--number 1000] [--rounds 5] [--record FILE]
"""

import argparse
import functools
import tempfile
import time
from fractions import Fraction

from stick_peers import *
from sticks import pick
from training import machine, occasion

import spglib

# Both programs omit the weakest lines, each by its own rule.
SAME_TOTAL = 1e-7
SYMPREC = 1e-2


# Structures


def conventional(structure):
    """The conventional cell with exact positions, and the number of its operations' list."""
    numbers = [Element(symbol).Z for symbol in structure["species"]]
    cell = Lattice.from_parameters(*structure["cell"]).matrix
    found = spglib.get_symmetry_dataset((cell, structure["frac"], numbers), symprec=SYMPREC)
    symbols = [Element.from_Z(int(z)).symbol for z in found.std_types]
    standard = {
        "id": structure["id"],
        "cell": list(Lattice(found.std_lattice).parameters),
        "species": symbols,
        "frac": found.std_positions.tolist(),
    }
    return standard, found.hall_number


@functools.cache
def operations(hall_number):
    found = spglib.get_symmetry_from_database(hall_number)
    return found["rotations"], found["translations"]


@functools.cache
def space_group(hall_number):
    exact = lambda t: tuple(Fraction(float(x)).limit_denominator(24) for x in t)
    every = zip(*operations(hall_number))
    return ps.SpaceGroup([ps.SymmetryOperation(r, exact(t)) for r, t in every])


def first_of_orbits(structure, hall_number):
    """The structure with one atom of each set of equivalent atoms."""
    rotations, translations = operations(hall_number)
    positions, kept, covered = np.array(structure["frac"]), [], set()
    for i, position in enumerate(positions):
        if i not in covered:
            kept.append(i)
            images = rotations @ position + translations
            apart = positions[:, None] - images
            covered |= set(np.flatnonzero((np.abs(apart - apart.round()) < 1e-5).all(2).any(1)))
    of = lambda column: [structure[column][i] for i in kept]
    return structure | {"species": of("species"), "frac": of("frac")}


# Timing


class Ours:
    """The times and sums that `sticks_ms` prints for a file of structures."""

    def __init__(self, structures):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".jsonl")
        self.file.write("".join(json.dumps(s) + "\n" for s in structures))
        self.file.flush()
        self.program = program("sticks_ms")

    def run(self, **options):
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        command = [self.program, self.file.name, *words]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


class Phasesmith:
    def __init__(self, structures, groups):
        prepared = {group: ps.PreparedReflectionGenerator(group) for group in set(groups)}
        crystals = map(phasesmith_structure, structures, groups)
        self.work = [(crystal, prepared[crystal.space_group]) for crystal in crystals]
        self.range = ps.CwTwoThetaRange(*RANGE, WAVELENGTH)

    def lines(self, crystal, generator):
        planes = generator.generate(crystal.cell, self.range)
        return ps.calculate_structure_factor_values(
            crystal, planes.hkl, planes.multiplicity, SCATTERING,
            correction=LORENTZ_POLARIZATION, coordinate_tolerance=1e-5, execution=ONE_THREAD,
        )

    def total(self, work):
        # Its factor has half the usual size.
        return 2 * self.lines(*work).integrated_intensity.sum()


class Timed:
    """The processor time of a step for each item, in parts, and the results of the step."""

    def __init__(self, work, step):
        self.work, self.step, self.seconds, self.found = work, step, 0.0, {}

    def run(self, part):
        begin = time.process_time()
        for i in range(len(self.work))[part]:
            self.found[i] = self.step(self.work[i])
        self.seconds += time.process_time() - begin

    def ms(self):
        return 1e3 * self.seconds / len(self.work)

    def all(self):
        return np.array([self.found[i] for i in range(len(self.work))])


def hold(ours, structures, totals, way):
    """The difference of the total intensities; ends the script if it is too large."""
    volumes = np.array([volume(s) for s in structures])
    apart = np.abs(ours.run(repeats=1)[f"{way}_totals"] * volumes**2 / totals - 1)
    worst = int(apart.argmax())
    if not apart[worst] < SAME_TOTAL:
        sys.exit(f"{way}: {structures[worst]['id']} is off by {apart[worst]:.1e}")
    return apart[worst]


def in_turn(given, standard, rounds):
    """Milliseconds per structure of each program, and the differences of the totals."""
    cells, groups = [s for s, _ in standard], [space_group(n) for _, n in standard]
    plain, known = Ours(given), Ours(cells)
    p1 = Phasesmith(given, [ps.SpaceGroup.p1()] * len(given))
    grouped = Phasesmith([first_of_orbits(*s) for s in standard], groups)
    peers = {
        "phasesmith": Timed(p1.work, p1.total),
        "phasesmith, operators": Timed(grouped.work, grouped.total),
        "pymatgen": Timed([pymatgen_structure(s) for s in given], lambda s: len(pymatgen(s).angle)),
    }
    ours = {
        f"xrd-sim{operators}{', 2 threads' * (threads - 1)}": (program, way, threads)
        for operators, program, way in (("", plain, "plain"), (", operators", known, "symmetry"))
        for threads in (1, 2)
    }
    times = {name: [] for name in ours}
    for n in range(rounds):
        for name, (program, way, threads) in ours.items():
            times[name].append(program.run(threads=threads)[f"{way}_ms"])
        for peer in peers.values():
            peer.run(slice(n, None, rounds))
    found = {
        "error without operators": hold(plain, given, peers["phasesmith"].all(), "plain"),
        "error with operators": hold(known, cells, peers["phasesmith, operators"].all(), "symmetry"),
    }
    found |= {name: min(several) for name, several in times.items()}
    return found | {name: peer.ms() for name, peer in peers.items()}, plain.run(each=1)


# Tables


def judged(ms):
    """Prints the ratios and their required minimum."""
    goals = [
        ("pymatgen over xrd-sim", ms["pymatgen"] / ms["xrd-sim"], 300),
        ("phasesmith over xrd-sim, no operators", ms["phasesmith"] / ms["xrd-sim"], 4),
        (
            "phasesmith over xrd-sim, both with operators",
            ms["phasesmith, operators"] / ms["xrd-sim, operators"],
            4,
        ),
        ("one thread over two", ms["xrd-sim"] / ms["xrd-sim, 2 threads"], 1.8),
        (
            "one thread over two, operators",
            ms["xrd-sim, operators"] / ms["xrd-sim, operators, 2 threads"],
            1.8,
        ),
    ]
    for what, found, least in goals:
        print(f"{what}: {found:.3g} (at least {least:g}{'' if found >= least else ', MISSED'})")
    return [{"what": what, "found": found, "least": least} for what, found, least in goals]


def fitted(each):
    """The time of a structure by least squares of relative errors: microseconds for each
    structure, for each plane and for each atom of each plane."""
    atoms, planes, us = (np.array(each[name]) for name in ("atoms", "planes", "plain_each_ms"))
    us = 1e3 * us
    terms = np.stack([np.ones_like(us), planes, atoms * planes])
    size, *_ = np.linalg.lstsq((terms / us).T, np.ones_like(us), rcond=None)
    off = np.abs(size @ terms / us - 1)
    print(
        f"a structure takes {size[0]:.2f} µs + {1e3 * size[1]:.2f} ns·planes "
        f"+ {1e3 * size[2]:.3f} ns·atoms·planes; half of all structures are within "
        f"{np.median(off):.0%} of that, nine of ten within {np.quantile(off, 0.9):.0%}"
    )
    groups = np.digitize(atoms * planes, 10.0 ** np.arange(2, 8))
    print("atoms × planes        structures   µs found   µs fitted")
    for group in np.unique(groups):
        here = groups == group
        found, fit = us[here].mean(), (size @ terms[:, here]).mean()
        print(f"{10 ** (group + 1):12,} and up{here.sum():10}{found:11.1f}{fit:12.1f}")
    return {"us": size[0], "us_per_plane": size[1], "us_per_atom_and_plane": size[2]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", type=Path, metavar="FILE")
    options = parser.parse_args()
    given = [json.loads(line) for line in pick(options.number)]
    ms, each = in_turn(given, [conventional(s) for s in given], options.rounds)
    versions = {name: version(name) for name in ("phasesmith", "pymatgen", "spglib")}
    print(f"{len(given)} structures;", ", ".join(f"{n} {v}" for n, v in versions.items()))
    for name, value in ms.items():
        print(f"{name:32}{value:10.1e}" if "error" in name else f"{name:32}{value:10.4f} ms")
    parts = {"structures": len(given), "versions": versions, "ms": ms}
    parts |= {"goals": judged(ms), "cost": fitted(each)}
    if options.record:
        options.record.parent.mkdir(parents=True, exist_ok=True)
        found = {"machine": machine()} | occasion() | parts
        options.record.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
