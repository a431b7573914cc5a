// Finishing, verification, the text form, counts.
#include "base/error.hpp"
#include "ir/builder.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace bitgrain;
using ir::Builder;
using ir::Netlist;
using ir::Signal;

namespace {

const fx::Format u4{false, 4, 0}, s4{true, 3, 2};

/// Every op once.
Netlist example() {
    Builder b("example");
    b.set_origin("in");
    const Signal x = b.input("x[0]", u4), y = b.input("x[1]", s4);
    b.input("x[2]", {false, 0, 0});
    b.input("x[3]", u4);
    b.set_origin("dense_1", 7);
    const Signal dead = b.add(x, y);
    b.add(dead, b.constant(5.0));
    const Signal sum = b.add(Builder::shift(x, 1), Builder::negate(y), b.constant(-0.75));
    const Signal narrow = b.cast(sum, {{true, 3, 1}, fx::Round::rnd, fx::Overflow::sat});
    b.set_origin("act", -1);
    const Signal positive = b.relu(narrow);
    const Signal looked_up =
        b.table(b.cast(x, {{false, 2, 0}, fx::Round::trn, fx::Overflow::wrap}), {{0, 3, 0}, {3, -1, 4, 1}, 0});
    b.set_origin("", -1);
    b.output("y[0]", Builder::negate(Builder::shift(positive, -1)));
    b.output("y[1]", b.mul(looked_up, y));
    b.output("y[2]", Builder::zero());
    return b.finish();
}

} // namespace

TEST_CASE("the text form has a line per node with operands, interval, width and origin", "[ir][text]") {
    const std::string expected = R"(netlist example
unused input x[2]: zero
unused input x[3]: u4.0
n1: u4.0 4 bits [0, 15] = input x[0] @ in
n2: s3.2 6 bits [-32, 31] = input x[1] @ in
n3: u2.0 2 bits [3, 3] = constant 3 @ dense_1[7]
n4: s8.0 9 bits [-34, 149] = add n1<<3 - n2<<2 - n3 @ dense_1[7]
n5: s5.-1 5 bits [-16, 15] = cast n4 to s5.-1 RND SAT @ dense_1[7]
n6: u5.-1 4 bits [0, 15] = select n5 < 0 ? 0 : n5 @ act
n7: u2.0 2 bits [0, 3] = cast n1 to u2.0 TRN WRAP @ act
n8: s3.0 4 bits [-1, 4] = table t0[n7] @ act
n9: s5.2 8 bits [-128, 124] = mul n2 * n8
t0: from 0: 3 -1 4 1
output y[0]: s2.2 5 bits [-15, 0] = -n6>>3
output y[1]: s5.2 8 bits [-128, 124] = n9
output y[2]: zero 0 bits [0, 0] = 0
)";
    CHECK(ir::to_text(example()) == expected);
}

TEST_CASE("finishing removes what no output needs and keeps the ports", "[ir][finish]") {
    const Netlist netlist = example();
    CHECK(netlist.nodes.size() == 10);
    REQUIRE(netlist.inputs.size() == 4);
    CHECK(netlist.inputs[0].node == 1);
    CHECK(netlist.inputs[2].node == 0);
    CHECK(netlist.inputs[3].node == 0);
    CHECK(netlist.inputs[3].format == u4);
    CHECK(netlist.casts.size() == 2);
    CHECK(netlist.outputs.size() == 3);
}

TEST_CASE("a builder is empty after it finished", "[ir][finish]") {
    Builder b("again");
    b.output("y", b.add(b.input("x", u4), b.constant(3.0)));
    const std::string first = ir::to_text(b.finish());
    CHECK(b.netlist().nodes.size() == 1);
    CHECK(b.netlist().inputs.empty());
    b.output("y", b.add(b.input("x", u4), b.constant(3.0)));
    CHECK(ir::to_text(b.finish()) == first);
}

TEST_CASE("nodes that cost logic are counted, wires are not", "[ir][count]") {
    const ir::Counts counts = ir::count(example());
    CHECK(counts.adds == 1);
    CHECK(counts.casts == 1);
    CHECK(counts.selects == 1);
    CHECK(counts.tables == 1);
    CHECK(counts.muls == 1);
}

