// Layers that only move elements: Reshape, Flatten, Permute, Concatenate, slices, padding, cropping, repeating; and
// those that do nothing at inference.
#include "import/activation.hpp"
#include "import/layers/table.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::import {

namespace {

/// Where the elements along an axis come from; -1 is zero.
using Positions = std::vector<std::int64_t>;

/// Indices of a slice along an axis, as Python has them.
Positions range(Context& context, const Json& config, std::size_t extent) {
    const auto n = static_cast<std::int64_t>(extent);
    const auto field = [&](const char* key, std::int64_t fallback) {
        if (!config.contains(key) || config[key].is_null()) return fallback;
        if (!config[key].is_number_integer()) context.fail("a slice is not made of whole numbers");
        return config[key].get<std::int64_t>();
    };
    const std::int64_t step = field("step", 1);
    if (step < 1) context.fail("slices must go forward");
    const auto inside = [&](std::int64_t at) { return std::clamp(at < 0 ? at + n : at, std::int64_t{0}, n); };
    Positions list;
    for (std::int64_t at = inside(field("start", 0)); at < inside(field("stop", n)); at += std::min(step, n))
        list.push_back(at);
    if (list.empty()) context.fail("a slice is empty");
    return list;
}

bool is_slice(const Json& item) {
    return item.is_object() && item.value("class_name", Json()) == "__slice__" && item.contains("config") &&
           item["config"].is_object();
}

/// Elements at all combinations of the chosen positions along each axis.
Tensor take(Context& context, const Tensor& x, const std::vector<Positions>& chosen,
            const std::vector<std::size_t>& shape) {
    std::vector<std::int64_t> index{0};
    for (std::size_t axis = 0; axis < chosen.size(); ++axis) {
        std::vector<std::int64_t> next;
        for (const std::int64_t outer : index) {
            for (const std::int64_t at : chosen[axis])
                next.push_back(outer < 0 || at < 0 ? -1 : outer * static_cast<std::int64_t>(x.shape[axis]) + at);
        }
        index = std::move(next);
    }
    return context.builder().gather(context.name(), {x}, std::move(index), shape);
}

Positions all(std::size_t extent) {
    Positions list(extent);
    std::iota(list.begin(), list.end(), std::int64_t{0});
    return list;
}

/// Applies `along` to each spatial axis of the input; the channels come last.
template <class Along>
Tensor each_axis(Context& context, Along along) {
    context.require("data_format", "channels_last");
    const std::size_t rank = context.layer().class_name.ends_with("1D") ? 1 : 2;
    const Tensor& x = context.input();
    if (x.shape.size() != rank + 1) context.fail("the input has " + std::to_string(x.shape.size()) + " axes");
    std::vector<Positions> chosen;
    std::vector<std::size_t> shape;
    for (std::size_t axis = 0; axis <= rank; ++axis) {
        chosen.push_back(axis < rank ? along(axis, rank) : all(x.shape[axis]));
        shape.push_back(chosen.back().size());
    }
    return take(context, x, chosen, shape);
}

/// How many elements before and behind an axis: one number for all, one per axis, or a pair per axis. In one dimension
/// the pair stands alone.
std::pair<std::int64_t, std::int64_t> around(const JsonReader& key, std::size_t axis, std::size_t rank) {
    const Json& json = key.json();
    const Json* own = &json;
    if (rank == 2 && json.is_array() && json.size() == 2) own = &json[axis];
    std::pair<std::int64_t, std::int64_t> sides;
    if (own->is_number_integer()) {
        sides = {own->get<std::int64_t>(), own->get<std::int64_t>()};
    } else if (own->is_array() && own->size() == 2 && (*own)[0].is_number_integer() && (*own)[1].is_number_integer()) {
        sides = {(*own)[0].get<std::int64_t>(), (*own)[1].get<std::int64_t>()};
    } else {
        key.fail("is not understood: " + json.dump().substr(0, 60));
    }
    constexpr std::int64_t most = 65536;
    if (sides.first < 0 || sides.second < 0 || sides.first > most || sides.second > most) key.fail("is out of range");
    return sides;
}

} // namespace

