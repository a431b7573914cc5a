// What each pass is for, on netlists made for it.
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"
#include "ir/evaluate.hpp"
#include "opt/cost.hpp"
#include "opt/passes.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace bitgrain;
using fx::Overflow;
using fx::Round;
using ir::Builder;
using ir::Netlist;
using ir::Signal;

namespace {

const fx::Format s8{true, 7, 0}, s8_4{true, 3, 4};

/// Both netlists on every input of two inputs of 8 bits, output formats included.
void check_same_function(const Netlist& before, const Netlist& after) {
    std::vector<std::int64_t> inputs;
    for (const std::int64_t x : {-128, -127, -99, -64, -33, -17, -5, -1, 0, 1, 2, 7, 16, 31, 64, 100, 127}) {
        for (std::int64_t y = -128; y < 128; ++y) {
            inputs.push_back(x);
            inputs.push_back(y);
        }
    }
    REQUIRE(ir::output_format(after, 0).fraction == ir::output_format(before, 0).fraction);
    CHECK(ir::evaluate(after, inputs, inputs.size() / 2) == ir::evaluate(before, inputs, inputs.size() / 2));
}

Signal wrap(Builder& b, Signal a, const fx::Format& format) {
    return b.cast(a, {format, Round::trn, Overflow::wrap});
}

int widest_add(const Netlist& netlist) {
    int width = 0;
    for (const ir::Node& node : netlist.nodes) {
        if (node.op == ir::Op::add) width = std::max(width, node.interval.width());
    }
    return width;
}

} // namespace

TEST_CASE("passes are listed once, with a purpose", "[opt]") {
    std::set<std::string> names;
    for (const opt::Pass& pass : opt::pipeline()) {
        CHECK(names.insert(pass.name).second);
        CHECK_FALSE(pass.purpose.empty());
    }
}

TEST_CASE("statistics name every pass and tell what it saved", "[opt]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    b.output("z", wrap(b, b.add(b.add(x, Builder::shift(y, 4)), b.constant(3.0)), {false, 4, 0}));
    const Netlist netlist = b.finish();
    std::vector<opt::Stats> stats;
    const Netlist after = opt::optimize(netlist, {3}, &stats);
    REQUIRE(stats.size() >= opt::pipeline().size());
    for (std::size_t i = 0; i < opt::pipeline().size(); ++i)
        CHECK(stats[i].pass == opt::pipeline()[i].name);
    CHECK(stats.front().bits_before == opt::cost(netlist).logic);
    CHECK(stats.front().nodes_before == netlist.nodes.size());
    CHECK(stats.back().nodes_after == after.nodes.size());
    CHECK(stats.back().bits_after == opt::cost(after).logic);
    CHECK(opt::cost(after).logic < opt::cost(netlist).logic);
}

TEST_CASE("rounding disappears into a constant", "[opt][fold_rounding]") {
    for (const Overflow overflow : {Overflow::wrap, Overflow::sat, Overflow::sat_sym}) {
        for (const bool negate : {false, true}) {
            CAPTURE(fx::name(overflow), negate);
            Builder b("t");
            const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
            const Signal sum = b.add(x, b.constant(1.25), Builder::negate(y));
            const Signal edge = negate ? Builder::negate(sum) : sum;
            b.output("z", b.cast(edge, {{true, 3, 1}, Round::rnd, overflow}));
            const Netlist before = b.finish();
            const Netlist after = opt::fold_rounding(before);
            check_same_function(before, after);
            for (const fx::Cast& cast : after.casts)
                CHECK(cast.round == Round::trn);
            CHECK(ir::count(after).adds == 1);
        }
    }
}

TEST_CASE("rounding disappears through a ReLU", "[opt][fold_rounding]") {
    for (const Overflow overflow : {Overflow::wrap, Overflow::sat}) {
        CAPTURE(fx::name(overflow));
        Builder b("t");
        const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
        const Signal relu = b.relu(b.add(x, y, b.constant(-0.5)));
        b.output("z", b.cast(relu, {{false, 2, 1}, Round::rnd, overflow}));
        const Netlist before = b.finish();
        const Netlist after = opt::fold_rounding(before);
        check_same_function(before, after);
        for (const fx::Cast& cast : after.casts)
            CHECK(cast.round == Round::trn);
        CHECK(ir::count(after).adds == 1);
    }
}

