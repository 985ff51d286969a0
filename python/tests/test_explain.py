"""Relevance and generation."""

import numpy as np
import pytest

import xrd


def test_the_line_is_more_relevant_than_the_background(network, series):
    patterns, angles, _ = series
    found = xrd.relevance(network, patterns[5], window=0.5)
    assert found.dev.shape == found.two_theta.shape and found.displacement.shape == (len(found.dev), 2)
    assert np.allclose(np.hypot(*found.displacement.T), found.dev)
    strongest = angles[patterns[5].argmax()]
    assert abs(found.two_theta[found.dev.argmax()] - strongest) < 2
    ranks = found.peaks["relevance_rank"]
    assert len(found.peaks) > 0 and (np.diff(ranks) > 0).all()


def test_masking_with_the_pattern_itself_changes_nothing(network, series):
    pattern = series[0][5]
    assert xrd.relevance(network, pattern, instead=pattern).dev.max() < 1e-6


def test_a_generated_pattern_has_the_line_of_its_cell(network, series):
    patterns, angles, cells = series
    known = xrd.PlaneRegressor().fit(network.transform(patterns), cells)
    wanted = 2.875
    (found,) = xrd.generate(network, known, {"a": wanted}, names=["a"])
    expected = 2 * np.degrees(np.arcsin(1.540593 / (2 * wanted / np.sqrt(2))))
    assert abs(angles[found.intensities.argmax()] - expected) < 0.3
    assert np.array_equal(found.intensities, xrd.generate(network, known, wanted)[0].intensities)
    assert xrd.generate(network, known, [5.0]) == [None]


def test_unknown_labels_and_rules_are_refused(network, series):
    patterns, _, cells = series
    known = xrd.PlaneRegressor().fit(network.transform(patterns), cells)
    with pytest.raises(ValueError, match="b"):
        xrd.generate(network, known, {"b": 1.0}, names=["a"])
    with pytest.raises(ValueError, match="between, strained or contour"):
        xrd.generate(network, known, 2.9, rule="near")
    with pytest.raises(ValueError, match="2 names for 1 labels"):
        xrd.generate(network, known, 2.9, names=["a", "b"])