TEST_CASE("interned nodes keep their first origin and origins carry over to another builder", "[ir][origin]") {
    Builder b("t");
    b.set_origin("first", 2);
    const Signal x = b.input("x", u4), y = b.input("y", u4);
    b.output("s", b.add(x, y));
    b.set_origin("second");
    b.output("t", b.add(y, x));
    const Netlist netlist = b.finish();
    CHECK(netlist.origins[3] == ir::Origin{1, 2});

    Builder copy("u");
    copy.set_origin("other");
    copy.set_origin(netlist.origins[3], netlist);
    copy.output("x", copy.input("x", u4));
    const Netlist copied = copy.finish();
    CHECK(copied.scopes[copied.origins[1].scope] == "first");
    CHECK(copied.origins[1].index == 2);
}

TEST_CASE("verify names the node whose invariant is broken", "[ir][verify]") {
    struct Case {
        const char* what;
        std::size_t node;
        std::function<void(Netlist&)> damage;
    };
    const std::vector<Case> cases = {
        {"operand is not earlier", 4, [](Netlist& n) { n.nodes[4].in[1].node = 4; }},
        {"unknown cast", 5, [](Netlist& n) { n.nodes[5].payload = 9; }},
        {"unknown table", 8, [](Netlist& n) { n.nodes[8].payload = 9; }},
        {"unknown input", 1, [](Netlist& n) { n.nodes[1].payload = 9; }},
        {"operand count", 4, [](Netlist& n) { n.nodes[4].operands = 1; }},
        {"too narrow a cast interval", 5, [](Netlist& n) { n.nodes[5].interval.hi = 14; }},
        {"too wide an add interval", 4, [](Netlist& n) { n.nodes[4].interval.hi = 150; }},
        {"wrong grid", 4, [](Netlist& n) { n.nodes[4].interval.fraction = 3; }},
        {"shift not moved out", 4,
         [](Netlist& n) {
             for (auto& in : n.nodes[4].in)
                 in.shift += 3;
         }},
        {"first operand negative", 4, [](Netlist& n) { std::swap(n.nodes[4].in[0], n.nodes[4].in[1]); }},
        {"even constant", 3,
         [](Netlist& n) {
             n.nodes[3].interval = {6, 6, 0};
         }},
        {"constant interval", 4, [](Netlist& n) { n.nodes[4].interval.hi = n.nodes[4].interval.lo; }},
        {"empty interval", 4, [](Netlist& n) { n.nodes[4].interval.hi = -100; }},
        {"input range", 1, [](Netlist& n) { n.nodes[1].interval.hi = 14; }},
        {"key of a table", 8, [](Netlist& n) { n.tables[0].key.hi = 4; }},
        {"entries of a table", 8, [](Netlist& n) { n.tables[0].codes.push_back(0); }},
        {"sign of a product", 9, [](Netlist& n) { n.nodes[9].in[0].negate = true; }},
        {"equal branches", 6, [](Netlist& n) { n.nodes[6].in[1] = n.nodes[6].in[2]; }},
        {"equal nodes", 7, [](Netlist& n) { n.nodes[7] = n.nodes[5]; }},
        {"unused operand", 5, [](Netlist& n) { n.nodes[5].in[1].node = 1; }},
        {"zero with a sign", 6, [](Netlist& n) { n.nodes[6].in[1].negate = true; }},
    };
    REQUIRE_NOTHROW(ir::verify(example()));
    for (const Case& c : cases) {
        CAPTURE(c.what);
        Netlist netlist = example();
        c.damage(netlist);
        CHECK_THROWS_WITH(ir::verify(netlist), Catch::Contains("node " + std::to_string(c.node) + " "));
    }
}

TEST_CASE("verify refuses ports and tables of the whole that do not fit", "[ir][verify]") {
    const std::vector<std::function<void(Netlist&)>> damages = {
        [](Netlist& n) { n.nodes.clear(); },
        [](Netlist& n) { n.nodes[0].interval.hi = 1; },
        [](Netlist& n) { n.origins.pop_back(); },
        [](Netlist& n) { n.origins[3].scope = 99; },
        [](Netlist& n) { n.scopes[0] = "x"; },
        [](Netlist& n) { n.inputs[3].node = 1; },
        [](Netlist& n) { n.outputs[0].signal.node = 99; },
        [](Netlist& n) { n.outputs[2].signal.shift = 1; },
    };
    for (std::size_t i = 0; i < damages.size(); ++i) {
        CAPTURE(i);
        Netlist netlist = example();
        damages[i](netlist);
        CHECK_THROWS_AS(ir::verify(netlist), InternalError);
    }
}
