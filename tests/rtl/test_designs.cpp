// Seam C7: pipelined designs, streamed through Verilator with and without bubbles; the measured latency is the
// schedule's.
#include "rtl/design.hpp"

using namespace bitgrain;

namespace {

void require_all(const test::Design& design, const test::Run& run, const std::string& folder = "plain") {
    const test::Scratch scratch(folder);
    test::write_files(design, scratch.path());
    test::require_accepted(design, scratch.path());
    test::require_equal(design, scratch.path(), run);
}

ir::Netlist large_random(std::uint64_t seed) {
    test::RandomOptions options;
    options.inputs = 40;
    options.requests = 1500;
    options.outputs = 60;
    return test::random_netlist(seed, options);
}

} // namespace

TEST_CASE("C7: large random netlists are bit-exact at any pipeline depth", "[rtl][c7]") {
    hw::ScheduleOptions options;
    SECTION("deep, with bubbles") {
        options.clock_ns = 6.0;
        const test::Design design = test::make_design(large_random(11), options);
        CHECK(design.signature.latency_cycles > 8);
        require_all(design, {1000, true, false, 11});
    }
    SECTION("without input and output registers, on a slow device, optimised") {
        options.clock_ns = 60.0;
        options.input_registers = options.output_registers = false;
        require_all(test::make_design(large_random(12), options, "generic"), {1000, true, true, 12});
    }
    SECTION("one stage between input and output registers, back to back, in a folder with a blank") {
        options.clock_ns = 1e5;
        const test::Design design = test::make_design(large_random(13), options);
        CHECK(design.signature.latency_cycles == 2);
        require_all(design, {1000, false, false, 13}, "a folder; $with 'all'");
    }
}

TEST_CASE("C7: small random netlists of every kind are accepted by all three readers", "[rtl][c7]") {
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
        CAPTURE(seed);
        test::RandomOptions options;
        options.requests = seed % 4 == 0 ? 3 : 30;
        const ir::Netlist netlist = test::random_netlist(seed, options);
        hw::ScheduleOptions schedule;
        schedule.clock_ns = seed % 2 == 0 ? 6.0 : 20.0;
        schedule.input_registers = seed % 3 != 0;
        schedule.output_registers = seed % 5 != 0;
        const test::Design design = test::make_design(netlist, schedule);
        const test::Scratch scratch;
        test::write_files(design, scratch.path());
        test::require_accepted(design, scratch.path());
    }
}

TEST_CASE("C7: ports of 10,000 bits and of 1 bit work", "[rtl][c7]") {
    hw::ScheduleOptions options;
    ir::Builder builder("wide");
    SECTION("10,000 bits in and out") {
        std::vector<ir::Signal> in;
        in.reserve(1000);
        for (int i = 0; i < 1000; ++i)
            in.push_back(builder.input("x[" + std::to_string(i) + "]", {true, 5, 4}));
        for (int i = 0; i < 1000; ++i) {
            const ir::Signal sum =
                builder.add(in[static_cast<std::size_t>(i)], in[static_cast<std::size_t>((i + 1) % 1000)]);
            builder.output("y[" + std::to_string(i) + "]",
                           builder.cast(sum, {{true, 5, 4}, fx::Round::trn, fx::Overflow::wrap}));
        }
        const test::Design design = test::make_design(builder.finish(), options);
        CHECK(design.signature.in_width == 10000);
        CHECK(design.signature.out_width == 10000);
        require_all(design, {100, true, false, 3});
    }
    SECTION("1 bit in and out, no registers") {
        builder.output("y", ir::Builder::negate(builder.input("x", {true, 0, 0})));
        const test::Design design = test::make_design(builder.finish(), test::combinational());
        CHECK(design.signature.in_width == 1);
        CHECK(design.signature.out_width == 1);
        require_all(design, {10, false, false, 1});
    }
}

TEST_CASE("C7: constant outputs, dead inputs and ports without bits emit, lint and run", "[rtl][c7]") {
    ir::Builder builder("dead");
    builder.input("x[0]", {true, 7, 0});
    builder.input("x[1]", {true, 7, 0});
    SECTION("some outputs") {
        builder.input("x[2]", {});
        const ir::Signal x = builder.input("x[3]", {true, 3, 2});
        builder.output("y[0]", builder.constant(-5, 2));
        builder.output("y[1]", ir::Builder::zero());
        builder.output("y[2]", ir::Builder::negate(x));
        builder.output("y[3]", ir::Builder::shift(x, 4));
        builder.output("y[4]", builder.constant(12, 0));
        require_all(test::make_design(builder.finish(), {}), {50, true, false, 5});
    }
    SECTION("nothing at all") {
        builder.output("y[0]", ir::Builder::zero());
        const test::Design design = test::make_design(builder.finish(), {});
        CHECK(design.signature.out_width == 1);
        CHECK(design.signature.outputs[0].width == 0);
        require_all(design, {50, true, false, 5});
    }
    SECTION("no input has bits, no register") {
        ir::Builder empty("empty");
        empty.input("x", {});
        empty.output("y", empty.constant(3, 0));
        const test::Design design = test::make_design(empty.finish(), test::combinational());
        CHECK(design.signature.in_width == 1);
        const test::Scratch scratch;
        test::write_files(design, scratch.path());
        test::require_accepted(design, scratch.path());
    }
}
