// ALIR and DAIS programs: known answers for every operation, and round trips through our exporter.
#include "base/error.hpp"
#include "base/random.hpp"
#include "exchange/alir.hpp"
#include "fx/arithmetic.hpp"
#include "import/program_model.hpp"
#include "import/read.hpp"
#include "ir/evaluate.hpp"
#include "lower/lower.hpp"
#include "model/inference.hpp"
#include "programs.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace bitgrain;
using Catch::Contains;
using test::alir, test::dais;
namespace fs = std::filesystem;

model::Model program(const std::string& json) {
    return import::model_of(import::read_programs(Json::parse(json), "p.json"), "p", "p.json");
}

std::vector<double> run(const model::Model& model, const std::vector<double>& x) {
    const std::size_t rows = x.size() / model::input_count(model);
    return model::infer_real(model, model::quantize_inputs(model, x, rows), rows);
}

const std::vector<double> x{1.5, -2.25, -3.0, 2.0, 7.75, 7.75, -8.0, 0.25};

} // namespace

TEST_CASE("each operation has its known answers, in both formats", "[import][program]") {
    using List = std::vector<double>;
    // ports: truncate and wrap
    REQUIRE(run(program(alir("[[0],-2,[],[-7.75,8.0,0.25],0,0]", 2)), {1.9, 0, 9.0, 0}) == List{-1.75, 7.0});
    REQUIRE(run(program(dais("[0,1,0,1,[-24.0,23.25,0.25],0,0]", 2)), x) == List{-3.0, 1.0, 23.25, -7.5});
    REQUIRE(run(program(alir("[[0,1],1,[-1],[-12.0,11.75,0.125],0,0]", 2)), x) == List{2.625, -4.0, 3.875, -8.125});
    REQUIRE(run(program(dais("[0,-1,2,0,[0.0,3.0,1.0],0,0]", 2)), x) == List{1, 0, 3, 0});
    REQUIRE(run(program(dais("[0,-1,-2,0,[0.0,7.0,1.0],0,0]", 2)), x) == List{0, 3, 0, 0}); // 8 wraps
    REQUIRE(run(program(dais("[1,-1,3,0,[-2.0,1.5,0.5],0,0]", 2)), x) == List{1.5, -2, -0.5, 0});
    REQUIRE(run(program(dais("[1,-1,-3,0,[-2.0,1.5,0.5],0,0]", 2)), x) == List{-2, -2, 0, -0.5});
    REQUIRE(run(program(alir("[[1],3,[-1],[-4.0,3.5,0.5],0,0]", 2)), x) == List{-1.5, 1, 3.5, 0});
    REQUIRE(run(program(dais("[0,-1,4,-6,[-9.5,6.25,0.25],0,0]", 2)), x) == List{0, -4.5, 6.25, -9.5});
    REQUIRE(run(program(alir("[[0],4,[-3,1],[-9.5,6.25,0.25],0,0]", 2)), x) == List{0, -4.5, 6.25, -9.5});
    REQUIRE(run(program(dais("[-1,-1,5,-3,[-0.75,-0.75,0.25],0,0]", 2)), x) == List(4, -0.75));
    REQUIRE(run(program(dais("[0,1,7,0,[-62.0,64.0,0.0625],0,0]", 2)), x) == List{-3.375, -6, 60.0625, -2});
    REQUIRE(run(program(alir("[[0,1,0],11,[1,0,0,-1,0,1],[-40.0,40.0,0.125],0,0]", 2)), x) ==
            List{-0.375, 2, -11.625, 7.875});
}

