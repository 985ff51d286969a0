"""Programs that are compared with the reflections of xrd-sim. Each computes the lines of a structure.

A structure is a line of JSON in the format of xrd-io. Every program gets the unchanged cell (P1), no
displacement, one wavelength and a range of angles, and returns `Lines`. If the programs cannot be
imported, they are installed into .venv in this folder.
"""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = ["numpy", "gemmi", "phasesmith==0.7.0", "pymatgen"]

try:
    import gemmi
    import numpy as np
    import phasesmith as ps
    from pymatgen.analysis.diffraction.xrd import ATOMIC_SCATTERING_PARAMS, XRDCalculator
    from pymatgen.core import Element, Lattice, Structure
    from importlib.metadata import version
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"the peers cannot be imported by {python}; remove its folder and try again")
    venv.create(HERE / ".venv", with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    os.execv(python, [str(python), *sys.argv])

WAVELENGTH = 1.540593
RANGE = (5.0, 90.0)


@dataclass
class Lines:
    """Angles in degrees, ascending, and multiplicity · |F|² · Lorentz-polarisation."""

    angle: np.ndarray
    intensity: np.ndarray
    hkl: np.ndarray | None = None
    multiplicity: np.ndarray | None = None

    @staticmethod
    def of(angle, intensity, hkl=None, multiplicity=None):
        order = np.argsort(angle, kind="stable")
        pick = lambda x: None if x is None else np.asarray(x)[order]
        return Lines(pick(angle), pick(intensity), pick(hkl), pick(multiplicity))

    def percent(self):
        return 100 * self.intensity / self.intensity.max()


def program(name):
    """The path of one of the programs of xrd-benches, built for release."""
    command = ["cargo", "build", "--quiet", "--release", "--package", "xrd-benches", "--bin", name]
    command += ["--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    messages = map(json.loads, built.stdout.splitlines())
    return next(m["executable"] for m in messages if m.get("executable"))


def volume(structure):
    return gemmi.UnitCell(*structure["cell"]).volume


def xrd_sim(path, structures):
    """The lines by xrd-sim of every structure of a file; None for a structure that is refused."""
    out = subprocess.run([program("sticks"), path], check=True, capture_output=True, text=True)
    for structure, line in zip(structures, map(json.loads, out.stdout.splitlines()), strict=True):
        if "error" in line:
            yield line["error"]
            continue
        intensity = np.array(line["intensity"]) * volume(structure) ** 2
        yield Lines.of(line["two_theta"], intensity, line["hkl"], line["multiplicity"])


# phasesmith

SCATTERING = ps.XrayNonResonant()
LORENTZ_POLARIZATION = ps.BraggBrentanoUnpolarizedLp(WAVELENGTH)
ONE_THREAD = ps.ExecutionPolicy(1)


def phasesmith_structure(structure, group=None):
    atoms = enumerate(zip(structure["species"], structure["frac"]))
    sites = tuple(ps.AtomSite(f"{i}", f"{i}", e, e, tuple(p)) for i, (e, p) in atoms)
    cell = ps.UnitCell(*structure["cell"])
    return ps.CrystalStructure("s", "s", cell, group or ps.SpaceGroup.p1(), sites)


def phasesmith(crystal):
    generator = ps.PreparedReflectionGenerator(crystal.space_group)
    planes = generator.generate(crystal.cell, ps.CwTwoThetaRange(*RANGE, WAVELENGTH))
    found = ps.calculate_structure_factor_values(
        crystal, planes.hkl, planes.multiplicity, SCATTERING,
        correction=LORENTZ_POLARIZATION, execution=ONE_THREAD,
    )
    angle = 2 * np.degrees(np.arcsin(WAVELENGTH / 2 / planes.d_spacing_angstrom))
    # Its Lorentz-polarisation factor is half the usual one: (1 + cos²2θ)/(2 sin²θ cos θ).
    return Lines.of(angle, 2 * found.integrated_intensity, planes.hkl, planes.multiplicity)


# Form factors as functions of s = sin θ/λ


def waasmaier_kirfel(symbol, s):
    """Form factor from the table in phasesmith, a separate copy of Waasmaier and Kirfel's."""
    context = ps.ScatteringContext([ps.ScatteringSpecies(symbol)], np.asarray(s, float))
    return SCATTERING.evaluate(context).amplitudes[:, 0].real


def de_graef_mchenry(symbol, s):
    """Form factor from the table in pymatgen."""
    a, b = np.transpose(ATOMIC_SCATTERING_PARAMS[symbol])
    s2 = np.asarray(s)[:, None] ** 2
    return Element(symbol).Z - 41.78214 * s2[:, 0] * (a * np.exp(-b * s2)).sum(1)


def international_tables(symbol, s):
    """Form factor from the Cromer-Mann coefficients in gemmi."""
    row = gemmi.Element(symbol).it92
    return np.array([row.calculate_sf(x * x) for x in s])


# pymatgen


def pymatgen_structure(structure):
    cell = Lattice.from_parameters(*structure["cell"])
    return Structure(cell, structure["species"], structure["frac"])


def pymatgen(crystal):
    found = XRDCalculator(WAVELENGTH).get_pattern(crystal, scaled=False, two_theta_range=RANGE)
    return Lines.of(found.x, found.y)


# gemmi

SPARE = [gemmi.Element(n) for n in range(1, 99)]
OWN = {e.name: e.it92.get_coefs() for e in SPARE if e.it92}


def table_of_ours():
    """Element to a₁…a₅, b₁…b₅, c, as `FORM_FACTORS` of xrd-sim lists neutral atoms."""
    found = {}
    for line in (ROOT / "xrd-sim/src/scattering/table.rs").read_text().splitlines():
        words = line.translate(str.maketrans("()[]{},:;", " " * 9)).split()
        if len(words) == 17 and words[1] == "0":
            a, b, c = words[4:9], words[10:15], words[16]
            found[gemmi.Element(int(words[0])).name] = [[*map(float, x)] for x in (a, b, [c])]
    return found


def gemmi_lines(structure, planes, table=None):
    """Lines from gemmi's sums over the planes, with a table of five Gaussians instead of its own.

    gemmi's rows have four Gaussians and a constant, in single precision: the fifth is a second atom
    on the site, of an element whose row is not needed.
    """
    small, elements = gemmi.SmallStructure(), {}
    small.cell = gemmi.UnitCell(*structure["cell"])
    for symbol in sorted(set(structure["species"])):
        elements[symbol] = [gemmi.Element(symbol)]
        if table:
            (a, b, c), pair = table[symbol], SPARE[2 * len(elements) - 2:][:2]
            pair[0].it92.set_coefs([*a[:4], *b[:4], *c])
            pair[1].it92.set_coefs([a[4], 0, 0, 0, b[4], 0, 0, 0, 0])
            elements[symbol] = pair
    for symbol, position in zip(structure["species"], structure["frac"]):
        for element in elements[symbol]:
            site = gemmi.SmallStructure.Site()
            site.element, site.occ = element, 1.0
            site.fract = gemmi.Fractional(*position)
            small.add_site(site)
    small.spacegroup_hm = "P 1"
    small.setup_cell_images()
    sums = gemmi.StructureFactorCalculatorX(small.cell)
    of = lambda hkl: abs(sums.calculate_sf_from_small_structure(small, [*map(int, hkl)])) ** 2
    f_squared = np.array([of(hkl) for hkl in planes.hkl])
    if table:
        for element in SPARE:
            if element.name in OWN:
                element.it92.set_coefs(OWN[element.name])
    d = np.array([small.cell.calculate_d([*map(int, hkl)]) for hkl in planes.hkl])
    theta = np.arcsin(WAVELENGTH / 2 / d)
    factor = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
    intensity = planes.multiplicity * f_squared * factor
    return Lines.of(np.degrees(2 * theta), intensity, planes.hkl, planes.multiplicity)
