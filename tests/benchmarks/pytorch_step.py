# SPDX-License-Identifier: GPL-3.0-or-later
"""Milliseconds of one PyTorch FP32 training step of one of our network templates, for scripts/bench.

usage: pytorch_step.py [NETWORK] [--tuned] [--threads N] [--batch N] [--seconds S] [--processor-time]
Prints the median step time. --tuned stores activations channels-last (set MALLOC_MMAP_MAX_=0 and
MALLOC_TRIM_THRESHOLD_=4294967296 in the environment as well). Images are noise: a step takes the same time on any.
"""
import argparse
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

FASHION, CIFAR = (1, 28, 28), (3, 32, 32)


def lenet5(batch_norm):
    def block(inputs, outputs, padding):
        convolution = nn.Conv2d(inputs, outputs, 5, padding=padding)
        norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
        return [convolution, *norm, nn.ReLU(), nn.MaxPool2d(2)]

    return nn.Sequential(*block(1, 6, 2), *block(6, 16, 0), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(),
                         nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def perceptron():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(),
                         nn.Linear(1024, 10))


def convolve(inputs, outputs, kernel=3, stride=1, groups=1, activation=None):
    """Convolution without bias and batch normalisation, and what follows."""
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
              nn.BatchNorm2d(outputs)]
    return layers + ([activation(inplace=True)] if activation else [])


class Basic(nn.Module):
    """Two 3 x 3 convolutions and a shortcut without parameters (option A)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.stride, self.padding = (1, 0) if inputs == outputs else (2, (outputs - inputs) // 2)
        self.branch = nn.Sequential(*convolve(inputs, outputs, 3, self.stride, activation=nn.ReLU),
                                    *convolve(outputs, outputs))

    def forward(self, x):
        shortcut = x[:, :, ::self.stride, ::self.stride]
        if self.padding:
            shortcut = functional.pad(shortcut, (0, 0, 0, 0, self.padding, self.padding))
        return functional.relu(self.branch(x) + shortcut)


def resnet20():
    layers, channels = convolve(3, 16, activation=nn.ReLU), 16
    for outputs in (16, 16, 16, 32, 32, 32, 64, 64, 64):
        layers.append(Basic(channels, outputs))
        channels = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Inverted(nn.Module):
    """Expansion, depthwise convolution and projection, added to the input where shapes agree."""

    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        hidden = inputs * expansion
        expand = convolve(inputs, hidden, 1, activation=nn.ReLU6) if expansion != 1 else []
        self.branch = nn.Sequential(*expand, *convolve(hidden, hidden, 3, stride, hidden, nn.ReLU6),
                                    *convolve(hidden, outputs, 1))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.branch(x) if self.adds else self.branch(x)


def mobilenet_v2_cifar():
    layers, channels = convolve(3, 32, activation=nn.ReLU6), 32
    for expansion, outputs, blocks, stride in ((1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                               (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(blocks):
            layers.append(Inverted(channels, outputs, expansion, stride if block == 0 else 1))
            channels = outputs
    return nn.Sequential(*layers, *convolve(320, 1280, 1, activation=nn.ReLU6), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(1280, 10))


# By the names of Mantissa's templates: (what makes it, an image's shape).
NETWORKS = {"lenet5": (lambda: lenet5(False), FASHION), "lenet5_bn": (lambda: lenet5(True), FASHION),
            "mlp": (perceptron, FASHION), "resnet20": (resnet20, CIFAR), "mobilenet_v2_cifar": (mobilenet_v2_cifar, CIFAR)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", nargs="?", choices=NETWORKS, default="lenet5")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--processor-time", action="store_true", help="of the process, not of the clock")
    args = parser.parse_args()
    clock = time.process_time if args.processor_time else time.perf_counter
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    make, shape = NETWORKS[args.network]
    model = make()
    images, labels = torch.rand(args.batch, *shape), torch.randint(10, (args.batch,))
    if args.tuned:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    loss_function = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss_function(model(images), labels).backward()
        optimizer.step()

    for _ in range(2):
        step()
    times, end = [], time.perf_counter() + args.seconds
    while time.perf_counter() < end or len(times) < 3:
        start = clock()
        step()
        times.append(clock() - start)
    print(f"{statistics.median(times) * 1e3:.4f}")


if __name__ == "__main__":
    main()
