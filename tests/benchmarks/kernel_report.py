# SPDX-License-Identifier: GPL-3.0-or-later
"""Times the quantisers and draws their speed over that of copying; see scripts/bench --kernels.

usage: kernel_report.py FOLDER [--json FILE] [--chart FILE] [--keep]
FOLDER holds the built benchmark programs. FILEs are what Google Benchmark says and an SVG drawing of it; the tables go
to the standard output. --keep takes the JSON file as it is instead of measuring anew.
"""
import argparse
import html
import json
import pathlib
import subprocess
import sys

LARGE, SMALL, LOOP = "16 Mi/", "64 Ki/", "loop: "
STATISTICS = ", statistics"
# Peers, as the tables name them: (ours, theirs, goal)
LOOPS = (("bfp8 b32 nearest", "bfp8 b32 nearest", 80), ("bfp8 b32 stochastic", "bfp8 b32 stochastic", 250),
         ("fp8_e4m3 nearest", "fp8 e4m3 nearest", 80), ("fp8_e4m3 stochastic", "fp8 e4m3 stochastic", 250))
TENSORS = (("mx int8 b32 nearest", "mx<int8,block=32>", 100), ("mx e4m3 b32 nearest", "mx<e4m3,block=32>", 100))


def goal(name):
    """The share of the copy's speed that a case is to reach, where there is a goal."""
    if name.startswith(("affine", "bounded", "binary", "ternary")) and name.endswith("nearest"):
        return 0.5
    if not name.startswith(("bfp8 b", "mx", "fp8", "bf16", "hbfp8")) or "box" in name:
        return None
    if "stochastic" in name:
        return 0.6
    return 0.5 if any(word in name for word in ("channels", "batch", "tiles")) else 0.8


def measure(program, json_file):
    subprocess.run([program, f"--benchmark_out={json_file}", "--benchmark_out_format=json"], check=True,
                   stdout=sys.stderr)
    measured = json.loads(json_file.read_text())
    for private in ("executable", "host_name"):  # of one machine alone
        measured["context"].pop(private, None)
    json_file.write_text(json.dumps(measured, indent=1) + "\n")


def cases(measured):
    """{name: {threads: counters}} in the order of the program."""
    found = {}
    for entry in measured["benchmarks"]:
        parts = entry["name"].split("/")
        threads = next(int(part.split(":")[1]) for part in parts if part.startswith("threads:"))
        found.setdefault("/".join(parts[:2]), {})[threads] = entry
    return found


def names(found):
    return [name[len(LARGE):] for name in found
            if name.startswith(LARGE) and STATISTICS not in name and LOOP not in name]


def table(found):
    """What was not measured is a dash."""
    def figure(name, threads, counter):
        return f"{found[name][threads][counter]:.2f}" if threads in found.get(name, {}) else "-"

    print("| | in cache, one thread | 16 Mi, one thread | of the copy | two threads | of the copy | with statistics, of without |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name in names(found):
        large, small, measured = LARGE + name, SMALL + name, LARGE + name + STATISTICS
        print(f"| {name} | {figure(small, 1, 'Gelem/s')} Gelem/s | {figure(large, 1, 'Gelem/s')} "
              f"| {figure(large, 1, 'of_copy')} | {figure(large, 2, 'Gelem/s')} | {figure(large, 2, 'of_copy')} "
              f"| {figure(measured, 1, 'of_plain')}, {figure(measured, 2, 'of_plain')} |")


def torch_is_missing():
    return subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode != 0


def peers(found):
    """Against plain loops on one thread, as theirs, and tensor operations on as many threads as ours."""
    print("\n| | theirs | ours, one thread | | two threads | | |\n|---|--:|--:|--:|--:|--:|---|")

    def row(ours, label, theirs, least):
        rates = [found[LARGE + ours][threads]["Gelem/s"] * 1000 for threads in (1, 2)]
        print(f"| {ours} / {label} | {', '.join(f'{rate:.0f}' for rate in theirs)} Melem/s "
              + "".join(f"| {rate:.0f} | {rate / theirs[min(i, len(theirs) - 1)]:.0f} x " for i, rate in enumerate(rates))
              + f"| (goal {least}) |")

    for ours, theirs, least in LOOPS:
        if LARGE + ours in found:
            row(ours, "loop", [found[LARGE + LOOP + theirs][1]["Gelem/s"] * 1000], least)
    if torch_is_missing():
        return
    program = pathlib.Path(__file__).with_name("pytorch_quantise.py")
    elements = 1 << 24
    seconds = [json.loads(subprocess.run([sys.executable, program, "--threads", str(threads), "--elements", str(elements)],
                                         check=True, capture_output=True, text=True).stdout) for threads in (1, 2)]
    for ours, theirs, least in TENSORS:
        row(ours, "tensor operations", [elements / one[theirs] * 1e-6 for one in seconds], least)


def chart(found, machine):
    """Bars for one and two threads, a mark where the goal is."""
    left, scale, step, bar = 230, 420, 26, 9
    rows = names(found)
    height = 64 + step * len(rows)
    at = lambda ratio: left + scale * min(ratio, 1.15)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + int(1.2 * scale)}" height="{height}" '
             'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="8" y="18">{html.escape(machine)}</text>',
             f'<text x="{left}" y="38" fill="#1f5a8a">one thread</text>',
             f'<text x="{left + 80}" y="38" fill="#6aa5d0">two threads</text>',
             f'<text x="{left + 170}" y="38" fill="#c03020">| goal</text>']
    for tenth in range(0, 12, 2):
        x = at(tenth / 10)
        lines.append(f'<path d="M{x:.1f} 46V{height - 18}" stroke="#ddd"/>'
                     f'<text x="{x:.1f}" y="{height - 4}" text-anchor="middle">{tenth / 10:.1f}</text>')
    for i, name in enumerate(rows):
        y = 50 + step * i
        lines.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{html.escape(name)}</text>')
        for k, colour in enumerate(("#1f5a8a", "#6aa5d0")):
            if k + 1 not in found[LARGE + name]:
                continue
            ratio = found[LARGE + name][k + 1]["of_copy"]
            lines.append(f'<rect x="{left}" y="{y + k * (bar + 1)}" width="{at(ratio) - left:.1f}" height="{bar}" '
                         f'fill="{colour}"/>')
        if aim := goal(name):
            lines.append(f'<path d="M{at(aim):.1f} {y - 2}v{2 * bar + 5}" stroke="#c03020" stroke-width="2"/>')
    return "\n".join(lines) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("kernels.json"))
    parser.add_argument("--chart", type=pathlib.Path)
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    if not args.keep:
        measure(args.folder / "quantise_benchmark", args.json)
    measured = json.loads(args.json.read_text())
    found = cases(measured)
    path = measured["benchmarks"][0]["label"]
    machine = f"{measured['context']['num_cpus']} logical cores of {measured['context']['mhz_per_cpu']} MHz, kernels {path}"
    print(f"{machine}\n")
    table(found)
    peers(found)
    if args.chart:
        args.chart.write_text(chart(found, f"Speed over that of copying 16 Mi floats; {machine}"))


if __name__ == "__main__":
    main()
