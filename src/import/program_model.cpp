#include "import/program_model.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "import/input_formats.hpp"
#include "model/builder.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::import {

using model::Block;
using model::Builder;
using model::Tensor;

namespace {

/// Bits of a value that are looked at one pattern at a time.
constexpr int max_pattern_bits = 12;
/// Of each of two values, in one table: the pair fits a LUT.
constexpr int pair_bits = 3;

class Translator {
  public:
    Translator(const Program& program, std::vector<Tensor> inputs, std::size_t stage, std::string where,
               Builder& builder)
        : program_(program), inputs_(std::move(inputs)), where_(std::move(where)), builder_(builder) {
        if (stage > 0) prefix_ = "stage" + std::to_string(stage) + ".";
    }

    std::vector<Tensor> run() {
        for (now_ = 0; now_ < program_.operations.size(); ++now_)
            values_.push_back(value(program_.operations[now_]));
        std::vector<Tensor> outputs;
        for (const auto& output : program_.outputs) {
            if (!output) {
                outputs.push_back(combine({}, 0.0));
            } else {
                outputs.push_back(signed_value(*output));
            }
        }
        return outputs;
    }

  private:
    [[noreturn]] void fail(const std::string& message) const {
        throw Error(message, where_ + ": operation " + std::to_string(now_));
    }
    std::string name() const { return prefix_ + "op" + std::to_string(now_); }

    /// Sum of terms of tensors with real factors.
    Tensor combine(const std::vector<std::pair<Tensor, double>>& terms, double constant) {
        Block block;
        block.outputs = {0};
        block.bias = {constant};
        std::vector<Tensor> operands;
        std::vector<std::int64_t> index;
        for (const auto& [tensor, factor] : terms) {
            std::size_t at = 0; // the same operand twice is one row
            while (at < operands.size() && operands[at].value != tensor.value)
                ++at;
            if (at == operands.size()) {
                operands.push_back(tensor);
                index.push_back(static_cast<std::int64_t>(at));
                block.weights.push_back(0);
            }
            block.weights[at] += factor;
        }
        if (operands.empty()) { // a constant still needs something to stand on
            operands.push_back(inputs_.at(0));
            index.push_back(-1);
            block.weights.push_back(0);
        }
        for (std::size_t i = 0; i < index.size(); ++i)
            block.inputs.push_back(static_cast<std::int64_t>(i));
        const Tensor rows = builder_.gather(name(), operands, index, {index.size()});
        return builder_.blocks(name(), rows, {block}, {1});
    }

    Tensor signed_value(const Term& term) {
        const Tensor& x = values_[term.operation];
        if (term.shift == 0 && !term.negate) return x;
        return combine({{x, factor(term)}}, 0.0);
    }
    static double factor(const Term& term) { return std::ldexp(term.negate ? -1.0 : 1.0, term.shift); }

    Tensor cut(const Tensor& x, const fx::Format& container) {
        return builder_.cast(name(), x, {fx::Cast{container, fx::Round::trn, fx::Overflow::wrap}});
    }

    const fx::Format& container(const Term& term) const { return program_.operations[term.operation].container; }

    Tensor input(const Operation& operation) {
        const int shift = program_.input_shifts[operation.index];
        const Tensor& x = inputs_[operation.index];
        // x * 2^shift cut to the container is x cut to the shifted container, times 2^shift.
        fx::Format format = operation.container;
        format.integer -= shift;
        format.fraction += shift;
        const Tensor y = cut(x, format);
        return shift == 0 ? y : combine({{y, std::ldexp(1.0, shift)}}, 0.0);
    }

    /// 1 when the container's top bit is set, else 0.
    Tensor top_bit(const Term& term) {
        const fx::Format& format = container(term);
        if (format.is_zero()) return combine({}, 0.0);
        const int weight = format.sign ? format.integer : format.integer - 1; // the bit is worth -+2^weight
        const fx::Format bit{format.sign, format.integer, -weight};
        const Tensor top = cut(values_[term.operation], bit);
        return combine({{top, std::ldexp(format.sign ? -1.0 : 1.0, -weight)}}, 0.0);
    }

