"""series.py: compares the numbers of inequivalent arrangements by xrd series and by SHRY.

SHRY (G. I. Prayogo et al., J. Chem. Inf. Model. 62, 2909, 2022) counts by Pólya's theorem and lists by
canonical augmentation. xrd series --count also counts by Pólya's theorem, and its lists are tested
against that. Prints one line per system. The exit status is 1 if two counts differ. Needs SHRY (pip
install shry) and cargo.
"""
import contextlib, os, re, subprocess, sys, tempfile, warnings

warnings.filterwarnings("ignore")
from pymatgen.core import Lattice, Structure
from shry.core import Substitutor




def smfe12():
    """The 13 atoms of the primitive cell whose vectors are ½⟨a a c⟩, as in xrd-sim's own series."""
    a, c = 8.514, 4.663
    tetragonal = Structure.from_spacegroup(
        "I4/mmm", Lattice.tetragonal(a, c), ["Sm", "Fe", "Fe", "Fe"],
        [[0, 0, 0], [0.25, 0.25, 0.25], [0.2682, 0.5, 0], [0.3588, 0, 0]])
    primitive = Lattice([[-a / 2, a / 2, c / 2], [a / 2, -a / 2, c / 2], [a / 2, a / 2, -c / 2]])
    cell = Structure(primitive, tetragonal.species, tetragonal.cart_coords, coords_are_cartesian=True, to_unit_cell=True)
    cell.merge_sites(0.01, mode="delete")
    assert len(cell) == 13
    return cell


# Name, structure, element, an atom of its orbit (Å) or None for all atoms, guest, supercell, numbers of guests.
SYSTEMS = [
    ("bcc Fe1-xCox", Structure.from_spacegroup("Im-3m", Lattice.cubic(2.8665), ["Fe"], [[0, 0, 0]]),
     "Fe", None, "Co", (2, 2, 2), [1, 2, 4, 6, 8]),
    ("rock salt Pb1-xSnxTe", Structure.from_spacegroup("Fm-3m", Lattice.cubic(6.46), ["Pb", "Te"], [[0, 0, 0], [0.5, 0, 0]]),
     "Pb", None, "Sn", (2, 2, 1), [1, 2, 4, 6, 8]),
    ("perovskite SrTi1-xZrxO3", Structure.from_spacegroup("Pm-3m", Lattice.cubic(3.905), ["Sr", "Ti", "O"], [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0]]),
     "Ti", None, "Zr", (2, 2, 3), [1, 2, 3, 4, 6]),
    ("rutile Ti1-xSnxO2", Structure.from_spacegroup("P4_2/mnm", Lattice.tetragonal(4.594, 2.959), ["Ti", "O"], [[0, 0, 0], [0.305, 0.305, 0]]),
     "Ti", None, "Sn", (2, 2, 2), [1, 2, 4, 6, 8]),
    ("wurtzite Ga1-xInxN", Structure.from_spacegroup("P6_3mc", Lattice.hexagonal(3.19, 5.19), ["Ga", "N"], [[1 / 3, 2 / 3, 0], [1 / 3, 2 / 3, 0.377]]),
     "Ga", None, "In", (2, 2, 2), [1, 2, 4, 6, 8]),
    ("SmFe12-xTix, x on 8i of the primitive cell", smfe12(),
     "Fe", (0.3588 * 8.514, 0, 0), "Ti", (2, 2, 1), [2, 4, 6, 8]),
]


def orbit(structure, element, place):
    """The atoms that are replaced."""
    of_element = [i for i, site in enumerate(structure) if site.specie.symbol == element]
    if place is None:
        return of_element
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer
    dataset = SpacegroupAnalyzer(structure, 1e-3).get_symmetry_dataset()
    orbits = dataset.equivalent_atoms if hasattr(dataset, "equivalent_atoms") else dataset["equivalent_atoms"]
    groups = {}
    for i in of_element:
        groups.setdefault(orbits[i], []).append(i)
    nearest = min(of_element, key=lambda i: structure[i].distance_and_image_from_frac_coords(
        structure.lattice.get_fractional_coords(place))[0])
    return groups[orbits[nearest]]


def by_shry(structure, sites, guest, cell, count):
    ordered = structure.copy()
    share = count / (len(sites) * cell[0] * cell[1] * cell[2])
    for i in sites:
        host = ordered[i].specie.symbol
        ordered.replace(i, {host: 1 - share, guest: share})
    ordered.add_site_property("_atom_site_label", ["X" if i in sites else f"{s.species_string}" for i, s in enumerate(ordered)])
    ordered *= cell
    with open(os.devnull, "w") as quiet, contextlib.redirect_stderr(quiet):
        return Substitutor(ordered).count()


def by_xrd(structure, sites, guest, cell, counts):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "POSCAR")
        structure.get_sorted_structure().to(filename=path, fmt="poscar")
        at = ",".join(f"{x:.9f}" for x in structure[sites[0]].frac_coords)
        command = ["cargo", "run", "--quiet", "--release", "--bin", "xrd", "--", "series", path, "--count",
                   "--site", f"{structure[sites[0]].specie.symbol}@{at}", "--with", guest,
                   "--supercell", "x".join(map(str, cell)), "--guests", ",".join(map(str, counts))]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [tuple(map(int, line)) for line in re.findall(r"of (\d+) sites: (\d+) arr", out)]


different = False
for name, structure, element, place, guest, cell, counts in SYSTEMS:
    sites = orbit(structure, element, place)
    theirs = [by_shry(structure, sites, guest, cell, n) for n in counts]
    found = by_xrd(structure, sites, guest, cell, counts)
    ours = [n for _, n in found]
    equal = ours == theirs
    different |= not equal
    print(f"{name}, {found[0][0]} sites, {guest} {counts}: xrd {ours}, SHRY {theirs}: {'equal' if equal else 'DIFFERENT'}")
sys.exit(different)
