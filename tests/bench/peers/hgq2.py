#!/usr/bin/env python3
"""HGQ2 itself (PyPI, Keras on JAX, CPU) as the peer of our training: its front on given rows, and its throughput.

    hgq2.py front TRAIN_X TRAIN_Y TEST_X TEST_Y OUT.json --network jets --epochs 3400 --batch 33200
    hgq2.py throughput OUT.json --ours build/bench_train

Features and labels are .npy, .npy.gz or .csv(.gz) files. The first call makes a virtual environment under the build folder with the
versions pinned below and runs itself in it. `front` is killable: it saves its state each minute and goes on where it
stopped. Budgets are counted in CPU seconds of the process, because the wall clock of a shared machine says nothing; JAX
runs on one thread, where it gives the most samples per CPU second.

The recipe is HGQ2's published one for the jets (BN-fused dense layers, ReLU; activations start at i=1, f=3 WRAP, weights
and biases at b=4, i=2; Adam 5e-3 with cosine restarts that shrink by 0.94; beta 5e-7, after 2 % of the run rising
log-linearly to 1e-3; width pull 1e-8; validation each epoch, Pareto callback on validation accuracy and EBOPs), its
200,000 epochs compressed to the given number, restarts and ramp in proportion.
"""
import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import time

versions = ['hgq2==0.2.0', 'keras==3.15.1', 'jax[cpu]==0.10.2', 'quantizers==1.2.2', 'numpy==2.4.6', 'scipy==1.17.1']
root = pathlib.Path(__file__).resolve().parents[3]
home = pathlib.Path(os.environ.get('BITGRAIN_BUILD', root / 'build')) / 'peers' / 'hgq2'

networks = {  # widths, input shape before flattening (for the pooled images)
    'jets': [64, 32, 32, 5],
    'jets_wide': [64, 64, 32, 5],  # the network of the 2026 paper
    'mnist': [24, 24, 24, 10],  # of HGQ2's examples, on 2x2-pooled images
    }


