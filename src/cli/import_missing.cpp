// bitgrain import in a build without the HDF5 C library or libzip: says so. CMake takes this file instead of
// import.cpp.
#include "base/error.hpp"
#include "cli/command.hpp"

#include <memory>
#include <string>
#include <vector>

namespace bitgrain::cli {

Command import_command(CLI::App& program) {
    struct Ignored {
        std::vector<std::string> words;
        bool json = false;
    };
    const auto ignored = std::make_shared<Ignored>();
    CLI::App* app = program.add_subcommand("import", "Read a network of HGQ2 or HGQ 1 (not in this build)");
    app->add_option("file", ignored->words, "Not in this build")->type_name("FILE");
    app->add_option("-o,--output", ignored->words, "Not in this build")->type_name("MODEL.json");
    app->add_option("--classes", ignored->words, "Not in this build")->type_name("NAME,...");
    app->add_flag("--json", ignored->json, "Not in this build");
    app->footer(examples("bitgrain import model.keras -o model.json"));
    return {app, [ignored]() -> int {
                throw Error("this build cannot import: the HDF5 C library or libzip was missing", {},
                            "install libhdf5-dev, libzip-dev and pkg-config, then build again");
            }};
}

} // namespace bitgrain::cli
