#include "data/zip.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "data/bytes.hpp"
#include "data/inflate.hpp"

#include <string_view>
#include <zlib.h>

namespace bitgrain::data {

namespace {

constexpr std::uint32_t local_signature = 0x04034b50, member_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50, locator64_signature = 0x07064b50;
constexpr std::size_t local_size = 30, member_size = 46, end_size = 22, locator64_size = 20, longest_comment = 0xffff;
constexpr std::uint16_t stored = 0, deflated = 8;
constexpr std::uint16_t in_zip64_16 = 0xffff; ///< the value that says: the zip64 record has it
constexpr std::uint32_t in_zip64_32 = 0xffffffff;
constexpr std::uint16_t zip64_extra = 1;

std::uint32_t checksum_of(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

} // namespace

ZipArchive::ZipArchive(std::string bytes, std::string where) : bytes_(std::move(bytes)), where_(std::move(where)) {
    read_directory();
}

std::string_view ZipArchive::slice(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) {
        throw Error("the zip file ends too early, it is cut off or damaged", where_);
    }
    return std::string_view(bytes_).substr(offset, size);
}

/// The end record is the last thing in the file but for a comment.
std::size_t ZipArchive::find_end() const {
    for (std::size_t back = end_size; back <= bytes_.size() && back <= end_size + longest_comment; ++back) {
        const std::size_t at = bytes_.size() - back;
        if (load_little<std::uint32_t>(bytes_, at, where_) == end_signature) return at;
    }
    throw Error("this is not a zip file, or it is cut off: it has no directory", where_);
}

void ZipArchive::read_directory() {
    const std::size_t end = find_end();
    std::uint64_t count = load_little<std::uint16_t>(bytes_, end + 10, where_);
    std::uint64_t at = load_little<std::uint32_t>(bytes_, end + 16, where_);
    if (count == in_zip64_16 || at == in_zip64_32) {
        if (end < locator64_size ||
            load_little<std::uint32_t>(bytes_, end - locator64_size, where_) != locator64_signature) {
            throw Error("the zip file is damaged: its zip64 directory is missing", where_);
        }
        const auto end64 = load_little<std::uint64_t>(bytes_, end - locator64_size + 8, where_);
        if (load_little<std::uint32_t>(bytes_, end64, where_) != end64_signature) {
            throw Error("the zip file is damaged: its zip64 directory is not where it should be", where_);
        }
        count = load_little<std::uint64_t>(slice(end64, 56), 32, where_);
        at = load_little<std::uint64_t>(slice(end64, 56), 48, where_);
    }
    for (; count > 0; --count)
        at += read_member(at);
}

/// Returns the length of the directory's entry.
std::size_t ZipArchive::read_member(std::size_t at) {
    const std::string_view entry = slice(at, member_size);
    if (load_little<std::uint32_t>(entry, 0, where_) != member_signature) {
        throw Error("the zip file is damaged: its directory is not where it should be", where_);
    }
    Member member;
    member.flags = load_little<std::uint16_t>(entry, 8, where_);
    member.method = load_little<std::uint16_t>(entry, 10, where_);
    member.checksum = load_little<std::uint32_t>(entry, 16, where_);
    member.packed_size = load_little<std::uint32_t>(entry, 20, where_);
    member.size = load_little<std::uint32_t>(entry, 24, where_);
    member.offset = load_little<std::uint32_t>(entry, 42, where_);
    const std::size_t name = load_little<std::uint16_t>(entry, 28, where_);
    const std::size_t extra = load_little<std::uint16_t>(entry, 30, where_);
    const std::size_t comment = load_little<std::uint16_t>(entry, 32, where_);
    member.name = slice(at + member_size, name);
    read_zip64(slice(at + member_size + name, extra), member);
    members_.push_back(std::move(member));
    return member_size + name + extra + comment;
}

/// Sizes that do not fit 32 bits are in an extra field, in this order, and only those that do not fit.
void ZipArchive::read_zip64(std::string_view extra, Member& member) const {
    while (extra.size() >= 4) {
        const auto id = load_little<std::uint16_t>(extra, 0, where_);
        const std::size_t length = load_little<std::uint16_t>(extra, 2, where_);
        std::string_view field = extra.substr(4, length);
        extra.remove_prefix(std::min(extra.size(), 4 + length));
        if (id != zip64_extra) continue;
        for (std::uint64_t* value : {&member.size, &member.packed_size, &member.offset}) {
            if (*value != in_zip64_32) continue;
            *value = load_little<std::uint64_t>(field, 0, where_);
            field.remove_prefix(sizeof *value);
        }
    }
}

std::vector<std::string> ZipArchive::names() const {
    std::vector<std::string> result;
    result.reserve(members_.size());
    for (const Member& member : members_)
        result.push_back(member.name);
    return result;
}

const ZipArchive::Member* ZipArchive::find(const std::string& name) const {
    for (const Member& member : members_) {
        if (member.name == name) return &member;
    }
    return nullptr;
}

bool ZipArchive::has(const std::string& name) const {
    return find(name) != nullptr;
}

std::string ZipArchive::extract(const std::string& name) const {
    const Member* member = find(name);
    if (member == nullptr) throw Error("there is no member '" + name + "'", where_, suggestion(name, names()));
    const std::string place = where_ + ", member '" + name + "'";
    if (member->flags % 2 != 0) throw Error("the member is encrypted", place);
    const std::string_view local = slice(member->offset, local_size);
    if (load_little<std::uint32_t>(local, 0, place) != local_signature) {
        throw Error("the zip file is damaged: the member is not where it should be", place);
    }
    // Name and extra field may be longer here than in the directory.
    const std::uint64_t begin = member->offset + local_size + load_little<std::uint16_t>(local, 26, place) +
                                load_little<std::uint16_t>(local, 28, place);
    const std::string_view packed = slice(begin, member->packed_size);
    std::string bytes;
    if (member->method == deflated) {
        bytes = inflate_raw(packed, member->size, place);
    } else if (member->method == stored && member->size == packed.size()) {
        bytes = packed;
    } else if (member->method == stored) {
        throw Error("the zip file is damaged: two sizes of the member differ", place);
    } else {
        throw Error("the member is compressed in a way other than deflate", place,
                    "numpy.savez_compressed writes deflate");
    }
    if (checksum_of(bytes) != member->checksum) throw Error("the member is damaged: its checksum is wrong", place);
    return bytes;
}

} // namespace bitgrain::data
