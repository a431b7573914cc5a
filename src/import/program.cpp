// Layouts: the cmvm reference, sections 10 (DAIS, version 1) and 12 (ALIR, version 4).
#include "import/program.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <cmath>

namespace bitgrain::import {

namespace {

constexpr int max_shift = 200;

/// One block of either format; they differ in how an operation is written.
class BlockReader {
  public:
    BlockReader(const Json& block, std::string where, bool alir)
        : block_(block), where_(std::move(where)), alir_(alir) {}

    Program read() {
        if (!block_.is_array() || block_.size() < 8 || block_.size() > 9) fail("a block has 8 or 9 entries", where_);
        const auto shape = integers(block_[0], where_ + "[0]");
        if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0)
            fail("the shape is not [inputs, outputs]", where_ + "[0]");
        for (const std::int64_t shift : integers(block_[1], where_ + "[1]"))
            program_.input_shifts.push_back(small(shift, where_ + "[1]"));
        if (program_.input_shifts.size() != static_cast<std::size_t>(shape[0])) {
            fail("the input shifts do not match the shape", where_ + "[1]");
        }
        if (block_.size() == 9 && !block_[8].is_null()) read_tables(block_[8]);
        if (!block_[5].is_array()) fail("the operations are not a list", where_ + "[5]");
        for (std::size_t n = 0; n < block_[5].size(); ++n)
            read_operation(block_[5][n], n);
        read_outputs(static_cast<std::size_t>(shape[1]));
        return std::move(program_);
    }

  private:
    [[noreturn]] static void fail(const std::string& message, const std::string& place) { throw Error(message, place); }

