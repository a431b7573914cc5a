#!/usr/bin/env python3
"""Writes tests/import/fixtures: small HGQ2 networks with random widths, and what HGQ2 computes with them in float64.

    python3 -m venv v && v/bin/pip install hgq2 'jax[cpu]' && v/bin/python tests/import/make_fixtures.py [NAME...]

Used: hgq2 0.2.0, keras 3.15.1, jax; hgq2 0.1.6 for those that are named old_... Each network is built twice from the
same numbers: in float32 for the file and in float64 for the outputs. <name>.npz holds inputs x0, x1, ..., outputs y0, y1, ... and HGQ2's own count "ebops".
"""
import importlib.metadata
import io
import os
import pathlib
import sys
import zipfile

os.environ.setdefault('KERAS_BACKEND', 'jax')
os.environ['JAX_ENABLE_X64'] = '1'

import keras
import numpy as np
from hgq import layers as L
from keras import layers as K
from hgq.config import QuantizerConfig
from hgq.quantizer import Quantizer
from keras.layers import (Activation, Add, Average, Concatenate, Dropout, Flatten, GaussianNoise, Identity, Input, LeakyReLU,
                          Maximum, MaxPooling2D, Minimum, Multiply, Permute, ReLU, Reshape, SpatialDropout1D, Subtract)

FOLDER = pathlib.Path(__file__).resolve().parent / 'fixtures'
ROWS = 40
OLD = importlib.metadata.version('hgq2').startswith('0.1.')


def data(q_type='kif', overflow='WRAP', rounding='RND', **kw):
    return QuantizerConfig(q_type, 'datalane', overflow_mode=overflow, round_mode=rounding, **kw)


def const(place='weight', q_type='kbi', overflow='SAT_SYM', rounding='RND', **kw):
    return QuantizerConfig(q_type, place, overflow_mode=overflow, round_mode=rounding, **kw)


def first(x):
    """One saturating quantizer in front, so that anything may follow."""
    return Quantizer(data(overflow='SAT'), name=f'q_{x.name.split("_")[0].replace(":", "")}_{len(x.shape)}')(x)


def quantizers():
    x = Input((8,), name='x')
    v = first(x)
    out = []
    for q_type in ('kif', 'kbi'):
        for overflow in ('WRAP', 'SAT', 'SAT_SYM', 'wrap'):
            for rounding in ('RND', 'TRN', 'RND_CONV', 'S_RND'):
                c = data(q_type, overflow, rounding)
                out.append(Quantizer(c, name=f'{q_type}_{overflow}_{rounding}')(v))
    return keras.Model(x, Concatenate(name='all')(out))


OTHER_MODES = ('TRN_ZERO', 'RND_ZERO', 'RND_MIN_INF', 'RND_INF', 'S_RND_CONV', 's_rnd_inf')


def roundings():
    """The roundings that hardware makes of others, at every place where a quantizer can be."""
    x = Input((8,), name='x')
    v = first(x)
    out, ports = [], []
    for mode in OTHER_MODES:
        for overflow in ('WRAP', 'SAT', 'SAT_SYM'):
            for q_type in ('kif', 'kbi'):
                out.append(Quantizer(data(q_type, overflow, mode), name=f'{q_type}_{overflow}_{mode}')(v))
        out.append(L.QUnaryFunctionLUT('tanh', name=f'table_{mode}', iq_conf=data('kif', 'SAT', mode),
                                       oq_conf=QuantizerConfig('kbi', 'table', overflow_mode='SAT', round_mode=mode))(v))
        ports.append(Input((4,), name=f'port_{mode}'))
        out.append(Quantizer(data('kif', 'SAT_SYM', mode), name=f'first_{mode}')(Reshape((4, 1), name=f's_{mode}')(ports[-1])))
        out[-1] = Flatten(name=f'f_{mode}')(out[-1])
    w = L.QDenseT(3, iq_conf=data('kif', 'WRAP', 'TRN_ZERO'), toq_conf=table('SAT', 'RND_INF'), name='lookup')(v)
    return keras.Model([x, *ports], Concatenate(name='all')([*out, w]))


