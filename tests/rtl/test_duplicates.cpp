// Registers that share a value's readers: the same function, and synthesis leaves them apart.
#include "rtl/design.hpp"

using namespace bitgrain;
namespace fs = std::filesystem;

namespace {

hw::ScheduleOptions at_most(int loads) {
    hw::ScheduleOptions options;
    options.max_fanout = loads;
    return options;
}

/// Flip-flops after synthesis.
long synthesised(const test::Design& design, const fs::path& folder) {
    std::string script = "read_verilog";
    for (const std::string& file : test::sources(design))
        script += ' ' + file;
    const cosim::Completed done =
        cosim::run({"yosys", "-p", script + "; synth -flatten -top " + design.signature.module + "; stat"}, folder);
    REQUIRE(done.status == 0);
    const std::string statistics = done.output.substr(done.output.rfind("Number of cells"));
    long count = 0;
    for (std::size_t at = 0; (at = statistics.find("DFF", at)) != std::string::npos; ++at)
        count += std::stol(statistics.substr(statistics.find_first_of(" ", at)));
    return count;
}

} // namespace

TEST_CASE("designs with registers that share readers are bit-exact in every layout", "[rtl][fanout]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 3));
    const rtl::Layout layout = GENERATE(rtl::Layout::flat, rtl::Layout::per_layer);
    CAPTURE(seed);
    hw::ScheduleOptions options = at_most(2);
    options.input_registers = seed != 2;
    const ir::Netlist netlist = test::random_netlist(seed, {});
    options.clock_ns = hw::smallest_clock(test::target("generic"), netlist, options);
    const test::Design design = test::make_design(netlist, options, "generic", layout);
    std::string text;
    for (const rtl::File& file : design.verilog.files)
        text += file.text;
    CHECK(text.find("(* keep = \"true\", dont_merge *)") != std::string::npos);
    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    test::require_accepted(design, scratch.path());
    test::require_equal(design, scratch.path(), {500, true, false, seed});
}

TEST_CASE("synthesis keeps registers that share readers, and merges none", "[rtl][fanout]") {
    ir::Builder builder("wide");
    const ir::Signal x = builder.input("x", {true, 7, 0});
    for (int k = 0; k < 12; ++k) {
        const std::string number = std::to_string(k);
        builder.output("y" + number, builder.add(x, builder.input("z" + number, {true, 7, 0})));
    }
    const ir::Netlist netlist = builder.finish();
    const auto flip_flops = [&](const hw::ScheduleOptions& options) {
        const test::Design design = test::make_design(netlist, options);
        const test::Scratch scratch;
        test::write_files(design, scratch.path());
        const long count = synthesised(design, scratch.path());
        CHECK(count == hw::flip_flops(design.schedule, netlist));
        return count;
    };
    const long plain = flip_flops({});
    CHECK(flip_flops(at_most(4)) == plain + 2 * 8);
}
