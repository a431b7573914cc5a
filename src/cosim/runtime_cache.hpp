// Verilator's own runtime (verilated.o and the like) is the same for every design but takes longer to compile than a
// small design. Its objects are kept under ${XDG_CACHE_HOME:-~/.cache}/bitgrain, keyed by tool versions and flags.
// Everything here is best effort: whatever fails, the build compiles the runtime itself.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace bitgrain::cosim {

class RuntimeCache {
  public:
    /// `key`: everything the objects depend on.
    explicit RuntimeCache(const std::string& key);

    /// Copies the objects into a build folder; false when there are none.
    bool fetch(const std::filesystem::path& build) const;
    /// Keeps the objects of a finished build for the next one; whoever is first wins.
    void store(const std::filesystem::path& build) const;

  private:
    std::optional<std::filesystem::path> folder_;
};

} // namespace bitgrain::cosim
