// The per-sample ops without parameters, element by element or element from element: input, relu, scale, gather, add,
// multiply, reduce; and channels scaled by shared values.
#include "base/error.hpp"
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/typed_op.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

constexpr std::size_t cache_line = 64; // bytes

class Input final : public TypedOp<Input> {
  public:
    Input(Var y, std::vector<std::uint32_t> features, std::size_t size)
        : y_(y), features_(std::move(features)), size_(size) {}
    void freeze(Freezer&) const override {} // the freezer made the model's input already

  private:
    friend class TypedOp<Input>;

    template <class T>
    void run_backward(Run<T>&) const {}
    template <class T>
    void run_forward(Run<T>& run) const {
        T* y = run.value(y_);
        for (const std::uint32_t row : run.row_numbers) { // the rows of a batch lie anywhere in the memory
            const T* values = run.data + std::size_t{row} * run.features;
            for (std::size_t e = 0; e < run.features; e += cache_line / sizeof(T))
                __builtin_prefetch(values + e);
        }
        for (std::size_t r = 0; r < run.lanes; ++r) {
            // A tile that is not full repeats its last row: ranges are not disturbed, and the loss gives it no
            // gradient.
            const T* row = run.data + std::size_t{run.row_numbers[std::min(r, run.rows - 1)]} * run.features;
            if (features_.empty()) {
                for (std::size_t e = 0; e < size_; ++e)
                    y[e * run.lanes + r] = row[e];
            } else {
                for (std::size_t e = 0; e < size_; ++e)
                    y[e * run.lanes + r] = row[features_[e]];
            }
        }
    }
    Var y_;
    std::vector<std::uint32_t> features_;
    std::size_t size_;
};

class Relu final : public TypedOp<Relu> {
  public:
    Relu(Var x, Var y, std::size_t size) : x_(x), y_(y), size_(size) {}
    InPlace in_place() const override { return InPlace::value_and_gradient; }
    void freeze(Freezer& freezer) const override {
        freezer.set(y_, freezer.builder().relu(freezer.name(y_), freezer.value(x_)));
    }

  private:
    friend class TypedOp<Relu>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* x = run.value(x_);
        T* y = run.value(y_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            y[i] = x[i] > T(0) ? x[i] : T(0);
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* y = run.value(y_);
        const T* dy = run.gradient(y_);
        T* dx = run.gradient(x_);
        const std::size_t n = size_ * run.lanes;
        if (run.sets(x_)) {
            for (std::size_t i = 0; i < n; ++i)
                dx[i] = y[i] > T(0) ? dy[i] : T(0);
        } else {
            for (std::size_t i = 0; i < n; ++i)
                dx[i] += y[i] > T(0) ? dy[i] : T(0);
        }
    }
    Var x_, y_;
    std::size_t size_;
};

class Gather final : public TypedOp<Gather> {
  public:
    using From = std::optional<std::pair<std::size_t, std::size_t>>; ///< operand, element; nothing: zero

    Gather(std::vector<Var> in, Var y, std::vector<std::int64_t> index, std::vector<From> from)
        : in_(std::move(in)), y_(y), index_(std::move(index)), from_(std::move(from)) {}
    void freeze(Freezer& freezer) const override {
        freezer.set(y_, freezer.builder().gather(freezer.name(y_), freezer.values(in_), index_, {index_.size()}));
    }

  private:
    friend class TypedOp<Gather>;

    template <class T>
    void run_forward(Run<T>& run) const {
        T* y = run.value(y_);
        for (std::size_t i = 0; i < from_.size(); ++i) {
            if (from_[i]) {
                const auto& [operand, element] = *from_[i];
                std::copy_n(run.value(in_[operand]) + element * run.lanes, run.lanes, y + i * run.lanes);
            } else {
                std::fill_n(y + i * run.lanes, run.lanes, T(0));
            }
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* dy = run.gradient(y_);
        for (const Var var : in_) {
            if (run.sets(var)) std::fill_n(run.gradient(var), run.graph->size(var) * run.lanes, T(0));
        }
        for (std::size_t i = 0; i < from_.size(); ++i) {
            if (!from_[i]) continue;
            T* dx = run.gradient(in_[from_[i]->first]) + from_[i]->second * run.lanes;
            for (std::size_t r = 0; r < run.lanes; ++r)
                dx[r] += dy[i * run.lanes + r];
        }
    }
    std::vector<Var> in_;
    Var y_;
    std::vector<std::int64_t> index_;
    std::vector<From> from_; ///< the same, by operand
};

class Add final : public TypedOp<Add> {
  public:
    Add(std::vector<Var> in, Var y, std::size_t size) : in_(std::move(in)), y_(y), size_(size) {}
    void freeze(Freezer& freezer) const override {
        freezer.set(y_, freezer.builder().add(freezer.name(y_), freezer.values(in_)));
    }

