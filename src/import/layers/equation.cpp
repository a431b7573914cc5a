#include "import/layers/equation.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::import {

namespace {

/// Multiplications that can still be unrolled into hardware, with much room.
constexpr std::size_t max_products = std::size_t{1} << 26;

bool has(const std::string& letters, char letter) {
    return letters.find(letter) != std::string::npos;
}

/// "..." as unused letters, one per axis that has no name.
std::string expand(const std::string& axes, std::size_t rank, const std::string& where) {
    const std::size_t dots = axes.find("...");
    if (dots == std::string::npos) return axes;
    const std::size_t named = axes.size() - 3;
    if (named > rank) throw Error("the equation has more axes than the value", where);
    return axes.substr(0, dots) + std::string("0123456789").substr(0, std::min<std::size_t>(rank - named, 10)) +
           axes.substr(dots + 3);
}

/// Counts through all positions of `letters`, the last one fastest.
bool advance(std::map<char, std::size_t>& position, const std::string& letters,
             const std::map<char, std::size_t>& extents) {
    for (std::size_t i = letters.size(); i-- > 0;) {
        if (++position[letters[i]] < extents.at(letters[i])) return true;
        position[letters[i]] = 0;
    }
    return false;
}

} // namespace

Equation::Equation(const std::string& text, const std::vector<std::size_t>& input,
                   const std::vector<std::size_t>& kernel, const std::string& where) {
    const auto fail = [&](const std::string& why) { throw Error("the equation '" + text + "': " + why, where); };
    const std::size_t comma = text.find(','), arrow = text.find("->");
    if (comma == std::string::npos || arrow == std::string::npos || comma > arrow)
        fail("is not 'input,kernel->output'");
    const std::string in = expand(text.substr(0, comma), input.size() + 1, where);
    kernel_ = text.substr(comma + 1, arrow - comma - 1);
    const std::string written = text.substr(arrow + 2);
    const std::size_t dots =
        written.find("...") == std::string::npos ? 0 : in.size() + 3 - text.substr(0, comma).size();
    const std::string out = expand(written, written.size() + dots - (dots == 0 ? 0 : 3), where);
    if (in.size() != input.size() + 1) fail("the input has " + std::to_string(input.size() + 1) + " axes");
    if (kernel_.size() != kernel.size()) fail("the kernel has " + std::to_string(kernel.size()) + " axes");
    if (out.empty() || in[0] != out[0] || has(kernel_, in[0])) fail("the first axis must be the batch");
    input_ = in.substr(1);
    output_ = out.substr(1);
    for (const std::string* axes : {&input_, &kernel_, &output_}) {
        for (const char letter : *axes) {
            if (std::count(axes->begin(), axes->end(), letter) != 1 || letter == in[0]) fail("an axis is there twice");
        }
    }
    const auto learn = [&](const std::string& axes, const std::vector<std::size_t>& shape) {
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const auto [known, is_new] = extents_.emplace(axes[i], shape[i]);
            if (!is_new && known->second != shape[i]) fail(std::string("axis ") + axes[i] + " has two sizes");
        }
    };
    learn(input_, input);
    learn(kernel_, kernel);
    for (const char letter : output_) {
        if (!extents_.contains(letter)) fail(std::string("axis ") + letter + " comes from nowhere");
        output_shape_.push_back(extents_[letter]);
        (has(input_, letter) ? shared_ : made_) += letter;
    }
    for (const char letter : input_) {
        if (!has(output_, letter)) summed_ += letter;
    }
    for (const char letter : kernel_) {
        if (!has(input_, letter) && !has(output_, letter)) fail("an axis of the kernel meets nothing");
    }
    if (output_.empty()) fail("the output has no axes");
    std::size_t products = 1;
    for (const auto& [letter, size] : extents_) {
        products *= size;
        if (size == 0 || products > max_products) fail("an axis is empty or the product too large to unroll");
    }
}

