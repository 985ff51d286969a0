"""Structures of pymatgen."""

import numpy as np
import pytest
from pymatgen.analysis.diffraction.xrd import XRDCalculator
from pymatgen.core import Lattice, Structure

import xrd


def salt():
    return Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.6402), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])


def test_lines_are_those_of_pymatgen():
    theirs = XRDCalculator("CuKa1").get_pattern(salt(), two_theta_range=(20, 90))
    ours = xrd.reflections(salt(), two_theta=(20, 90), wavelength=1.54056, b_iso=0)
    strong = ours.intensity > 0.01 * ours.intensity.max()
    assert np.allclose(ours.two_theta[strong], theirs.x[theirs.y > 1][: strong.sum()], atol=0.01)


def test_a_pattern_is_that_of_the_same_structure():
    same = xrd.Structure(salt().lattice.matrix.tolist(), [s.specie.symbol for s in salt()], salt().frac_coords.tolist())
    assert np.allclose(xrd.simulate(salt()), xrd.simulate(same), atol=1e-6)
    assert xrd.simulate([salt(), salt()]).shape == (2, 8500)


def test_charges_and_shared_sites_are_kept():
    mixed = Structure(Lattice.cubic(4.2), [{"Mg2+": 0.75, "Fe2+": 0.25}, "O2-"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    from xrd._structures import as_structure

    ours = as_structure(mixed)
    assert sorted(ours.species) == ["Fe2+", "Mg2+", "O2-"]
    assert sorted(ours.occupancies) == pytest.approx([0.25, 0.75, 1.0])
    assert np.isfinite(xrd.simulate(mixed)).all()
