"""Networks of `xrd.torch` compared with the crates: outputs, files in all precisions, descriptions."""

import csv
import subprocess
import sys

import numpy
import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)

from programs import ROOT, program  # noqa: E402
from xrd.torch import Autoencoder, Network, SymmetryNetworks, park_convolutional, vecsei_dense  # noqa: E402
from xrd.torch._symmetry import _unpack  # noqa: E402

TOLERANCE = 1e-5


def conv(filters, kernel, stride, padding):
    settings = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
    return {"layer": "conv2d" if isinstance(kernel, list) else "conv1d", **settings}


def sequence():
    """Every layer of sequences."""
    residual = [conv(6, 3, 1, 1), {"layer": "batch_norm"}, {"layer": "gelu"}, conv(4, 5, 2, 2)]
    layers = [
        conv(6, 9, 2, 3),
        {"layer": "batch_norm"},
        {"layer": "relu"},
        {"layer": "residual", "layers": residual, "shortcut": [conv(4, 1, 2, 0)]},
        {"layer": "residual", "layers": [{"layer": "prelu"}], "shortcut": []},
        {"layer": "layer_norm"},
        {"layer": "upsample", "factor": 3, "interpolation": "linear"},
        {"layer": "upsample", "factor": 2, "interpolation": "nearest"},
        {"layer": "max_pool", "size": 3, "stride": 2},
        {"layer": "average_pool", "size": 4, "stride": 3},
        {"layer": "dropout", "rate": 0.25},
        {"layer": "reshape", "shape": {"sequence": {"length": 8, "channels": 10}}},
        {"layer": "flatten"},
        {"layer": "layer_norm"},
        {"layer": "dense", "outputs": 9},
        {"layer": "batch_norm"},
        {"layer": "prelu"},
    ]
    return {"input": {"sequence": {"length": 83, "channels": 2}}, "layers": layers}


def image():
    """Every layer of images, with an output that is no vector."""
    layers = [
        conv(5, [3, 2], [1, 2], [2, 1]),
        {"layer": "batch_norm"},
        {"layer": "prelu"},
        {"layer": "layer_norm"},
        {"layer": "upsample", "factor": 2, "interpolation": "linear"},
        {"layer": "average_pool", "size": 2, "stride": 3},
        {"layer": "upsample", "factor": 2, "interpolation": "nearest"},
        {"layer": "max_pool", "size": 2, "stride": 1},
        {**conv(7, [2, 3], [1, 1], [0, 0]), "extra": [1, 2]},
    ]
    return {"input": {"image": {"height": 11, "width": 14, "channels": 3}}, "layers": layers}


def averaged():
    layers = [conv(8, 5, 1, 0), {"layer": "global_average"}, {"layer": "dense", "outputs": 3}]
    return {"input": {"sequence": {"length": 30, "channels": 1}}, "layers": layers}


DESCRIPTIONS = {
    "sequence": sequence,
    "image": image,
    "averaged": averaged,
    "vecsei": lambda: vecsei_dense(points=200),
    "park": park_convolutional,
}


def network(description):
    """Network whose parameters and statistics are all random."""
    torch.manual_seed(4)
    made = Network(description).eval()
    with torch.no_grad():
        for name, tensor in [*made.named_parameters(), *made.named_buffers()]:
            if tensor.dim() == 1:
                tensor.copy_(torch.rand_like(tensor) + (0.5 if "running_var" in name else 0))
    return made


def answers(folder, content, patterns):
    """Outputs of a network file by xrd-nn, which also writes the file again."""
    (folder / "network.safetensors").write_bytes(content)
    (folder / "patterns.f32").write_bytes(patterns.numpy().astype("<f4").tobytes())
    subprocess.run([program("network_answers", "xrd-benches"), folder], check=True)
    outputs = numpy.fromfile(folder / "outputs.f32", "<f4")
    return torch.from_numpy(outputs.reshape(len(patterns), -1))


def assert_equal(found, expected):
    assert found.shape == expected.shape
    assert (found - expected).abs().max() <= TOLERANCE * expected.abs().max()


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_networks_agree_with_xrd_nn(name, tmp_path):
    ours = network(DESCRIPTIONS[name]())
    patterns = torch.rand(5, ours.inputs)
    with torch.no_grad():
        assert_equal(ours(patterns), answers(tmp_path, ours.to_bytes(), patterns))
        # Files of xrd-nn: the same bytes, and the same outputs from 16 and 8 bits.
        files = {kind: (tmp_path / f"{kind}.safetensors").read_bytes() for kind in ("full", "half", "byte")}
        assert files["full"] == ours.to_bytes() == Network.load(files["full"]).to_bytes()
        assert files["half"] == ours.to_bytes(half=True)
        for kind in ("half", "byte"):
            rounded = Network.load(files[kind]).eval()
            assert_equal(rounded(patterns), answers(tmp_path, files[kind], patterns))
            assert not torch.equal(rounded(patterns), ours(patterns))


def test_published_networks_have_their_numbers_of_weights():
    with torch.device("meta"):
        weights = [
            sum(p.numel() for p in Network(description()).parameters())
            for description in (vecsei_dense, park_convolutional)
        ]
    # Vecsei et al. state about 50 and 4 million.
    assert weights == [49_993_030, 4_321_420]


def test_the_shipped_networks_agree(tmp_path):
    content = (ROOT / "xrd-symmetry" / "data" / "shipped.model").read_bytes()
    model = SymmetryNetworks.load(content).eval()
    patterns = torch.rand(3, 2125)
    _, [classifier] = _unpack(content)
    _, parts = _unpack(classifier)
    assert len(parts) == len(model.networks)
    outputs = [answers(tmp_path, bytes(part), patterns) for part in parts]
    with torch.no_grad():
        probabilities = model(patterns)
    assert_equal(probabilities, torch.stack([o.softmax(1) for o in outputs]).mean(0))
    assert torch.allclose(probabilities.sum(1), torch.ones(3), atol=1e-6)