def weight_roundings():
    """The same for constants."""
    x = Input((5,), name='x')
    out = []
    for q_type in ('kif', 'kbi'):
        for overflow in ('WRAP', 'SAT', 'SAT_SYM'):
            for mode in OTHER_MODES:
                out.append(L.QDense(3, iq_conf=data(), kq_conf=const('weight', q_type, overflow, mode),
                                    bq_conf=const('bias', q_type, overflow, mode), name=f'{q_type}_{overflow}_{mode}')(x))
    return keras.Model(x, Concatenate(name='all')(out))


def weights():
    x = Input((5,), name='x')
    out = []
    for q_type in ('kif', 'kbi'):
        for overflow in ('WRAP', 'SAT', 'SAT_SYM'):
            for rounding in ('RND', 'TRN', 'RND_CONV'):
                out.append(L.QDense(3, iq_conf=data(), kq_conf=const('weight', q_type, overflow, rounding),
                                    bq_conf=const('bias', q_type, overflow, rounding),
                                    name=f'{q_type}_{overflow}_{rounding}')(x))
    return keras.Model(x, Concatenate(name='all')(out))


def dense():
    x = Input((4,), name='x')
    v = L.QDense(6, activation='relu', name='d1')(x)
    v = L.QDense(5, use_bias=False, enable_oq=True, name='d2')(v)
    v = L.QDense(4, enable_iq=False, activation='relu', name='d3')(v)
    v = L.QDense(3, enable_ebops=False, name='d4')(v)
    return keras.Model(x, v)


def dense_sets():
    x = Input((5, 4), name='x')
    v = L.QDense(3, activation='relu', iq_conf=data(homogeneous_axis=(0, 1)), name='d1')(x)
    v = L.QSum(axes=1, scale=0.25, keepdims=True, name='s1')(v)
    v = L.QDense(4, name='d2')(v)
    v = L.QAdd(name='add')([v, x])
    v = L.QMeanPow2(axes=(1,), name='m1')(v)
    return keras.Model(x, v)


def einsums():
    x = Input((3, 4), name='x')
    a = L.QEinsumDense('bnc,cC->bnC', (3, 5), bias_axes='C', activation='relu', name='shared')(x)
    b = L.QEinsumDense('bnc,ncC->bnC', (3, 2), bias_axes='nC', name='own')(a)
    c = L.QEinsumDense('bnc,nN->bNc', (2, 5), bias_axes='N', name='mixed')(a)
    d = L.QEinsumDense('...c,cC->...C', (3, 2), bias_axes=None, name='dots')(a)
    return keras.Model(x, [b, c, d])


def batch_norms():
    x = Input((3, 4), name='x')
    a = L.QEinsumDenseBatchnorm('bnc,cC->bnC', (3, 5), bias_axes='C', activation='relu', name='e1')(x)
    a = L.QBatchNormalization(name='b1')(a)
    b = L.QBatchNormalization(center=False, name='b2')(a)
    c = L.QBatchNormalization(scale=False, name='b3')(a)
    d = L.QBatchNormalization(scale=False, center=False, epsilon=0.01, name='b4')(a)
    f = Flatten(name='flat')(L.QAdd(name='sum')([b, c, d]))
    g = L.QBatchNormDense(4, activation='relu', name='bd1')(f)
    h = L.QBatchNormDense(3, scale=False, name='bd2')(g)
    return keras.Model(x, h)


def convolutions():
    x = Input((7, 2), name='x')
    a = L.QConv1D(3, 3, padding='same', activation='relu', name='same')(x)
    b = L.QConv1D(2, 2, strides=2, use_bias=False, name='valid')(a)
    c = L.QConv1D(2, 3, dilation_rate=2, name='dilated')(a)
    d = L.QConv1D(2, 4, padding='same', strides=3, name='strided')(a)
    y = Input((5, 6, 2), name='y')
    e = L.QConv2D(2, 2, activation='relu', name='valid2')(y)
    f = L.QConv2D(3, (3, 2), padding='same', strides=2, name='same2')(e)
    g = MaxPooling2D(2, padding='same', name='pool')(e)
    return keras.Model([x, y], [b, c, d, f, g])