  private:
    friend class TypedOp<Add>;

    template <class T>
    void run_forward(Run<T>& run) const {
        T* y = run.value(y_);
        std::copy_n(run.value(in_[0]), size_ * run.lanes, y);
        for (std::size_t k = 1; k < in_.size(); ++k) {
            const T* x = run.value(in_[k]);
            for (std::size_t i = 0; i < size_ * run.lanes; ++i)
                y[i] += x[i];
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* dy = run.gradient(y_);
        for (const Var var : in_) {
            T* dx = run.gradient(var);
            if (run.sets(var)) {
                std::copy_n(dy, size_ * run.lanes, dx);
                continue;
            }
            for (std::size_t i = 0; i < size_ * run.lanes; ++i)
                dx[i] += dy[i];
        }
    }
    std::vector<Var> in_;
    Var y_;
    std::size_t size_;
};

class Scale final : public TypedOp<Scale> {
  public:
    Scale(Var x, Var y, double factor, double shift, std::size_t size)
        : x_(x), y_(y), factor_(factor), shift_(shift), size_(size) {}
    void freeze(Freezer& freezer) const override {
        freezer.set(y_,
                    freezer.builder().scale(freezer.name(y_), freezer.value(x_), std::vector<double>(size_, factor_),
                                            std::vector<double>(size_, shift_)));
    }

  private:
    friend class TypedOp<Scale>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* x = run.value(x_);
        T* y = run.value(y_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            y[i] = x[i] * static_cast<T>(factor_) + static_cast<T>(shift_);
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* dy = run.gradient(y_);
        T* dx = run.gradient(x_);
        const bool set = run.sets(x_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            dx[i] = (set ? T(0) : dx[i]) + dy[i] * static_cast<T>(factor_);
    }
    Var x_, y_;
    double factor_, shift_;
    std::size_t size_;
};

class ScaleChannels final : public TypedOp<ScaleChannels> {
  public:
    ScaleChannels(Var x, Var s, Var b, Var y, std::size_t size, std::size_t channels)
        : x_(x), s_(s), b_(b), y_(y), size_(size), channels_(channels) {}
    void freeze(Freezer& freezer) const override {
        std::vector<double> factors, shifts;
        for (std::size_t e = 0; e < size_; ++e) {
            factors.push_back(freezer.constant(s_)[e % channels_]);
            shifts.push_back(freezer.constant(b_)[e % channels_]);
        }
        freezer.set(y_, freezer.builder().scale(freezer.name(y_), freezer.value(x_), factors, shifts));
    }

  private:
    friend class TypedOp<ScaleChannels>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T *x = run.value(x_), *s = run.value(s_), *b = run.value(b_);
        T* y = run.value(y_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i) {
            const std::size_t channel = i / run.lanes % channels_;
            y[i] = x[i] * s[channel] + b[channel];
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T *x = run.value(x_), *s = run.value(s_), *dy = run.gradient(y_);
        T *dx = run.gradient(x_), *ds = run.gradient(s_), *db = run.gradient(b_);
        const bool set = run.sets(x_);
        for (std::size_t e = 0; e < size_; ++e) {
            const std::size_t channel = e % channels_;
            T products = T(0), sum = T(0);
            for (std::size_t i = e * run.lanes; i < (e + 1) * run.lanes; ++i) {
                products += dy[i] * x[i];
                sum += dy[i];
                dx[i] = (set ? T(0) : dx[i]) + dy[i] * s[channel];
            }
            ds[channel] += products;
            db[channel] += sum;
        }
    }
    Var x_, s_, b_, y_;
    std::size_t size_, channels_;
};

class Multiply final : public TypedOp<Multiply> {
  public:
    Multiply(Var a, Var b, Var y, std::size_t size) : a_(a), b_(b), y_(y), size_(size) {}
    void freeze(Freezer& freezer) const override {
        freezer.set(y_, freezer.builder().multiply(freezer.name(y_), freezer.value(a_), freezer.value(b_)));
    }

  private:
    friend class TypedOp<Multiply>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T *a = run.value(a_), *b = run.value(b_);
        T* y = run.value(y_);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            y[i] = a[i] * b[i];
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        spread(run, a_, run.value(b_));
        spread(run, b_, run.value(a_));
    }
    template <class T>
    void spread(Run<T>& run, Var to, const T* other) const {
        const T* dy = run.gradient(y_);
        T* dx = run.gradient(to);
        const bool set = run.sets(to);
        for (std::size_t i = 0; i < size_ * run.lanes; ++i)
            dx[i] = (set ? T(0) : dx[i]) + dy[i] * other[i];
    }
    Var a_, b_, y_;
    std::size_t size_;
};

class Reduce final : public TypedOp<Reduce> {
  public:
    Reduce(Var x, Var y, model::Reduce::Kind kind, std::size_t groups, std::size_t size)
        : x_(x), y_(y), kind_(kind), groups_(groups), size_(size) {}
    void freeze(Freezer& freezer) const override {
        const model::Tensor x{freezer.value(x_).value, {groups_, size_}};
        freezer.set(y_, freezer.builder().reduce(freezer.name(y_), x, kind_));
    }

