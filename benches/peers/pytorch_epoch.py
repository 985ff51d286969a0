"""Time of training the paper's network with PyTorch, as one line in the format of `epoch_ms`.

Trains 11,900-128-64-12-2 and back (ReLU, tanh at the plane, linear output) on the same synthetic
patterns as xrd-ae, in single precision, with denormal numbers flushed. The loss is the mean squared
error. The optimiser is Adam with a learning rate of 1e-3, divided by the square root of the number of
inputs in the first layer, and a weight decay of 1e-4. Initial weights have the same distributions but
other random numbers, so the losses agree only roughly. `training.py` runs it.

    python3 benches/peers/pytorch_epoch.py --adam fused --threads 2
"""

import argparse
import math
import time
from statistics import median

import numpy as np
import torch

DIFFERENT, LINES = 135, 40
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 1e-4
LONGEST = 100  # steps after which a long epoch is left


def patterns(points, count):
    """The formula of `made_up_block` in xrd-benches."""
    angles = 1.0 + 119.0 / points * np.arange(points)
    i = np.arange(min(count, DIFFERENT))[:, None]
    u, v = (i % 15) / 14.0, (i // 15) / 8.0
    block = np.zeros((len(i), points))
    for j in range(LINES):
        centre = 6.0 + 2.5 * j * (1.0 + 0.004 * u)
        height = math.exp(-j / 12.0) * (1.0 + 0.3 * v * math.sin(j))
        block += height / (1.0 + ((angles - centre) / 0.05) ** 2)
    return block


def scaled(block, count):
    """Patterns minus their mean, divided by the root mean square of the difference; then repeated."""
    centred = block - block.mean(axis=0)
    different = torch.tensor(centred / np.sqrt((centred**2).mean()), dtype=torch.float32)
    return different[torch.arange(count) % len(different)]


def network(points):
    widths = [points, 128, 64, 12, 2, 12, 64, 128, points]
    layers = []
    for l, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        linear = torch.nn.Linear(inputs, outputs)
        torch.nn.init.zeros_(linear.bias)
        if l in (3, 7):
            torch.nn.init.xavier_uniform_(linear.weight)
        else:
            torch.nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        layers += [linear, torch.nn.Tanh() if l == 3 else torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def optimiser(model, points, fused):
    first = {"params": model[0].parameters(), "lr": LEARNING_RATE / math.sqrt(points)}
    rest = {"params": model[1:].parameters()}
    options = {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY}
    return torch.optim.Adam([first, rest], fused=True if fused else None, **options)


def train_once(x, model, adam, batch):
    """Milliseconds per step, and the mean loss, of an epoch or its first steps."""
    start, squares, rows_done = time.perf_counter(), 0.0, 0
    batches = torch.randperm(len(x)).split(batch)[:LONGEST]
    for rows in batches:
        patterns = x[rows]
        adam.zero_grad()
        loss = torch.nn.functional.mse_loss(model(patterns), patterns)
        loss.backward()
        adam.step()
        squares += loss.item() * len(rows)
        rows_done += len(rows)
    return 1e3 * (time.perf_counter() - start) / len(batches), squares / rows_done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--adam", choices=["fused", "default"], default="fused")
    for name, default in [
        ("threads", 2), ("points", 11_900), ("patterns", 135), ("batch", 10), ("epochs", 5)
    ]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=0.0)
    args = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    x = scaled(patterns(args.points, args.patterns), args.patterns)
    model = network(args.points)
    adam = optimiser(model, args.points, args.adam == "fused")
    times, losses, begin = [], [], time.perf_counter()
    while len(times) < args.epochs or time.perf_counter() - begin < args.seconds:
        ms, loss = train_once(x, model, adam, args.batch)
        times.append(ms)
        losses.append(loss)
    print(
        f"version {torch.__version__} epochs {len(times)} ms_per_step {median(times):.4f} "
        f"train_loss {losses[args.epochs - 1]:.4f}"
    )


if __name__ == "__main__":
    main()
