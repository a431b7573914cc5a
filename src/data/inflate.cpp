#include "data/inflate.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/bytes.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <zlib.h>

namespace bitgrain::data {

namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr int window_raw = -15, window_gzip = 15 + 16; // zlib's way to name the two wrappings

/// One zlib stream over bytes in memory.
class Inflater {
  public:
    Inflater(int window, std::string_view input, const std::string& where) : input_(input), where_(where) {
        if (inflateInit2(&stream_, window) != Z_OK) throw std::bad_alloc();
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream_); }

    bool finished() const { return finished_; }
    std::string_view rest() const { return input_; }

    /// Fills up to `capacity` (> 0) bytes; fewer only at the end of the stream.
    std::size_t read(char* to, std::size_t capacity) {
        std::size_t filled = 0;
        while (filled < capacity && !finished_) {
            // zlib counts in 32 bits.
            constexpr std::size_t most = std::numeric_limits<uInt>::max();
            const std::size_t in = std::min(input_.size(), most), out = std::min(capacity - filled, most);
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input_.data())); // NOLINT: zlib is not const
            stream_.avail_in = static_cast<uInt>(in);
            stream_.next_out = reinterpret_cast<Bytef*>(to + filled);
            stream_.avail_out = static_cast<uInt>(out);
            const int code = ::inflate(&stream_, Z_NO_FLUSH);
            input_.remove_prefix(in - stream_.avail_in);
            filled += out - stream_.avail_out;
            if (code == Z_STREAM_END)
                finished_ = true;
            else if (code == Z_MEM_ERROR)
                throw std::bad_alloc();
            else if (code == Z_BUF_ERROR)
                throw Error("the compressed data ends too early, the file is cut off", where_);
            else if (code != Z_OK)
                throw Error("the compressed data is damaged" + reason(), where_);
        }
        return filled;
    }

    /// Begins the next gzip member.
    void restart() {
        inflateReset(&stream_);
        finished_ = false;
    }

  private:
    std::string reason() const { return stream_.msg != nullptr ? std::string(": ") + stream_.msg : std::string(); }

    std::string_view input_;
    const std::string& where_;
    z_stream stream_ = {};
    bool finished_ = false;
};

/// The last four bytes of a gzip file usually are its unpacked size: good for one allocation, but not to be trusted.
std::size_t guess_size(std::string_view packed, const std::string& where) {
    if (packed.size() < 4) return 0;
    const std::size_t claimed = load_little<std::uint32_t>(packed, packed.size() - 4, where);
    return std::min(claimed, packed.size() * most_expansion);
}

} // namespace

std::string gunzip(std::string_view packed, const std::string& where) {
    Inflater inflater(window_gzip, packed, where);
    std::string out;
    std::size_t filled = 0;
    std::size_t next = guess_size(packed, where) + 1; // one more byte of room lets the first call see the end
    for (;;) {
        out.resize(filled + next);
        filled += inflater.read(out.data() + filled, next);
        next = std::max<std::size_t>(filled, 4096);
        if (!inflater.finished()) continue;
        if (inflater.rest().find_first_not_of('\0') == std::string_view::npos) break; // tapes pad with zeros
        if (!inflater.rest().starts_with(gzip_magic)) {
            throw Error("something that is not gzip follows the compressed data", where);
        }
        inflater.restart();
    }
    out.resize(filled);
    return out;
}

std::string inflate_raw(std::string_view packed, std::size_t size, const std::string& where) {
    if (size / most_expansion > packed.size()) {
        throw Error("the compressed data is too short for the size it claims", where);
    }
    Inflater inflater(window_raw, packed, where);
    std::string out(size + 1, '\0');
    if (inflater.read(out.data(), out.size()) != size) {
        throw Error("the compressed data does not have the size it claims", where);
    }
    out.resize(size);
    return out;
}

std::string read_unpacked(const std::filesystem::path& path) {
    std::string bytes = read_file(path);
    return bytes.starts_with(gzip_magic) ? gunzip(bytes, path.string()) : bytes;
}

} // namespace bitgrain::data
