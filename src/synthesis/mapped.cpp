#include "synthesis/mapped.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitgrain::synthesis {

namespace {

enum class Kind : std::uint8_t { lut, carry, mux, wire, ff, shift, dsp, bram, ignored };

struct Prefix {
    std::string_view text;
    Kind kind;
};

/// By the start of the cell's name, the first match counts.
constexpr std::array prefixes{
    // AMD
    Prefix{"LUT", Kind::lut},
    Prefix{"INV", Kind::lut},
    Prefix{"CARRY", Kind::carry},
    Prefix{"MUXF", Kind::mux},
    Prefix{"FD", Kind::ff},
    Prefix{"SRL", Kind::shift},
    Prefix{"DSP48", Kind::dsp},
    Prefix{"RAMB", Kind::bram},
    Prefix{"RAM", Kind::shift},
    Prefix{"BUFG", Kind::wire},
    Prefix{"IBUF", Kind::wire},
    Prefix{"OBUF", Kind::wire},
    // iCE40
    Prefix{"SB_LUT4", Kind::lut},
    Prefix{"SB_CARRY", Kind::carry},
    Prefix{"SB_DFF", Kind::ff},
    Prefix{"SB_MAC", Kind::dsp},
    Prefix{"SB_RAM", Kind::bram},
    Prefix{"SB_GB", Kind::wire},
    Prefix{"SB_IO", Kind::wire},
    // ECP5
    Prefix{"CCU2C", Kind::carry},
    Prefix{"PFUMX", Kind::mux},
    Prefix{"L6MUX21", Kind::mux},
    Prefix{"TRELLIS_FF", Kind::ff},
    Prefix{"TRELLIS_DPR", Kind::shift},
    Prefix{"MULT18", Kind::dsp},
    Prefix{"DP16KD", Kind::bram},
    Prefix{"$scopeinfo", Kind::ignored},
};

std::optional<Kind> kind_of(std::string_view type) {
    const auto at =
        std::find_if(prefixes.begin(), prefixes.end(), [&](const Prefix& p) { return type.starts_with(p.text); });
    return at == prefixes.end() ? std::nullopt : std::optional(at->kind);
}

using Bit = std::int64_t; ///< number of a net; constants are not nets

/// An output bit of a combinational cell: the input bits it depends on.
struct Arc {
    Kind kind = Kind::wire;
    std::vector<Bit> inputs;
    Bit carry_in = -1; ///< the chain's own input, which costs no level when it comes from a chain
    int level = -1;    ///< -1: not known yet, -2: being looked at
};

/// Takes out the inputs I0 ... that an output of a LUT with two does not look at: its truth table is the first
/// 2^inputs entries of INIT, in yosys' form, the last character first.
void drop_unread(Json& directions, const std::string& init, std::size_t inputs) {
    const auto entry = [&](std::size_t i) { return init.at(init.size() - 1 - i); };
    for (std::size_t input = 0; input < 6; ++input) {
        bool read = false;
        if (input < inputs) {
            for (std::size_t i = 0; i < std::size_t{1} << inputs; ++i)
                read = read || entry(i) != entry(i ^ (std::size_t{1} << input));
        }
        if (!read) directions.erase("I" + std::to_string(input));
    }
}

class Paths {
  public:
    void add_cell(Kind kind, const Json& cell) {
        const Json& pins = cell.at("connections");
        const Json& directions = cell.at("port_directions");
        for (const auto& [pin, direction] : directions.items()) {
            if (direction != "output" || !pins.contains(pin)) continue;
            Json read = directions;
            if (cell.at("type") == "LUT6_2") drop_unread(read, cell.at("parameters").at("INIT"), pin == "O5" ? 5 : 6);
            const Json& bits = pins.at(pin);
            for (std::size_t i = 0; i < bits.size(); ++i) {
                if (bits[i].is_number()) arcs_[bits[i].get<Bit>()] = arc(kind, pins, read, i);
            }
        }
    }
    void add_end(const Json& bits) {
        for (const Json& bit : bits) {
            if (bit.is_number()) ends_.push_back(bit.get<Bit>());
        }
    }
    int longest() {
        int result = 0;
        for (const Bit end : ends_)
            result = std::max(result, level(end));
        return result;
    }

