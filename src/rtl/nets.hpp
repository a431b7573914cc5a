// The nets of a design under construction: each value, its register copies and helper wires, each in the module that
// owns it. Gives the text of any bits of any of them, with sign extension and zeros written out, and remembers what was
// read in which module, so that each can name the bits nobody reads (lint demands that).
#pragma once

#include "hw/schedule.hpp"
#include "hw/structure.hpp"
#include "rtl/names.hpp"
#include "rtl/partition.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bitgrain::rtl {

/// "8'd12": the two's-complement bits of a code.
std::string literal(int width, std::int64_t code);
/// "[7:0] ", or nothing for one bit.
std::string range(int width);
/// "[7:4]", or "[7]" for one bit.
std::string bit_slice(int low, int high);

/// Some bits of a number at absolute positions lsb .. lsb + width - 1, in one net.
struct Bits {
    std::size_t net = 0;
    int lsb = 0;
    int width = 0;
    bool is_signed = false;
};

class Nets {
  public:
    Nets(const ir::Netlist& netlist, const hw::Schedule& schedule, const Partition& partition, Names& names);

    /// From here on nets are read in that module of the partition.
    void enter(std::size_t module);
    /// And by that node, or netlist.nodes.size() + j for output j.
    void read_for(std::uint32_t reader) { reader_ = reader; }

    bool printed(ir::NodeId node) const { return printed_[node]; }
    /// True for values that other modules read: ports, not wires.
    bool is_given(ir::NodeId node) const { return partition_.is_given({node}); }
    bool is_given(const Value& value) const { return partition_.is_given(value); }
    int copies(ir::NodeId node) const { return copies_[node]; }
    std::string name(ir::NodeId node) const { return name(Value{node}); }
    std::string name(const Value& value) const { return nets_[net_of(value)].name; }

    /// A name that is not a net's.
    std::string claim(const std::string& base) { return names_.claim(base); }
    /// A wire of its own beside a value.
    std::size_t helper(const std::string& base, int width);
    const std::string& helper_name(std::size_t net) const { return nets_[net].name; }

    /// Positions from .. to of an operand as it is in a stage, its minus sign not applied.
    std::string read(const hw::Operand& operand, int stage, int from, int to);
    std::string read(const Bits& bits, int from, int to);
    /// All bits of a value or of one of its copies.
    std::string read_all(const Value& value);
    /// The sign bit.
    std::string sign(const hw::Operand& operand, int stage);
    /// True when any bit is set.
    std::string any(const hw::Operand& operand, int stage);

    /// Bits of the module's nets and of what it gets from others that were never read in it, as slices.
    std::vector<std::string> unread() const;

  private:
    struct Net {
        std::string name;
        int width = 0;
        std::size_t owner = 0;    ///< module
        std::uint64_t unread = 0; ///< one bit per bit of the net
    };

    std::size_t add(const std::string& name, int width, std::size_t owner);
    std::size_t net_of(const Value& value) const {
        if (value.duplicate > 0) return duplicates_.at(value);
        return first_[value.node] + static_cast<std::size_t>(value.copy);
    }
    Bits locate(const hw::Operand& operand, int stage) const;
    std::string slice(std::size_t net, int low, int high);

    const ir::Netlist& netlist_;
    const hw::Schedule& schedule_;
    const Partition& partition_;
    Names& names_;
    std::vector<bool> printed_;
    std::vector<int> copies_;
    std::vector<std::size_t> first_;          ///< net of the value itself; its copies follow
    std::map<Value, std::size_t> duplicates_; ///< nets of registers beyond the first of a rank
    std::vector<Net> nets_;
    std::vector<std::vector<std::size_t>> own_; ///< per module
    std::size_t module_ = 0;
    std::uint32_t reader_ = 0;
    std::map<std::size_t, std::uint64_t> foreign_; ///< nets of other modules that this one gets: bits it did not read
};

} // namespace bitgrain::rtl
