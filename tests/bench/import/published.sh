#!/usr/bin/env bash
# Every published network in one table: built, verified in Verilator, synthesised by yosys beside Alkaid's Verilog of the same file,
# with the placed numbers that were published for it.
#   published.sh BUILD SHARED VENV CLOCK_NS...
# BUILD holds bitgrain, bench_rtl and bench_import_expect, SHARED models/ and data/; VENV is made when it is not there. Environment: ONLY, a pattern
# of file names; OPTIONS, more options of `bitgrain build`. Hours for all of them: yosys takes minutes per network from 10,000 LUT on.
set -euo pipefail
build=$(realpath "$1") shared=$(realpath "$2") venv=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Column N of a Markdown row.
column() { awk -F ' *[|] *' -v n="$(($1 + 1))" '{ print $n }'; }

# FILE CLOCK: cycles, vectors and mismatches. Networks without recorded outputs are compared with the model on random vectors.
verified() {
    local row
    row=$(ONLY=$(basename "$1") "$here/check_expect.sh" "$build" "$shared" "$2" | sed -n 3p || true)
    if [ -n "$row" ]; then
        echo "$(column 4 <<< "$row")|$(column 8 <<< "$row"), $(column 9 <<< "$row")"
        return
    fi
    "$build/bitgrain" import "$1" -o "$work/model.json" > "$work/log"
    # shellcheck disable=SC2086  (OPTIONS are several words)
    "$build/bitgrain" build "$work/model.json" -o "$work/design" --clock-ns "$2" ${OPTIONS:-} > "$work/log"
    "$build/bitgrain" verify "$work/design" --random 1000 > "$work/log"
    local number='s/.*: \([0-9]*\).*/\1/p' file=$work/design/verification.json
    echo "$(sed -n "/simulated_cycles/$number" "$file")|$(sed -n "/\"vectors\"/$number" "$file"), $(sed -n "/mismatches\": [0-9]/$number" "$file")"
}

published() {
    local pattern lut ff ns where
    while IFS='|' read -r pattern lut ff ns where; do
        # shellcheck disable=SC2254  (a pattern is meant)
        case $pattern in '#'*) ;; *) case $1 in $pattern) echo "$lut, $ff, $ns"; return ;; esac ;; esac
    done < "$here/published.txt"
    echo "-"
}

echo "| file | clock ns | cycles | vectors, mismatches | LUT | Alkaid | ratio | FF | Alkaid | ratio | levels | Alkaid | placed, published: LUT, FF, ns |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
find "$shared/models/raw" \( -name 'epoch*.keras' -o -path '*da4ml-ae*.h5' -o -name 'hgq_*.h5' -o -path '*jsc_plf*.keras' \) | LC_ALL=C sort |
    while IFS= read -r file; do
        name=$(basename "$file")
        # shellcheck disable=SC2254
        case $name in ${ONLY:-*}) ;; *) continue ;; esac
        for clock in "$@"; do
            IFS='|' read -r cycles vectors < <(verified "$file" "$clock")
            row=$("$here/../rtl/compare.sh" "$build" "$venv" "$clock" "$file" | sed -n 3p)
            cells=$(for n in 3 4 5 6 7 8 9 10; do echo -n "$(column $n <<< "$row") | "; done)
            echo "| $name | $clock | $cycles | $vectors | $cells$(published "$name") |"
        done
    done