TEST_CASE("rounding of a negated ReLU stays", "[opt][fold_rounding]") {
    Builder b("t");
    const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
    const Signal relu = b.relu(b.add(x, y, b.constant(-0.5)));
    b.output("z", b.cast(Builder::negate(relu), {{true, 2, 1}, Round::rnd, Overflow::wrap}));
    const Netlist before = b.finish();
    CHECK(ir::to_text(opt::fold_rounding(before)) == ir::to_text(before));
}

TEST_CASE("rounding of a sum that others read stays", "[opt][fold_rounding]") {
    Builder b("t");
    const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
    const Signal sum = b.add(x, y, b.constant(1.25));
    b.output("z", b.cast(sum, {{true, 3, 1}, Round::rnd, Overflow::wrap}));
    b.output("sum", sum);
    const Netlist before = b.finish();
    CHECK(ir::to_text(opt::fold_rounding(before)) == ir::to_text(before));
}

TEST_CASE("high bits that a wrap drops are not added", "[opt][narrow]") {
    for (const bool sign : {false, true}) {
        CAPTURE(sign);
        Builder b("t");
        const Signal x = b.input("x", s8), y = b.input("y", s8);
        const Signal sum = b.add(b.add(x, Builder::shift(y, 2)), Builder::negate(Builder::shift(x, 4)));
        b.output("z", wrap(b, sum, {sign, sign ? 4 : 5, 0}));
        const Netlist before = b.finish();
        CHECK(widest_add(before) == 13);
        const Netlist after = opt::narrow(before);
        check_same_function(before, after);
        CHECK(widest_add(after) == 6); // one more than is kept: the carry that is dropped
        CHECK(opt::cost(after) < opt::cost(before));
    }
}

TEST_CASE("high bits that anyone else looks at stay", "[opt][narrow]") {
    const auto with_reader = [](int reader) {
        Builder b("t");
        const Signal x = b.input("x", s8), y = b.input("y", s8);
        const Signal sum = b.add(x, Builder::shift(y, 2));
        b.output("z", wrap(b, sum, {false, 5, 0}));
        if (reader == 1) b.output("more", sum);
        if (reader == 2) b.output("more", b.select(sum, x, Builder::zero()));
        if (reader == 3) b.output("more", b.cast(sum, {{true, 8, 0}, Round::trn, Overflow::sat}));
        if (reader == 4) b.output("more", b.mul(sum, x));
        if (reader == 5) b.output("more", wrap(b, sum, {false, 9, 0}));
        const Netlist before = b.finish();
        const Netlist after = opt::narrow(before);
        check_same_function(before, after);
        return widest_add(after);
    };
    CHECK(with_reader(0) == 6);
    for (int reader = 1; reader <= 4; ++reader) {
        CAPTURE(reader);
        CHECK(with_reader(reader) == 11);
    }
    CHECK(with_reader(5) == 10);
}

TEST_CASE("a wrap after a ReLU moves before it, the sign is looked at before the wrap", "[opt][narrow]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    const Signal sum = b.add(x, Builder::shift(y, 2));
    b.output("z", wrap(b, b.relu(sum), {false, 3, -1}));
    const Netlist before = b.finish();
    const Netlist after = opt::narrow(before);
    check_same_function(before, after);
    REQUIRE(ir::count(after).selects == 1);
    for (const ir::Node& node : after.nodes) {
        if (node.op == ir::Op::select) CHECK(node.interval == fx::Interval{0, 3, -1});
    }
}

TEST_CASE("a select is spared even a single high bit", "[opt][narrow]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    b.output("z", wrap(b, b.select(x, y, Builder::zero()), {true, 6, 0}));
    const Netlist before = b.finish();
    const Netlist after = opt::narrow(before);
    check_same_function(before, after);
    CHECK(opt::cost(before).logic == 8);
    CHECK(opt::cost(after).logic == 7);
}

