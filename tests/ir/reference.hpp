// A second, slow and obvious evaluation: whole rationals code * 2^-fraction in 128 bits, straight from the definitions
// of the operations, with no use of fx or of the builder's rules.
#pragma once

#include "support/random_netlist.hpp"

#include <stdexcept>

namespace bitgrain::test {

struct Exact {
    __int128 code = 0;
    int fraction = 0;
};

inline __int128 power_of_two(int exponent) {
    if (exponent < 0 || exponent > 110) throw std::logic_error("reference out of range");
    __int128 result = 1;
    while (exponent-- > 0)
        result *= 2;
    return result;
}

inline __int128 floor_divide(__int128 a, __int128 b) {
    const __int128 quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// The code on a grid that holds the value.
inline __int128 on_grid(const Exact& a, int fraction) {
    if (a.code == 0) return 0;
    if (fraction >= a.fraction) return a.code * power_of_two(fraction - a.fraction);
    const __int128 step = power_of_two(a.fraction - fraction);
    if (a.code % step != 0) throw std::logic_error("reference value is off the grid");
    return a.code / step;
}

inline Exact plus(const Exact& a, const Exact& b) {
    const int fraction = std::max(a.fraction, b.fraction);
    return {on_grid(a, fraction) + on_grid(b, fraction), fraction};
}

inline Exact cast_exact(const Exact& a, const fx::Cast& cast) {
    const fx::Format& f = cast.format;
    const int width = (f.sign ? 1 : 0) + f.integer + f.fraction;
    if (width <= 0 || a.code == 0) return {};
    // u = value * 2^fraction as numerator / denominator.
    const int grow = f.fraction - a.fraction;
    const __int128 numerator = grow > 0 ? a.code * power_of_two(grow) : a.code;
    const __int128 denominator = grow > 0 ? 1 : power_of_two(-grow);
    __int128 q = floor_divide(numerator, denominator);
    const __int128 twice_rest = 2 * (numerator - q * denominator);
    if (cast.round == fx::Round::rnd && twice_rest >= denominator) ++q;
    if (cast.round == fx::Round::rnd_conv) {
        if (twice_rest > denominator || (twice_rest == denominator && q % 2 != 0)) ++q;
    }
    const __int128 modulus = power_of_two(width);
    const __int128 max = (f.sign ? modulus / 2 : modulus) - 1;
    const __int128 min = f.sign ? -modulus / 2 : 0;
    if (cast.overflow == fx::Overflow::wrap) {
        q -= floor_divide(q - min, modulus) * modulus;
    } else {
        const __int128 least = cast.overflow == fx::Overflow::sat_sym && f.sign ? -max : min;
        q = q > max ? max : q < least ? least : q;
    }
    return {q, f.fraction};
}

/// Results of all requests for one row of input codes.
class Reference {
  public:
    Reference(const Program& program, const std::int64_t* inputs) {
        for (const Request& request : program.requests) {
            const Exact value = compute(request, inputs);
            values_.push_back(value.code == 0 ? Exact{} : value);
        }
    }

    Exact edge(const Operand& operand) const {
        const Exact& value = values_[operand.request];
        if (value.code == 0) return value;
        return {operand.negate ? -value.code : value.code, value.fraction - operand.shift};
    }

  private:
    Exact compute(const Request& request, const std::int64_t*& inputs) const {
        std::vector<Exact> in;
        for (const Operand& operand : request.operands)
            in.push_back(edge(operand));
        switch (request.kind) {
        case Kind::input:
            return {*inputs++, request.cast.format.fraction};
        case Kind::constant:
            return {request.code, request.fraction};
        case Kind::add:
            return in.size() == 2 ? plus(in[0], in[1]) : plus(plus(in[0], in[1]), in[2]);
        case Kind::cast:
            return cast_exact(in[0], request.cast);
        case Kind::select:
            return in[0].code < 0 ? in[1] : in[2];
        case Kind::relu:
            return in[0].code < 0 ? Exact{} : in[0];
        case Kind::maximum:
            return plus(in[0], {-in[1].code, in[1].fraction}).code < 0 ? in[1] : in[0];
        case Kind::table: {
            const ir::Table& table = request.table;
            const __int128 address = on_grid(in[0], table.key.fraction) - table.key.lo;
            return {table.codes.at(static_cast<std::size_t>(address)), table.fraction};
        }
        case Kind::mul:
            return {in[0].code * in[1].code, in[0].fraction + in[1].fraction};
        }
        return {};
    }

    std::vector<Exact> values_;
};

/// True when a code on the grid `fraction` is this value.
inline bool equal(const Exact& value, std::int64_t code, int fraction) {
    return plus(value, {-static_cast<__int128>(code), fraction}).code == 0;
}

} // namespace bitgrain::test
