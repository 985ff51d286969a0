"""Structures of ASE."""

import numpy as np
import pytest
from ase.build import bulk
from ase.spacegroup import crystal

import xrd
from xrd._structures import as_structure


def test_a_pattern_is_that_of_the_same_structure():
    iron = bulk("Fe", cubic=True, a=2.8665)
    same = xrd.Structure(np.diag([2.8665] * 3).tolist(), ["Fe", "Fe"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    assert np.array_equal(xrd.simulate(iron), xrd.simulate(same))
    assert xrd.simulate([iron, iron]).shape == (2, 8500)


def test_shared_sites_are_kept():
    mixed = crystal(
        ["Mg", "O"],
        [(0, 0, 0), (0.5, 0.5, 0.5)],
        spacegroup=225,
        cellpar=[4.2, 4.2, 4.2, 90, 90, 90],
        occupancies=[0.75, 1.0],
    )
    ours = as_structure(mixed)
    assert len(ours) == len(mixed)
    assert sorted(set(ours.occupancies)) == pytest.approx([0.75, 1.0])
    full = crystal(["Mg", "O"], [(0, 0, 0), (0.5, 0.5, 0.5)], spacegroup=225, cellpar=[4.2, 4.2, 4.2, 90, 90, 90])
    assert not np.array_equal(xrd.simulate(mixed), xrd.simulate(full))
