// bitgrain trace: every value inside the model for one row of data, as the integers that the hardware's wires carry.
#include "base/error.hpp"
#include "base/json.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/steps.hpp"
#include "cosim/packing.hpp"
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"
#include "model/names.hpp"
#include "report/number.hpp"
#include "report/text.hpp"
#include "rtl/emit.hpp"

#include <algorithm>
#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path model, data;
    std::size_t row = 0;
    std::optional<std::string> layer;
    bool json = false;
};

/// One wire at one moment.
struct Element {
    std::size_t number = 0; ///< in its layer
    fx::Format format;
    std::int64_t code = 0;
};

/// What an input or a step gives.
struct Value {
    std::string layer, op;
    std::vector<Element> elements; ///< those that take bits
};

struct Trace {
    std::vector<Value> values;
    std::string in_data, out_data; ///< hexadecimal, as the design's ports carry them; empty without a build
};

std::vector<std::int64_t> codes_of_row(const model::Model& model, const Arguments& arguments) {
    std::int64_t saturated = 0;
    const std::vector<std::int64_t> all = read_codes(model, arguments.data, saturated);
    const std::size_t width = model::input_count(model), rows = all.size() / width;
    if (arguments.row >= rows) {
        throw Error("there is no row " + std::to_string(arguments.row), arguments.data.string(),
                    "it has " + std::to_string(rows) + ", counted from 0");
    }
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(arguments.row * width);
    return {first, first + static_cast<std::ptrdiff_t>(width)};
}

std::vector<Value> values_of(const model::Model& model, const std::vector<std::int64_t>& inputs) {
    const auto codes = model::trace(model, inputs);
    const auto ranges = model::intervals(model);
    std::vector<Value> values;
    for (std::size_t v = 0; v < codes.size(); ++v) {
        const bool is_input = v < model.inputs.size();
        const std::size_t step = is_input ? 0 : v - model.inputs.size();
        Value& value = values.emplace_back();
        value.layer = is_input ? model.inputs[v].name : model.steps[step].name;
        value.op = is_input ? "input" : model::op_name(model.steps[step].op);
        for (std::size_t e = 0; e < codes[v].size(); ++e) {
            const fx::Format format = fx::format_of(ranges[v][e]);
            if (!format.is_zero()) value.elements.push_back({e, format, codes[v][e]});
        }
    }
    return values;
}

std::string words(const std::vector<rtl::Port>& ports, int width, const std::vector<std::int64_t>& codes) {
    std::string line = cosim::hex_lines(width, cosim::pack(ports, width, codes, 1), 1);
    line.pop_back(); // the end of the line
    return line;
}

void add_ports(Trace& trace, const model::Model& model, const std::vector<std::int64_t>& inputs,
               const fs::path& build) {
    const fs::path file = build / "signature.json";
    const rtl::Signature signature = rtl::signature_from_json(read_json(file), file.string());
    const std::vector<int> fractions = model::output_fractions(model);
    std::vector<std::int64_t> outputs = model::infer(model, inputs, 1);
    for (std::size_t j = 0; j < outputs.size(); ++j)
        outputs[j] = fx::to_fraction(outputs[j], fractions[j], signature.outputs[j].format.fraction);
    trace.in_data = words(signature.inputs, signature.in_width, inputs);
    trace.out_data = words(signature.outputs, signature.out_width, outputs);
}

/// Two's complement in as many digits as the wire has bits, as wave viewers show it.
std::string hexadecimal(const Element& element) {
    const int width = element.format.width();
    std::string text;
    for (int bit = 0; bit < width; bit += 4) {
        const int bits = std::min(4, width - bit);
        const auto digit = (element.code >> bit) & ((1 << bits) - 1);
        text.insert(text.begin(), "0123456789abcdef"[digit]);
    }
    return text;
}

Json to_json(const Trace& trace, const Arguments& arguments) {
    Json json{{"data", arguments.data.string()}, {"row", arguments.row}};
    if (!trace.in_data.empty()) {
        json["in_data"] = trace.in_data;
        json["out_data"] = trace.out_data;
    }
    json["values"] = Json::array();
    for (const Value& value : trace.values) {
        Json elements = Json::array();
        for (const Element& e : value.elements)
            elements.push_back({{"element", e.number},
                                {"signed", e.format.sign},
                                {"integer", e.format.integer},
                                {"fraction", e.format.fraction},
                                {"code", e.code},
                                {"value", fx::to_double(e.code, e.format.fraction)}});
        json["values"].push_back({{"layer", value.layer}, {"op", value.op}, {"elements", std::move(elements)}});
    }
    return json;
}

std::string to_text(const Trace& trace, const model::Model& model, const Arguments& arguments) {
    std::string text =
        model.name + ", row " + std::to_string(arguments.row) + " of " + arguments.data.filename().string() + "\n\n";
    if (!trace.in_data.empty()) text += "in_data   " + trace.in_data + "\nout_data  " + trace.out_data + "\n\n";
    std::vector<std::vector<std::string>> lines{{"layer", "op", "element", "format", "code", "hex", "value"}};
    for (const Value& value : trace.values) {
        for (const Element& e : value.elements)
            lines.push_back({value.layer, value.op, std::to_string(e.number), fx::name(e.format),
                             std::to_string(e.code), hexadecimal(e),
                             report::number(fx::to_double(e.code, e.format.fraction), 12)});
    }
    return text + report::table(lines, {false, false, true, true, true, true, true}, true);
}

int run(const Arguments& arguments) {
    const bool of_build = fs::is_directory(arguments.model);
    const fs::path build = of_build ? require_build(arguments.model) : fs::path();
    const model::Model model = model::read(of_build ? build / "model.json" : require_model(arguments.model));
    const std::vector<std::int64_t> inputs = codes_of_row(model, arguments);
    Trace trace;
    trace.values = values_of(model, inputs);
    if (of_build) add_ports(trace, model, inputs, build);
    if (arguments.layer) {
        std::string layers;
        for (const Value& value : trace.values) {
            if (layers.find(value.layer) == std::string::npos) layers += (layers.empty() ? "" : ", ") + value.layer;
        }
        std::erase_if(trace.values, [&](const Value& value) { return value.layer != *arguments.layer; });
        if (trace.values.empty()) throw Error("there is no layer " + *arguments.layer, "--layer", "known: " + layers);
    }
    print_result(arguments.json, to_text(trace, model, arguments), to_json(trace, arguments));
    return exit_ok;
}

} // namespace

Command trace_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("trace", "Show every value inside the model for one row of data");
    app->add_option("model", arguments->model, "A model file, or a build: then the words at its ports too")
        ->required()
        ->type_name("MODEL.json|BUILD");
    app->add_option("--data", arguments->data, "Features: .npy, .npy.gz, .npz, .csv or .csv.gz")
        ->required()
        ->type_name("FILE");
    app->add_option("--row", arguments->row, "Which row, from 0")->capture_default_str()->type_name("NUMBER");
    app->add_option("--layer", arguments->layer, "Only this layer's values")->type_name("NAME");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(
        examples("bitgrain trace build --data run/test_x.npy --row 17 --layer dense_3") +
        "\nA value is its code times 2^-fraction; formats: s or u, integer.fraction bits, the sign not counted.\n"
        "In the Verilog the net <layer>_n3 carries element 3 of a layer to the next one: the code that the next\n"
        "cast gives here, at times with lower bits that it drops. hex is the code as a wave viewer shows it.");
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
