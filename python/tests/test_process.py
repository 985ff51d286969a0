"""Interrupts, exceptions of callbacks, threads, forks, and a process without scikit-learn."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import xrd


def interrupted(call):
    """Seconds until Ctrl-C ends a call."""
    # A process that was started in the background of a script ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT))
    start = time.perf_counter()
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            call()
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    return time.perf_counter() - start


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_ctrl_c_ends_a_training():
    patterns = np.random.default_rng(0).random((200, 400))
    assert interrupted(lambda: xrd.Autoencoder(epochs=10**6).fit(patterns)) < 5


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_ctrl_c_ends_a_simulation(salt):
    assert interrupted(lambda: xrd.simulate([salt] * 20000, effects="laboratory", two_theta=(5, 90, 0.1))) < 5


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_an_interrupted_study_can_be_started_again(tmp_path, series):
    patterns, angles, cells = series
    study = lambda epochs: xrd.study(
        patterns, {"a": cells}, two_theta=angles, settings={"epochs": epochs, "hidden": (16,)}, out=tmp_path
    )
    assert interrupted(lambda: study(10**7)) < 5
    # The interrupted one still holds the folder until its next step.
    for _ in range(50):
        try:
            found = study(2)
            break
        except (ValueError, OSError):
            time.sleep(0.1)
    assert found.report["dataset"]["patterns"] == 24


def test_an_exception_of_the_callback_ends_the_work():
    def fail(done, total):
        raise LookupError("enough")

    patterns = np.random.default_rng(0).random((50, 100))
    with pytest.raises(LookupError, match="enough"):
        xrd.Autoencoder(epochs=10**6, progress=fail).fit(patterns)


def test_other_threads_run_during_a_training():
    patterns = np.random.default_rng(0).random((200, 400))
    counted = 0
    running = threading.Event()

    def count():
        nonlocal counted
        while not running.is_set():
            counted += 1
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    xrd.Autoencoder(hidden=(64,), epochs=20).fit(patterns)
    running.set()
    counter.join()
    assert counted > 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_simulates(iron):
    expected = xrd.simulate([iron] * 8, effects="laboratory")
    child = os.fork()
    if child == 0:
        same = np.array_equal(xrd.simulate([iron] * 8, effects="laboratory"), expected)
        os._exit(0 if same else 1)
    for _ in range(200):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("the forked process waits for ever")
    assert status == 0


WITHOUT = """
import sys
sys.modules["sklearn"] = None
import numpy as np, pickle, xrd
X = np.random.default_rng(0).random((8, 20))
model = xrd.Autoencoder(hidden=(4,), epochs=2)
points = model.fit_transform(X)
assert model.get_params()["epochs"] == 2 and "epochs=2" in repr(model)
known = xrd.PlaneRegressor("knn:2").fit(points, X[:, 0])
assert known.score(points, X[:, 0]) <= 1 and pickle.loads(pickle.dumps(model)).transform(X).shape == (8, 2)
for call in (lambda: xrd.PlaneRegressor().predict(points), ):
    try:
        call()
    except AttributeError as error:
        assert "not fitted" in str(error)
    else:
        raise AssertionError("predicted without fit")
for wrong in (X[0], X[:, :3], np.full((2, 20), np.nan), [["a"] * 20]):
    try:
        model.transform(wrong)
    except ValueError as error:
        assert "\\n" not in str(error)
    else:
        raise AssertionError(wrong)
try:
    model.set_params(speed=3)
except ValueError as error:
    assert "speed" in str(error)
assert "sklearn" not in [name for name, module in sys.modules.items() if module is not None]
print("fine")
"""


def run_elsewhere(code, folder):
    """Runs Python in another folder, because the sources here lack the compiled module."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)


def test_scikit_learn_is_optional(tmp_path):
    run = run_elsewhere(WITHOUT, tmp_path)
    assert run.stdout.strip() == "fine", run.stderr


def test_the_import_is_light(tmp_path):
    run = run_elsewhere("import sys, xrd; print('sklearn' in sys.modules, 'pandas' in sys.modules)", tmp_path)
    assert run.stdout.split() == ["False", "False"], run.stderr
