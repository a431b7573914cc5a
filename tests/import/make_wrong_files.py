#!/usr/bin/env python3
"""Writes tests/import/wrong: files that import must refuse, as Keras itself writes them. QKeras does not run with
Keras 3, so its file is put together by hand: class names and keys are QKeras's.

    python3 -m venv v && v/bin/pip install hgq2 'jax[cpu]' h5py && v/bin/python tests/import/make_wrong_files.py

Used: hgq2 0.2.0, keras 3.15.1, h5py 3.16.0.
"""
import json
import pathlib
import zipfile

from make_fixtures import const, data, deflate

import h5py
import keras
import numpy as np
from hgq import layers as L
from hgq.config import QuantizerConfig
from hgq.quantizer import Quantizer
from keras.layers import Dense, Input, LayerNormalization

FOLDER = pathlib.Path(__file__).resolve().parent / 'wrong'


@keras.saving.register_keras_serializable('mine')
def squash(x):
    return x / (1 + abs(x))


@keras.saving.register_keras_serializable('mine')
class Halve(keras.layers.Layer):
    def call(self, x):
        return x / 2


def hgq(**kw):
    return L.QDense(2, iq_conf=data(overflow='SAT'), kq_conf=const(), bq_conf=const('bias'), name='dense_1', **kw)


def save(name, *layers):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([Input((3,), name='x'), *layers], name=name)
    model.save(FOLDER / f'{name}.keras')
    deflate(FOLDER / f'{name}.keras')
    return model


def change(source, target, edit):
    """A copy of a .keras file; edit(name, content) -> new content, or None to leave the member out."""
    with zipfile.ZipFile(FOLDER / source) as old, zipfile.ZipFile(FOLDER / target, 'w', zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = edit(name, old.read(name))
            if content is not None:
                new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)


def add_key(name, content):
    if name != 'config.json':
        return content
    config = json.loads(content)
    config['config']['layers'][1]['config']['sparsity_mask'] = [1, 0]
    return json.dumps(config)


def qkeras():
    """model.save('m.h5') of QKeras 0.9 under Keras 2: model_config, layer_names, weight_names."""
    bits = {'class_name': 'quantized_bits', 'config': {'bits': 6, 'integer': 0, 'keep_negative': True, 'alpha': 1}}
    layers = [
        {'class_name': 'InputLayer', 'config': {'batch_input_shape': [None, 3], 'dtype': 'float32', 'name': 'x'}},
        {'class_name': 'QDense', 'config': {'name': 'fc1', 'trainable': True, 'dtype': 'float32', 'units': 2,
                                            'activation': 'linear', 'use_bias': True, 'kernel_quantizer': bits,
                                            'bias_quantizer': bits, 'kernel_range': None, 'bias_range': None}},
        {'class_name': 'QActivation', 'config': {'name': 'relu1', 'trainable': True, 'dtype': 'float32',
                                                 'activation': 'quantized_relu(6,0)'}}]
    with h5py.File(FOLDER / 'qkeras.h5', 'w') as file:
        file.attrs['model_config'] = json.dumps({'class_name': 'Sequential', 'config': {'name': 'm', 'layers': layers}})
        file.attrs['keras_version'] = '2.13.1'
        file.attrs['backend'] = 'tensorflow'
        weights = file.create_group('model_weights')
        weights.attrs['layer_names'] = np.array([b'fc1', b'relu1'])
        for name, arrays in (('fc1', {'kernel:0': (3, 2), 'bias:0': (2,)}), ('relu1', {})):
            group = weights.create_group(name)
            group.attrs['weight_names'] = np.array([f'{name}/{key}'.encode() for key in arrays], dtype='S20')
            for key, shape in arrays.items():
                group[f'{name}/{key}'] = np.full(shape, 0.5, 'float32')


def main():
    FOLDER.mkdir(exist_ok=True)
    plain = save('plain', Dense(4, activation='relu', name='dense_1'), Dense(2, name='dense_2'))
    plain.save(FOLDER / 'plain.h5')
    plain.save_weights(FOLDER / 'plain.weights.h5')
    save('half_plain', hgq(), Dense(2, name='dense_2'))
    save('unknown_class', hgq(), LayerNormalization(name='norm'))
    save('own_class', hgq(), Halve(name='halve'))
    save('own_activation', hgq(activation=squash))
    save('gelu', hgq(activation='gelu'))
    save('good', hgq())
    change('good.keras', 'unknown_key.keras', add_key)
    change('good.keras', 'no_weights.keras', lambda name, content: None if name.endswith('.h5') else content)
    (FOLDER / 'good.keras').unlink()
    with h5py.File(FOLDER / 'table.h5', 'w') as file:
        file['features'] = np.zeros((4, 3))
    qkeras()


if __name__ == '__main__':
    main()
