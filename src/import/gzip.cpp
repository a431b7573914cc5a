#include "import/gzip.hpp"

#include "base/error.hpp"

#include <array>
#include <limits>
#include <memory>
#include <zlib.h>

namespace bitgrain::import {

namespace {

/// zlib: window of 32 KiB, gzip header expected.
constexpr int gzip_window = 15 + 16;

} // namespace

bool is_gzip(const std::string& bytes) {
    return bytes.starts_with("\x1f\x8b");
}

std::string unpack_gzip(const std::string& bytes, const std::string& where) {
    const auto damaged = [&] { throw Error("the gzip stream is damaged or cut off", where); };
    if (bytes.size() > std::numeric_limits<uInt>::max()) throw Error("larger than 4 GiB", where);
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw Error("zlib refuses to start", where);
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // zlib only reads it
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string result;
    std::array<char, 65536> buffer{};
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        status = inflate(&stream, Z_NO_FLUSH);
        const std::size_t made = buffer.size() - stream.avail_out;
        if ((status != Z_OK && status != Z_STREAM_END) || (made == 0 && status == Z_OK && stream.avail_in == 0))
            damaged();
        result.append(buffer.data(), made);
    }
    return result;
}

} // namespace bitgrain::import
