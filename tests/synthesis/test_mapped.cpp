// Counting a mapped netlist: cells by kind and levels of the longest path.
#include "base/error.hpp"
#include "synthesis/mapped.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;

namespace {

/// A netlist in the form of yosys write_json; `cells` is the inside of an object.
Json netlist(const std::string& cells) {
    return parse_json(R"({"creator": "Yosys", "modules": {
        "LUT2": {"attributes": {"blackbox": "1"}, "ports": {}, "cells": {}},
        "top": {"attributes": {"top": "1"},
                "ports": {"a": {"direction": "input", "bits": [2, 3]}, "y": {"direction": "output", "bits": [9]}},
                "cells": {)" +
                          cells + "}}}}",
                      "n.json");
}

std::string lut(const std::string& name, int a, int b, int o) {
    return "\"" + name + R"(": {"type": "LUT2", "port_directions": {"I0": "input", "I1": "input", "O": "output"},
        "connections": {"I0": [)" +
           std::to_string(a) + "], \"I1\": [" + std::to_string(b) + "], \"O\": [" + std::to_string(o) + "]}}";
}

std::string flip_flop(const std::string& name, int d, int q) {
    return "\"" + name + R"(": {"type": "FDRE", "port_directions": {"C": "input", "D": "input", "Q": "output"},
        "connections": {"C": [1], "D": [)" +
           std::to_string(d) + "], \"Q\": [" + std::to_string(q) + "]}}";
}

/// CARRY4 with one propagate bit used; output bits o0 .. o0 + 3, carry out o0 + 10.
std::string carry(const std::string& name, const std::string& in, int propagate, int out) {
    const std::string o = std::to_string(out);
    return "\"" + name + R"(": {"type": "CARRY4", "port_directions": {"CI": "input", "CYINIT": "input", "DI": "input",
        "S": "input", "O": "output", "CO": "output"}, "connections": {"CI": [)" +
           in + R"(], "CYINIT": ["0"],
        "DI": ["0", "0", "0", "0"], "S": ["0", )" +
           std::to_string(propagate) + R"(, "0", "0"], "O": [)" + o + ", " + std::to_string(out + 1) + "], \"CO\": [" +
           std::to_string(out + 10) + ", " + std::to_string(out + 11) + ", " + std::to_string(out + 12) + ", " +
           std::to_string(out + 13) + "]}}";
}

} // namespace

TEST_CASE("LUTs in a row are levels, registers end and start paths", "[synthesis][mapped]") {
    const Json json =
        netlist(lut("a", 2, 3, 4) + "," + lut("b", 4, 3, 5) + "," + flip_flop("q", 5, 6) + "," + lut("c", 6, 6, 9));
    const synthesis::Mapped mapped = synthesis::count_mapped(json, "n.json");
    CHECK(mapped.lut == 3);
    CHECK(mapped.ff == 1);
    CHECK(mapped.levels == 2);
}

TEST_CASE("a carry chain is one level however long it is, and only from the bit that enters it",
          "[synthesis][mapped]") {
    // LUT, chain of two cells, LUT: three levels.
    const std::string chain = carry("c0", "\"0\"", 4, 20) + "," + carry("c1", "33", 2, 40);
    const Json json = netlist(lut("a", 2, 3, 4) + "," + chain + "," + lut("b", 41, 3, 9));
    const synthesis::Mapped mapped = synthesis::count_mapped(json, "n.json");
    CHECK(mapped.carry == 2);
    CHECK(mapped.levels == 3);
    // Bit 0 of the first cell lies below the bit that the LUT drives.
    const Json low = netlist(lut("a", 2, 3, 4) + "," + carry("c0", "\"0\"", 4, 20) + "," + lut("b", 20, 3, 9));
    CHECK(synthesis::count_mapped(low, "n.json").levels == 2);
}

TEST_CASE("of a LUT with two outputs each has the inputs that its truth table looks at", "[synthesis][mapped]") {
    // O5: majority of I0, I1, I2. O6 with I5 = 1: parity of I0, I1, I2 and I4, the majority of the bit below.
    std::string init(64, '0');
    for (int i = 0; i < 64; ++i) {
        const int ones = (i & 1) + (i >> 1 & 1) + (i >> 2 & 1);
        const bool one = i < 32 ? ones >= 2 : (ones + (i >> 4 & 1)) % 2 == 1;
        if (one) init[63 - i] = '1';
    }
    const auto adder_bit = [&](const std::string& name, const std::string& below, int o5, int o6) {
        return "\"" + name + R"(": {"type": "LUT6_2", "port_directions": {"I0": "input", "I1": "input", "I2": "input",
            "I3": "input", "I4": "input", "I5": "input", "O5": "output", "O6": "output"}, "parameters": {"INIT": ")" +
               init + R"("}, "connections": {"I0": [2], "I1": [3], "I2": [2], "I3": ["0"], "I4": [)" + below +
               R"(], "I5": ["1"], "O5": [)" + std::to_string(o5) + "], \"O6\": [" + std::to_string(o6) + "]}}";
    };
    const std::string bits =
        adder_bit("b0", "\"0\"", 10, 11) + "," + adder_bit("b1", "10", 12, 13) + "," + adder_bit("b2", "12", 14, 9);
    CHECK(synthesis::count_mapped(netlist(bits), "n.json").levels == 2);
    const std::string last = adder_bit("b0", "\"0\"", 10, 11) + "," + adder_bit("b1", "10", 9, 13);
    CHECK(synthesis::count_mapped(netlist(last), "n.json").levels == 1);
}

TEST_CASE("a loop, an unknown cell and other JSON are refused", "[synthesis][mapped]") {
    CHECK_THROWS_WITH(synthesis::count_mapped(netlist(lut("a", 9, 3, 9)), "n.json"), Catch::Contains("loop"));
    CHECK_THROWS_WITH(synthesis::count_cells(parse_json(R"({"MYSTERY": 3})", "s"), "s"), Catch::Contains("MYSTERY"));
    CHECK_THROWS_AS(synthesis::count_mapped(Json::object(), "n.json"), Error);
}
