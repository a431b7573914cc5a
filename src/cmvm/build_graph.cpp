#include "cmvm/build_graph.hpp"

#include "base/error.hpp"
#include "cmvm/adder_cost.hpp"
#include "cmvm/sum_tree.hpp"
#include "cmvm/tree_swaps.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace bitgrain::cmvm {

namespace {

constexpr std::int64_t impossible = std::numeric_limits<std::int32_t>::max();
constexpr int impossible_depth = std::numeric_limits<std::int16_t>::max();

class GraphBuilder {
  public:
    GraphBuilder(const System& system, const Prepared& prepared, std::size_t inputs, const TreeEffort& effort)
        : system_(system), prepared_(prepared), inputs_(inputs), effort_(effort), built_(system.size()),
          planner_(system.rule(), system.costs(), effort.triple_window), swaps_(system.costs()) {}

    AdderGraph run() {
        for (std::size_t i = 0; i < inputs_; ++i)
            add_source(static_cast<std::uint32_t>(i));
        choose_polarities();
        for (const SystemOutput& output : system_.outputs()) {
            Output out;
            out.zero = output.zero;
            if (!output.zero) out.term = value(output.term);
            graph_.outputs.push_back(out);
        }
        return std::move(graph_);
    }

  private:
    struct Built {
        bool done = false;
        Term term;      ///< the signal's value as an edge
        int wanted = 0; ///< stored sense the outputs ask for: +1, -1, 0 none
        int lean = 0;   ///< uses by sums that add it less those that subtract it
    };

    /// What a node computes, in units of the sources.
    struct Form {
        LinearForm normalised;
        Taken taken; ///< by normalising
    };

    void add_source(std::uint32_t id) {
        Node node;
        node.interval = prepared_.sources[id];
        if (id < inputs_) {
            node.input = id;
            node.depth = prepared_.arrival[id];
        } else {
            node.kind = Node::Kind::constant;
        }
        built_[id].done = true;
        LinearForm form{{id, 1}};
        const std::uint64_t hash = hash_of(form);
        built_[id].term = {append(node, {std::move(form), {}}, hash), 0, false};
    }

    std::uint32_t append(const Node& node, Form form, std::uint64_t hash) {
        const auto index = static_cast<std::uint32_t>(graph_.nodes.size());
        graph_.nodes.push_back(node);
        ranges_.push_back(range_of(node.interval));
        known_[hash] = index;
        forms_.push_back(std::move(form));
        return index;
    }

    /// An output that leaves negated costs its consumer an adder; a negated term inside does not.
    void choose_polarities() {
        std::vector<int> votes(system_.size(), 0);
        for (const SystemOutput& output : system_.outputs()) {
            if (!output.zero) votes[output.term.signal] += output.term.negate ? -1 : 1;
        }
        for (const SystemOutput& output : system_.outputs()) {
            if (output.zero) continue;
            const int sum = votes[output.term.signal];
            built_[output.term.signal].wanted = sum != 0 ? (sum > 0 ? 1 : -1) : 1;
        }
        for (std::uint32_t id = 0; id < system_.size(); ++id) {
            for (const std::uint64_t packed : system_.signal(id).uses) {
                const Use use = unpack_use(packed);
                built_[id].lean += use.negate == (built_[use.row].wanted < 0) ? 1 : -1;
            }
        }
    }

    Term value(const RowTerm& of) {
        // Explicit stack: chains of signals can be long.
        std::vector<std::uint32_t> stack{of.signal};
        while (!stack.empty()) {
            const std::uint32_t id = stack.back();
            if (built_[id].done) {
                stack.pop_back();
                continue;
            }
            bool ready = true;
            for (const RowTerm& term : system_.signal(id).terms) {
                if (built_[term.signal].done) continue;
                ready = false;
                stack.push_back(term.signal);
            }
            if (!ready) continue;
            build(id);
            stack.pop_back();
        }
        Term term = built_[of.signal].term;
        term.shift += of.shift;
        term.negate = term.negate != of.negate;
        return term;
    }

