#!/usr/bin/env python3
"""Alkaid's Verilog of a network: python alkaid_verilog.py FILE STAGES FOLDER

FILE is a network of HGQ2 (.keras, .h5). Alkaid traces it, solves its matrices and pipelines it into STAGES stages between an input
and an output rank of registers, all with its default options. Prints what it estimates itself: cost, register bits.
Needs PyPI alkaid and hgq2 (alkaid_venv.sh).
"""
import json
import os
import subprocess
import sys
from pathlib import Path

file, stages, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
tool = Path(sys.executable).parent / 'alkaid'
done = subprocess.run([tool, 'convert', file, folder, '-n', '0', '--n-stages', str(stages)], text=True,
                      capture_output=True, env={**os.environ, 'KERAS_BACKEND': 'jax'})
if done.returncode:
    sys.exit(f'{file}: alkaid failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}')
facts = json.loads((folder / 'metadata.json').read_text())
if facts['latency'] != stages:
    sys.exit(f'{file}: alkaid made {facts["latency"]} stages instead of {stages}')
print(facts['cost'], facts['reg_bits'])