def merges():
    a, b = Input((3, 4), name='a'), Input((1, 4), name='b')
    p, q = first(a), first(b)
    out = [L.QAdd(name='add')([p, q, p]), L.QSubtract(name='sub')([p, q]), L.QMaximum(name='max')([p, q]),
           L.QMinimum(name='min')([p, p]), L.QAveragePow2(name='avg')([p, p, p])]
    return keras.Model([a, b], [*out, L.QSum(axes=(1, 2), name='s')(p)])


def pools():
    x = Input((8, 3), name='x')
    y = Input((4, 6, 2), name='y')
    out = [L.QMaxPooling1D(2, name='m1')(x), L.QAveragePooling1D(2, strides=1, name='a1')(x),
           L.QGlobalAveragePooling1D(name='g1')(x), L.QGlobalMaxPooling1D(keepdims=True, name='gm')(x),
           L.QMaxPooling2D((2, 3), name='m2')(y), L.QAveragePooling2D(2, name='a2')(y)]
    return keras.Model([x, y], out)


def plain_pools():
    """Those of Keras, which quantise nothing, and those that are left over two axes."""
    x = Input((8, 3), name='x')
    y = Input((4, 6, 2), name='y')
    v, w = first(x), first(y)
    out = [K.MaxPooling1D(2, name='m1')(v), K.AveragePooling1D(2, strides=1, name='a1')(v), K.GlobalMaxPooling1D(name='gm1')(v),
           K.AveragePooling2D((2, 1), name='a2')(w), K.GlobalMaxPooling2D(keepdims=True, name='gm2')(w),
           K.GlobalAveragePooling2D(name='g2')(w[:, :, :4]), K.GlobalAveragePooling1D(name='g1')(v),
           L.QGlobalMaxPooling2D(name='qgm2')(w), L.QGlobalAveragePooling2D(keepdims=True, name='qg2')(w[:, :2, 2:])]
    return keras.Model([x, y], out)


def shapes():
    x = Input((4, 6), name='x')
    v = first(x)
    a = v[:, 1:, ::2]
    b = v[:, -1, :3]
    c = Permute((2, 1), name='permute')(v)
    d = Concatenate(axis=1, name='join')([v, Reshape((-1, 6), name='back')(c)])
    e = ReLU(name='relu')(Dropout(0.5, name='drop')(d))
    return keras.Model(x, [a, b, c, Activation('relu', name='act')(Flatten(name='flat')(e))])


def dead():
    x = Input((4,), name='x')
    v = L.QDense(6, activation='relu', name='d1')(x)
    v = L.QDense(5, activation='relu', name='gone')(v)
    return keras.Model(x, L.QDense(3, name='d3')(v))


def chain():
    return keras.Sequential([Input((3, 2)), L.QDense(4, activation='relu', name='d1'), Flatten(), L.QDense(3, name='d2')])


def fan_out():
    """Two consumers quantise the same input differently."""
    x = Input((4,), name='x')
    return keras.Model(x, [L.QDense(3, iq_conf=data(rounding='TRN'), name='a')(x), L.QDense(2, name='b')(x)])


def activations():
    """The rectifiers, as layers, as words and as layers in the place of words."""
    x = Input((6,), name='x')
    v = first(x)
    out = [ReLU(6., name='six')(v), ReLU(negative_slope=0.25, max_value=1.5, name='both')(v),
           LeakyReLU(0.125, name='leaky')(v), Activation('relu6', name='word')(v), Activation('hard_tanh', name='tanh')(v),
           Activation(LeakyReLU(0.375), name='inside')(v), Activation('linear', name='same')(v)]
    for i, a in enumerate(['relu6', 'hard_tanh', LeakyReLU(0.5), ReLU(3)]):
        out.append(L.QDense(3, activation=a, name=f'd{i}')(v))
    return keras.Model(x, Concatenate(name='all')(out))


def products():
    """Products of two values of the network."""
    x, y = Input((3, 4), name='x'), Input((5, 4), name='y')
    a, b = first(x), first(y)
    c, d = L.QDense(4, name='c')(a)[:, 0], L.QDense(4, name='d')(b)[:, 1]
    return keras.Model([x, y], [
        L.QMultiply(name='mul')([a, a]), L.QMultiply(name='wide')([a, b[:, 2:3], a]), L.QDot(axes=-1, name='dot')([c, d]),
        L.QDot(axes=(2, 2), enable_ebops=False, name='pairs')([a, b]), L.QEinsum('bij,bkj->bik', name='scores')([a, b]),
        L.QEinsum('bij,bjk->bki', name='turned')([a, Permute((2, 1), name='t')(b)]),
        Multiply(name='plain')([c, d])])


