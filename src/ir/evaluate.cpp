// Rows are taken in blocks of 64; a node computes all lanes of a block in one plain loop before the next node does.
// A shift on an edge is a multiplication by a power of two that is known before the first row.
#include "ir/evaluate.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::ir {

namespace {

constexpr std::size_t lanes = 64;

/// Factor that takes codes of the edge's node to codes of plus or minus the node times 2^shift on a finer or equal
/// grid.
std::int64_t factor(const Netlist& netlist, const Signal& signal, int fraction) {
    if (signal.node == 0) return 0;
    const std::int64_t power = fx::shift_left(1, fraction - interval(netlist, signal).fraction);
    return signal.negate ? -power : power;
}

class Evaluator {
  public:
    explicit Evaluator(const Netlist& netlist)
        : netlist_(netlist), values_(netlist.nodes.size() * lanes, 0), factors_(netlist.nodes.size()) {
        for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
            const Node& node = netlist.nodes[i];
            if (node.op == Op::constant) std::fill_n(lane(static_cast<NodeId>(i)), lanes, node.interval.lo);
            const bool aligns = node.op == Op::add || node.op == Op::select;
            for (std::size_t k = 0; k < node.operands; ++k) {
                const bool by_sign = !aligns || (node.op == Op::select && k == 0);
                factors_[i][k] =
                    by_sign ? (node.in[k].negate ? -1 : 1) : factor(netlist, node.in[k], node.interval.fraction);
            }
        }
    }

    /// Computes rows first .. first + count of the whole input array.
    void block(std::span<const std::int64_t> inputs, std::size_t first, std::size_t count) {
        load(inputs, first, count);
        for (std::size_t i = 1; i < netlist_.nodes.size(); ++i) {
            compute(i, count);
            const auto [lo, hi] =
                std::minmax_element(lane(static_cast<NodeId>(i)), lane(static_cast<NodeId>(i)) + count);
            const fx::Interval& range = netlist_.nodes[i].interval;
            CHECK(range.lo <= *lo && *hi <= range.hi, "node " + std::to_string(i) + " leaves its interval");
        }
    }

    std::int64_t* lane(NodeId node) { return values_.data() + node * lanes; }

  private:
    void load(std::span<const std::int64_t> inputs, std::size_t first, std::size_t count) {
        const std::size_t width = netlist_.inputs.size();
        for (std::size_t j = 0; j < width; ++j) {
            const Input& input = netlist_.inputs[j];
            const fx::Interval range = fx::range_of(input.format);
            // An input without a node has no lanes of its own, but its values must still be legal.
            std::int64_t* const to = input.node == 0 ? nullptr : lane(input.node);
            for (std::size_t r = 0; r < count; ++r) {
                const std::int64_t code = inputs[(first + r) * width + j];
                if (code < range.lo || code > range.hi) refuse(input, range, first + r, code);
                if (to != nullptr) to[r] = code;
            }
        }
    }

    [[noreturn]] static void refuse(const Input& input, const fx::Interval& range, std::size_t row, std::int64_t code) {
        throw Error("code " + std::to_string(code) + " is outside the input's format",
                    "row " + std::to_string(row) + ", input " + input.name,
                    "the format " + fx::name(input.format) + " holds codes " + std::to_string(range.lo) + " to " +
                        std::to_string(range.hi));
    }

    void compute(std::size_t id, std::size_t count) {
        const Node& node = netlist_.nodes[id];
        const std::array<std::int64_t, 3>& f = factors_[id];
        std::int64_t* const out = lane(static_cast<NodeId>(id));
        const std::int64_t* const a = lane(node.in[0].node);
        const std::int64_t* const b = lane(node.in[1].node);
        const std::int64_t* const c = lane(node.in[2].node);
        switch (node.op) {
        case Op::input:
        case Op::constant:
            break;
        case Op::add:
            if (node.operands == 2) {
                for (std::size_t r = 0; r < count; ++r)
                    out[r] = a[r] * f[0] + b[r] * f[1];
            } else {
                for (std::size_t r = 0; r < count; ++r)
                    out[r] = a[r] * f[0] + b[r] * f[1] + c[r] * f[2];
            }
            break;
        case Op::cast:
            cast(node, f[0], a, out, count);
            break;
        case Op::select:
            for (std::size_t r = 0; r < count; ++r)
                out[r] = a[r] * f[0] < 0 ? b[r] * f[1] : c[r] * f[2];
            break;
        case Op::table: {
            const Table& table = netlist_.tables[node.payload];
            for (std::size_t r = 0; r < count; ++r)
                out[r] = table.codes[static_cast<std::size_t>(a[r] - table.key.lo)];
            break;
        }
        case Op::mul:
            for (std::size_t r = 0; r < count; ++r)
                out[r] = a[r] * b[r];
            break;
        }
    }

    void cast(const Node& node, std::int64_t sign, const std::int64_t* in, std::int64_t* out, std::size_t count) const {
        const fx::Cast& cast = netlist_.casts[node.payload];
        const int from = netlist_.nodes[node.in[0].node].interval.fraction;
        for (std::size_t r = 0; r < count; ++r)
            out[r] = fx::cast(in[r] * sign, from, cast);
    }

    const Netlist& netlist_;
    std::vector<std::int64_t> values_;
    std::vector<std::array<std::int64_t, 3>> factors_;
};

} // namespace

std::vector<std::int64_t> trace(const Netlist& netlist, std::span<const NodeId> nodes,
                                std::span<const std::int64_t> inputs, std::size_t rows) {
    CHECK(inputs.size() == rows * netlist.inputs.size(), "one code per row and input expected");
    std::vector<std::int64_t> result(rows * nodes.size());
    Evaluator evaluator(netlist);
    for (std::size_t first = 0; first < rows; first += lanes) {
        const std::size_t count = std::min(lanes, rows - first);
        evaluator.block(inputs, first, count);
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            const std::int64_t* const from = evaluator.lane(nodes[j]);
            for (std::size_t r = 0; r < count; ++r)
                result[(first + r) * nodes.size() + j] = from[r];
        }
    }
    return result;
}

std::vector<std::int64_t> evaluate(const Netlist& netlist, std::span<const std::int64_t> inputs, std::size_t rows) {
    std::vector<NodeId> nodes;
    for (const Output& output : netlist.outputs)
        nodes.push_back(output.signal.node);
    std::vector<std::int64_t> result = trace(netlist, nodes, inputs, rows);
    for (std::size_t j = 0; j < nodes.size(); ++j) {
        if (!netlist.outputs[j].signal.negate) continue; // the shift only moves the grid
        for (std::size_t r = 0; r < rows; ++r)
            result[r * nodes.size() + j] *= -1;
    }
    return result;
}

fx::Format output_format(const Netlist& netlist, std::size_t j) {
    return fx::format_of(interval(netlist, netlist.outputs[j].signal));
}

} // namespace bitgrain::ir
