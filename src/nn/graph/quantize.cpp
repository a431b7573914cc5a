// q(x): fake quantisation with trainable widths in training, exact formats in inference (method, sections 2 and 3).
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/run.hpp"
#include "nn/power_of_two.hpp"

#include <cmath>
#include <numbers>

namespace bitgrain::nn {

namespace {

/// Layout of the table Var: four numbers per element.
enum Column { scale, step, lowest, highest, columns };

/// Per element: 2^f, 2^-f and the bounds of the values (infinite for WRAP, whose range follows the values).
class QuantizerTable final : public Op {
  public:
    QuantizerTable(std::size_t number, Var y) : number_(number), y_(y) {}
    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>&) const override {} // widths get their gradients from quantize and from the cost
    void backward(Run<double>&) const override {}

  private:
    template <class T>
    void run_forward(Run<T>& run) const {
        const Quantizer& quantizer = *run.graph->quantizers()[number_];
        T* table = run.value(y_);
        const std::size_t n = quantizer.size();
        const float* width = run.parameters->slice(quantizer.width_slice()).data();
        const float* integer = run.parameters->slice(quantizer.integer_slice()).data();
        const bool saturates = quantizer.saturates(),
                   symmetric = quantizer.settings().overflow == fx::Overflow::sat_sym;
        for (std::size_t e = 0; e < n; ++e) {
            const std::size_t g = quantizer.group(e);
            const int w = static_cast<int>(std::nearbyint(width[g])), i = static_cast<int>(std::nearbyint(integer[g]));
            const int fraction = saturates ? w - i : w;
            const T small = power_of_two<T>(-fraction);
            table[scale * n + e] = power_of_two<T>(fraction);
            table[step * n + e] = small;
            if (!saturates) continue;
            // With no bits left the range is the single value 0, and everything counts as outside of it.
            const T top = power_of_two<T>(i), high = w > 0 ? top - small : T(0);
            table[highest * n + e] = high;
            table[lowest * n + e] = symmetric || w <= 0 ? -high : -top;
        }
        if (saturates) return;
        std::fill_n(table + lowest * n, n, -std::numeric_limits<T>::infinity());
        std::fill_n(table + highest * n, n, std::numeric_limits<T>::infinity());
    }
    std::size_t number_;
    Var y_;
};

/// Rounds u to an integer exactly (u + 1/2 may not be exact, u - floor(u) is).
template <class T>
T round_to_integer(T u, fx::Round mode) {
    const T floor = std::floor(u), rest = u - floor;
    switch (mode) {
    case fx::Round::trn:
        return floor;
    case fx::Round::rnd:
        return floor + (rest >= T(0.5) ? T(1) : T(0));
    case fx::Round::rnd_conv:
        return std::nearbyint(u);
    }
    return floor;
}

class Quantize final : public Op {
  public:
    Quantize(Var x, Var y, const QuantizerVars& vars, const Quantizer& quantizer, bool shared)
        : x_(x), y_(y), vars_(vars), quantizer_(quantizer), shared_(shared) {}

    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>& run) const override { run_backward(run); }
    void backward(Run<double>& run) const override { run_backward(run); }

    void freeze(Freezer& freezer) const override {
        freezer.add_step(y_, {x_}, model::Cast{freezer.casts(vars_.number)});
    }

