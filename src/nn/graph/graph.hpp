// The recorded computation: ops in creation order, backward is that list reversed. Recorded once, replayed for every
// tile of rows by nn::Engine; holds no numbers itself.
//
// A Var is either per sample (one value per row and element; memory is element-major, [element][row], so that every
// loop over the rows of a tile is one full vector and a weight is a scalar), or shared (it depends on parameters and
// batch statistics only: computed once per step, [element]).
//
// Batch statistics cut a step into phases: what depends on the statistics of phase p runs in phase p + 1. Without batch
// normalisation there is one phase, and a tile stays in the cache from its input to its gradients.
#pragma once

#include "nn/parameters.hpp"
#include "nn/quantizer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bitgrain::nn {

template <class T>
struct Run;
class BatchStatistics;
class Freezer;

/// Most rows processed together. A multiple of every vector length.
inline constexpr std::size_t tile_rows = 64;

struct Var {
    std::uint32_t id = 0;
};

/// One word of the vocabulary: forward, backward and freeze. Stateless; the numbers live in the Run.
class Op {
  public:
    Op() = default;
    Op(const Op&) = delete;
    Op& operator=(const Op&) = delete;
    virtual ~Op() = default;

    /// Of a per-sample op: what its tiles need of shared values, once per step, before they run.
    virtual void prepare(Run<float>&) const {}
    virtual void prepare(Run<double>&) const {}
    virtual void forward(Run<float>& run) const = 0;
    virtual void forward(Run<double>& run) const = 0;
    /// Adds to the gradients of the inputs, or sets them (Run::sets), given the gradient of the result.
    virtual void backward(Run<float>& run) const = 0;
    virtual void backward(Run<double>& run) const = 0;
    /// Whether anyone gives the result a gradient; if not, no room is kept for it.
    virtual bool has_gradient() const { return true; }
    /// Itself, if it is one: the engine runs it in two parts.
    virtual const BatchStatistics* statistics() const { return nullptr; }
    /// Of an op with one per-sample input as large as the result: what may lie in the same memory as the input's, when
    /// nobody else reads that.
    enum class InPlace { nothing, gradient, value_and_gradient };
    virtual InPlace in_place() const { return InPlace::nothing; }
    /// Writes what a per-sample op does as model steps. Shared ops are folded to constants and never asked.
    virtual void freeze(Freezer& freezer) const;
};

struct GraphNode {
    std::string name; ///< the layer's, for people
    std::unique_ptr<Op> op;
    std::vector<Var> in;
    std::size_t size = 0; ///< elements (per row when per sample)
    bool shared = false;
    int phase = 0;
    int quantizer = -1; ///< number of the quantizer a quantize op applies; -1: another op
};

class Graph {
  public:
    /// Appends an op whose result has `size` elements. The result is shared when every input is (and there is one, or
    /// `shared_source` is set).
    Var add(const std::string& name, std::unique_ptr<Op> op, const std::vector<Var>& in, std::size_t size,
            bool shared_source = false);
    /// A per-sample op with a shared result, available one phase later: batch statistics.
    Var add_statistics(const std::string& name, std::unique_ptr<Op> op, Var in, std::size_t size);

    /// Notes that a Var is the result of a quantizer.
    void set_quantizer(Var var, std::size_t number) { nodes_[var.id].quantizer = static_cast<int>(number); }

    Quantizer& add_quantizer(std::unique_ptr<Quantizer> quantizer);

    const std::vector<GraphNode>& nodes() const { return nodes_; }
    const GraphNode& node(Var var) const { return nodes_[var.id]; }
    Var next() const { return {static_cast<std::uint32_t>(nodes_.size())}; }
    std::size_t size(Var var) const { return nodes_[var.id].size; }
    int phases() const { return phases_; }
    const std::vector<std::unique_ptr<Quantizer>>& quantizers() const { return quantizers_; }
    /// Elements of all quantizers' groups together: the length of a range record.
    std::size_t range_size() const { return range_size_; }
    /// Room for the sums of a statistics op in a sums record; returns where it starts.
    std::size_t reserve_sums(std::size_t size) { return (sums_size_ += size) - size; }
    std::size_t sums_size() const { return sums_size_; }

  private:
    std::vector<GraphNode> nodes_;
    std::vector<std::unique_ptr<Quantizer>> quantizers_;
    std::size_t range_size_ = 0, sums_size_ = 0;
    int phases_ = 1;
};

} // namespace bitgrain::nn
