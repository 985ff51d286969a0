"""Outliers found by `find_outliers` of xrd-study in measured and simulated sets with planted ones.

Usage: python3 benches/peers/outliers.py [--set NAME ...] [--seeds 10] [--kinds KIND ...] [--peers]

Per set and seed, 3, 4 or 5 % of the patterns (at least two) are changed, all in one way:

foreign   the lines are those of another mineral, a different one per pattern, with the same area,
          background and noise
impurity  20 to 50 % of the area of the lines is that of another mineral
dead      5 % of the angles are 0, or have the intensity of the first of them
shift     all angles are changed by 0.3 or -0.3 degrees

The table has one row per set: the share of patterns marked in the set as it is, the largest share of
unchanged patterns marked (mean over the seeds) with any kind, and the share found of each kind, each in
percent. The last columns are the share of patterns found whose reason is right, and seconds per set.

The measured sets are those of measured.py, in the folder named by XRD_TEST_DATA or ../shared/data.
Minerals come from `minerals/amcsd_minerals.jsonl` in that folder: those that are planted, and those of
two simulated sets of 300 mixtures of one to three of 6 and 12 phases, with strain, line widths, texture,
zero shift, sample displacement, background and counting noise. Sets that were measured have outliers of
their own, which count as unchanged.

--peers adds scikit-learn on the square roots of the intensities: the local outlier factor and an
isolation forest, with their own thresholds and with the threshold that marks 5 % of the set as it is.
If NumPy, SciPy and scikit-learn cannot be imported, they are installed into .venv in this folder.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

try:
    import numpy as np
    from scipy.ndimage import gaussian_filter1d
    from sklearn.ensemble import IsolationForest
    from sklearn.neighbors import LocalOutlierFactor
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if pathlib.Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"the peers cannot be imported by {python}; remove its folder and try again")
    venv.create(HERE / ".venv", with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "numpy", "scipy", "scikit-learn"], check=True)
    os.execv(python, [str(python), *sys.argv])

import measured

DATA = pathlib.Path(os.environ.get("XRD_TEST_DATA", ROOT.parent / "shared/data"))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
KINDS = ["foreign", "impurity", "dead", "shift"]
SHARES = [0.03, 0.04, 0.05]
REASONS = {
    "foreign": ["apart", "foreign_lines"],
    "impurity": ["apart", "foreign_lines"],
    "dead": ["dead_range"],
    "shift": ["shifted"],
}
# The wavelengths in angstrom. The axis of the ramp is Q.
WAVELENGTHS = {"v-nb-mn-o": 0.9537, "nacl-ramp": None, "fe-ga-pd": 1.5406, "li-sr-al": 1.5406, "built-in": 0.496}
MIXTURES = {"mixtures-6": 6, "mixtures-12": 12}
PHASES = ["Calcite", "Hematite", "Barite", "Periclase", "Halite", "Quartz"]
PHASES += ["Magnetite", "Rutile", "Zincite", "Fluorite", "Corundum", "Anatase"]
TEXTURES = 30
FOREIGN = 260
EFFECTS = "[texture]\nplanes = [[0,0,1],[1,1,0],[1,1,1]]\nr = { uniform = [0.7, 1.1] }\n"


def run(*command):
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def minerals():
    """Structures of the mixtures, and other structures in random order."""
    rows = [json.loads(line) for line in (DATA / "minerals/amcsd_minerals.jsonl").open()]
    first = {row["name"]: row for row in reversed(rows) if row["natoms"] < 60}
    others, names = [], set(PHASES)
    random.Random(1).shuffle(rows)
    for row in rows:
        if 4 <= row["natoms"] <= 40 and row["name"] not in names:
            names.add(row["name"])
            others.append(row)
    return [first[name] for name in PHASES], others[:FOREIGN]


def simulated(rows, folder, *options):
    """Axis and patterns of structures, one array per structure."""
    folder.mkdir()
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run(TARGET / "xrd", "simulate", folder / "rows.jsonl", "--format", "npz", "--out", folder / "out", *options)
    found = np.load(folder / "out/patterns.npz")
    axis = found["q"] if "q" in found else found["two_theta"]
    return axis, found["intensities"].astype(float)


def mixtures(number, textured, seed):
    """300 mixtures of one to three phases. `textured` has the axis and the patterns of the phases."""
    rng = np.random.default_rng(seed)
    fine, patterns = textured
    pure = patterns.reshape(-1, TEXTURES, len(fine))[:number]
    pure = pure / pure.sum(2, keepdims=True).mean(1, keepdims=True)
    angles = np.arange(20, 75, 0.04)
    rows = []
    for _ in range(300):
        phases = rng.choice(number, rng.integers(1, 4), replace=False)
        shift = rng.normal(0, 0.02) + rng.uniform(-0.05, 0.05) * np.cos(np.radians(angles / 2))
        lines = np.zeros(len(angles))
        for phase, share in zip(phases, rng.dirichlet(np.full(len(phases), 1.5))):
            sine = np.sin(np.radians((angles - shift) / 2)) * (1 + rng.normal(0, 0.001))
            width = np.hypot(0.05, rng.uniform(0.05, 0.15)) / 2.355 / 0.02
            line = gaussian_filter1d(pure[phase, rng.integers(TEXTURES)], width)
            lines += share * np.interp(2 * np.degrees(np.arcsin(np.clip(sine, 0, 1))), fine, line)
        x = (angles - 20) / 55
        background = rng.uniform(0.01, 0.05) + rng.uniform(0, 0.08) * np.exp(-3 * x)
        background += rng.uniform(0, 0.03) * np.exp(-(((angles - 25) / 6) ** 2))
        counts = 10 ** rng.uniform(3.3, 4.5)
        rows.append(rng.poisson(counts * (lines / lines.max() + background)).astype(float))
    return angles, np.array(rows)


def line_width(patterns):
    """Shift in points at which the mean autocorrelation falls to half, as in xrd-regression."""
    rows = patterns[:: max(1, -(-len(patterns) // 50))]
    rows = rows - rows.mean(1, keepdims=True)
    half, most = (rows**2).sum() / 2, max(1, patterns.shape[1] // 20)
    falls = (s for s in range(1, most) if (rows[:, s:] * rows[:, :-s]).sum() < half)
    return next(falls, most)


def background(pattern, half):
    """SNIP with windows of up to `half` points to either side."""
    v = np.log(np.log(np.sqrt(np.maximum(pattern, 0) + 1) + 1) + 1)
    for p in range(half, 0, -1):
        mean = v.copy()
        mean[p:-p] = np.minimum(v[p:-p], (v[: -2 * p] + v[2 * p :]) / 2)
        v = mean
    return np.minimum((np.exp(np.exp(v) - 1) - 1) ** 2 - 1, pattern)


class Set:
    """A set with what planting needs. `foreign` has the Q axis and the patterns of minerals."""

    def __init__(self, angles, patterns, wavelength, foreign):
        self.angles, self.patterns, self.foreign = angles, patterns, foreign
        self.q = angles if wavelength is None else 4 * np.pi * np.sin(np.radians(angles / 2)) / wavelength
        self.width = line_width(patterns)
        half = min(10 * self.width, len(angles) // 8)
        self.background = np.array([background(row, half) for row in patterns])
        self.area = np.maximum(patterns - self.background, 0).sum(1)
        seconds = np.abs(np.diff(patterns, 2, axis=1))
        self.noise = np.median(seconds, axis=1) / 0.6745 / 6**0.5

    def minerals(self, rng):
        """Patterns of minerals in random order, of area 1, as wide as the lines of the set. A strong
        line of each is within the range of the set."""
        axis, patterns = self.foreign
        place = np.searchsorted(self.q, axis)
        within = (place > 0) & (place < len(self.q))
        for i in rng.permutation(len(patterns)):
            smooth = gaussian_filter1d(patterns[i], 3)
            if smooth[within].max(initial=0) > 0.15 * smooth.max():
                lines = np.bincount(place[within], patterns[i][within], len(self.q))[: len(self.q)]
                lines = gaussian_filter1d(lines, max(self.width, 1) / 2.355)
                yield lines / lines.sum()

    def planted(self, kind, seed):
        """Patterns of which some are changed, and the indices of these."""
        rng = np.random.default_rng([seed, KINDS.index(kind)])
        n, points = self.patterns.shape
        rows = rng.choice(n, max(2, round(SHARES[seed % 3] * n)), replace=False)
        patterns, minerals = self.patterns.copy(), self.minerals(rng)
        for i in rows:
            old = self.patterns[i]
            if kind == "foreign":
                noise = rng.normal(0, self.noise[i], points)
                patterns[i] = self.background[i] + self.area[i] * next(minerals) + noise
            elif kind == "impurity":
                share, lines = rng.uniform(0.2, 0.5), self.area[i] * next(minerals)
                patterns[i] = self.background[i] + (1 - share) * (old - self.background[i]) + share * lines
            elif kind == "dead":
                width = round(0.05 * points)
                start = rng.integers(points - width)
                patterns[i, start : start + width] = rng.choice([0, old[start]])
            else:
                by = 0.3 * rng.choice([-1, 1]) / (self.angles[1] - self.angles[0])
                # Beyond its ends, the pattern is continued by its mirror image.
                places = np.pad(np.arange(points), points - 1, "reflect")
                shifted = np.interp(np.arange(points) - by, np.arange(1 - points, 2 * points - 1), old[places])
                patterns[i] = shifted
        return patterns, rows


def load(name, folder, textured):
    """Axis and patterns of a set."""
    if name in MIXTURES:
        return mixtures(MIXTURES[name], textured, MIXTURES[name])
    source, _ = measured.SETS[name](DATA / "measured" / name, folder)
    run(TARGET / "xrd", "convert", source, folder / f"{name}.npz", *measured.OF_SET[name])
    found = np.load(folder / f"{name}.npz")
    return found["two_theta"], found["intensities"].astype(float)


def found_by_xrd(angles, sets, folder):
    """Marks, reasons and seconds per set of patterns."""
    files = []
    for number, patterns in enumerate(sets):
        files.append(folder / f"planted-{number}.npz")
        np.savez(files[-1], two_theta=angles, intensities=patterns.astype(np.float32))
    printed = subprocess.run([TARGET / "outliers", *files], check=True, capture_output=True, text=True).stdout
    for file in files:
        file.unlink()
    for line in printed.splitlines():
        answer = json.loads(line)
        reasons = {o["index"]: o["reason"]["kind"] for o in answer["report"]["outliers"]}
        yield np.array(answer["scores"]) >= 1, reasons, answer["seconds"]


def peers(patterns, seed=0):
    """Scores by scikit-learn (higher is more unusual) with their own thresholds."""
    roots = np.sqrt(np.maximum(patterns, 0))
    roots /= np.linalg.norm(roots, axis=1, keepdims=True)
    factor = LocalOutlierFactor(n_neighbors=min(20, len(roots) - 1)).fit(roots)
    forest = IsolationForest(random_state=seed, n_jobs=1).fit(roots)
    return {
        "local outlier factor": (-factor.negative_outlier_factor_, -factor.offset_),
        "isolation forest": (-forest.score_samples(roots), -forest.offset_),
    }


def shares(marked, planted):
    """Share of planted patterns found, and of the other patterns marked, in percent."""
    is_planted = np.zeros(len(marked), bool)
    is_planted[planted] = True
    others = marked[~is_planted].mean() if (~is_planted).any() else 0
    return 100 * (marked[is_planted].mean() if is_planted.any() else 0), 100 * others


def row(name, clean, results, reason="", seconds=""):
    """A row of the table. `results` has pairs of shares per kind."""
    cells = [name, f"{clean:.1f}", f"{max(np.mean([o for _, o in pairs]) for pairs in results.values()):.1f}"]
    cells += [f"{np.mean([f for f, _ in pairs]):.0f}" for pairs in results.values()] + [reason, seconds]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=[*WAVELENGTHS, *MIXTURES], action="append")
    parser.add_argument("--kinds", choices=KINDS, nargs="+", default=KINDS)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--peers", action="store_true")
    arguments = parser.parse_args()
    build = ["cargo", "build", "--release", "--bin", "xrd", "--bin", "outliers"]
    subprocess.run(build, cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        pure, others = minerals()
        (folder / "effects.toml").write_text(EFFECTS)
        textures = ["--effects", folder / "effects.toml", "--per-structure", TEXTURES]
        two_theta = "--fwhm-deg 0.05 --from 15 --to 80 --step 0.02".split()
        textured = simulated(pure, folder / "pure", *textures, *two_theta)
        over_q = "--grid q --from 0.3 --to 8 --step 0.001 --fwhm-deg 0.02 --wavelength 0.5".split()
        foreign = simulated(others, folder / "foreign", *over_q)
        head = ["set", "as it is", "unchanged", *arguments.kinds, "reason", "s"]
        print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|", flush=True)
        for name in arguments.set or [*WAVELENGTHS, *MIXTURES]:
            angles, patterns = load(name, folder, textured)
            data = Set(angles, patterns, WAVELENGTHS.get(name, 1.5406), foreign)
            table(name, data, arguments, folder)


def table(name, data, arguments, folder):
    """Prints the rows of a set."""
    (clean, _, _), = found_by_xrd(data.angles, [data.patterns], folder)
    ours, right, seconds = {}, [], []
    theirs, usual = {}, peers(data.patterns) if arguments.peers else {}
    for kind in arguments.kinds:
        planted = [data.planted(kind, seed) for seed in range(arguments.seeds)]
        answers = found_by_xrd(data.angles, [patterns for patterns, _ in planted], folder)
        ours[kind] = []
        for (patterns, rows), (marked, reasons, took) in zip(planted, answers):
            ours[kind].append(shares(marked, rows))
            right += [reasons[i] in REASONS[kind] for i in rows if i in reasons]
            seconds.append(took)
            for method, (scores, own) in (peers(patterns) if arguments.peers else {}).items():
                five = np.quantile(usual[method][0], 0.95)
                for words, limit in [("own threshold", own), ("5 %", five)]:
                    pairs = theirs.setdefault(f"{method}, {words}", {}).setdefault(kind, [])
                    pairs.append(shares(scores > limit, rows))
    row(name, 100 * clean.mean(), ours, f"{100 * np.mean(right):.0f}", f"{np.mean(seconds):.1f}")
    for method, results in theirs.items():
        scores, own = usual[method.rsplit(",", 1)[0]]
        limit = own if method.endswith("own threshold") else np.quantile(scores, 0.95)
        row(f"{name}, {method}", 100 * (scores > limit).mean(), results)


if __name__ == "__main__":
    main()