def unaries():
    """Functions of one number as tables."""
    x = Input((3, 4), name='x')
    v = first(x)
    out = [L.QUnaryFunctionLUT(f, name=f, iq_conf=data(overflow=o)) (v)
           for f in ('tanh', 'sigmoid', 'exponential', 'softplus', 'softsign', 'silu', 'gelu', 'elu', 'relu6', 'leaky_relu',
                     'hard_sigmoid') for o in ('SAT',)]
    out += [L.QUnaryFunctionLUT('tanh', name='one', allow_heterogeneous_input=False, allow_heterogeneous_table=False)(v),
            L.QAffinedUnaryFunctionLUT('tanh', name='affine')(v)]
    return keras.Model(x, Concatenate(name='all')(out))


def softmaxes():
    """One group, many groups, stable and not, with widths of their own for each table input; some widths are 0."""
    x = Input((3, 4), name='x')
    v = first(x)
    sat = lambda: data(overflow='SAT')
    s = lambda name, **kw: L.QSoftmax(name=name, exp_iq_conf=sat(), **kw)(v)
    return keras.Model(x, [
        s('rows', axis=-1), s('columns', axis=1, enable_oq=True), s('both', axis=(1, 2), input_scaler=0.3),
        s('input', axis=-1, enable_iq=True, iq_conf=sat(), inv_iq_conf=sat(), parallelization_factor=2),
        s('own', axis=-1, allow_heterogeneous_table=True, enable_ebops=False), L.QSoftmax(axis=-1, name='wraps')(v),
        s('unstable', axis=-1, stable=False, enable_iq=True, iq_conf=sat(), inv_iq_conf=sat()),
        s('warm', axis=1, stable=False, enable_iq=True, input_scaler=0.5, parallelization_factor=2)])


def attentions():
    """Heads, lengths, projections; query, key and value of one or two sequences."""
    x, y = Input((3, 4), name='x'), Input((5, 4), name='y')
    v, w = first(x), Quantizer(data(overflow='SAT'), name='q_second')(y)
    sat = {f'{k}_conf': data(overflow='SAT') for k in ('qkvo_iq', 'qkvo_oq', 'softmax_oq', 'softmax_inv_iq')}
    m = lambda name, *inputs, **kw: L.QMultiHeadAttention(name=name, **({'num_heads': 2, 'key_dim': 4} | kw))(*inputs)
    return keras.Model([x, y], [
        m('cross', v, w, **sat), m('self', v, v, key_dim=3, value_dim=2, use_bias=False, output_shape=5, **sat),
        m('keys', v, w, Quantizer(data(overflow='SAT'), name='q_third')(w), parallelization_factor=2, num_heads=1),
        m('one', v, v, fuse='qkv', **sat), m('two', v, w, fuse='kv', softmax_allow_heterogeneous_table=True, **sat)])


def old_attentions():
    """Versions before 0.2 quantise the scores, too; a softmax without the largest value has keys then."""
    x = Input((3, 4), name='x')
    v = first(x)
    sat = {f'{k}_conf': data(overflow='SAT') for k in ('qkvo_iq', 'qkvo_oq', 'softmax_iq', 'softmax_oq', 'softmax_inv_iq')}
    m = lambda cls, name, **kw: getattr(L, cls)(num_heads=2, key_dim=4, name=name, enable_ebops=False, **sat, **kw)(v, v)
    return keras.Model(x, [m('QMultiHeadAttention', 'stable'), m('QMultiHeadAttention', 'unstable', stable_softmax=False),
                           m('QLinformerAttention', 'linformer', lin_kv_proj_dim=2)])