Tensor reshape(Context& context) {
    Tensor x = context.input();
    const auto target = context.config().get<std::vector<std::int64_t>>("target_shape");
    std::vector<std::size_t> shape;
    std::size_t known = 1, open = target.size();
    for (std::size_t axis = 0; axis < target.size(); ++axis) {
        if (target[axis] == 0 || target[axis] < -1) context.fail("the target shape is impossible");
        if (target[axis] < 0) {
            if (open != target.size()) context.fail("the target shape is open in two axes");
            open = axis;
        } else if (known > x.size()) {
            break;
        } else {
            known *= static_cast<std::size_t>(target[axis]);
        }
        shape.push_back(target[axis] < 0 ? 1 : static_cast<std::size_t>(target[axis]));
    }
    if (open != target.size() && x.size() % known == 0) shape[open] = x.size() / known;
    if (shape.empty() || shape.size() != target.size() || elements(shape) != x.size()) {
        context.fail(text(x.shape) + " elements do not fit the target shape");
    }
    x.shape = shape;
    return x;
}

Tensor flatten(Context& context) {
    context.require("data_format", "channels_last");
    Tensor x = context.input();
    x.shape = {x.size()};
    return x;
}

Tensor permute(Context& context) {
    const Tensor& x = context.input();
    const auto dims = context.config().get<std::vector<std::size_t>>("dims");
    const std::size_t rank = x.shape.size();
    std::vector<std::size_t> sorted = dims, axes(rank);
    std::sort(sorted.begin(), sorted.end());
    std::iota(axes.begin(), axes.end(), std::size_t{1});
    if (sorted != axes) context.fail("'dims' is no order of the axes");
    std::vector<std::size_t> strides(rank, 1), shape;
    for (std::size_t axis = rank - 1; axis-- > 0;)
        strides[axis] = strides[axis + 1] * x.shape[axis + 1];
    std::vector<std::int64_t> index{0};
    for (const std::size_t dim : dims) {
        shape.push_back(x.shape[dim - 1]);
        std::vector<std::int64_t> next;
        for (const std::int64_t outer : index) {
            for (std::size_t at = 0; at < x.shape[dim - 1]; ++at)
                next.push_back(outer + static_cast<std::int64_t>(at * strides[dim - 1]));
        }
        index = std::move(next);
    }
    return context.builder().gather(context.name(), {x}, std::move(index), shape);
}

Tensor concatenate(Context& context) {
    const std::vector<Tensor>& in = context.inputs();
    if (in.empty()) context.fail("has no inputs");
    const auto rank = static_cast<std::int64_t>(in[0].shape.size());
    auto axis = context.config().get<std::int64_t>("axis");
    if (axis < 0) axis += rank + 1;
    if (axis < 1 || axis > rank) context.fail("the axis is the batch or does not exist");
    const auto at = static_cast<std::size_t>(axis - 1);
    std::vector<std::size_t> shape = in[0].shape;
    shape[at] = 0;
    for (const Tensor& x : in) {
        std::vector<std::size_t> rest = x.shape;
        if (rest.size() != shape.size()) context.fail("the inputs' shapes do not match");
        shape[at] += std::exchange(rest[at], 0);
        std::vector<std::size_t> expected = in[0].shape;
        expected[at] = 0;
        if (rest != expected) context.fail("the inputs' shapes do not match");
    }
    std::size_t outer = 1;
    for (std::size_t a = 0; a < at; ++a)
        outer *= shape[a];
    std::vector<std::int64_t> index;
    for (std::size_t o = 0; o < outer; ++o) {
        std::size_t first = 0;
        for (const Tensor& x : in) {
            const std::size_t run = x.size() / outer;
            for (std::size_t e = 0; e < run; ++e)
                index.push_back(static_cast<std::int64_t>(first + o * run + e));
            first += x.size();
        }
    }
    return context.builder().gather(context.name(), in, std::move(index), shape);
}