TEST_CASE("low bits that a truncation drops are not selected", "[opt][narrow]") {
    Builder b("t");
    const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
    const Signal relu = b.relu(b.add(x, Builder::shift(y, 1)));
    b.output("z", wrap(b, relu, {false, 7, 1}));
    const Netlist before = b.finish();
    const Netlist after = opt::narrow(before);
    check_same_function(before, after);
    for (const ir::Node& node : after.nodes) {
        if (node.op == ir::Op::select) CHECK(node.interval.fraction == 1);
        if (node.op == ir::Op::select) CHECK_FALSE(node.interval.is_signed());
        if (node.op == ir::Op::select) CHECK(node.in[0] == node.in[2]); // still a ReLU, of the floor
    }
}

TEST_CASE("low bits that only reach dropped positions leave the adder", "[opt][narrow]") {
    const auto fraction_of_add = [](bool negate, double constant) {
        Builder b("t");
        const Signal x = b.input("x", s8), y = b.input("y", s8_4);
        const Signal fine = negate ? Builder::negate(y) : y;
        const Signal sum = constant == 0.0 ? b.add(x, fine) : b.add(x, b.constant(constant));
        b.output("z", wrap(b, sum, {true, 9, -1}));
        b.output("y", y);
        const Netlist before = b.finish();
        const Netlist after = opt::narrow(before);
        check_same_function(before, after);
        for (const ir::Node& node : after.nodes) {
            if (node.op == ir::Op::add) return node.interval.fraction;
        }
        return -100;
    };
    CHECK(fraction_of_add(false, 0.0) == 0);
    CHECK(fraction_of_add(true, 0.0) == 4); // floor(-y) is not free
    CHECK(fraction_of_add(false, 5.625) == 0);
}

TEST_CASE("a rounding cast becomes as narrow as its reader", "[opt][narrow]") {
    Builder b("t");
    const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
    const Signal rounded = b.cast(x, {{true, 3, 1}, Round::rnd, Overflow::wrap});
    b.output("z", wrap(b, b.add(rounded, y), {false, 1, 4}));
    const Netlist before = b.finish();
    const Netlist after = opt::narrow(before);
    check_same_function(before, after);
    CHECK(opt::cost(after) < opt::cost(before));
    for (const fx::Cast& cast : after.casts) {
        if (cast.round == Round::rnd) CHECK(cast.format.width() == 2);
    }
}

TEST_CASE("a subtraction turns round for readers that need its negative", "[opt][orient]") {
    const auto negations = [](const Netlist& netlist) {
        int result = 0;
        for (const ir::Node& node : netlist.nodes) {
            for (const Signal& in : node.in)
                result += node.op != ir::Op::add && in.negate ? 1 : 0;
        }
        for (const ir::Output& output : netlist.outputs)
            result += output.signal.negate ? 1 : 0;
        return result;
    };
    for (int reader = 0; reader < 4; ++reader) {
        CAPTURE(reader);
        Builder b("t");
        const Signal x = b.input("x", s8), y = b.input("y", s8);
        const Signal difference = b.add(x, Builder::negate(Builder::shift(y, 1)));
        const Signal minus = Builder::negate(difference);
        if (reader == 0) b.output("z", minus);
        if (reader == 1) b.output("z", b.cast(minus, {{true, 5, 0}, Round::trn, Overflow::sat}));
        if (reader == 2) b.output("z", b.relu(minus));
        if (reader == 3) b.output("z", wrap(b, b.relu(minus), {false, 4, 0}));
        b.output("sum", b.add(difference, b.constant(3.0)));
        const Netlist before = b.finish();
        REQUIRE(negations(before) == 1);
        const Netlist after = opt::orient(before);
        check_same_function(before, after);
        CHECK(negations(after) == 0);
        CHECK(ir::count(after).adds == 2);
        CHECK(opt::cost(after) < opt::cost(before));
    }
}

TEST_CASE("a subtraction keeps its sense when that serves more", "[opt][orient]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    const Signal difference = b.add(x, Builder::negate(Builder::shift(y, 1)));
    b.output("z", Builder::negate(difference));
    b.output("u", b.relu(difference));
    b.output("v", difference);
    const Netlist before = b.finish();
    CHECK(ir::to_text(opt::orient(before)) == ir::to_text(before));
}

