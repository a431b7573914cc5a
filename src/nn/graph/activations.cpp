// Functions of one number, element by element, with their derivative: rectifiers, clamps and what tables hold.
#include "base/error.hpp"
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/typed_op.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

/// Map: value(x), slope(x, y) for the result y, and freeze; needs_x: whether the slope looks at x.
template <class Map>
class Elementwise final : public TypedOp<Elementwise<Map>> {
  public:
    Elementwise(Map map, Var x, Var y, std::size_t size) : map_(std::move(map)), x_(x), y_(y), size_(size) {}
    Op::InPlace in_place() const override {
        return Map::needs_x ? Op::InPlace::gradient : Op::InPlace::value_and_gradient;
    }
    void freeze(Freezer& freezer) const override { map_.freeze(freezer, x_, y_); }

  private:
    friend class TypedOp<Elementwise<Map>>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* x = run.value(x_);
        T* y = run.value(y_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            y[i] = map_.value(x[i]);
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T *x = run.value(x_), *y = run.value(y_), *dy = run.gradient(y_);
        T* dx = run.gradient(x_);
        const bool set = run.sets(x_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            dx[i] = (set ? T(0) : dx[i]) + dy[i] * map_.slope(x[i], y[i]);
    }
    Map map_;
    Var x_, y_;
    std::size_t size_;
};

template <class Map>
Var elementwise(Graph& graph, const std::string& name, Var x, Map map) {
    const std::size_t size = graph.size(x);
    return graph.add(name, std::make_unique<Elementwise<Map>>(std::move(map), x, graph.next(), size), {x}, size);
}

/// The larger of each element of a and of b.
model::Tensor larger(model::Builder& builder, const std::string& name, const model::Tensor& a, const model::Tensor& b) {
    const auto size = static_cast<std::int64_t>(a.size());
    std::vector<std::int64_t> index;
    for (std::int64_t e = 0; e < size; ++e)
        index.insert(index.end(), {e, size + e});
    const model::Tensor pairs = builder.gather(name, {a, b}, std::move(index), {a.size(), 2});
    return builder.reduce(name, pairs, model::Reduce::Kind::max);
}

struct Rectify {
    static constexpr bool needs_x = false;
    Rectifier rectifier;

    template <class T>
    T value(T x) const {
        return rectifier(x);
    }
    template <class T>
    T slope(T, T y) const {
        return static_cast<T>(y > T(0) ? (y < static_cast<T>(rectifier.top) ? 1.0 : 0.0) : rectifier.slope);
    }
    void freeze(Freezer& freezer, Var x, Var y) const {
        model::Builder& builder = freezer.builder();
        const std::string& name = freezer.name(y);
        const model::Tensor in = freezer.value(x);
        const auto times = [&](const model::Tensor& tensor, double factor, double shift) {
            return builder.scale(name, tensor, std::vector<double>(in.size(), factor),
                                 std::vector<double>(in.size(), shift));
        };
        model::Tensor result = rectifier.slope == 0.0 ? builder.relu(name, in)
                                                      : larger(builder, name, in, times(in, rectifier.slope, 0.0));
        if (rectifier.capped()) { // the smaller of two, as minus the larger of their negatives
            const model::Tensor negative = times(result, -1.0, 0.0), bound = times(result, 0.0, -rectifier.top);
            result = times(larger(builder, name, negative, bound), -1.0, 0.0);
        }
        freezer.set(y, result);
    }
};

struct Clamp {
    static constexpr bool needs_x = false;
    double low, high;

    template <class T>
    T value(T x) const {
        return std::clamp(x, static_cast<T>(low), static_cast<T>(high));
    }
    template <class T>
    T slope(T, T y) const {
        return y > static_cast<T>(low) && y < static_cast<T>(high) ? T(1) : T(0);
    }
    void freeze(Freezer& freezer, Var x, Var y) const { freezer.set(y, freezer.value(x)); }
};

struct Apply {
    static constexpr bool needs_x = true;
    Function function;

    template <class T>
    T value(T x) const {
        return static_cast<T>(value_of(function, static_cast<double>(x)));
    }
    template <class T>
    T slope(T x, T) const {
        return static_cast<T>(slope_of(function, static_cast<double>(x)));
    }
    void freeze(Freezer& freezer, Var x, Var y) const { freezer.set_function(y, function, x); }
};

} // namespace

Var apply(Graph& graph, const std::string& name, Var x, Function function) {
    CHECK(graph.node(x).quantizer >= 0, "a table is read by a quantised value");
    return elementwise(graph, name, x, Apply{function});
}

Var rectify(Graph& graph, const std::string& name, Var x, const Rectifier& rectifier) {
    CHECK(rectifier.slope < 1.0 && rectifier.top > 0.0, "the larger of x and slope x is the rectifier's value");
    return elementwise(graph, name, x, Rectify{rectifier});
}

Var clamp_before_quantizer(Graph& graph, const std::string& name, Var x, double low, double high) {
    return elementwise(graph, name, x, Clamp{low, high});
}

} // namespace bitgrain::nn
