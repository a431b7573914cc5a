// C9: what the README tells a newcomer to type works as written, in a folder with the examples.
#include "base/file.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace {

/// Lines of the blocks fenced as ```console.
std::vector<std::string> console_lines(const std::string& markdown) {
    std::vector<std::string> lines;
    std::istringstream text(markdown);
    bool inside = false;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("```")) {
            inside = line == "```console";
        } else if (inside) {
            lines.push_back(line);
        }
    }
    return lines;
}

} // namespace

TEST_CASE("the commands of the README work as written", "[cli][readme]") {
    const fs::path source = BITGRAIN_SOURCE_DIR, program = BITGRAIN_PROGRAM;
    const fs::path folder = fs::temp_directory_path() / ("bitgrain-readme-" + std::to_string(::getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder);
    fs::copy(source / "examples", folder / "examples", fs::copy_options::recursive);
    const std::vector<std::string> lines = console_lines(bitgrain::read_file(source / "README.md"));
    REQUIRE(lines.size() >= 6);
    for (const std::string& line : lines) {
        REQUIRE(line.starts_with("bitgrain "));
        const std::string command = "cd '" + folder.string() + "' && PATH='" + program.parent_path().string() +
                                    "':\"$PATH\" " + line + " > output.txt 2>&1";
        INFO(line);
        const int status = std::system(command.c_str());
        INFO(bitgrain::read_file(folder / "output.txt"));
        CHECK(status == 0);
    }
    CHECK(fs::exists(folder / "digits" / "report.html"));
    fs::remove_all(folder);
}
