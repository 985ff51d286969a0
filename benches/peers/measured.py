"""Scores of `xrd score` on four measured sets and on the built-in series, and one table of all.

Usage: python3 benches/peers/measured.py [--set NAME ...] [--seeds 10] [--table FILE] [OPTION ...]

Each pattern is left out in one of five random folds; the mean over the seeds is shown. The table has
one row per set: R2 (mean over the labels) of the best plane and of the mean of several planes, of the
best simple method on raw patterns, and of `auto`, with the standard error over the seeds; the coverage
of the intervals of `auto`; the rank correlation of their widths and the errors; and the share of
patterns marked unlike. The last line pools the sets. --table also writes the table to a file.

The sets are in `measured/` of the folder named by XRD_TEST_DATA, or of ../shared/data. Further
options are passed to `xrd score`, as in `--schemes folds,regions --threads 2`, or `--epochs 1 --best-of 1`
where the planes do not matter. Needs only Python; builds the program in release mode.

Fe-Ga-Pd (278 thin films): A. G. Kusne et al., Nat. Commun. 11, 5966 (2020); C. J. Long et al., Rev. Sci.
Instrum. 78, 072217 (2007). Labels are the composition. Li-Sr-Al (50 powders): labels are the shares
of Li2O, SrO and Al2O3 in the heights of the strongest lines (the file calls them weights; those of the patterns
0 and 4 contradict the patterns, see simulated_training.py). V-Nb-Mn-O (317 thin films): labels are the cation
fractions. NaCl:CrCl3 (133 patterns on heating): the label is the temperature.
"""

import argparse
import array
import ast
import json
import math
import os
import pathlib
import statistics
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The defaults, with fewer epochs and the mean of three planes, which planes.md shows to be as good.
TRAINING = {"--epochs": "300", "--best-of": "3"}

# Fe-Ga-Pd has about 20 counts per point, 0.02° apart, so smoothing improves every method.
# The angles of V-Nb-Mn-O are not uniform. NaCl has ten times as many points as its lines need.
OF_SET = {
    "v-nb-mn-o": "--rebin 0.05 --crop 10:53".split(),
    "nacl-ramp": "--axis-unit 2theta --rebin 0.08 --crop 0.5:26.5".split(),
    "fe-ga-pd": "--smooth 21,2".split(),
    "li-sr-al": [],
    "built-in": [],
}


def npy(path):
    """Shape and rows of a matrix of doubles."""
    data = path.read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10 : 10 + length].decode())
    assert header["descr"] == "<f8", header
    values = array.array("d", data[10 + length :])
    rows, columns = (header["shape"] + (1,))[:2]
    at = (lambda i, j: j * rows + i) if header["fortran_order"] else (lambda i, j: i * columns + j)
    return [[values[at(i, j)] for j in range(columns)] for i in range(rows)]


def write(path, rows):
    path.write_text("".join(",".join(row) + "\n" for row in rows))


def fe_ga_pd(data, folder):
    return data / "data/FeGaPd_XRD.txt", data / "data/FeGaPd_CMP.txt"


def li_sr_al(data, folder):
    """Each row has three amounts, then the pattern. Q is in 1/nm, for 2θ at 1.5406 Å."""
    two_theta = [2 * math.degrees(math.asin(q[0] * 0.15406 / (4 * math.pi))) for q in npy(data / "Q.npy")]
    patterns = [row[3:] for row in npy(data / "data.npy")]
    write(folder / "patterns.csv", [[f"{v:.9g}" for v in row] for row in [two_theta, *patterns]])
    weights = npy(data / "gt_weights.npy")
    names = [["Li2O", "SrO", "Al2O3"]]
    write(folder / "labels.csv", names + [[repr(v) for v in row] for row in weights])
    return folder / "patterns.csv", folder / "labels.csv"


def v_nb_mn_o(data, folder):
    return data / "patterns.csv", data / "compositions.csv"


def nacl_ramp(data, folder):
    return data, data / "temperatures.csv"


