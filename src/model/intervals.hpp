// Range analysis as a Domain: the interval of every wire when the inputs range over their formats and are independent.
// Throws Error that names step and element when a number could leave the 53 bits in which double is exact, so
// everything that later computes with codes of a model that passed cannot overflow. Not for shared inputs: x - x is not
// known to be 0.
#pragma once

#include "fx/arithmetic.hpp"
#include "model/model.hpp"

#include <span>
#include <string>
#include <vector>

namespace bitgrain::model {

/// Exponents of formats, constants and wires stay inside +-max_exponent, far from the ends of double.
inline constexpr int max_exponent = 900;

/// The entries of a table as integers on one grid. Error (no place) when no 53 bits hold them all.
struct TableCodes {
    std::vector<std::int64_t> codes;
    int fraction = 0;
};
TableCodes codes_of(const Table::Content& table);

/// A constant zero is always {0, 0, 0}, whatever made it, so that it never drags a grid along.
class Intervals {
  public:
    using Value = fx::Interval;

    /// The model must outlive the domain and have a valid structure.
    Intervals(const Model& model, std::string where) : model_(&model), where_(std::move(where)) {}

    void begin_step(std::size_t step) { step_ = step; }
    void begin_element(std::size_t element) { element_ = element; }

    static Value zero() { return {}; }
    Value add(const Value& a, const Value& b) const;
    Value mul(const Value& a, const Value& b) const;
    Value maximum(const Value& a, const Value& b) const;
    static Value relu(const Value& a) { return a.hi <= 0 ? zero() : fx::relu(a); }
    Value cast(const Value& a, const fx::Cast& cast) const;
    Value table(const Value& a, const Table::Content& table) const;
    std::vector<Value> affine(const Affine& affine, std::span<const Value> x);

  private:
    Value checked(const Value& a) const;
    Value on_grid(const Value& a, int fraction) const;
    [[noreturn]] void too_wide() const;
    [[noreturn]] void fail(const std::string& message, const std::string& hint) const;

    const Model* model_;
    std::string where_;
    std::size_t step_ = 0, element_ = 0;
};

/// What the ports can carry: one list per input.
std::vector<std::vector<fx::Interval>> input_ranges(const Model& model);

} // namespace bitgrain::model
