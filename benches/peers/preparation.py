"""Compares the preparation of patterns by xrd-io with pybaselines and scipy.

Without arguments it prints points of a synthetic pattern, which are used in the tests in
xrd-io/src/prepare. With the program and files as arguments it prepares each file by the peers and by
`xrd convert`. It prints the largest difference per file, as a share of the largest intensity, and the
largest of all files. If the peers cannot be imported, they are installed into .venv in this folder.

    python3 benches/peers/preparation.py [XRD FILE...]
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent

try:
    import numpy as np
    import pybaselines
    import scipy
    from pybaselines import Baseline
    from scipy.signal import savgol_filter
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"the peers cannot be imported by {python}; remove its folder and try again")
    venv.create(HERE / ".venv", with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "numpy", "scipy", "pybaselines"], check=True)
    os.execv(python, [str(python), *sys.argv])

SHOWN = [0, 3, 40, 80, 84, 130, 200, 203, 250, 299]


def made_up():
    """The formula of `made_up::pattern` in xrd-io."""
    i = np.arange(300)
    line = lambda centre, height, width: height * np.exp(-(((i - centre) / width) ** 2))
    background = 60 + 0.2 * i + 10 * np.sin(i / 50)
    lines = line(80, 900, 3) + line(87, 300, 3) + line(200, 5000, 5)
    return background + lines + (i * 7919 % 61) / 61 * 12 - 6


def snip(y, half_width):
    """With the logarithms of Ryan et al., which pybaselines leaves to its caller.

    Padding with huge values leaves out the windows that reach over the ends.
    """
    lift = min(y.min(), 0.0)
    v = np.log(np.log(np.sqrt(y - lift + 1) + 1) + 1)
    padding = {"mode": "constant", "constant_values": 1e300}
    v, _ = Baseline().snip(v, half_width, decreasing=True, filter_order=2, pad_kwargs=padding)
    return (np.exp(np.exp(v) - 1) - 1) ** 2 - 1 + lift


def arpls(y, lam):
    """At most 50 iterations: pybaselines does one more than `max_iter`."""
    return Baseline().arpls(y, lam=lam, diff_order=2, max_iter=49, tol=1e-3)[0]


def smooth(y, window, degree):
    return savgol_filter(y, window, degree, mode="interp")


def print_reference():
    y = made_up()
    print(f"pybaselines {pybaselines.__version__}, scipy {scipy.__version__}")
    for name, values in [
        ("snip(25)", snip(y, 25)),
        ("arpls(1e4)", arpls(y, 1e4)),
        ("savgol_filter(11, 3)", smooth(y, 11, 3)),
    ]:
        print(name, ", ".join(f"({i}, {values[i]:.12g})" for i in SHOWN), sep="\n  ")


def convert(xrd, file, *options):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.xy"
        subprocess.run([xrd, "convert", file, out, *options], check=True, capture_output=True)
        return np.loadtxt(out, comments="#")


def compare(xrd, file, largest):
    try:
        x, y = convert(xrd, file).T
    except subprocess.CalledProcessError as error:
        return print(f"{file}: {error.stderr.decode().strip()}")
    step = (x[-1] - x[0]) / (len(x) - 1)
    peers = {
        "--background=snip:1": lambda: y - snip(y, round(1 / step)),
        "--background=arpls:100000": lambda: y - arpls(y, 1e5),
        "--smooth=11,3": lambda: smooth(y, 11, 3),
    }
    off = []
    for option, peer in peers.items():
        try:
            expected = peer()
        except ValueError as error:
            off.append(f"{option} refused by the peer: {error}")
            continue
        try:
            found = convert(xrd, file, option)[:, 1]
            share = np.abs(found - expected).max() / np.abs(y).max()
            largest.setdefault(option, []).append(share)
            off.append(f"{option} {share:.1e}")
        except subprocess.CalledProcessError as error:
            off.append(f"{option} {error.stderr.decode().strip()}")
    print(f"{file}: {len(y)} points, " + ", ".join(off))


if len(sys.argv) > 2:
    largest = {}
    for file in sys.argv[2:]:
        compare(sys.argv[1], file, largest)
    print(f"pybaselines {pybaselines.__version__}, scipy {scipy.__version__}")
    for option, shares in largest.items():
        print(f"{option}: at most {max(shares):.1e} in {len(shares)} files")
else:
    print_reference()
