#include "fixtures.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <unistd.h>
#include <zlib.h>

namespace bitgrain::data::fixtures {

namespace {

/// `size` bytes, the lowest first.
std::string little(std::uint64_t value, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i, value /= 256)
        bytes += static_cast<char>(value % 256);
    return bytes;
}

void append(std::string& bytes, std::initializer_list<std::string> parts) {
    for (const std::string& part : parts)
        bytes += part;
}

/// `window`: -15 for raw deflate, 31 for gzip.
std::string compress(std::string_view bytes, int window) {
    z_stream stream = {};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string input(bytes), output(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(output.data());
    stream.avail_out = static_cast<uInt>(output.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    output.resize(stream.total_out);
    deflateEnd(&stream);
    return output;
}

} // namespace

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "bitgrain-data-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Folder::write(const std::string& name, std::string_view bytes) const {
    std::ofstream file(path(name), std::ios::binary); // not write_file: the disk need not be waited for
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(file.flush().good());
    return path(name);
}

std::string from_hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        unsigned value = 0;
        std::from_chars(digits.data() + i, digits.data() + i + 2, value, 16);
        bytes += static_cast<char>(value);
    }
    return bytes;
}

std::string npy_with_header(const std::string& dictionary, std::string_view data, int version) {
    const std::string header = dictionary + "\n";
    return "\x93NUMPY" + little(static_cast<std::uint64_t>(version), 1) + little(0, 1) +
           little(header.size(), version == 1 ? 2 : 4) + header + std::string(data);
}

std::string npy(const std::string& type, const std::string& shape, std::string_view data, bool fortran_order) {
    return npy_with_header("{'descr': '" + type + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
                               ", 'shape': " + shape + ", }",
                           data);
}

std::string gzip(std::string_view bytes) {
    return compress(bytes, 31);
}

std::string zip(const std::vector<ZipMember>& members, bool zip64) {
    const std::uint64_t in_zip64 = 0xffffffff;
    std::string file, directory;
    for (const ZipMember& member : members) {
        const std::string packed = member.deflate ? compress(member.content, -15) : member.content;
        const std::uint64_t crc =
            crc32(0, reinterpret_cast<const Bytef*>(member.content.data()), static_cast<uInt>(member.content.size()));
        const std::uint64_t packed_size = packed.size(), size = member.content.size(), offset = file.size();
        const std::string version = little(20, 2), flags = little(0, 2), time = little(0, 4);
        const std::string method = little(member.deflate ? 8 : 0, 2), name_size = little(member.name.size(), 2);

        append(file,
               {"PK\x03\x04", version, flags, method, time, little(crc, 4), little(packed_size, 4), little(size, 4)});
        append(file, {name_size, little(4, 2), member.name});
        append(file, {little(0x9999, 2), little(0, 2)}); // an unknown extra field that the directory does not have
        append(file, {packed});

        std::string extra;
        if (zip64)
            append(extra, {little(1, 2), little(24, 2), little(size, 8), little(packed_size, 8), little(offset, 8)});
        append(directory, {"PK\x01\x02", version, version, flags, method, time, little(crc, 4)});
        append(directory, {little(zip64 ? in_zip64 : packed_size, 4), little(zip64 ? in_zip64 : size, 4)});
        append(directory, {name_size, little(extra.size(), 2), little(0, 10)});
        append(directory, {little(zip64 ? in_zip64 : offset, 4), member.name, extra});
    }
    const std::uint64_t at = file.size(), end64 = at + directory.size(), count = members.size();
    file += directory;
    if (zip64) {
        append(file, {"PK\x06\x06", little(44, 8), little(45, 2), little(45, 2), little(0, 8), little(count, 8)});
        append(file, {little(count, 8), little(directory.size(), 8), little(at, 8)});
        append(file, {"PK\x06\x07", little(0, 4), little(end64, 8), little(1, 4)});
    }
    append(file, {"PK\x05\x06", little(0, 4), little(count, 2), little(zip64 ? 0xffff : count, 2)});
    append(file, {little(directory.size(), 4), little(zip64 ? in_zip64 : at, 4), little(0, 2)});
    return file;
}

std::string error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    FAIL("an Error was expected");
    return {};
}

std::size_t count_refused(const std::string& bytes, const std::function<void(const std::string&)>& reader) {
    std::size_t refused = 0;
    const auto try_variant = [&](const std::string& variant) {
        try {
            reader(variant);
        } catch (const Error&) {
            ++refused;
        }
    };
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CAPTURE(length);
        REQUIRE_NOTHROW(try_variant(bytes.substr(0, length)));
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
            CAPTURE(at, change);
            std::string variant = bytes;
            variant[at] = static_cast<char>(variant[at] ^ change);
            REQUIRE_NOTHROW(try_variant(variant));
        }
    }
    return refused;
}

} // namespace bitgrain::data::fixtures
