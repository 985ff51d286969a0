"""Time of an epoch of the paper's network in PyTorch, beside that of xrd-ae.

Both train 11,900-128-64-12-2 and back (ReLU, tanh at the plane, linear output) on the mean squared
error of the same 135 made-up patterns, in batches of 10, with Adam (learning rate 1e-3, that of
the first layer over the square root of its inputs, weight decay 1e-5), in single precision, with
denormal numbers flushed. Initial weights are drawn from the same distributions by other random
numbers, so the losses agree only roughly. Where torch cannot be imported it is installed into
.venv beside this file.

    python3 benches/peers/pytorch_epoch.py [EPOCHS]
"""

import math
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
WIDTHS = [11_900, 128, 64, 12, 2, 12, 64, 128, 11_900]
PATTERNS, BATCH, LINES = 135, 10, 40
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 1e-5

try:
    import numpy as np
    import torch
except ImportError:
    python = HERE / ".venv" / "bin" / "python"
    if Path(sys.prefix) == HERE / ".venv":
        sys.exit(f"torch and numpy cannot be imported by {python}; remove its folder and try again")
    venv.create(HERE / ".venv", with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "torch", "numpy"], check=True)
    os.execv(python, [str(python), *sys.argv])


def patterns():
    """The formula of `made_up_patterns` in xrd-benches."""
    angles = 1.0 + 0.01 * np.arange(WIDTHS[0])
    i = np.arange(PATTERNS)[:, None]
    u, v = (i % 15) / 14.0, (i // 15) / 8.0
    block = np.zeros((PATTERNS, WIDTHS[0]))
    for j in range(LINES):
        centre = 6.0 + 2.5 * j * (1.0 + 0.004 * u)
        height = math.exp(-j / 12.0) * (1.0 + 0.3 * v * math.sin(j))
        block += height / (1.0 + ((angles - centre) / 0.05) ** 2)
    return block


def scaled(block):
    """Mean pattern subtracted, divided by the root mean square of what is left."""
    centred = block - block.mean(axis=0)
    return torch.tensor(centred / np.sqrt((centred**2).mean()), dtype=torch.float32)


def network():
    layers = []
    for l, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        linear = torch.nn.Linear(inputs, outputs)
        torch.nn.init.zeros_(linear.bias)
        if l in (3, 7):
            torch.nn.init.xavier_uniform_(linear.weight)
        else:
            torch.nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        layers += [linear, torch.nn.Tanh() if l == 3 else torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def optimiser(model):
    first = list(model[0].parameters())
    rest = [p for layer in model[1:] for p in layer.parameters()]
    slowed = {"params": first, "lr": LEARNING_RATE / math.sqrt(WIDTHS[0])}
    options = {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY}
    try:
        return torch.optim.Adam([slowed, {"params": rest}], fused=True, **options)
    except RuntimeError:
        print("this torch has no fused Adam for the processor: the plain one is timed")
        return torch.optim.Adam([slowed, {"params": rest}], **options)


def of_pytorch(x, threads, epochs):
    """Milliseconds of the median epoch, and the mean loss of the last one."""
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    model = network()
    adam = optimiser(model)
    times = []
    for _ in range(epochs):
        start, squares = time.perf_counter(), 0.0
        for rows in torch.randperm(len(x)).split(BATCH):
            batch = x[rows]
            adam.zero_grad()
            loss = torch.nn.functional.mse_loss(model(batch), batch)
            loss.backward()
            adam.step()
            squares += loss.item() * len(rows)
        times.append(1e3 * (time.perf_counter() - start))
    return median(times), squares / len(x)


def of_ours(threads, epochs):
    command = ["cargo", "run", "--release", "--quiet", "-p", "xrd-benches", "--bin", "epoch_ms"]
    command += ["--", "--threads", str(threads), "--epochs", str(epochs)]
    answer = subprocess.run(command, cwd=HERE.parents[1], check=True, capture_output=True, text=True)
    words = answer.stdout.split()
    figures = dict(zip(words[::2], words[1::2]))
    return float(figures["ms_per_epoch"]), float(figures["train_loss"])


def main():
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    x = scaled(patterns())
    print(f"PyTorch {torch.__version__}, {epochs} epochs, median ms per epoch (loss of the last)")
    for threads in (1, 2):
        theirs, their_loss = of_pytorch(x, threads, epochs)
        ours, our_loss = of_ours(threads, epochs)
        print(
            f"{threads} threads: PyTorch {theirs:.1f} ({their_loss:.3f}), "
            f"xrd-ae {ours:.1f} ({our_loss:.3f}), ratio {theirs / ours:.2f}"
        )


if __name__ == "__main__":
    main()
