// numpy's .npz: a zip of .npy files, one per named array.
#pragma once

#include "data/dataset.hpp"
#include "data/zip.hpp"

namespace bitgrain::data {

class Npz {
  public:
    Npz(std::string bytes, const std::string& where);

    /// Names of the arrays, without ".npy".
    const std::vector<std::string>& names() const { return names_; }
    bool has(const std::string& name) const;
    /// `name` with or without ".npy".
    Array read(const std::string& name) const;
    /// The array of that name or, when there is none, the only array of the file.
    std::string preferred(const std::string& name) const;

  private:
    std::string where_;
    ZipArchive archive_;
    std::vector<std::string> names_;
};

} // namespace bitgrain::data
