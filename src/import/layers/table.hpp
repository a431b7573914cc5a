// The layers that import knows: class name -> function. A new layer is one function and one line in table.cpp.
#pragma once

#include "import/context.hpp"

#include <string>
#include <vector>

namespace bitgrain::import {

/// Reads all of the layer's configuration, makes its steps and returns its value.
using LayerFunction = Tensor (*)(Context&);

/// Null for a class that is not known.
LayerFunction find_layer(const std::string& class_name);
/// For messages: "QAdd, QDense, ...".
std::string known_layers();

Tensor affined_unary_function(Context& context);
Tensor unary_function(Context& context);
Tensor activation(Context& context);
Tensor batch_normalization(Context& context);
Tensor concatenate(Context& context);
Tensor dense(Context& context);
Tensor dense_batch_norm(Context& context);
Tensor convolution_1d(Context& context);
Tensor convolution_2d(Context& context);
Tensor einsum_dense(Context& context);
Tensor einsum_dense_batch_norm(Context& context);
Tensor lookup_convolution_1d(Context& context);
Tensor lookup_convolution_2d(Context& context);
Tensor lookup_dense(Context& context);
Tensor lookup_einsum(Context& context);
Tensor dot(Context& context);
Tensor cropping(Context& context);
Tensor dropout(Context& context);
Tensor repeat_vector(Context& context);
Tensor upsampling(Context& context);
Tensor zero_padding(Context& context);
Tensor einsum(Context& context);
Tensor flatten(Context& context);
Tensor get_item(Context& context);
Tensor permute(Context& context);
Tensor reshape(Context& context);
Tensor relu(Context& context);
Tensor linformer_attention(Context& context);
Tensor multi_head_attention(Context& context);
Tensor softmax(Context& context);
Tensor merge_add(Context& context);
Tensor merge_average(Context& context);
Tensor merge_multiply(Context& context);
Tensor merge_maximum(Context& context);
Tensor merge_minimum(Context& context);
Tensor merge_subtract(Context& context);
Tensor pool(Context& context);
Tensor proxy_convolution(Context& context);
Tensor proxy_dense(Context& context);
Tensor proxy_quantizer(Context& context);
Tensor quantize(Context& context);
Tensor sum(Context& context);
Tensor mean(Context& context);

} // namespace bitgrain::import
