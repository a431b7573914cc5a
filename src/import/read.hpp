// The door of this room: any file of another trainer or compiler -> model::Model. The kind is told by the content.
#pragma once

#include "model/model.hpp"

#include <filesystem>

namespace bitgrain::import {

/// .keras and .h5 (HGQ2, HGQ 1 proxies), ALIR and DAIS programs (.json, .json.gz). Error for everything else.
model::Model read(const std::filesystem::path& path);

} // namespace bitgrain::import
