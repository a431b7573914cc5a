#include "import/read.hpp"

#include "base/file.hpp"
#include "import/keras.hpp"

namespace bitgrain::import {

model::Model read(const std::filesystem::path& path) {
    return read_keras(read_file(path), path.string());
}

} // namespace bitgrain::import
