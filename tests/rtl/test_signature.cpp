#include "base/error.hpp"
#include "cosim/packing.hpp"
#include "rtl/design.hpp"

using namespace bitgrain;

namespace {

rtl::Signature random_signature(std::uint64_t seed) {
    return test::make_design(test::random_netlist(seed), {}).signature;
}

std::string message_of(const Json& json) {
    try {
        rtl::signature_from_json(json, "signature.json");
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("a signature survives its JSON text", "[rtl][signature]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const std::string text = rtl::to_json(random_signature(seed)).dump(2);
        const rtl::Signature again = rtl::signature_from_json(parse_json(text, "signature.json"), "signature.json");
        CHECK(rtl::to_json(again).dump(2) == text);
    }
}

TEST_CASE("ports lie side by side, lowest first, and ports without bits take none", "[rtl][signature]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const rtl::Signature signature = random_signature(seed);
        for (const auto& [ports, width] :
             {std::pair{&signature.inputs, signature.in_width}, {&signature.outputs, signature.out_width}}) {
            int next = 0;
            for (const rtl::Port& port : *ports) {
                CHECK(port.width == std::max(port.format.width(), 0));
                CHECK(port.offset == (port.width == 0 ? 0 : next));
                next += port.width;
            }
            CHECK(width == std::max(next, 1));
        }
    }
}

TEST_CASE("a damaged signature is refused with its place", "[rtl][signature]") {
    ir::Builder builder("two");
    const ir::Signal x = builder.input("x", {true, 3, 4});
    builder.output("y", builder.relu(x));
    const Json good = rtl::to_json(test::make_design(builder.finish(), {}).signature);
    CHECK(message_of(good).empty());
    const auto with = [&good](const std::string& pointer, const Json& value) {
        Json bad = good;
        bad[Json::json_pointer(pointer)] = value;
        return message_of(bad);
    };
    CHECK(with("/kind", "model").find("kind") != std::string::npos);
    CHECK(with("/version", 2).find("version") != std::string::npos);
    CHECK(with("/module", "a b").find("module") != std::string::npos);
    CHECK(with("/inputs/0/offset", 3).find("inputs[0]") != std::string::npos);
    CHECK(with("/inputs/0/width", 7).find("inputs[0]") != std::string::npos);
    CHECK(with("/latency_cycles", -1).find("latency_cycles") != std::string::npos);
    CHECK(with("/latancy", 1).find("'latency_cycles'") == std::string::npos);
    CHECK(with("/latancy", 1).find("latancy") != std::string::npos);
}

TEST_CASE("packing and unpacking are each other's reverse for any width and offset", "[cosim][packing]") {
    Random random(5);
    for (int round = 0; round < 50; ++round) {
        CAPTURE(round);
        std::vector<rtl::Port> ports;
        int width = 0;
        for (int i = 0; i < 30; ++i) {
            const int bits = static_cast<int>(random.integer(0, i % 5 == 0 ? 62 : 13));
            const bool sign = bits > 0 && random.chance(0.5);
            ports.push_back({"p", width, bits, {sign, bits - (sign ? 1 : 0), 0}});
            width += bits;
        }
        std::vector<std::int64_t> codes;
        constexpr std::size_t rows = 7;
        for (std::size_t row = 0; row < rows; ++row) {
            for (const rtl::Port& port : ports) {
                const std::int64_t lo = port.format.min_code(), hi = port.format.max_code();
                codes.push_back(row == 0 ? lo : row == 1 ? hi : random.integer(lo, hi));
            }
        }
        const std::vector<std::uint32_t> words = cosim::pack(ports, width, codes, rows);
        CHECK(words.size() == rows * cosim::words_of(width));
        CHECK(cosim::unpack(ports, width, words, rows) == codes);
    }
}

TEST_CASE("packing puts bits where the port says and refuses codes that do not fit", "[cosim][packing]") {
    const std::vector<rtl::Port> ports = {{"a", 0, 4, {true, 3, 0}}, {"b", 4, 30, {false, 30, 0}}};
    const std::vector<std::int64_t> codes = {-2, 0x2fffffff};
    CHECK(cosim::pack(ports, 34, codes, 1) == std::vector<std::uint32_t>{0xfffffffe, 0x2});
    CHECK(cosim::words_of(1) == 2);
    CHECK(cosim::words_of(64) == 2);
    CHECK(cosim::words_of(65) == 3);
    const std::vector<std::int64_t> large = {8, 0};
    CHECK_THROWS_AS(cosim::pack(ports, 34, large, 1), Error);
}
