// q(x): fake quantisation with trainable widths in training, exact formats in inference (method, sections 2 and 3).
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/quantize_kernels.hpp"
#include "nn/graph/typed_op.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace bitgrain::nn {

namespace {

/// Layout of the table Var: four numbers per element.
enum Column { scale, step, lowest, highest, columns };

/// Per element: 2^f, 2^-f and the bounds of the values (not of WRAP, whose range follows the values).
class QuantizerTable final : public TypedOp<QuantizerTable> {
  public:
    QuantizerTable(std::size_t number, Var y) : number_(number), y_(y) {}
    bool has_gradient() const override { return false; }

  private:
    friend class TypedOp<QuantizerTable>;

    template <class T>
    void run_backward(Run<T>&) const {} // widths get their gradients from quantize and from the cost
    template <class T>
    void run_forward(Run<T>& run) const {
        const Quantizer& quantizer = *run.graph->quantizers()[number_];
        const std::size_t n = quantizer.size();
        const float* width = run.parameters->slice(quantizer.width_slice()).data();
        const float* integer = run.parameters->slice(quantizer.integer_slice()).data();
        std::vector<float> widths, integers; // per element, when they are shared
        if (quantizer.groups() != n) {
            for (std::size_t e = 0; e < n; ++e) {
                widths.push_back(width[quantizer.group(e)]);
                integers.push_back(integer[quantizer.group(e)]);
            }
            width = widths.data();
            integer = integers.data();
        }
        T* table = run.value(y_);
        T *s = table + scale * n, *d = table + step * n, *low = table + lowest * n, *high = table + highest * n;
        if (quantizer.saturates()) {
            saturation_table(n, width, integer, s, d, low, high,
                             quantizer.settings().overflow == fx::Overflow::sat_sym);
        } else {
            fraction_table(n, width, s, d);
        }
    }
    std::size_t number_;
    Var y_;
};

/// The gradient of a width parameter, to be added to per element; elements that share a width are added up in the end.
template <class T>
class GroupGradient {
  public:
    GroupGradient(const Quantizer& quantizer, T* gradient) : quantizer_(quantizer), gradient_(gradient) {
        if (!direct()) elements_.assign(quantizer.size(), T(0));
    }
    GroupGradient(const GroupGradient&) = delete;
    GroupGradient& operator=(const GroupGradient&) = delete;
    ~GroupGradient() {
        if (!quantizer_.settings().trainable) return;
        for (std::size_t e = 0; e < elements_.size(); ++e)
            gradient_[quantizer_.group(e)] += elements_[e];
    }
    T* elements() { return direct() ? gradient_ : elements_.data(); }

  private:
    bool direct() const { return quantizer_.settings().trainable && quantizer_.groups() == quantizer_.size(); }
    const Quantizer& quantizer_;
    T* gradient_;
    std::vector<T> elements_;
};

class Quantize final : public TypedOp<Quantize> {
  public:
    Quantize(Var x, Var y, const QuantizerVars& vars, const Quantizer& quantizer, bool shared)
        : x_(x), y_(y), vars_(vars), quantizer_(quantizer), shared_(shared) {}

    InPlace in_place() const override { return InPlace::gradient; }

    void freeze(Freezer& freezer) const override {
        const auto& casts = freezer.casts(vars_.number);
        const QuantizerSettings& settings = freezer.graph().quantizers()[vars_.number]->settings();
        if (const auto* applied = freezer.function(x_)) {
            const auto key = static_cast<std::size_t>(freezer.graph().node(applied->x).quantizer);
            model::Table table = tabulate(applied->function, freezer.casts(key), casts, settings.round);
            freezer.set(y_, freezer.builder().table(freezer.name(y_), freezer.value(applied->x), std::move(table)));
            return;
        }
        freezer.set(
            y_, freezer.builder().cast(freezer.name(y_), freezer.value(x_), casts, settings.round, freezer.proven()));
        if (settings.proven) freezer.prove(y_);
    }

  private:
    friend class TypedOp<Quantize>;

    template <class T>
    std::size_t rows(const Run<T>& run) const {
        return shared_ ? 1 : run.lanes;
    }

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* x = run.value(x_);
        T* y = run.value(y_);
        const std::size_t n = quantizer_.size();
        if (!run.quantised()) {
            copy(run, x, y);
        } else if (run.mode == Mode::infer && !shared_) {
            const std::vector<fx::Cast>& casts = (*run.casts)[vars_.number];
            const Rounding rounding = quantizer_.settings().round;
            for (std::size_t i = 0; i < n * run.lanes; ++i)
                y[i] = static_cast<T>(model::cast(static_cast<double>(x[i]), casts[i / run.lanes], rounding));
        } else {
            switch (quantizer_.settings().round) {
            case Rounding::rnd:
                fake<Rounding::rnd>(run, x, y);
                break;
            case Rounding::trn:
                fake<Rounding::trn>(run, x, y);
                break;
            case Rounding::rnd_conv:
                fake<Rounding::rnd_conv>(run, x, y);
                break;
            case Rounding::trn_zero:
                fake<Rounding::trn_zero>(run, x, y);
                break;
            case Rounding::rnd_zero:
                fake<Rounding::rnd_zero>(run, x, y);
                break;
            case Rounding::rnd_min_inf:
                fake<Rounding::rnd_min_inf>(run, x, y);
                break;
            case Rounding::rnd_inf:
                fake<Rounding::rnd_inf>(run, x, y);
                break;
            }
        }
    }