    void build(std::uint32_t id) {
        const Signal& signal = system_.signal(id);
        if (signal.source) return add_source(id);
        CHECK(!signal.terms.empty(), "a signal without terms is used");
        std::vector<RowTerm> order = signal.terms;
        std::sort(order.begin(), order.end(), [](const RowTerm& a, const RowTerm& b) {
            return a.signal != b.signal ? a.signal < b.signal : a.shift < b.shift;
        });
        leaves_.clear();
        std::vector<TreeLeaf> leaves;
        for (const RowTerm& term : order) {
            const Term leaf = value(term);
            leaves_.push_back(leaf);
            leaves.push_back({{scaled(ranges_[leaf.node], leaf.shift), leaf.negate}, graph_.nodes[leaf.node].depth});
        }
        tree_ = planner_.plan_best(leaves, signal.limit, signal.alone ? 0 : effort_.more, id);
        if (leaves.size() <= effort_.most_exchanged && !signal.alone) {
            swaps_.improve(tree_, leaves, system_.rule().limited() ? signal.limit : impossible_depth);
        }
        built_[id].term = tree_.merges.empty() ? leaves_.front() : emit_tree(built_[id]);
        built_[id].done = true;
        CHECK(!system_.rule().limited() || graph_.nodes[built_[id].term.node].depth <= signal.limit, "a sum is late");
    }

    // ---- senses: each partial sum is stored as +V or -V, whichever makes the adders cheapest ----

    struct Sense {
        std::int64_t cost[2] = {impossible, impossible}; ///< stored as +V, -V
        bool child[2][3] = {};                           ///< stored negated, per operand
        Range range;                                     ///< of V
    };

    Range value_range(std::size_t name) const {
        if (name >= leaves_.size()) return senses_[name - leaves_.size()].range;
        const Term& leaf = leaves_[name];
        const Range range = scaled(ranges_[leaf.node], leaf.shift);
        return leaf.negate ? negated(range) : range;
    }
    std::int64_t sense_cost(std::size_t name, bool stored_negated) const {
        if (name >= leaves_.size()) return senses_[name - leaves_.size()].cost[stored_negated ? 1 : 0];
        return leaves_[name].negate == stored_negated ? 0 : impossible;
    }

    Sense find_sense(const Merge& merge) const {
        Sense sense;
        Range values[3];
        for (int k = 0; k < merge.operands; ++k) {
            values[k] = value_range(merge.in[k]);
            sense.range = k == 0 ? values[0] : sum(sense.range, values[k]);
        }
        for (unsigned choice = 0; choice < (1u << merge.operands); ++choice) {
            std::int64_t below = 0;
            for (int k = 0; k < merge.operands; ++k)
                below += sense_cost(merge.in[k], ((choice >> k) & 1) != 0);
            if (below >= impossible) continue;
            for (int negated_sum = 0; negated_sum < 2; ++negated_sum) {
                OperandBits operands[3];
                bool all_negated = true;
                for (int k = 0; k < merge.operands; ++k) {
                    const bool stored = ((choice >> k) & 1) != 0;
                    const Range range = stored ? negated(values[k]) : values[k];
                    operands[k] = {range.lsb, top(range), range.lo >= 0, stored != (negated_sum != 0),
                                   range.lo == range.hi};
                    all_negated = all_negated && operands[k].negate;
                }
                if (all_negated) continue;
                const int result_top = top(negated_sum != 0 ? negated(sense.range) : sense.range);
                const std::span<const OperandBits> all(operands, static_cast<std::size_t>(merge.operands));
                std::int64_t cost = below;
                const bool wires = cmvm::is_concatenation(all);
                if (merge.concatenation && !wires) continue;
                if (!wires) {
                    cost += adder_cost(adder_positions(all, result_top), all.size(), system_.costs());
                }
                if (cost >= sense.cost[negated_sum]) continue;
                sense.cost[negated_sum] = cost;
                for (int k = 0; k < merge.operands; ++k)
                    sense.child[negated_sum][k] = ((choice >> k) & 1) != 0;
            }
        }
        return sense;
    }

    Term emit_tree(const Built& built) {
        senses_.clear();
        for (const Merge& merge : tree_.merges)
            senses_.push_back(find_sense(merge));
        const Sense& root = senses_.back();
        bool stored = built.wanted < 0;
        if (built.wanted == 0 || root.cost[stored ? 1 : 0] >= impossible) {
            // Sums that subtract it pay where it is alone.
            const std::int64_t price = system_.costs().invert_bit.value_or(0), lean = built.lean;
            stored = root.cost[1] + std::max<std::int64_t>(0, lean) * price <
                     root.cost[0] + std::max<std::int64_t>(0, -lean) * price;
        }
        return emit(leaves_.size() + tree_.merges.size() - 1, stored);
    }

