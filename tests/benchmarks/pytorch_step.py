# SPDX-License-Identifier: GPL-3.0-or-later
"""Seconds of one PyTorch FP32 training step of LeNet-5 on Fashion-MNIST, for scripts/bench.

usage: pytorch_step.py [--tuned] [--batch-norm] [--threads N] [--batch N] [--seconds S] [--processor-time]
Prints the median step time in milliseconds. --tuned stores activations channels-last (set
MALLOC_MMAP_MAX_=0 and MALLOC_TRIM_THRESHOLD_=4294967296 in the environment as well).
"""
import argparse
import gzip
import pathlib
import statistics
import time

import numpy
import torch
from torch import nn

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")


def read_idx(name, header_bytes):
    with gzip.open(FOLDER / name) as stream:
        return numpy.frombuffer(stream.read(), numpy.uint8, offset=header_bytes)


def lenet5(batch_norm):
    """The network of Mantissa's templates lenet5 and lenet5_bn."""
    def block(inputs, outputs, padding):
        convolution = nn.Conv2d(inputs, outputs, 5, padding=padding)
        norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
        return [convolution, *norm, nn.ReLU(), nn.MaxPool2d(2)]

    return nn.Sequential(*block(1, 6, 2), *block(6, 16, 0), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(),
                         nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--batch-norm", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--processor-time", action="store_true", help="of the process, not of the clock")
    args = parser.parse_args()
    clock = time.process_time if args.processor_time else time.perf_counter
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    images = torch.tensor(read_idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)) / 127.5 - 1
    labels = torch.tensor(read_idx("t10k-labels-idx1-ubyte.gz", 8)).long()
    model = lenet5(args.batch_norm)
    if args.tuned:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    loss_function = nn.CrossEntropyLoss()

    def step(first):
        optimizer.zero_grad()
        loss_function(model(images[first:first + args.batch]), labels[first:first + args.batch]).backward()
        optimizer.step()

    times, end = [], time.perf_counter() + args.seconds
    while time.perf_counter() < end or len(times) < 20:
        first = len(times) * args.batch % (len(images) - args.batch)
        start = clock()
        step(first)
        times.append(clock() - start)
    print(f"{statistics.median(times[10:]) * 1e3:.4f}")


if __name__ == "__main__":
    main()
