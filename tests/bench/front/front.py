#!/usr/bin/env python3
"""Trains fronts with the default recipe and takes their points to verified hardware.

    tests/bench/front/front.py -o out --bitgrain build/bitgrain --seeds 1 2 3 --points 4 \
        tests/bench/front/experiments/magic_gamma.json=DATA/magic_gamma ...

EXPERIMENT=FOLDER: the experiment's files are looked for in FOLDER. For every seed one run; of its front, the points at
evenly spaced log EBOPs between the best and the cheapest that keeps 90 % of the best's distance from the worst; each is
frozen, built and verified in Verilator. A point whose Verilog differs ends the program with status 1. With --search
network|layers the front is that of a baseline. Writes out/NAME/SEED/..., out/front.json and out/front.md; a run that is
there is continued. Needs nothing but Python's library.
"""
import argparse
import json
import math
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


def place(experiment, data, folder):
    """The experiment with its files looked for in `data`."""
    content = json.loads(experiment.read_text())
    for part in content["data"].values():
        if isinstance(part, dict):
            for key, value in part.items():
                if isinstance(value, str) and key in ("features", "labels", "targets", "weights"):
                    part[key] = str((data / value).resolve())
    path = folder / "experiment.json"
    path.write_text(json.dumps(content, indent=1))
    return path


def choose(front, count):
    """Points between the cheapest useful one and the best, evenly in log EBOPs."""
    better = front["higher_is_better"]
    metrics = [p["metric"] for p in front["points"]]
    best, worst = (max(metrics), min(metrics)) if better else (min(metrics), max(metrics))
    useful = [p for p in front["points"] if abs(p["metric"] - worst) >= 0.9 * abs(best - worst)]
    low, high = math.log(max(useful[0]["ebops"], 1)), math.log(max(useful[-1]["ebops"], 1))
    chosen = []
    for k in range(count):
        wanted = low + (high - low) * k / max(count - 1, 1)
        point = min(useful, key=lambda p: abs(math.log(max(p["ebops"], 1)) - wanted))
        if point not in chosen:
            chosen.append(point)
    return chosen


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--bitgrain", type=Path, default=Path("build/bitgrain"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--points", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--search", choices=["network", "layers"])
    parser.add_argument("experiments", nargs="+", metavar="EXPERIMENT=FOLDER")
    options = parser.parse_args()
    options.bitgrain = options.bitgrain.resolve()
    results = []
    for argument in options.experiments:
        experiment, _, data = argument.partition("=")
        name = Path(experiment).stem + (f" ({options.search})" if options.search else "")
        for seed in options.seeds:
            folder = options.output / name.replace(" ", "_") / str(seed)
            folder.mkdir(parents=True, exist_ok=True)
            run = folder / "run"
            extra = ["--search", options.search] if options.search else ["--resume"]
            if not (options.search and (run / "front.json").exists()):
                call(options.bitgrain, "train", place(Path(experiment), Path(data), folder), "-o", run, "--seed", seed,
                     "--threads", options.threads, *extra)
            front = json.loads((run / "front.json").read_text())
            for k, point in enumerate(choose(front, options.points)):
                row = {"experiment": name, "seed": seed, "place": k,
                       **measure(options.bitgrain, run, point, folder / f"point{k}")}
                results.append(row)
                print(json.dumps(row), file=sys.stderr)
    (options.output / "front.json").write_text(json.dumps(results, indent=1) + "\n")

    def spread(rows, key):
        values = [float(r[key]) for r in rows if r[key] is not None]
        if not values:
            return "-"
        digits = 4 if max(values) <= 10 else 0
        return f"{statistics.mean(values):.{digits}f} ± {statistics.pstdev(values):.{digits}f}"

    keys = ["test", "validation", "ebops", "ebops_enclosed", "adders", "lut", "ff", "latency_cycles"]
    lines = ["| experiment | place | runs | " + " | ".join(keys) + " | vectors, mismatches |",
             "|---|---|---|" + "---|" * (len(keys) + 1)]
    for name, number in sorted({(r["experiment"], r["place"]) for r in results}):
        rows = [r for r in results if (r["experiment"], r["place"]) == (name, number)]
        lines.append(f"| {name} | {number} | {len(rows)} | " + " | ".join(spread(rows, key) for key in keys) +
                     f" | {sum(r['vectors'] for r in rows)}, {sum(r['mismatches'] for r in rows)} |")
    (options.output / "front.md").write_text("\n".join(lines) + "\n")
    return 1 if any(r["differs"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