def linformers():
    x, y = Input((4, 3), name='x'), Input((2, 2, 3), name='y')
    v, w = first(x), Quantizer(data(overflow='SAT'), name='q_second')(y)
    sat = {f'{k}_conf': data(overflow='SAT') for k in ('qkvo_iq', 'qkvo_oq', 'softmax_oq', 'softmax_inv_iq')}
    m = lambda name, *inputs, **kw: L.QLinformerAttention(
        name=name, **({'num_heads': 2, 'key_dim': 4, 'lin_kv_proj_dim': 2} | sat | kw))(*inputs)
    return keras.Model([x, y], [
        m('plain', v, v), m('shared', v, v, share_kv_proj=True),
        m('apart', v, v, Quantizer(data(overflow='SAT'), name='q_third')(v), share_kv_proj=True, parallelization_factor=2),
        m('plane', w, w, lin_kv_proj_dim=(1, 2), attention_axes=(1, 2))])


def paddings():
    """Layers of Keras that pad, cut and repeat; and more that do nothing at inference."""
    x, y = Input((4, 3), name='x'), Input((3, 4, 2), name='y')
    v, w = first(x), first(y)
    g = K.SpatialDropout2D(0.5, name='gone')(K.GaussianDropout(0.5, name='noise')(
        K.ActivityRegularization(0.1, name='pull')(w)))
    return keras.Model([x, y], [
        K.ZeroPadding1D(1, name='z1')(v), K.ZeroPadding1D((0, 2), name='z2')(v), K.ZeroPadding2D(1, name='z3')(w),
        K.ZeroPadding2D((1, 2), name='z4')(w), K.ZeroPadding2D(((0, 1), (2, 0)), name='z5')(w),
        K.Cropping1D(1, name='c1')(v), K.Cropping1D((0, 2), name='c2')(v), K.Cropping2D(1, name='c3')(w),
        K.Cropping2D(((1, 0), (0, 2)), name='c4')(w), K.UpSampling1D(3, name='u1')(v), K.UpSampling2D(2, name='u2')(w),
        K.UpSampling2D((1, 3), name='u3')(w), K.RepeatVector(3, name='r')(Flatten(name='flat')(v)), g,
        K.GlobalAveragePooling1D(name='ga')(v), K.GlobalMaxPooling1D(name='gm')(v),
        K.GlobalMaxPooling2D(keepdims=True, name='gm2')(w)])


def dots():
    """Products of matrices, as HGQ2 counts them; attention whose call names its inputs."""
    x, y = Input((3, 3), name='x'), Input((3, 3), name='y')
    a, b = first(x), Quantizer(data(overflow='SAT'), name='q_second')(y)
    m = lambda name: L.QMultiHeadAttention(num_heads=1, key_dim=4, name=name)
    return keras.Model([x, y], [
        L.QDot(axes=(2, 2), name='rows')([a, b]), L.QDot(axes=(1, 1), name='columns')([a, b]),
        L.QDot(axes=(1, 2), name='turned')([a, b]), L.QDot(axes=(2, 2), name='one')([a, b[:, 1:2]]),
        m('named')(query=a, value=b), m('swapped')(a, key=a, value=b, use_causal_mask=False)])


def plain_merges():
    """Layers and operators of Keras that quantise nothing, and those that do nothing at inference."""
    x = Input((3, 4), name='x')
    v = first(x)
    w = GaussianNoise(0.1, name='noise')(SpatialDropout1D(0.5, name='gone')(Identity(name='same')(v)))
    a = v[:, 1:2]
    return keras.Model(x, [Add(name='all')([v, w, a]), Subtract(name='sub')([v, a]), Maximum(name='max')([v, a]),
                           Minimum(name='min')([v, a]), Average(name='mean')([v, a]), v + a, keras.ops.relu(v)])


def table(overflow='SAT_SYM', rounding='RND'):
    """One width per edge; by default a layer has one for all."""
    return QuantizerConfig('kbi', 'table', overflow_mode=overflow, round_mode=rounding, homogeneous_axis=(0,),
                           heterogeneous_axis=None)


def lookups():
    """HGQ-LUT layers; the last one reads them with multiplications."""
    x = Input((5,), name='x')
    v = L.QDenseT(4, activation='relu', name='t1')(x)
    v = L.QDenseT(3, n_hl=2, d_hl=3, subnn_activation='relu', batch_norm=True, toq_conf=table('WRAP'),
                  name='t2')(v)
    w = L.QDenseT(3, n_hl=0, iq_conf=data('kbi', 'SAT'), toq_conf=table('SAT', 'TRN'), table_idxs=(5, 4), name='t3')(v)
    return keras.Model(x, [w, L.QDense(2, name='d')(v)])


