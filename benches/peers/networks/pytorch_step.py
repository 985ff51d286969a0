"""Time of training steps of three networks with PyTorch; the task of `task.rs`. `networks.py` runs it."""

import argparse
import time
from statistics import median

import numpy as np
import torch
from torch import nn

POINTS, CLASSES, LEARNING_RATE = 8_500, 230, 1e-4


def dense(*widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return layers[:-1]


def network(net):
    if net == "dense":
        return nn.Sequential(*dense(POINTS, 4000, 3000, 1000, 800, CLASSES))
    if net == "park":
        layers = [nn.Unflatten(1, (1, POINTS))]
        for inputs, kernel, stride in [(1, 100, 5), (80, 50, 5), (80, 25, 2)]:
            layers += [nn.Conv1d(inputs, 80, kernel, stride), nn.ReLU(), nn.AvgPool1d(3, 2)]
        return nn.Sequential(*layers, nn.Flatten(), *dense(1040, 2300, 1150, CLASSES))
    layers = [nn.Unflatten(1, (1, POINTS))]
    for inputs, outputs, kernel, stride in [(1, 32, 51, 5), (32, 64, 25, 5), (64, 96, 9, 2)]:
        layers += [nn.Conv1d(inputs, outputs, kernel, stride), nn.ReLU()]
    return nn.Sequential(*layers, nn.AvgPool1d(6), nn.Flatten(), *dense(2592, 384, CLASSES))


def peak(size=2048, repeats=12):
    """Billions of operations per second of the fastest of some products of square matrices."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return 2e-9 * size**3 / min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--net", choices=["dense", "park", "ship", "peak"], default="ship")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    if args.net == "peak":
        print(f"gflops {peak():.1f}")
        return
    model = network(args.net)
    adam = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, fused=True)
    random = np.random.default_rng(1)
    x = torch.from_numpy(random.random((args.batch, POINTS), dtype=np.float32))
    classes = torch.from_numpy(random.integers(0, CLASSES, args.batch))
    times, losses = [], []
    for _ in range(args.steps + 1):
        start = time.perf_counter()
        adam.zero_grad()
        loss = nn.functional.cross_entropy(model(x), classes)
        loss.backward()
        adam.step()
        losses.append(loss.item())
        times.append(1e3 * (time.perf_counter() - start))
    weights = sum(p.numel() for p in model.parameters())
    print(
        f"ms_per_step {median(times[1:]):.2f} first_loss {losses[0]:.4f} last_loss {losses[-1]:.4f} "
        f"weights {weights} version {torch.__version__}"
    )


if __name__ == "__main__":
    main()
