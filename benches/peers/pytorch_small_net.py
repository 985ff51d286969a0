"""The first steps of training a small autoencoder in PyTorch, in double precision.

The network is 40-8-4-2-4-8-40, with weights and data from formulas. Prints the loss before each of the
first twenty Adam steps, and before every twentieth step until two hundred: once with one learning rate,
and once with that of the first layer divided by the square root of its inputs. The tests of xrd-ae
compare its training with these numbers.

    python3 -m venv .venv && .venv/bin/pip install torch
    .venv/bin/python benches/peers/pytorch_small_net.py
"""

import math

import torch

WIDTHS = [40, 8, 4, 2, 4, 8, 40]
SAMPLES, BATCH, STEPS = 10, 4, 200
LEARNING_RATE, WEIGHT_DECAY = 0.01, 0.01


def network():
    layers = []
    for l, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        linear = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
        with torch.no_grad():
            for o in range(outputs):
                linear.bias[o] = 0.1 * math.cos(1.0 + o + l)
                for i in range(inputs):
                    angle = 1.0 + 0.7 * i + 1.3 * o + 2.1 * l
                    linear.weight[o, i] = math.sin(angle) * math.sqrt(2.0 / inputs)
        layers.append(linear)
        if l == 2:
            layers.append(torch.nn.Tanh())
        elif l < len(WIDTHS) - 2:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def data():
    def intensity(n, k):
        u = (k - 8.0 - 2.5 * n) / 3.0
        return math.exp(-u * u) + 0.1 * math.sin(0.3 * k * n)

    rows = [[intensity(n, k) for k in range(WIDTHS[0])] for n in range(SAMPLES)]
    return torch.tensor(rows, dtype=torch.float64)


def losses(first_layer_share):
    model, x = network(), data()
    first, rest = list(model[0].parameters()), list(model[1:].parameters())
    groups = [{"params": first, "lr": LEARNING_RATE * first_layer_share}, {"params": rest}]
    adam = torch.optim.Adam(groups, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    for step in range(STEPS):
        start = (step * BATCH) % (math.ceil(SAMPLES / BATCH) * BATCH)
        batch = x[start : start + BATCH]
        adam.zero_grad()
        loss = torch.nn.functional.mse_loss(model(batch), batch)
        loss.backward()
        adam.step()
        yield loss.item()


for title, share in [
    ("one learning rate", 1.0),
    ("first layer slowed", 1.0 / math.sqrt(WIDTHS[0])),
]:
    print(title)
    for step, loss in enumerate(losses(share), start=1):
        if step <= 20 or step % 20 == 0:
            print(f"    {step:3} {loss:.16e}")
