#include "rtl/nets.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::rtl {

namespace {

std::string number(int value) {
    return std::to_string(value);
}

std::uint64_t ones(int width) {
    return ~std::uint64_t{0} >> (64 - width);
}

std::string braces(const std::vector<std::string>& parts) {
    if (parts.size() == 1) return parts[0];
    std::string text = "{";
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : ", ") + parts[i];
    return text + "}";
}

} // namespace

std::string literal(int width, std::int64_t code) {
    CHECK(width > 0, "a literal needs at least one bit");
    const int used = std::min(width, fx::max_code_bits);
    if (used < width && code < 0) return "{{" + number(width - used) + "{1'd1}}, " + literal(used, code) + '}';
    const fx::Cast modulo{{false, used, 0}, fx::Round::trn, fx::Overflow::wrap};
    return number(width) + "'d" + std::to_string(fx::cast(code, 0, modulo));
}

std::string range(int width) {
    return width == 1 ? "" : "[" + number(width - 1) + ":0] ";
}

std::string bit_slice(int low, int high) {
    return '[' + number(high) + (low == high ? "" : ":" + number(low)) + ']';
}

Nets::Nets(const ir::Netlist& netlist, const hw::Schedule& schedule, const Partition& partition, Names& names)
    : netlist_(netlist), schedule_(schedule), partition_(partition), names_(names), printed_(hw::live(netlist)),
      copies_(hw::register_ranks(schedule, netlist)), first_(netlist.nodes.size(), 0), own_(partition.modules.size()) {
    const std::vector<std::string> bases = value_names(netlist, printed_, copies_, names);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!printed_[i]) continue;
        first_[i] = nets_.size();
        for (int copy = 0; copy <= copies_[i]; ++copy)
            add(copy_name(bases[i], copy), netlist.nodes[i].interval.width(), partition.owner[i]);
    }
    for (const auto& [rank, registers] : partition.duplicates.ranks()) {
        const auto& [node, copy] = rank;
        for (int duplicate = 1; duplicate < registers; ++duplicate) {
            const std::string base = name({node, copy}) + "_d" + std::to_string(duplicate);
            duplicates_[{node, copy, duplicate}] =
                add(names.claim(base), netlist.nodes[node].interval.width(), partition.owner[node]);
        }
    }
    for (const Module& module : partition.modules) {
        for (const Value& value : module.gives)
            nets_[net_of(value)].unread = 0;
    }
}

void Nets::enter(std::size_t module) {
    module_ = module;
    foreign_.clear();
    for (const Value& value : partition_.modules[module].reads)
        foreign_[net_of(value)] = ones(nets_[net_of(value)].width);
}

std::size_t Nets::add(const std::string& name, int width, std::size_t owner) {
    CHECK(width > 0 && width <= 64, "a net of " + number(width) + " bits");
    own_[owner].push_back(nets_.size());
    nets_.push_back({name, width, owner, ones(width)});
    return nets_.size() - 1;
}

std::size_t Nets::helper(const std::string& base, int width) {
    return add(names_.claim(base), width, module_);
}

Bits Nets::locate(const hw::Operand& operand, int stage) const {
    const Value value = value_at(netlist_, schedule_, partition_.duplicates, operand.node, stage, reader_);
    CHECK(printed_[operand.node] && value.copy >= 0 && value.copy <= copies_[operand.node],
          "a value is read where it is not");
    return {net_of(value), operand.lsb, operand.width, operand.is_signed};
}

std::string Nets::slice(std::size_t net, int low, int high) {
    Net& n = nets_[net];
    CHECK(low >= 0 && low <= high && high < n.width, "bits outside of " + n.name);
    std::uint64_t& unread = n.owner == module_ ? n.unread : foreign_.at(net);
    unread &= ~(ones(high - low + 1) << low);
    if (n.width == 1 || (low == 0 && high == n.width - 1)) return n.name;
    return n.name + bit_slice(low, high);
}

std::string Nets::read(const Bits& bits, int from, int to) {
    CHECK(from <= to, "an empty slice");
    const int msb = bits.lsb + bits.width - 1;
    std::vector<std::string> parts;
    if (to > msb) {
        const int above = to - std::max(msb, from - 1);
        if (!bits.is_signed) {
            parts.push_back(literal(above, 0));
        } else if (const std::string sign = slice(bits.net, bits.width - 1, bits.width - 1); above == 1) {
            parts.push_back(sign);
        } else {
            parts.push_back('{' + number(above) + '{' + sign + "}}");
        }
    }
    const int low = std::max(from, bits.lsb), high = std::min(to, msb);
    if (low <= high) parts.push_back(slice(bits.net, low - bits.lsb, high - bits.lsb));
    if (from < bits.lsb) parts.push_back(literal(std::min(to, bits.lsb - 1) - from + 1, 0));
    return braces(parts);
}

std::string Nets::read(const hw::Operand& operand, int stage, int from, int to) {
    if (!operand.is_constant) return read(locate(operand, stage), from, to);
    // The bits of a constant at those positions; the literal cuts off what is above.
    const int drop = from - operand.lsb;
    const int zeros = std::min(std::max(-drop, 0), to - from + 1);
    if (zeros == to - from + 1 || operand.width == 0) return literal(to - from + 1, 0);
    const std::int64_t code = fx::shift_right(operand.code, std::max(drop, 0));
    if (fx::magnitude_bits(code) + zeros <= fx::max_code_bits) {
        return literal(to - from + 1, fx::shift_left(code, zeros));
    }
    return '{' + literal(to - from + 1 - zeros, code) + ", " + literal(zeros, 0) + '}';
}

std::string Nets::read_all(const Value& value) {
    const std::size_t net = net_of(value);
    return slice(net, 0, nets_[net].width - 1);
}

std::string Nets::sign(const hw::Operand& operand, int stage) {
    CHECK(operand.is_signed && !operand.is_constant, "a sign that is known");
    return slice(locate(operand, stage).net, operand.width - 1, operand.width - 1);
}

std::string Nets::any(const hw::Operand& operand, int stage) {
    const std::string all = slice(locate(operand, stage).net, 0, operand.width - 1);
    return operand.width == 1 ? all : "(|" + all + ")";
}

std::vector<std::string> Nets::unread() const {
    std::vector<std::string> result;
    const auto list = [&result](const Net& net, std::uint64_t unread) {
        for (int high = net.width - 1; high >= 0; --high) {
            if ((unread >> high) % 2 == 0) continue;
            int low = high;
            while (low > 0 && (unread >> (low - 1)) % 2 != 0)
                --low;
            const bool all = low == 0 && high == net.width - 1;
            result.push_back(all ? net.name : net.name + bit_slice(low, high));
            high = low;
        }
    };
    for (const std::size_t net : own_[module_])
        list(nets_[net], nets_[net].unread);
    for (const Value& value : partition_.modules[module_].reads) {
        // The top's wires to what another module reads go there whole.
        const bool passed = module_ == 0 && std::any_of(partition_.modules.begin() + 1, partition_.modules.end(),
                                                        [&](const Module& m) { return m.reads.contains(value); });
        if (!passed) list(nets_[net_of(value)], foreign_.at(net_of(value)));
    }
    return result;
}

} // namespace bitgrain::rtl