    /// The edge for partial sum V, its node stored in the chosen sense.
    Term emit(std::size_t name, bool stored_negated) {
        if (name < leaves_.size()) return leaves_[name];
        const Merge& merge = tree_.merges[name - leaves_.size()];
        const Sense& sense = senses_[name - leaves_.size()];
        Term in[3];
        for (int k = 0; k < merge.operands; ++k) {
            in[k] = emit(merge.in[k], sense.child[stored_negated ? 1 : 0][k]);
            in[k].negate = in[k].negate != stored_negated;
        }
        Term made = add(in, merge.operands);
        made.negate = made.negate != stored_negated;
        return made;
    }

    /// Edge for the sum of these edges.
    Term add(Term* in, int operands) {
        int lowest = in[0].shift;
        bool flip = true;
        for (int k = 0; k < operands; ++k) {
            lowest = std::min(lowest, in[k].shift);
            flip = flip && in[k].negate;
        }
        Node node;
        node.kind = Node::Kind::add;
        node.operands = static_cast<std::uint8_t>(operands);
        for (int k = 0; k < operands; ++k) {
            in[k].shift -= lowest;
            in[k].negate = in[k].negate != flip;
            node.in[k] = in[k];
            node.depth = std::max(node.depth, graph_.nodes[in[k].node].depth);
        }
        LinearForm form = combined(in[0], in[1]);
        if (operands == 3) {
            const Form& third = forms_[in[2].node];
            form = combine(form, 0, false, third.normalised, in[2].shift + third.taken.shift,
                           in[2].negate != third.taken.negate);
        }
        CHECK(!form.empty(), "a partial sum is zero");
        node.interval = interval_of(form, prepared_.sources);
        if (!is_concatenation(graph_, node)) ++node.depth;
        const Taken taken = normalise(form);
        const std::uint64_t hash = hash_of(form);
        const auto at = known_.find(hash);
        // The same form, and no accident of hashing.
        if (at != known_.end() && graph_.nodes[at->second].depth <= node.depth &&
            forms_[at->second].normalised == form) {
            const Taken& its = forms_[at->second].taken;
            return {at->second, taken.shift - its.shift + lowest, (taken.negate != its.negate) != flip};
        }
        return {append(node, {std::move(form), taken}, hash), lowest, flip};
    }

    LinearForm combined(const Term& a, const Term& b) const {
        const Form &first = forms_[a.node], &second = forms_[b.node];
        return combine(first.normalised, a.shift + first.taken.shift, a.negate != first.taken.negate, second.normalised,
                       b.shift + second.taken.shift, b.negate != second.taken.negate);
    }
    static OperandBits operand_bits(const AdderGraph& graph, const Term& term) {
        const fx::Interval& interval = graph.nodes[term.node].interval;
        const int lsb = term.shift - interval.fraction;
        return {lsb, lsb + interval.width(), interval.lo >= 0, term.negate, interval.is_constant()};
    }
    static bool is_concatenation(const AdderGraph& graph, const Node& node) {
        if (node.operands != 2) return false;
        const OperandBits operands[2] = {operand_bits(graph, node.in[0]), operand_bits(graph, node.in[1])};
        return cmvm::is_concatenation(operands);
    }

    const System& system_;
    const Prepared& prepared_;
    std::size_t inputs_;
    TreeEffort effort_;
    std::vector<Built> built_;
    AdderGraph graph_;
    std::vector<Form> forms_;   ///< of each node
    std::vector<Range> ranges_; ///< of each node
    /// Hash of a normalised form -> its node; only looked up.
    std::unordered_map<std::uint64_t, std::uint32_t> known_;
    std::vector<Term> leaves_; ///< of the sum being built
    TreePlanner planner_;
    TreeSwaps swaps_;
    Tree tree_;
    std::vector<Sense> senses_;
};

} // namespace

AdderGraph build_graph(const System& system, const Prepared& prepared, std::size_t inputs, const TreeEffort& effort) {
    return GraphBuilder(system, prepared, inputs, effort).run();
}

} // namespace bitgrain::cmvm