TEST_CASE("the choice by a sign is exact, as minimum, maximum and in general", "[import][program]") {
    using List = std::vector<double>;
    const std::string difference = "[0,1,1,0,[-15.75,15.75,0.25],0,0],";
    REQUIRE(run(program(dais(difference + "[0,1,6,2,[-8.0,7.75,0.25],0,0]", 3)), x) == List{-2.25, -3, 7.75, -8});
    REQUIRE(run(program(dais(difference + "[1,0,6,2,[-8.0,7.75,0.25],0,0]", 3)), x) == List{1.5, 2, 7.75, 0.25});
    // x0 < 0 ? x1 : -2 * x0; data = condition 0 and shift 1 in the high word
    REQUIRE(run(program(dais("[1,0,-6,4294967296,[-16.0,15.75,0.25],0,0]", 2)), x) == List{-3, 2, -15.5, 0.25});
    // an unsigned condition: the top bit of its container
    REQUIRE(run(program(alir("[[0],3,[0],[0.0,3.0,1.0],0,0],[[0,1,2],6,[0],[-8.0,7.75,0.25],0,0]", 3)), x) ==
            List{-2.25, 2, 7.75, 0.25});
}

TEST_CASE("tables and bit operations are exact", "[import][program]") {
    using List = std::vector<double>;
    const std::string table =
        R"([{"spec":{"hash":"a","out_qint":{"min":-1.5,"max":2.0,"step":0.5},"inp_width":2},"table":[-3,0,1,4]}])";
    REQUIRE(run(program(dais("[0,-1,3,0,[-2.0,1.0,1.0],0,0],[2,-1,8,0,[-1.5,2.0,0.5],0,0]", 3, table)), x) ==
            List{2, 2, 0, 0.5});
    REQUIRE(run(program(dais("[0,-1,3,0,[-2.0,1.0,1.0],0,0],[2,-1,9,0,[-2.0,1.0,1.0],0,0]", 3)), x) ==
            List{-2, -2, 0, -1}); // NOT
    REQUIRE(run(program(dais("[0,-1,3,0,[-2.0,1.0,1.0],0,0],[2,-1,9,1,[0.0,1.0,1.0],0,0]", 3)), x) == List{1, 1, 1, 0});
    REQUIRE(run(program(dais("[0,-1,3,0,[-2.0,1.0,1.0],0,0],[2,-1,9,2,[0.0,1.0,1.0],0,0]", 3)), x) == List{0, 0, 1, 0});
}

TEST_CASE("bitwise operations of two values are exact, on every pair of codes", "[import][program]") {
    std::vector<double> pairs;
    for (int a = -32; a < 32; ++a) {
        for (int b = -32; b < 32; ++b)
            pairs.insert(pairs.end(), {a / 4.0, b / 4.0});
    }
    const auto expect = [&](const auto& of) {
        std::vector<double> y;
        for (std::size_t i = 0; i < pairs.size(); i += 2)
            y.push_back(of(static_cast<int>(pairs[i] * 8), static_cast<int>(pairs[i + 1] * 8)) / 8.0);
        return y;
    };
    const auto a_and_b = expect([](int a, int b) { return a & b; });
    const auto a_or_half_b = expect([](int a, int b) { return a | (b / 2); });
    const auto a_xor_b = expect([](int a, int b) { return a ^ b; });
    REQUIRE(run(program(alir("[[0,1],10,[0,0],[-8.0,7.75,0.25],0,0]", 2)), pairs) == a_and_b);
    REQUIRE(run(program(alir("[[0,1],10,[-1,1],[-8.0,7.875,0.125],0,0]", 2)), pairs) == a_or_half_b);
    REQUIRE(run(program(alir("[[0,1],10,[0,2],[-8.0,7.75,0.25],0,0]", 2)), pairs) == a_xor_b);
    // DAIS packs the shift (low word), the minus signs (bits 32 and 33) and the operation (bits 56 to 63).
    const auto word = [](std::int64_t kind, std::int64_t minus, std::int64_t shift) {
        return std::to_string((kind << 56) + (minus << 32) + (shift & 0xffffffff));
    };
    const auto pair = [](const std::string& data, const std::string& interval) {
        return program(dais("[0,1,10," + data + "," + interval + ",0,0]", 2));
    };
    REQUIRE(run(pair(word(0, 0, 0), "[-8.0,7.75,0.25]"), pairs) == a_and_b);
    REQUIRE(run(pair(word(1, 0, -1), "[-8.0,7.875,0.125]"), pairs) == a_or_half_b);
    REQUIRE(run(pair(word(2, 0, 0), "[-8.0,7.75,0.25]"), pairs) == a_xor_b);
    const auto minus = expect([](int a, int b) { return -a & b; });
    REQUIRE(run(pair(word(0, 1, 0), "[-8.0,8.0,0.25]"), pairs) == minus);
    const auto both = expect([](int a, int b) { return -a ^ (-b * 2); });
    REQUIRE(run(pair(word(2, 3, 1), "[-32.0,31.75,0.25]"), pairs) == both);
}

