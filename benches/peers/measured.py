"""Scores of `xrd score` on measured sets: Fe-Ga-Pd thin films (278) and Li-Sr-Al powders (50).

Usage: python3 benches/peers/measured.py [--set fe-ga-pd|li-sr-al] [--seeds 10] [OPTION ...]

The sets are in `measured/` of the folder named by XRD_TEST_DATA, or of ../shared/data. Further
options are passed to `xrd score`, as in `--schemes folds,regions --threads 2`. Needs only Python;
builds the program in release mode.

Fe-Ga-Pd: A. G. Kusne et al., Nat. Commun. 11, 5966 (2020); C. J. Long et al., Rev. Sci. Instrum. 78,
072217 (2007). Labels are the composition. Li-Sr-Al: labels are the weights of three phases.
"""

import argparse
import array
import ast
import math
import os
import pathlib
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The best settings for measured patterns: square roots of counts have uniform noise, and one in ten networks
# ends in a poor minimum, which shows in its training loss.
TRAINING = "--sqrt --full-first-rate --weight-decay 5e-4 --epochs 800 --best-of 3".split()

# Fe-Ga-Pd has about 20 counts per point, 0.02° apart, so smoothing improves every method.
OF_SET = {"fe-ga-pd": "--smooth 21,2".split(), "li-sr-al": []}


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
    names = [[f"phase {k + 1}" for k in range(len(weights[0]))]]
    write(folder / "labels.csv", names + [[repr(v) for v in row] for row in weights])
    return folder / "patterns.csv", folder / "labels.csv"


SETS = {"fe-ga-pd": fe_ga_pd, "li-sr-al": li_sr_al}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--seeds", default="10")
    arguments, more = parser.parse_known_args()
    data = pathlib.Path(os.environ.get("XRD_TEST_DATA", ROOT.parent / "shared/data")) / "measured"
    subprocess.run(["cargo", "build", "--release", "--bin", "xrd"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    for name in arguments.set or SETS:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            patterns, labels = SETS[name](data / name, folder)
            command = [target / "release/xrd", "score", "--patterns", patterns, "--labels", labels]
            command += [*TRAINING, *OF_SET[name], "--seeds", arguments.seeds, "--out", folder / "scores", *more]
            print(name, " ".join(map(str, command[6:])), flush=True)
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
