#include "rtl/kit_text.hpp"

#include "fx/arithmetic.hpp"
#include "rtl/names.hpp"

namespace bitgrain::rtl {

namespace {

constexpr std::size_t most_rows = 64; ///< of a table that people read

/// A user's name inside a Verilog string that is a format too, or in a table of Markdown.
std::string plain(const std::string& name) {
    std::string text = comment_text(name);
    for (char& c : text) {
        if (c == '"' || c == '\\' || c == '%' || c == '|' || c == '`') c = '\'';
    }
    return text;
}

std::string place_text(const Place& place) {
    if (place.layer.empty()) return {};
    return ", layer " + plain(place.layer) +
           (place.neuron < 0 ? std::string() : ", neuron " + std::to_string(place.neuron));
}

} // namespace

std::string bits_text(int offset, int width) {
    const std::string high = std::to_string(offset + width - 1);
    return width == 1 ? '[' + high + ']' : '[' + high + ':' + std::to_string(offset) + ']';
}

std::string compare_text(const Signature& signature, const std::vector<Place>& places) {
    std::string text;
    for (std::size_t j = 0; j < signature.outputs.size(); ++j) {
        const Port& port = signature.outputs[j];
        if (port.width == 0) continue;
        const std::string bits = bits_text(port.offset, port.width);
        const auto code = [&](const std::string& vector) {
            return "$sformatf(\"%0d\", " + std::string(port.format.sign ? "$signed" : "$unsigned") + '(' + vector +
                   bits + "))";
        };
        text += "            if (out_data" + bits + " !== want" + bits + ")\n                mismatch(\"output " +
                plain(port.name) + place_text(places[j]) + " (out_data" + bits + ", times 2^" +
                std::to_string(-port.format.fraction) + ")\",\n                         " + code("want") + ", " +
                code("out_data") + ");\n";
    }
    if (!text.empty()) text.pop_back();
    return text;
}

std::string port_rows(const std::vector<Port>& ports) {
    std::string text;
    std::size_t rows = 0;
    for (std::size_t first = 0, next = 0; first < ports.size(); first = next) {
        if (++rows > most_rows)
            return text + "| ... | | | " + std::to_string(ports.size() - first) + " more in `signature.json` |";
        const Port& port = ports[first];
        while (next < ports.size() && ports[next].format == port.format)
            ++next;
        const Port& last = ports[next - 1];
        const int width = last.offset + last.width - port.offset;
        const std::string names =
            plain(port.name) + (next == first + 1 ? "" : (next == first + 2 ? ", " : " ... ") + plain(last.name));
        text += "| " + (port.width == 0 ? "-" : bits_text(port.offset, width)) + " | " + std::to_string(port.width) +
                " | " + fx::name(port.format) + " | " + names + " |\n";
    }
    if (!text.empty()) text.pop_back();
    return text;
}

} // namespace bitgrain::rtl
