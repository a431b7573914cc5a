// Child processes without a shell: arguments are passed as they are, so no path needs quoting.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::cosim {

struct Completed {
    int status = 0; ///< exit status; 128 + signal when killed
    std::string output;
    std::string errors;
};

/// Full path of a program on PATH; none when it is not there.
std::optional<std::filesystem::path> find_program(const std::string& name);
/// Error with the Debian package as hint when the program is not there.
std::filesystem::path require_program(const std::string& name, const std::string& package);

/// Runs to the end in `folder` and returns what was printed. Throws Error when the program cannot be started.
/// Interrupted ends the program and all that it has started.
Completed run(const std::vector<std::string>& arguments, const std::filesystem::path& folder);

/// The last lines of a tool's messages, short enough for an error message.
std::string last_lines(const std::string& text, std::size_t lines = 12);

} // namespace bitgrain::cosim
