// The graph's vocabulary. Layers are sentences made of these words; each is one file with forward, backward and freeze.
#pragma once

#include "model/model.hpp"
#include "nn/functions.hpp"
#include "nn/graph/graph.hpp"
#include "nn/graph/windows.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace bitgrain::nn {

// ---- per sample ----
/// The rows of the data: the given features, ascending (empty: all, as many as `size`).
Var input(Graph& graph, const std::string& name, std::size_t size, const std::vector<std::uint32_t>& features = {});
/// y_p = x_p W (+ b) at every position p of the windows; W is shared, [in][out] row-major; b shared, [out];
/// y is [position][out].
Var affine(Graph& graph, const std::string& name, Var x, Var weights, std::optional<Var> bias, Windows windows);
Var relu(Graph& graph, const std::string& name, Var x);
/// x above zero, but at most `top`; slope * x below.
struct Rectifier {
    double slope = 1.0; ///< zero or a power of two; the default changes nothing
    double top = std::numeric_limits<double>::infinity();

    bool capped() const { return top < std::numeric_limits<double>::infinity(); }
    template <class T>
    T operator()(T x) const {
        return x > T(0) ? std::min(x, static_cast<T>(top)) : static_cast<T>(slope) * x;
    }
};
/// slope below 1
Var rectify(Graph& graph, const std::string& name, Var x, const Rectifier& rectifier);
/// x within [low, high], for the network without quantizers: one that saturates there follows, so it freezes to
/// nothing.
Var clamp_before_quantizer(Graph& graph, const std::string& name, Var x, double low, double high);
/// Elements of the concatenation of all inputs, in the given order; -1: zero.
Var gather(Graph& graph, const std::string& name, const std::vector<Var>& in, const std::vector<std::int64_t>& index);
/// Sum of equally sized inputs.
Var add(Graph& graph, const std::string& name, const std::vector<Var>& in);
/// y = factor x + shift, constants.
Var scale(Graph& graph, const std::string& name, Var x, double factor, double shift = 0.0);
/// y[position][channel] = x[position][channel] * s[channel] + b[channel]; s and b shared.
Var scale_channels(Graph& graph, const std::string& name, Var x, Var s, Var b);
/// phi(x) of a quantised x; a quantizer must follow: both become a table.
Var apply(Graph& graph, const std::string& name, Var x, Function function);
/// y_i = a_i b_i
Var multiply(Graph& graph, const std::string& name, Var a, Var b);
/// Sum or maximum of each run of `size` elements. The first of equally large ones gets the gradient.
Var reduce(Graph& graph, const std::string& name, Var x, model::Reduce::Kind kind, std::size_t size);

// ---- shared ----
/// The values of a parameter slice; its gradient is what arrives times the factor.
Var parameter(Graph& graph, const std::string& name, std::size_t slice, std::size_t size, double gradient_factor = 1.0);
/// W'[i][o] = factor[i] * W[i][o], constant factors: standardisation of the inputs folded into a kernel.
Var scale_rows(Graph& graph, const std::string& name, Var weights, const std::vector<double>& factor);
/// b'[o] = b[o] - sum_i mean[i] * W[i][o], constant means: centring of the inputs folded into a bias.
Var fold_mean(Graph& graph, const std::string& name, Var bias, Var weights, const std::vector<double>& mean);

/// Mean and variance of z, [position][channel], over the rows of the batch and the positions (train, unquantised), or
/// the moving ones: [mean..., variance...]. `moving_slice` is a tracked parameter slice of the same layout.
Var batch_statistics(Graph& graph, const std::string& name, Var z, std::size_t channels, std::size_t moving_slice,
                     double momentum);
/// s = gamma / sqrt(variance + epsilon)
Var norm_scale(Graph& graph, const std::string& name, Var gamma, Var statistics, double epsilon);
/// W'[i][o] = W[i][o] * s[o]
Var scale_columns(Graph& graph, const std::string& name, Var weights, Var scale);
/// b' = b - mean * s
Var norm_shift(Graph& graph, const std::string& name, Var bias, Var statistics, Var scale);

// ---- both ----
/// A quantizer's trainable widths as the quantize op reads them.
struct QuantizerVars {
    std::size_t number = 0; ///< in Graph::quantizers()
    Var width, integer;     ///< parameters, one per group
    Var table;              ///< per element: scale 2^f, step 2^-f, lowest and highest value (SAT)
};
QuantizerVars quantizer_vars(Graph& graph, std::size_t number);
/// q(x); x per sample or shared.
Var quantize(Graph& graph, const std::string& name, Var x, const QuantizerVars& quantizer);

} // namespace bitgrain::nn
