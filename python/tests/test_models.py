"""Models move between program, crates and package."""

import pathlib
import pickle

import numpy as np
import pytest

import xrd
from xrd import _onnx

EARLIER = pathlib.Path(__file__).resolve().parents[2] / "xrd-study" / "tests" / "earlier"


def test_a_saved_model_is_the_same(tmp_path, network, series):
    patterns, angles, _ = series
    path = tmp_path / "model.safetensors"
    network.save(path)
    for again in (xrd.Autoencoder.load(path), xrd.Autoencoder.load(path.read_bytes()), pickle.loads(pickle.dumps(network))):
        assert again.network_.to_bytes() == path.read_bytes()
        assert np.array_equal(again.transform(patterns), network.transform(patterns))
        assert np.allclose(again.two_theta_, angles)
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]


@pytest.mark.skipif(not EARLIER.is_dir(), reason="the repository is not here")
def test_a_model_of_the_program_gives_the_points_of_the_program():
    model = xrd.Autoencoder.load(EARLIER / "model.safetensors")
    # The scan s03 of make.py in that folder.
    angles = 20 + 0.25 * np.arange(120)
    first, second = 100 * np.exp(-((angles - 28.5) ** 2)), 50 * np.exp(-(((angles - 39.8) / 1.5) ** 2))
    scan = np.round(first + second + 1, 3)
    rows = (EARLIER / "latent.csv").read_text().splitlines()
    columns = rows[0].split(",")
    row = dict(zip(columns, next(row for row in rows if row.startswith("s03,")).split(",")))
    points = model.transform([scan])
    assert points[0] == pytest.approx([float(row["x"]), float(row["y"])], abs=2e-4)


def test_the_direct_writer_follows_the_tensors(network):
    description, tensors = _onnx.tensors(network.network_.to_bytes())
    assert description["widths"][0] == network.n_features_in_
    model = network.to_onnx()
    for name, values in tensors.items():
        if name.startswith(("encoder.", "decoder.", "scaling.")):
            assert values.astype("<f4").tobytes() in model, name
    assert len(network.to_onnx(part="encoder")) < len(model)
    with pytest.raises(ValueError, match="encoder, decoder, both"):
        network.to_onnx(part="half")


def test_onnxruntime_agrees(network, series):
    onnxruntime = pytest.importorskip("onnxruntime")
    patterns = series[0]
    points = network.transform(patterns)

    def run(part, inputs):
        session = onnxruntime.InferenceSession(network.to_onnx(part=part), providers=["CPUExecutionProvider"])
        return session.run(None, inputs)

    both = run("both", {"patterns": patterns})
    assert np.abs(both[0] - points).max() < 1e-5
    assert np.abs(both[1] - network.reconstruct(patterns)).max() < 1e-5
    assert np.abs(run("encoder", {"patterns": patterns})[0] - points).max() < 1e-5
    decoded = run("decoder", {"points": points.astype(np.float32)})[0]
    assert np.abs(decoded - network.inverse_transform(points)).max() < 1e-5
