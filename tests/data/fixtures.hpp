// Bytes of small files for the tests of data/: written here by hand or by these functions, never by numpy at test time.
#pragma once

#include "base/error.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrain::data::fixtures {

/// A folder of its own for one test, removed at the end.
class Folder {
  public:
    Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();

    std::filesystem::path path(const std::string& name) const { return path_ / name; }
    std::filesystem::path write(const std::string& name, std::string_view bytes) const;

  private:
    std::filesystem::path path_;
};

/// "00ff" -> two bytes.
std::string from_hex(std::string_view digits);

/// An .npy file with the header dictionary given as text.
std::string npy_with_header(const std::string& dictionary, std::string_view data, int version = 1);
/// An .npy file; `shape` as Python writes it, "(2, 3)".
std::string npy(const std::string& type, const std::string& shape, std::string_view data, bool fortran_order = false);

/// One gzip member.
std::string gzip(std::string_view bytes);

struct ZipMember {
    std::string name, content;
    bool deflate = false;
};
/// `zip64`: sizes and offsets are written in the 64-bit fields even though they are small.
std::string zip(const std::vector<ZipMember>& members, bool zip64 = false);

/// The what() of the Error that the call throws; the test fails when it throws none.
std::string error_of(const std::function<void()>& call);

/// The reader must accept or throw Error for the file cut at every byte and with every byte changed in several ways;
/// any other exception fails the test. Returns how many of the variants were refused.
std::size_t count_refused(const std::string& bytes, const std::function<void(const std::string&)>& reader);

} // namespace bitgrain::data::fixtures
