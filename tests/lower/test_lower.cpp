#include "compare.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace bitgrain::test {

namespace {

model::Model dense_model(std::vector<fx::Format> inputs, model::Affine affine) {
    model::Model m;
    m.name = "dense";
    m.inputs = {{"x", {inputs.size()}, inputs}};
    m.steps.push_back({"layer", {0}, affine});
    m.outputs = {{"y", {affine.columns}, 1}};
    model::validate(m);
    return m;
}

const fx::Format s3_4{true, 3, 4};

} // namespace

TEST_CASE("lowered random models compute what the model does, for every depth limit, adder and with tables",
          "[lower][c3]") {
    std::vector<cmvm::Options> cases;
    for (const int operands : {2, 3}) {
        for (const std::optional<int> slack : {std::optional<int>{}, std::optional<int>{0}, std::optional<int>{2}}) {
            cmvm::Options options;
            options.operands = operands;
            options.slack = slack;
            options.effort = slack ? cmvm::Effort::normal : cmvm::Effort::fast;
            cases.push_back(options);
            options.tables = true;
            options.effort = cmvm::Effort::fast;
            cases.push_back(options);
        }
    }
    for (std::uint64_t seed = 1000; seed < 1300; ++seed) {
        CAPTURE(seed);
        const model::Model m = random_model(seed);
        for (const cmvm::Options& options : cases) {
            CAPTURE(options.operands, options.slack.value_or(-1), options.tables);
            lower_and_compare(m, 40, seed, options);
        }
    }
}

TEST_CASE("wide and dense random models lower exactly, too", "[lower][c3]") {
    RandomModelOptions large;
    large.max_steps = 14;
    large.max_elements = 24;
    large.max_width = 9;
    large.density = 0.8;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        lower_and_compare(random_model(seed, large), 50, seed);
    }
}

TEST_CASE("the same model gives the same netlist", "[lower]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const model::Model m = random_model(seed);
        REQUIRE(ir::to_text(lower::lower(m, {})) == ir::to_text(lower::lower(m, {})));
    }
}

TEST_CASE("a network whose weights all died is constants", "[lower]") {
    model::Model m = dense_model({s3_4, s3_4}, {2, 3, std::vector<double>(6, 0.0), {0.0, -1.25, 40.0}});
    m.steps.push_back({"layer", {1}, model::Relu{}});
    m.steps.push_back({"layer", {2}, model::Cast{std::vector<fx::Cast>(3, {{true, 6, 0}, fx::Round::rnd})}});
    m.steps.push_back({"next", {3}, model::Affine{3, 2, {1.0, 0.5, 3.0, 0.25, 0.5, 0.0}, {0.0, 0.5}}});
    m.outputs[0] = {"y", {2}, 4};
    const ir::Netlist n = lower_and_compare(m, 10, 1);
    CHECK(n.inputs.size() == 2);
    for (const ir::Node& node : n.nodes)
        CHECK(node.op == ir::Op::constant);
}

TEST_CASE("inputs of no bits and outputs of no bits vanish but keep their ports", "[lower]") {
    model::Model m = dense_model({{false, 0, 0}, s3_4, {true, -5, 2}}, {3, 2, {1.0, 2.0, 4.0, 0.0, -3.0, 0.5}, {0, 0}});
    const ir::Netlist n = lower_and_compare(m, 20, 1);
    CHECK(ir::count(n).adds == 0); // y0 = 4 x1, y1 = 0
    CHECK(n.outputs[1].signal.node == 0);
    CHECK(n.inputs[0].name == "x[0]");
    CHECK(n.outputs[1].name == "y[1]");
}

TEST_CASE("elements that are edges of one node are one summand", "[lower]") {
    model::Model m;
    m.name = "copies";
    m.inputs = {{"x", {2}, {s3_4, s3_4}}};
    m.steps.push_back({"copy", {0}, model::Gather{{0, 0, 1, 0, -1}}});
    m.steps.push_back({"layer", {1}, model::Affine{5, 2, {3, 1, 2, -0.5, 1, 0, -1, 0.5, 7, 7}, {0, 0}}});
    m.outputs = {{"y", {2}, 2}};
    const ir::Netlist n = lower_and_compare(m, 30, 1);
    CHECK(ir::count(n).adds == 1); // y0 = 4 x0 + x1, y1 = x0
}

