#include "rtl/constraints.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <cstdio>
#include <utility>

namespace bitgrain::rtl {

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

std::string filled(const std::filesystem::path& path, const Values& values) {
    std::string text = read_file(path);
    for (const auto& [key, value] : values) {
        for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += value.size()) {
            text.replace(at, key.size(), value);
        }
    }
    if (text.find('@') != std::string::npos) throw Error("has a placeholder that is not known", path.string());
    return text;
}

} // namespace

std::vector<File> constraint_files(const std::filesystem::path& constraints, const hw::Target& target,
                                   const Signature& signature) {
    char period[32];
    std::snprintf(period, sizeof period, "%.3f", signature.clock_ns);
    const Values values = {{"@MODULE@", signature.module}, {"@PART@", target.part}, {"@PERIOD@", period}};
    const std::filesystem::path templates = constraints / "vivado";
    std::vector<File> files{{signature.module + "_ooc.xdc", filled(templates / "clock.xdc", values)}};
    if (!target.part.empty()) files.push_back({"build.tcl", filled(templates / "build.tcl", values)});
    return files;
}

} // namespace bitgrain::rtl