    /// condition = a - b chooses between the same a and b: a minimum or a maximum.
    std::optional<Tensor> extremum(const Operation& operation) {
        const Term &when_set = operation.terms[1], &when_clear = operation.terms[2];
        const Operation& difference = program_.operations[operation.terms[0].operation];
        if (difference.code != Code::sum || difference.terms.size() != 2 || difference.constant != 0 ||
            !difference.container.sign) {
            return std::nullopt;
        }
        Term a = difference.terms[0], b = difference.terms[1];
        if (a.negate == b.negate) return std::nullopt;
        if (a.negate) std::swap(a, b);
        b.negate = false; // a - b
        if (when_set.negate || when_clear.negate) return std::nullopt;
        const bool minimum = when_set == a && when_clear == b;
        const bool maximum = when_set == b && when_clear == a;
        if (!minimum && !maximum) return std::nullopt;
        const double sign = minimum ? -1.0 : 1.0;
        const Tensor pair = builder_.gather(name(),
                                            {combine({{values_[a.operation], sign * factor(a)}}, 0.0),
                                             combine({{values_[b.operation], sign * factor(b)}}, 0.0)},
                                            {0, 1}, {1, 2});
        const Tensor larger = builder_.reduce(name(), pair, model::Reduce::Kind::max);
        return minimum ? combine({{larger, -1.0}}, 0.0) : larger;
    }

    Tensor select(const Operation& operation) {
        if (const auto y = extremum(operation)) return cut(*y, operation.container);
        const Term &when_set = operation.terms[1], &when_clear = operation.terms[2];
        const Tensor difference = combine(
            {{values_[when_set.operation], factor(when_set)}, {values_[when_clear.operation], -factor(when_clear)}},
            0.0);
        const Tensor chosen = builder_.multiply(name(), top_bit(operation.terms[0]), difference);
        const Tensor y = combine({{chosen, 1.0}, {values_[when_clear.operation], factor(when_clear)}}, 0.0);
        return cut(y, operation.container);
    }

    /// The value must be inside `key`; one entry per code.
    Tensor look_up(const Tensor& x, const fx::Format& key, std::vector<double> values) {
        return builder_.table(name(), cut(x, key), model::Table{{{key, std::move(values)}}, {0}});
    }

    Tensor table(const Operation& operation) {
        const Term& term = operation.terms[0];
        const Operation& key = program_.operations[term.operation];
        const LookUp& content = program_.tables[operation.index];
        const fx::Format& format = key.container;
        if (format.width() > 20) fail("the table has more than 20 address bits");
        if (format.is_zero()) {
            if (content.codes.empty()) fail("the table is empty");
            return combine({}, fx::to_double(content.codes[0], content.fraction));
        }
        // The table starts at the key interval's least value; other codes of the container never occur.
        const auto first = static_cast<std::int64_t>(std::ldexp(key.lo, format.fraction)) - format.min_code();
        const auto used = static_cast<std::int64_t>(std::ldexp(key.hi - key.lo, format.fraction)) + 1;
        if (static_cast<std::int64_t>(content.codes.size()) != used) {
            fail("the table has " + std::to_string(content.codes.size()) + " entries for " + std::to_string(used) +
                 " values");
        }
        std::vector<double> values(std::size_t{1} << format.width(), 0.0);
        for (std::int64_t i = 0; i < used; ++i) {
            values[static_cast<std::size_t>(first + i)] =
                fx::to_double(content.codes[static_cast<std::size_t>(i)], content.fraction);
        }
        return look_up(values_[term.operation], format, std::move(values));
    }

    Tensor bit_pattern(const Operation& operation) {
        const Term& term = operation.terms[0];
        const fx::Format& format = container(term);
        if (term.negate) fail("a bit operation on a negated value is not supported");
        if (operation.code == Code::bit_not) {
            if (operation.container.width() != format.width() || operation.container.fraction != format.fraction) {
                fail("a NOT that changes the width is not supported");
            }
            const double step = std::ldexp(1.0, -format.fraction);
            return cut(combine({{values_[term.operation], -1.0}}, -step), operation.container);
        }
        if (format.is_zero() || format.width() > max_pattern_bits) {
            fail("a bit reduction of " + std::to_string(format.width()) + " bits is not supported");
        }
        std::vector<double> values(std::size_t{1} << format.width(), 0.0);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::int64_t code = format.min_code() + static_cast<std::int64_t>(i);
            const bool all = format.sign ? code == -1 : code == format.max_code();
            values[i] = operation.code == Code::bit_any ? code != 0 : all;
        }
        return cut(look_up(values_[term.operation], format, std::move(values)), operation.container);
    }

    /// Bits position .. position + count - 1 of a value, as a whole number.
    Tensor piece(const Tensor& x, int position, int count) {
        const Tensor bits = cut(x, {false, position + count, -position});
        return combine({{bits, std::ldexp(1.0, -position)}}, 0.0);
    }

