#!/usr/bin/env bash
# Every published network against its recorded outputs, bit for bit, in the model and in the netlist; with clock periods
# also built for each of them and simulated in Verilator with the inputs of those outputs.
#   check_expect.sh BUILD SHARED [CLOCK_NS...]
# BUILD holds bench_import_expect and bitgrain, SHARED the folder with models/ and data/. Environment: ONLY, a pattern of file
# names; OPTIONS, more options of `bitgrain build`. With clock periods prints a Markdown table, else a line per network.
# The five OpenML files of calad0i_alkaid-ae were calibrated again after the outputs were recorded (other k and i of
# activations and biases): they differ here, and agree with what HGQ2 computes from the same file.
set -uo pipefail
build=$1 shared=$2
shift 2
clocks=("$@")
fpm=$shared/models/fpm raw=$shared/models/raw data=$shared/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
number() { sed -n "s/.*\"$2\": *\([0-9.]*\).*/\1/p" "$1" | head -1; }
# Value of the row KEY in a report printed as JSON.
value() { tr -d ' \n' < "$1" | sed -n "s/.*\"$2\":{[^}]*\"value\":\([0-9.]*\).*/\1/p"; }
simulate() {
    local name=$1 recorded=$2 clock start
    for clock in "${clocks[@]}"; do
        start=$SECONDS
        # shellcheck disable=SC2086  (OPTIONS are several words)
        if ! "$build/bitgrain" build "$work/model.json" -o "$work/design" --clock-ns "$clock" ${OPTIONS:-} --json \
            > "$work/report.json" 2> "$work/why"; then
            echo "| $name | $clock | $(tr '\n' ' ' < "$work/why" | cut -c1-160) |"
            failed=1
            continue
        fi
        local built=$((SECONDS - start))
        start=$SECONDS
        "$build/bitgrain" verify "$work/design" --data "$work/x.npy" --random 1000 --json > "$work/verified.json" || failed=1
        echo "| $name | $recorded | $clock | $(value "$work/report.json" latency_cycles) | $(value "$work/report.json" adders) |" \
            "$(value "$work/report.json" lut) | $(value "$work/report.json" ff) | $(number "$work/verified.json" vectors) |" \
            "$(number "$work/verified.json" mismatches) | $built | $((SECONDS - start)) |"
    done
}
check() {
    case $(basename "$1") in ${ONLY:-*}) ;; *) return ;; esac
    local line status=0
    line=$("$build/bench_import_expect" "$@" --netlist --write "$work/model.json" --features "$work/x.npy") || status=1
    [ $status = 0 ] || failed=1
    if [ ${#clocks[@]} = 0 ]; then
        echo "$line"
    else
        simulate "$(basename "$1")" "$([ $status = 0 ] && echo yes || echo no)"
    fi
}
[ ${#clocks[@]} = 0 ] || echo "| file | recorded outputs | clock ns | cycles | adders | LUT est. | FF est. | vectors in Verilator | mismatches | build s | verify s |
|---|---|---|---|---|---|---|---|---|---|---|"
for file in "$raw"/calad0i_alkaid-ae/openml/*.keras; do
    ebops=$(sed 's/.*ebops=\([0-9]*\).*/\1/' <<< "$file")
    check "$file" "$fpm/hgq2_jsc_openml_ebops$(printf %05d "$ebops").expect.npy.gz" "$data/jsc_hlf_real_1k/test_x.npy.gz"
done
for pair in 20849:17337 50945:09600 61005:08063 71874:06461 87478:04527 93431:04022; do
    check "$raw"/calad0i_da4ml-ae/jsc/openml/epoch=${pair%:*}-*.h5 "$fpm/da4mlae_jsc_openml_ebops${pair#*:}.expect.npy.gz" \
        "$data/jsc_hlf_real_1k/test_x.npy.gz"
done
for pair in 24246:12220 64427:07719; do
    check "$raw"/calad0i_da4ml-ae/jsc/cernbox/epoch=${pair%:*}-*.keras \
        "$fpm/da4mlae_jsc_cernbox_ebops${pair#*:}.expect.npy.gz" "$data/jsc_hlf_real_1k/test_x.npy.gz"
done
check "$raw/fastml_example-models/hgq_jet_classifier.h5" "$fpm/hgq1_jsc_proxy.expect.npy.gz" "$data/jsc_hlf_real_1k/test_x.npy.gz"
for kind in heterogeneous homogeneous; do
    check "$raw/fastml_example-models/hgq_mnist_$kind.h5" "$fpm/hgq1_mnist_$kind.expect.npy.gz" "$data/mnist/test_x.npy.gz" \
        --divide 256
done
for file in "$raw"/calad0i_hgq-ae/tgc/*.keras; do
    ebops=$(sed 's/.*ebops=\([0-9]*\).*/\1/' <<< "$file")
    check "$file" "$fpm/hgq2_tgc_ebops$ebops.expect.npy.gz" "$data/muon_tgc_standin/test_x.npy.gz" --split 3,2,2
done
exit $failed