  private:
    /// Bit i of a carry cell depends on its chain input and on the bits up to i; any other output on all inputs.
    static Arc arc(Kind kind, const Json& pins, const Json& directions, std::size_t i) {
        Arc result;
        result.kind = kind;
        for (const auto& [pin, direction] : directions.items()) {
            if (direction != "input" || !pins.contains(pin)) continue;
            const Json& bits = pins.at(pin);
            const bool chain = kind == Kind::carry && (pin == "CI" || pin == "CIN");
            for (std::size_t k = 0; k < bits.size(); ++k) {
                if (!bits[k].is_number() || (kind == Kind::carry && bits.size() > 1 && k > i)) continue;
                if (chain) {
                    result.carry_in = bits[k].get<Bit>();
                } else {
                    result.inputs.push_back(bits[k].get<Bit>());
                }
            }
        }
        return result;
    }

    bool is_carry(Bit bit) const {
        const auto at = arcs_.find(bit);
        return at != arcs_.end() && at->second.kind == Kind::carry;
    }

    int level(Bit bit) {
        const auto at = arcs_.find(bit);
        if (at == arcs_.end()) return 0; // a register or a port
        Arc& arc = at->second;
        if (arc.level >= 0) return arc.level;
        if (arc.level == -2) throw Error("the netlist has a combinational loop");
        arc.level = -2;
        const int own = arc.kind == Kind::lut || arc.kind == Kind::carry || arc.kind == Kind::shift ? 1 : 0;
        int result = own;
        for (const Bit input : arc.inputs)
            result = std::max(result, level(input) + own);
        if (arc.carry_in >= 0) result = std::max(result, level(arc.carry_in) + (is_carry(arc.carry_in) ? 0 : own));
        arc.level = result;
        return result;
    }

    std::unordered_map<Bit, Arc> arcs_; // looked up, never walked
    std::vector<Bit> ends_;
};

/// The module marked as top, or the only one that is no library cell.
const Json& top_module(const Json& netlist, const std::string& where) {
    const Json* found = nullptr;
    if (netlist.is_object() && netlist.contains("modules")) {
        for (const auto& [name, module] : netlist.at("modules").items()) {
            const Json attributes = module.value("attributes", Json::object());
            if (attributes.contains("top")) return module;
            if (!attributes.contains("blackbox") && !attributes.contains("whitebox")) found = &module;
        }
    }
    if (found == nullptr || !found->contains("cells")) throw Error("this is no netlist of yosys write_json", where);
    return *found;
}

Kind known_kind(const std::string& type, const std::string& where) {
    if (const std::optional<Kind> kind = kind_of(type)) return *kind;
    throw Error("the cell '" + type + "' is of no family that is known", where,
                "the netlist must be mapped by synth_xilinx, synth_ice40 or synth_ecp5 and flattened");
}

void count(Mapped& mapped, Kind kind, long number) {
    switch (kind) {
    case Kind::lut:
    case Kind::shift:
        mapped.lut += number;
        break;
    case Kind::carry:
        mapped.carry += number;
        break;
    case Kind::mux:
        mapped.mux += number;
        break;
    case Kind::ff:
        mapped.ff += number;
        break;
    case Kind::dsp:
        mapped.dsp += number;
        break;
    case Kind::bram:
        mapped.bram += number;
        break;
    case Kind::wire:
    case Kind::ignored:
        break;
    }
}

} // namespace

Mapped count_cells(const Json& cells_by_type, const std::string& where) {
    Mapped mapped;
    for (const auto& [type, number] : cells_by_type.items())
        count(mapped, known_kind(type, where), number.get<long>());
    return mapped;
}

Mapped count_mapped(const Json& netlist, const std::string& where) {
    const Json& top = top_module(netlist, where);
    Mapped mapped;
    Paths paths;
    for (const auto& [name, cell] : top.at("cells").items()) {
        const std::string type = cell.at("type").get<std::string>();
        const Kind kind = known_kind(type, where);
        count(mapped, kind, 1);
        const bool starts = kind == Kind::ff || kind == Kind::shift || kind == Kind::dsp || kind == Kind::bram;
        if (!starts) {
            paths.add_cell(kind, cell);
            continue;
        }
        for (const auto& [pin, direction] : cell.at("port_directions").items()) {
            if (direction == "input" && cell.at("connections").contains(pin)) paths.add_end(cell["connections"][pin]);
        }
    }
    for (const auto& [name, port] : top.at("ports").items()) {
        if (port.at("direction") == "output") paths.add_end(port.at("bits"));
    }
    mapped.levels = paths.longest();
    return mapped;
}

} // namespace bitgrain::synthesis
