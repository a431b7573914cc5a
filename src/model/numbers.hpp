// Bit-exact inference as a Domain: a value is one element of a model for a block of rows, as integer codes on the grid
// of its interval. All widths, grids and products of constants are worked out once, from the intervals of the (valid)
// model, so that the inner loops over the rows of a block are plain integer arithmetic that cannot overflow.
#pragma once

#include "fx/arithmetic.hpp"
#include "model/intervals.hpp"
#include "model/model.hpp"

#include <array>
#include <span>
#include <vector>

namespace bitgrain::model {

/// Rows of one block.
inline constexpr std::size_t lanes = 32;

/// code * 2^-range.fraction for each row; all zero when range.is_zero().
struct Block {
    fx::Interval range;
    std::array<std::int64_t, lanes> codes{};
};

class Numbers {
  public:
    using Value = Block;

    /// The model must be valid and outlive the domain.
    explicit Numbers(const Model& model);

    const std::vector<std::vector<fx::Interval>>& ranges() const { return ranges_; }

    void begin_step(std::size_t step) { step_ = step; }
    void begin_element(std::size_t element) { element_ = element; }

    static Value zero() { return {}; }
    Value add(const Value& a, const Value& b) const;
    Value mul(const Value& a, const Value& b) const;
    Value maximum(const Value& a, const Value& b) const;
    static Value relu(const Value& a);
    Value cast(const Value& a, const fx::Cast& cast) const;
    Value table(const Value& a, const Table::Content& table) const;
    std::vector<Value> affine(const Affine& affine, std::span<const Value> x) const;

  private:
    struct Term {
        std::size_t row = 0;
        std::int64_t factor = 0; ///< weight, moved to the grid of the column
    };
    struct Column {
        std::vector<Term> terms;
        std::int64_t offset = 0;
    };
    std::vector<Column> columns_of(const Affine& affine, const std::vector<fx::Interval>& x,
                                   const std::vector<fx::Interval>& y) const;
    const fx::Interval& range() const { return ranges_[model_->inputs.size() + step_][element_]; }

    const Model* model_;
    Intervals intervals_;
    std::vector<std::vector<fx::Interval>> ranges_; ///< of every element of every value
    std::vector<std::vector<Column>> columns_;      ///< per step: of an affine
    std::vector<std::vector<TableCodes>> tables_;   ///< per step: of a table
    std::size_t step_ = 0, element_ = 0;
};

} // namespace bitgrain::model
