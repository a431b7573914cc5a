// Every refusal of validate, each with a valid model one change away.
#include "base/error.hpp"
#include "model/inference.hpp"
#include "model/model.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>

namespace bitgrain::test {

namespace {

std::string error_of(const std::function<void(model::Model&)>& breakage) {
    model::Model m = small_model();
    breakage(m);
    try {
        model::validate(m, "m.json");
    } catch (const Error& error) {
        CHECK_THAT(error.where(), Catch::StartsWith("m.json"));
        return error.what();
    }
    return "no error";
}

template <class T>
T& op(model::Model& m, std::size_t step) {
    return std::get<T>(m.steps[step].op);
}

/// One input of one element, one affine, one output.
model::Model single(fx::Format format, double weight, double bias) {
    model::Model m;
    m.inputs = {{"x", {1}, {format}}};
    m.steps = {{"neuron", {0}, model::Affine{1, 1, {weight}, {bias}}}};
    m.outputs = {{"y", {1}, 1}};
    return m;
}

} // namespace

TEST_CASE("ports that make no sense are refused", "[model][validate]") {
    CHECK(error_of([](model::Model&) {}) == "no error");
    CHECK_THAT(error_of([](model::Model& m) { m.inputs.clear(); }), Catch::Contains("no inputs"));
    CHECK_THAT(error_of([](model::Model& m) { m.outputs.clear(); }), Catch::Contains("no outputs"));
    CHECK_THAT(error_of([](model::Model& m) { m.inputs[1].name = "a"; }),
               Catch::Contains("inputs[1]") && Catch::Contains("twice"));
    CHECK_THAT(error_of([](model::Model& m) { m.outputs[0].name = ""; }), Catch::Contains("empty"));
    CHECK_THAT(error_of([](model::Model& m) { m.inputs[0].shape = {3}; }), Catch::Contains("3 elements"));
    CHECK_THAT(error_of([](model::Model& m) { m.inputs[0] = {"a", {0}, {}}; }), Catch::Contains("no elements"));
    CHECK_THAT(error_of([](model::Model& m) { m.outputs[1].shape = {2, 2}; }), Catch::Contains("outputs[1]"));
    CHECK_THAT(error_of([](model::Model& m) { m.outputs[1].value = 11; }), Catch::Contains("no value 11"));
    CHECK_THAT(error_of([](model::Model& m) {
                   m.inputs[0].formats[1] = {false, 54, 0};
               }),
               Catch::Contains("inputs[0] 'a', element 1") && Catch::Contains("54 bits"));
    CHECK_THAT(error_of([](model::Model& m) {
                   m.inputs[0].formats[1] = {false, -100000, 7};
               }),
               Catch::Contains("-100000 integer"));
}

TEST_CASE("steps that do not fit their operands are refused by name", "[model][validate]") {
    CHECK_THAT(error_of([](model::Model& m) { m.steps[1].operands = {3}; }),
               Catch::Contains("steps[1] 'dense' (relu)") && Catch::Contains("not an earlier value"));
    CHECK_THAT(error_of([](model::Model& m) { m.steps[1].operands = {}; }), Catch::Contains("1 operand, has 0"));
    CHECK_THAT(error_of([](model::Model& m) { m.steps[4].operands = {}; }), Catch::Contains("at least 1 operand"));
    CHECK_THAT(error_of([](model::Model& m) { m.steps[5].operands = {5}; }), Catch::Contains("2 operands, has 1"));
    CHECK_THAT(error_of([](model::Model& m) { m.steps[0].operands = {0, 1}; }), Catch::Contains("has 2"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).rows = 1; }), Catch::Contains("1 row"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).columns = 0; }), Catch::Contains("no columns"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).weights.pop_back(); }),
               Catch::Contains("incomplete"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).bias.pop_back(); }),
               Catch::Contains("1 bias value for 2 columns"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Cast>(m, 2).casts.pop_back(); }),
               Catch::Contains("1 cast for 2 elements"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Gather>(m, 3).index[1] = 4; }),
               Catch::Contains("'join' (gather), element 1") && Catch::Contains("index 4"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Gather>(m, 3).index[0] = -2; }), Catch::Contains("index -2"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Gather>(m, 3).index.clear(); }), Catch::Contains("nothing"));
    CHECK_THAT(error_of([](model::Model& m) { m.steps[4].operands = {5, 4}; }), Catch::Contains("4 and 2 elements"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Reduce>(m, 6).size = 3; }), Catch::Contains("do not divide"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Reduce>(m, 6).size = 0; }), Catch::Contains("do not divide"));
}