def lookup_sets():
    x = Input((4, 3), name='x')
    a = L.QDenseT(3, d_hl=4, subnn_activation=None, use_bias=False, batch_norm=True, bn_center=False, bn_epsilon=0.1,
                  parallelization_factor=2, toq_conf=table(), name='rows')(x)
    e = lambda name, equation, shape, **kw: L.QEinsumDenseT(equation, shape, d_hl=3, name=name, toq_conf=table(), **kw)(a)
    return keras.Model(x, [
        e('shared', 'bnc,cC->bnC', (4, 2), bias_axes='C', subnn_activation='sigmoid'),
        e('own', 'bnc,ncC->bnC', (4, 2), n_hl=2, batch_norm=True, normalize_axes='nC', parallelization_factor=1),
        e('mixed', 'bnc,nN->bNc', (2, 3), bias_axes='N', batch_norm=True, bn_scale=False, bn_epsilon=0.2),
        e('turned', 'bnc,Cc->bCn', (2, 4), bias_axes='C'), e('all', 'bnc,ncC->bC', (2,), batch_norm=True, normalize_axes='C'),
        e('unseen', 'bnc,cC->bC', (2,), batch_norm=True, normalize_axes='C'), e('dots', '...c,cC->...C', (4, 2))])


def lookup_convolutions():
    x = Input((6, 2), name='x')
    a = L.QConvT1D(3, 3, padding='same', subnn_activation='tanh', activation='relu', d_hl=4, name='same',
                  toq_conf=table('WRAP'))(x)
    b = L.QConvT1D(2, 2, strides=2, dilation_rate=1, subnn_activation='tanh', d_hl=4, use_bias=False, name='valid')(a)
    y = Input((4, 5, 2), name='y')
    c = L.QConvT2D(2, (2, 3), padding='same', strides=2, subnn_activation='tanh', d_hl=4, name='same2')(y)
    return keras.Model([x, y], [b, c])


def values(model, name, seed):
    """Random numbers for every variable; all are float32 numbers, widths are seldom whole."""
    rng = np.random.default_rng(seed)
    result = []
    for layer in model.layers:
        for v in sorted(layer.variables, key=lambda v: v.path):
            base = v.path.rsplit('/', 1)[-1]
            shape = tuple(v.shape)
            coords = 'kif' if 'kif' in v.path else 'kbi'
            if base == 'k' and 'quantizer' in v.path:
                new = rng.integers(0, 2, shape)
            elif base in ('i', 'f', 'b') and 'quantizer' in v.path:
                low, high = {'i': (-1, 3), 'f': (-1, 4), 'b': (0, 6)}[base]
                if name in ('quantizers', 'roundings') and layer.name != 'lookup':
                    low, high = {'i': (-2, 3), 'f': (-2, 4), 'b': (-2, 6)}[base]
                    if layer.name.startswith('q_'):
                        low, high = {'i': (3, 4), 'f': (5, 6), 'b': (8, 9)}[base]
                if '_table' in v.path and layer.name != 'wraps':  # one number wide: with no bits nothing would be left
                    low, high = {'i': (1, 3), 'f': (1, 4), 'b': (5, 8)}[base]
                new = rng.integers(low, high + 1, shape) + rng.uniform(-0.45, 0.45, shape)
                if name.startswith('lookup') and base == 'b' and 'iq' not in v.path:
                    new = np.maximum(new, 1.6) if np.size(new) == 1 else new
                if name in ('weights', 'weight_roundings') and 'bq' in v.path and base == 'i':
                    new = new + 1
                if name == 'dead' and layer.name == 'gone' and '_kq' in v.path:
                    new = {'b': np.zeros(shape), 'i': new}.get(base)
            elif base == 'moving_variance':
                new = rng.uniform(0.2, 2, shape)
            elif base == 'beta' and shape:
                new = rng.normal(0, 1.5, shape)
            elif base in ('kernel', 'bias', 'gamma', 'bn_gamma', 'bn_beta', 'moving_mean', 'scale'):
                new = rng.normal(0, 1.5, shape)
                if name == 'weight_roundings':
                    new = np.round(new * 8) / 8  # ties
            else:
                continue
            result.append((v, np.asarray(new, dtype='float32')))
    return result


