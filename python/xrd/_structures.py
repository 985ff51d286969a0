"""Crystal structures from files and from other packages."""

from __future__ import annotations

from typing import Any

import numpy as np

from xrd import _xrd
from xrd._arguments import Source, source
from xrd._xrd import Structure

__all__ = ["Structure", "as_structure", "read_structure", "read_structures"]


def read_structures(file: Source) -> list[tuple[str, Structure]]:
    """Read all crystal structures of a file.

    Parameters
    ----------
    file : path or bytes
        A CIF or POSCAR file, also compressed (.gz, .bz2), or its content.

    Returns
    -------
    list of (str, Structure)
        The structures with their names, in the order of the file.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not a structure file, or is damaged.
    """
    return [(name, structure) for name, structure, _ in _xrd.read_structures(source(file, "structure"))]


def read_structure(file: Source) -> Structure:
    """Read the crystal structure of a file that has one.

    Parameters
    ----------
    file : path or bytes
        A CIF or POSCAR file, also compressed (.gz, .bz2), or its content.

    Returns
    -------
    Structure
        All atoms of the unit cell.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not a structure file, is damaged, or has several structures.
    """
    found = read_structures(file)
    if len(found) != 1:
        raise ValueError(f"the file has {len(found)} structures (read_structures reads all)")
    return found[0][1]


def as_structure(given: Any) -> Structure:
    """A structure of this package, from one of pymatgen or ASE, or from a file.

    Nothing of pymatgen or ASE is imported: an object that has ``lattice.matrix`` and sites, or ``get_scaled_positions``,
    is one of theirs.
    """
    if isinstance(given, Structure):
        return given
    if hasattr(given, "lattice") and hasattr(given, "sites"):
        return _of_pymatgen(given)
    if hasattr(given, "get_scaled_positions") and hasattr(given, "get_chemical_symbols"):
        return _of_ase(given)
    if isinstance(given, (str, bytes, bytearray)) or hasattr(given, "__fspath__"):
        return read_structure(given)
    kind = type(given).__name__
    raise TypeError(f"'{kind}' is not a structure (expected xrd.Structure, pymatgen.Structure, ase.Atoms or a file)")


def _of_pymatgen(given: Any) -> Structure:
    species, positions, occupancies = [], [], []
    for site in given.sites:
        for kind, amount in site.species.items():
            species.append(_name(kind))
            positions.append([float(x) for x in site.frac_coords])
            occupancies.append(min(float(amount), 1.0))
    return Structure(np.asarray(given.lattice.matrix, dtype=float).tolist(), species, positions, occupancies)


def _name(kind: Any) -> str:
    """The symbol of an element or species of pymatgen, with a charge that is a whole number."""
    element = getattr(kind, "element", kind)
    symbol = {"D": "H", "T": "H"}.get(str(element.symbol), str(element.symbol))
    charge = getattr(kind, "oxi_state", None) or 0
    if charge == 0 or charge != int(charge):
        return symbol
    return f"{symbol}{abs(int(charge))}{'+' if charge > 0 else '-'}"


def _of_ase(given: Any) -> Structure:
    cell = np.asarray(given.get_cell()[:], dtype=float)
    symbols = given.get_chemical_symbols()
    positions = given.get_scaled_positions()
    shares = given.info.get("occupancy") if hasattr(given, "info") else None
    kinds = given.arrays.get("spacegroup_kinds") if shares else None
    if shares is None or kinds is None:
        return Structure(cell.tolist(), symbols, positions.tolist())
    species, places, occupancies = [], [], []
    for position, kind in zip(positions.tolist(), kinds):
        # The keys are numbers, or text after a file was written and read.
        for symbol, amount in shares.get(kind, shares.get(str(kind), {})).items():
            species.append(symbol)
            places.append(position)
            occupancies.append(min(float(amount), 1.0))
    return Structure(cell.tolist(), species, places, occupancies)
