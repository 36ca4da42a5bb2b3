# SPDX-License-Identifier: GPL-3.0-or-later
"""Times one training step of Mantissa and of PyTorch in turn and prints one table; see scripts/bench.

usage: compare.py FOLDER [--networks ID,...] [--rounds N] [--threads N] [--seconds S] [--processor-time]
FOLDER holds the built benchmark programs. A round runs every program once, so that a busy moment of the
machine touches all of them; ratios are taken within each round, and the medians of the rounds are printed. --processor-time counts what one thread computes, whatever else the machine does.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

FORMATS = ("fp32", "bfp8", "fp8", "bfp8_bit_true")
# (label, numerator, denominator), each the name of a measurement after the network's
RATIOS = (("FP32 / PyTorch default", "fp32", "torch"), ("FP32 / PyTorch tuned", "fp32", "tuned"),
          ("BFP8 / FP32", "bfp8", "fp32"), ("FP8 / FP32", "fp8", "fp32"), ("bit-true BFP8 / FP32", "bfp8_bit_true", "fp32"),
          ("bit-true BFP8 / PyTorch tuned", "bfp8_bit_true", "tuned"))
LABELS = {"fp32": "Mantissa FP32", "bfp8": "Mantissa BFP8", "fp8": "Mantissa FP8", "bfp8_bit_true": "Mantissa bit-true BFP8",
          "torch": "PyTorch FP32, default", "tuned": "PyTorch FP32, tuned"}


def ours(program, network, args):
    """Milliseconds of a step by format, and the kernels' instruction set."""
    run = subprocess.run(
        [program, f"--benchmark_filter=^{network}/({'|'.join(FORMATS)})/threads:{args.threads}/",
         f"--benchmark_min_time={args.seconds}", "--benchmark_format=json"], check=True, capture_output=True, text=True)
    entries = json.loads(run.stdout)["benchmarks"]
    assert all(entry["time_unit"] == "ms" for entry in entries), "train_step_benchmark reports milliseconds"
    clock = "cpu_time" if args.processor_time else "real_time"
    return {entry["name"].split("/")[1]: entry[clock] for entry in entries}, entries[0]["label"]


def pytorch(network, tuned, args):
    """Milliseconds of a step. OPENBLAS_CORETYPE would hold OpenBLAS below what the machine can do."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    environment["OMP_NUM_THREADS"] = str(args.threads)
    command = [sys.executable, pathlib.Path(__file__).with_name("pytorch_step.py"), network,
               "--threads", str(args.threads), "--seconds", str(args.seconds)]
    if args.processor_time:
        command.append("--processor-time")
    if tuned:
        command.append("--tuned")
        environment |= {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4294967296"}
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(run.stdout)


def cpu_model():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
                platform.machine())


def measure(program, args):
    """A list of rounds, each {(network, name): milliseconds}, and the kernels' instruction set."""
    rounds, path = [], ""
    for number in range(args.rounds):
        times = {}
        for network in args.networks:
            steps, path = ours(program, network, args)
            times |= {(network, name): step for name, step in steps.items()}
            times[network, "torch"] = pytorch(network, False, args)
            times[network, "tuned"] = pytorch(network, True, args)
        rounds.append(times)
        print(f"round {number + 1} of {args.rounds} done", file=sys.stderr)
    return rounds, path


def report(rounds, path, args):
    print(f"{cpu_model()}, {os.cpu_count()} logical cores; "
          f"{args.threads} thread(s), batch 128, kernels {path}, {'processor' if args.processor_time else 'clock'} time")
    print(f"Medians of {len(rounds)} rounds, smallest and largest in brackets\n")

    def row(title, values, unit):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"| {title:<40} | {middle:8.2f}{unit} | {low:8.2f} to {high:.2f} |")

    print(f"| {'One training step':<40} | {'median':>11} | {'range':>17} |")
    print("|---|--:|--:|")
    for network in args.networks:
        for name, label in LABELS.items():
            row(f"{network}: {label}", [times[network, name] for times in rounds], " ms")
    for network in args.networks:
        for label, above, below in RATIOS:
            row(f"{network}: {label}", [times[network, above] / times[network, below] for times in rounds], " x ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--networks", type=lambda text: text.split(","), default=["lenet5", "lenet5_bn"],
                        help="templates, separated by commas: lenet5, lenet5_bn, mlp, resnet20, mobilenet_v2_cifar")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, choices=(1, 2), default=2)
    parser.add_argument("--seconds", type=float, default=1, help="of each measurement")
    parser.add_argument("--processor-time", action="store_true", help="of one thread, for a busy machine")
    args = parser.parse_args()
    if args.processor_time:
        args.threads = 1
    if args.rounds < 1:
        parser.error("--rounds must be at least 1")
    report(*measure(args.folder / "train_step_benchmark", args), args)


if __name__ == "__main__":
    main()
