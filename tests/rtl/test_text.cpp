// The emitted text itself: a golden file, the same bytes again, names a person can find.
#include "base/error.hpp"
#include "rtl/design.hpp"
#include "rtl/names.hpp"

using namespace bitgrain;

namespace {

/// A layer of two neurons with ReLU, a saturating, a rounding and a table output: one of each thing a design can hold.
ir::Netlist two_layers() {
    ir::Builder b("two_layers");
    std::vector<ir::Signal> x;
    x.reserve(5);
    for (int i = 0; i < 4; ++i)
        x.push_back(b.input("x[" + std::to_string(i) + "]", {true, 3, i}));
    x.push_back(b.input("x[4]", {}));
    b.set_origin("dense_1");
    const ir::Signal shared = b.add(x[0], ir::Builder::shift(x[1], 2));
    std::vector<ir::Signal> h;
    for (int i = 0; i < 2; ++i) {
        b.set_origin("dense_1", i);
        const ir::Signal sum = b.add(shared, ir::Builder::shift(ir::Builder::negate(x[i == 0 ? 2 : 3]), i));
        h.push_back(b.relu(b.add(sum, b.constant(-1.5))));
    }
    b.set_origin("dense_2", 0);
    const ir::Signal last = b.add(h[0], ir::Builder::negate(h[1]));
    b.output("y[0]", b.cast(last, {{true, 3, 2}, fx::Round::rnd_conv, fx::Overflow::sat_sym}));
    b.set_origin("dense_2", 1);
    b.output("y[1]", b.cast(h[0], {{false, 3, 1}, fx::Round::rnd, fx::Overflow::wrap}));
    b.set_origin("lookup", 0);
    ir::Table table;
    const ir::Signal address = b.cast(h[1], {{false, 2, 0}, fx::Round::trn, fx::Overflow::wrap});
    table.key = {0, 3, 0};
    table.codes = {5, -3, 0, 7};
    b.output("y[2]", ir::Builder::negate(b.table(address, table)));
    b.output("y[3]", b.constant(2.5));
    b.output("y[4]", ir::Builder::zero());
    return b.finish();
}

test::Design golden_design(rtl::Layout layout) {
    hw::ScheduleOptions options;
    options.clock_ns = 3.0;
    return test::make_design(two_layers(), options, "xcvu13p", layout);
}

const test::fs::path golden = test::source_folder / "tests" / "golden";

} // namespace

TEST_CASE("a small design is the golden file, byte for byte", "[rtl][golden]") {
    const test::Design design = golden_design(rtl::Layout::flat);
    REQUIRE(design.verilog.files.size() == 1);
    CHECK(design.verilog.files[0].name == "two_layers.v");
    CHECK(design.verilog.cells == std::vector<std::string>{"fx_round", "fx_saturate", "fx_valid"});
    // When the change is meant: write the text that follows to tests/golden/two_layers.v and read the difference.
    CHECK(design.verilog.files[0].text == read_file(golden / "two_layers.v"));
}

TEST_CASE("a module per layer is the golden files, byte for byte", "[rtl][golden]") {
    const test::Design design = golden_design(rtl::Layout::per_layer);
    std::vector<std::string> names;
    for (const rtl::File& file : design.verilog.files) {
        names.push_back(file.name);
        CHECK(file.text == read_file(golden / "per_layer" / file.name));
    }
    CHECK(names == std::vector<std::string>{"two_layers.v", "two_layers_dense_1.v", "two_layers_dense_2.v",
                                            "two_layers_lookup.v"});
}

TEST_CASE("the golden design is accepted by all readers and bit-exact", "[rtl][golden]") {
    const test::Design design = golden_design(GENERATE(rtl::Layout::flat, rtl::Layout::per_layer));
    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    test::require_accepted(design, scratch.path());
    test::require_equal(design, scratch.path(), {2000, true, false, 4});
}

TEST_CASE("the same netlist gives the same bytes", "[rtl]") {
    for (std::uint64_t seed = 50; seed < 60; ++seed) {
        CAPTURE(seed);
        hw::ScheduleOptions options;
        options.clock_ns = 8.0;
        const test::Design a = test::make_design(test::random_netlist(seed), options);
        const test::Design b = test::make_design(test::random_netlist(seed), options);
        REQUIRE(a.verilog.files.size() == b.verilog.files.size());
        for (std::size_t f = 0; f < a.verilog.files.size(); ++f)
            CHECK(a.verilog.files[f].text == b.verilog.files[f].text);
        CHECK(rtl::to_json(a.signature).dump() == rtl::to_json(b.signature).dump());
    }
}

TEST_CASE("no pipeline rank is packed into one register", "[rtl]") {
    const test::Design design = test::make_design(test::random_netlist(3), {}, "xcvu13p", rtl::Layout::flat);
    int widest = 0;
    for (const ir::Node& node : design.netlist.nodes)
        widest = std::max(widest, node.interval.width());
    const std::string& text = design.verilog.files[0].text;
    const std::string declaration = "    reg  [";
    int registers = 0;
    for (std::size_t at = text.find(declaration); at != std::string::npos; at = text.find(declaration, at + 1)) {
        CHECK(std::stoi(text.substr(at + declaration.size())) < widest);
        ++registers;
    }
    CHECK(registers > 0);
}

TEST_CASE("identifiers are legal, whatever the user calls things", "[rtl][names]") {
    CHECK(rtl::legal_identifier("x[3]", "x") == "x_3");
    CHECK(rtl::legal_identifier("dense 1/b", "layer") == "dense_1_b");
    CHECK(rtl::legal_identifier("__a__b__", "x") == "a_b");
    CHECK(rtl::legal_identifier("8x8", "top") == "top_8x8");
    CHECK(rtl::legal_identifier("table", "top") == "top_table");
    CHECK(rtl::legal_identifier("logic", "top") == "top_logic");
    CHECK(rtl::legal_identifier("\xc3\xa9t\xc3\xa9", "x") == "t");
    CHECK(rtl::legal_identifier("", "top") == "top");
    CHECK(rtl::legal_identifier("[]", "top") == "top");
}

TEST_CASE("a name is new together with all its register copies", "[rtl][names]") {
    rtl::Names names({"clk", "a_q2"});
    CHECK(names.claim("a", 1) == "a");
    CHECK(names.claim("a", 1) == "a_2");
    CHECK(names.claim("a_q") == "a_q_2");
    CHECK(names.claim("clk") == "clk_2");
    CHECK(names.claim("b", 0) == "b");
    rtl::Names others({"b_q3"});
    CHECK(others.claim("b", 3) == "b_2");
    CHECK(others.claim("b", 2) == "b");
}

TEST_CASE("hostile and clashing names still make a legal module", "[rtl][names]") {
    ir::Builder b("fx_valid");
    const ir::Signal x = b.input("clk", {true, 3, 0}), y = b.input("in_data", {true, 3, 0});
    const ir::Signal z = b.input("a\nendmodule", {true, 3, 0}), w = b.input("a_q", {true, 3, 0});
    b.set_origin("wire", 1);
    const ir::Signal sum = b.add(x, y);
    b.set_origin("a\n`include \"x\"", 2);
    const ir::Signal sum2 = b.add(sum, z);
    b.set_origin("wire", 1);
    b.output("out_data", b.add(sum2, w));
    b.output("always\n@", ir::Builder::negate(sum2));
    hw::ScheduleOptions options;
    options.clock_ns = 2.0;
    const test::Design design = test::make_design(b.finish(), options);
    CHECK(design.signature.module == "top_fx_valid");
    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    test::require_accepted(design, scratch.path());
}