@pytest.fixture(scope="module", params=["global", "per-point", "none"])
def trained(request, tmp_path_factory):
    """Folder with a model that xrd-ae has trained, patterns, and their points and reconstructions."""
    folder = tmp_path_factory.mktemp("model")
    subprocess.run([program("model_answers", "xrd-benches"), folder, request.param], check=True)
    return folder


def numbers(path, *shape):
    return torch.from_numpy(numpy.fromfile(path, "<f4").reshape(shape))


def test_autoencoders_agree_with_xrd_ae(trained):
    model = Autoencoder.load(trained / "model.safetensors")
    points = len(model.mean)
    patterns = numbers(trained / "patterns.f32", -1, points)
    latent, decoded = numbers(trained / "latent.f32", -1, 2), numbers(trained / "decoded.f32", -1, points)
    with torch.no_grad():
        assert (model.encode(patterns) - latent).abs().max() <= TOLERANCE
        assert_equal(model.decode(latent), decoded)
        assert torch.equal(model(patterns), model.decode(model.encode(patterns)))
    assert model.to_bytes() == (trained / "model.safetensors").read_bytes()


@pytest.mark.parametrize("latent", [2, 5])
def test_xrd_encodes_with_a_model_trained_in_pytorch(tmp_path, latent):
    """xrd reads the file of a model that PyTorch made and trained."""
    angles = 5 + 0.1 * torch.arange(800)
    patterns = torch.exp(-(((angles - 20 - 40 * torch.rand(40, 1)) / 2) ** 2))
    torch.manual_seed(0)
    model = Autoencoder((5.0, 0.1, 800), hidden=(32, 8), latent=latent).fit_scaling(patterns, "per_point")
    adam = torch.optim.Adam(model.parameter_groups(3e-3))
    losses = []
    for _ in range(60):
        adam.zero_grad()
        loss = model.loss(patterns)
        loss.backward()
        adam.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    model.fit_plane(patterns).save(tmp_path / "model.safetensors")
    names = numpy.array([f"p{i}" for i in range(40)])
    numpy.savez(tmp_path / "patterns.npz", two_theta=angles.double().numpy(), intensities=patterns.numpy(), names=names)
    command = [program("xrd", "xrd-cli"), "encode", "--model", "model.safetensors"]
    command += ["--patterns", "patterns.npz", "--out", "latent.csv"]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    rows = list(csv.DictReader(open(tmp_path / "latent.csv")))
    found = torch.tensor([[float(row["x"]), float(row["y"])] for row in rows])
    with torch.no_grad():
        assert (found - model.encode(patterns)).abs().max() <= TOLERANCE


def test_changed_weights_lose_what_was_said_about_the_training(trained):
    model = Autoencoder.load(trained / "model.safetensors")
    assert model.description["training"]["epochs"] == 5
    with torch.no_grad():
        model.encoder[0].bias[0] += 1
    again = Autoencoder.load(model.to_bytes())
    assert again.description["training"] is None and again.description["data_sha256"] is None
    assert again.encoder[0].bias[0] == model.encoder[0].bias[0]


def test_bad_files_are_refused(tmp_path, trained):
    content = bytearray((trained / "model.safetensors").read_bytes())
    content[-1] ^= 1
    for bytes_, message in [
        (b"", "not a safetensors file"),
        (b"no model at all", "not a safetensors file"),
        (bytes(content), "damaged"),
        (Network(averaged()).to_bytes(), "no entry 'xrd-ae'"),
    ]:
        with pytest.raises(ValueError, match=message):
            Autoencoder.load(bytes_)
    with pytest.raises(ValueError, match="no entry 'xrd-nn'"):
        Network.load(Autoencoder((5, 0.1, 50)).to_bytes())
    with pytest.raises(ValueError, match="first line"):
        SymmetryNetworks.load(b"no model")
    with pytest.raises(ValueError, match="cut off"):
        SymmetryNetworks.load((ROOT / "xrd-symmetry" / "data" / "shipped.model").read_bytes()[:-9])
    with pytest.raises(ValueError, match="no 'layers'"):
        Network({"input": {"flat": 3}})
    with pytest.raises(ValueError, match="patterns of 4 values .expected 30"):
        Network(averaged())(torch.rand(2, 4))
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "none.safetensors")


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"layer": "attention"}], "unknown layer 0.attention"),
        ([{"layer": "flatten"}, {"layer": "dense"}], "layer 1.dense has no setting 'outputs'"),
        ([{"layer": "dense", "outputs": 3}], "expected a vector"),
        ([conv(3, 40, 1, 0)], "windows of 40"),
        ([{"layer": "reshape", "shape": {"flat": 7}}], "expected 7 values"),
        ([{"layer": "residual", "layers": [conv(3, 3, 1, 1)]}], "adds values of the shapes"),
    ],
)
def test_bad_descriptions_are_refused(layers, message):
    with pytest.raises(ValueError, match=message):
        Network({"input": {"sequence": {"length": 30, "channels": 1}}, "layers": layers})


def test_the_module_needs_torch_only_when_it_is_imported(tmp_path):
    code = "import sys; sys.modules['torch'] = None\ntry:\n import xrd.torch\nexcept ImportError as e:\n print(e)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert said == "xrd.torch needs torch (pip install torch safetensors)\n"
