#include "import/read.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "import/gzip.hpp"
#include "import/hdf5_file.hpp"
#include "import/keras.hpp"
#include "import/program_model.hpp"
#include "import/zip_file.hpp"

namespace bitgrain::import {

namespace {

bool looks_like_json(const std::string& bytes) {
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    return first != std::string::npos && (bytes[first] == '{' || bytes[first] == '[');
}

} // namespace

model::Model read(const std::filesystem::path& path) {
    const std::string where = path.string();
    std::string bytes = read_file(path);
    if (is_zip(bytes) || is_hdf5(bytes)) return read_keras(std::move(bytes), where);
    if (is_gzip(bytes)) bytes = unpack_gzip(bytes, where);
    if (!looks_like_json(bytes)) return read_keras(std::move(bytes), where); // whose error says what can be read
    const Json json = parse_json(bytes, where);
    if (!is_program(json)) {
        throw Error("this JSON is neither an ALIR nor a DAIS program", where,
                    "import reads .keras, .h5 and ALIR or DAIS programs in .json or .json.gz");
    }
    return model_of(read_programs(json, where), path.stem().stem().string(), where);
}

} // namespace bitgrain::import
