#!/usr/bin/env bash
# alkaid_venv.sh FOLDER: a Python with PyPI alkaid 0.8.2 and what it needs to read the files of HGQ2; kept when it is there.
set -euo pipefail
[ -x "$1/bin/alkaid" ] && exit 0
python3 -m venv "$1"
"$1/bin/pip" install --quiet alkaid==0.8.2 hgq2==0.2.0 'jax>=0.10' h5py
