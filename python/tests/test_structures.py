"""Structures: construction, files, pickling, and those of other packages."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import xrd
from conftest import NACL


def test_a_structure_has_what_it_was_given(iron):
    assert iron.formula == "Fe2" and len(iron) == 2
    assert iron.volume == pytest.approx(2.8665**3)
    assert iron.positions.tolist() == [[0, 0, 0], [0.5, 0.5, 0.5]]
    assert iron.space_group() == 229


def test_charges_occupancies_and_displacements_survive_pickling():
    made = xrd.Structure(
        np.diag([4.0, 4.0, 5.0]),
        ["Fe3+", "O2-", "O"],
        [[0, 0, 0], [0.5, 0.5, 0], [0.1, 0.2, 0.3]],
        [1.0, 0.5, 0.25],
        [0.01, None, [0.01, 0.02, 0.03, 0.0, 0.0, 0.001]],
    )
    again = pickle.loads(pickle.dumps(made))
    assert again == made and again != 1
    assert again.species == ["Fe3+", "O2-", "O"]
    assert again.occupancies.tolist() == [1.0, 0.5, 0.25]
    assert again.displacements[0] == 0.01 and again.displacements[1] is None
    assert list(again.displacements[2]) == [0.01, 0.02, 0.03, 0.0, 0.0, 0.001]


def test_a_file_and_its_bytes_give_the_same_structure(tmp_path, salt):
    path = tmp_path / "NaCl.cif"
    path.write_text(NACL)
    assert xrd.read_structure(path) == salt == xrd.read_structure(str(path))
    assert salt.formula == "Na4Cl4" or salt.formula == "Cl4Na4"
    assert [name for name, _ in xrd.read_structures(path)] == ["NaCl"]


def test_two_structures_in_a_file_are_not_one():
    with pytest.raises(ValueError, match="2 structures"):
        xrd.read_structure((NACL + NACL.replace("data_NaCl", "data_again")).encode())


def pymatgen_like(structure):
    """What pymatgen's Structure looks like from outside."""

    class Element:
        def __init__(self, symbol):
            self.symbol = symbol

    def site(symbol, position):
        return SimpleNamespace(species={Element(symbol): 1.0}, frac_coords=position)

    sites = [site(symbol, position) for symbol, position in zip(structure.species, structure.positions)]
    return SimpleNamespace(lattice=SimpleNamespace(matrix=structure.lattice), sites=sites)


class AseLike:
    """What ASE's Atoms looks like from outside."""

    def __init__(self, structure):
        self.structure, self.info, self.arrays = structure, {}, {}

    def get_cell(self):
        return self.structure.lattice

    def get_chemical_symbols(self):
        return self.structure.species

    def get_scaled_positions(self):
        return self.structure.positions


@pytest.mark.parametrize("like", [pymatgen_like, AseLike])
def test_structures_of_other_packages_give_the_same_pattern(like, iron):
    assert np.array_equal(xrd.simulate(like(iron)), xrd.simulate(iron))
    assert np.array_equal(xrd.simulate([like(iron), iron]), xrd.simulate([iron, iron]))