TEST_CASE("weights and inputs on grids far apart stay exact", "[lower]") {
    const double tiny = std::ldexp(1.0, -200), huge = std::ldexp(1.0, 180);
    const model::Affine affine{3, 3, {3 * tiny, 0.0, 5.0, huge, -7 * huge, 0.0, 0.0, 1.5, 0.0}, {0.0, -1048576.0, 0.0}};
    lower_and_compare(dense_model({{true, 230, -220}, {false, -150, 160}, {true, 40, -30}}, affine), 100, 1);
}

TEST_CASE("nodes carry the layer and the element they belong to", "[lower]") {
    const model::Affine affine{3, 3, {1.0, 2.0, 0.0, 3.0, 1.0, 0.5, 0.0, 5.0, 1.0}, {0.5, 0.25, 0.0}};
    model::Model m = dense_model({s3_4, s3_4, s3_4}, affine);
    m.steps.push_back({"act", {1}, model::Relu{}});
    m.outputs[0].value = 2;
    const ir::Netlist n = lower_and_compare(m, 10, 1);
    std::set<std::pair<std::string, int>> origins;
    for (std::size_t i = 0; i < n.nodes.size(); ++i) {
        const std::string& scope = n.scopes[n.origins[i].scope];
        if (n.nodes[i].op == ir::Op::add) CHECK(scope == "layer");
        if (n.nodes[i].op == ir::Op::select) CHECK(scope == "act");
        origins.insert({scope, n.origins[i].index});
    }
    for (const int element : {0, 1, 2}) {
        CAPTURE(element);
        CHECK(origins.contains({"layer", element}));
        CHECK(origins.contains({"act", element}));
    }
}

TEST_CASE("the outputs of a layer that is used at several positions are numbered through", "[lower]") {
    const model::Affine affine{3, 2, {3.0, 5.0, 7.0, 11.0, 13.0, 19.0}, {0.0, 0.0}};
    model::Model m;
    m.name = "positions";
    m.inputs = {{"x", {4}, {s3_4, s3_4, s3_4, s3_4}}};
    m.steps.push_back({"conv", {0}, model::Gather{{0, 1, 2}}});
    m.steps.push_back({"conv", {1}, affine});
    m.steps.push_back({"conv", {0}, model::Gather{{1, 2, 3}}});
    m.steps.push_back({"conv", {3}, affine});
    m.steps.push_back({"both", {2, 4}, model::Gather{{0, 1, 2, 3}}});
    m.outputs = {{"y", {4}, 5}};
    model::validate(m);
    const ir::Netlist n = lower_and_compare(m, 20, 1);
    std::set<int> sums;
    for (std::size_t i = 0; i < n.nodes.size(); ++i) {
        if (n.nodes[i].op == ir::Op::add && n.origins[i].index >= 0) sums.insert(n.origins[i].index);
    }
    CHECK(sums == std::set<int>{0, 1, 2, 3});
}

TEST_CASE("a sum that several outputs share belongs to the layer, not to one of them", "[lower]") {
    // 5 (x0 + x1), 9 (x0 + x1) + x2, 17 (x0 + x1) - x2: x0 + x1 is worth sharing.
    const model::Affine affine{3, 3, {5, 9, 17, 5, 9, 17, 0, 1, -1}, {0, 0, 0}};
    cmvm::Options unlimited;
    unlimited.slack.reset();
    const ir::Netlist n = lower_and_compare(dense_model({s3_4, s3_4, s3_4}, affine), 30, 1, unlimited);
    const bool any_shared = std::any_of(n.nodes.begin(), n.nodes.end(), [&](const ir::Node& node) {
        const ir::Origin& origin = n.origins[static_cast<std::size_t>(&node - n.nodes.data())];
        return node.op == ir::Op::add && origin.index == -1 && n.scopes[origin.scope] == "layer";
    });
    CHECK(any_shared);
    CHECK(ir::count(n).adds <= 6); // the sum, three multiples of it, two sums with x2
}

} // namespace bitgrain::test
