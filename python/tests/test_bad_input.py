"""Bad input is refused with an exception of the right type and a text of one line, and never ends the process."""

import numpy as np
import pytest

import xrd
from conftest import cubic

PATTERNS = np.random.default_rng(0).random((6, 30))
RAGGED = [[1.0, 2.0, 3.0], [1.0, 2.0]]
NAN = np.where(np.arange(180).reshape(6, 30) == 40, np.nan, PATTERNS)


def fit(X, **settings):
    return xrd.Autoencoder(**{"hidden": (4,), "epochs": 1, **settings}).fit(X)


@pytest.fixture(scope="module")
def small():
    return fit(PATTERNS)


CALLS = {
    # Simulation.
    "no structure": (TypeError, lambda iron: xrd.simulate(3)),
    "no structure in a list": (TypeError, lambda iron: xrd.simulate([iron, 3])),
    "no file": (FileNotFoundError, lambda iron: xrd.simulate("no-such.cif")),
    "negative width": (ValueError, lambda iron: xrd.simulate(iron, fwhm=-1)),
    "width of NaN": (ValueError, lambda iron: xrd.simulate(iron, fwhm=float("nan"))),
    "width as text": (TypeError, lambda iron: xrd.simulate(iron, fwhm="wide")),
    "eta above 1": (ValueError, lambda iron: xrd.simulate(iron, eta=2)),
    "angles backwards": (ValueError, lambda iron: xrd.simulate(iron, two_theta=(90, 10, 0.1))),
    "no step": (ValueError, lambda iron: xrd.simulate(iron, two_theta=(10, 90, 0))),
    "step of NaN": (ValueError, lambda iron: xrd.simulate(iron, two_theta=(10, 90, float("nan")))),
    "too many angles": (ValueError, lambda iron: xrd.simulate(iron, two_theta=(10, 90, 1e-7))),
    "angles beyond 180": (ValueError, lambda iron: xrd.simulate(iron, two_theta=(10, 200, 0.1))),
    "uneven angles": (ValueError, lambda iron: xrd.simulate(iron, two_theta=np.array([10.0, 11.0, 13.0]))),
    "angles in two dimensions": (ValueError, lambda iron: xrd.simulate(iron, two_theta=np.ones((2, 2)))),
    "unknown line": (ValueError, lambda iron: xrd.simulate(iron, wavelength="CuKx")),
    "negative wavelength": (ValueError, lambda iron: xrd.simulate(iron, wavelength=-1.0)),
    "long wavelength": (ValueError, lambda iron: xrd.simulate(iron, wavelength=100.0)),
    "two polarisations": (ValueError, lambda iron: xrd.simulate(iron, monochromator=26.0, synchrotron=0.9)),
    "unknown effect": (ValueError, lambda iron: xrd.simulate(iron, effects={"magic": {}})),
    "effect out of range": (ValueError, lambda iron: xrd.simulate(iron, effects={"zero_shift": {"deg": 1e9}})),
    "effects of a number": (TypeError, lambda iron: xrd.simulate(iron, effects=3)),
    "no file of effects": (FileNotFoundError, lambda iron: xrd.simulate(iron, effects="no-such.toml")),
    "negative seed": (ValueError, lambda iron: xrd.simulate(iron, seed=-1)),
    "seed of text": (TypeError, lambda iron: xrd.simulate(iron, seed="x")),
    "too few ids": (ValueError, lambda iron: xrd.simulate([iron, iron], ids=[1])),
    "one id for many": (TypeError, lambda iron: xrd.simulate([iron, iron], ids=1)),
    "no threads": (ValueError, lambda iron: xrd.simulate([iron, iron], threads=0)),
    "too many threads": (ValueError, lambda iron: xrd.simulate([iron, iron], threads=10**6)),
    "a broken structure in a list": (ValueError, lambda iron: xrd.simulate([iron, cubic(0.1, ["Fe"], [[0, 0, 0]])])),
    # Structures.
    "flat cell": (ValueError, lambda iron: xrd.Structure([[1, 0, 0], [2, 0, 0], [0, 0, 1]], ["Fe"], [[0, 0, 0]])),
    "cell of NaN": (ValueError, lambda iron: cubic(float("nan"), ["Fe"], [[0, 0, 0]])),
    "cell of two rows": (ValueError, lambda iron: xrd.Structure([[1, 0, 0], [0, 1, 0]], ["Fe"], [[0, 0, 0]])),
    "unknown element": (ValueError, lambda iron: cubic(3, ["Xx"], [[0, 0, 0]])),
    "wrong charge": (ValueError, lambda iron: cubic(3, ["Fe3"], [[0, 0, 0]])),
    "too few positions": (ValueError, lambda iron: cubic(3, ["Fe", "Fe"], [[0, 0, 0]])),
    "no atoms": (ValueError, lambda iron: cubic(3, [], [])),
    "position of NaN": (ValueError, lambda iron: cubic(3, ["Fe"], [[0, 0, float("nan")]])),
    "positions of two numbers": (ValueError, lambda iron: cubic(3, ["Fe"], [[0, 0]])),
    "species of a number": (TypeError, lambda iron: cubic(3, [26], [[0, 0, 0]])),
    # Files.
    "a file that is no pattern": (ValueError, lambda iron: xrd.read(b"\x00\x01\x02 this is no pattern", name="a.xy")),
    "an empty file": (ValueError, lambda iron: xrd.read(b"", name="a.xy")),
    "prose": (ValueError, lambda iron: xrd.read(b"It was a dark and stormy night.\n" * 9, name="a.txt")),
    "a missing file": (FileNotFoundError, lambda iron: xrd.read("no-such.xy")),
    "a number as a file": (TypeError, lambda iron: xrd.read(3)),
    "no structure file": (ValueError, lambda iron: xrd.read_structure(b"10 20\n30 40\n")),
    "unknown format": (ValueError, lambda iron: xrd.read(b"1 2\n", format="magic")),
    "unknown axis": (ValueError, lambda iron: xrd.read(b"1 2\n2 3\n", axis="r")),
    "a scan beyond the last": (ValueError, lambda iron: xrd.read(b"1 2\n2 3\n3 4\n", name="a.xy", scan=7)),
    "unknown step": (ValueError, lambda iron: xrd.read(b"1 2\n2 3\n3 4\n", name="a.xy").prepare("magic")),
    "angles beyond a scan": (ValueError, lambda iron: xrd.read(b"1 2\n2 3\n3 4\n", name="a.xy").resample((1, 9, 1))),
    "no folder": (FileNotFoundError, lambda iron: xrd.read_folder("no-such-folder")),
    "no table": (FileNotFoundError, lambda iron: xrd.read_labels("no-such.csv", ["a"])),
    "no model file": (FileNotFoundError, lambda iron: xrd.Autoencoder.load("no-such.safetensors")),
    "no model": (ValueError, lambda iron: xrd.Autoencoder.load(b"no model at all")),
    # Networks.
    "one dimension": (ValueError, lambda iron: fit(PATTERNS[0])),
    "three dimensions": (ValueError, lambda iron: fit(PATTERNS[None])),
    "NaN": (ValueError, lambda iron: fit(NAN)),
    "infinity": (ValueError, lambda iron: fit(np.where(np.isnan(NAN), np.inf, NAN))),
    "beyond single precision": (ValueError, lambda iron: fit(PATTERNS * 1e300)),
    "text": (ValueError, lambda iron: fit([["a", "b"], ["c", "d"]])),
    "complex": (ValueError, lambda iron: fit(PATTERNS.astype(complex))),
    "unequal lists": (ValueError, lambda iron: fit(RAGGED)),
    "no patterns": (ValueError, lambda iron: fit(PATTERNS[:0])),
    "equal patterns": (ValueError, lambda iron: fit(np.ones((4, 9)))),
    "unequal labels": (ValueError, lambda iron: xrd.Autoencoder(epochs=1).fit(PATTERNS, [1, 2])),
    "labels of NaN": (ValueError, lambda iron: xrd.Autoencoder(epochs=1).fit(PATTERNS, [np.nan] * 6)),
    "no epochs": (ValueError, lambda iron: fit(PATTERNS, epochs=0)),
    "half an epoch": (TypeError, lambda iron: fit(PATTERNS, epochs=0.5)),
    "no width": (ValueError, lambda iron: fit(PATTERNS, hidden=(0,))),
    "one dimension of the plane": (ValueError, lambda iron: fit(PATTERNS, latent=1)),
    "unknown loss": (ValueError, lambda iron: fit(PATTERNS, loss="magic")),
    "unknown schedule": (ValueError, lambda iron: fit(PATTERNS, schedule="magic")),
    "negative rate": (ValueError, lambda iron: fit(PATTERNS, learning_rate=-1)),
    "other angles": (ValueError, lambda iron: fit(PATTERNS, two_theta=(10, 20, 0.1))),
    "negative random state": (ValueError, lambda iron: fit(PATTERNS, random_state=-5)),
    # Planes.
    "unknown estimator": (ValueError, lambda iron: xrd.PlaneRegressor("magic").fit([[0, 0]], [1])),
    "triangle in space": (ValueError, lambda iron: xrd.PlaneRegressor("triangle").fit(PATTERNS[:, :3], PATTERNS[:, 0])),
    "share above 1": (ValueError, lambda iron: xrd.PlaneRegressor().fit(PATTERNS[:, :2], PATTERNS[:, 0]).interval_radius(2)),
    "points of NaN": (ValueError, lambda iron: xrd.PlaneRegressor().fit(NAN[:, 9:11], PATTERNS[:, 0])),
    "too few labels": (ValueError, lambda iron: xrd.PlaneRegressor().fit(PATTERNS[:, :2], [1, 2])),
    # Answers.
    "a pattern of NaN": (ValueError, lambda iron: xrd.classify(NAN[1], two_theta=(10, 40, 1))),
    "too few angles": (ValueError, lambda iron: xrd.identify([1.0, 2.0], two_theta=(10, 12, 1))),
    "no lines": (ValueError, lambda iron: xrd.identify(np.zeros(4000), two_theta=(10, 90, 0.02))),
}