TEST_CASE("constants must be finite and within reach", "[model][validate]") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).weights[1] = std::nan(""); }),
               Catch::Contains("weight [0][1] is not a finite number"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).bias[1] = infinity; }),
               Catch::Contains("bias 1 is not"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Affine>(m, 0).weights[1] = 1e-300; }),
               Catch::Contains("weight [0][1] needs"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Table>(m, 8).tables[0].values[3] = -infinity; }),
               Catch::Contains("table 0") && Catch::Contains("value 3"));
    CHECK_THAT(error_of([](model::Model& m) {
                   m.task.target_scale = {1.0, 1.0, 1.0, infinity};
               }),
               Catch::Contains("task"));
}

TEST_CASE("tables must match their keys, and their operands must stay in them", "[model][validate]") {
    CHECK_THAT(error_of([](model::Model& m) { op<model::Table>(m, 8).tables[0].values.pop_back(); }),
               Catch::Contains("3 values for the 4 codes"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Table>(m, 8).tables[0].key.integer = 21; }),
               Catch::Contains("23 bits"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Table>(m, 8).index[1] = 1; }), Catch::Contains("no table 1"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Table>(m, 8).index.pop_back(); }),
               Catch::Contains("1 table number for 2 elements"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Table>(m, 8).tables[0].values[0] = std::ldexp(1.0, 60); }),
               Catch::Contains("one grid"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Cast>(m, 7).casts[1].format.integer = 1; }),
               Catch::Contains("'lookup' (table), element 1") && Catch::Contains("leave the table's key format s0.1"));
    CHECK_THAT(error_of([](model::Model& m) { op<model::Cast>(m, 7).casts[0].format.fraction = 2; }),
               Catch::Contains("element 0") && Catch::Contains("key format"));
}

TEST_CASE("a task must match the outputs", "[model][validate]") {
    CHECK_THAT(error_of([](model::Model& m) { m.task.classes.pop_back(); }),
               Catch::Contains("m.json: task") && Catch::Contains("1 class name for 2 outputs"));
    CHECK_THAT(error_of([](model::Model& m) { m.task.target_offset = {1.0}; }), Catch::Contains("for 4 outputs"));
    CHECK_THAT(error_of([](model::Model& m) { m.facts = 3; }), Catch::Contains("facts"));
}

TEST_CASE("numbers of more than 53 bits are refused with step and element, narrower ones are not",
          "[model][validate]") {
    CHECK_NOTHROW(model::validate(single({false, 40, 0}, 8191.0, 0.0)));     // 40 + 13 bits
    CHECK_THROWS_WITH(model::validate(single({false, 40, 0}, 16383.0, 0.0)), // 40 + 14 bits
                      Catch::Contains("steps[0] 'neuron' (affine), element 0") && Catch::Contains("53 bits"));
    CHECK_THROWS_AS(model::validate(single({false, 53, 0}, 1.0, 1.0)), Error);                 // a carry too many
    CHECK_NOTHROW(model::validate(single({false, 0, 0}, 1e10, 0x1.fffffffffffffp0)));          // a dead input
    CHECK_THROWS_AS(model::validate(single({false, 3, 0}, 1.0, std::ldexp(1.0, -60))), Error); // grids too far apart

    // A sum that is small in the end may not be large on the way: 2^53 - 1 - (2^53 - 1) x over a constant.
    model::Model m = single({false, 1, 0}, -0x1.fffffffffffffp52, 0x1.fffffffffffffp52);
    CHECK_THROWS_WITH(model::validate(m), Catch::Contains("53 bits"));

    m = single({false, 20, 0}, 1.0, 0.0);
    m.steps.push_back({"square", {1, 1}, model::Mul{}});
    CHECK_NOTHROW(model::validate(m));
    m.steps.push_back({"square", {2, 2}, model::Mul{}});
    CHECK_THROWS_WITH(model::validate(m), Catch::Contains("steps[2] 'square' (mul), element 0"));
    m.steps[2] = {"add", {2, 2, 2, 2, 2}, model::Add{}};
    CHECK_NOTHROW(model::validate(m));
    m.inputs[0].formats[0] = {false, 26, 0};
    CHECK_THROWS_WITH(model::validate(m), Catch::Contains("steps[2] 'add' (add), element 0"));
}

TEST_CASE("sizes are known through every op", "[model][validate]") {
    const model::Model m = small_model();
    const std::vector<std::size_t> expected{2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2};
    for (std::size_t v = 0; v < expected.size(); ++v)
        CHECK(model::value_size(m, v) == expected[v]);
    CHECK(model::input_count(m) == 4);
    CHECK(model::output_count(m) == 4);
}

} // namespace bitgrain::test
