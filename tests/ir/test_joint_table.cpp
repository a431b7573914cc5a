#include "base/random.hpp"
#include "fx/arithmetic.hpp"
#include "ir/evaluate.hpp"
#include "ir/joint_table.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using ir::Builder;
using ir::Signal;

TEST_CASE("a joint table looks up every combination of its inputs", "[ir][table]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Builder b("t");
        std::vector<Signal> inputs;
        std::vector<fx::Format> formats;
        std::size_t combinations = 1;
        for (std::int64_t k = 0, n = random.integer(1, 3); k < n; ++k) {
            const bool sign = random.chance(0.5);
            const int width = static_cast<int>(random.integer(sign ? 2 : 1, 3));
            const int fraction = static_cast<int>(random.integer(-2, 4));
            formats.push_back({sign, width - fraction - (sign ? 1 : 0), fraction});
            inputs.push_back(b.input("x" + std::to_string(k), formats.back()));
            combinations *= static_cast<std::size_t>(fx::shift_left(1, width));
        }
        std::vector<std::int64_t> entries;
        for (std::size_t k = 0; k < combinations; ++k)
            entries.push_back(random.integer(-40, 40));
        b.output("y", ir::joint_table(b, inputs, entries, 3));
        const ir::Netlist netlist = b.finish();

        std::vector<std::int64_t> rows;
        for (std::size_t k = 0; k < combinations; ++k) {
            std::size_t rest = k;
            for (const fx::Format& format : formats) {
                const auto codes = static_cast<std::size_t>(format.max_code() - format.min_code() + 1);
                rows.push_back(format.min_code() + static_cast<std::int64_t>(rest % codes));
                rest /= codes;
            }
        }
        const auto outputs = ir::evaluate(netlist, rows, combinations);
        const int fraction = ir::output_format(netlist, 0).fraction;
        for (std::size_t k = 0; k < combinations; ++k)
            REQUIRE(fx::to_double(outputs[k], fraction) == fx::to_double(entries[k], 3));
    }
}

TEST_CASE("a joint table of sums reads what the sums can be", "[ir][table]") {
    Builder b("t");
    const Signal x = b.input("x", {true, 1, 0}), y = b.input("y", {false, 1, 0});
    const Signal sum = b.add(x, y);    // -2 .. 2
    std::vector<std::int64_t> entries; // 10 * sum + y
    for (std::int64_t code = 0; code <= 1; ++code)
        for (std::int64_t of_sum = -2; of_sum <= 2; ++of_sum)
            entries.push_back(10 * of_sum + code);
    const Signal inputs[] = {sum, y};
    b.output("z", ir::joint_table(b, inputs, entries, 0));
    const ir::Netlist netlist = b.finish();
    CHECK(ir::count(netlist).adds == 1 + 1); // the concatenation is an add that costs nothing
    CHECK(ir::evaluate(netlist, std::vector<std::int64_t>{-2, 1, 1, 1, 1, 0}, 3) ==
          std::vector<std::int64_t>{-9, 21, 10});
}
