// A checkpoint: named float arrays and a JSON head in one file, written atomically.
#pragma once

#include "base/json.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace bitgrain::nn {

struct Checkpoint {
    Json head = Json::object();
    std::vector<std::pair<std::string, std::vector<float>>> arrays;
};

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
/// A damaged file is an Error.
Checkpoint read_checkpoint(const std::filesystem::path& path);

} // namespace bitgrain::nn
