"""Answers of the shipped models."""

import numpy as np
import pytest

import xrd

LAB = {"effects": "laboratory", "seed": 2, "two_theta": (10, 100, 0.02)}


def test_salt_is_cubic(salt):
    pattern = xrd.simulate(salt, **LAB)
    answer = xrd.classify(pattern, two_theta=LAB["two_theta"])
    assert answer.crystal_system == "cubic"
    assert answer.refused in (None, "uncertain", "unexplained")
    assert sum(answer.crystal_systems.values()) == pytest.approx(1)
    assert answer.space_groups[0][2] == pytest.approx(answer.certainty) and answer.space_group in range(1, 231)
    refused = xrd.classify(pattern, two_theta=LAB["two_theta"], threshold=1.0)
    assert refused.refused == "uncertain" or answer.certainty == 1


def test_many_patterns_give_many_answers(salt, iron):
    patterns = xrd.simulate([salt, iron], **LAB)
    answers = xrd.classify(patterns, two_theta=LAB["two_theta"])
    assert [type(answer) for answer in answers] == [xrd.Symmetry] * 2


def test_salt_is_recognised(salt):
    pattern = xrd.simulate(salt, **LAB)
    found = xrd.identify(pattern, two_theta=LAB["two_theta"], top=3)
    assert len(found.structures) == 3 and found.structures[0].space_group == 225
    best = found.structures[0]
    assert best.similarity >= found.structures[1].similarity and best.lines["found"].any()
    assert set(best.formula) & set("NaCl")
    text = "\n".join(f"{x:.2f} {y:.5f}" for x, y in zip(xrd.angles(LAB["two_theta"]), pattern))
    scan = xrd.read(text.encode(), name="salt.xy")
    assert xrd.identify(scan).structures[0].name == best.name


def test_phases_of_a_mixture(salt, iron):
    mixed = xrd.simulate([salt, iron], **LAB).sum(axis=0)
    found = xrd.identify(mixed, two_theta=LAB["two_theta"], phases=2)
    assert 1 <= len(found.phases) <= 2 and 0 < found.similarity <= 1
    assert sum(phase.intensity_share for phase in found.phases) == pytest.approx(1, abs=0.05)


def test_a_formula_has_structures():
    found = xrd.predict("SrTiO3", candidates=3)
    assert 1 <= len(found) <= 3
    first = found[0]
    assert set(first.structure.species) == {"Sr", "Ti", "O"} and first.intensities.shape == first.two_theta.shape
    assert all(a.probability >= b.probability for a, b in zip(found, found[1:]))
    again = xrd.simulate(first.structure, two_theta=(20, 60, 0.02))
    assert np.isfinite(again).all()


def test_wrong_arguments_are_refused(salt):
    pattern = xrd.simulate(salt, **LAB)
    with pytest.raises(ValueError, match="two_theta is missing"):
        xrd.classify(pattern)
    with pytest.raises(ValueError, match="0 to 1"):
        xrd.classify(pattern, two_theta=LAB["two_theta"], threshold=2)
    with pytest.raises(ValueError, match="phases 9"):
        xrd.identify(pattern, two_theta=LAB["two_theta"], phases=9)
    with pytest.raises(ValueError, match="not a formula"):
        xrd.predict("Xx2")
