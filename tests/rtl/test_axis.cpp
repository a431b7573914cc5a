// The AXI4-Stream wrapper: nothing lost, doubled or reordered whatever the two sides do, and full throughput when they
// do not wait.
#include "base/error.hpp"
#include "rtl/axis.hpp"
#include "rtl/design.hpp"

using namespace bitgrain;

namespace {

test::Design wrapped(test::Design design, std::optional<int> lane) {
    design.signature.axis = rtl::axis(design.signature, lane);
    const rtl::Verilog wrapper = rtl::emit_axis(design.signature);
    design.verilog.files.insert(design.verilog.files.begin(), wrapper.files[0]);
    std::set<std::string> cells(design.verilog.cells.begin(), design.verilog.cells.end());
    cells.insert(wrapper.cells.begin(), wrapper.cells.end());
    design.verilog.cells.assign(cells.begin(), cells.end());
    return design;
}

/// y[0] is the vector's number again, so that a lost or doubled one cannot hide; `extra` more values widen the ports.
test::Design counting(int extra, double clock_ns, std::optional<int> lane) {
    ir::Builder builder("counting");
    const ir::Signal number = builder.input("x[0]", {false, 21, 0});
    builder.output("y[0]", builder.add(number, builder.constant(5)));
    ir::Signal sum = number;
    for (int i = 1; i <= extra; ++i) {
        const ir::Signal x = builder.input("x[" + std::to_string(i) + "]", {true, 6, 2});
        sum = builder.add(sum, x);
        builder.output("y[" + std::to_string(i) + "]", builder.add(sum, ir::Builder::negate(x)));
    }
    hw::ScheduleOptions options;
    options.clock_ns = clock_ns;
    return wrapped(test::make_design(builder.finish(), clock_ns > 0 ? options : test::combinational()), lane);
}

std::vector<std::int64_t> numbered(const test::Design& design, std::size_t rows, std::uint64_t seed) {
    std::vector<std::int64_t> inputs = test::random_inputs(design.netlist, rows, seed);
    for (std::size_t row = 0; row < rows; ++row)
        inputs[row * design.netlist.inputs.size()] = static_cast<std::int64_t>(row);
    return inputs;
}

cosim::Options options(const test::fs::path& folder, bool stalls, std::uint64_t seed) {
    return {folder, test::source_folder / "sim", folder / "sim", true, stalls, seed};
}

void require_streams(const test::Design& design, std::size_t rows, std::uint64_t seed) {
    CAPTURE(seed, design.signature.latency_cycles, design.signature.axis->in_beats, design.signature.axis->out_beats);
    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    test::Design lint = design;
    lint.signature.module = rtl::axis_module(design.signature);
    test::require_accepted(lint, scratch.path());
    const std::vector<std::int64_t> inputs = numbered(design, rows, seed);
    const std::vector<std::int64_t> expected = ir::evaluate(design.netlist, inputs, rows);

    const auto stalled = cosim::simulate_streams(design.signature, inputs, rows, options(scratch.path(), true, seed));
    const bool stalled_same = stalled.outputs == expected; // in a bool: a million numbers are not for reading
    REQUIRE(stalled_same);

    const auto free = cosim::simulate_streams(design.signature, inputs, rows, options(scratch.path(), false, seed));
    const rtl::Axis& axis = *design.signature.axis;
    const bool free_same = free.outputs == expected;
    REQUIRE(free_same);
    CHECK(free.latency_cycles == axis.latency_cycles);
    const auto period = static_cast<std::int64_t>(std::max(axis.in_beats, axis.out_beats));
    CHECK(free.clocks == axis.latency_cycles + static_cast<std::int64_t>(rows - 1) * period + axis.out_beats - 1);
}

} // namespace

TEST_CASE("a million vectors pass the wrapper under random stalls, none lost, doubled or reordered", "[rtl][axis]") {
    require_streams(counting(2, 2.0, std::nullopt), 1000000, 1);
}

TEST_CASE("a wrapper that loses vectors is found, one with a short FIFO is only slower", "[rtl][axis]") {
    const test::Design design = counting(2, 2.0, 32);
    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    const std::size_t rows = 2000;
    const std::vector<std::int64_t> inputs = numbered(design, rows, 9);
    const auto change = [&](const std::string& file, const std::string& from, const std::string& to) {
        std::string text = read_file(scratch.path() / file);
        REQUIRE(text.find(from) != std::string::npos);
        write_file(scratch.path() / file, text.replace(text.find(from), from.size(), to));
    };
    SECTION("a FIFO of two") {
        change("counting_axis.v", ".ADDRESS(2)", ".ADDRESS(1)");
        const auto result = cosim::simulate_streams(design.signature, inputs, rows, options(scratch.path(), true, 9));
        const bool same = result.outputs == ir::evaluate(design.netlist, inputs, rows);
        CHECK(same);
    }
    const auto require_found = [&] {
        try {
            const auto result =
                cosim::simulate_streams(design.signature, inputs, rows, options(scratch.path(), true, 9));
            const bool same = result.outputs == ir::evaluate(design.netlist, inputs, rows);
            CHECK_FALSE(same);
        } catch (const Error& error) {
            CHECK(error.message().find("stopped (status 3)") != std::string::npos);
        }
    };
    SECTION("places are not counted") {
        change("fx_axis.v", "accept & first}", "1'b0}");
        require_found();
    }
    SECTION("the pipeline is not emptied after a reset") {
        change("fx_axis.v", "core_valid_i & drained", "core_valid_i");
        change("fx_axis.v", "drained & (~first_next", "(~first_next");
        require_found();
    }
    SECTION("tlast is a cycle late") {
        change("fx_axis.v", ".LATENCY(LATENCY)) last", ".LATENCY(LATENCY + 1)) last");
        require_found();
    }
}

TEST_CASE("lane widths are whole bytes and one that fits the vector when none is given", "[rtl][axis]") {
    rtl::Signature signature;
    signature.in_width = 33;
    signature.out_width = 7;
    signature.latency_cycles = 4;
    const rtl::Axis axis = rtl::axis(signature, std::nullopt);
    CHECK(axis.in_lane == 40);
    CHECK(axis.out_lane == 8);
    CHECK(axis.in_beats == 1);
    CHECK(axis.fifo_depth == 8);
    signature.in_width = 5000;
    CHECK(rtl::axis(signature, std::nullopt).in_lane == 4096);
    CHECK(rtl::axis(signature, std::nullopt).in_beats == 2);
    for (const int width : {0, -8, 12, 4104})
        CHECK_THROWS_AS(rtl::axis(signature, width), Error);
}

TEST_CASE("wrappers of any shape are exact, clean and as fast as their wider side", "[rtl][axis]") {
    SECTION("several beats in and out, none of them whole") {
        require_streams(counting(9, 2.0, 32), 20000, 2);
    }
    SECTION("more beats out than in") {
        require_streams(counting(3, 3.0, 24), 20000, 3);
    }
    SECTION("lanes wider than the vectors") {
        require_streams(counting(1, 2.0, 64), 20000, 4);
    }
    SECTION("single bytes") {
        require_streams(counting(2, 2.0, 8), 20000, 5);
    }
    SECTION("a deep pipeline, a vector per beat") {
        const test::Design design = counting(30, 1.9, std::nullopt);
        CHECK(design.signature.latency_cycles > 12);
        require_streams(design, 20000, 6);
    }
    SECTION("no registers in the design") {
        require_streams(counting(2, 0, 16), 20000, 7);
        require_streams(counting(2, 0, std::nullopt), 20000, 8);
    }
}
