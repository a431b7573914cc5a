#include "cli/home.hpp"

#include "base/error.hpp"

#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

namespace bitgrain::cli {

namespace fs = std::filesystem;

Home find_home() {
    std::vector<fs::path> places;
    if (const char* chosen = std::getenv("BITGRAIN_HOME"); chosen != nullptr && *chosen != '\0') {
        places.emplace_back(chosen); // the user's word is final
    } else {
        std::error_code code;
        const fs::path program = fs::read_symlink("/proc/self/exe", code);
        if (!code) places.push_back(program.parent_path().parent_path() / "share" / "bitgrain");
        places.emplace_back(BITGRAIN_SOURCE_DIR);
    }
    std::string looked;
    for (const fs::path& place : places) {
        Home home{place / "rtl_lib", place / "sim", place / "constraints"};
        if (fs::is_directory(home.rtl_lib) && fs::is_directory(home.sim) && fs::is_directory(home.constraints)) {
            return home;
        }
        looked += (looked.empty() ? "" : ", ") + place.string();
    }
    throw Error("the folders rtl_lib, sim and constraints were not found", looked,
                "set BITGRAIN_HOME to the folder that holds them");
}

} // namespace bitgrain::cli
