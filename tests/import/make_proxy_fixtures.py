#!/usr/bin/env python3
"""Writes proxies_*.h5 and .npz to tests/import/fixtures: small networks of HGQ 1 with random widths, turned into its proxies, and what these compute.

    python3.11 -m venv v && v/bin/pip install 'HGQ<1' 'tensorflow-cpu==2.13.*' && v/bin/python tests/import/make_proxy_fixtures.py

Used: HGQ 0.2.6, keras 2.13.1. The proxy computes in float32, where these few bits are exact. A proxy holds no EBOPs: "ebops" is 0.
"""
import io
import os
import pathlib

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'

import numpy as np
from HGQ import to_proxy_model, trace_minmax
from HGQ.layers import HAdd, HActivation, HConv1D, HConv2D, HDense, HQuantize, PFlatten, PMaxPooling1D, PMaxPooling2D, PReshape
from tensorflow import keras

FOLDER = pathlib.Path(__file__).resolve().parent / 'fixtures'
ROWS = 40


def images():
    x = keras.Input((7, 6, 2), name='x')
    v = HQuantize(beta=0, name='q')(x)
    v = HConv2D(3, (3, 2), strides=(2, 1), activation='relu', beta=0, name='c1')(v)
    v = PMaxPooling2D((1, 2), name='m')(v)
    v = HConv2D(2, (2, 2), padding='same', beta=0, name='c2')(v)
    v = PFlatten(name='f')(v)
    v = HDense(4, activation='relu', beta=0, name='d1')(v)
    return keras.Model(x, HDense(3, beta=0, name='d2')(v))


def series():
    x = keras.Input((24,), name='x')
    v = HQuantize(beta=0, name='q')(x)
    v = PReshape((8, 3), name='r')(v)
    v = HConv1D(4, 3, activation='relu', beta=0, name='c1')(v)
    v = PMaxPooling1D(2, name='m')(v)
    v = HActivation('relu', beta=0, name='a')(HConv1D(2, 2, use_bias=False, beta=0, name='c2')(v))
    v = PFlatten(name='f')(v)
    a, b = HDense(5, beta=0, name='d1')(v), HDense(5, activation='relu', beta=0, name='d2')(v)
    return keras.Model(x, HAdd(beta=0, name='sum')([a, b]))


def widen(model, rng):
    """Fractional bits and weights at random; some of everything is dead."""
    for layer in model.layers:
        for v in layer.variables:
            base = v.name.rsplit('/', 1)[-1].split(':')[0]
            if 'bw' in base:
                v.assign(rng.integers(-1, 5, v.shape).astype('float32'))
            elif base in ('kernel', 'bias'):
                v.assign(rng.normal(0, 0.8, v.shape).astype('float32'))


def main():
    for seed, (function, aggressive) in enumerate([(images, True), (series, False)], 1):
        rng = np.random.default_rng(seed)
        model = function()
        widen(model, rng)
        x = rng.normal(0, 2, (ROWS, *model.input_shape[1:])).astype('float32')
        trace_minmax(model, x[:ROWS // 2], verbose=0)
        proxy = to_proxy_model(model, aggressive=aggressive)
        x[:4] *= 20  # far outside what the ranges were traced on
        x = np.round(x * 2**10) / 2**10  # port codes must hold them
        name = f'proxies_{function.__name__}'
        proxy.save(FOLDER / f'{name}.h5', include_optimizer=False)
        y = proxy.predict(x, verbose=0)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, x0=x, y0=y.astype('float64'), ebops=np.float64(0))
        (FOLDER / f'{name}.npz').write_bytes(buffer.getvalue())
        print(name, [type(l).__name__ for l in proxy.layers], y.shape, 'not zero', np.mean(y != 0))


if __name__ == '__main__':
    main()
