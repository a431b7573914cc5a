#include "cosim/runtime_cache.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace bitgrain::cosim {

namespace fs = std::filesystem;

namespace {

std::optional<fs::path> cache_home() {
    if (const char* home = std::getenv("XDG_CACHE_HOME"); home != nullptr && *home == '/') return fs::path(home);
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return fs::path(home) / ".cache";
    return std::nullopt;
}

/// FNV-1a: the same on every platform, which std::hash need not be.
std::string digest(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    char hex[17];
    std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(hash));
    return hex;
}

bool is_runtime_object(const fs::path& path) {
    return path.extension() == ".o" && path.filename().string().starts_with("verilated");
}

std::vector<fs::path> runtime_objects(const fs::path& folder, std::error_code& code) {
    std::vector<fs::path> objects;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
        if (is_runtime_object(entry.path())) objects.push_back(entry.path());
    }
    return objects;
}

/// Copies all runtime objects, or none: half an object would break the build that finds it.
bool copy_objects(const fs::path& from, const fs::path& to) {
    std::error_code code;
    const std::vector<fs::path> objects = runtime_objects(from, code);
    for (const fs::path& object : objects) {
        if (code) break;
        fs::copy_file(object, to / object.filename(), fs::copy_options::overwrite_existing, code);
    }
    if (!code) return !objects.empty();
    std::error_code ignored;
    for (const fs::path& object : objects)
        fs::remove(to / object.filename(), ignored);
    return false;
}

} // namespace

RuntimeCache::RuntimeCache(const std::string& key) {
    if (const auto home = cache_home()) folder_ = *home / "bitgrain" / ("verilator-" + digest(key));
}

bool RuntimeCache::fetch(const fs::path& build) const {
    std::error_code code;
    if (!folder_ || !fs::is_directory(*folder_, code)) return false;
    return copy_objects(*folder_, build);
}

void RuntimeCache::store(const fs::path& build) const {
    std::error_code code;
    if (!folder_ || fs::exists(*folder_, code)) return;
    const fs::path temporary = folder_->string() + '.' + std::to_string(::getpid());
    if (!fs::create_directories(temporary, code)) return;
    if (copy_objects(build, temporary)) fs::rename(temporary, *folder_, code); // atomic; fails when another was first
    fs::remove_all(temporary, code);
}

} // namespace bitgrain::cosim
