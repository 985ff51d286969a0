"""Methods that find groups of patterns, for `groups.py`: ours, those of other programs, and some that were tried."""

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.decomposition import NMF, PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture

LATENT = [f"latent {d}, {kind}" for kind in ("raw", "prepared") for d in (2, 8, 16)]


# Our method


def clipped(rows, half_width):
    """Background by SNIP, as in xrd-io."""
    v = np.log1p(np.log(np.sqrt(rows + 1) + 1))
    for p in range(half_width, 0, -1):
        w = v.copy()
        w[:, p:-p] = np.minimum(v[:, p:-p], (v[:, : -2 * p] + v[:, 2 * p :]) / 2)
        v = w
    return (np.exp(np.expm1(v)) - 1) ** 2 - 1


def prepared(grid, patterns):
    """Square roots of the lines without background, smoothed, of length 1."""
    step = grid[1] - grid[0]
    rows = gaussian_filter1d(patterns, 0.1 / step, axis=1, mode="nearest")
    rows = np.maximum(rows, 0) / rows.max(1, keepdims=True) * 1e4
    rows = np.sqrt(np.maximum(rows - clipped(rows, round(1 / step)), 0))
    rows = gaussian_filter1d(rows, 0.2 / step, axis=1, mode="nearest")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows[:, :: max(1, int(0.1 / step))]


def distances(points):
    return squareform(pdist(points))


def ward(d, numbers, link="ward"):
    tree = linkage(squareform(d, checks=False), link)
    return {k: fcluster(tree, k, "maxclust") - 1 for k in numbers}


def to_means(d, groups):
    """Squared distances from the items to the means of the groups."""
    member = np.eye(groups.max() + 1)[groups]
    mean = (d**2) @ member / member.sum(0)
    return mean - np.array([mean[groups == g, g].mean() / 2 for g in range(member.shape[1])])


def relocated(d, groups):
    """Moves items to the group with the nearest mean, until none moves."""
    for _ in range(100):
        nearest = np.unique(to_means(d, groups).argmin(1), return_inverse=True)[1]
        if (nearest == groups).all():
            break
        groups = nearest
    return groups


def ours(d, numbers):
    return {k: relocated(d, groups) for k, groups in ward(d, numbers).items()}


def between(d, groups):
    """Position of each item between the mean of its group and that of another, and the other group."""
    to = to_means(d, groups)
    n = to.shape[1]
    apart = np.array([to[groups == g].mean(0) for g in range(n)])
    apart -= np.diag(apart)[:, None]
    position, partner = np.zeros(len(groups)), np.zeros(len(groups), int)
    for i, own in enumerate(groups):
        gain = -1.0
        for other in set(range(n)) - {own}:
            free = (1 + (to[i, own] - to[i, other]) / apart[own, other]) / 2
            at = min(max(free, 0), 1)
            if (nearer := (2 * at * free - at * at) * apart[own, other]) > gain:
                gain, position[i], partner[i] = nearer, at, other
    return position, partner


def stability(d, groups, k, seed=0):
    """Mean adjusted Rand index with the groups of 20 resamples of 70 %."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(20):
        rows = rng.permutation(len(d))[: int(0.7 * len(d))]
        found.append(adjusted_rand_score(groups[rows], ours(d[np.ix_(rows, rows)], [k])[k]))
    return float(np.mean(found))


def width(d, groups):
    """Mean silhouette, from distances."""
    several = 1 < len(set(groups)) < len(groups)
    return float(silhouette_score(d, groups, metric="precomputed")) if several else -1.0


def number_found(d):
    """Number of groups with both limits: 1 if no number has a silhouette of 0.3 and a stability of 0.9."""
    groups = ours(d, range(2, min(20, len(d) // 2) + 1))
    for k in sorted(groups, key=lambda k: -width(d, groups[k])):
        if width(d, groups[k]) < 0.3:
            break
        if stability(d, groups[k], k) >= 0.9:
            return k
    return 1


# Other methods: each gives its distances and its groups for several numbers


def factorised(patterns, numbers, seed):
    rows = np.maximum(patterns, 0)[:, ::3]
    groups = {}
    for k in numbers:
        model = NMF(k, init="nndsvda", max_iter=300, random_state=seed)
        groups[k] = (model.fit_transform(rows) * model.components_.sum(1)).argmax(1)
    return groups


def mixed(points, numbers, seed):
    make = lambda k: GaussianMixture(k, covariance_type="diag", n_init=3, random_state=seed, reg_covar=1e-4)
    return {k: make(k).fit_predict(points) for k in numbers}


def spectral(d, numbers, seed):
    near = np.exp(-(d**2) / np.median(np.sort(d, 1)[:, 7]) ** 2)
    make = lambda k: SpectralClustering(k, affinity="precomputed", random_state=seed)
    return {k: make(k).fit_predict(near) for k in numbers}


def latent(grid, rows, dimensions, seed, program):
    with tempfile.TemporaryDirectory() as folder:
        patterns, model, points = (Path(folder) / name for name in ("patterns.npz", "model.safetensors", "latent.csv"))
        np.savez(patterns, two_theta=grid, patterns=rows)
        command = [program, "train", "--patterns", patterns, "--out", model, "--epochs", "100", "--seed", str(seed)]
        command += ["--latent", str(dimensions), "--label-weight", "0", "--threads", "1"]
        subprocess.run(command, check=True, capture_output=True)
        command = [program, "encode", "--model", model, "--patterns", patterns, "--out", points, "--threads", "1"]
        subprocess.run(command, check=True, capture_output=True)
        table = list(csv.DictReader(points.open()))
    names = [n for n in table[0] if n.startswith("latent_")] or ["x", "y"]
    return np.array([[float(row[n]) for n in names] for row in table])


def methods(tried):
    peers = ["k-means, raw", "1 - r average, raw", "1 - r complete, raw", "NMF, raw"]
    more = ["Ward, prepared", "average, prepared", "k-means, prepared", "1 - r average, prepared", "NMF, prepared"]
    more += ["12 components, prepared", "Gaussians of 12 components, prepared", "spectral, prepared", *LATENT]
    return ["ours", *peers, *(more if tried else [])]


def grouped(method, grid, raw, seed, numbers, program):
    """Distances and groups of a method."""
    ready = prepared(grid, raw)
    rows = ready if method == "ours" or method.endswith("prepared") else raw
    kind = method.split(",")[0]
    if kind.startswith("latent"):
        # Networks get at most 1,200 angles.
        thin = max(1, rows.shape[1] // 1200)
        axis = np.linspace(grid[0], grid[-1], rows.shape[1])[::thin]
        points = latent(axis, rows[:, ::thin], int(kind.split()[1]), seed, program)
        return distances(points), ours(distances(points), numbers)
    if kind.startswith("1 - r"):
        d = np.maximum(1 - np.corrcoef(rows), 0)
        np.fill_diagonal(d, 0)
        d = (d + d.T) / 2
        return d, ward(d, numbers, kind.split()[-1])
    d = distances(rows)
    if kind == "ours":
        return d, ours(d, numbers)
    if kind in ("Ward", "average"):
        return d, ward(d, numbers, kind.lower())
    if kind == "k-means":
        return d, {k: KMeans(k, n_init=10, random_state=seed).fit_predict(rows) for k in numbers}
    if kind == "NMF":
        return d, factorised(rows, numbers, seed)
    if kind == "spectral":
        return d, spectral(d, numbers, seed)
    points = PCA(12).fit_transform(rows)
    d = distances(points)
    return d, mixed(points, numbers, seed) if kind.startswith("Gauss") else ours(d, numbers)
