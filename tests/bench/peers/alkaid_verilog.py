#!/usr/bin/env python3
"""Alkaid's Verilog of a network: python alkaid_verilog.py FILE STAGES FOLDER

FILE is a network of HGQ2 (.keras, .h5) or a model.json of bitgrain made of affine maps, ReLUs and casts. Alkaid traces it, solves
its matrices and pipelines it into STAGES stages between an input and an output rank of registers, all with its default options.
Prints what it estimates itself: cost, register bits. Needs PyPI alkaid and, for files of HGQ2, hgq2 (alkaid_venv.sh).
"""
import json
import os
import subprocess
import sys
from pathlib import Path


def convert(file: str, stages: int, folder: Path) -> None:
    tool = Path(sys.executable).parent / 'alkaid'
    done = subprocess.run([tool, 'convert', file, folder, '-n', '0', '--n-stages', str(stages)], text=True,
                          capture_output=True, env={**os.environ, 'KERAS_BACKEND': 'jax'})
    if done.returncode:
        sys.exit(f'{file}: alkaid failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}')


def trace_model(file: str):
    """Our model over Alkaid's symbolic arrays."""
    import numpy as np
    from alkaid.trace import FVArrayInput, trace

    model = json.loads(Path(file).read_text())
    if len(model['inputs']) != 1 or len(model['outputs']) != 1:
        sys.exit(f'{file}: only models with one input and one output are traced')

    def quantize(x, formats):
        k, i, f = (np.broadcast_to(np.asarray(formats[key]), x.shape) for key in ('sign', 'integer', 'fraction'))
        return x.quantize(k, i, f, formats['overflow'], formats['round'])

    x = FVArrayInput((int(np.prod(model['inputs'][0]['shape'])),))
    values = [quantize(x, {**model['inputs'][0], 'overflow': 'WRAP', 'round': 'TRN'})]  # a port: no logic
    for step in model['steps']:
        y = values[step['operands'][0]]
        if step['op'] == 'affine':
            y = y @ np.asarray(step['weights'], dtype='float64') + np.asarray(step['bias'], dtype='float64')
        elif step['op'] == 'relu':
            y = y.relu()
        elif step['op'] == 'cast':
            y = quantize(y, step)
        else:
            sys.exit(f"{file}: the step {step['op']} is not traced")
        values.append(y)
    return trace(x, values[model['outputs'][0]['value']])


def main() -> None:
    file, stages, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if file.endswith('.json'):
        from alkaid.codegen import RTLModel
        RTLModel(trace_model(file), folder, 'model', n_stages=stages).write()
    else:
        convert(file, stages, folder)
    facts = json.loads((folder / 'metadata.json').read_text())
    if facts['latency'] != stages:
        sys.exit(f'{file}: alkaid made {facts["latency"]} stages instead of {stages}')
    print(facts['cost'], facts['reg_bits'])


if __name__ == '__main__':
    main()