def built_in(data, folder):
    """The built-in series, simulated by the program."""
    subprocess.run([program(), "simulate", "--out", folder / "series"], check=True, stdout=subprocess.DEVNULL)
    return folder / "series/patterns.npz", folder / "series/labels.csv"


SETS = {
    "v-nb-mn-o": v_nb_mn_o,
    "nacl-ramp": nacl_ramp,
    "fe-ga-pd": fe_ga_pd,
    "li-sr-al": li_sr_al,
    "built-in": built_in,
}

SIMPLE = ["raw, neighbours", "raw, PCA + ridge", "raw, PLS"]


def program():
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/xrd"


def of_method(rows, method, key):
    return [row[key] for row in rows if row["method"] == method]


def mean_r2(rows, method):
    """Mean over the labels of R2, and its standard error over the seeds (largest of the labels)."""
    values = of_method(rows, method, "r2_mean")
    spreads = [sd / math.sqrt(row["seeds"]) for row in rows if row["method"] == method and (sd := row["r2_sd"])]
    return statistics.mean(values), max(spreads, default=0.0)


def best(rows, methods):
    return max(methods, key=lambda m: mean_r2(rows, m)[0])


def shown(rows, method):
    r2, error = mean_r2(rows, method)
    mae = statistics.mean(of_method(rows, method, "mae_mean"))
    return f"{r2:.4f} ± {error:.4f} ({mae:.3g})"


def row_of(name, report):
    """The row of a set in the table, and numbers for the last line."""
    rows = [row for row in report["scores"] if row["scheme"] == "folds"]
    methods = list(dict.fromkeys(row["method"] for row in rows))
    one = best(rows, [m for m in methods if m.startswith("plane,")])
    several = [m for m in methods if " planes," in m]
    simple = best(rows, SIMPLE)
    cells = [name, f"{one}: {shown(rows, one)}"]
    cells.append(f"{best(rows, several)}: {shown(rows, best(rows, several))}" if several else "")
    cells += [f"{simple}: {shown(rows, simple)}", shown(rows, "auto")]
    held = of_method(rows, "auto", "covered")
    follows = [v for v in of_method(rows, "auto", "width_follows_error") if v is not None]
    cells.append(f"{100 * statistics.mean(held):.1f} %")
    cells.append(f"{statistics.median(follows):.2f}" if follows else "")
    cells.append(f"{100 * of_method(rows, 'auto', 'unlike')[0]:.1f} %")
    estimates = of_method(rows, "auto", "estimates")
    return cells, (list(zip(held, estimates)), follows)


def table(reports):
    head = ["set", "best plane", "mean of planes", "best simple method", "auto", "in 90 %", "widths", "unlike"]
    found = [row_of(name, report) for name, report in reports.items()]
    held = [pair for _, (pairs, _) in found for pair in pairs]
    follows = [v for _, (_, values) in found for v in values]
    pooled = sum(h * n for h, n in held) / sum(n for _, n in held)
    last = ["pooled", "", "", "", "", f"{100 * pooled:.1f} %", f"{statistics.median(follows):.2f}", ""]
    lines = [head, ["-"] * len(head), *(cells for cells, _ in found), last]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--seeds", default="10")
    parser.add_argument("--table", type=pathlib.Path)
    arguments, more = parser.parse_known_args()
    data = pathlib.Path(os.environ.get("XRD_TEST_DATA", ROOT.parent / "shared/data")) / "measured"
    subprocess.run(["cargo", "build", "--release", "--bin", "xrd"], cwd=ROOT, check=True)
    reports = {}
    for name in arguments.set or SETS:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            patterns, labels = SETS[name](data / name, folder)
            command = [program(), "score", "--patterns", patterns, "--labels", labels]
            training = [word for pair in TRAINING.items() if pair[0] not in more for word in pair]
            command += [*training, *OF_SET[name], "--seeds", arguments.seeds, "--out", folder / "scores", *more]
            print(name, " ".join(map(str, command[6:])), flush=True)
            subprocess.run(command, check=True)
            reports[name] = json.loads((folder / "scores/scores.json").read_text())
    lines = table(reports)
    print(lines)
    if arguments.table:
        arguments.table.write_text(lines)


if __name__ == "__main__":
    main()