    /// Every value of both terms, in one format.
    fx::Format joint_container(const std::vector<Term>& terms) const {
        std::optional<fx::Format> joint;
        for (const Term& term : terms) {
            fx::Format format = container(term);
            if (format.is_zero()) continue;
            format.integer += term.shift + (term.negate && format.sign ? 1 : 0); // -(-8) = 8
            format.fraction -= term.shift;
            format.sign = format.sign || term.negate;
            if (!joint) joint = format;
            *joint = {joint->sign || format.sign, std::max(joint->integer, format.integer),
                      std::max(joint->fraction, format.fraction)};
        }
        return joint.value_or(fx::Format{});
    }

    /// AND, OR or XOR: small pieces of both values side by side, each pair looked up.
    Tensor bit_pair(const Operation& operation) {
        const fx::Format format = joint_container(operation.terms);
        if (format.is_zero()) return combine({}, 0.0);
        if (operation.container.fraction != format.fraction) {
            fail("a bit operation whose result is not on the finer grid of its operands is not supported");
        }
        const Tensor a = signed_value(operation.terms[0]), b = signed_value(operation.terms[1]);
        const int top = format.integer + (format.sign ? 1 : 0);
        std::vector<std::pair<Tensor, double>> pieces;
        for (int position = -format.fraction; position < top; position += pair_bits) {
            const int count = std::min(pair_bits, top - position);
            const auto codes = static_cast<std::size_t>(std::ldexp(1.0, count));
            std::vector<double> values;
            for (std::size_t i = 0; i < codes * codes; ++i) {
                const std::size_t x = i / codes, y = i % codes;
                values.push_back(static_cast<double>(operation.code == Code::bit_and  ? x & y
                                                     : operation.code == Code::bit_or ? x | y
                                                                                      : x ^ y));
            }
            const Tensor key = combine(
                {{piece(a, position, count), static_cast<double>(codes)}, {piece(b, position, count), 1.0}}, 0.0);
            pieces.emplace_back(look_up(key, {false, 2 * count, 0}, std::move(values)), std::ldexp(1.0, position));
        }
        return cut(combine(pieces, 0.0), format);
    }

    Tensor value(const Operation& operation) {
        switch (operation.code) {
        case Code::input:
            return input(operation);
        case Code::sum: {
            std::vector<std::pair<Tensor, double>> terms;
            for (const Term& term : operation.terms)
                terms.emplace_back(values_[term.operation], factor(term));
            return combine(terms, operation.constant);
        }
        case Code::relu:
            return cut(builder_.relu(name(), signed_value(operation.terms[0])), operation.container);
        case Code::cut:
            return cut(signed_value(operation.terms[0]), operation.container);
        case Code::select:
            return select(operation);
        case Code::product:
            return builder_.multiply(name(), values_[operation.terms[0].operation],
                                     values_[operation.terms[1].operation]);
        case Code::table:
            return table(operation);
        case Code::bit_not:
        case Code::bit_any:
        case Code::bit_all:
            return bit_pattern(operation);
        case Code::bit_and:
        case Code::bit_or:
        case Code::bit_xor:
            return bit_pair(operation);
        }
        CHECK(false, "an operation");
    }

    const Program& program_;
    std::vector<Tensor> inputs_;
    std::string where_, prefix_;
    Builder& builder_;
    std::vector<Tensor> values_;
    std::size_t now_ = 0;
};

} // namespace

model::Model model_of(const std::vector<Program>& stages, const std::string& name, const std::string& where) {
    const std::size_t count = stages.front().input_shifts.size();
    if (count == 0) throw Error("the program has no inputs", where);
    if (stages.back().outputs.empty()) throw Error("the program has no outputs", where);
    Builder builder(name);
    const Tensor x = builder.input("x", {count});
    std::vector<Tensor> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(builder.gather("x", {x}, {static_cast<std::int64_t>(i)}, {1}));
    for (std::size_t s = 0; s < stages.size(); ++s)
        values = Translator(stages[s], std::move(values), s, where, builder).run();
    std::vector<std::int64_t> index;
    for (std::size_t j = 0; j < values.size(); ++j)
        index.push_back(static_cast<std::int64_t>(j));
    builder.output("y", builder.gather("y", values, std::move(index), {values.size()}));
    model::Model model = std::move(builder.model());
    set_input_formats(model, where);
    model.facts["imported_from"] = where;
    model::validate(model, where);
    return model;
}

} // namespace bitgrain::import