  private:
    friend class TypedOp<Reduce>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const std::size_t lanes = run.lanes;
        for (std::size_t g = 0; g < groups_; ++g) {
            const T* x = run.value(x_) + g * size_ * lanes;
            T* y = run.value(y_) + g * lanes;
            std::copy_n(x, lanes, y);
            for (std::size_t k = 1; k < size_; ++k) {
                for (std::size_t r = 0; r < lanes; ++r) {
                    const T next = x[k * lanes + r];
                    y[r] = kind_ == model::Reduce::Kind::sum ? y[r] + next : std::max(y[r], next);
                }
            }
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const std::size_t lanes = run.lanes;
        const bool set = run.sets(x_);
        for (std::size_t g = 0; g < groups_; ++g) {
            const T *x = run.value(x_) + g * size_ * lanes, *y = run.value(y_) + g * lanes;
            T* dx = run.gradient(x_) + g * size_ * lanes;
            T left[tile_rows]; // what no element has taken yet: the first of the largest takes it all
            std::copy_n(run.gradient(y_) + g * lanes, lanes, left);
            for (std::size_t k = 0; k < size_; ++k) {
                for (std::size_t r = 0; r < lanes; ++r) {
                    const bool takes = kind_ == model::Reduce::Kind::sum || x[k * lanes + r] == y[r];
                    T& to = dx[k * lanes + r];
                    to = (set ? T(0) : to) + (takes ? left[r] : T(0));
                    if (kind_ == model::Reduce::Kind::max && takes) left[r] = T(0);
                }
            }
        }
    }
    Var x_, y_;
    model::Reduce::Kind kind_;
    std::size_t groups_, size_;
};

} // namespace

Var input(Graph& graph, const std::string& name, std::size_t size, const std::vector<std::uint32_t>& features) {
    return graph.add(name, std::make_unique<Input>(graph.next(), features, size), {}, size);
}

Var relu(Graph& graph, const std::string& name, Var x) {
    return graph.add(name, std::make_unique<Relu>(x, graph.next(), graph.size(x)), {x}, graph.size(x));
}

Var gather(Graph& graph, const std::string& name, const std::vector<Var>& in, const std::vector<std::int64_t>& index) {
    std::vector<Gather::From> all, from;
    for (std::size_t k = 0; k < in.size(); ++k) {
        for (std::size_t e = 0; e < graph.size(in[k]); ++e)
            all.emplace_back(std::pair{k, e});
    }
    for (const std::int64_t i : index)
        from.push_back(i < 0 ? std::nullopt : all.at(static_cast<std::size_t>(i)));
    return graph.add(name, std::make_unique<Gather>(in, graph.next(), index, std::move(from)), in, index.size());
}

Var add(Graph& graph, const std::string& name, const std::vector<Var>& in) {
    for (const Var var : in)
        CHECK(graph.size(var) == graph.size(in[0]), "add needs equal sizes");
    return graph.add(name, std::make_unique<Add>(in, graph.next(), graph.size(in[0])), in, graph.size(in[0]));
}

Var scale(Graph& graph, const std::string& name, Var x, double factor, double shift) {
    return graph.add(name, std::make_unique<Scale>(x, graph.next(), factor, shift, graph.size(x)), {x}, graph.size(x));
}

Var scale_channels(Graph& graph, const std::string& name, Var x, Var s, Var b) {
    const std::size_t size = graph.size(x);
    return graph.add(name, std::make_unique<ScaleChannels>(x, s, b, graph.next(), size, graph.size(s)), {x, s, b},
                     size);
}

Var multiply(Graph& graph, const std::string& name, Var a, Var b) {
    CHECK(graph.size(a) == graph.size(b), "multiply needs equal sizes");
    return graph.add(name, std::make_unique<Multiply>(a, b, graph.next(), graph.size(a)), {a, b}, graph.size(a));
}

Var reduce(Graph& graph, const std::string& name, Var x, model::Reduce::Kind kind, std::size_t size) {
    const std::size_t groups = graph.size(x) / size;
    return graph.add(name, std::make_unique<Reduce>(x, graph.next(), kind, groups, size), {x}, groups);
}

} // namespace bitgrain::nn
