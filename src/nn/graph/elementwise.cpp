// The per-sample ops without parameters: input, relu, gather, add.
#include "base/error.hpp"
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/run.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

constexpr std::size_t cache_line = 64; // bytes

class Input final : public Op {
  public:
    Input(Var y, std::vector<std::uint32_t> features, std::size_t size)
        : y_(y), features_(std::move(features)), size_(size) {}
    void forward(Run<float>& run) const override { copy(run); }
    void forward(Run<double>& run) const override { copy(run); }
    void backward(Run<float>&) const override {}
    void backward(Run<double>&) const override {}
    void freeze(Freezer&) const override {} // the freezer made the model's input already

  private:
    template <class T>
    void copy(Run<T>& run) const {
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

class Relu final : public Op {
  public:
    Relu(Var x, Var y, std::size_t size) : x_(x), y_(y), size_(size) {}
    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>& run) const override { run_backward(run); }
    void backward(Run<double>& run) const override { run_backward(run); }
    InPlace in_place() const override { return InPlace::value_and_gradient; }
    void freeze(Freezer& freezer) const override { freezer.add_step(y_, {x_}, model::Relu{}); }

  private:
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

class Gather final : public Op {
  public:
    Gather(std::vector<Var> in, Var y, std::vector<std::pair<std::size_t, std::size_t>> from)
        : in_(std::move(in)), y_(y), from_(std::move(from)) {}
    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>& run) const override { run_backward(run); }
    void backward(Run<double>& run) const override { run_backward(run); }
    void freeze(Freezer& freezer) const override {
        std::vector<std::int64_t> start;
        std::int64_t total = 0;
        for (const Var var : in_) {
            start.push_back(total);
            total += static_cast<std::int64_t>(freezer.graph().size(var));
        }
        model::Gather step;
        for (const auto& [operand, element] : from_) {
            step.index.push_back(start[operand] + static_cast<std::int64_t>(element));
        }
        freezer.add_step(y_, in_, std::move(step));
    }

  private:
    template <class T>
    void run_forward(Run<T>& run) const {
        T* y = run.value(y_);
        for (std::size_t i = 0; i < from_.size(); ++i) {
            std::copy_n(run.value(in_[from_[i].first]) + from_[i].second * run.lanes, run.lanes, y + i * run.lanes);
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* dy = run.gradient(y_);
        for (const Var var : in_) {
            if (run.sets(var)) std::fill_n(run.gradient(var), run.graph->size(var) * run.lanes, T(0));
        }
        for (std::size_t i = 0; i < from_.size(); ++i) {
            T* dx = run.gradient(in_[from_[i].first]) + from_[i].second * run.lanes;
            for (std::size_t r = 0; r < run.lanes; ++r)
                dx[r] += dy[i * run.lanes + r];
        }
    }
    std::vector<Var> in_;
    Var y_;
    std::vector<std::pair<std::size_t, std::size_t>> from_; ///< operand, element
};

class Add final : public Op {
  public:
    Add(std::vector<Var> in, Var y, std::size_t size) : in_(std::move(in)), y_(y), size_(size) {}
    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>& run) const override { run_backward(run); }
    void backward(Run<double>& run) const override { run_backward(run); }
    void freeze(Freezer& freezer) const override { freezer.add_step(y_, in_, model::Add{}); }

  private:
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

} // namespace

Var input(Graph& graph, const std::string& name, std::size_t size, const std::vector<std::uint32_t>& features) {
    return graph.add(name, std::make_unique<Input>(graph.next(), features, size), {}, size);
}

Var relu(Graph& graph, const std::string& name, Var x) {
    return graph.add(name, std::make_unique<Relu>(x, graph.next(), graph.size(x)), {x}, graph.size(x));
}

Var gather(Graph& graph, const std::string& name, const std::vector<Var>& in, const std::vector<std::size_t>& index) {
    std::vector<std::pair<std::size_t, std::size_t>> all, from;
    for (std::size_t k = 0; k < in.size(); ++k) {
        for (std::size_t e = 0; e < graph.size(in[k]); ++e)
            all.emplace_back(k, e);
    }
    for (const std::size_t i : index)
        from.push_back(all.at(i));
    return graph.add(name, std::make_unique<Gather>(in, graph.next(), std::move(from)), in, index.size());
}

Var add(Graph& graph, const std::string& name, const std::vector<Var>& in) {
    for (const Var var : in)
        CHECK(graph.size(var) == graph.size(in[0]), "add needs equal sizes");
    return graph.add(name, std::make_unique<Add>(in, graph.next(), graph.size(in[0])), in, graph.size(in[0]));
}

} // namespace bitgrain::nn
