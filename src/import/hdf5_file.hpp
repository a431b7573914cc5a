// Reading an HDF5 file that is held in memory (HDF5 C library): groups, arrays of numbers, text attributes.
#pragma once

#include "import/weights.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::import {

/// True for the bytes of an HDF5 file.
bool is_hdf5(const std::string& bytes);

/// Paths are "a/b/c" from the root, "" is the root. Every failure is an Error that names file and path.
class Hdf5File {
  public:
    Hdf5File(std::string bytes, std::string where);
    Hdf5File(const Hdf5File&) = delete;
    Hdf5File& operator=(const Hdf5File&) = delete;
    ~Hdf5File();

    const std::string& where() const { return where_; }
    bool has(const std::string& path) const;
    /// Names below a group, in alphabetical order.
    struct Children {
        std::vector<std::string> groups, arrays;
    };
    Children children(const std::string& group) const;
    /// Real or integer numbers; other types and compressed or external storage are refused.
    Array read(const std::string& path) const;
    /// A text attribute; none when the attribute does not exist.
    std::optional<std::string> text(const std::string& group, const std::string& attribute) const;
    /// A list of texts.
    std::optional<std::vector<std::string>> texts(const std::string& group, const std::string& attribute) const;

  private:
    [[noreturn]] void fail(const std::string& path, const std::string& message) const;

    std::string bytes_;
    std::string where_;
    std::int64_t file_ = -1;
};

} // namespace bitgrain::import
