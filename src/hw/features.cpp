#include "hw/features.hpp"

#include "base/error.hpp"
#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace bitgrain::hw {

namespace {

/// Walks the longest path from its end to the register it starts from and counts coefficients along it: each delay is
/// evaluated on targets of which one coefficient is 1 ns and all others are none.
class Path {
  public:
    Path(const Target& target, const ir::Netlist& netlist, const Schedule& schedule)
        : netlist_(netlist), schedule_(schedule), timing_(target, netlist, schedule.most_loads),
          readers_(fanouts(netlist)) {
        units_.fill(target);
        for (std::size_t i = 0; i < units_.size(); ++i) {
            units_[i].delay = Delay{};
            units_[i].delay.*(delay_coefficients[i].second) = 1.0;
        }
        add([](const Target& unit) { return unit.delay.clock_overhead; });
        walk();
    }
    const std::array<double, delay_coefficients.size()>& count() const { return count_; }

  private:
    void add(const std::function<double(const Target&)>& delay) {
        for (std::size_t i = 0; i < units_.size(); ++i)
            count_[i] += delay(units_[i]);
    }
    void add_net(int loads) {
        add([&](const Target& unit) { return net_delay(unit, loads); });
    }
    /// Loads of the register that a reader reads.
    int loads(ir::NodeId node, std::optional<ir::NodeId> reader) const {
        const int most =
            timing_.most_loads.empty() || (reader && timing_.wiring[*reader]) ? 0 : timing_.most_loads[node];
        return most > 0 ? std::min(readers_[node], most) : readers_[node];
    }

    void walk() {
        double worst = 0.0;
        std::optional<ir::NodeId> last; ///< the node whose logic ends the path
        std::optional<std::size_t> output;
        for (std::size_t i = 0; i < netlist_.nodes.size(); ++i) {
            const auto id = static_cast<ir::NodeId>(i);
            if (!timing_.live[i] || netlist_.nodes[i].op == ir::Op::input) continue;
            const double end = timing_.end(id, timing_.start(netlist_, schedule_, id, schedule_.stage[i]));
            if (end > worst) {
                worst = end;
                last = id;
            }
        }
        for (std::size_t j = 0; j < netlist_.outputs.size(); ++j) {
            if (const double end = timing_.output_end(netlist_, schedule_, j); end > worst) {
                worst = end;
                output = j;
            }
        }
        if (output) {
            const ir::Signal& signal = netlist_.outputs[*output].signal;
            add([&](const Target& unit) { return output_delay(unit, netlist_, signal); });
            last = arrive(signal.node, schedule_.stages - 1, {});
        }
        while (last)
            last = before(*last);
    }

    /// The net from a node that is read in `stage`; the node itself when the path goes on through it.
    std::optional<ir::NodeId> arrive(ir::NodeId node, int stage, std::optional<ir::NodeId> reader) {
        const bool is_input = netlist_.nodes[node].op == ir::Op::input, here = schedule_.stage[node] == stage;
        const bool goes_on = here && !is_input;
        const bool driven = here && !(is_input && schedule_.input_registers); // by logic or a port, not by a register
        if (!goes_on || !timing_.wiring[node]) add_net(driven ? readers_[node] : loads(node, reader));
        return goes_on ? std::optional(node) : std::nullopt;
    }

    /// Adds a node's logic and finds the operand that comes last.
    std::optional<ir::NodeId> before(ir::NodeId node) {
        if (!timing_.wiring[node]) add([&](const Target& unit) { return logic_delay(unit, netlist_, node); });
        const int stage = schedule_.stage[node];
        std::optional<ir::NodeId> latest;
        double when = -1.0;
        for_each_read(netlist_, node, [&](const ir::Signal& s) {
            const bool ranked = netlist_.nodes[s.node].op == ir::Op::input && schedule_.input_registers;
            const bool here = schedule_.stage[s.node] == stage && !ranked;
            const double then = here ? schedule_.arrival[s.node] : timing_.registered_net(s.node, node);
            if (then > when) {
                when = then;
                latest = s.node;
            }
        });
        return latest ? arrive(*latest, stage, node) : std::nullopt;
    }

    const ir::Netlist& netlist_;
    const Schedule& schedule_;
    Timing timing_;
    std::vector<int> readers_;
    std::array<Target, delay_coefficients.size()> units_;
    std::array<double, delay_coefficients.size()> count_{};
};

} // namespace

Features features(const Target& target, const ir::Netlist& netlist, const Schedule& schedule, const AreaReport& area) {
    Features result;
    result.target = target.name;
    result.parts = area.parts;
    result.path = Path(target, netlist, schedule).count();
    result.lut = area.total.lut;
    result.ff = area.total.ff;
    result.period_ns = schedule.worst_stage_ns;
    return result;
}

Json to_json(const Features& features) {
    Json json = {{"kind", "bitgrain estimate"}, {"version", 1},      {"target", features.target},
                 {"lut", features.lut},         {"ff", features.ff}, {"period_ns", features.period_ns}};
    json["parts"] = Json::object();
    for (std::size_t i = 0; i < part_kinds; ++i)
        json["parts"][name(static_cast<Part>(i))] = features.parts.count[i];
    json["path"] = Json::object();
    for (std::size_t i = 0; i < features.path.size(); ++i)
        json["path"][delay_coefficients[i].first] = features.path[i];
    return json;
}

Features features_from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    if (reader.get<std::string>("kind") != "bitgrain estimate") reader.fail("this is no estimate of a build");
    if (reader.get<int>("version") != 1) reader.fail("the version is not 1");
    Features features;
    features.target = reader.get<std::string>("target");
    features.lut = reader.get<double>("lut");
    features.ff = reader.get<double>("ff");
    features.period_ns = reader.get<double>("period_ns");
    JsonReader parts = reader.at("parts"), path = reader.at("path");
    for (std::size_t i = 0; i < part_kinds; ++i)
        features.parts.count[i] = parts.get<double>(name(static_cast<Part>(i)));
    for (std::size_t i = 0; i < features.path.size(); ++i)
        features.path[i] = path.get<double>(delay_coefficients[i].first);
    parts.finish();
    path.finish();
    reader.finish();
    return features;
}

} // namespace bitgrain::hw