    /// Whole numbers; 0.0 and -0.0 are in use.
    static std::int64_t integer(const Json& json, const std::string& place) {
        if (json.is_boolean()) return json.get<bool>() ? 1 : 0;
        if (json.is_number_integer()) return json.get<std::int64_t>();
        if (json.is_number_float()) {
            const double value = json.get<double>();
            if (value == std::floor(value) && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
        }
        fail("is not a whole number", place);
    }
    static std::vector<std::int64_t> integers(const Json& json, const std::string& place) {
        if (!json.is_array()) fail("is not a list", place);
        std::vector<std::int64_t> list;
        for (const Json& item : json)
            list.push_back(integer(item, place));
        return list;
    }
    static int small(std::int64_t value, const std::string& place) {
        if (value < -max_shift || value > max_shift) fail("a shift is out of range", place);
        return static_cast<int>(value);
    }
    static double number(const Json& json, const std::string& place) {
        if (!json.is_number()) fail("is not a number", place);
        const double value = json.get<double>();
        if (!std::isfinite(value)) fail("is not finite", place);
        return value;
    }
    static int fraction_of(double step, const std::string& place) {
        int exponent = 0;
        if (!(step > 0) || std::frexp(step, &exponent) != 0.5 || std::abs(exponent) > max_shift) {
            fail("a step is not a power of two", place);
        }
        return 1 - exponent;
    }

    /// The container of an interval: signed when min < 0, the integer bits that min and max need.
    static void set_interval(Operation& operation, const Json& json, const std::string& place) {
        if (!json.is_array() || json.size() != 3) fail("the interval is not [min, max, step]", place);
        operation.lo = number(json[0], place);
        operation.hi = number(json[1], place);
        if (operation.lo > operation.hi) fail("the interval is empty", place);
        if (operation.lo == 0 && operation.hi == 0) return;
        const double step = number(json[2], place);
        const int fraction = fraction_of(step, place);
        const double steps = std::max(-operation.lo / step, operation.hi / step + 1);
        if (!(steps >= 1) || std::floor(operation.lo / step) != operation.lo / step)
            fail("the interval is off its grid", place);
        const int integer = static_cast<int>(std::ceil(std::log2(steps))) - fraction;
        operation.container = {operation.lo < 0, integer, fraction};
        if (operation.container.width() > fx::max_exact_bits) fail("more than 53 bits", place);
    }

    std::size_t causal(std::int64_t id, std::size_t n, const std::string& place) const {
        if (id < 0 || static_cast<std::size_t>(id) >= n) fail("reads an operation that does not come before it", place);
        return static_cast<std::size_t>(id);
    }

    void read_operation(const Json& json, std::size_t n) {
        const std::string place = where_ + "[5][" + std::to_string(n) + "]";
        if (!json.is_array() || json.size() != (alir_ ? 6 : 7))
            fail("the operation has a wrong number of entries", place);
        Operation operation;
        set_interval(operation, json[alir_ ? 3 : 4], place);
        if (alir_) {
            std::vector<std::size_t> address;
            for (const std::int64_t id : integers(json[0], place))
                address.push_back(causal(id, n, place));
            alir(operation, integer(json[1], place), address, integers(json[2], place), place);
        } else {
            const auto id = [&](std::size_t at) { return causal(integer(json[at], place), n, place); };
            dais(operation, integer(json[2], place), id, integer(json[0], place), integer(json[3], place), n, place);
        }
        if (operation.code == Code::input && operation.index >= program_.input_shifts.size()) {
            fail("reads an input that does not exist", place);
        }
        if (operation.code == Code::table && operation.index >= program_.tables.size()) {
            fail("reads a table that does not exist", place);
        }
        program_.operations.push_back(std::move(operation));
    }

    /// -fraction of the result: constants are written in its steps.
    static double in_steps(std::int64_t value, const Operation& operation) {
        return std::ldexp(static_cast<double>(value), -operation.container.fraction);
    }

    template <class Id>
    void dais(Operation& operation, std::int64_t opcode, Id id, std::int64_t first, std::int64_t data, std::size_t n,
              const std::string& place) const {
        const bool negate = opcode < -1;
        switch (opcode) {
        case -1:
            operation.code = Code::input;
            if (first < 0) fail("reads an input that does not exist", place);
            operation.index = static_cast<std::size_t>(first);
            return;
        case 0:
        case 1:
            operation.terms = {{id(0), 0, false}, {id(1), small(data, place), opcode == 1}};
            return;
        case 2:
        case -2:
        case 3:
        case -3:
            operation.code = std::abs(opcode) == 2 ? Code::relu : Code::cut;
            operation.terms = {{id(0), 0, negate}};
            return;
        case 4:
            operation.terms = {{id(0), 0, false}};
            operation.constant = in_steps(data, operation);
            return;
        case 5:
            operation.constant = in_steps(data, operation);
            return;
        case 6:
        case -6: {
            // The low word is the condition, the high word the signed shift of the other branch.
            const auto word = static_cast<std::uint64_t>(data);
            const auto condition = static_cast<std::int64_t>(word % (std::uint64_t{1} << 32));
            const auto high = static_cast<std::int64_t>(word / (std::uint64_t{1} << 32));
            const std::int64_t shift = high >= (std::int64_t{1} << 31) ? high - (std::int64_t{1} << 32) : high;
            operation.code = Code::select;
            operation.terms = {
                {causal(condition, n, place), 0, false}, {id(0), 0, false}, {id(1), small(shift, place), negate}};
            return;
        }
        case 7:
            operation.code = Code::product;
            operation.terms = {{id(0), 0, false}, {id(1), 0, false}};
            return;
        case 8:
            operation.code = Code::table;
            operation.terms = {{id(0), 0, false}};
            operation.index = static_cast<std::size_t>(data); // a negative one is out of range too
            return;
        case 9:
        case -9:
            bits(operation, {id(0), 0, negate}, data, place);
            return;
        case 10: {
            // Bits 0-31: the signed shift of the second operand, 32 and 33: minus signs, 56-63: which operation.
            const auto word = static_cast<std::uint64_t>(data);
            const std::uint64_t flags = word / (std::uint64_t{1} << 32);
            const auto low = static_cast<std::int32_t>(static_cast<std::uint32_t>(word));
            if (flags / 4 % (1 << 22) != 0) fail("a bit operation's data has bits that are not known", place);
            pair(operation, {id(0), 0, flags % 2 == 1}, {id(1), small(low, place), flags / 2 % 2 == 1},
                 static_cast<std::int64_t>(flags / (1 << 24)), place);
            return;
        }
        default:
            throw Error("opcode " + std::to_string(opcode) + " is not known", place,
                        "DAIS version 1 has -1 to 10, -2, -3, -6, -9");
        }
    }

    void alir(Operation& operation, std::int64_t opcode, const std::vector<std::size_t>& address,
              const std::vector<std::int64_t>& data, const std::string& place) const {
        const auto need = [&](std::size_t addresses, std::size_t numbers) {
            if (address.size() != addresses || data.size() != numbers) fail("the operation has a wrong form", place);
        };
        switch (opcode) {
        case -1:
            need(0, 1);
            operation.code = Code::input;
            operation.index = static_cast<std::size_t>(data[0]);
            return;
        case -2:
            need(1, 0);
            operation.terms = {{address[0], 0, true}};
            return;
        case 0:
        case 1:
            need(2, 1);
            operation.terms = {{address[0], 0, false}, {address[1], small(data[0], place), opcode == 1}};
            return;
        case 2:
            need(1, 0);
            operation.code = Code::relu;
            operation.terms = {{address[0], 0, false}};
            return;
        case 3:
            need(1, 1);
            operation.code = Code::cut;
            operation.terms = {{address[0], small(data[0], place), false}};
            return;
        case 4:
            need(1, 2);
            operation.terms = {{address[0], 0, false}};
            operation.constant = std::ldexp(static_cast<double>(data[0]), -small(data[1], place));
            return;
        case 5:
            need(0, 1);
            operation.constant = in_steps(data[0], operation);
            return;
        case 6:
            need(3, 1);
            operation.code = Code::select;
            operation.terms = {
                {address[2], 0, false}, {address[0], 0, false}, {address[1], small(data[0], place), false}};
            return;
        case 7:
            need(2, 0);
            operation.code = Code::product;
            operation.terms = {{address[0], 0, false}, {address[1], 0, false}};
            return;
        case 8:
            need(1, 1);
            operation.code = Code::table;
            operation.terms = {{address[0], 0, false}};
            operation.index = static_cast<std::size_t>(data[0]);
            return;
        case 9:
            need(1, 1);
            bits(operation, {address[0], 0, false}, data[0], place);
            return;
        case 10:
            need(2, 2);
            pair(operation, {address[0], 0, false}, {address[1], small(data[0], place), false}, data[1], place);
            return;
        case 11:
            need(data.size() / 2, address.size() * 2);
            if (address.empty()) fail("a sum of nothing", place);
            for (std::size_t i = 0; i < address.size(); ++i) {
                if (data[2 * i] != 0 && data[2 * i] != 1) fail("a sign is neither 0 nor 1", place);
                operation.terms.push_back({address[i], small(data[2 * i + 1], place), data[2 * i] == 0});
            }
            return;
        default:
            throw Error("opcode " + std::to_string(opcode) + " is not known", place, "ALIR version 4 has -2 to 11");
        }
    }

    static void bits(Operation& operation, const Term& term, std::int64_t kind, const std::string& place) {
        if (kind < 0 || kind > 2) fail("the bit operation is not known", place);
        operation.code = kind == 0 ? Code::bit_not : kind == 1 ? Code::bit_any : Code::bit_all;
        operation.terms = {term};
    }

    static void pair(Operation& operation, const Term& a, const Term& b, std::int64_t kind, const std::string& place) {
        if (kind < 0 || kind > 2) fail("the bit operation is not known", place);
        operation.code = kind == 0 ? Code::bit_and : kind == 1 ? Code::bit_or : Code::bit_xor;
        operation.terms = {a, b};
    }

    void read_tables(const Json& list) {
        if (!list.is_array()) fail("the tables are not a list", where_ + "[8]");
        for (const Json& item : list) {
            JsonReader reader(item, where_ + "[8]");
            JsonReader spec = reader.at("spec");
            spec.has("hash");
            spec.has("inp_width");
            JsonReader out = spec.at("out_qint");
            LookUp& table = program_.tables.emplace_back();
            table.fraction = fraction_of(out.get<double>("step"), out.where());
            table.codes = integers(reader.at("table").json(), reader.where());
        }
    }

    void read_outputs(std::size_t count) {
        const auto ids = integers(block_[2], where_ + "[2]"), shifts = integers(block_[3], where_ + "[3]"),
                   negative = integers(block_[4], where_ + "[4]");
        if (ids.size() != count || shifts.size() != count || negative.size() != count) {
            fail("the lists of outputs do not match the shape", where_);
        }
        for (std::size_t j = 0; j < count; ++j) {
            if (ids[j] == -1) {
                program_.outputs.emplace_back();
                continue;
            }
            const std::size_t operation = causal(ids[j], program_.operations.size(), where_ + "[2]");
            program_.outputs.emplace_back(Term{operation, small(shifts[j], where_ + "[3]"), negative[j] != 0});
        }
    }

    const Json& block_;
    std::string where_;
    bool alir_;
    Program program_;
};

bool is_block(const Json& json) {
    return json.is_array() && json.size() >= 8 && json.size() <= 9 && json[0].is_array() && json[5].is_array();
}

} // namespace

bool is_program(const Json& json) {
    if (json.is_object()) return json.contains("meta") && json.contains("model");
    return is_block(json) || (json.is_array() && json.size() == 1 && json[0].is_array());
}

std::vector<Program> read_programs(const Json& json, const std::string& where) {
    if (json.is_object()) {
        JsonReader reader(json, where);
        if (reader.at("meta").json() != "ALIRModel") reader.at("meta").fail("is not ALIRModel");
        if (const auto version = reader.get<int>("spec_version"); version != 4) {
            reader.at("spec_version").fail("is " + std::to_string(version), "version 4 is supported");
        }
        const Json& block = reader.at("model").json();
        reader.finish();
        return {BlockReader(block, where + ": model", true).read()};
    }
    if (is_block(json)) return {BlockReader(json, where, false).read()};
    std::vector<Program> stages;
    if (json.is_array() && json.size() == 1 && json[0].is_array()) {
        for (std::size_t s = 0; s < json[0].size(); ++s)
            stages.push_back(BlockReader(json[0][s], where + ": [0][" + std::to_string(s) + "]", false).read());
    }
    if (stages.empty()) throw Error("is neither an ALIR nor a DAIS program", where);
    for (std::size_t s = 1; s < stages.size(); ++s) {
        if (stages[s].input_shifts.size() != stages[s - 1].outputs.size()) {
            throw Error("stage " + std::to_string(s) + " does not read what the stage before it makes", where);
        }
    }
    return stages;
}

} // namespace bitgrain::import
