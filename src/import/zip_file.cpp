#include "import/zip_file.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <memory>
#include <zip.h>

namespace bitgrain::import {

namespace {

/// Deflate cannot shrink more than this; a header that claims more is wrong.
constexpr std::uint64_t max_ratio = 1100;

struct ErrorText {
    zip_error_t error{};
    ErrorText() { zip_error_init(&error); }
    ErrorText(const ErrorText&) = delete;
    ErrorText& operator=(const ErrorText&) = delete;
    ~ErrorText() { zip_error_fini(&error); }
};

using Archive = std::unique_ptr<zip_t, void (*)(zip_t*)>;

/// The zip must outlive it.
Archive open(const std::string& zip, const std::string& where) {
    ErrorText text;
    zip_source_t* source = zip_source_buffer_create(zip.data(), zip.size(), 0, &text.error);
    if (source == nullptr) throw Error("cannot be read as a zip", where);
    zip_t* opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &text.error);
    if (opened == nullptr) {
        zip_source_free(source);
        throw Error(std::string("not a readable zip: ") + zip_error_strerror(&text.error), where);
    }
    return {opened, [](zip_t* z) { zip_discard(z); }};
}

} // namespace

bool is_zip(const std::string& bytes) {
    return bytes.starts_with("PK\x03\x04");
}

std::vector<std::string> members(const std::string& zip, const std::string& where) {
    const Archive archive = open(zip, where);
    std::vector<std::string> names;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
        names.emplace_back(name == nullptr ? "" : name);
    }
    return names;
}

std::string read_member(const std::string& zip, const std::string& member, const std::string& where) {
    const Archive archive = open(zip, where);
    zip_stat_t status{};
    zip_stat_init(&status);
    if (zip_stat(archive.get(), member.c_str(), 0, &status) != 0) {
        throw Error("this Keras 3 file has no '" + member + "'", where,
                    "save the whole network with model.save(\"model.keras\")");
    }
    if ((status.valid & ZIP_STAT_SIZE) == 0 || status.size / max_ratio > zip.size()) {
        throw Error("the size of '" + member + "' is impossible: the file is damaged", where);
    }
    const std::unique_ptr<zip_file_t, void (*)(zip_file_t*)> file(zip_fopen(archive.get(), member.c_str(), 0),
                                                                  [](zip_file_t* f) {
                                                                      if (f != nullptr) zip_fclose(f);
                                                                  });
    const auto damaged = [&](const std::string& why) {
        throw Error("'" + member + "' inside the zip is damaged: " + why, where);
    };
    if (file == nullptr) damaged(zip_strerror(archive.get()));
    std::string bytes;
    char buffer[65536];
    while (true) { // to the very end: the CRC is compared there
        const zip_int64_t got = zip_fread(file.get(), buffer, sizeof buffer);
        if (got < 0) damaged(zip_error_strerror(zip_file_get_error(file.get())));
        if (got == 0) break;
        bytes.append(buffer, static_cast<std::size_t>(got));
        if (bytes.size() > status.size) damaged("longer than it says");
    }
    if (bytes.size() != status.size) damaged("it ends early");
    return bytes;
}

} // namespace bitgrain::import
