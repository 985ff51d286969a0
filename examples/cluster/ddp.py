"""Trains the autoencoder of the paper on shards with any number of processes (DistributedDataParallel).

    xrd simulate structures.jsonl --effects examples/effects.toml --per-structure 20 --out training
    torchrun --standalone --nproc-per-node 2 examples/cluster/ddp.py training --out model.safetensors
    sbatch examples/cluster/train.slurm training --out model.safetensors

All processes together make the same batches as one process, so that losses agree except for rounding.
The state is saved every few batches; started again, the training continues from there. The processes
use GPUs (backend nccl) if there are enough of them, otherwise the processor (backend gloo). The model
is a file for `xrd encode`, `xrd estimate` and so on.
"""

import argparse
import csv
import os
import sys
import time
from pathlib import Path

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from xrd.torch import Autoencoder, Shards

HEADER = ["epoch", "batch", "loss"]


class Loss(torch.nn.Module):
    """Loss of a batch, so that its gradients pass through DistributedDataParallel."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        """Mean squared error of the reconstruction in scaled intensities."""
        return self.model.loss(x)


class Training:
    """Model, optimiser, position in the data, and losses so far."""

    def __init__(self, options, data, device):
        self.options, self.data, self.device = options, data, device
        torch.manual_seed(options.seed)
        if "two_theta" not in data.manifest:
            raise ValueError(f"{options.folder} has patterns over Q (expected angles, without --grid q)")
        grid = data.manifest["two_theta"]
        self.model = Autoencoder((grid["start"], grid["step"], grid["points"]),
                                 wavelength=data.manifest["wavelength_angstrom"])
        self.model.fit_scaling(first_patterns(options))
        self.model.to(device)
        groups = self.model.parameter_groups(options.learning_rate)
        self.adam = torch.optim.Adam(groups, weight_decay=options.weight_decay)
        self.epoch = self.batch = 0
        self.losses = []
        if options.checkpoint.exists():
            self.resume()

    def resume(self):
        """Continue from the checkpoint."""
        state = torch.load(self.options.checkpoint, map_location=self.device, weights_only=True)
        if state["seed"] != self.options.seed or state["batch_size"] != self.options.batch_size:
            raise ValueError(f"{self.options.checkpoint} has another --seed or --batch-size")
        self.model.load_state_dict(state["model"])
        self.model.description["input_scaling"] = state["scaling"]
        self.adam.load_state_dict(state["adam"])
        self.epoch, self.batch, self.losses = state["epoch"], state["batch"], state["losses"]

    def save(self):
        """Write the checkpoint and the table of losses, each completely or not at all."""
        if self.data.rank:
            return
        state = {
            "model": self.model.state_dict(),
            "scaling": self.model.description["input_scaling"],
            "adam": self.adam.state_dict(),
            "epoch": self.epoch,
            "batch": self.batch,
            "losses": self.losses,
            "seed": self.options.seed,
            "batch_size": self.options.batch_size,
        }
        replace(self.options.checkpoint, lambda path: torch.save(state, path))
        replace(self.options.losses, self.write_losses)

    def write_losses(self, path):
        """Write the table of losses."""
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([HEADER, *self.losses])

    def run(self):
        """Train to the last epoch; return patterns per second."""
        start, before = time.perf_counter(), len(self.losses)
        loss_of = Loss(self.model)
        if distributed.is_initialized():
            loss_of = DistributedDataParallel(loss_of)
        while self.epoch < self.options.epochs:
            self.data.set_epoch(self.epoch, self.batch)
            for patterns in DataLoader(self.data, batch_size=None, num_workers=self.options.workers):
                self.step(loss_of, patterns.to(self.device))
            self.epoch, self.batch = self.epoch + 1, 0
        self.save()
        patterns = (len(self.losses) - before) * self.options.batch_size
        return patterns / (time.perf_counter() - start)

    def step(self, loss_of, patterns):
        """Train on one batch."""
        self.adam.zero_grad()
        loss = loss_of(patterns)
        loss.backward()
        self.adam.step()
        self.losses.append([self.epoch, self.batch, mean_of_all(loss, self.data.world)])
        self.batch += 1
        if len(self.losses) % self.options.save_every == 0:
            self.save()


def mean_of_all(loss, world):
    """Mean over the processes; their parts of a batch have equal sizes."""
    total = loss.detach().double()
    if distributed.is_initialized():
        distributed.all_reduce(total)
    return total.item() / world


def first_patterns(options, most=1000):
    """Some patterns for the scaling, the same in all processes."""
    data = Shards(options.folder, 1, seed=options.seed, rank=0, world=1)
    batches = (places for _, places in zip(range(most), data.places()))
    return torch.cat([data.read(places) for places in batches])


def replace(path, write):
    """Write beside, then rename."""
    beside = path.with_name(f".{path.name}.part")
    write(beside)
    os.replace(beside, path)


def join():
    """Join the processes that torchrun started; return the device of this one."""
    local, here = int(os.environ.get("LOCAL_RANK", 0)), int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    gpus = 0 < here <= torch.cuda.device_count()
    if gpus:
        torch.cuda.set_device(local)
    if "WORLD_SIZE" in os.environ:
        distributed.init_process_group("nccl" if gpus else "gloo")
    return torch.device("cuda", local) if gpus else torch.device("cpu")


def options_of(arguments=None):
    """Options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of shards, by xrd simulate or xrd.ray")
    parser.add_argument("--out", type=Path, default=Path("model.safetensors"), help="file of the model")
    parser.add_argument("--checkpoint", type=Path, help="file of the checkpoint [default: OUT.checkpoint]")
    parser.add_argument("--losses", type=Path, help="table of losses [default: OUT.losses.csv]")
    parser.add_argument("--save-every", type=int, default=100, help="batches between checkpoints")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=64, help="patterns per batch of all processes together")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0, help="processes that read, per training process")
    parser.add_argument("--threads", type=int, help="threads per process [default: PyTorch's]")
    options = parser.parse_args(arguments)
    options.checkpoint = options.checkpoint or options.out.with_suffix(".checkpoint")
    options.losses = options.losses or options.out.with_suffix(".losses.csv")
    return options


def main():
    """Train and save the model."""
    options = options_of()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    device = join()
    try:
        try:
            training = Training(options, Shards(options.folder, options.batch_size, seed=options.seed), device)
        except (OSError, ValueError) as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(2)
        rate = training.run()
        if training.data.rank == 0:
            training.model.cpu().save(options.out)
            batches, last = len(training.losses), training.losses[-1][2]
            print(f"{batches} batches, loss {last:.6g} at the end, {rate:.0f} patterns/s, model in {options.out}")
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


if __name__ == "__main__":
    main()