@pytest.mark.parametrize("name", CALLS)
def test_bad_input_is_an_exception_with_one_line(name, iron):
    kind, call = CALLS[name]
    with pytest.raises(kind) as found:
        call(iron)
    text = str(found.value)
    own = "sklearn" not in str(found.traceback[-1].path)
    assert text and (not own or "\n" not in text)
    assert type(found.value).__name__ != "PanicException"


def test_other_shapes_after_fit_are_refused(small):
    for X in (PATTERNS[:, :7], PATTERNS[0], NAN):
        with pytest.raises(ValueError):
            small.transform(X)
    with pytest.raises(ValueError):
        small.inverse_transform([[0.0, 0.0, 0.0]])
    with pytest.raises(ValueError):
        small.inverse_transform([[np.nan, 0.0]])
    with pytest.raises(ValueError, match="points"):
        xrd.relevance(small, PATTERNS[0][:9])
    with pytest.raises(ValueError):
        xrd.relevance(small, NAN[1])


@pytest.mark.parametrize("layout", ["fortran", "strided", "reversed", "float16", "integers", "big-endian"])
def test_any_layout_and_number_type_is_read(small, layout):
    whole = np.round(PATTERNS * 100)
    given = {
        "fortran": np.asfortranarray(whole),
        "strided": np.repeat(whole, 2, axis=1)[:, ::2],
        "reversed": whole[::-1][::-1],
        "float16": whole.astype(np.float16),
        "integers": whole.astype(np.int64),
        "big-endian": whole.astype(">f4"),
    }[layout]
    assert np.array_equal(small.transform(given), small.transform(whole))
