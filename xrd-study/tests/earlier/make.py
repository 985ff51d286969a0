"""Makes the patterns and labels of the study in this folder, in the current folder:

    python3 make.py
    xrd study --patterns scans --labels labels.csv --seeds 2 --epochs 40 --hidden 8,4 \
        --target p=4.5 --target p=99 --threads 1

study.json, latent.csv and model.safetensors were written by the program of 2026-11-23, before
reports held their experiment. They must not be changed: later versions must read them.
"""

import math
import os

os.makedirs("scans")
labels = "name,p,q\n"
for k in range(24):
    w = k // 2
    with open(f"scans/s{k:02d}.xy", "w") as file:
        for i in range(120):
            t = 20 + 0.25 * i
            first = 100 * math.exp(-((t - 28 - 0.5 * w) ** 2))
            second = 50 * math.exp(-(((t - 40 + 0.2 * w) / 1.5) ** 2))
            file.write(f"{t} {first + second + k % 2:.3f}\n")
    labels += f"s{k:02d},{w},{w * w / 10}\n"
with open("labels.csv", "w") as file:
    file.write(labels)
