// Which inputs share a table, and for which columns a table pays. The saving is an estimate; whether a plan is any good
// is known once its columns are solved (tables.cpp).
#pragma once

#include "cmvm/linear_form.hpp"
#include "cmvm/solve.hpp"

#include <cstdint>
#include <vector>

namespace bitgrain::cmvm {

struct TableRule {
    int most_bits = 5;    ///< input bits of one table
    double share = 0.65;  ///< part of a digit's adder that is left after sharing, what a table is measured against
    int least_digits = 2; ///< signed digits that a table must replace
    LutCosts costs;
};

struct PlannedTable {
    LinearForm form; ///< over inputs; odd common factor, first factor positive
    struct Use {
        std::size_t column = 0;
        Taken factor; ///< the column holds this times the form
    };
    std::vector<Use> uses;
};

struct TableGroup {
    std::vector<std::uint32_t> inputs; ///< rising
    std::vector<PlannedTable> tables;
    double gain = 0; ///< LUT bits, estimated
};

/// Disjoint groups of inputs of equal arrival, each with the tables that pay; groups without any are left out.
std::vector<TableGroup> plan_tables(const Problem& problem, const TableRule& rule);

} // namespace bitgrain::cmvm
