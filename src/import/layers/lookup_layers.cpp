// QDenseT, QConvT1D, QConvT2D and QEinsumDenseT: whose edges they are and how their functions are stored.
#include "import/layers/convolution.hpp"
#include "import/layers/equation.hpp"
#include "import/layers/lookup.hpp"
#include "import/layers/table.hpp"

#include <algorithm>
#include <optional>

namespace bitgrain::import {

namespace {

struct Settings {
    std::size_t hidden = 0; ///< hidden layers of a function
    bool norm = false, center = false, scale = false;
};

Settings read_settings(Context& context) {
    context.ignore({"bn_momentum", "d_hl", "activity_regularizer"});
    JsonReader& config = context.config();
    return {config.get<std::size_t>("n_hl"), config.get<bool>("batch_norm"), config.get<bool>("bn_center"),
            config.get<bool>("bn_scale")};
}

/// The order in which they are stored; `before` is put before the first two.
std::vector<std::string> norm_names(const Settings& settings, const std::string& before) {
    std::vector<std::string> names;
    if (settings.scale) names.push_back(before + "gamma");
    if (settings.center) names.push_back(before + "beta");
    names.insert(names.end(), {"moving_mean", "moving_variance"});
    return names;
}

/// `along` fits a stored kernel or bias to the edges. The last kernel has no axis for its one value.
Functions read_functions(Context& context, const Settings& settings, bool biased,
                         const std::function<Array(Array, bool is_kernel)>& along) {
    const std::vector<Part>& parts = context.part("module").at("layers", context.where()).parts;
    if (parts.size() != settings.hidden + 1)
        context.fail("expected " + std::to_string(settings.hidden + 1) + " stored layers of the edges' functions");
    Functions functions;
    for (std::size_t s = 0; s < parts.size(); ++s) {
        auto stored = parts[s].take(
            biased ? std::vector<std::string>{"kernel", "bias"} : std::vector<std::string>{"kernel"}, context.where());
        Functions::Stage& stage = functions.stages.emplace_back();
        stage.kernel = along(stored.at("kernel"), true);
        if (biased) stage.bias = along(stored.at("bias"), false);
        if (s + 1 < parts.size()) continue;
        stage.kernel.shape.push_back(1);
        if (biased) stage.bias->shape.push_back(1);
    }
    for (const Functions::Stage& stage : functions.stages) {
        if (stage.kernel.shape.size() < 3) context.fail("a stored kernel of the edges' functions has too few axes");
    }
    return functions;
}

/// `taps` lists the inputs of each position: functions belong to (input of the window, output).
Tensor shared_functions(Context& context, std::vector<std::size_t> positions_shape,
                        const std::vector<std::vector<std::int64_t>>& taps, std::size_t outputs) {
    const Settings settings = read_settings(context);
    context.take(context.counters());
    Edges edges;
    edges.positions = taps.size();
    edges.shape = positions_shape;
    edges.shape.push_back(taps.front().size());
    edges.shape.push_back(outputs);
    edges.out_shape = std::move(positions_shape);
    edges.out_shape.push_back(outputs);
    for (std::size_t p = 0; p < taps.size(); ++p) {
        for (const std::int64_t input : taps[p]) {
            for (std::size_t o = 0; o < outputs; ++o) {
                edges.inputs.push_back(input);
                edges.outputs.push_back(p * outputs + o);
            }
        }
    }
    const std::vector<std::size_t> own{taps.front().size(), outputs};
    Functions functions =
        read_functions(context, settings, context.config().get<bool>("use_bias"), [&](Array array, bool) {
            if (array.shape.size() < 2 || !std::equal(own.begin(), own.end(), array.shape.begin()))
                context.fail("the stored functions are not those of " + text(own) + " edges");
            return array;
        });
    if (settings.norm) {
        const auto stored = context.part("bn_module").take(norm_names(settings, ""), context.where());
        functions.norm = read_norm(context, stored, "", edges, [](const Array& array) { return array; });
    }
    context.ignore({"bn_epsilon"});
    return lookup(context, edges, functions);
}

Tensor lookup_convolution(Context& context, std::size_t rank) {
    const Convolution convolution = read_convolution(context, rank);
    std::vector<std::vector<std::int64_t>> taps;
    for (const auto& window : convolution.window.taps) {
        std::vector<std::int64_t>& inputs = taps.emplace_back();
        for (const std::int64_t at : window) {
            for (std::size_t c = 0; c < convolution.channels; ++c)
                inputs.push_back(
                    at < 0 ? -1 : at * static_cast<std::int64_t>(convolution.channels) + static_cast<std::int64_t>(c));
        }
    }
    return shared_functions(context, convolution.window.output_shape, taps, convolution.filters);
}

/// Axes as letters; none when the key is null.
std::optional<std::string> read_axes(Context& context, const std::string& key) {
    if (context.config().at(key).json().is_null()) return std::nullopt;
    return context.config().get<std::string>(key);
}

} // namespace

Tensor lookup_dense(Context& context) {
    const std::vector<std::size_t>& shape = context.input().shape;
    const std::size_t in = shape.back();
    std::vector<std::vector<std::int64_t>> taps(context.input().size() / in);
    std::int64_t element = 0;
    for (auto& inputs : taps) {
        for (std::size_t i = 0; i < in; ++i)
            inputs.push_back(element++);
    }
    return shared_functions(context, {shape.begin(), shape.end() - 1}, taps,
                            context.config().get<std::size_t>("n_out"));
}

Tensor lookup_convolution_1d(Context& context) {
    return lookup_convolution(context, 1);
}

Tensor lookup_convolution_2d(Context& context) {
    return lookup_convolution(context, 2);
}

Tensor lookup_einsum(Context& context) {
    const Settings settings = read_settings(context);
    JsonReader& config = context.config();
    const auto bias_axes = read_axes(context, "bias_axes"), normalize_axes = read_axes(context, "normalize_axes");
    std::vector<std::string> names = settings.norm ? norm_names(settings, "bn_") : std::vector<std::string>{};
    for (const std::string& name : context.counters())
        names.push_back(name);
    const auto stored = context.take(names);
    const std::string text = config.get<std::string>("equation");
    const std::size_t comma = text.find(','), arrow = text.find("->");
    if (comma == std::string::npos || arrow == std::string::npos || arrow <= comma + 1)
        config.at("equation").fail("is not 'input,kernel->output'");
    const std::size_t kernel_rank = arrow - comma - 1;
    const std::vector<Part>& parts = context.part("module").at("layers", context.where()).parts;
    if (parts.empty() || parts[0].variables.empty()) context.fail("the edges' functions are not stored");
    const std::vector<std::size_t>& kernel = parts[0].variables[0].second.shape;
    if (kernel.size() < kernel_rank) context.fail("a stored kernel of the edges' functions has too few axes");
    const Equation equation(text, context.input().shape,
                            {kernel.begin(), kernel.begin() + static_cast<std::ptrdiff_t>(kernel_rank)},
                            context.where());
    config.has("output_shape"); // follows from the equation and the kernel
    const Equation::Edges list = equation.edges();
    const Edges edges{list.shape, list.inputs, list.outputs, equation.output_shape(), equation.positions()};
    const bool biased = bias_axes && !settings.norm;
    // Biases already have the order of the edges, without the leading axes that no function depends on.
    Functions functions = read_functions(context, settings, biased, [&](Array array, bool is_kernel) {
        return is_kernel ? equation.along_edges(array, equation.kernel_axes(), context.where()) : array;
    });
    if (settings.norm) {
        const auto axes = normalize_axes ? normalize_axes : bias_axes;
        if (!axes) context.fail("has no axes to normalise");
        functions.norm = read_norm(context, stored, "bn_", edges, [&](const Array& array) {
            return equation.along_edges(array, *axes, context.where());
        });
    }
    config.has("bn_epsilon");
    return lookup(context, edges, functions);
}

} // namespace bitgrain::import
