// Reading of zip files, as far as .npz needs it: members stored or deflated, zip64. (PKWARE APPNOTE 6.3, sections 4.3
// to 4.5.) Not for: encryption, other methods, archives in several files. Errors name the file and the member.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::data {

class ZipArchive {
  public:
    /// Takes the content of the file and reads its directory.
    ZipArchive(std::string bytes, std::string where);

    /// Names in the order of the directory.
    std::vector<std::string> names() const;
    bool has(const std::string& name) const;
    /// The unpacked content; its checksum has been compared.
    std::string extract(const std::string& name) const;

  private:
    struct Member {
        std::string name;
        std::uint16_t flags, method;
        std::uint32_t checksum;
        std::uint64_t packed_size, size, offset;
    };

    std::size_t find_end() const;
    void read_directory();
    std::size_t read_member(std::size_t at);
    void read_zip64(std::string_view extra, Member& member) const;
    std::string_view slice(std::uint64_t offset, std::uint64_t size) const;
    const Member* find(const std::string& name) const;

    std::string bytes_, where_;
    std::vector<Member> members_;
};

} // namespace bitgrain::data
