"""Compares training steps of xrd-nn with PyTorch, candle and burn, and the results with PyTorch.

Three networks of 8,500 points, batches of 256 patterns, single precision:
    dense   8500-4000-3000-1000-800-230 (Vecsei et al. 2019)
    park    three convolutions of 80 filters, then 2300-1150-230 (Park et al. 2017)
    ship    three convolutions of 32, 64 and 96 filters, then 384-230

Each program runs as a separate process. They take turns, round by round, and the fastest round counts,
because other programs can only make a round slower. The table has milliseconds per step, patterns per
second, the ratio to PyTorch, and the share of the speed of a product of two matrices of 2048 x 2048 by PyTorch.

With --check, outputs, losses and gradients of every layer are compared in double precision. The tolerance
is 1e-10 of the largest value of each tensor.

PyTorch is that of the interpreter. Programs that cannot be built or started are listed and left out.

    python3 benches/peers/networks.py [--rounds 3] [--programs xrd-nn,pytorch,candle,burn] [--threads 1,2]
    python3 benches/peers/networks.py --check
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = HERE / "networks"
NETS = ("ship", "park", "dense")
BATCH = 256


def multiply_adds(net):
    """Multiply-adds of a training step per pattern: forward, weights, and inputs of all but the first layer."""
    convs = {
        "dense": [],
        "park": [(1, 80, 100, 1681), (80, 80, 50, 159), (80, 80, 25, 28)],
        "ship": [(1, 32, 51, 1690), (32, 64, 25, 334), (64, 96, 9, 163)],
    }[net]
    widths = {
        "dense": [8500, 4000, 3000, 1000, 800, 230],
        "park": [1040, 2300, 1150, 230],
        "ship": [2592, 384, 230],
    }[net]
    forward = [a * b * kernel * windows for a, b, kernel, windows in convs]
    forward += [a * b for a, b in zip(widths, widths[1:])]
    return 3 * sum(forward) - forward[0]


def build(manifest, *options):
    """Folder of the programs of a package."""
    command = ["cargo", "build", "--release", "--message-format=json", "--manifest-path", str(manifest), *options]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        raise RuntimeError(built.stderr.strip().splitlines()[-1])
    messages = map(json.loads, built.stdout.splitlines())
    return {Path(m["executable"]).name: m["executable"] for m in messages if m.get("executable")}


def command_of(program):
    if program == "pytorch":
        return [sys.executable, str(FOLDER / "pytorch_step.py")]
    if program == "xrd-nn":
        options = ["-p", "xrd-benches", "--bin", "networks_ms"]
        return [build(ROOT / "Cargo.toml", *options)["networks_ms"]]
    return [build(FOLDER / program / "Cargo.toml")[f"{program}-networks"]]


def measured(command, net, threads, steps):
    """The numbers of the line that a program prints."""
    environment = os.environ | {"RAYON_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    if "pytorch_step.py" in command[-1]:
        command = command + ["--threads", str(threads)]
    command = command + ["--net", net, "--steps", str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    words = done.stdout.split()
    return dict(zip(words[::2], words[1::2]))


def compare_speed(programs, all_threads, rounds, steps):
    commands = {}
    for program in programs:
        try:
            commands[program] = command_of(program)
        except (RuntimeError, OSError) as error:
            print(f"{program} is left out: {error}")
    print(f"load average at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| network | threads | program | ms per step | patterns/s | time / PyTorch | share of the product's speed |")
    print("|---|---|---|---|---|---|---|")
    for threads in all_threads:
        speed = 0.0
        best = {}
        for _ in range(rounds):
            for net in NETS:
                for program, command in commands.items():
                    ms = float(measured(command, net, threads, steps)["ms_per_step"])
                    best[net, program] = min(ms, best.get((net, program), ms))
            if "pytorch" in commands:
                found = float(measured(commands["pytorch"], "peak", threads, steps)["gflops"])
                speed = max(speed, found)
        for net in NETS:
            for program in commands:
                ms = best[net, program]
                ratio = ms / best[net, "pytorch"] if "pytorch" in commands else float("nan")
                done = 2e-6 * BATCH * multiply_adds(net) / ms
                share = f"{done / speed:.0%}" if speed else ""
                print(
                    f"| {net} | {threads} | {program} | {ms:.0f} | {1e3 * BATCH / ms:.0f} | {ratio:.2f} | {share} |",
                    flush=True,
                )
        print(f"product of matrices on {threads} threads: {speed:.0f} billion operations per second")


# Comparison of results


def tensors_of(path):
    """Tensors in double precision, and the metadata, of a safetensors file."""
    import numpy as np

    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    found = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        block = np.frombuffer(data[8 + size + start : 8 + size + end], dtype="<f8")
        found[name] = block.reshape(entry["shape"]).copy()
    return found, metadata


def torch_network(spec, weights):
    """Forward function in PyTorch. Sequences and images have their channels on axis 1 inside."""
    import torch
    from torch.nn import functional as F

    def channels_first(x):
        return x.movedim(-1, 1)

    def channels_last(x):
        return x.movedim(1, -1)

    def pool(layer, x, kind):
        flat = x.dim() == 3
        name = f"{kind}_pool{'1' if flat else '2'}d"
        return getattr(F, name)(x, layer["size"], layer["stride"])

    def apply(layers, prefix, x, training):
        for i, layer in enumerate(layers):
            kind = layer["layer"]
            name = f"{prefix}{i}.{kind}"
            w = lambda part: weights[f"{name}.{part}"]
            if kind == "dense":
                x = x @ w("weight") + w("bias")
            elif kind == "conv1d":
                kernel = w("weight").permute(2, 1, 0)
                x = F.conv1d(x, kernel, w("bias"), layer["stride"], layer["padding"])
            elif kind == "conv2d":
                kernel = w("weight").permute(3, 2, 0, 1)
                x = F.conv2d(x, kernel, w("bias"), layer["stride"], layer["padding"])
            elif kind == "average_pool":
                x = pool(layer, x, "avg")
            elif kind == "max_pool":
                x = pool(layer, x, "max")
            elif kind == "global_average":
                x = x.flatten(2).mean(2)
            elif kind == "batch_norm":
                mean, variance = w("running_mean").clone(), w("running_variance").clone()
                x = F.batch_norm(x, mean, variance, w("scale"), w("shift"), training)
            elif kind == "layer_norm":
                last = channels_last(x)
                x = channels_first(F.layer_norm(last, last.shape[-1:], w("scale"), w("shift")))
            elif kind == "relu":
                x = F.relu(x)
            elif kind == "prelu":
                x = F.prelu(x, w("slope"))
            elif kind == "gelu":
                x = F.gelu(x, approximate="tanh")
            elif kind == "residual":
                x = apply(layer["layers"], f"{name}.", x, training) + apply(
                    layer["shortcut"], f"{name}.shortcut.", x, training
                )
            elif kind == "upsample":
                linear = "linear" if x.dim() == 3 else "bilinear"
                if layer["interpolation"] == "nearest":
                    x = F.interpolate(x, scale_factor=layer["factor"], mode="nearest")
                else:
                    x = F.interpolate(x, scale_factor=layer["factor"], mode=linear, align_corners=False)
            elif kind == "flatten":
                x = channels_last(x).flatten(1)
            else:
                raise ValueError(f"no layer {kind} in PyTorch")
        return x

    def forward(x, training):
        kind, size = next(iter(spec["input"].items()))
        if kind == "sequence":
            x = channels_first(x.view(-1, size["length"], size["channels"]))
        elif kind == "image":
            x = channels_first(x.view(-1, size["height"], size["width"], size["channels"]))
        return apply(spec["layers"], "", x, training)

    return forward


def torch_loss(name, y, t):
    import torch
    from torch.nn import functional as F

    if name == "cross_entropy":
        return F.cross_entropy(y, t, label_smoothing=0.1)
    if name == "quadratic":
        return ((y.softmax(1) - t) ** 2).sum(1).mean()
    if name == "mean_square":
        return F.mse_loss(y, t)
    if name == "pearson":
        y, t = y - y.mean(1, keepdim=True), t - t.mean(1, keepdim=True)
    return (1 - F.cosine_similarity(y, t, dim=1, eps=0)).mean()


def compare_results():
    import torch

    program = build(ROOT / "Cargo.toml", "-p", "xrd-benches", "--bin", "network_gradients")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program["network_gradients"], folder], check=True)
        for path in sorted(Path(folder).glob("*.network.safetensors")):
            stem = path.name.removesuffix(".network.safetensors")
            weights, metadata = tensors_of(path)
            spec = json.loads(metadata["xrd-nn"])["network"]
            found, _ = tensors_of(path.with_name(f"{stem}.results.safetensors"))
            weights = {name: torch.from_numpy(w).requires_grad_("running" not in name) for name, w in weights.items()}
            forward = torch_network(spec, weights)
            rows = len(found["y"]) // 7
            x = torch.from_numpy(found["x"]).view(rows, -1).requires_grad_()
            y = forward(x, False)
            (dx,) = torch.autograd.grad((y * torch.from_numpy(found["weights"]).view(rows, 7)).sum(), x)
            loss = torch_loss(stem.split("-")[1], forward(x, True), torch.from_numpy(found["target"]).view(rows, 7))
            names = [name for name in weights if weights[name].requires_grad]
            gradients = torch.autograd.grad(loss, [weights[name] for name in names])
            expected = {"y": y, "dx": dx, "loss": loss} | {f"d.{n}": g for n, g in zip(names, gradients)}
            for name, value in expected.items():
                value = value.detach().numpy().ravel()
                # A bias before a normalisation has a gradient of zero.
                size = max(abs(value).max(), 1e-3)
                error = abs(found[name] - value).max() / size
                worst = max(worst, error)
                if not error < 1e-10:
                    sys.exit(f"{stem} {name}: differs by {error:.1e} of {size:.1e}")
            print(f"{stem}: outputs, loss and {len(names)} gradients agree")
    print(f"largest difference {worst:.1e} of the largest value of a tensor (limit 1e-10)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--programs", default="xrd-nn,pytorch,candle,burn")
    parser.add_argument("--threads", default="1,2")
    args = parser.parse_args()
    if args.check:
        compare_results()
        return
    threads = [int(t) for t in args.threads.split(",")]
    compare_speed(args.programs.split(","), threads, args.rounds, args.steps)


if __name__ == "__main__":
    main()