def enter_environment():
    """Runs this script again in the virtual environment, one thread, unless it is there already."""
    python = home / 'bin' / 'python'
    if pathlib.Path(sys.prefix) == home:
        return
    if not (home / 'complete').exists():
        subprocess.run([sys.executable, '-m', 'venv', str(home)], check=True)
        subprocess.run([str(python), '-m', 'pip', 'install', '-q', *versions], check=True)
        (home / 'complete').write_text('\n'.join(versions) + '\n')
    environment = dict(os.environ, KERAS_BACKEND='jax', OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1')
    environment['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=false'
    os.execve(str(python), [str(python), str(pathlib.Path(__file__).resolve()), *sys.argv[1:]], environment)


def cpu_seconds():
    t = os.times()
    return t.user + t.system


def read(path):
    import numpy as np
    name = str(path)
    opened = gzip.open(name) if name.endswith('.gz') else open(name, 'rb')
    with opened as file:
        return np.load(file) if '.npy' in name else np.loadtxt(file, delimiter=',', ndmin=2)


def pool(x):
    """Mean of 2x2 pixels of 28x28 images, in units of the grey value."""
    return x.reshape(len(x), 14, 2, 14, 2).mean(axis=(2, 4)).reshape(len(x), 196)


def make_model(inputs, widths):
    import keras
    from hgq.config import LayerConfigScope, QuantizerConfigScope
    from hgq.layers import QBatchNormDense, QDense
    start = dict(b0=4, i0=2)
    with (QuantizerConfigScope(q_type='kbi', place='weight', overflow_mode='SAT_SYM', default_q_type='kbi', **start),
          QuantizerConfigScope(q_type='kbi', place='bias', overflow_mode='WRAP', default_q_type='kbi', **start),
          QuantizerConfigScope(q_type='kif', place='datalane', overflow_mode='WRAP', default_q_type='kif', i0=1, f0=3),
          LayerConfigScope(enable_ebops=True, beta0=5e-7)):
        layers = [QBatchNormDense(w, activation='relu') for w in widths[:-1]] + [QDense(widths[-1])]
        model = keras.Sequential([keras.layers.Input((inputs,)), *layers])
    model.compile(optimizer=keras.optimizers.Adam(5e-3),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
    return model


def cosine(epoch, period, start=5e-3, floor=1e-6, shrink=0.94, flat=0):
    import math
    cycle, t = divmod(epoch, period)
    part = min(t / max(1, period - flat), 1.0)
    return floor + 0.5 * (start - floor) * (1 + math.cos(math.pi * part)) * shrink ** cycle


def save_state(path, model, epoch, extra):
    import numpy as np
    values = {f'v{i}': np.asarray(v) for i, v in enumerate(model.variables + model.optimizer.variables)}
    partial = path.with_suffix('.part.npz')
    np.savez(partial, epoch=epoch, extra=json.dumps(extra), **values)
    os.replace(partial, path)


def load_state(path, model):
    import numpy as np
    with np.load(path) as state:
        for i, v in enumerate(model.variables + model.optimizer.variables):
            v.assign(state[f'v{i}'])
        return int(state['epoch']), json.loads(str(state['extra']))


def front(args):
    import keras
    import numpy as np
    from hgq.utils import trace_minmax
    from hgq.utils.sugar import BetaScheduler, Dataset, FreeEBOPs, ParetoFront, PieceWiseSchedule
    keras.utils.set_random_seed(args.seed)
    x, y, test_x, test_y = (read(p) for p in (args.train_x, args.train_y, args.test_x, args.test_y))
    if args.network == 'mnist' and x.shape[1] == 784:
        x, test_x = pool(x), pool(test_x)
    y, test_y = y.reshape(-1).astype('int32'), test_y.reshape(-1).astype('int32')
    mean, deviation = x.mean(0, dtype='float64'), x.std(0, dtype='float64')
    if args.network == 'mnist':
        mean, deviation = 0.0, 256.0  # pixels as fractions, as its example has them
    else:
        deviation = np.where(deviation > 0, deviation, 1.0)
    x, test_x = ((v - mean) / deviation for v in (x, test_x))
    x, test_x = x.astype('float32'), test_x.astype('float32')
    order = np.random.default_rng(args.seed).permutation(len(x))
    held = int(round(args.validation * len(x)))
    val_x, val_y, x, y = x[order[:held]], y[order[:held]], x[order[held:]], y[order[held:]]

    work = pathlib.Path(args.output).with_suffix('')
    work.mkdir(parents=True, exist_ok=True)
    model = make_model(x.shape[1], networks[args.network])
    model.optimizer.build(model.trainable_variables)
    # One epoch of the callbacks is several passes over the rows, each in its own fixed order: validation and the Pareto
    # store (which saves a model each time) would take a large part of the time otherwise.
    passes = [np.random.default_rng(args.seed + 1 + i).permutation(len(x)) for i in range(args.passes)]
    passes = np.concatenate(passes)
    steps = -(-len(passes) // args.batch)
    first, extra = 0, {'cpu': 0.0, 'wall': 0.0, 'history': []}
    if (work / 'state.npz').exists():
        first, extra = load_state(work / 'state.npz', model)
    begin = {'cpu': cpu_seconds(), 'wall': time.monotonic(), 'saved': time.monotonic(),
             'extra_cpu': extra['cpu'], 'extra_wall': extra['wall']}
    # Names of points of a killed run that lie after its saved state would count twice.
    points = work / 'points'
    points.mkdir(exist_ok=True)
    for p in points.glob('*.keras'):
        if int(p.name.split('_')[0]) >= first:
            p.unlink()
    pareto = ParetoFront(str(points), ['val_accuracy', 'ebops'], [1, -1],
                         fname_format='{epoch:07d}_{val_accuracy:.5f}_{ebops:.0f}.keras')

    class Record(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            extra['cpu'] = begin['extra_cpu'] + cpu_seconds() - begin['cpu']
            extra['wall'] = begin['extra_wall'] + time.monotonic() - begin['wall']
            if epoch % max(1, args.epochs // 1000) == 0 or epoch + 1 == args.epochs:
                extra['history'].append([epoch, round(extra['cpu'], 2), float(logs['val_accuracy']), float(logs['ebops'])])
            stop = args.cpu_seconds and extra['cpu'] >= args.cpu_seconds
            if time.monotonic() - begin['saved'] > 60 or stop or epoch + 1 == args.epochs:
                save_state(work / 'state.npz', model, epoch + 1, extra)
                begin['saved'] = time.monotonic()
                print(f"epoch {epoch + 1}/{args.epochs} cpu {extra['cpu']:.0f} s loss {logs['loss']:.4f} "
                      f"val {logs['val_accuracy']:.4f} ebops {logs['ebops']:.0f}", flush=True)
            if stop:
                model.stop_training = True

    e = args.epochs
    callbacks = [FreeEBOPs(), BetaScheduler(PieceWiseSchedule([(0, 5e-7, 'constant'), (max(1, e // 50), 5e-7, 'log'),
                                                               (e, 1e-3, 'constant')])),
                 keras.callbacks.LearningRateScheduler(lambda n, _: cosine(n, max(1, e // 50), flat=e // 4000)),
                 pareto, Record()]
    train_rows = Dataset(x[passes], y[passes], batch_size=args.batch)
    val_rows = Dataset(val_x, val_y, batch_size=min(len(val_x), 33200))
    if first < e and not (args.cpu_seconds and extra['cpu'] >= args.cpu_seconds):
        model.fit(train_rows, validation_data=val_rows, epochs=e, initial_epoch=first, verbose=0, callbacks=callbacks)

    # The points: calibrated on training and then validation rows as its documentation says, tested once.
    result = []
    for file in sorted(points.glob('*.keras')):
        epoch, accuracy, ebops = file.stem.split('_')
        candidate = keras.models.load_model(file)
        trace_minmax(candidate, x, batch_size=33200)
        exact = trace_minmax(candidate, val_x, reset=False, batch_size=33200)
        logits = np.asarray(candidate.predict(test_x, batch_size=33200, verbose=0))
        val = np.asarray(candidate.predict(val_x, batch_size=33200, verbose=0))
        result.append({'epoch': int(epoch), 'validation_accuracy': float((val.argmax(1) == val_y).mean()),
                       'test_accuracy': float((logits.argmax(1) == test_y).mean()), 'ebops': float(exact),
                       'training_ebops': float(ebops)})
    result.sort(key=lambda p: p['ebops'])
    write(args.output, {'program': 'hgq2', 'versions': versions, 'network': args.network, 'batch': args.batch,
                        'epochs_planned': e, 'epochs': extra['history'][-1][0] + 1, 'steps_per_epoch': steps, 'passes_per_epoch': args.passes,
                        'cpu_seconds': extra['cpu'], 'wall_seconds': extra['wall'], 'seed': args.seed,
                        'rows': {'train': len(x), 'validation': len(val_x), 'test': len(test_x)},
                        'history': {'columns': ['epoch', 'cpu_seconds', 'validation_accuracy', 'ebops'],
                                    'rows': extra['history']},
                        'points': result})


def write(path, value):
    partial = pathlib.Path(str(path) + '.part')
    partial.write_text(json.dumps(value, indent=1) + '\n')
    os.replace(partial, path)


def timed_step(widths, batch, seconds):
    """Samples per wall and per CPU second of the compiled training step alone, without Keras' loop around it: the best
    case of the peer."""
    import jax
    import numpy as np
    rng = np.random.default_rng(1)
    model = make_model(widths[0], widths[1:])
    x = jax.numpy.asarray(rng.normal(size=(batch, widths[0])).astype('float32'))
    y = jax.numpy.asarray(rng.integers(0, widths[-1], batch).astype('int32'))
    model.train_on_batch(x, y)
    model.optimizer.learning_rate.assign(1e-6)
    step = jax.jit(model.train_step, donate_argnums=0)
    state = tuple([jax.numpy.array(v.value) for v in group] for group in
                  (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables,
                   model.metrics_variables))
    logs, state = step(state, (x, y))
    jax.block_until_ready(state)
    best = None
    for _ in range(3):
        wall, cpu, calls = time.monotonic(), cpu_seconds(), 0
        while time.monotonic() - wall < seconds:
            logs, state = step(state, (x, y))
            jax.block_until_ready(state)
            calls += 1
        now = (batch * calls / (time.monotonic() - wall), batch * calls / (cpu_seconds() - cpu))
        best = now if best is None else (max(best[0], now[0]), max(best[1], now[1]))
    return best


def timed_fit(widths, batch, seconds):
    """Samples per wall and per CPU second of `model.fit` with HGQ2's own Dataset, as its users train: Keras' loop around
    the same step, no validation, no Pareto store."""
    import numpy as np
    from hgq.utils.sugar import Dataset
    rng = np.random.default_rng(1)
    model = make_model(widths[0], widths[1:])
    rows = max(1, 100000 // batch) * batch
    data = Dataset(rng.normal(size=(rows, widths[0])).astype('float32'),
                   rng.integers(0, widths[-1], rows).astype('int32'), batch_size=batch)
    model.fit(data, epochs=1, verbose=0)
    model.optimizer.learning_rate.assign(1e-6)
    best = None
    for _ in range(3):
        wall, cpu, epochs = time.monotonic(), cpu_seconds(), 0
        while time.monotonic() - wall < seconds:
            model.fit(data, epochs=1, verbose=0)
            epochs += 1
        now = (rows * epochs / (time.monotonic() - wall), rows * epochs / (cpu_seconds() - cpu))
        best = now if best is None else (max(best[0], now[0]), max(best[1], now[1]))
    return best


def throughput(args):
    rows = []
    for name, widths in (('jet 16-64-32-32-5', [16, 64, 32, 32, 5]), ('64-64-64-10', [64, 64, 64, 10])):
        for batch in (32, 256, 1024, 8192, 33200):
            wall, cpu = timed_step(widths, batch, args.seconds)
            fit_wall, fit_cpu = timed_fit(widths, batch, args.seconds)
            row = {'network': name, 'batch': batch, 'samples_per_second': wall, 'samples_per_cpu_second': cpu,
                   'fit_samples_per_second': fit_wall, 'fit_samples_per_cpu_second': fit_cpu}
            if args.ours:  # interleaved: our benchmark of the same case right after
                ours = json.loads(subprocess.run([args.ours, name, str(batch), '1'], capture_output=True, text=True,
                                                 check=True).stdout)
                row['ours_samples_per_second'] = ours['samples_per_second']
                row['ours_samples_per_cpu_second'] = ours['samples_per_cpu_second']
                row['ratio'] = row['ours_samples_per_cpu_second'] / cpu
                row['fit_ratio'] = row['ours_samples_per_cpu_second'] / fit_cpu
            rows.append(row)
            print(row, flush=True)
    write(args.output, {'program': 'hgq2', 'versions': versions, 'rows': rows})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    f = commands.add_parser('front')
    for name in ('train_x', 'train_y', 'test_x', 'test_y', 'output'):
        f.add_argument(name)
    f.add_argument('--network', choices=sorted(networks), default='jets')
    f.add_argument('--epochs', type=int, required=True, help='of the whole compressed schedule')
    f.add_argument('--passes', type=int, default=5, help='over the rows per epoch')
    f.add_argument('--batch', type=int, default=33200)
    f.add_argument('--validation', type=float, default=0.1)
    f.add_argument('--cpu-seconds', type=float, default=0, help='stop there (the schedule does not change)')
    f.add_argument('--seed', type=int, default=42)
    f.set_defaults(run=front)
    t = commands.add_parser('throughput')
    t.add_argument('output')
    t.add_argument('--ours', help='our bench_train')
    t.add_argument('--seconds', type=float, default=1.0)
    t.set_defaults(run=throughput)
    args = parser.parse_args()
    enter_environment()
    args.run(args)


if __name__ == '__main__':
    main()