TEST_CASE("a subtraction keeps its sense on a tie", "[opt][orient]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    const Signal difference = b.add(x, Builder::negate(Builder::shift(y, 1)));
    b.output("z", Builder::negate(difference));
    b.output("v", difference);
    const Netlist before = b.finish();
    CHECK(ir::to_text(opt::orient(before)) == ir::to_text(before));
}

TEST_CASE("an absolute value does not turn with its operand", "[opt][orient]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    const Signal difference = b.add(x, Builder::negate(Builder::shift(y, 1)));
    const Signal minus = Builder::negate(b.select(difference, Builder::negate(difference), difference));
    b.output("z", minus);
    b.output("u", Builder::shift(minus, 2));
    b.output("v", difference);
    const Netlist before = b.finish();
    CHECK(ir::to_text(opt::orient(before)) == ir::to_text(before));
}

TEST_CASE("a subtraction does not turn when that would leave an add without positive operand", "[opt][orient]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    const Signal difference = b.add(x, Builder::negate(Builder::shift(y, 1)));
    b.output("z", Builder::negate(difference));
    b.output("u", b.add(difference, Builder::negate(Builder::shift(x, 3))));
    const Netlist before = b.finish();
    const Netlist after = opt::orient(before);
    check_same_function(before, after);
    CHECK(opt::cost(after).logic <= opt::cost(before).logic);
    CHECK_FALSE(after.outputs[1].signal.negate);
}

TEST_CASE("two adds become one of three operands, unless somebody else reads the first", "[opt][fuse]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    const Signal sum = b.add(x, Builder::negate(Builder::shift(y, 1)));
    b.output("z", b.add(b.constant(12.0), Builder::negate(sum)));
    const Netlist once = b.finish();
    const Netlist fused = opt::fuse(once);
    check_same_function(once, fused);
    CHECK(ir::count(fused).adds == 1);
    CHECK(ir::count(opt::optimize(once)).adds == 2);
    CHECK(ir::count(opt::optimize(once, {3})).adds == 1);

    Builder c("t");
    const Signal u = c.input("x", s8), v = c.input("y", s8);
    const Signal shared = c.add(u, v);
    c.output("z", c.add(shared, c.constant(12.0)));
    c.output("shared", shared);
    CHECK(ir::count(opt::fuse(c.finish())).adds == 2);
}

TEST_CASE("the half of a rounding joins the sum it rounds", "[opt][fuse]") {
    Builder b("t");
    const Signal x = b.input("x", s8_4), y = b.input("y", s8_4);
    const Signal sum = b.add(x, Builder::shift(y, -1));
    const Signal low = wrap(b, sum, {true, 5, 3}); // what lies below the half cannot matter
    b.output("z", wrap(b, b.add(low, b.constant(0.125)), {true, 5, 2}));
    const Netlist before = b.finish();
    const Netlist after = opt::fuse(before);
    check_same_function(before, after);
    CHECK(ir::count(after).adds == 1);
    CHECK(opt::cost(after).logic < opt::cost(before).logic);
}

TEST_CASE("equal outputs share everything and unread inputs stay declared", "[opt][rebuild]") {
    Builder b("t");
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    b.input("unread", s8);
    b.output("a", b.add(x, y));
    b.output("b", b.add(y, x));
    const Netlist after = opt::optimize(b.finish());
    CHECK(ir::count(after).adds == 1);
    CHECK(after.outputs[0].signal == after.outputs[1].signal);
    REQUIRE(after.inputs.size() == 3);
    CHECK(after.inputs[2].name == "unread");
}

TEST_CASE("origins and scopes survive the passes", "[opt][origin]") {
    Builder b("t");
    b.set_origin("empty");
    b.set_origin("dense_1", 4);
    const Signal x = b.input("x", s8), y = b.input("y", s8);
    b.set_origin("dense_2", 6);
    b.output("z", wrap(b, b.add(x, Builder::shift(y, 4)), {false, 5, 0}));
    const Netlist before = b.finish();
    const Netlist after = opt::optimize(before);
    CHECK(after.scopes == before.scopes);
    CHECK(after.origins[after.inputs[0].node] == before.origins[before.inputs[0].node]);
    CHECK(after.origins[after.outputs[0].signal.node] == before.origins[before.outputs[0].signal.node]);
}
