// The list of operations under way: each call appends one ALIR operation and returns its number.
#pragma once

#include "base/json.hpp"
#include "fx/format.hpp"
#include "ir/netlist.hpp"

#include <cstdint>
#include <vector>

namespace bitgrain::exchange {

/// An operation's result: its number and every value it can have.
struct Value {
    std::size_t id = 0;
    fx::Interval range;
};

class ProgramWriter {
  public:
    Value input(std::size_t index, const fx::Format& format);
    Value constant(std::int64_t code, int fraction);
    /// plus or minus x * 2^shift
    Value moved(const Value& x, int shift, bool negate);
    /// Sum of plus or minus x * 2^shift; `range` holds every result.
    struct Term {
        Value value;
        int shift = 0;
        bool negate = false;
    };
    Value sum(const std::vector<Term>& terms, const fx::Interval& range);
    /// Truncates to the range's grid and wraps to its container; nothing when every value is in the range already.
    Value cut(const Value& x, const fx::Interval& range);
    /// condition < 0 ? a : b
    Value select(const Value& condition, const Value& a, const Value& b, const fx::Interval& range);
    Value product(const Value& a, const Value& b, const fx::Interval& range);
    /// The key must be inside the table's.
    Value table(const Value& key, const ir::Table& table);
    /// Rounding, wrapping, saturating.
    Value cast(const Value& x, const fx::Cast& cast, const fx::Interval& result);

    const Json& operations() const { return operations_; }
    const Json& tables() const { return tables_; }

  private:
    Value append(Json addresses, int opcode, Json data, const fx::Interval& range);
    Value clamp(const Value& x, const fx::Interval& limits, const fx::Interval& result);

    Json operations_ = Json::array();
    Json tables_ = Json::array();
};

} // namespace bitgrain::exchange