    template <Rounding mode, class T>
    void fake(Run<T>& run, const T* x, T* y) const {
        const std::size_t n = quantizer_.size();
        const T* table = run.value(vars_.table);
        const T *s = table + scale * n, *d = table + step * n, *low = table + lowest * n, *high = table + highest * n;
        const bool clamps = quantizer_.saturates();
        const bool records = run.ranges != nullptr && !(clamps && run.mode == Mode::train); // those are tracked nowhere
        if (shared_) {
            if (clamps)
                quantize_elements<mode, true>(n, x, y, s, d, low, high);
            else
                quantize_elements<mode, false>(n, x, y, s, d, low, high);
            if (records) record(run, y);
            return;
        }
        for (std::size_t e = 0; e < n; ++e) {
            const T* xe = x + e * run.lanes;
            T* ye = y + e * run.lanes;
            const Extremes<T> extremes =
                clamps ? quantize_rows<mode, true>(run.lanes, xe, ye, s[e], d[e], low[e], high[e])
                       : quantize_rows<mode, false>(run.lanes, xe, ye, s[e], d[e], low[e], high[e]);
            if (records) widen(run, e, extremes);
        }
    }

    template <class T>
    void widen(Run<T>& run, std::size_t element, const Extremes<T>& extremes) const {
        const std::size_t at = quantizer_.range_offset + quantizer_.group(element);
        run.ranges->lo[at] = std::min(run.ranges->lo[at], extremes.lo);
        run.ranges->hi[at] = std::max(run.ranges->hi[at], extremes.hi);
    }

    template <class T>
    void copy(Run<T>& run, const T* x, T* y) const {
        if (shared_) {
            std::copy_n(x, quantizer_.size(), y);
            if (run.ranges != nullptr) record(run, y);
            return;
        }
        for (std::size_t e = 0; e < quantizer_.size(); ++e) {
            const std::size_t at = e * run.lanes;
            const Extremes<T> extremes = map_rows(run.lanes, x + at, y + at, [](T value) { return value; });
            if (run.ranges != nullptr) widen(run, e, extremes);
        }
    }

    /// Of a shared result: one value per element.
    template <class T>
    void record(Run<T>& run, const T* y) const {
        for (std::size_t e = 0; e < quantizer_.size(); ++e)
            widen(run, e, Extremes<T>{y[e], y[e]});
    }

    template <class T>
    void run_backward(Run<T>& run) const {
        const T *x = run.value(x_), *y = run.value(y_), *dy = run.gradient(y_);
        T* dx = run.gradient(x_);
        const std::size_t n = quantizer_.size();
        if (!run.quantised()) {
            for (std::size_t i = 0; i < n * rows(run) && !run.sets(x_); ++i) // if it is set, it lies there already
                dx[i] += dy[i];
        } else if (quantizer_.saturates()) {
            saturated_backward(run, x, y, dy, dx);
        } else {
            wrapped_backward(run, x, y, dy, dx);
        }
    }

    /// Straight-through for x, surrogate for f.
    template <class T>
    void wrapped_backward(Run<T>& run, const T* x, const T* y, const T* dy, T* dx) const {
        GroupGradient<T> fraction(quantizer_, run.gradient(vars_.width));
        if (shared_) {
            surrogate_elements(quantizer_.size(), x, y, dy, dx, fraction.elements());
            return;
        }
        for (std::size_t e = 0; e < quantizer_.size(); ++e) {
            const std::size_t at = e * run.lanes;
            fraction.elements()[e] +=
                std::numbers::ln2_v<T> * (run.sets(x_)
                                              ? surrogate_rows<true>(run.lanes, x + at, y + at, dy + at, dx + at)
                                              : surrogate_rows<false>(run.lanes, x + at, y + at, dy + at, dx + at));
        }
    }

    template <class T>
    void saturated_backward(Run<T>& run, const T* x, const T* y, const T* dy, T* dx) const {
        const std::size_t n = quantizer_.size();
        const T* table = run.value(vars_.table);
        const T *d = table + step * n, *low = table + lowest * n, *high = table + highest * n;
        const bool symmetric = quantizer_.settings().overflow == fx::Overflow::sat_sym;
        GroupGradient<T> width(quantizer_, run.gradient(vars_.width)), integer(quantizer_, run.gradient(vars_.integer));
        if (shared_) {
            saturation_elements(n, x, y, dy, dx, d, low, high, symmetric, width.elements(), integer.elements());
            return;
        }
        for (std::size_t e = 0; e < n; ++e) {
            const std::size_t at = e * run.lanes;
            const auto terms = run.sets(x_) ? saturation_rows<true>(run.lanes, x + at, y + at, dy + at, dx + at, d[e],
                                                                    low[e], high[e], symmetric)
                                            : saturation_rows<false>(run.lanes, x + at, y + at, dy + at, dx + at, d[e],
                                                                     low[e], high[e], symmetric);
            width.elements()[e] += std::numbers::ln2_v<T> * terms.fraction;
            integer.elements()[e] += std::numbers::ln2_v<T> * (terms.integer - terms.fraction);
        }
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
    const double sharing = static_cast<double>(quantizer.size()) / static_cast<double>(quantizer.groups());
    const double factor = quantizer.settings().scale_gradient ? 1.0 / std::sqrt(sharing) : 1.0;
    vars.width = parameter(graph, quantizer.name(), quantizer.width_slice(), quantizer.groups(), factor);
    vars.integer = parameter(graph, quantizer.name(), quantizer.integer_slice(), quantizer.groups(), factor);
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
