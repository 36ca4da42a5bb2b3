# SPDX-License-Identifier: GPL-3.0-or-later
"""Times microscaling in PyTorch: the tensor operations that microxcaling's path without its own CUDA kernels executes
(quantise a block's scale, then its elements), written anew.

usage: pytorch_quantise.py [--threads N] [--elements N] [--rounds N]
Prints {format: least seconds} as JSON.
"""
import argparse
import json
import time

import torch

BLOCK = 32
SMALLEST_NORMAL = 2.0 ** -126
LARGEST_SCALE = 127


def element(x, exponent_bits, bits, largest):
    """Elements of `bits` significand bits with two in front of the point, saturating; nearest, ties away from zero."""
    if exponent_bits:
        exponent = torch.floor(torch.log2(torch.abs(x) + (x == 0).type(x.dtype)))
        exponent = exponent.clip(min=2 - 2 ** (exponent_bits - 1))
        scaled = x / (2 ** exponent) * (2 ** (bits - 2))
    else:
        scaled = x * (2 ** (bits - 2))
    rounded = torch.sign(scaled) * torch.floor(torch.abs(scaled) + 0.5)
    rounded = rounded / (2 ** (bits - 2)) * (2 ** exponent) if exponent_bits else rounded / (2 ** (bits - 2))
    rounded = torch.clamp(rounded, min=-largest, max=largest)
    rounded[x == float("Inf")] = float("Inf")
    rounded[x == -float("Inf")] = -float("Inf")
    rounded[torch.isnan(x)] = float("NaN")
    return rounded


def microscaled(x, exponent_bits, bits, top, largest):
    """Blocks of BLOCK along the last axis; `top` is the exponent of the largest element."""
    blocks = x.reshape(*x.shape[:-1], x.shape[-1] // BLOCK, BLOCK)
    shared = torch.max(torch.abs(blocks), dim=-1, keepdim=True).values
    shared = torch.floor(torch.log2(shared + SMALLEST_NORMAL * (shared == 0).type(shared.dtype))) - top
    shared[shared > LARGEST_SCALE] = float("NaN")
    shared[shared < -LARGEST_SCALE] = -LARGEST_SCALE
    scaled = element(blocks / (2 ** shared), exponent_bits, bits, largest)
    return (scaled * (2 ** shared)).reshape(x.shape)


FORMATS = {"mx<int8,block=32>": (0, 8, 0, 127 / 64), "mx<e4m3,block=32>": (4, 5, 8, 448.0)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--elements", type=int, default=1 << 24)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    x = torch.rand(args.elements // 1024, 1024) * 2 - 1
    least = {}
    with torch.no_grad():
        for name, format_ in FORMATS.items():
            for _ in range(args.rounds):
                start = time.process_time()
                microscaled(x, *format_)
                seconds = (time.process_time() - start) / args.threads
                least[name] = min(seconds, least.get(name, seconds))
    print(json.dumps(least))


if __name__ == "__main__":
    main()
