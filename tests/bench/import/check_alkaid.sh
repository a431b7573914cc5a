#!/usr/bin/env bash
# Every published network: import, export as ALIR, and compare alkaid's interpreter with our model on random vectors,
# in range and (ports that wrap) out of range.
#   check_alkaid.sh BITGRAIN VECTORS PYTHON MODELS [ROWS]
# BITGRAIN and VECTORS (bench_import_vectors) are programs, PYTHON one with PyPI alkaid, MODELS the folder with raw/.
set -euo pipefail
bitgrain=$1 vectors=$2 python=$3 models=$4 rows=${5:-100000}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
while IFS= read -r file; do
    "$bitgrain" import "$file" -o "$work/model.json" > /dev/null 2> "$work/why" || { echo "skipped: $(cut -c1-150 "$work/why")"; continue; }
    "$bitgrain" export "$work/model.json" -o "$work/program.json" > /dev/null
    for overflow in 0 2; do
        grep -q '"overflow": "WRAP"' "$work/model.json" || [ $overflow = 0 ] || continue
        "$vectors" "$work/model.json" "$rows" 1 "$work/x.npy" "$work/y.npy" $overflow
        echo -n "$(basename "$file") overflow $overflow bits: "
        "$python" "$here/../peers/alkaid_check.py" "$work/program.json" "$work/x.npy" "$work/y.npy" | sed 's/.*json: //' || failed=1
    done
done < <(find "$models/raw" \( -name '*.keras' -o -path '*da4ml-ae*.h5' -o -name 'hgq_*.h5' -o -path '*da4ml_test_data/*.json' \) ! -name '*metadata*' | LC_ALL=C sort)
exit $failed
