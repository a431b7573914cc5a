#include "import/layers/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bitgrain::import {

namespace {

constexpr std::array<std::pair<const char*, LayerFunction>, 76> table{{
    {"Activation", activation},
    {"ActivityRegularization", dropout},
    {"Add", merge_add},
    {"Average", merge_average},
    {"AveragePooling1D", pool},
    {"AveragePooling2D", pool},
    {"Concatenate", concatenate},
    {"Conv1D", proxy_convolution},
    {"Conv2D", proxy_convolution},
    {"Cropping1D", cropping},
    {"Cropping2D", cropping},
    {"Dense", proxy_dense},
    {"Dropout", dropout},
    {"FixedPointQuantizer", proxy_quantizer},
    {"Flatten", flatten},
    {"GaussianDropout", dropout},
    {"GaussianNoise", dropout},
    {"GetItem", get_item},
    {"GlobalAveragePooling1D", pool},
    {"GlobalAveragePooling2D", pool},
    {"GlobalMaxPooling1D", pool},
    {"GlobalMaxPooling2D", pool},
    {"Identity", dropout},
    {"LeakyReLU", relu},
    {"MaxPooling1D", pool},
    {"MaxPooling2D", pool},
    {"Maximum", merge_maximum},
    {"Minimum", merge_minimum},
    {"Multiply", merge_multiply},
    {"Permute", permute},
    {"QAdd", merge_add},
    {"QAffinedUnaryFunctionLUT", affined_unary_function},
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
    {"QDot", dot},
    {"QEinsum", einsum},
    {"QEinsumDense", einsum_dense},
    {"QEinsumDenseBatchnorm", einsum_dense_batch_norm},
    {"QEinsumDenseT", lookup_einsum},
    {"QGlobalAveragePooling1D", pool},
    {"QGlobalAveragePooling2D", pool},
    {"QGlobalMaxPooling1D", pool},
    {"QGlobalMaxPooling2D", pool},
    {"QLinformerAttention", linformer_attention},
    {"QMaxPooling1D", pool},
    {"QMaxPooling2D", pool},
    {"QMaximum", merge_maximum},
    {"QMeanPow2", mean},
    {"QMinimum", merge_minimum},
    {"QMultiHeadAttention", multi_head_attention},
    {"QMultiply", merge_multiply},
    {"QSoftmax", softmax},
    {"QSubtract", merge_subtract},
    {"QSum", sum},
    {"QUnaryFunctionLUT", unary_function},
    {"Quantizer", quantize},
    {"ReLU", relu},
    {"Relu", relu},
    {"RepeatVector", repeat_vector},
    {"Reshape", reshape},
    {"SpatialDropout1D", dropout},
    {"SpatialDropout2D", dropout},
    {"Subtract", merge_subtract},
    {"UpSampling1D", upsampling},
    {"UpSampling2D", upsampling},
    {"ZeroPadding1D", zero_padding},
    {"ZeroPadding2D", zero_padding},
}};

} // namespace

LayerFunction find_layer(const std::string& class_name) {
    const auto* found =
        std::find_if(table.begin(), table.end(), [&](const auto& row) { return class_name == row.first; });
    return found == table.end() ? nullptr : found->second;
}

std::string known_layers() {
    std::string list = "InputLayer";
    for (const auto& [name, function] : table)
        list += std::string(", ") + name;
    return list;
}

} // namespace bitgrain::import
