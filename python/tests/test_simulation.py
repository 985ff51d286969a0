"""Simulated patterns."""

import math
import pathlib

import numpy as np
import pytest

import xrd


def test_lines_are_where_bragg_puts_them(iron):
    pattern, angles = xrd.simulate(iron), xrd.angles()
    assert pattern.dtype == np.float32 and pattern.shape == angles.shape == (8500,)
    expected = 2 * math.degrees(math.asin(1.540593 / (2 * 2.8665 / math.sqrt(2))))
    assert angles[pattern.argmax()] == pytest.approx(expected, abs=0.01)
    assert pattern.max() == pytest.approx(1, abs=1e-6)


def test_reflections_of_iron(iron):
    found = xrd.reflections(iron, two_theta=(30, 90))
    assert np.allclose(found.d[:2], [2.8665 / math.sqrt(2), 2.8665 / 2], atol=1e-9)
    assert (np.abs(found.hkl).sum(axis=1) % 2 == 0).all()
    assert found.multiplicity[0] == 12 and found.intensity.argmax() == 0


def test_a_pattern_depends_on_its_id_alone(iron, salt):
    structures = [iron, salt, iron, salt, iron]
    options = {"effects": "laboratory", "seed": 5, "two_theta": (20, 60, 0.05)}
    all_ = xrd.simulate(structures, **options)
    assert np.array_equal(all_, xrd.simulate(structures, threads=1, **options))
    assert np.array_equal(all_, xrd.simulate(structures, threads=3, **options))
    assert np.array_equal(all_[3], xrd.simulate(salt, ids=3, **options))
    assert np.array_equal(all_[[4, 1]], xrd.simulate([iron, salt], ids=[4, 1], **options))
    assert not np.array_equal(all_[0], all_[2])
    assert not np.array_equal(all_, xrd.simulate(structures, **{**options, "seed": 6}))


def test_no_structures_are_no_patterns():
    assert xrd.simulate([], two_theta=(10, 20, 0.5)).shape == (0, 20)


def test_effects_are_tables_or_a_file(tmp_path, iron):
    tables = {"zero_shift": {"deg": 0.5}, "profile": {"fwhm_deg": 0.2, "eta": 0.5}}
    file = tmp_path / "effects.toml"
    file.write_text("[zero_shift]\ndeg = 0.5\n[profile]\nfwhm_deg = 0.2\neta = 0.5\n")
    shifted = xrd.simulate(iron, effects=tables)
    assert np.array_equal(shifted, xrd.simulate(iron, effects=file))
    plain = xrd.simulate(iron, fwhm=0.2)
    assert shifted.argmax() - plain.argmax() == 50
    assert np.array_equal(plain, xrd.simulate(iron, fwhm=0.2, effects="none"))


def test_the_tube_of_the_effects_is_the_wavelength(iron):
    tube = {"emission": {"anode": "Mo", "k_alpha2": 0.5}}
    molybdenum, copper = xrd.simulate(iron, effects=tube), xrd.simulate(iron)
    assert molybdenum.argmax() < copper.argmax()
    assert xrd.simulate(iron, wavelength="MoKa1").argmax() == pytest.approx(molybdenum.argmax(), abs=1)


def test_laboratory_is_that_of_the_program():
    here = pathlib.Path(__file__).resolve().parents[2]
    theirs = here / "xrd-cli" / "src" / "command" / "simulate" / "laboratory.toml"
    if not theirs.is_file():
        pytest.skip("the sources of the program are not here")
    assert (here / "python" / "src" / "laboratory.toml").read_bytes() == theirs.read_bytes()


def test_progress_reaches_the_end(iron):
    seen = []
    xrd.simulate([iron] * 40, effects="laboratory", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40) and seen == sorted(seen)


def test_angles_can_be_given_as_angles(iron):
    axis = np.arange(30, 60, 0.1)
    assert np.allclose(xrd.angles(axis), axis)
    assert np.array_equal(xrd.simulate(iron, two_theta=axis), xrd.simulate(iron, two_theta=(30, 60, 0.1)))
