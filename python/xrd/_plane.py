"""Estimates of labels from points, as an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrd import _xrd
from xrd._base import BaseEstimator, RegressorMixin, check_is_fitted, validate_data


class PlaneRegressor(RegressorMixin, BaseEstimator):
    """Estimates labels at points of a plane from the labels of known points.

    Parameters
    ----------
    estimator : str
        How an estimate is made: ``"triangle"`` (barycentric in the nearest triangle of known points that contains the
        point), ``"three-nearest"``, ``"inner-product"``, ``"delaunay"``, ``"natural"``, ``"curve"``, ``"knn[:K]"``,
        ``"idw[:POWER[:K]]"`` or ``"kmeans[:K]"``. ``"auto"`` is the triangle on a plane, and ``"knn"`` in other spaces,
        where triangle, delaunay and natural do not exist.
    threads : int, optional
        Number of threads, all cores by default.

    Attributes
    ----------
    points_ : ndarray of shape (n_known, n_features_in_)
        Known points.
    labels_ : ndarray of shape (n_known, n_labels)
        Their labels.
    n_features_in_ : int
        Number of coordinates.

    References
    ----------
    K. Utimula et al. (2022): the nearest triangle.

    Examples
    --------
    >>> import xrd
    >>> known = xrd.PlaneRegressor().fit([[0, 0], [1, 0], [0, 1]], [0.0, 1.0, 2.0])
    >>> known.predict([[0.25, 0.25]])
    array([0.75])
    """

    def __init__(self, estimator: str = "auto", *, threads: int | None = None) -> None:
        self.estimator = estimator
        self.threads = threads

    def fit(self, X: ArrayLike, y: ArrayLike) -> PlaneRegressor:
        """Keep known points and their labels.

        Parameters
        ----------
        X : array_like of shape (n_known, n_coordinates)
            Known points.
        y : array_like of shape (n_known,) or (n_known, n_labels)
            Their labels.

        Returns
        -------
        PlaneRegressor
            The estimator itself.

        Raises
        ------
        ValueError
            If shapes do not agree, a number is NaN or infinite, or the estimator does not exist in this space.
        """
        if y is None:
            raise ValueError("PlaneRegressor requires y to be passed, but the target y is None")
        points, labels = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self.points_ = np.ascontiguousarray(points)
        self.labels_ = np.ascontiguousarray(np.asarray(labels, dtype=np.float64).reshape(len(points), -1))
        self._has_one_label = np.ndim(labels) == 1
        # Refuses what cannot be estimated at once.
        self._estimates(self.points_[:1])
        return self

    def predict(self, X: ArrayLike, *, return_interval: float | bool = False) -> Any:
        """Estimate labels at points.

        Parameters
        ----------
        X : array_like of shape (n_points, n_coordinates)
            Points.
        return_interval : float or bool
            Share of new points whose labels must be inside the interval, 0 to 1; True means 0.9. The interval is that of
            split conformal prediction: known points are estimated from all others, and a quantile of these errors is
            half its width. It is infinite if there are too few known points for the share.

        Returns
        -------
        ndarray, or (ndarray, ndarray)
            Estimates of shape (n_points,) or (n_points, n_labels); with `return_interval` also the ends of the
            intervals, of the same shape with a last axis of 2.
        """
        values, _ = self._at(X)
        if return_interval is False or return_interval is None:
            return self._shaped(values)
        share = 0.9 if return_interval is True else float(return_interval)
        radius = self.interval_radius(share)
        ends = np.stack([values - radius, values + radius], axis=-1)
        return self._shaped(values), ends[:, 0] if self._has_one_label else ends

    def is_inside(self, X: ArrayLike) -> NDArray[np.bool_]:
        """Whether points are surrounded by known points, so that an estimate is not a fallback.

        Parameters
        ----------
        X : array_like of shape (n_points, n_coordinates)
            Points.

        Returns
        -------
        ndarray of bool of shape (n_points,)
        """
        return self._at(X)[1]

    def leave_one_out(self) -> NDArray[np.float64]:
        """Estimate each known point from all others.

        Returns
        -------
        ndarray
            Estimates, of the shape of the labels.
        """
        check_is_fitted(self)
        return self._shaped(self._estimates(None)[0])

    def interval_radius(self, share: float = 0.9) -> NDArray[np.float64]:
        """Half the width of intervals that contain a share of new labels.

        Parameters
        ----------
        share : float
            Share of new points, between 0 and 1.

        Returns
        -------
        ndarray of shape (n_labels,)
            One number per label; infinite if there are too few known points.
        """
        check_is_fitted(self)
        if len(self.points_) < 2:
            return np.full(self.labels_.shape[1], np.inf)
        errors = np.abs(self._estimates(None)[0] - self.labels_)
        radii = [_xrd.interval_radius(np.ascontiguousarray(of), float(share)) for of in errors.T]
        return np.asarray([np.inf if radius is None else radius for radius in radii])

    def _at(self, X: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        check_is_fitted(self)
        return self._estimates(np.ascontiguousarray(validate_data(self, X, dtype=np.float64, reset=False)))

    def _estimates(self, queries: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        name = None if self.estimator == "auto" else self.estimator
        return _xrd.estimate(self.points_, self.labels_, queries, name, self.threads)

    def _shaped(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[:, 0] if self._has_one_label else values

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.regressor_tags.poor_score = True
        return tags
