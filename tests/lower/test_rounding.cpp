// Rounding for free: which halves are folded, and that it costs no adder.
#include "compare.hpp"
#include "lower/rounding.hpp"

namespace bitgrain::test {

namespace {

const fx::Format s3_6{true, 3, 6};

fx::Cast rnd(int fraction, fx::Overflow overflow = fx::Overflow::wrap) {
    return {{true, 9, fraction}, fx::Round::rnd, overflow};
}

/// Three inputs, two neurons with bias, whose sums have seven fraction bits; value 1 is their sum.
model::Model two_neurons() {
    model::Model m;
    m.name = "neurons";
    m.inputs = {{"x", {3}, {s3_6, s3_6, s3_6}}};
    m.steps.push_back({"dense", {0}, model::Affine{3, 2, {1.5, 3.0, -0.5, 1.0, 2.0, -2.5}, {0.25, -1.5}}});
    return m;
}

std::size_t add(model::Model& m, model::Op op, std::vector<std::size_t> operands = {}) {
    if (operands.empty()) operands = {m.steps.size()}; // one input: this is the latest value
    m.steps.push_back({"next", std::move(operands), std::move(op)});
    return m.steps.size();
}

void read(model::Model& m, std::size_t value) {
    m.outputs.push_back({"y" + std::to_string(m.outputs.size()), {model::value_size(m, value)}, value});
}

using Halves = std::vector<std::optional<int>>;

/// The plan for the affine of step 0, after checking that the netlist is exact.
Halves halves(const model::Model& m) {
    model::validate(m);
    lower_and_compare(m, 300, 5);
    return lower::plan_roundings(m).half[0];
}

} // namespace

TEST_CASE("a rounding behind affine and relu costs no adder", "[lower][rounding]") {
    for (const bool relu : {false, true}) {
        for (const fx::Overflow overflow : {fx::Overflow::wrap, fx::Overflow::sat, fx::Overflow::sat_sym}) {
            for (const int fraction : {-3, 0, 2, 5, 6, 7, 8}) {
                CAPTURE(relu, static_cast<int>(overflow), fraction);
                model::Model rounding = two_neurons();
                if (relu) add(rounding, model::Relu{});
                model::Model truncating = rounding;
                fx::Cast cast{{true, 2, fraction}, fx::Round::rnd, overflow};
                read(rounding, add(rounding, model::Cast{{cast, cast}}));
                cast.round = fx::Round::trn;
                read(truncating, add(truncating, model::Cast{{cast, cast}}));
                const ir::Netlist with = lower_and_compare(rounding, 500, 3);
                const ir::Netlist without = lower_and_compare(truncating, 500, 3);
                CHECK(ir::count(with).adds <= ir::count(without).adds);
                CHECK(ir::count(with).casts == ir::count(without).casts);
            }
        }
    }
}

TEST_CASE("each output folds its own fraction", "[lower][rounding]") {
    model::Model m = two_neurons();
    read(m, add(m, model::Cast{{rnd(3), rnd(-1, fx::Overflow::sat)}}));
    CHECK(halves(m) == Halves{3, -1});
}

TEST_CASE("casts that need no half do not get one", "[lower][rounding]") {
    model::Model m = two_neurons();
    read(m, add(m, model::Cast{{rnd(7), {{true, 9, 3}, fx::Round::trn}}}));
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
    m = two_neurons();
    read(m, add(m, model::Cast{{{{true, 9, 3}, fx::Round::rnd_conv}, {{true, -20, 20}, fx::Round::rnd}}}));
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
}

TEST_CASE("a rounding so coarse that all is zero folds nothing", "[lower][rounding]") {
    model::Model m = two_neurons();
    read(m, add(m, model::Cast{std::vector<fx::Cast>(2, {{true, 110, -100}, fx::Round::rnd})}));
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
}

TEST_CASE("readers must agree on the fraction", "[lower][rounding]") {
    model::Model m = two_neurons();
    read(m, add(m, model::Cast{{rnd(3), rnd(3)}}, {1}));
    read(m, add(m, model::Cast{{rnd(3, fx::Overflow::sat), rnd(4)}}, {1}));
    CHECK(halves(m) == Halves{3, std::nullopt});
    read(m, 1); // the sum itself is an output
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
}

TEST_CASE("a reader that looks at nothing does not object", "[lower][rounding]") {
    model::Model m = two_neurons();
    read(m, add(m, model::Cast{{rnd(3), rnd(3)}}, {1}));
    read(m, add(m, model::Cast{std::vector<fx::Cast>(2, {{false, 0, 0}, fx::Round::trn})}, {1}));
    read(m, add(m, model::Affine{2, 1, {0.0, 1.0}, {0.0}}, {1}));
    CHECK(halves(m) == Halves{3, std::nullopt});
}

TEST_CASE("the half passes through relu, gather and maximum", "[lower][rounding]") {
    model::Model m = two_neurons();
    add(m, model::Relu{});
    add(m, model::Gather{{1, -1, 0, 1}});
    add(m, model::Relu{});
    read(m, add(m, model::Cast{std::vector<fx::Cast>(4, rnd(2))}));
    CHECK(halves(m) == Halves{2, 2});

    m = two_neurons();
    add(m, model::Reduce{model::Reduce::Kind::max, 2});
    read(m, add(m, model::Cast{{rnd(2)}}));
    CHECK(halves(m) == Halves{2, 2});

    m = two_neurons();
    add(m, model::Reduce{model::Reduce::Kind::sum, 1});
    add(m, model::Gather{{0, -1, 1, 0}});
    add(m, model::Reduce{model::Reduce::Kind::max, 2});
    read(m, add(m, model::Cast{{rnd(2), rnd(2)}}));
    CHECK(halves(m) == Halves{2, 2});
}

TEST_CASE("a maximum with something finer that has no half rounds afterwards", "[lower][rounding]") {
    model::Model m = two_neurons();
    add(m, model::Gather{{0, 3}}, {1, 0}); // the other one is an input with six fraction bits
    add(m, model::Reduce{model::Reduce::Kind::max, 2});
    model::Model coarse = m;
    read(m, add(m, model::Cast{{rnd(2)}}));
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
    coarse.inputs[0].formats[1] = {true, 3, 2}; // on the grid of the rounding
    read(coarse, add(coarse, model::Cast{{rnd(2)}}));
    CHECK(halves(coarse) == Halves{2, std::nullopt});
}

TEST_CASE("an output that is on the grid already gets no half, whatever it is compared with", "[lower][rounding]") {
    model::Model m = two_neurons();
    auto& dense = std::get<model::Affine>(m.steps[0].op);
    for (std::size_t i = 0; i < 3; ++i)
        dense.weights[2 * i + 1] *= 64.0; // the second neuron gets one fraction bit
    add(m, model::Reduce{model::Reduce::Kind::max, 2});
    read(m, add(m, model::Cast{{rnd(2)}}));
    CHECK(halves(m) == Halves{2, std::nullopt});
}

TEST_CASE("one rounding taken back takes back those that share its operand", "[lower][rounding]") {
    // max(n0, n1) at 2, max(n1, x) at 2: the second cannot fold, so n1 is exact, so the first cannot either.
    model::Model m = two_neurons();
    add(m, model::Gather{{0, 1, 1, 3}}, {1, 0});
    add(m, model::Reduce{model::Reduce::Kind::max, 2});
    read(m, add(m, model::Cast{{rnd(2), rnd(2)}}));
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
    CHECK(lower::plan_roundings(m).folded[3] == std::vector<bool>{false, false});
}

TEST_CASE("sums, products and tables see exact numbers", "[lower][rounding]") {
    for (const bool product : {false, true}) {
        model::Model m = two_neurons();
        const std::size_t value = product ? add(m, model::Mul{}, {1, 1}) : add(m, model::Add{}, {1, 1});
        read(m, add(m, model::Cast{{rnd(2), rnd(2)}}, {value}));
        CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
    }
    model::Model m = two_neurons();
    add(m, model::Reduce{model::Reduce::Kind::sum, 2});
    read(m, add(m, model::Cast{{rnd(2)}}));
    CHECK(halves(m) == Halves{std::nullopt, std::nullopt});
}

TEST_CASE("roundings that cannot fold stay exact and narrow", "[lower][rounding]") {
    for (const int fraction : {-30, -3, 0, 2, 5}) {
        CAPTURE(fraction);
        model::Model m;
        m.name = "port";
        m.inputs = {{"x", {2}, {s3_6, {false, 0, 6}}}};
        read(m, add(m, model::Cast{std::vector<fx::Cast>(2, {{true, 9, fraction}, fx::Round::rnd})}));
        const ir::Netlist n = lower_and_compare(m, 2000, 1);
        CHECK(ir::count(n).adds == (fraction == -30 ? 0U : fraction == -3 ? 1U : 2U));
        for (const ir::Node& node : n.nodes) {
            if (node.op == ir::Op::add) CHECK(node.interval.width() <= 12);
        }
    }
}

TEST_CASE("an affine that is negative throughout and its relu are zero even with the half", "[lower][rounding]") {
    model::Model m;
    m.name = "dead";
    m.inputs = {{"x", {1}, {{false, 0, 6}}}};
    m.steps.push_back({"dense", {0}, model::Affine{1, 1, {-1.0}, {0.0}}});
    add(m, model::Relu{});
    read(m, add(m, model::Cast{{rnd(1)}}));
    model::validate(m);
    const ir::Netlist n = lower_and_compare(m, 64, 1);
    CHECK(ir::count(n).adds == 0);
}

} // namespace bitgrain::test
