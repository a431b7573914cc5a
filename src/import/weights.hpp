// The stored numbers of a network, free of the container they came in: a tree of parts, each with its variables.
#pragma once

#include "model/builder.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitgrain::import {

/// float32 and integers are exact in double.
struct Array {
    std::vector<std::size_t> shape;
    std::vector<double> values; ///< row-major

    std::size_t size() const { return values.size(); }
};

/// A layer or one of its parts ("iq" the input quantizer, "kq" the kernel's, "quantizer" inside them, ...).
struct Part {
    std::string name;
    bool by_position = true; ///< .keras files number the variables, .h5 files name them
    std::vector<std::pair<std::string, Array>> variables;
    std::vector<Part> parts;
    std::shared_ptr<bool> taken = std::make_shared<bool>(false); ///< the variables, from this part or a copy of it

    /// Null when there is none.
    const Part* find(const std::string& part) const;
    /// Error that names the part when it is missing.
    const Part& at(const std::string& part, const std::string& where) const;
    /// All variables by name. `names` are in the order in which Keras stores them (trainable ones first). Error when
    /// the stored ones are not exactly these: then the file means something else.
    std::map<std::string, Array> take(const std::vector<std::string>& names, const std::string& where) const;
    /// A copy of which nothing is taken yet.
    Part untouched() const;
    /// Where variables are that nobody took, as "iq/quantizer": the network that was stored used them.
    std::optional<std::string> left_over() const;
};

/// "3 x 4"
std::string text(const std::vector<std::size_t>& shape);
using model::elements;
/// Error unless the array has this shape.
void require_shape(const Array& array, const std::vector<std::size_t>& shape, const std::string& what,
                   const std::string& where);
/// The shape that all of them broadcast to, as below; none when there is no such shape.
std::optional<std::vector<std::size_t>> common_shape(const std::vector<std::vector<std::size_t>>& shapes);
/// The array's values for a larger shape: equal trailing axes or 1, missing leading axes repeat.
Array broadcast(const Array& array, const std::vector<std::size_t>& shape, const std::string& where);

} // namespace bitgrain::import
