"""Compares `xrd maps` with scikit-learn.

The set is the built-in series, made by `xrd simulate`, or that of --patterns and --labels (as for
`xrd maps`; the patterns as .npz). Principal components and the scaling of 1 - r are computed by both,
with the same start and stopping criterion. Trustworthiness, continuity, silhouette and adjusted Rand
index are computed for the points that `xrd maps` writes, with scikit-learn's k-means. Prints both
results and the largest difference. If scikit-learn cannot be imported, it is installed into .venv in
this folder.

    python3 benches/peers/maps.py [--patterns FILE.npz --labels FILE.csv] [--model FILE]
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

try:
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.manifold import smacof, trustworthiness
    from sklearn.metrics import adjusted_rand_score, silhouette_score
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"the peers cannot be imported by {python}; remove its folder and try again")
    venv.create(HERE / ".venv", with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "numpy", "scikit-learn"], check=True)
    os.execv(python, [str(python), *sys.argv])


def classical(distances, dimensions):
    """Torgerson's scaling, the starting point of both."""
    n = len(distances)
    centre = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-centre @ distances**2 @ centre / 2)
    values, vectors = values[::-1][:dimensions], vectors[:, ::-1][:, :dimensions]
    return vectors * np.sqrt(np.maximum(values, 0))


def scaled(distances):
    """Stress in the unit of `xrd maps`: sqrt(sum (d - delta)^2 / sum delta^2) over pairs."""
    _, raw = smacof(distances, n_components=2, init=classical(distances, 2), n_init=1,
                    max_iter=3000, eps=1e-12, metric=True, normalized_stress=False)
    return float(np.sqrt(raw / (distances[np.triu_indices(len(distances), 1)] ** 2).sum()))


def pairwise(rows):
    squares = (rows**2).sum(axis=1)
    return np.sqrt(np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0))


def peers(patterns, groups, points, about, neighbours):
    """The scores of one map by scikit-learn."""
    kinds = {"": pairwise(patterns), "_of_shapes": np.maximum(1 - np.corrcoef(patterns), 0)}
    found = {}
    for kind, truth in kinds.items():
        np.fill_diagonal(truth, 0)
        found["trustworthiness" + kind] = trustworthiness(
            truth, points, n_neighbors=neighbours, metric="precomputed")
        # Continuity is trustworthiness with the roles of map and full space exchanged.
        found["continuity" + kind] = trust_back(pairwise(points), truth, neighbours)
    if about["silhouette"] is not None:
        found["silhouette"] = silhouette_score(points, groups)
        clusters = KMeans(len(set(groups)), n_init=50, random_state=0).fit_predict(points)
        found["adjusted_rand_index"] = adjusted_rand_score(groups, clusters)
    if about["explained_variance"] is not None:
        found["explained_variance"] = PCA(2).fit(patterns).explained_variance_ratio_.sum()
    if about["stress"] is not None:
        found["stress"] = scaled(kinds["_of_shapes"])
    return found


def trust_back(truth, map_distances, k):
    """Written out for distances, because scikit-learn embeds points only."""
    n = len(truth)
    ranks = np.empty((n, n), int)
    for i in range(n):
        order = [j for j in np.argsort(truth[i], kind="stable") if j != i]
        ranks[i, order] = np.arange(1, n)
    penalty = 0
    for i in range(n):
        near = [j for j in np.argsort(map_distances[i], kind="stable") if j != i][:k]
        penalty += np.maximum(ranks[i, near] - k, 0).sum()
    return 1 - 2 * penalty / (n * k * (2 * n - 3 * k - 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ["--patterns", "--labels", "--model"]:
        parser.add_argument(option)
    asked = parser.parse_args()
    subprocess.run(["cargo", "build", "--quiet", "--release", "--bin", "xrd"], cwd=ROOT, check=True)
    xrd = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/xrd"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        if not asked.patterns:
            subprocess.run([xrd, "simulate", "--out", folder / "series"], check=True, stdout=subprocess.DEVNULL)
            asked.patterns, asked.labels = folder / "series/patterns.npz", folder / "series/labels.csv"
        command = [xrd, "maps", "--patterns", asked.patterns, "--labels", asked.labels, "--out", folder / "maps"]
        command += ["--model", asked.model] if asked.model else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        ours = json.loads((folder / "maps/maps.json").read_text())
        table = list(csv.DictReader((folder / "maps/maps.csv").open()))
        archive = np.load(asked.patterns)
        patterns = next(a for a in map(archive.get, archive.files) if a.ndim == 2).astype(float)
    rows = [tuple(row[label] for label in ours["labels"]) for row in table]
    groups = [sorted(set(rows)).index(row) for row in rows]
    worst = 0.0
    for about in ours["maps"]:
        points = np.array([[float(row[f"{about['name']} {axis}"]) for axis in "xy"] for row in table])
        for name, peer in peers(patterns, groups, points, about, ours["neighbours"]).items():
            print(f"{about['name']:<12} {name:<28} ours {about[name]:.6f}  scikit-learn {peer:.6f}")
            worst = max(worst, abs(about[name] - peer))
    print(f"largest difference {worst:.1e}")


if __name__ == "__main__":
    main()