TEST_CASE("what a program may not do is refused with its place", "[import][program]") {
    REQUIRE_THROWS_WITH(program(dais("[0,3,0,0,[-1.0,1.0,0.25],0,0]", 2)), Contains("[5][2]") && Contains("before it"));
    REQUIRE_THROWS_WITH(program(dais("[0,1,11,0,[-1.0,1.0,0.25],0,0]", 2)), Contains("opcode 11"));
    REQUIRE_THROWS_WITH(program(alir("[[0,1],12,[0,1],[-1.0,1.0,0.25],0,0]", 2)), Contains("opcode 12"));
    REQUIRE_THROWS_WITH(program(alir("[[0,1],10,[0,1],[-8.0,7.5,0.5],0,0]", 2)),
                        Contains("operation 2") && Contains("finer grid"));
    REQUIRE_THROWS_WITH(program(alir("[[0,1],10,[0,3],[-8.0,7.75,0.25],0,0]", 2)),
                        Contains("bit operation is not known"));
    REQUIRE_THROWS_WITH(program(dais("[0,1,10,17179869184,[-8.0,7.75,0.25],0,0]", 2)),
                        Contains("[5][2]") && Contains("not known"));
    REQUIRE_THROWS_WITH(program(dais("[0,1,0,0,[-1.0,1.0,0.3],0,0]", 2)), Contains("power of two"));
    REQUIRE_THROWS_WITH(program(dais("[0,1,0,0,[1.0,-1.0,0.5],0,0]", 2)), Contains("empty"));
    REQUIRE_THROWS_WITH(program(dais("[0,-1,8,0,[-1.0,1.0,0.5],0,0]", 2)), Contains("table"));
    REQUIRE_THROWS_WITH(program(dais("[0,1,0,0,[-1.0,1.0,0.5],0]", 2)), Contains("entries"));
    REQUIRE_THROWS_WITH(program(R"({"meta":"ALIRModel","spec_version":5,"model":[]})"), Contains("version 4"));
}

TEST_CASE("our export of every fixture reads back as the same function", "[import][program]") {
    const fs::path folder = fs::path(BITGRAIN_SOURCE_DIR) / "tests/import/fixtures";
    for (const char* name : {"weights", "dense_sets", "batch_norms", "merges", "pools", "dead", "fan_out"}) {
        CAPTURE(name);
        const model::Model original = import::read(folder / (std::string(name) + ".keras"));
        const ir::Netlist netlist = lower::lower(original, {});
        const Json exported = exchange::to_alir(netlist);
        const model::Model again = import::model_of(import::read_programs(exported, "p.json"), "p", "p.json");
        constexpr std::uint64_t seed = 5;
        constexpr std::size_t rows = 60;
        CAPTURE(seed);
        Random random(seed);
        std::vector<double> values;
        for (std::size_t r = 0; r < rows; ++r) {
            for (const fx::Format& format : model::input_formats(original)) {
                const double span = fx::to_double(format.max_code(), format.fraction);
                values.push_back(format.is_zero() ? 0.0 : random.uniform(format.sign ? -span : 0.0, span));
            }
        }
        const auto codes = model::quantize_inputs(original, values, rows);
        std::vector<double> on_grid;
        const auto formats = model::input_formats(original);
        for (std::size_t i = 0; i < codes.size(); ++i)
            on_grid.push_back(fx::to_double(codes[i], formats[i % formats.size()].fraction));
        REQUIRE(run(again, on_grid) == model::infer_real(original, codes, rows));
    }
}
