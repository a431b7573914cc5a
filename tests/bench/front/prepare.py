#!/usr/bin/env python3
"""Data sets in the form an experiment needs, as new .npy files; labels are copied. Needs nothing but Python's library.

    prepare.py pool FOLDER OUT          28 x 28 images (uint8) -> sums of 2 x 2 pixels, 14 x 14 (uint16)
    prepare.py standardise FOLDER OUT   every feature (x - mean) / deviation of the training rows (float32); for
                                        baselines with one width for many features
"""
import array
import ast
import gzip
import shutil
import struct
import sys
from pathlib import Path

codes = {"|u1": "B", "<u2": "H", "<i4": "i", "<f4": "f", "<f8": "d"}


def read(path):
    with gzip.open(path) as file:
        content = file.read()
    length = struct.unpack("<H", content[8:10])[0]
    head = ast.literal_eval(content[10:10 + length].decode())
    values = array.array(codes[head["descr"]])
    values.frombytes(content[10 + length:])
    return head["shape"], values


def write(path, kind, shape, values):
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        file.write(array.array(codes[kind], values).tobytes())


def pool(values):
    for upper in range(0, len(values), 56):
        row, below = values[upper:upper + 28], values[upper + 28:upper + 56]
        for c in range(0, 28, 2):
            yield row[c] + row[c + 1] + below[c] + below[c + 1]


def moments(size, values):
    result = []
    for f in range(size):
        column = values[f::size]
        mean = sum(column) / len(column)
        variance = sum((v - mean) ** 2 for v in column) / len(column)
        result.append((mean, variance ** 0.5 if variance > 0 else 1.0))
    return result


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("pool", "standardise"):
        raise SystemExit(__doc__)
    what, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    target.mkdir(parents=True, exist_ok=True)
    scale = None
    for part in ("train", "test"):
        shutil.copy(source / f"{part}_y.npy.gz", target)
        shape, values = read(source / f"{part}_x.npy.gz")
        size = len(values) // shape[0]
        if what == "pool":
            write(target / f"{part}_x.npy.gz", "<u2", (shape[0], 14, 14), pool(values))
            continue
        scale = scale or moments(size, values)
        write(target / f"{part}_x.npy.gz", "<f4", (shape[0], size),
              ((v - scale[i % size][0]) / scale[i % size][1] for i, v in enumerate(values)))


if __name__ == "__main__":
    main()
