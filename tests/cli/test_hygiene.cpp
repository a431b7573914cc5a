// Seam C9: the check of the tree passes on the tree and finds what it is there to find.
#include "program.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace bitgrain;
using bitgrain::test::Folder;
using bitgrain::test::quoted;

namespace {

struct Check {
    bool passed;
    std::string text;
};

Check check_tree(const std::filesystem::path& tree) {
    const Folder folder("hygiene_output");
    const std::string script = std::string(BITGRAIN_SOURCE_DIR) + "/tests/hygiene/check_tree.sh";
    const std::string command =
        "bash " + quoted(script) + " " + quoted(tree.string()) + " >" + quoted(folder.string("out")) + " 2>&1";
    const int status = std::system(command.c_str());
    return {status == 0, read_file(folder / "out")};
}

/// A tree of two rooms that keeps the rules, spoilt by one file.
std::string spoilt(const std::string& file, const std::string& content) {
    const Folder tree("hygiene_tree");
    const std::filesystem::path source(BITGRAIN_SOURCE_DIR);
    write_file(tree / "src/README.md", read_file(source / "src/README.md"));
    write_file(tree / "src/base/README.md", "base\n");
    write_file(tree / "src/base/error.hpp", "#pragma once\n#include <string>\n");
    write_file(tree / "src/fx/README.md", "fx\n");
    write_file(tree / "src/fx/format.hpp", "#pragma once\n#include \"base/error.hpp\"\n");
    write_file(tree / "tests/support/main.cpp", "int main() {}\n");
    write_file(tree / "sim/harness.cpp", "\n");
    const Check before = check_tree(tree.path());
    INFO(before.text);
    REQUIRE(before.passed);
    write_file(tree / file, content);
    const Check after = check_tree(tree.path());
    REQUIRE(after.passed == after.text.empty());
    return after.text;
}

} // namespace

TEST_CASE("the tree keeps the rules that a compiler cannot check", "[cli][C9]") {
    const Check check = check_tree(BITGRAIN_SOURCE_DIR);
    INFO(check.text);
    REQUIRE(check.passed);
}

TEST_CASE("the tree check finds includes against the table", "[cli][C9]") {
    REQUIRE(spoilt("src/base/x.cpp", "#include \"fx/format.hpp\"\n") == "src/base/x.cpp:1: base may not include fx\n");
    REQUIRE(spoilt("src/fx/x.cpp", "\n#  include <Eigen/Dense>\n") == "src/fx/x.cpp:2: fx may not include Eigen\n");
    REQUIRE(spoilt("src/fx/x.cpp", "#include <CLI/CLI.hpp>\n") == "src/fx/x.cpp:1: fx may not include CLI11\n");
    REQUIRE(spoilt("src/fx/x.cpp", "#include <nlohmann/json.hpp>\n") ==
            "src/fx/x.cpp:1: fx may not include nlohmann_json\n");
    REQUIRE(spoilt("src/base/x.cpp", "#include <nlohmann/json.hpp>\n").empty());
    REQUIRE(spoilt("src/fx/x.cpp", "#include \"../base/error.hpp\"\n").find("parent-relative") != std::string::npos);
    REQUIRE(spoilt("src/fx/x.cpp", "#include \"format.hpp\"\n").find("must be included as folder/") !=
            std::string::npos);
    REQUIRE(spoilt("src/fx/x.cpp", "#include \"fx/absent.hpp\"\n").find("there is no src/fx/absent.hpp") !=
            std::string::npos);
}

TEST_CASE("the tree check finds folders without a README or a row, long files, bad names and printing", "[cli][C9]") {
    REQUIRE(spoilt("src/extra/README.md", "extra\n").find("no row in the table") != std::string::npos);
    REQUIRE(spoilt("src/data/x.cpp", "\n").find("src/data/: no README.md") != std::string::npos);
    REQUIRE(spoilt("src/fx/x.cpp", std::string(401, '\n')) == "src/fx/x.cpp: 401 lines, 400 are allowed\n");
    REQUIRE(spoilt("src/fx/utils/x.cpp", "\n").find("src/fx/utils") != std::string::npos);
    REQUIRE(spoilt("src/fx/x.cpp", "void f() { std::cout << 1; }\n").find("only cli and report print") !=
            std::string::npos);
    REQUIRE(spoilt("src/fx/x.cpp", "void f() { printf(\"x\"); }\n").find("only cli and report print") !=
            std::string::npos);
    REQUIRE(spoilt("src/fx/x.cpp", "void f() { snprintf(t, 1, \"x\"); }\n").empty());
}
