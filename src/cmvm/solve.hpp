// Constant matrix times vector as a graph of shift-adds: y_j = sum_i matrix[i][j] * x_i + offset_j.
// Knows nothing of netlists or networks. Problem, costs and families of algorithms: R. Hartley 1996 (CSD subexpression
// sharing); Hosangadi, Fallah, Kastner 2006; Aksoy et al., TODAES 2012; the depth rule is the Kraft sum.
#pragma once

#include "cmvm/adder_cost.hpp"
#include "fx/format.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::cmvm {

struct Problem {
    std::size_t rows = 0;    ///< inputs
    std::size_t columns = 0; ///< outputs
    /// rows x columns integers, row-major; real weight = matrix * 2^-fraction.
    std::vector<std::int64_t> matrix;
    int fraction = 0;
    std::vector<fx::Interval> inputs; ///< range and grid of each input
    std::vector<int> arrival;         ///< adder levels before each input; empty: all 0
    /// Adder levels after which each output must be ready, besides what Options::slack says; empty: no such limits.
    std::vector<int> limits;
    /// Added to each output, real value = offset * 2^-offset_fraction; one term of the sum, at arrival 0. Empty: none.
    std::vector<std::int64_t> offset;
    int offset_fraction = 0;
};

struct Term {
    std::uint32_t node = 0; ///< index into AdderGraph::nodes
    int shift = 0;
    bool negate = false;

    friend bool operator==(const Term&, const Term&) = default;
};

/// One value: an input, a constant, a sum of two or three terms, or a look-up.
struct Node {
    enum class Kind : std::uint8_t { input, constant, add, table };
    Kind kind = Kind::input;
    std::uint32_t input = 0; ///< Kind::input; Kind::table: index into AdderGraph::tables
    std::uint8_t operands = 0;
    Term in[3];
    fx::Interval interval; ///< exact range over independent inputs; for a constant lo == hi
    int depth = 0;         ///< adder levels, arrival included
};

struct Output {
    Term term;
    bool zero = false;
};

/// Any sum of constant multiples of a few narrow inputs: one LUT6 per result bit, half of one up to five input bits.
struct Table {
    std::vector<std::uint32_t> inputs; ///< input nodes, none of them constant
    /// Codes on the grid of the node's interval, one per combination of input codes: from all lowest, the first input
    /// fastest.
    std::vector<std::int64_t> entries;
};
inline constexpr int most_table_bits = 6; ///< of all inputs of a table together, on any fabric

/// Flat and in topological order; evaluate() proves it.
struct AdderGraph {
    std::vector<Node> nodes; ///< first `rows` nodes are the inputs
    std::vector<Output> outputs;
    std::vector<Table> tables;
};

enum class Effort : std::uint8_t { fast, normal, high };

/// Time by width: an adder of n carry positions takes adder + position * n, `third` times as much with three operands.
/// The defaults fit nanoseconds on a fast LUT6 fabric.
struct DelayModel {
    double adder = 1.1;
    double position = 0.025;
    double third = 1.3;
    double table = 1.1;
};

struct Options {
    /// Adder levels allowed beyond the least possible depth of each output's unshared tree; none: no limit.
    std::optional<int> slack = 0;
    int operands = 2; ///< largest number of operands of one adder: 2 or 3
    Effort effort = Effort::normal;
    /// Time budget of Effort::high, others do not look at a clock. None: a budget of work by the size of the problem.
    std::optional<double> seconds;
    std::uint64_t seed = 1;
    LutCosts costs;
    DelayModel delay;
    /// Also a limit by width: time allowed for each output beyond the fastest known tree of the slowest. Inputs arrive
    /// after their levels times delay.adder. None: only levels count.
    std::optional<double> delay_slack;
    bool tables = false; ///< also look-ups, where they cost less than adders; the depth limit stays that of adders
};

/// The same problem and options give the same graph (Effort::high with a time: as long as the search stops by itself).
AdderGraph solve(const Problem& problem, const Options& options);

/// Least depth of the slowest output when nothing is shared (signed digits, Kraft sum over arrivals).
int min_depth(const Problem& problem, int operands = 2);

struct Cost {
    std::size_t adders = 0; ///< adds that are not pure concatenation
    std::int64_t lut_bits = 0;
    int depth = 0;
    std::size_t tables = 0;
};
Cost cost(const AdderGraph& graph, const LutCosts& costs = {});
/// LUT bits of one node (0 for inputs, constants and concatenations): exact-interval model.
std::int64_t lut_bits(const AdderGraph& graph, const Node& node, const LutCosts& costs = {});

/// When each output is ready, by width; 0 for zero.
std::vector<double> output_delays(const AdderGraph& graph, const DelayModel& model);
/// Of the slowest output in the fastest known graph, which shares nothing: what Options::delay_slack counts from.
double least_delay(const Problem& problem, const Options& options);

/// y codes for one vector of input codes (each on the grid of its interval), on the grid `fraction` of the result.
std::vector<std::int64_t> evaluate(const AdderGraph& graph, std::span<const std::int64_t> inputs,
                                   std::vector<int>* fractions = nullptr);

/// Multiplies the graph out symbolically; throws InternalError when it is not exactly the problem.
void prove(const AdderGraph& graph, const Problem& problem);

} // namespace bitgrain::cmvm
