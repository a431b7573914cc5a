#!/bin/bash
# The baselines of examples/README.md beside the method, on one experiment: trains each, takes the cheapest point that
# is expected to reach each accuracy, builds and verifies it, and prints one table.
#
#   examples/baselines.sh EXPERIMENT.json OUT ACCURACY...        e.g.  examples/digits/experiment.json out 0.95 0.97
#
# The program is $BITGRAIN (default: build/bitgrain). A training that is there already is not repeated. The experiment
# must have no "quantizers" of its own, and "training" at the beginning of a line.
set -euo pipefail
bitgrain=${BITGRAIN:-build/bitgrain}
experiment=$1 out=$2
shift 2
mkdir -p "$out"
source=$(dirname "$(realpath "$experiment")")

# The experiment with one width per $1 (tensor, channel), its files still found.
with_granularity() {
    local width="{\"granularity\": \"$1\"}"
    sed -e "s|^\( *\)\"training\"|\1\"quantizers\": {\"kernel\": $width, \"bias\": $width, \"activation\": $width},\n&|" \
        -e "s#\"\(features\|labels\)\": \"\([^/]\)#\"\1\": \"$source/\2#g" "$experiment"
}

# train NAME EXPERIMENT OPTIONS...
train() {
    local run=$out/$1
    [ -e "$run/complete" ] || { "$bitgrain" train "$2" -o "$run" --replace "${@:3}" > "$out/$1.log" 2>&1; touch "$run/complete"; }
}

# number FILE KEY: the value in a report of the program
number() {
    awk -v key="\"$2\"" '$1 == key":" { found = 1 } found && $1 == "\"value\":" { sub(/,$/, "", $2); print $2; exit }' "$1"
}

# rows NAME TITLE ACCURACY...
rows() {
    local run=$out/$1 title=$2 accuracy build
    for accuracy in "${@:3}"; do
        build=$out/$1.$accuracy
        if ! "$bitgrain" freeze "$run" -o "$build.json" --pick "accuracy>=$accuracy" > "$build.log" 2>&1; then
            echo "| $title | $accuracy | not reached | | | | | | |"
            continue
        fi
        "$bitgrain" build "$build.json" -o "$build" > "$build.log"
        "$bitgrain" verify "$build" > "$build.log" # ends the script when the Verilog differs
        local report=$build/report.json
        printf '| %s | %s | %.2f %% | %.2f %% | %.0f | %d | %d | %d | %.0f |\n' "$title" "$accuracy" \
            "$(awk "BEGIN { print 100 * $(number "$report" validation) }")" \
            "$(awk "BEGIN { print 100 * $(number "$report" test) }")" "$(number "$report" ebops)" "$(number "$report" lut)" \
            "$(number "$report" ff)" "$(number "$report" latency_cycles)" "$(number "$report" latency_ns)"
    done
}

for granularity in tensor channel; do
    with_granularity $granularity > "$out/$granularity.json"
done
train element "$experiment"
train channel "$out/channel.json"
train tensor "$out/tensor.json"
train layers "$experiment" --search layers
train network "$experiment" --search network
echo "| widths | asked | validation | test | EBOPs | LUT | FF | cycles | ns |"
echo "|---|---|---|---|---|---|---|---|---|"
rows network "one for the network" "$@"
rows layers "one per layer, searched" "$@"
rows tensor "one per layer, trained" "$@"
rows channel "one per channel, trained" "$@"
rows element "one per element, trained" "$@"
