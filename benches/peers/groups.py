"""Groups of patterns: the method of `xrd-study` compared with k-means, PolySNAP's way and NMF.

Usage: python3 benches/peers/groups.py [--set NAME ...] [--seeds 10] [--tried] [--work FOLDER] [--table FILE]

Sets: Fe-Ga-Pd (278 films, four regions, prepared by `--smooth 21,2`) and the two simulated sets of
`mixtures.py`, which are drawn again for each seed. V-Nb-Mn-O and the ramp of NaCl:CrCl3 are shown without
a score. Methods: k-means, hierarchical clustering of 1 - r (PolySNAP's way) and the largest share of
non-negative matrix factorisation, all on the patterns as they are (simulated ones divided by their
maximum), and ours, which is described in the module `groups` of xrd-study and written again here.

Prints the adjusted Rand index and the purity with the true number of groups, and with the number from 2
to 20 that has the highest silhouette, in the distances of the method. --tried adds other methods, also
on points of networks, which `xrd train` and `xrd encode` compute. Results are kept in --work, so that a
stopped run can be started again. If scikit-learn cannot be imported, it is installed into .venv in this
folder.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import venv
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

try:
    import numpy as np
    from scipy.signal import savgol_filter
    from sklearn.metrics import adjusted_rand_score, silhouette_score
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"the peers cannot be imported by {python}; remove its folder and try again")
    venv.create(HERE / ".venv", with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "numpy", "scikit-learn"], check=True)
    os.execv(python, [str(python), *sys.argv])

from group_methods import between, distances, grouped, methods, number_found, ours, prepared, stability, width
from mixtures import PHASES, mixtures

NUMBERS = range(2, 21)
FE_GA_PD = "Fe-Ga-Pd"
# A sample is between two groups from this position on.
BETWEEN = 0.12


# Sets


def fe_ga_pd(data):
    rows = np.loadtxt(data / "measured/fe-ga-pd/data/FeGaPd_XRD.txt", delimiter=",")
    truth = np.loadtxt(data / "measured/fe-ga-pd/data/FeGaPd_DFT_regions.txt").astype(int)
    return rows[0], savgol_filter(rows[1:], 21, 2, axis=1), truth, None


def loaded(name, seed, program, data, work):
    """2θ, patterns as the peers get them, true groups, shares of the phases."""
    if name == FE_GA_PD:
        return fe_ga_pd(data)
    path = work / f"{name}-{seed}.npz".replace(" ", "-")
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            minerals = data / "minerals/amcsd_minerals.jsonl"
            grid, counts, shares = mixtures(name, seed, program, minerals, Path(folder))
        unfinished = path.with_suffix(".part.npz")
        np.savez_compressed(unfinished, two_theta=grid, counts=counts.astype(np.float32), shares=shares)
        unfinished.replace(path)
    archive = np.load(path)
    counts, shares = archive["counts"].astype(float), archive["shares"]
    return archive["two_theta"], counts / counts.max(1, keepdims=True), shares.argmax(1), shares


def unscored(data):
    """The two measured series without a truth: name, 2θ or Q, patterns."""
    with (data / "measured/v-nb-mn-o/patterns.csv").open() as file:
        rows = np.array([[float(v) for v in row[1:]] for row in csv.reader(file)])
    grid = np.arange(10, 53, 0.05)
    yield "V-Nb-Mn-O", grid, np.array([np.interp(grid, rows[0], row) for row in rows[1:]])
    grid = np.arange(0.5, 26.5, 0.08)
    scans = [np.loadtxt(path) for path in sorted((data / "measured/nacl-ramp").glob("*.chi"))]
    yield "NaCl:CrCl3", grid, np.array([np.interp(grid, scan[:, 0], scan[:, 1]) for scan in scans])


# Scores


def purity(truth, groups):
    return sum(np.bincount(truth[groups == g]).max() for g in np.unique(groups)) / len(truth)


def chosen(d, groups):
    return max(NUMBERS, key=lambda k: width(d, groups[k]))


def mixtures_found(d, groups, truth, shares):
    """Of mixtures with at least 20 % of the second phase: share found, share with the right pair of phases.
    Of samples of one phase: share taken for a mixture."""
    position, partner = between(d, groups)
    phase = np.array([np.bincount(truth[groups == g]).argmax() for g in range(groups.max() + 1)])
    second = np.sort(shares, 1)[:, -2]
    mixture, pure = second >= 0.2, second == 0
    pairs = np.sort(np.argsort(-shares, 1)[:, :2], 1)
    right = (np.sort(np.stack([phase[groups], phase[partner]], 1), 1) == pairs).all(1)
    marked = position >= BETWEEN
    return [float(v) for v in (marked[mixture].mean(), right[mixture].mean(), marked[pure].mean())]


def pure_samples(truth, shares):
    """Samples of each phase alone, of phases with at least 12."""
    alone = [np.flatnonzero((truth == phase) & (shares.max(1) == 1)) for phase in np.unique(truth)]
    return [rows for rows in alone if len(rows) >= 12]


def score(method, found, seed, program):
    grid, raw, truth, shares = found
    true = len(set(truth))
    d, groups = grouped(method, grid, raw, seed, sorted({*NUMBERS, true}), program)
    k = chosen(d, groups)
    both = [(float(adjusted_rand_score(truth, g)), float(purity(truth, g))) for g in (groups[true], groups[k])]
    row = {"true": both[0], "chosen": both[1], "number": k, "silhouette": width(d, groups[k])}
    if method == "ours":
        row["stability"] = stability(d, groups[k], k)
        if shares is not None:
            row["mixtures"] = mixtures_found(d, groups[true], truth, shares)
            row["alone"] = [number_found(d[np.ix_(i, i)]) for i in pure_samples(truth, shares)]
    return row


def line(name, method, rows):
    ari = [np.array([row[key] for row in rows])[:, 0] for key in ("true", "chosen")]
    pure = [np.array([row[key] for row in rows])[:, 1].mean() for key in ("true", "chosen")]
    numbers = sorted({row["number"] for row in rows})
    numbers = "–".join(map(str, numbers if len(numbers) < 3 else [numbers[0], numbers[-1]]))
    cells = [name, method, *(f"{a.mean():.3f} ± {a.std():.3f} ({p:.3f})" for a, p in zip(ari, pure)), numbers]
    stable = [row["stability"] for row in rows if "stability" in row]
    cells.append(f"{np.mean(stable):.2f}" if stable else "")
    return "| " + " | ".join(cells) + " |\n"


def table(results, names, tried):
    head = ["set", "method", "true number (purity)", "number chosen (purity)", "numbers", "stability"]
    text = "| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|\n"
    for name in names:
        for method in methods(tried):
            text += line(name, method, [results[key] for key in sorted(results) if key.split("/")[:2] == [name, method]])
    for name in names:
        rows = [row["mixtures"] for key, row in results.items() if key.startswith(f"{name}/ours") and "mixtures" in row]
        if rows:
            found, right, false = np.mean(rows, 0)
            text += f"\n{name}: {found:.1%} of the mixtures found, {right:.1%} with the right pair of phases, "
            text += f"{false:.1%} of the samples of one phase taken for a mixture\n"
            alone = [n for key, row in results.items() if key.startswith(f"{name}/ours") for n in row["alone"]]
            text += f"{name}: one group found in {np.mean(np.array(alone) == 1):.1%} of {len(alone)} sets of one phase\n"
    return text


def show(data):
    """Numbers of groups of the series without a truth."""
    for name, grid, patterns in unscored(data):
        d = distances(prepared(grid, patterns))
        groups = ours(d, NUMBERS)
        k = chosen(d, groups)
        facts = f"silhouette {width(d, groups[k]):.2f}, stability {stability(d, groups[k], k):.2f}"
        sizes = ", ".join(map(str, sorted(np.bincount(groups[k]))[::-1]))
        print(f"{name}: {k} groups of {sizes} patterns, {facts}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--set", choices=[FE_GA_PD, *PHASES], action="append")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--tried", action="store_true")
    parser.add_argument("--work", type=Path, default=target / "peers-groups")
    parser.add_argument("--program", type=Path, help="xrd that is already built")
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    data = Path(os.environ.get("XRD_TEST_DATA", ROOT.parent / "shared/data"))
    program = asked.program or target / "release/xrd"
    if not asked.program:
        subprocess.run(["cargo", "build", "--release", "--bin", "xrd"], cwd=ROOT, check=True)
    asked.work.mkdir(parents=True, exist_ok=True)
    kept = asked.work / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    names = asked.set or [FE_GA_PD, *PHASES]
    warnings.filterwarnings("ignore", category=UserWarning)
    for seed in range(asked.seeds):
        for name in names:
            found = loaded(name, seed, program, data, asked.work)
            for method in methods(asked.tried):
                key = f"{name}/{method}/{seed}"
                if key not in results:
                    results[key] = score(method, found, seed, program)
                    kept.write_text(json.dumps(results))
                    print(key, results[key], file=sys.stderr, flush=True)
    text = table(results, names, asked.tried)
    print(text)
    show(data)
    if asked.table:
        asked.table.write_text(text)


if __name__ == "__main__":
    main()
