"""Loads a model of xrd-ae in PyTorch.

`load` reads a model file into two PyTorch modules, after checking its format version and its
checksum. Copy it from here to use a model in Python. Run as a script, this file trains a small model
with xrd-ae and compares the results of both programs: points to 1e-5, decoded patterns to 1e-5 of
their largest intensity. If torch, numpy or safetensors cannot be imported, they are installed into
.venv in this folder.

    python3 benches/peers/open_model.py
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMAT_VERSION = 2
ACTIVATIONS = {"relu": "ReLU", "tanh": "Tanh", "linear": "Identity"}

try:
    import numpy as np
    import torch
    from safetensors import safe_open
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"{python} lacks a package; remove its folder and try again")
    if not python.exists():
        venv.create(HERE / ".venv", with_pip=True)
    packages = ["torch", "numpy", "safetensors"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    os.execv(python, [str(python), *sys.argv])


def load(path):
    """Encoder, decoder and description of a model file.

    The encoder takes intensities on the model's grid, (patterns, points), and gives points of the
    plane, (patterns, 2); the decoder does the reverse. Scaling is part of both.
    """
    with safe_open(path, "pt") as file:
        text = file.metadata()["xrd-ae"]
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    description = json.loads(text)
    if description["format_version"] != FORMAT_VERSION:
        raise ValueError(f"format version {description['format_version']}, not {FORMAT_VERSION}")
    if checksum(text, tensors) != description["sha256"]:
        raise ValueError("damaged or edited: the checksum is another")
    deviation = tensors["scaling.deviation"]
    mean = tensors["scaling.mean"] * (description["input_scaling"] != "none")
    half = len(description["activations"]) // 2
    parts = [("encoder", description["activations"][:half]),
             ("decoder", description["activations"][half:])]
    encoder, decoder = (network(tensors, *part) for part in parts)
    return (lambda x: encoder((x - mean) / deviation),
            lambda z: decoder(z) * deviation + mean,
            description)


def checksum(text, tensors):
    """SHA-256 of the description without its checksum, and of every tensor."""
    end = text.rindex(',"sha256":')
    sum = hashlib.sha256(text[:end].encode() + b"}")
    for name in sorted(tensors):
        sum.update(name.encode())
        sum.update(tensors[name].numpy().tobytes())
    return sum.hexdigest()


def network(tensors, part, activations):
    layers = []
    for place, activation in enumerate(activations):
        weight = tensors[f"{part}.{2 * place}.weight"]
        linear = torch.nn.Linear(*weight.shape)
        linear.load_state_dict({"weight": weight.T, "bias": tensors[f"{part}.{2 * place}.bias"]})
        layers += [linear, getattr(torch.nn, ACTIVATIONS[activation])()]
    return torch.nn.Sequential(*layers)


def compare(scaling, folder):
    command = ["cargo", "run", "--quiet", "--release", "-p", "xrd-benches", "--bin",
               "model_answers", "--", folder, scaling]
    subprocess.run(command, cwd=HERE, check=True)
    encode, decode, description = load(Path(folder) / "model.safetensors")
    points = description["grid"]["points"]
    read = lambda name: torch.from_numpy(np.fromfile(Path(folder) / name, "<f4"))
    patterns = read("patterns.f32").reshape(-1, points)
    hash = hashlib.sha256(patterns.numpy().tobytes()).hexdigest()
    assert hash == description["data_sha256"], "the patterns are not those of the model"
    latent, decoded = read("latent.f32").reshape(-1, 2), read("decoded.f32").reshape(-1, points)
    with torch.no_grad():
        off_plane = (encode(patterns) - latent).abs().max().item()
        off_pattern = ((decode(latent) - decoded).abs().max() / decoded.abs().max()).item()
    print(f"{scaling}: points differ by {off_plane:.1e}, "
          f"decoded patterns by {off_pattern:.1e} of their maximum")
    return max(off_plane, off_pattern) <= 1e-5


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        agree = [compare(scaling, folder) for scaling in ["global", "per-point", "none"]]
    sys.exit(0 if all(agree) else "more than 1e-5 apart")