  private:
    std::size_t rows() const { return shared_ ? 1 : tile_rows; }

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* x = run.value(x_);
        T* y = run.value(y_);
        const std::size_t n = quantizer_.size();
        if (!run.quantised()) {
            std::copy_n(x, n * rows(), y);
        } else if (run.mode == Mode::infer && !shared_) {
            const std::vector<fx::Cast>& casts = (*run.casts)[vars_.number];
            for (std::size_t i = 0; i < n * tile_rows; ++i)
                y[i] = static_cast<T>(fx::cast(static_cast<double>(x[i]), casts[i / tile_rows]));
        } else if (quantizer_.settings().round == fx::Round::rnd) {
            round_all<fx::Round::rnd>(run, x, y);
        } else if (quantizer_.settings().round == fx::Round::trn) {
            round_all<fx::Round::trn>(run, x, y);
        } else {
            round_all<fx::Round::rnd_conv>(run, x, y);
        }
        if (run.ranges != nullptr) record(run, y);
    }

    template <fx::Round mode, class T>
    void round_all(Run<T>& run, const T* x, T* y) const {
        const std::size_t n = quantizer_.size();
        const T* table = run.value(vars_.table);
        const T *s = table + scale * n, *d = table + step * n, *low = table + lowest * n, *high = table + highest * n;
        if (shared_) {
            for (std::size_t e = 0; e < n; ++e) {
                const T inside = x[e] < low[e] ? low[e] : x[e] > high[e] ? high[e] : x[e];
                y[e] = round_to_integer(inside * s[e], mode) * d[e];
            }
            return;
        }
        for (std::size_t e = 0; e < n; ++e) {
            const T se = s[e], de = d[e], le = low[e], he = high[e];
            for (std::size_t r = e * tile_rows; r < (e + 1) * tile_rows; ++r) {
                const T inside = x[r] < le ? le : x[r] > he ? he : x[r];
                y[r] = round_to_integer(inside * se, mode) * de;
            }
        }
    }

    template <class T>
    void record(Run<T>& run, const T* y) const {
        T* lo = run.ranges->lo.data() + quantizer_.range_offset;
        T* hi = run.ranges->hi.data() + quantizer_.range_offset;
        for (std::size_t e = 0; e < quantizer_.size(); ++e) {
            T low = y[e * rows()], high = low;
            for (std::size_t r = e * rows() + 1; r < (e + 1) * rows(); ++r) {
                low = y[r] < low ? y[r] : low;
                high = y[r] > high ? y[r] : high;
            }
            const std::size_t g = quantizer_.group(e);
            lo[g] = low < lo[g] ? low : lo[g];
            hi[g] = high > hi[g] ? high : hi[g];
        }
    }

    template <class T>
    void run_backward(Run<T>& run) const {
        const T *x = run.value(x_), *y = run.value(y_), *dy = run.gradient(y_);
        T* dx = run.gradient(x_);
        const std::size_t n = quantizer_.size();
        if (!run.quantised()) {
            for (std::size_t i = 0; i < n * rows(); ++i)
                dx[i] += dy[i];
            return;
        }
        T* dwidth = run.gradient(vars_.width);
        constexpr T ln2 = std::numbers::ln2_v<T>;
        if (!quantizer_.saturates()) {
            // Straight-through for x, surrogate for f.
            if (shared_) {
                const bool own = quantizer_.groups() == n;
                for (std::size_t e = 0; e < n; ++e)
                    dx[e] += dy[e];
                if (!quantizer_.settings().trainable) return;
                if (own) {
                    for (std::size_t e = 0; e < n; ++e)
                        dwidth[e] += ln2 * dy[e] * (x[e] - y[e]);
                } else {
                    for (std::size_t e = 0; e < n; ++e)
                        dwidth[quantizer_.group(e)] += ln2 * dy[e] * (x[e] - y[e]);
                }
                return;
            }
            for (std::size_t e = 0; e < n; ++e) {
                T lanes[16] = {}; // a fixed order of summation that vectorises
                for (std::size_t r = e * tile_rows; r < (e + 1) * tile_rows; r += 16) {
                    for (std::size_t k = 0; k < 16; ++k) {
                        dx[r + k] += dy[r + k];
                        lanes[k] += dy[r + k] * (x[r + k] - y[r + k]);
                    }
                }
                if (quantizer_.settings().trainable) dwidth[quantizer_.group(e)] += ln2 * sum(lanes);
            }
            return;
        }
        saturated_backward(run, x, y, dy, dx, dwidth);
    }

    /// Coordinates b, i with f = b - i: d/db = d/df, d/di at fixed b = d/di - d/df (method, 3.2).
    template <class T>
    void saturated_backward(Run<T>& run, const T* x, const T* y, const T* dy, T* dx, T* dwidth) const {
        constexpr T ln2 = std::numbers::ln2_v<T>;
        const std::size_t n = quantizer_.size();
        const T* table = run.value(vars_.table);
        const T *d = table + step * n, *low = table + lowest * n, *high = table + highest * n;
        T* dinteger = run.gradient(vars_.integer);
        const bool symmetric = quantizer_.settings().overflow == fx::Overflow::sat_sym;
        const bool trainable = quantizer_.settings().trainable;
        for (std::size_t e = 0; e < n; ++e) {
            // 2^i, also when no bits are left (then step = 2^-f = 2^i).
            const T top = high[e] + d[e];
            T for_fraction = 0, for_integer = 0;
            for (std::size_t r = e * rows(); r < (e + 1) * rows(); ++r) {
                const T g = dy[r];
                const bool above = x[r] > high[e], below = x[r] < low[e];
                dx[r] += above || below ? T(0) : g;
                for_fraction += g * (above ? d[e] : below ? (symmetric ? -d[e] : T(0)) : x[r] - y[r]);
                for_integer += g * (above ? top : below ? -top : T(0));
            }
            if (!trainable) continue;
            dwidth[quantizer_.group(e)] += ln2 * for_fraction;
            dinteger[quantizer_.group(e)] += ln2 * (for_integer - for_fraction);
        }
    }

    template <class T>
    static T sum(const T (&lanes)[16]) {
        T total = 0;
        for (const T lane : lanes)
            total += lane;
        return total;
    }

    Var x_, y_;
    QuantizerVars vars_;
    const Quantizer& quantizer_;
    bool shared_;
};

} // namespace

QuantizerVars quantizer_vars(Graph& graph, std::size_t number) {
    const Quantizer& quantizer = *graph.quantizers()[number];
    QuantizerVars vars;
    vars.number = number;
    vars.width = parameter(graph, quantizer.name(), quantizer.width_slice(), quantizer.groups());
    vars.integer = parameter(graph, quantizer.name(), quantizer.integer_slice(), quantizer.groups());
    const std::size_t size = static_cast<std::size_t>(columns) * quantizer.size();
    vars.table = graph.add(quantizer.name(), std::make_unique<QuantizerTable>(number, graph.next()),
                           {vars.width, vars.integer}, size);
    return vars;
}

Var quantize(Graph& graph, const std::string& name, Var x, const QuantizerVars& vars) {
    const Quantizer& quantizer = *graph.quantizers()[vars.number];
    CHECK(quantizer.size() == graph.size(x), "quantizer and tensor differ in size");
    auto op = std::make_unique<Quantize>(x, graph.next(), vars, quantizer, graph.node(x).shared);
    const Var y = graph.add(name, std::move(op), {x, vars.width, vars.integer, vars.table}, quantizer.size());
    graph.set_quantizer(y, vars.number);
    return y;
}

} // namespace bitgrain::nn
