// Sections of a report from the values of the other rooms. Each function takes what it needs and nothing is looked up.
#pragma once

#include "hw/area.hpp"
#include "hw/target.hpp"
#include "ir/netlist.hpp"
#include "model/model.hpp"
#include "report/report.hpp"
#include "rtl/emit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::report {

/// "model": what training recorded in model.facts (accuracies, EBOPs, the pick), then the size of the function.
Section model_section(const model::Model& model);

/// "widths": mean and largest widths of inputs, quantizers and weights (sign not counted) by layer, dead ones left out.
Section widths_section(const model::Model& model);

/// "hardware": adders, estimated area and share of the part, whether it fits, pipeline, Fmax, latency, initiation
/// interval, the vendor's run time to expect. clock_is_chosen: by the delay model, not by the user.
Section hardware_section(const hw::Target& target, const ir::Netlist& netlist, const hw::Schedule& schedule,
                         const hw::AreaReport& area, const rtl::Signature& signature, bool clock_is_chosen = false);

/// Per-layer area, stages and widths; nodes that belong to no layer come last as "shared".
std::vector<Layer> layers(const ir::Netlist& netlist, const hw::Schedule& schedule, const hw::AreaReport& area);
/// Per-neuron area, in the order of the layers.
std::vector<Neuron> neurons(const ir::Netlist& netlist, const hw::AreaReport& area);

/// Result of comparing the simulated Verilog with the fixed-point model.
struct Verification {
    std::int64_t data_vectors = 0; ///< rows of a data file
    std::int64_t random_vectors = 0;
    std::int64_t corner_vectors = 0;
    std::int64_t saturated_values = 0; ///< of the data file: outside the input formats, saturated by software
    std::int64_t output_bits = 0;      ///< compared, per vector
    std::int64_t mismatches = 0;       ///< vectors with at least one wrong output
    int scheduled_cycles = 0;
    int simulated_cycles = 0;
    double clock_ns = 0.0;
    std::optional<std::int64_t> stream_mismatches; ///< of the AXI4-Stream wrapper, when there is one
    bool bubbles = false;
    bool expressions = false; ///< adders of three were simulated as these, not as the cells that synthesis takes
    std::uint64_t seed = 0;

    std::int64_t vectors() const { return data_vectors + random_vectors + corner_vectors; }
    bool passed() const {
        return mismatches == 0 && stream_mismatches.value_or(0) == 0 && scheduled_cycles == simulated_cycles;
    }
};
Section verification_section(const Verification& verification);

Json to_json(const Verification& verification);
/// Reads what to_json wrote; ignores the list of mismatches that `verify` adds.
Verification verification_from_json(const Json& json, const std::string& where);

/// Row for a metric: accuracy is a ratio, everything else a plain number.
Row metric_row(const std::string& key, const std::string& name, const std::string& metric_name, double metric,
               Source source, const std::string& note = {});

/// "files": where things are.
struct NamedFile {
    std::string name;
    std::string path;
};
Section files_section(const std::vector<NamedFile>& files);

} // namespace bitgrain::report
