"""ONNX models against the checker of onnx."""

import numpy as np
import onnx
import onnxruntime
import pytest

import xrd


@pytest.mark.parametrize("scaling", ["global", "per_point", "none"])
@pytest.mark.parametrize("part", ["encoder", "decoder", "both"])
def test_models_are_well_formed_and_agree(tmp_path, scaling, part):
    random = np.random.default_rng(1)
    patterns = random.random((40, 300), dtype=np.float32)
    network = xrd.Autoencoder(hidden=(32, 8), epochs=20, scaling=scaling, random_state=2).fit(patterns)
    network.to_onnx(tmp_path / "model.onnx", part=part)
    onnx.checker.check_model(str(tmp_path / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    points = network.transform(patterns).astype(np.float32)
    inputs = {"points": points} if part == "decoder" else {"patterns": patterns}
    expected = {"points": points, "reconstructions": network.reconstruct(patterns)}
    for output, found in zip(session.get_outputs(), session.run(None, inputs)):
        assert np.abs(found - expected[output.name]).max() < 1e-5, output.name
