#!/usr/bin/env python3
"""What HGQ2 computes with a network file: python keras_outputs.py MODEL FEATURES.npy.gz ROWS OUT.npy

One input, float32 as in the file. For bench_import_expect, where no recorded outputs exist. Needs PyPI hgq2 and jax.
"""
import gzip
import os
import sys

os.environ.setdefault('KERAS_BACKEND', 'jax')

import hgq.layers  # noqa: F401  (registers the classes)
import keras
import numpy as np

path, features, rows, out = sys.argv[1:]
opened = gzip.open(features) if features.endswith('.gz') else open(features, 'rb')
x = np.load(opened)[: int(rows)].astype('float32')
model = keras.models.load_model(path, compile=False)
np.save(out, np.asarray(model(x.reshape(-1, *model.inputs[0].shape[1:]), training=False)).astype('float64'))
