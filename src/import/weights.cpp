#include "import/weights.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::import {

namespace {

std::string list(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words)
        result += (result.empty() ? "" : ", ") + word;
    return result.empty() ? "none" : result;
}

} // namespace

const Part* Part::find(const std::string& part) const {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.name == part; });
    return found == parts.end() ? nullptr : &*found;
}

const Part& Part::at(const std::string& part, const std::string& where) const {
    if (const Part* found = find(part)) return *found;
    throw Error("the stored weights have no part '" + part + "'", where);
}

std::map<std::string, Array> Part::take(const std::vector<std::string>& names, const std::string& where) const {
    std::map<std::string, Array> result;
    std::vector<std::string> stored;
    for (const auto& [key, array] : variables) {
        stored.push_back(by_position ? text(array.shape) : key);
        std::size_t position = names.size();
        if (by_position) {
            position = key.size() < 4 && key.find_first_not_of("0123456789") == std::string::npos && !key.empty()
                           ? static_cast<std::size_t>(std::stoul(key))
                           : names.size();
        } else {
            position = static_cast<std::size_t>(std::find(names.begin(), names.end(), key) - names.begin());
        }
        if (position < names.size()) result[names[position]] = array;
    }
    if (result.size() != names.size() || variables.size() != names.size()) {
        throw Error("expected the stored variables " + list(names) + "; found " + std::to_string(variables.size()) +
                        " (" + list(stored) + ")",
                    where, "was the file written by a version of the layer that this reader does not know?");
    }
    *taken = true;
    return result;
}

Part Part::untouched() const {
    Part copy = *this;
    copy.taken = std::make_shared<bool>(false);
    for (Part& part : copy.parts)
        part = part.untouched();
    return copy;
}

std::optional<std::string> Part::left_over() const {
    if (name.starts_with("seed_generator")) return std::nullopt; // dropout's random numbers
    if (!variables.empty() && !*taken) return name;
    for (const Part& part : parts) {
        if (const auto path = part.left_over()) return name + "/" + *path;
    }
    return std::nullopt;
}

std::optional<std::vector<std::size_t>> common_shape(const std::vector<std::vector<std::size_t>>& shapes) {
    std::vector<std::size_t> common;
    for (const auto& shape : shapes) {
        if (common.size() < shape.size()) common.insert(common.begin(), shape.size() - common.size(), 1);
        for (std::size_t back = 1; back <= shape.size(); ++back) {
            std::size_t& extent = common[common.size() - back];
            const std::size_t own = shape[shape.size() - back];
            if (extent == 1) extent = own;
            if (own != 1 && own != extent) return std::nullopt;
        }
    }
    return common;
}

std::string text(const std::vector<std::size_t>& shape) {
    if (shape.empty()) return "one number";
    std::string result;
    for (const std::size_t extent : shape)
        result += (result.empty() ? "" : " x ") + std::to_string(extent);
    return result;
}

void require_shape(const Array& array, const std::vector<std::size_t>& shape, const std::string& what,
                   const std::string& where) {
    if (array.shape != shape) {
        throw Error("the stored " + what + " is " + text(array.shape) + ", the configuration says " + text(shape),
                    where);
    }
}

Array broadcast(const Array& array, const std::vector<std::size_t>& shape, const std::string& where) {
    const auto fail = [&] {
        throw Error("stored widths of shape " + text(array.shape) + " do not fit a value of shape " + text(shape),
                    where);
    };
    const std::size_t rank = array.shape.size();
    if (rank > shape.size()) fail();
    std::vector<std::size_t> strides(shape.size(), 0);
    std::size_t stride = 1;
    for (std::size_t back = 0; back < rank; ++back) {
        const std::size_t extent = array.shape[rank - 1 - back];
        const std::size_t axis = shape.size() - 1 - back;
        if (extent != 1 && extent != shape[axis]) fail();
        strides[axis] = extent == 1 ? 0 : stride;
        stride *= extent;
    }
    Array result{shape, std::vector<double>(elements(shape))};
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::size_t rest = i, at = 0;
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            at += rest % shape[axis] * strides[axis];
            rest /= shape[axis];
        }
        result.values[i] = array.values[at];
    }
    return result;
}

} // namespace bitgrain::import
