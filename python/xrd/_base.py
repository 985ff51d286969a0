"""What estimators take from scikit-learn, or do without it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

try:
    from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:

    class BaseEstimator:  # type: ignore[no-redef]
        """Parameters by name, as in scikit-learn."""

        @classmethod
        def _names(cls) -> list[str]:
            return [name for name in inspect.signature(cls).parameters]

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            return {name: getattr(self, name) for name in self._names()}

        def set_params(self, **params: Any) -> Any:
            for name, value in params.items():
                if name not in self._names():
                    raise ValueError(f"'{name}' is not a parameter (expected one of {', '.join(self._names())})")
                setattr(self, name, value)
            return self

        def __repr__(self) -> str:
            given = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
            return f"{type(self).__name__}({given})"

    class TransformerMixin:  # type: ignore[no-redef]
        """`fit_transform`."""

        def fit_transform(self, X: Any, y: Any = None, **params: Any) -> Any:
            fitted: Any = self
            return fitted.fit(X, y, **params).transform(X)

    class RegressorMixin:  # type: ignore[no-redef]
        """Score R²."""

        def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
            fitted: Any = self
            predicted, truth = np.asarray(fitted.predict(X)), np.asarray(y, dtype=float)
            weights = np.ones(len(truth)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
            predicted, truth = predicted.reshape(len(truth), -1), truth.reshape(len(truth), -1)
            mean = np.average(truth, axis=0, weights=weights)
            left = (weights[:, None] * (truth - predicted) ** 2).sum(axis=0)
            all_ = (weights[:, None] * (truth - mean) ** 2).sum(axis=0)
            return float(np.mean([1 - a / b if b > 0 else float(a == 0) for a, b in zip(left, all_)]))

    def check_random_state(seed: Any) -> Any:
        if seed is None:
            return np.random.mtrand._rand
        return seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(seed)

    def check_is_fitted(estimator: Any, attributes: Any = None) -> None:
        if not any(name.endswith("_") and not name.startswith("__") for name in vars(estimator)):
            raise AttributeError(f"this {type(estimator).__name__} is not fitted (call fit first)")

    def validate_data(
        estimator: Any, X: Any = None, y: Any = "no_validation", reset: bool = True, **checks: Any
    ) -> Any:
        from xrd._arguments import finite, numbers

        array = finite(np.asarray(numbers(X, "X"), dtype=_dtype(X, checks.get("dtype"))), "X")
        if array.ndim != 2:
            raise ValueError(f"X has shape {array.shape} (expected two dimensions, one sample per row)")
        least = checks.get("ensure_min_samples", 1)
        if len(array) < least:
            raise ValueError(f"X has {len(array)} sample(s) (expected at least {least})")
        if reset:
            estimator.n_features_in_ = array.shape[1]
        elif array.shape[1] != estimator.n_features_in_:
            raise ValueError(
                f"X has {array.shape[1]} features, but {type(estimator).__name__} is expecting "
                f"{estimator.n_features_in_} features as input"
            )
        array = np.ascontiguousarray(array)
        if isinstance(y, str):
            return array
        targets = finite(np.asarray(numbers(y, "y"), dtype=np.float64), "y")
        if len(targets) != len(array):
            raise ValueError(f"y has {len(targets)} rows for {len(array)} samples (expected as many)")
        return array, targets

    def _dtype(X: Any, wanted: Any) -> Any:
        if isinstance(wanted, (list, tuple)):
            found = getattr(X, "dtype", None)
            return found if found in wanted else wanted[0]
        return wanted or np.float64


def seed_of(random_state: Any) -> int:
    """A seed from 0 to 2³² − 1."""
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        if random_state < 0:
            raise ValueError(f"random_state {random_state} (expected 0 or more)")
        return int(random_state)
    return int(check_random_state(random_state).randint(0, 2**31 - 1))
