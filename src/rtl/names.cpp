#include "rtl/names.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace bitgrain::rtl {

namespace {

// IEEE 1364-2001 and IEEE 1800-2017, sorted: a SystemVerilog tool must be able to read the file, too.
// clang-format off
constexpr std::array keywords = std::to_array<std::string_view>({
    "accept_on", "alias", "always", "always_comb", "always_ff", "always_latch", "and", "assert", "assign", "assume",
    "automatic", "before", "begin", "bind", "bins", "binsof", "bit", "break", "buf", "bufif0", "bufif1", "byte",
    "case", "casex", "casez", "cell", "chandle", "checker", "class", "clocking", "cmos", "config", "const",
    "constraint", "context", "continue", "cover", "covergroup", "coverpoint", "cross", "deassign", "default",
    "defparam", "design", "disable", "dist", "do", "edge", "else", "end", "endcase", "endchecker", "endclass",
    "endclocking", "endconfig", "endfunction", "endgenerate", "endgroup", "endinterface", "endmodule", "endpackage",
    "endprimitive", "endprogram", "endproperty", "endsequence", "endspecify", "endtable", "endtask", "enum", "event",
    "eventually", "expect", "export", "extends", "extern", "final", "first_match", "for", "force", "foreach",
    "forever", "fork", "forkjoin", "function", "generate", "genvar", "global", "highz0", "highz1", "if", "iff",
    "ifnone", "ignore_bins", "illegal_bins", "implements", "implies", "import", "incdir", "include", "initial",
    "inout", "input", "inside", "instance", "int", "integer", "interconnect", "interface", "intersect", "join",
    "join_any", "join_none", "large", "let", "liblist", "library", "local", "localparam", "logic", "longint",
    "macromodule", "matches", "medium", "modport", "module", "nand", "negedge", "nettype", "new", "nexttime", "nmos",
    "nor", "noshowcancelled", "not", "notif0", "notif1", "null", "or", "output", "package", "packed", "parameter",
    "pmos", "posedge", "primitive", "priority", "program", "property", "protected", "pull0", "pull1", "pulldown",
    "pullup", "pulsestyle_ondetect", "pulsestyle_onevent", "pure", "rand", "randc", "randcase", "randsequence",
    "rcmos", "real", "realtime", "ref", "reg", "reject_on", "release", "repeat", "restrict", "return", "rnmos",
    "rpmos", "rtran", "rtranif0", "rtranif1", "s_always", "s_eventually", "s_nexttime", "s_until", "s_until_with",
    "scalared", "sequence", "shortint", "shortreal", "showcancelled", "signed", "small", "soft", "solve", "specify",
    "specparam", "static", "string", "strong", "strong0", "strong1", "struct", "super", "supply0", "supply1",
    "sync_accept_on", "sync_reject_on", "table", "tagged", "task", "this", "throughout", "time", "timeprecision",
    "timeunit", "tran", "tranif0", "tranif1", "tri", "tri0", "tri1", "triand", "trior", "trireg", "type", "typedef",
    "union", "unique", "unique0", "unsigned", "until", "until_with", "untyped", "use", "uwire", "var", "vectored",
    "virtual", "void", "wait", "wait_order", "wand", "weak", "weak0", "weak1", "while", "wildcard", "wire", "with",
    "within", "wor", "xnor", "xor",
});
// clang-format on
static_assert(std::is_sorted(keywords.begin(), keywords.end()));

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

} // namespace

std::string legal_identifier(std::string_view text, std::string_view fallback) {
    std::string result;
    for (const char c : text) {
        if (is_plain(c)) {
            result += c;
        } else if (!result.empty() && result.back() != '_') {
            result += '_';
        }
    }
    while (!result.empty() && result.back() == '_')
        result.pop_back();
    if (result.empty()) return std::string(fallback);
    const bool digit = result[0] >= '0' && result[0] <= '9';
    if (digit || std::binary_search(keywords.begin(), keywords.end(), std::string_view(result))) {
        result = std::string(fallback) + '_' + result;
    }
    return result;
}

std::string comment_text(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 0 && c < ' ') c = ' ';
    }
    return result;
}

std::string copy_name(const std::string& name, int copy) {
    if (copy == 0) return name;
    return copy == 1 ? name + "_q" : name + "_q" + std::to_string(copy);
}

std::string Names::claim(const std::string& base, int copies) {
    for (int number = 1;; ++number) {
        std::string name = number == 1 ? base : base + '_' + std::to_string(number);
        bool is_new = true;
        for (int copy = 0; copy <= copies && is_new; ++copy)
            is_new = !taken_.contains(copy_name(name, copy));
        if (!is_new) continue;
        for (int copy = 0; copy <= copies; ++copy)
            taken_.insert(copy_name(name, copy));
        return name;
    }
}

std::vector<std::string> value_names(const ir::Netlist& netlist, const std::vector<bool>& printed,
                                     const std::vector<int>& copies, Names& names) {
    // The last node of an element is the element; what comes before it is on the way there.
    using Place = std::pair<std::uint32_t, std::int32_t>;
    std::map<Place, std::size_t> last;
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (printed[i]) last[{netlist.origins[i].scope, netlist.origins[i].index}] = i;
    }
    std::map<std::string, int> counters;
    std::vector<std::string> result(netlist.nodes.size());
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!printed[i]) continue;
        const ir::Node& node = netlist.nodes[i];
        const ir::Origin& origin = netlist.origins[i];
        const std::string scope = legal_identifier(netlist.scopes[origin.scope], "layer");
        const std::string layer = netlist.scopes[origin.scope].empty() ? "" : scope + '_';
        std::string base;
        if (node.op == ir::Op::input) {
            base = legal_identifier(netlist.inputs[node.payload].name, "x");
        } else if (origin.index < 0) {
            base = layer + 's' + std::to_string(counters[layer + 's']++);
        } else {
            base = layer + 'n' + std::to_string(origin.index);
            if (last[{origin.scope, origin.index}] != i) {
                base += std::string("_") + ir::name(node.op);
                if (const int earlier = counters[base]++; earlier > 0) base += std::to_string(earlier + 1);
            }
        }
        result[i] = names.claim(base, copies[i]);
    }
    return result;
}

} // namespace bitgrain::rtl
