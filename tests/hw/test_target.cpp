#include "base/error.hpp"
#include "base/file.hpp"
#include "hw/target.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

using namespace bitgrain;
namespace fs = std::filesystem;

namespace {

const fs::path constraints = fs::path(BITGRAIN_SOURCE_DIR) / "constraints";

/// A constraints folder with one target, "here", whose file is the generic one after a replacement.
class Changed {
  public:
    Changed(const std::string& from, const std::string& to) {
        std::string pattern = (fs::temp_directory_path() / "bitgrain-target-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder = pattern;
        std::string text = read_file(constraints / "generic" / "target.json");
        replace(text, "\"name\": \"generic\"", "\"name\": \"here\"");
        replace(text, from, to);
        write_file(folder / "here" / "target.json", text);
    }
    Changed(const Changed&) = delete;
    Changed& operator=(const Changed&) = delete;
    ~Changed() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    fs::path folder;

  private:
    static void replace(std::string& text, const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
    }
};

Error error_of(const fs::path& folder, const std::string& name) {
    try {
        hw::read_target(folder, name);
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error");
    return Error("");
}

} // namespace

TEST_CASE("every target of the product is complete and plausible", "[target]") {
    const std::vector<std::string> names = hw::target_names(constraints);
    CHECK(names == std::vector<std::string>{"generic", "xc7a100t", "xcvu13p", "xcvu9p"});
    for (const std::string& name : names) {
        CAPTURE(name);
        const hw::Target target = hw::read_target(constraints, name);
        CHECK(target.name == name);
        CHECK(target.part.empty() == (name == "generic"));
        CHECK((target.available.lut > 0) == (name != "generic"));
        CHECK(target.delay.lut > 0.0);
        CHECK(target.delay.carry_per_bit > 0.0);
        CHECK(target.delay.carry_per_bit < target.delay.lut);
        CHECK(target.delay.net > 0.0);
        CHECK(target.delay.clock_overhead > 0.0);
        CHECK(target.lut_per[hw::Part::sum_bit] > 0.5);
        CHECK(target.lut_per[hw::Part::triple_bit] > 0.5);
        CHECK(target.bands.lut > 0.0);
        CHECK(target.bands.ff > 0.0);
        CHECK(target.bands.period > target.bands.lut);
        CHECK((target.vendor_run.minutes > 0.0) == (name != "generic"));
    }
    CHECK(hw::read_target(constraints, "xcvu13p").part == "xcvu13p-flga2577-2-e");
}

TEST_CASE("an unknown target suggests the nearest", "[target]") {
    const Error error = error_of(constraints, "xcvu13");
    CHECK(error.message().find("xcvu13") != std::string::npos);
    CHECK(error.hint().find("'xcvu13p'") != std::string::npos);
    CHECK_THROWS_AS(hw::target_names(constraints / "nowhere"), Error);
}

TEST_CASE("a target file with a wrong key, a number without source or a negative delay is refused", "[target]") {
    const Changed extra("\"family\"", "\"familly\": \"x\",\n  \"family\"");
    CHECK(error_of(extra.folder, "here").hint().find("'family'") != std::string::npos);
    const Changed delay("\"carry_start\"", "\"carry_begin\"");
    CHECK(error_of(delay.folder, "here").message().find("carry_start") != std::string::npos);
    const Changed source("\"source\": \"Round number, about 1.5 times 7-series.\"", "\"source\": \"\"");
    CHECK(error_of(source.folder, "here").message().find("source") != std::string::npos);
    const Changed negative("\"ns\": 0.6", "\"ns\": -0.6");
    CHECK(error_of(negative.folder, "here").message().find("0 or more") != std::string::npos);
    const Changed part("\"sum_bit\"", "\"summ_bit\"");
    CHECK(error_of(part.folder, "here").message().find("sum_bit") != std::string::npos);
    const Changed operands("\"three_operand_adder\": \"none\"", "\"three_operand_adder\": \"lut4\"");
    CHECK(error_of(operands.folder, "here").message().find("lut4") != std::string::npos);
}
