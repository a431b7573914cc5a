#!/usr/bin/env bash
# Our Verilog against Alkaid's of the same networks at the same number of stages, synthesised in the same run.
#   compare.sh BUILD VENV CLOCK_NS FILE...
# BUILD holds bitgrain and bench_rtl, VENV is made when it is not there, FILE is a network of HGQ2 or a model.json of ours.
# Environment: TARGET (xcvu13p); OPTIONS, more options of `bitgrain build`; CHAINS=1: both with one carry chain per
# adder, which costs Alkaid more than it costs us (without it yosys may merge adders into compressor trees);
# KEEP=FOLDER keeps the designs there.
# "not read": Alkaid's converter refuses the file (several inputs, HGQ 1).
# Prints a Markdown table: LUT and FF, levels of the worst stage, ours / Alkaid's / ratio; then the geometric mean of the ratios.
set -euo pipefail
build=$(realpath "$1") venv=$2 clock=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
constraints=$(cd "$here/../../../constraints" && pwd)
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
"$here/../peers/alkaid_venv.sh" "$venv"

# NAME TOP FILES...: LUT FF CARRY LEVELS
synthesise() {
    local name=$1 top=$2 chains=
    shift 2
    [ -z "${CHAINS:-}" ] || chains="wreduce; techmap -map $constraints/yosys/one_chain.v;"
    yosys -q -p "read_verilog $*; hierarchy -top $top; proc -norom; flatten; opt_expr; opt_clean; $chains
        synth_xilinx -family xc7 -top $top -noiopad -noclkbuf -flatten -abc9; write_json $name.json" > "$name.log" 2>&1
    "$build/bench_rtl" "$name.json"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 1 }'; }

echo "| network | stages | LUT ours | Alkaid | ratio | FF ours | Alkaid | ratio | levels ours | Alkaid | LUT est. | FF est. |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
ratios=$work/ratios.txt
: > "$ratios"
number=0
for file in "$@"; do
    number=$((number + 1))
    design=$work/$number
    rm -rf "$design"
    mkdir -p "$design"
    case $file in
    *.json) cp "$file" "$design/model.json" ;;
    *) "$build/bitgrain" import "$file" -o "$design/model.json" > /dev/null ;;
    esac
    # shellcheck disable=SC2086  (OPTIONS are several words)
    "$build/bitgrain" build "$design/model.json" -o "$design/ours" --clock-ns "$clock" --target "${TARGET:-xcvu13p}" \
        ${OPTIONS:-} --json > "$design/report.json"
    read -r stages module lut_estimate ff_estimate < <("$venv/bin/python" -c "
import json, sys
rows = json.load(open(sys.argv[1]))['sections']['hardware']['rows']
print(*(rows[key]['value'] for key in ('stages', 'module', 'lut', 'ff')))" "$design/report.json")
    read -r lut ff _ levels < <(synthesise "$design/ours_mapped" "$module" "$design"/ours/rtl/*.v)
    if ! "$venv/bin/python" "$here/../peers/alkaid_verilog.py" "$file" "$stages" "$design/alkaid" > /dev/null 2> "$design/why"; then
        echo "| $(basename "$file") | $stages | $lut | not read | - | $ff | - | - | $levels | - | $lut_estimate | $ff_estimate |"
        continue
    fi
    read -r peer_lut peer_ff _ peer_levels < <(synthesise "$design/alkaid_mapped" model \
        "$design"/alkaid/src/static/*.v "$design"/alkaid/src/logic*.v "$design/alkaid/src/model.v")
    echo "$(ratio "$lut" "$peer_lut") $(ratio "$ff" "$peer_ff") $(ratio "$levels" "$peer_levels")" >> "$ratios"
    echo "| $(basename "$file") | $stages | $lut | $peer_lut | $(ratio "$lut" "$peer_lut") | $ff | $peer_ff |" \
        "$(ratio "$ff" "$peer_ff") | $levels | $peer_levels | $lut_estimate | $ff_estimate |"
done
awk '{ l += log($1); f += log($2); v += log($3) }
     END { if (NR) printf "\nGeometric means: LUT %.2f, FF %.2f, levels %.2f of Alkaid'"'"'s (%d networks)\n", exp(l / NR), exp(f / NR), exp(v / NR), NR }' "$ratios"
