#include "rtl/kit_text.hpp"

#include "fx/arithmetic.hpp"
#include "rtl/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

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
    return "layer " + plain(place.layer) +
           (place.neuron < 0 ? std::string() : ", neuron " + std::to_string(place.neuron));
}

/// "if (these bits of got !== those of want) mismatch(...)"
std::string compare_bits(const Port& port, const std::string& what, const std::string& got, const std::string& want) {
    const std::string bits = bits_text(port.offset, port.width);
    const auto code = [&](const std::string& vector) {
        return "$sformatf(\"%0d\", " + std::string(port.format.sign ? "$signed" : "$unsigned") + '(' + vector + bits +
               "))";
    };
    return "            if (" + got + bits + " !== " + want + bits + ")\n                mismatch(\"" + what +
           ", times 2^" + std::to_string(-port.format.fraction) + ")\",\n                         " + code(want) +
           ", " + code(got) + ");\n";
}

std::string without_last_newline(std::string text) {
    if (!text.empty()) text.pop_back();
    return text;
}

/// "0 `ash`, 1 `birch`"
std::string numbered(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(i) + " `" + plain(names[i]) + "`";
    return text;
}

std::string decimal(double value) {
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

} // namespace

std::string inputs_text(const Meaning& meaning) {
    if (meaning.features.empty()) return {};
    return "\n\nFeatures, in the order of the inputs: " + numbered(meaning.features) + ".";
}

std::string outputs_text(const Meaning& meaning, const std::vector<Port>& outputs) {
    std::string text;
    if (!meaning.classes.empty()) {
        text += "\n\nClasses, " + std::string(meaning.decided ? "by index: " : "in the order of the outputs: ") +
                numbered(meaning.classes) + "." +
                (meaning.decided ? "" : " The largest output decides, the first of equal ones.");
    }
    if (!meaning.scale.empty() && meaning.scale.size() == outputs.size()) {
        text += "\n\nThe network was trained on standardised targets; in their own units:\n";
        for (std::size_t i = 0; i < outputs.size(); ++i)
            text += "\n- target " + std::to_string(i) + " = `" + plain(outputs[i].name) + "` * " +
                    decimal(meaning.scale[i]) + " + " + decimal(meaning.offset[i]);
    }
    return text;
}

std::string bits_text(int offset, int width) {
    const std::string high = std::to_string(offset + width - 1);
    return width == 1 ? '[' + high + ']' : '[' + high + ':' + std::to_string(offset) + ']';
}

std::string compare_text(const Signature& signature, const std::vector<Place>& places) {
    std::string text;
    for (std::size_t j = 0; j < signature.outputs.size(); ++j) {
        const Port& port = signature.outputs[j];
        if (port.width == 0) continue;
        const std::string place = place_text(places[j]);
        text += compare_bits(port,
                             "output " + plain(port.name) + (place.empty() ? "" : ", ") + place + " (out_data" +
                                 bits_text(port.offset, port.width),
                             "out_data", "want");
    }
    return without_last_newline(std::move(text));
}

std::string compare_layers_text(const std::vector<Probe>& probes) {
    std::string text;
    for (const Probe& probe : probes)
        text +=
            compare_bits(probe.port, place_text(probe.place) + " (dut." + probe.port.name, "layers_got", "layers_want");
    return without_last_newline(std::move(text));
}

std::string record_text(std::vector<Probe> probes) {
    std::stable_sort(probes.begin(), probes.end(), [](const Probe& a, const Probe& b) { return a.clocks < b.clocks; });
    std::string text;
    for (std::size_t i = 0; i < probes.size(); ++i) {
        const Probe& probe = probes[i];
        const std::string at = "at[" + std::to_string(probe.clocks) + ']';
        if (i == 0 || probes[i - 1].clocks != probe.clocks) text += "        if (" + at + " >= 0) begin\n";
        text += "            seen[" + at + ']' + bits_text(probe.port.offset, probe.port.width) + " = dut." +
                probe.port.name + ";\n";
        if (i + 1 == probes.size() || probes[i + 1].clocks != probe.clocks) text += "        end\n";
    }
    return without_last_newline(std::move(text));
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
    return without_last_newline(std::move(text));
}

} // namespace bitgrain::rtl
