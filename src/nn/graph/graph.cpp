#include "nn/graph/graph.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::nn {

void Op::freeze(Freezer&) const {
    CHECK(false, "a shared op is a constant and is not frozen by itself");
}

Var Graph::add(const std::string& name, std::unique_ptr<Op> op, const std::vector<Var>& in, std::size_t size,
               bool shared_source) {
    GraphNode node{name, std::move(op), in, size, !in.empty() || shared_source, 0, -1};
    for (const Var var : in) {
        node.shared = node.shared && nodes_[var.id].shared;
        node.phase = std::max(node.phase, nodes_[var.id].phase);
    }
    nodes_.push_back(std::move(node));
    return {static_cast<std::uint32_t>(nodes_.size() - 1)};
}

Var Graph::add_statistics(const std::string& name, std::unique_ptr<Op> op, Var in, std::size_t size) {
    CHECK(!node(in).shared, "statistics are taken over rows");
    const int phase = node(in).phase + 1;
    phases_ = std::max(phases_, phase + 1);
    nodes_.push_back({name, std::move(op), {in}, size, true, phase, -1});
    return {static_cast<std::uint32_t>(nodes_.size() - 1)};
}

Quantizer& Graph::add_quantizer(std::unique_ptr<Quantizer> quantizer) {
    quantizer->range_offset = range_size_;
    range_size_ += quantizer->groups();
    quantizers_.push_back(std::move(quantizer));
    return *quantizers_.back();
}

} // namespace bitgrain::nn
