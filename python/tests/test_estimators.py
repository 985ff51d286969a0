"""The estimators obey scikit-learn's conventions."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import xrd

SMALL = xrd.Autoencoder(hidden=(6,), epochs=3, random_state=0)


@parametrize_with_checks([SMALL, xrd.PlaneRegressor(), xrd.PlaneRegressor("knn:3")])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_points_separate_the_cells(network, series):
    patterns, _, cells = series
    points = network.transform(patterns)
    assert points.shape == (24, 2) and (np.abs(points) <= 1).all()
    known = xrd.PlaneRegressor("knn:2").fit(points[::2], cells[::2])
    assert known.score(points[1::2], cells[1::2]) > 0.8
    assert network.score(patterns) > 0.5


def test_a_pipeline_is_scored_and_pickled(series):
    patterns, angles, cells = series
    steps = make_pipeline(xrd.Autoencoder(hidden=(16,), epochs=30, two_theta=angles), xrd.PlaneRegressor("idw"))
    assert len(cross_val_score(steps, patterns, cells, cv=3)) == 3
    fitted = clone(steps).fit(patterns, cells)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict(patterns), fitted.predict(patterns))


def test_the_same_seed_gives_the_same_network_for_any_number_of_threads(series):
    patterns, angles, _ = series
    settings = {"hidden": (16,), "epochs": 5, "two_theta": angles, "random_state": 4}
    one, three = (xrd.Autoencoder(threads=n, **settings).fit(patterns) for n in (1, 3))
    assert one.network_.to_bytes() == three.network_.to_bytes()
    other = xrd.Autoencoder(**{**settings, "random_state": 5}).fit(patterns)
    assert other.network_.to_bytes() != one.network_.to_bytes()


def test_every_setting_reaches_the_training(series):
    patterns, angles, cells = series
    settings = {"hidden": (8,), "epochs": 2, "two_theta": angles}
    plain = xrd.Autoencoder(**settings).fit(patterns, cells).network_.to_bytes()
    for changed in (
        {"learning_rate": 1e-2},
        {"schedule": "constant"},
        {"schedule": "step:1:0.5"},
        {"loss": "cosine"},
        {"loss": "pearson"},
        {"weight_decay": 0.1},
        {"border_weight": 1.0},
        {"label_weight": 0.0},
        {"scaling": "per_point"},
        {"strain": 0.01},
        {"effects": "mild"},
        {"clip": 1e-3},
        {"batch": 4},
        {"hidden": (9,)},
    ):
        assert xrd.Autoencoder(**{**settings, **changed}).fit(patterns, cells).network_.to_bytes() != plain, changed


def test_partial_fit_continues(series):
    patterns, angles, _ = series
    model = xrd.Autoencoder(hidden=(16,), two_theta=angles, batch=4, learning_rate=0.01)
    losses = [model.partial_fit(patterns).history_["train_loss"][-1] for _ in range(30)]
    assert len(model.history_["train_loss"]) == 1 and losses[-1] < 0.7 * losses[0]


def test_more_than_two_dimensions_are_transformed_not_decoded(series):
    patterns, angles, _ = series
    model = xrd.Autoencoder(hidden=(16,), latent=4, epochs=5, two_theta=angles).fit(patterns)
    assert model.transform(patterns).shape == (24, 4)
    assert model.reconstruct(patterns).shape == patterns.shape
    with pytest.raises(ValueError, match="plane"):
        model.inverse_transform(np.zeros((1, 4)))


def test_reconstructions_are_decoded_points(network, series):
    patterns = series[0]
    decoded = network.inverse_transform(network.transform(patterns))
    assert decoded.dtype == np.float32
    assert np.allclose(decoded, network.reconstruct(patterns), atol=1e-5)


def test_estimates_are_barycentric_in_the_triangle():
    corners, values = [[0, 0], [1, 0], [0, 1]], [[0, 5], [1, 5], [2, 8]]
    known = xrd.PlaneRegressor().fit(corners, values)
    assert np.allclose(known.predict([[0.25, 0.25], [0, 0]]), [[0.75, 5.75], [0, 5]])
    assert known.is_inside([[0.25, 0.25], [5, 5]]).tolist() == [True, False]


def test_intervals_cover_their_share():
    random = np.random.default_rng(0)
    points = random.random((300, 2))
    labels = points @ [1.0, 2.0] + 0.1 * random.standard_normal(300)
    known = xrd.PlaneRegressor("knn:5").fit(points[:200], labels[:200])
    values, ends = known.predict(points[200:], return_interval=0.8)
    assert values.shape == (100,) and ends.shape == (100, 2)
    covered = ((ends[:, 0] <= labels[200:]) & (labels[200:] <= ends[:, 1])).mean()
    assert 0.65 < covered < 0.95
    wider = known.predict(points[200:], return_interval=True)[1]
    assert (np.diff(wider) > np.diff(ends)).all()
    assert np.isinf(xrd.PlaneRegressor("knn:2").fit(points[:4], labels[:4]).interval_radius(0.9)).all()


def test_progress_counts_epochs(series):
    patterns, angles, _ = series
    seen = []
    model = xrd.Autoencoder(hidden=(8,), epochs=7, two_theta=angles, progress=lambda *steps: seen.append(steps))
    model.fit(patterns)
    assert seen[-1] == (7, 7)
