#!/usr/bin/env python3
"""Solves matrix files with da4ml and Alkaid, as published on PyPI, for a comparison on this machine and in this run.

    tests/bench/cmvm/peers.py -o peers.json matrices/*.json
    tests/bench/cmvm/peers.py -o peers.json --random hgq_32x32 --count 3 --seed 7 --bench build/bench_cmvm

The first call makes a virtual environment (--environment). Both packages are used through their documented solvers
only: a matrix and the ranges of its inputs go in, a list of operations comes out. The graphs are written as they are;
bench_cmvm proves them and counts them with the counter that counts ours. CPU time: one thread, this process alone,
the best of up to three calls. --random writes fresh matrix files beside the output:
denseB_RxC (B-bit weights, 8-bit inputs), hgq_RxC (sparse, a width and grid per weight and input), narrowB_RxC (like
hgq, every input 1 to B bits).
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ["da4ml==0.6.0", "alkaid==0.8.2"]


def enter_environment(folder):
    """Runs this script again inside the virtual environment unless it already is there."""
    python = folder / "bin" / "python"
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *PACKAGES], check=True)
        (folder / "complete").write_text("\n".join(PACKAGES) + "\n")
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    sys.stdout.flush()
    os.execve(str(python), [str(python), *sys.argv], environment)


def random_matrix(family, seed):
    match = re.fullmatch(r"(dense|narrow)(\d+)_(\d+)x(\d+)|(hgq)_(\d+)x(\d+)", family)
    if not match:
        raise SystemExit(f"--random {family}: known: denseB_RxC, narrowB_RxC, hgq_RxC")
    kind = match[1] or match[5]
    rows, columns = (int(n) for n in (match.group(3, 4) if match[1] else match.group(6, 7)))
    bits = int(match[2] or 8)
    if rows < 1 or columns < 1 or bits < 1:
        raise SystemExit(f"--random {family}: rows, columns and bits are at least 1")
    source = random.Random(f"{family} {seed}")
    if kind == "dense":
        half = 2 ** (bits - 1)
        kernel = [[source.randint(-half, half - 1) for _ in range(columns)] for _ in range(rows)]
        inputs = [[-128.0, 127.0, 1.0]] * rows
        scale = 0
    else:
        def weight():
            if source.random() < 0.6:
                return 0
            most = 2 ** source.randint(1, 6) - 1
            return source.choice((-1, 1)) * source.randint(1, most) * 2 ** source.randint(0, 2)

        kernel = [[weight() for _ in range(columns)] for _ in range(rows)]
        inputs = []
        for _ in range(rows):
            step = 2.0 ** -source.randint(0, 6)
            codes = 2 ** source.randint(1, bits)
            low = -codes // 2 if source.random() < 0.3 else 0
            inputs.append([low * step, (low + codes - 1) * step, step])
        scale = -4
    return {"format": "cmvm-bench-1", "name": f"{family}_r{seed}", "family": family, "seed": seed,
            "shape": [rows, columns], "scale_log2": scale, "inputs": inputs, "kernel": kernel}


def write_random(families, count, seed, folder):
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for family in families:
        for k in range(count):
            matrix = random_matrix(family, seed + k)
            paths.append(folder / (matrix["name"] + ".json"))
            paths[-1].write_text(json.dumps(matrix) + "\n")
    return paths


def flat_graph(stages, rows):
    """One list of adds for stages that feed each other. A term is [node, shift, negate]; None is zero."""
    adds = []

    def moved(term, shift, negate):
        return term and [term[0], term[1] + shift, int(bool(term[2]) != bool(negate))]

    def add(a, b):
        if a is None or b is None:
            return b if a is None else a
        negate = a[2] and b[2]  # a sum of negated terms is the negated sum
        adds.append([a[0], a[1], a[2] and not negate, b[0], b[1], b[2] and not negate])
        adds[-1] = [int(x) for x in adds[-1]]
        return [rows + len(adds) - 1, 0, int(negate)]

    terms = [[i, 0, 0] for i in range(rows)]
    for stage in stages:
        values = []
        for op in stage.ops:
            operands = op.addr if hasattr(op, "addr") else (op.id0, op.id1)
            data = op.data[0] if hasattr(op, "addr") and op.data else op.data
            if op.opcode == -1:
                index = data if hasattr(op, "addr") else op.id0
                values.append(moved(terms[index], int(stage.inp_shifts[index]), False))
            elif op.opcode in (0, 1):
                values.append(add(values[operands[0]], moved(values[operands[1]], int(data), op.opcode == 1)))
            elif op.opcode == -2 and hasattr(op, "addr"):
                values.append(moved(values[operands[0]], 0, True))
            else:
                raise SystemExit(f"the solver answered with operation {op.opcode}, which no adder graph has")
        outputs = zip(stage.out_idxs, stage.out_shifts, stage.out_negs)
        terms = [None if i < 0 else moved(values[i], int(shift), bool(negate)) for i, shift, negate in outputs]
    return {"adds": adds, "outputs": terms}


def solvers():
    import alkaid.cmvm
    import da4ml.cmvm

    def run_da4ml(kernel, inputs, latencies, dc):
        return da4ml.cmvm.solve(kernel, hard_dc=dc, qintervals=inputs, latencies=latencies, adder_size=1,
                                carry_size=-1).solutions

    def run_alkaid(kernel, inputs, latencies, dc):
        return alkaid.cmvm.cmvm_solve(kernel, hard_dc=dc, qintervals=inputs, latencies=latencies)

    return {"da4ml": run_da4ml, "alkaid": run_alkaid}


def solve(path, dcs):
    import numpy

    matrix = json.loads(path.read_text())
    kernel = (numpy.array(matrix["kernel"], dtype=numpy.float64) * 2.0 ** matrix["scale_log2"]).astype(numpy.float32)
    kernel = kernel.reshape(matrix["shape"])
    inputs = [tuple(float(x) for x in triple) for triple in matrix["inputs"]]
    latencies = [float(x) for x in matrix.get("input_latency", [0] * len(inputs))]
    for tool, run in solvers().items():
        for dc in dcs:
            best = None
            for repeat in range(3):
                start = time.process_time()
                stages = run(kernel, inputs, latencies, dc)
                seconds = time.process_time() - start
                best = seconds if best is None else min(best, seconds)
                if seconds > 0.3:
                    break
            yield {"name": matrix["name"], "family": matrix.get("family", ""), "tool": tool, "dc": dc, "threads": 1,
                   "cpu_s": best, "repeats": repeat + 1, "graph": flat_graph(stages, len(inputs))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("-o", "--output", type=Path, required=True, help="results, as bench_cmvm --against reads them")
    parser.add_argument("--dc", type=int, action="append", help="their depth setting; default 0 and 2; -1: none")
    parser.add_argument("--random", action="append", default=[], metavar="FAMILY", help="fresh matrices, see above")
    parser.add_argument("--count", type=int, default=3, help="fresh matrices of each family (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first fresh matrix (%(default)s)")
    parser.add_argument("--bench", type=Path, help="bench_cmvm: compare with ours right away")
    parser.add_argument("--environment", type=Path, default=Path("build/peers"), help="%(default)s")
    arguments = parser.parse_args()
    if arguments.bench and not arguments.bench.is_file():
        parser.error(f"--bench {arguments.bench}: no such program")
    enter_environment(arguments.environment)
    fresh = arguments.output.parent / (arguments.output.stem + "-matrices")
    files = arguments.files + write_random(arguments.random, arguments.count, arguments.seed, fresh)
    if not files:
        parser.error("no matrices: name files or use --random")
    dcs = arguments.dc or [0, 2]
    rows = []
    for path in files:
        print(path.stem, file=sys.stderr, flush=True)
        rows.extend(solve(path, dcs))
    meta = {"packages": PACKAGES, "command": " ".join(sys.argv)}
    arguments.output.write_text(json.dumps({"meta": meta, "results": rows}) + "\n")
    if not arguments.bench:
        return
    for dc in dcs:
        for effort in ("fast", "normal", "high"):
            for operands in ("2", "3"):
                command = [str(arguments.bench), "--slack", "none" if dc < 0 else str(dc), "--effort", effort,
                           "--operands", operands, "--against", str(arguments.output)]
                command += ["--binary-depth"] if operands == "3" else []
                print("$ " + " ".join(command), flush=True)
                subprocess.run([str(arguments.bench.resolve()), *command[1:], *map(str, files)], check=True)


if __name__ == "__main__":
    main()