def inputs(model, name, seed):
    rng = np.random.default_rng(seed)
    step = 2.0**-4 if name == 'roundings' else 2.0**-10  # ties
    list_ = []
    for x in model.inputs:
        v = rng.normal(0, 3, (ROWS, *x.shape[1:]))
        v[:2] *= 20  # far outside
        list_.append(np.asarray(np.round(v / step) * step, dtype='float32'))  # port codes must hold them
    return list_


def ebops(model):
    total = 0.0
    for layer in model.layers:
        if not getattr(layer, 'enable_ebops', False):
            continue
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        shapes = [(1, *t.shape[1:]) for t in tensors]
        total += float(layer._compute_ebops(*shapes)) + inner_ebops(layer, shapes)
    return total


def inner_ebops(layer, shapes):
    """Layers inside softmax and attention count for themselves."""
    count = lambda inner, shape: float(inner._compute_ebops(shape)) if inner.enable_ebops else 0.0
    kept = lambda shape, axes: tuple(1 if a in axes else n for a, n in enumerate(shape))
    total = 0.0
    if isinstance(layer, L.QSoftmax):
        total += count(layer.exp_table, shapes[0]) + count(layer.inv_table, kept(shapes[0], layer.axes))
    if isinstance(layer, L.QMultiHeadAttention):
        for inner in layer._layers:
            if isinstance(inner, L.QEinsumDense):
                total += count(inner, tuple(inner.iq.quantizer.i.shape))
            elif isinstance(inner, L.QSoftmax):
                shape = tuple(inner.oq.quantizer.i.shape)
                total += count(inner, shape) + inner_ebops(inner, [shape])
    return total


def built(function, name, seed, dtype):
    keras.backend.clear_session()
    keras.config.set_floatx(dtype)
    model = function()
    for variable, value in values(model, name, seed):
        variable.assign(value)
    return model


def deflate(path):
    """The same zip, compressed and without dates: small, and equal for equal content."""
    with zipfile.ZipFile(path) as old:
        members = [(n, old.read(n)) for n in old.namelist()]
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for n, content in members:
            new.writestr(zipfile.ZipInfo(n), content, zipfile.ZIP_DEFLATED, 9)


def main():
    FOLDER.mkdir(exist_ok=True)
    cases = [quantizers, weights, dense, dense_sets, einsums, batch_norms, convolutions, merges, pools, shapes, dead,
             chain, fan_out, lookups, lookup_sets, lookup_convolutions, activations, products, unaries,
             plain_merges, roundings, weight_roundings, softmaxes, attentions, linformers,
             old_attentions, paddings, dots, plain_pools]
    for seed, function in enumerate(cases, 1):
        name = function.__name__
        if sys.argv[1:] and name not in sys.argv[1:] or name.startswith('old') != OLD:
            continue
        exact = built(function, name, seed, 'float64')
        x = inputs(exact, name, seed + 1000)
        y = exact([v.astype('float64') for v in x] if len(x) > 1 else x[0].astype('float64'), training=False)
        y = list(y) if isinstance(y, (list, tuple)) else [y]
        model = built(function, name, seed, 'float32')
        model.save(FOLDER / f'{name}.keras')
        deflate(FOLDER / f'{name}.keras')
        if name in ('chain', 'dense_sets', 'lookups', 'attentions', 'old_attentions'):
            model.save(FOLDER / f'{name}.h5')
        arrays = {f'x{i}': v for i, v in enumerate(x)} | {f'y{i}': np.asarray(v, 'float64') for i, v in enumerate(y)}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays, ebops=np.float64(ebops(model)))
        (FOLDER / f'{name}.npz').write_bytes(buffer.getvalue())
        shown = [float(np.mean(np.asarray(v) != 0)) for v in y]
        print(name, [v.shape for v in x], [tuple(v.shape) for v in y], 'not zero', [round(s, 2) for s in shown])


if __name__ == '__main__':
    main()
