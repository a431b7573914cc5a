#include "import/read.hpp"

#include "base/file.hpp"
#include "import/gzip.hpp"
#include "import/hdf5_file.hpp"
#include "import/keras.hpp"
#include "import/program_model.hpp"
#include "import/recognise.hpp"
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
    std::error_code ignored; // read_file says why
    if (std::filesystem::is_directory(path, ignored)) refuse_folder(path);
    std::string bytes = read_file(path);
    if (is_zip(bytes) || is_hdf5(bytes)) return read_keras(std::move(bytes), where);
    if (is_gzip(bytes)) bytes = unpack_gzip(bytes, where);
    if (!looks_like_json(bytes)) refuse_bytes(bytes, where);
    const Json json = parse_json(bytes, where);
    if (!is_program(json)) refuse_json(json, where);
    return model_of(read_programs(json, where), path.stem().stem().string(), where);
}

} // namespace bitgrain::import