Tensor get_item(Context& context) {
    const Tensor& x = context.input();
    const Json& arguments = context.layer().arguments;
    if (arguments.size() != 1) context.fail("the slice is not understood");
    const Json keys = arguments[0].is_array() ? arguments[0] : Json::array({arguments[0]});
    if (keys.empty() || keys.size() > x.shape.size() + 1) context.fail("the slice has a wrong number of axes");
    const Json whole{{"start", nullptr}, {"stop", nullptr}, {"step", nullptr}};
    if (!is_slice(keys[0]) || keys[0]["config"] != whole) context.fail("the batch axis is sliced");
    std::vector<Positions> chosen;
    std::vector<std::size_t> shape;
    for (std::size_t axis = 0; axis < x.shape.size(); ++axis) {
        const std::size_t extent = x.shape[axis];
        if (axis + 1 >= keys.size()) {
            chosen.push_back(all(extent));
            shape.push_back(extent);
        } else if (is_slice(keys[axis + 1])) {
            chosen.push_back(range(context, keys[axis + 1]["config"], extent));
            shape.push_back(chosen.back().size());
        } else if (keys[axis + 1].is_number_integer()) {
            auto at = keys[axis + 1].get<std::int64_t>();
            if (at < 0) at += static_cast<std::int64_t>(extent);
            if (at < 0 || at >= static_cast<std::int64_t>(extent)) context.fail("the slice leaves the value");
            chosen.push_back({at});
        } else {
            context.fail("an index is neither a slice nor a number");
        }
    }
    if (shape.empty()) context.fail("a slice takes a single number", "keep an axis: x[:, 0:1]");
    return take(context, x, chosen, shape);
}

Tensor zero_padding(Context& context) {
    const JsonReader key = context.config().at("padding");
    return each_axis(context, [&](std::size_t axis, std::size_t rank) {
        const auto [before, behind] = around(key, axis, rank);
        Positions list(static_cast<std::size_t>(before), -1);
        const Positions inner = all(context.input().shape[axis]);
        list.insert(list.end(), inner.begin(), inner.end());
        list.insert(list.end(), static_cast<std::size_t>(behind), -1);
        return list;
    });
}

Tensor cropping(Context& context) {
    const JsonReader key = context.config().at("cropping");
    return each_axis(context, [&](std::size_t axis, std::size_t rank) {
        const auto [before, behind] = around(key, axis, rank);
        const Positions list = all(context.input().shape[axis]);
        if (before + behind >= static_cast<std::int64_t>(list.size())) key.fail("leaves nothing of the input");
        return Positions(list.begin() + before, list.end() - behind);
    });
}

Tensor upsampling(Context& context) {
    context.require("interpolation", "nearest");
    const std::vector<std::size_t> size = context.sizes("size", context.layer().class_name.ends_with("1D") ? 1 : 2);
    return each_axis(context, [&](std::size_t axis, std::size_t) {
        Positions list;
        for (const std::int64_t at : all(context.input().shape[axis]))
            list.insert(list.end(), size[axis], at);
        return list;
    });
}

Tensor repeat_vector(Context& context) {
    const Tensor& x = context.input();
    if (x.shape.size() != 1) context.fail("the input has " + std::to_string(x.shape.size()) + " axes, expected one");
    const std::vector<std::size_t> times = context.sizes("n", 1);
    Tensor row = x;
    row.shape = {1, x.shape[0]};
    return take(context, row, {Positions(times[0], 0), all(x.shape[0])}, {times[0], x.shape[0]});
}

Tensor dropout(Context& context) {
    context.ignore({"rate", "seed", "noise_shape", "stddev", "data_format", "l1", "l2", "activity_regularizer"});
    return context.input();
}

Tensor activation(Context& context) {
    if (!context.config().has("activation")) context.fail("names no activation");
    context.input();
    return context.finish(context.input());
}

Tensor relu(Context& context) {
    const Rectifier kind = read_rectifier(context.config(), context.layer().class_name);
    return rectify(context.builder(), context.name(), context.input(), kind);
}

} // namespace bitgrain::import
