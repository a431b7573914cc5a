// What is known about a design, as one value: numbers, each with a unit and a source. Filled by collect.hpp, shown by
// text.hpp (terminal), html.hpp (a page) and to_json (machines and report.json). Holds results only; computes none.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bitgrain::report {

/// Where a number comes from. A report never shows one without it.
enum class Source : std::uint8_t {
    given,       ///< asked for by the user, or a fact that is no measurement (a path, a part)
    trained,     ///< by the trainer, on its own data
    computed,    ///< exact property of the fixed-point model, the netlist or the schedule
    estimated,   ///< by the delay and area model of the target
    simulated,   ///< by cycle simulation of the emitted Verilog
    synthesised, ///< by a synthesis tool
    placed,      ///< by a place-and-route tool
    measured,    ///< on a device or with a clock
};

using Value = std::variant<std::int64_t, double, std::string>;

struct Row {
    std::string key;  ///< for machines, "latency_cycles"
    std::string name; ///< for people, "latency"
    Value value;
    std::string unit; ///< "ns", "cycles", "%"; "ratio" is stored as 0 to 1 and shown in percent; may be empty
    Source source = Source::given;
    std::string note; ///< short remark behind the number, "0.1 % of 1728000"
    double band =
        0.0; ///< of an estimate: the true value is expected within +- this share of it; 0: exact, or not known

    friend bool operator==(const Row&, const Row&) = default;
};

struct Section {
    std::string key;
    std::string title;
    std::vector<Row> rows;

    friend bool operator==(const Section&, const Section&) = default;
};

/// One layer: estimated area, the stages it takes, and the widths in bits of the values it makes, by element.
struct Layer {
    std::string name;
    double lut = 0.0;
    double ff = 0.0;
    double carry = 0.0; ///< bits of carry chains
    int first_stage = 0;
    int last_stage = 0;
    std::vector<int> widths;

    friend bool operator==(const Layer&, const Layer&) = default;
};

/// Estimated area of one neuron; index -1: what the neurons of the layer share.
struct Neuron {
    std::string layer;
    int index = -1;
    double lut = 0.0;
    double ff = 0.0;
    double carry = 0.0;

    friend bool operator==(const Neuron&, const Neuron&) = default;
};

/// An estimate beside what a tool measured.
struct Comparison {
    std::string quantity; ///< "LUT"
    std::string unit;
    double estimated = 0.0;
    double band = 0.0;
    double measured = 0.0;
    Source source = Source::synthesised;
    std::string tool; ///< "yosys 0.23, xilinx"

    friend bool operator==(const Comparison&, const Comparison&) = default;
};

/// A point of a front as hardware.
struct Design {
    std::optional<double> test; ///< metric of the fixed-point model on test data, computed
    std::int64_t adders = 0;    ///< computed, as the latency is
    std::int64_t latency_cycles = 0;
    double latency_ns = 0.0;
    double lut = 0.0; ///< estimated, as ff is
    double ff = 0.0;
    std::optional<std::int64_t> mismatches; ///< simulated vectors that differ from the model; none: not simulated
    std::string folder;                     ///< the build; empty: none was kept

    friend bool operator==(const Design&, const Design&) = default;
};

struct FrontPoint {
    std::int64_t epoch = 0;
    double ebops = 0.0;
    double metric = 0.0;   ///< on the validation rows
    double expected = 0.0; ///< of it on rows that nobody has seen: what the front is formed by
    std::int64_t live_weights = 0;
    bool picked = false;
    std::optional<Design> design{};

    friend bool operator==(const FrontPoint&, const FrontPoint&) = default;
};

/// The Pareto front of a training run, EBOPs ascending.
struct Front {
    std::string metric_name = "accuracy";
    bool higher_is_better = true;
    std::vector<FrontPoint> points;

    friend bool operator==(const Front&, const Front&) = default;
};

struct Report {
    std::string title;
    std::vector<Section> sections;
    std::vector<Layer> layers;
    std::vector<Neuron> neurons;
    std::vector<Comparison> comparisons;
    std::optional<Front> front;

    friend bool operator==(const Report&, const Report&) = default;
};

const char* name(Source source);

/// Replaces the section of the same key, or appends.
void put(Report& report, Section section);
/// None when there is no such row.
const Row* find(const Report& report, const std::string& section, const std::string& key);

/// {"title", "sections": {key: {"title", "rows": {key: {"name", "value", "unit", "source", "note", "band"}}}},
/// "layers", "neurons", "comparisons", "front"}
Json to_json(const Report& report);
/// Throws Error that names the place.
Report from_json(const Json& json, const std::string& where);

} // namespace bitgrain::report
