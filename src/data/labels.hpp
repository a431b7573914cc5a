// From labels as they stand in a file to class indices.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrain::data {

/// Labels as text, each distinct text once, in the order in which they were first seen.
struct RawLabels {
    std::vector<std::int32_t> ids; ///< per row, index into texts
    std::vector<std::string> texts;
    std::vector<std::size_t> first_seen; ///< per text: the row or line where it was first seen

    void add(std::string_view text, std::size_t seen_at);

  private:
    std::map<std::string, std::int32_t, std::less<>> known_;
};

struct Classes {
    std::vector<std::int32_t> labels; ///< per row, index into names
    std::vector<std::string> names;
};

/// When every label is a number, classes are numbers: "1", "01" and "1.0" are one class, sorted by value; otherwise
/// sorted by bytes. `fixed`, when not empty, is the list of names to use; a label outside it is an Error.
/// `place` turns a first_seen into the `where` of an Error. Error: classes that are numbers but not integers.
Classes encode_labels(const RawLabels& raw, const std::vector<std::string>& fixed,
                      const std::function<std::string(std::size_t)>& place);

} // namespace bitgrain::data
