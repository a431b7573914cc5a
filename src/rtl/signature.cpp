// The ports: which bits of in_data and out_data are which value, in which format.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/evaluate.hpp"
#include "rtl/axis.hpp"
#include "rtl/emit.hpp"
#include "rtl/names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace bitgrain::rtl {

namespace {

/// Modules of rtl_lib, which a design must not be called.
constexpr std::string_view library_prefix = "fx_";

/// Appends a port behind those that are there.
void append(std::vector<Port>& ports, int& width, const std::string& name, const fx::Format& format) {
    const int bits = std::max(format.width(), 0);
    ports.push_back({name, bits == 0 ? 0 : width, bits, format});
    width += bits;
}

Json to_json(const std::vector<Port>& ports) {
    Json list = Json::array();
    for (const Port& port : ports) {
        list.push_back(Json{{"name", port.name},
                            {"offset", port.offset},
                            {"width", port.width},
                            {"signed", port.format.sign},
                            {"integer", port.format.integer},
                            {"fraction", port.format.fraction}});
    }
    return list;
}

std::vector<Port> ports_from_json(const JsonReader& json, int total) {
    std::vector<Port> ports;
    for (JsonReader& item : json.elements()) {
        Port port;
        port.name = item.get<std::string>("name");
        port.offset = item.get<int>("offset");
        port.width = item.get<int>("width");
        port.format.sign = item.get<bool>("signed");
        port.format.integer = item.get<int>("integer");
        port.format.fraction = item.get<int>("fraction");
        item.finish();
        if (std::max(port.format.width(), 0) != port.width) item.fail("the width is not that of the format");
        if (port.width > fx::max_code_bits) item.fail("is wider than 62 bits");
        if (port.offset < 0 || port.offset > total - port.width) item.fail("lies outside of the data port");
        ports.push_back(std::move(port));
    }
    return ports;
}

Json to_json(const std::string& module, const Axis& axis) {
    return Json{{"module", module},
                {"in_lane", axis.in_lane},
                {"in_beats", axis.in_beats},
                {"out_lane", axis.out_lane},
                {"out_beats", axis.out_beats},
                {"packing", "beat k carries bits [k * lane, (k + 1) * lane) of the data port"},
                {"fifo_depth", axis.fifo_depth},
                {"latency_cycles", axis.latency_cycles}};
}

Axis axis_from_json(JsonReader json, const Signature& signature) {
    Axis axis;
    if (json.get<std::string>("module") != axis_module(signature)) json.at("module").fail("is not that of the design");
    axis.in_lane = json.get<int>("in_lane");
    axis.in_beats = json.get<int>("in_beats");
    axis.out_lane = json.get<int>("out_lane");
    axis.out_beats = json.get<int>("out_beats");
    json.get<std::string>("packing");
    axis.fifo_depth = json.get<int>("fifo_depth");
    axis.latency_cycles = json.get<int>("latency_cycles");
    json.finish();
    const auto beats_fit = [](int width, int lane, int beats) {
        return lane > 0 && beats > 0 && lane <= widest_lane && beats == (width + lane - 1) / lane;
    };
    if (!beats_fit(signature.in_width, axis.in_lane, axis.in_beats) ||
        !beats_fit(signature.out_width, axis.out_lane, axis.out_beats)) {
        json.fail("the beats do not make up the data ports");
    }
    return axis;
}

constexpr std::string_view kind = "bitgrain signature";
constexpr int version = 1;

} // namespace

Signature signature(const ir::Netlist& netlist, const hw::Schedule& schedule) {
    Signature result;
    result.module = legal_identifier(netlist.name, "top");
    if (result.module.starts_with(library_prefix)) result.module = "top_" + result.module;
    for (const ir::Input& input : netlist.inputs)
        append(result.inputs, result.in_width, input.name, input.format);
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        append(result.outputs, result.out_width, netlist.outputs[j].name, ir::output_format(netlist, j));
    }
    result.in_width = std::max(result.in_width, 1);
    result.out_width = std::max(result.out_width, 1);
    result.latency_cycles = schedule.latency_cycles();
    result.clock_ns = schedule.clock_ns;
    return result;
}

Json to_json(const Signature& signature) {
    Json json{{"kind", kind},
              {"version", version},
              {"module", signature.module},
              {"in_width", signature.in_width},
              {"out_width", signature.out_width},
              {"latency_cycles", signature.latency_cycles},
              {"initiation_interval", signature.initiation_interval},
              {"clock_ns", signature.clock_ns},
              {"inputs", to_json(signature.inputs)},
              {"outputs", to_json(signature.outputs)}};
    if (signature.axis) json["axis"] = to_json(axis_module(signature), *signature.axis);
    return json;
}

Signature signature_from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    if (reader.get<std::string>("kind") != kind) reader.at("kind").fail("is not a signature of a design");
    if (reader.get<int>("version") != version) reader.at("version").fail("is of another version of the program");
    Signature result;
    result.module = reader.get<std::string>("module");
    result.in_width = reader.get<int>("in_width");
    result.out_width = reader.get<int>("out_width");
    result.latency_cycles = reader.get<int>("latency_cycles");
    result.initiation_interval = reader.get<int>("initiation_interval");
    result.clock_ns = reader.get<double>("clock_ns");
    if (legal_identifier(result.module, "top") != result.module) reader.at("module").fail("is not a module name");
    if (result.in_width < 1 || result.out_width < 1) reader.fail("data ports have at least one bit");
    if (result.latency_cycles < 0) reader.at("latency_cycles").fail("must not be negative");
    result.inputs = ports_from_json(reader.at("inputs"), result.in_width);
    result.outputs = ports_from_json(reader.at("outputs"), result.out_width);
    if (reader.has("axis")) result.axis = axis_from_json(reader.at("axis"), result);
    reader.finish();
    return result;
}

} // namespace bitgrain::rtl
