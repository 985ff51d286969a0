"""Structures and patterns for the tests."""

import numpy as np
import pytest

import xrd

NACL = """data_NaCl
_cell_length_a 5.6402
_cell_length_b 5.6402
_cell_length_c 5.6402
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 Na 0 0 0
Cl1 Cl 0.5 0.5 0.5
"""


def cubic(a, species, positions):
    return xrd.Structure([[a, 0, 0], [0, a, 0], [0, 0, a]], species, positions)


@pytest.fixture(scope="session")
def iron():
    return cubic(2.8665, ["Fe", "Fe"], [[0, 0, 0], [0.5, 0.5, 0.5]])


@pytest.fixture(scope="session")
def salt():
    return xrd.read_structure(NACL.encode())


@pytest.fixture(scope="session")
def series():
    """Patterns of iron with growing cells, the angles, and the cells in Å."""
    cells = np.repeat(np.linspace(2.80, 2.95, 12), 2)
    axis = (40.0, 70.0, 0.05)
    structures = [cubic(a, ["Fe", "Fe"], [[0, 0, 0], [0.5, 0.5, 0.5]]) for a in cells]
    effects = {"counting_noise": {"counts": 1000}}
    return xrd.simulate(structures, two_theta=axis, fwhm=0.4, effects=effects, seed=3), xrd.angles(axis), cells


@pytest.fixture(scope="session")
def network(series):
    patterns, angles, cells = series
    model = xrd.Autoencoder(hidden=(24, 8), epochs=300, batch=4, two_theta=angles, random_state=1)
    return model.fit(patterns, cells)