std::size_t Equation::extent(const std::string& letters) const {
    std::size_t count = 1;
    for (const char letter : letters)
        count *= extents_.at(letter);
    return count;
}

std::size_t Equation::positions() const {
    std::string free;
    for (const char letter : shared_) {
        if (!has(kernel_, letter)) free += letter;
    }
    return extent(free);
}

std::size_t Equation::index(const std::string& axes, const std::map<char, std::size_t>& position) const {
    std::size_t at = 0;
    for (const char letter : axes)
        at = at * extents_.at(letter) + position.at(letter);
    return at;
}

bool Equation::is_kernel_output(char letter) const {
    return has(kernel_, letter) && has(output_, letter);
}

std::vector<std::size_t> Equation::outputs_of_kernel() const {
    std::map<char, std::size_t> position;
    for (const auto& [letter, extent] : extents_)
        position[letter] = 0;
    std::vector<std::size_t> list;
    do
        list.push_back(index(output_, position));
    while (advance(position, kernel_, extents_));
    return list;
}

std::string Equation::edge_axes() const {
    std::string axes = input_;
    for (const char letter : kernel_) {
        if (!has(input_, letter)) axes += letter;
    }
    return axes;
}

Equation::Edges Equation::edges() const {
    std::map<char, std::size_t> position;
    for (const auto& [letter, extent] : extents_)
        position[letter] = 0;
    const std::string axes = edge_axes();
    Edges edges;
    for (const char letter : axes)
        edges.shape.push_back(extents_.at(letter));
    do {
        edges.inputs.push_back(static_cast<std::int64_t>(index(input_, position)));
        edges.kernel.push_back(static_cast<std::int64_t>(index(kernel_, position)));
        edges.outputs.push_back(index(output_, position));
    } while (advance(position, axes, extents_));
    return edges;
}

Array Equation::along_edges(const Array& array, const std::string& axes, const std::string& where) const {
    const std::string all = edge_axes();
    const auto misfit = [&] {
        throw Error("a stored array does not have the axes '" + axes + "' of the edges", where);
    };
    if (array.shape.size() < axes.size()) misfit();
    std::map<char, std::size_t> position;
    std::string present; // in the order of the edges
    Array result;
    for (const char letter : all)
        result.shape.push_back(has(axes, letter) ? extents_.at(letter) : 1);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (!has(all, axes[i]) || position.contains(axes[i]) || array.shape[i] != extents_.at(axes[i])) misfit();
        position[axes[i]] = 0;
    }
    for (const char letter : all) {
        if (has(axes, letter)) present += letter;
    }
    std::size_t rest = 1;
    for (std::size_t i = axes.size(); i < array.shape.size(); ++i) {
        rest *= array.shape[i];
        result.shape.push_back(array.shape[i]);
    }
    do {
        const auto from = array.values.begin() + static_cast<std::ptrdiff_t>(index(axes, position) * rest);
        result.values.insert(result.values.end(), from, from + static_cast<std::ptrdiff_t>(rest));
    } while (advance(position, present, extents_));
    return result;
}

std::vector<Block> Equation::blocks(const std::vector<double>& kernel, const std::vector<double>& bias) const {
    std::map<char, std::size_t> position;
    for (const auto& [letter, extent] : extents_)
        position[letter] = 0;
    std::vector<Block> list;
    do {
        Block& block = list.emplace_back();
        do {
            block.outputs.push_back(index(output_, position));
            block.bias.push_back(bias[block.outputs.back()]);
        } while (advance(position, made_, extents_));
        do {
            block.inputs.push_back(static_cast<std::int64_t>(index(input_, position)));
            do
                block.weights.push_back(kernel[index(kernel_, position)]);
            while (advance(position, made_, extents_));
        } while (advance(position, summed_, extents_));
    } while (advance(position, shared_, extents_));
    return list;
}

} // namespace bitgrain::import
