#include "import/layers/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bitgrain::import {

namespace {

constexpr std::array<std::pair<const char*, LayerFunction>, 48> table{{
    {"Activation", activation},
    {"AveragePooling1D", pool},
    {"AveragePooling2D", pool},
    {"Concatenate", concatenate},
    {"Conv1D", proxy_convolution},
    {"Conv2D", proxy_convolution},
    {"Dense", proxy_dense},
    {"Dropout", dropout},
    {"FixedPointQuantizer", proxy_quantizer},
    {"Flatten", flatten},
    {"GetItem", get_item},
    {"GlobalAveragePooling1D", pool},
    {"GlobalAveragePooling2D", pool},
    {"GlobalMaxPooling1D", pool},
    {"GlobalMaxPooling2D", pool},
    {"LeakyReLU", relu},
    {"MaxPooling1D", pool},
    {"MaxPooling2D", pool},
    {"Permute", permute},
    {"QAdd", merge_add},
    {"QAveragePooling1D", pool},
    {"QAveragePooling2D", pool},
    {"QAveragePow2", merge_average},
    {"QBatchNormDense", dense_batch_norm},
    {"QBatchNormalization", batch_normalization},
    {"QConv1D", convolution_1d},
    {"QConv2D", convolution_2d},
    {"QConvT1D", lookup_convolution_1d},
    {"QConvT2D", lookup_convolution_2d},
    {"QDense", dense},
    {"QDenseT", lookup_dense},
    {"QEinsumDense", einsum_dense},
    {"QEinsumDenseBatchnorm", einsum_dense_batch_norm},
    {"QEinsumDenseT", lookup_einsum},
    {"QGlobalAveragePooling1D", pool},
    {"QGlobalAveragePooling2D", pool},
    {"QGlobalMaxPooling1D", pool},
    {"QGlobalMaxPooling2D", pool},
    {"QMaxPooling1D", pool},
    {"QMaxPooling2D", pool},
    {"QMaximum", merge_maximum},
    {"QMeanPow2", mean},
    {"QMinimum", merge_minimum},
    {"QSubtract", merge_subtract},
    {"QSum", sum},
    {"Quantizer", quantize},
    {"ReLU", relu},
    {"Reshape", reshape},
}};

} // namespace

LayerFunction find_layer(const std::string& class_name) {
    const auto* found =
        std::find_if(table.begin(), table.end(), [&](const auto& row) { return class_name == row.first; });
    return found == table.end() ? nullptr : found->second;
}

std::string why_not(const std::string& class_name) {
    if (class_name == "QSoftmax") {
        return "a softmax needs products of two values, and hardware here has no multipliers; where only the order of "
               "the outputs counts, leave it out";
    }
    static constexpr std::array<const char*, 9> products{"QMultiHeadAttention",
                                                         "QMultiHeadAttentionT",
                                                         "QLinformerAttention",
                                                         "QLinformerAttentionT",
                                                         "QMultiply",
                                                         "QDot",
                                                         "QEinsum",
                                                         "QGRU",
                                                         "QSimpleRNN"};
    if (std::find(products.begin(), products.end(), class_name) == products.end()) return {};
    return "it multiplies values of the network by each other, and hardware here has no multipliers";
}

std::string known_layers() {
    std::string list = "InputLayer";
    for (const auto& [name, function] : table)
        list += std::string(", ") + name;
    return list;
}

} // namespace bitgrain::import
