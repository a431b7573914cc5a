// Seam C3: exact inference of a model equals evaluation of its netlist, whatever grids the two print their outputs on.
#pragma once

#include "fx/arithmetic.hpp"
#include "ir/evaluate.hpp"
#include "ir/netlist.hpp"
#include "lower/lower.hpp"
#include "model/inference.hpp"
#include "support/random_model.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace bitgrain::test {

inline std::vector<double> netlist_outputs(const ir::Netlist& netlist, const std::vector<std::int64_t>& codes,
                                           std::size_t rows) {
    const auto outputs = ir::evaluate(netlist, codes, rows);
    std::vector<double> real;
    for (std::size_t at = 0; at < outputs.size(); ++at) {
        const int fraction = ir::output_format(netlist, at % netlist.outputs.size()).fraction;
        real.push_back(fx::to_double(outputs[at], fraction));
    }
    return real;
}

/// Lowers, verifies and compares on `rows` random and extreme rows; returns the netlist.
inline ir::Netlist lower_and_compare(const model::Model& model, std::size_t rows, std::uint64_t seed,
                                     const cmvm::Options& options = {}) {
    ir::Netlist netlist = lower::lower(model, {options});
    ir::verify(netlist);
    REQUIRE(netlist.inputs.size() == model::input_count(model));
    REQUIRE(netlist.outputs.size() == model::output_count(model));
    const auto codes = random_inputs(model, rows, seed);
    const auto expected = model::infer_real(model, codes, rows);
    const auto actual = netlist_outputs(netlist, codes, rows);
    for (std::size_t at = 0; at < expected.size(); ++at) {
        CAPTURE(at / netlist.outputs.size(), netlist.outputs[at % netlist.outputs.size()].name);
        REQUIRE(actual[at] == expected[at]);
    }
    for (const fx::Cast& cast : netlist.casts)
        REQUIRE(cast.round != fx::Round::rnd);
    return netlist;
}

} // namespace bitgrain::test
