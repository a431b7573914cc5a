#!/usr/bin/env python3
"""Our exported program in alkaid's interpreter against our model: python alkaid_check.py PROGRAM.json VECTORS.npz

VECTORS.npz (bench_import_vectors writes it) holds x (rows x inputs, real numbers, some outside the ports) and y, what
bitgrain's model makes of them. Needs PyPI alkaid. Exit code 1 when an output differs.
"""
import sys

import numpy as np
from alkaid.types import CombLogic

program = CombLogic.load(sys.argv[1])
x, y = np.load(sys.argv[2]), np.load(sys.argv[3])
z = np.asarray(program.predict(np.ascontiguousarray(x)), dtype='float64').reshape(y.shape)
wrong = int((z != y).any(axis=1).sum())
print(f'{sys.argv[1]}: {len(x)} vectors, {y.shape[1]} outputs, {wrong} vectors differ, {(y != 0).mean():.2f} not zero')
sys.exit(wrong > 0)
