#!/usr/bin/env bash
# Every published network against its recorded outputs, bit for bit, in the model and in the netlist.
#   check_expect.sh EXPECT SHARED      EXPECT is bench_import_expect, SHARED the folder with models/ and data/
# The five OpenML files of calad0i_alkaid-ae were calibrated again after the outputs were recorded (other k and i of
# activations and biases): they differ here, and agree with what HGQ2 computes from the same file.
set -uo pipefail
expect=$1 shared=$2
fpm=$shared/models/fpm raw=$shared/models/raw data=$shared/data
failed=0
check() { "$expect" "$@" --netlist || failed=1; }
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
