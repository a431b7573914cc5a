#include "report/collect.hpp"

namespace bitgrain::report {

Section verification_section(const Verification& v) {
    Section section{"verification", "Verification", {}};
    auto& rows = section.rows;
    const std::string kinds = std::to_string(v.data_vectors) + " of data, " + std::to_string(v.random_vectors) +
                              " random, " + std::to_string(v.corner_vectors) + " corners";
    rows.push_back({"vectors", "vectors verified", v.vectors(), "", Source::simulated, kinds});
    rows.push_back({"output_bits", "output bits compared", v.output_bits, "", Source::simulated, "per vector"});
    rows.push_back({"mismatches", "mismatches", v.mismatches, "", Source::simulated, ""});
    if (v.stream_mismatches) {
        rows.push_back({"stream_mismatches", "mismatches", *v.stream_mismatches, "", Source::simulated,
                        "through the AXI4-Stream wrapper, both sides stalling at random"});
    }
    const std::string agreement = v.simulated_cycles == v.scheduled_cycles
                                      ? "as scheduled"
                                      : "scheduled are " + std::to_string(v.scheduled_cycles);
    rows.push_back(
        {"latency_cycles", "latency", std::int64_t{v.simulated_cycles}, "cycles", Source::simulated, agreement});
    rows.push_back({"latency_ns", "latency", v.simulated_cycles * v.clock_ns, "ns", Source::simulated, ""});
    if (v.saturated_values > 0) {
        rows.push_back({"saturated_values", "saturated input values", v.saturated_values, "", Source::computed,
                        "outside the input formats"});
    }
    if (v.expressions) {
        rows.push_back({"adders_of_three", "adders of three", std::string("expressions"), "", Source::simulated,
                        "not the cells that synthesis takes; verify --cells simulates those"});
    }
    rows.push_back({"result", "result", std::string(v.passed() ? "passed" : "FAILED"), "", Source::simulated,
                    v.bubbles ? "with bubbles between vectors" : "one vector per clock"});
    return section;
}

Json to_json(const Verification& v) {
    Json json = Json::object();
    json["passed"] = v.passed();
    json["vectors"] = v.vectors();
    json["data_vectors"] = v.data_vectors;
    json["random_vectors"] = v.random_vectors;
    json["corner_vectors"] = v.corner_vectors;
    json["saturated_values"] = v.saturated_values;
    json["output_bits"] = v.output_bits;
    json["mismatches"] = v.mismatches;
    if (v.stream_mismatches) json["stream_mismatches"] = *v.stream_mismatches;
    json["scheduled_cycles"] = v.scheduled_cycles;
    json["simulated_cycles"] = v.simulated_cycles;
    json["clock_ns"] = v.clock_ns;
    json["bubbles"] = v.bubbles;
    json["expressions"] = v.expressions;
    json["seed"] = v.seed;
    return json;
}

Verification verification_from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    Verification v;
    reader.get<bool>("passed");
    reader.get<std::int64_t>("vectors");
    v.data_vectors = reader.get<std::int64_t>("data_vectors");
    v.random_vectors = reader.get<std::int64_t>("random_vectors");
    v.corner_vectors = reader.get<std::int64_t>("corner_vectors");
    v.saturated_values = reader.get<std::int64_t>("saturated_values");
    v.output_bits = reader.get<std::int64_t>("output_bits");
    v.mismatches = reader.get<std::int64_t>("mismatches");
    if (reader.has("stream_mismatches")) v.stream_mismatches = reader.get<std::int64_t>("stream_mismatches");
    v.scheduled_cycles = reader.get<int>("scheduled_cycles");
    v.simulated_cycles = reader.get<int>("simulated_cycles");
    v.clock_ns = reader.get<double>("clock_ns");
    v.bubbles = reader.get<bool>("bubbles");
    v.expressions = reader.get("expressions", false);
    v.seed = reader.get<std::size_t>("seed");
    reader.has("first_mismatches");
    reader.finish();
    return v;
}

} // namespace bitgrain::report
