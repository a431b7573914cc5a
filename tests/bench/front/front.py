#!/usr/bin/env python3
"""Fronts of the default recipe and of its baselines at equal accuracy, each design down to verified hardware.

    tests/bench/front/front.py -o out --bitgrain build/bitgrain --seeds 1 2 3 --widths network layers tensor element \
        tests/bench/front/experiments/magic_gamma.json=DATA/magic_gamma:0.86,0.865,0.87 ...

EXPERIMENT=FOLDER:LEVEL,...: the experiment's files are looked for in FOLDER. For every kind of widths and every seed one
run; of its front, for every level the cheapest point that is expected to reach it is frozen, built and verified
in Verilator. A point whose Verilog differs ends the program with status 1. Kinds of widths: element (the method), channel,
tensor (one per layer, trained), layers (one per layer, searched), network (one for all). Writes out/NAME/WIDTHS/SEED/...,
out/front.json and out/front.md; a run that is there is continued. Needs nothing but Python's library.
"""
import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path


def call(program, *arguments):
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.returncode


def place(experiment, data, folder, widths, standardised):
    """The experiment with its files looked for in `data`, one width per tensor or channel where asked."""
    content = json.loads(experiment.read_text())
    if standardised:
        content["data"]["standardise"] = False
    for part in content["data"].values():
        if isinstance(part, dict):
            for key, value in part.items():
                if isinstance(value, str) and key in ("features", "labels", "targets", "weights"):
                    part[key] = str((data / value).resolve())
    if widths in ("tensor", "channel"):
        for quantizer in ("kernel", "bias", "activation"):
            content.setdefault("quantizers", {}).setdefault(quantizer, {})["granularity"] = widths
    path = folder / "experiment.json"
    path.write_text(json.dumps(content, indent=1))
    return path


def train(bitgrain, experiment, folder, widths, seed, threads):
    """The front of one run; a finished one is not repeated."""
    run = folder / "run"
    if not (folder / "complete").exists():
        extra = ["--search", widths, "--replace"] if widths in ("network", "layers") else ["--resume"]
        call(bitgrain, "train", experiment, "-o", run, "--seed", seed, "--threads", threads, *extra)
        (folder / "complete").touch()
    return json.loads((run / "front.json").read_text())


def cheapest(front, level):
    """The point with the fewest EBOPs that is expected to reach the level, or None."""
    sign = 1 if front["higher_is_better"] else -1
    reached = [p for p in front["points"] if sign * p["expected"] >= sign * level]
    return min(reached, key=lambda p: p["ebops"], default=None)


def numbers_of(report):
    values = {}
    for section in report["sections"].values():
        for row in section.get("rows", {}).values():
            values.setdefault(row["name"], row["value"])
    return values


def measure(bitgrain, run, point, folder):
    folder.mkdir(parents=True, exist_ok=True)
    model, build = folder / "model.json", folder / "build"
    call(bitgrain, "freeze", run, "-o", model, "--pick", f"ebops<={point['ebops']}")
    call(bitgrain, "build", model, "-o", build)
    differs = call(bitgrain, "verify", build)
    facts = json.loads(model.read_text())["facts"]
    report = numbers_of(json.loads((build / "report.json").read_text()))
    verification = json.loads((build / "verification.json").read_text())
    shutil.rmtree(build)
    return {"validation": facts["validation"], "test": facts.get("test"), "ebops": facts["ebops"],
            "ebops_enclosed": facts["ebops_enclosed"], "live_weights": facts["live_weights"],
            "adders": report.get("adders"), "lut": report.get("LUT"), "ff": report.get("FF"),
            "latency_cycles": report.get("latency"), "vectors": verification["vectors"],
            "mismatches": verification["mismatches"], "differs": bool(differs)}


def spread(rows, key):
    values = [float(r[key]) for r in rows if r.get(key) is not None]
    if not values:
        return "-"
    digits = 4 if max(values) <= 10 else 1 if max(values) < 100 else 0
    return f"{statistics.mean(values):.{digits}f} ± {statistics.pstdev(values):.{digits}f}"


def table(results):
    """Rows of the seeds that reached a level, mean and deviation."""
    keys = ["validation", "test", "ebops", "ebops_enclosed", "adders", "lut", "ff", "latency_cycles"]
    lines = ["| experiment | asked | widths | seeds | " + " | ".join(keys) + " | vectors, mismatches |",
             "|---|---|---|---|" + "---|" * (len(keys) + 1)]
    for group in dict.fromkeys((r["experiment"], r["level"], r["widths"]) for r in results):
        rows = [r for r in results if (r["experiment"], r["level"], r["widths"]) == group]
        reached = [r for r in rows if r["reached"]]
        cells = [spread(reached, key) for key in keys]
        checked = f"{sum(r['vectors'] for r in reached)}, {sum(r['mismatches'] for r in reached)}" if reached else "-"
        lines.append(f"| {' | '.join(map(str, group))} | {len(reached)} of {len(rows)} | {' | '.join(cells)} | {checked} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--bitgrain", type=Path, default=Path("build/bitgrain"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--widths", nargs="+", default=["element"],
                        choices=["network", "layers", "tensor", "channel", "element"])
    parser.add_argument("--standardised", action="store_true", help="the features in the files are, by prepare.py")
    parser.add_argument("experiments", nargs="+", metavar="EXPERIMENT=FOLDER:LEVEL,LEVEL,...")
    options = parser.parse_args()
    bitgrain = options.bitgrain.resolve()
    results = []
    for argument in options.experiments:
        experiment, _, rest = argument.partition("=")
        data, _, levels = rest.rpartition(":")
        name = Path(experiment).stem
        for widths, seed in ((w, s) for w in options.widths for s in options.seeds):
            folder = options.output / name / widths / str(seed)
            folder.mkdir(parents=True, exist_ok=True)
            placed = place(Path(experiment), Path(data), folder, widths, options.standardised)
            front = train(bitgrain, placed, folder, widths, seed, options.threads)
            for level in levels.split(","):
                row = {"experiment": name, "level": level, "widths": widths, "seed": seed}
                point = cheapest(front, float(level))
                row["reached"] = point is not None
                if point:
                    row.update(measure(bitgrain, folder / "run", point, folder / level))
                results.append(row)
                print(json.dumps(row), file=sys.stderr)
    order = [a.partition("=")[0] for a in options.experiments]
    results.sort(key=lambda r: ([Path(e).stem for e in order].index(r["experiment"]), r["level"]))
    (options.output / "front.json").write_text(json.dumps(results, indent=1) + "\n")
    (options.output / "front.md").write_text(table(results))
    return 1 if any(r.get("differs") for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
