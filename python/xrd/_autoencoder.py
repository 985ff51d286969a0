"""The autoencoder as an estimator."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrd import _xrd
from xrd._arguments import Angles, Progress, grid, wavelength as in_angstrom
from xrd._base import BaseEstimator, TransformerMixin, check_is_fitted, seed_of, validate_data
from xrd._effects import table
from xrd._settings import LOSSES, count, labels as labels_of, one_of, schedule, write as write_file


class Autoencoder(TransformerMixin, BaseEstimator):
    """Network that maps patterns to points of a plane and back.

    A pattern is encoded by dense layers (ReLU) to few coordinates (tanh) and decoded by the mirrored layers. Patterns of
    similar structures come to lie side by side. The network is that of Utimula et al., trained with Adam.

    Parameters
    ----------
    hidden : sequence of int
        Widths of the hidden layers from the input to the plane.
    latent : int
        Dimensions of the latent space, 2 to 16.
    epochs : int
        Number of passes over the patterns.
    batch : int
        Number of patterns per step.
    learning_rate : float
        Learning rate of Adam.
    schedule : str
        ``"constant"``, ``"step:N:F"`` (times F every N epochs), ``"cosine"`` (falls to zero) or ``"cosine:M"``.
    loss : {"mse", "cosine", "pearson"}
        What is minimised.
    weight_decay : float
        Coefficient of the weight decay.
    border_weight : float
        Weight of the loss that keeps points away from the border of the plane.
    label_weight : float
        Weight of the loss of the labels `y`, which brings patterns with similar labels together. Without `y` it does not
        matter.
    scaling : {"global", "per_point", "none"}
        Scaling of the intensities after the mean pattern is subtracted.
    strain : float, optional
        Largest random strain Δd/d of the training patterns.
    effects : mapping, str or path, optional
        Random effects that disturb the training patterns, so that points depend less on the diffractometer: ``"mild"``,
        ``"laboratory"`` (large effects), tables, or the path of a TOML file.
    clip : float, optional
        Largest norm of the gradient.
    two_theta : (float, float, float) or array_like, optional
        Angles of the patterns in degrees: first angle, end (not included) and step, or uniform angles. By default the
        points are taken to be 0.01° apart, from 0°. `strain`, `effects` and `relevance` need the true angles.
    wavelength : float or str, optional
        Wavelength of the patterns in Å or the name of a line. It is only kept with the model.
    random_state : int, RandomState or None
        Seed of the initial weights and of the order of the patterns. The same number gives the same weights for any
        number of threads.
    threads : int, optional
        Number of threads, all cores by default.
    progress : callable, optional
        Called as ``progress(epochs_done, epochs)``.

    Attributes
    ----------
    network_ : object
        The trained network.
    history_ : dict
        ``train_loss`` and ``learning_rate`` of each epoch, and ``warnings``.
    two_theta_ : ndarray of shape (n_points,)
        Angles of the patterns in degrees.
    n_features_in_ : int
        Number of points of a pattern.

    References
    ----------
    K. Utimula et al., Feature Space of XRD Patterns Constructed by an Autoencoder, Adv. Theory Simul. (2022).

    Examples
    --------
    >>> import numpy as np, xrd
    >>> patterns = np.random.default_rng(0).random((20, 50))
    >>> network = xrd.Autoencoder(hidden=(16,), epochs=5, random_state=0).fit(patterns)
    >>> network.transform(patterns).shape
    (20, 2)
    """

    def __init__(
        self,
        hidden: Any = (128, 64, 12),
        latent: int = 2,
        *,
        epochs: int = 1000,
        batch: int = 10,
        learning_rate: float = 1e-3,
        schedule: str = "cosine",
        loss: str = "mse",
        weight_decay: float = 0.0,
        border_weight: float = 0.1,
        label_weight: float = 10.0,
        scaling: str = "global",
        strain: float | None = None,
        effects: Any = None,
        clip: float | None = None,
        two_theta: Angles | None = None,
        wavelength: float | str | None = None,
        random_state: Any = 0,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.hidden = hidden
        self.latent = latent
        self.epochs = epochs
        self.batch = batch
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.loss = loss
        self.weight_decay = weight_decay
        self.border_weight = border_weight
        self.label_weight = label_weight
        self.scaling = scaling
        self.strain = strain
        self.effects = effects
        self.clip = clip
        self.two_theta = two_theta
        self.wavelength = wavelength
        self.random_state = random_state
        self.threads = threads
        self.progress = progress

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Autoencoder:
        """Train the network.

        Parameters
        ----------
        X : array_like of shape (n_patterns, n_points)
            Patterns; at least two that differ.
        y : array_like of shape (n_patterns,) or (n_patterns, n_labels), optional
            Labels, used if `label_weight` is not 0.

        Returns
        -------
        Autoencoder
            The estimator itself.

        Raises
        ------
        ValueError
            If shapes do not agree, a number is NaN or infinite, a parameter is out of range, or the training diverges.
        """
        return self._fit(X, y, None)

    def partial_fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Autoencoder:
        """Train for one more epoch, from the present weights. Adam starts anew.

        Parameters
        ----------
        X : array_like of shape (n_patterns, n_points)
            Patterns.
        y : array_like, optional
            Labels, as for `fit`.

        Returns
        -------
        Autoencoder
            The estimator itself.
        """
        return self._fit(X, y, getattr(self, "network_", None), epochs=1, schedule="constant")

    def _fit(self, X: ArrayLike, y: ArrayLike | None, start: Any, **changed: Any) -> Autoencoder:
        again = start is not None
        X = validate_data(self, X, dtype=np.float32, reset=not again, ensure_min_samples=2)
        X = np.ascontiguousarray(X)
        labels = None if y is None or not self.label_weight else labels_of(y, len(X))
        angstrom = None if self.wavelength is None else in_angstrom(self.wavelength)
        settings = json.dumps(self._settings(labels is not None, **changed))
        axis = self._grid(X.shape[1])
        trained = _xrd.Network.fit(
            X, axis, angstrom, settings, seed_of(self.random_state), labels, start, self.threads, self.progress
        )
        self._take(*trained)
        return self

    def _take(self, network: Any, history: dict[str, Any]) -> None:
        self.network_ = network
        self.history_ = history
        self.n_iter_ = len(history["train_loss"])
        self.two_theta_ = network.two_theta

    def _grid(self, points: int) -> tuple[float, float, int]:
        if self.two_theta is None:
            return 0.0, min(0.01, 170.0 / points), points
        axis = grid(self.two_theta)
        if axis[2] != points:
            raise ValueError(f"two_theta has {axis[2]} angles for patterns of {points} points (expected as many)")
        return axis

    def _settings(self, has_labels: bool, **changed: Any) -> dict[str, Any]:
        settings = {
            "hidden": [count(width, "hidden") for width in self.hidden],
            "latent": count(self.latent, "latent"),
            "epochs": count(self.epochs, "epochs"),
            "batch": count(self.batch, "batch"),
            "learning_rate": float(self.learning_rate),
            "schedule": schedule(self.schedule),
            "loss": LOSSES.get(self.loss, one_of(self.loss, "loss", ("mse", "cosine", "pearson"))),
            "weight_decay": float(self.weight_decay),
            "border_weight": float(self.border_weight),
            "label_weight": float(self.label_weight) if has_labels else 0.0,
            "scaling": one_of(self.scaling, "scaling", ("global", "per_point", "none")),
            "strain": None if self.strain is None else float(self.strain),
            "clip": None if self.clip is None else float(self.clip),
            "effects": table(self.effects),
        }
        settings.update(epochs=changed.get("epochs", settings["epochs"]))
        if "schedule" in changed:
            settings["schedule"] = schedule(changed["schedule"])
        return settings

    def _patterns(self, X: ArrayLike) -> NDArray[np.float32]:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        return np.ascontiguousarray(X)

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """The points of patterns.

        Parameters
        ----------
        X : array_like of shape (n_patterns, n_points)
            Patterns.

        Returns
        -------
        ndarray of shape (n_patterns, latent)
            Coordinates from −1 to 1.
        """
        patterns = self._patterns(X)
        return self.network_.encode(patterns)

    def inverse_transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """The patterns of points of the plane.

        Parameters
        ----------
        X : array_like of shape (n_points, 2)
            Points.

        Returns
        -------
        ndarray of float32 of shape (n_points, n_features_in_)
            Patterns.

        Raises
        ------
        ValueError
            If the latent space has more than two dimensions.
        """
        check_is_fitted(self)
        points = np.ascontiguousarray(X, dtype=np.float64)
        if points.ndim != 2:
            raise ValueError(f"X has shape {points.shape} (expected two dimensions, one point per row)")
        return self.network_.decode(points)

    def reconstruct(self, X: ArrayLike) -> NDArray[np.float32]:
        """The patterns that the network decodes from the points of patterns, in all latent dimensions.

        Parameters
        ----------
        X : array_like of shape (n_patterns, n_points)
            Patterns.

        Returns
        -------
        ndarray of float32 of shape (n_patterns, n_points)
            Reconstructions.
        """
        patterns = self._patterns(X)
        return self.network_.reconstruct(patterns)

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Share of the variance of patterns that their reconstructions explain; 1 is best.

        Parameters
        ----------
        X : array_like of shape (n_patterns, n_points)
            Patterns.
        y : ignored

        Returns
        -------
        float
            1 − Σ(pattern − reconstruction)² / Σ(pattern − mean pattern)².
        """
        patterns = self._patterns(X).astype(np.float64)
        left = ((patterns - self.reconstruct(X)) ** 2).sum()
        spread = ((patterns - patterns.mean(axis=0)) ** 2).sum()
        return float(1 - left / spread) if spread > 0 else float(left == 0)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as a safetensors file, which the program and the crates read.

        Parameters
        ----------
        path : path
            The file. It is written beside and renamed.
        """
        check_is_fitted(self)
        write_file(path, self.network_.to_bytes())

    @classmethod
    def load(cls, file: str | os.PathLike[str] | bytes) -> Autoencoder:
        """Read a model of the program, of the crates or of `save`.

        Parameters
        ----------
        file : path or bytes
            A safetensors file or its content.

        Returns
        -------
        Autoencoder
            A fitted estimator.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it is not a model, or is damaged.
        """
        if isinstance(file, bytes):
            content = file
        else:
            with open(file, "rb") as opened:
                content = opened.read()
        network = _xrd.Network(content)
        first, step, points = network.grid
        model = cls(
            hidden=tuple(network.hidden),
            latent=network.latent,
            two_theta=first + step * np.arange(points),
            wavelength=network.wavelength,
        )
        model.n_features_in_ = points
        model._take(network, {"train_loss": np.empty(0), "learning_rate": np.empty(0), "warnings": []})
        return model

    def to_onnx(self, path: str | os.PathLike[str] | None = None, part: str = "both") -> bytes:
        """The network as an ONNX model.

        Parameters
        ----------
        path : path, optional
            File to write.
        part : {"encoder", "decoder", "both"}
            The encoder takes ``patterns`` (n, n_points) and returns ``points`` (n, latent). The decoder takes ``points``
            and returns ``reconstructions`` (n, n_points). Both together take patterns and return points and
            reconstructions.

        Returns
        -------
        bytes
            The model, opset 13, float32.
        """
        from xrd._onnx import write

        check_is_fitted(self)
        model = write(self.network_.to_bytes(), one_of(part, "part", ("encoder", "decoder", "both")))
        if path is not None:
            write_file(path, model)
        return model

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        tags.non_deterministic = False
        return tags

    @property
    def _n_features_out(self) -> int:
        return int(self.network_.latent)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the coordinates.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of str
            ``latent_1``, ``latent_2`` and so on.
        """
        check_is_fitted(self)
        return np.asarray([f"latent_{i + 1}" for i in range(self._n_features_out)], dtype=object)
