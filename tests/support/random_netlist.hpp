// Random netlists for the seams that must hold for every netlist: all ops, widths 0 to 12, negative integer and
// fraction bits, every rounding and overflow mode. The same seed and options give the same netlist. A program keeps
// what was asked of the builder, so that a test can compute the same without the builder's rules.
#pragma once

#include "base/random.hpp"
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::test {

struct RandomOptions {
    int inputs = 5;
    int requests = 40; ///< operations asked of the builder; fewer nodes come of it
    int outputs = 4;
    bool tables = true;
    bool muls = true;
    int max_width = 24; ///< wider results are not read again, except by a cast that follows at once
};

/// Plus or minus the result of an earlier request, times 2^shift.
struct Operand {
    std::size_t request = 0;
    int shift = 0;
    bool negate = false;
};

enum class Kind : std::uint8_t { input, constant, add, cast, select, relu, maximum, table, mul };

struct Request {
    Kind kind = Kind::input;
    std::vector<Operand> operands;
    fx::Cast cast;          ///< Kind::cast; its format: Kind::input
    std::int64_t code = 0;  ///< Kind::constant
    int fraction = 0;       ///< Kind::constant
    ir::Table table;        ///< Kind::table
    ir::Signal signal = {}; ///< what the builder answered, valid before finish()
};

struct Program {
    std::vector<Request> requests;
    std::vector<Operand> outputs;
    ir::Netlist netlist;
};

class ProgramMaker {
  public:
    ProgramMaker(std::uint64_t seed, const RandomOptions& options)
        : options_(options), random_(seed), builder_("random_" + std::to_string(seed)) {}

    Program make() {
        for (int i = 0; i < options_.inputs; ++i)
            make_input(i);
        for (int i = 0; i < options_.requests; ++i) {
            if (i % 7 == 0) builder_.set_origin("layer_" + std::to_string(i / 7), static_cast<int>(pick(-1, 3)));
            make_request();
        }
        for (int i = 0; i < options_.outputs; ++i) {
            const Operand operand = some_operand();
            builder_.output("y[" + std::to_string(i) + "]", edge(operand));
            program_.outputs.push_back(operand);
        }
        program_.netlist = builder_.finish();
        return std::move(program_);
    }

  private:
    int pick(int lo, int hi) { return static_cast<int>(random_.integer(lo, hi)); }

    ir::Signal edge(const Operand& operand) const {
        const ir::Signal moved = ir::Builder::shift(program_.requests[operand.request].signal, operand.shift);
        return operand.negate ? ir::Builder::negate(moved) : moved;
    }
    fx::Interval interval(const Operand& operand) const { return builder_.interval(edge(operand)); }

    /// An earlier result, recent ones more often.
    Operand some_operand() {
        const std::size_t n = readable_.size();
        const auto newest = static_cast<int>(n) - 1;
        const int index = random_.chance(0.6) ? pick(std::max(0, newest - 8), newest) : pick(0, newest);
        const int shift = random_.chance(0.5) ? 0 : pick(-3, 3);
        return {readable_[static_cast<std::size_t>(index)], shift, random_.chance(0.35)};
    }

    /// Bits that a common container of all operands needs.
    int span(const std::vector<Operand>& operands) const {
        int top = -1000, bottom = 1000;
        for (const Operand& operand : operands) {
            const fx::Interval i = interval(operand);
            if (i.is_zero()) continue;
            top = std::max(top, i.width() - i.fraction);
            bottom = std::min(bottom, -i.fraction);
        }
        return top - bottom;
    }

    fx::Format some_format() {
        const bool sign = random_.chance(0.5);
        const int width = pick(0, 12), fraction = pick(-4, 10);
        return {sign, width - (sign ? 1 : 0) - fraction, fraction};
    }

    /// Mostly near the operand's own format, so that some bits survive.
    fx::Cast some_cast(const Operand& operand) {
        fx::Cast cast{some_format(), static_cast<fx::Round>(pick(0, 2)), static_cast<fx::Overflow>(pick(0, 2))};
        if (random_.chance(0.75)) {
            const fx::Format own = fx::format_of(interval(operand));
            cast.format = {random_.chance(0.8) ? own.sign : !own.sign, own.integer + pick(-3, 1),
                           own.fraction + pick(-4, 1)};
            cast.format.integer -= std::max(0, cast.format.width() - 12);
        }
        return cast;
    }

    void answer(Request request, ir::Signal signal) {
        request.signal = signal;
        program_.requests.push_back(std::move(request));
        const std::size_t index = program_.requests.size() - 1;
        const fx::Interval i = builder_.interval(signal);
        if (i.width() > options_.max_width || i.fraction > 24 || i.fraction < -24) {
            make_cast({index, 0, random_.chance(0.3)}, {some_format(), fx::Round::rnd, fx::Overflow::sat});
            return;
        }
        readable_.push_back(index);
    }

    void make_input(int index) {
        Request request;
        request.kind = Kind::input;
        request.cast.format = some_format();
        const ir::Signal signal = builder_.input("x[" + std::to_string(index) + "]", request.cast.format);
        answer(std::move(request), signal);
    }

    void make_cast(const Operand& operand, const fx::Cast& cast) {
        Request request;
        request.kind = Kind::cast;
        request.operands = {operand};
        request.cast = cast;
        answer(std::move(request), builder_.cast(edge(operand), cast));
    }

    void make_request() {
        const int dice = pick(0, 99);
        if (dice < 4) return make_constant();
        if (dice < 40) return make_add();
        if (dice < 44) return make_multiple();
        if (dice < 66) {
            const Operand operand = some_operand();
            return make_cast(operand, some_cast(operand));
        }
        if (dice < 84) return make_select();
        if (dice < 93) return options_.tables ? make_table() : make_add();
        return options_.muls ? make_mul() : make_add();
    }

    void make_constant() {
        Request request;
        request.kind = Kind::constant;
        request.code = pick(-40, 40);
        request.fraction = pick(-3, 6);
        const ir::Signal signal = builder_.constant(request.code, request.fraction);
        answer(std::move(request), signal);
    }

    void make_add() {
        Request request;
        request.kind = Kind::add;
        request.operands = {some_operand(), some_operand()};
        if (random_.chance(0.35)) request.operands.push_back(some_operand());
        if (span(request.operands) > 45) return;
        const ir::Signal a = edge(request.operands[0]), b = edge(request.operands[1]);
        const bool two = request.operands.size() == 2;
        const ir::Signal sum = two ? builder_.add(a, b) : builder_.add(a, b, edge(request.operands[2]));
        answer(std::move(request), sum);
    }

    /// a + a * 2^k or a - a * 2^k, whose interval is known better than that of two independent operands.
    void make_multiple() {
        Request request;
        request.kind = Kind::add;
        const Operand a = some_operand();
        const int k = pick(1, 4);
        const bool minus = random_.chance(0.5);
        request.operands = {a, {a.request, a.shift + k, a.negate != minus}};
        const std::int64_t power = fx::shift_left(1, k), times = minus ? 1 - power : 1 + power;
        const fx::Interval known = fx::multiply(interval(a), {times, times, 0});
        const ir::Signal sum = builder_.add(edge(request.operands[0]), edge(request.operands[1]), known);
        answer(std::move(request), sum);
    }

    void make_select() {
        Request request;
        const int form = pick(0, 2);
        request.kind = form == 0 ? Kind::relu : form == 1 ? Kind::maximum : Kind::select;
        for (int i = 0; i <= form; ++i)
            request.operands.push_back(some_operand());
        if (form == 2 && random_.chance(0.4))
            request.operands[static_cast<std::size_t>(pick(1, 2))].request =
                request.operands[0].request; // absolute value and the like
        if (span(request.operands) > 45) return;
        std::vector<ir::Signal> in;
        for (const Operand& operand : request.operands)
            in.push_back(edge(operand));
        const ir::Signal signal = form == 0   ? builder_.relu(in[0])
                                  : form == 1 ? builder_.maximum(in[0], in[1])
                                              : builder_.select(in[0], in[1], in[2]);
        answer(std::move(request), signal);
    }

    void make_table() {
        Request request;
        request.kind = Kind::table;
        request.operands = {some_operand()};
        ir::Table& table = request.table;
        table.key = interval(request.operands[0]);
        if (table.key.width() > 7) return;
        if (random_.chance(0.2)) table.key = fx::to_fraction(table.key, table.key.fraction + 1);
        table.key.lo -= pick(0, 3);
        table.key.hi += pick(0, 3);
        table.fraction = pick(-2, 5);
        const bool linear = random_.chance(0.1), flat = random_.chance(0.1);
        const int bound = pick(1, 40);
        for (std::int64_t code = table.key.lo; code <= table.key.hi; ++code) {
            table.codes.push_back(linear ? -code : flat ? bound : random_.integer(-bound, bound));
        }
        const ir::Signal signal = builder_.table(edge(request.operands[0]), table);
        answer(std::move(request), signal);
    }

    void make_mul() {
        Request request;
        request.kind = Kind::mul;
        request.operands = {some_operand(), some_operand()};
        if (interval(request.operands[0]).width() + interval(request.operands[1]).width() > 32) return;
        const ir::Signal signal = builder_.mul(edge(request.operands[0]), edge(request.operands[1]));
        answer(std::move(request), signal);
    }

    RandomOptions options_;
    Random random_;
    ir::Builder builder_;
    Program program_;
    std::vector<std::size_t> readable_;
};

inline Program random_program(std::uint64_t seed, const RandomOptions& options = {}) {
    return ProgramMaker(seed, options).make();
}

inline ir::Netlist random_netlist(std::uint64_t seed, const RandomOptions& options = {}) {
    return random_program(seed, options).netlist;
}

/// rows x inputs codes, row-major: smallest and largest codes first, then random ones with extremes mixed in.
inline std::vector<std::int64_t> random_inputs(const ir::Netlist& netlist, std::size_t rows, std::uint64_t seed) {
    Random random(seed);
    std::vector<std::int64_t> codes;
    codes.reserve(rows * netlist.inputs.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (const ir::Input& input : netlist.inputs) {
            const fx::Interval range = fx::range_of(input.format);
            const int form = row < 3 ? static_cast<int>(row) : static_cast<int>(random.integer(0, 9));
            codes.push_back(form == 0   ? range.lo
                            : form == 1 ? range.hi
                            : form == 2 ? 0
                                        : random.integer(range.lo, range.hi));
        }
    }
    return codes;
}

} // namespace bitgrain::test
