// Straight-line programs of da4ml (DAIS) and its successor alkaid (ALIR): scalar operations in order, each of earlier
// results. Both carriers are read into this one form.
#pragma once

#include "base/json.hpp"
#include "fx/format.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bitgrain::import {

/// sign * result * 2^shift of an earlier operation.
struct Term {
    std::size_t operation = 0;
    int shift = 0;
    bool negate = false;

    friend bool operator==(const Term&, const Term&) = default;
};

enum class Code : std::uint8_t {
    input,   ///< number `index`, cut to the container
    sum,     ///< of the terms and `constant`
    relu,    ///< max(term, 0), cut to the container
    cut,     ///< the term, cut to the container
    select,  ///< terms {condition, true, false}: by the condition's top bit, cut to the container
    product, ///< of two terms
    table,   ///< tables[index] at the term
    bit_not, ///< every bit of the term
    bit_any, ///< 1 when a bit is set
    bit_all, ///< 1 when all bits are set
    bit_and, ///< bit by bit of two terms, in two's complement without end
    bit_or,
    bit_xor,
};

/// Cutting truncates to the container's grid and wraps to its width.
struct Operation {
    Code code = Code::sum;
    std::vector<Term> terms;
    double constant = 0;
    std::size_t index = 0;
    fx::Format container;  ///< of the result
    double lo = 0, hi = 0; ///< the result's interval

    bool operator==(const Operation&) const = default;
};

struct LookUp {
    std::vector<std::int64_t> codes; ///< in steps of 2^-fraction, from the key interval's least value up
    int fraction = 0;
};

struct Program {
    std::vector<int> input_shifts;
    std::vector<std::optional<Term>> outputs; ///< none: constant zero
    std::vector<Operation> operations;
    std::vector<LookUp> tables;
};

/// True for JSON that looks like one of the two formats.
bool is_program(const Json& json);
/// The stages of a program: one, or those of a pipeline (stage k + 1 reads the outputs of stage k). Error for anything
/// that is not understood or not causal.
std::vector<Program> read_programs(const Json& json, const std::string& where);

} // namespace bitgrain::import
