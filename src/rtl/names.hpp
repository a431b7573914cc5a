// Verilog identifiers: legal, not a keyword of Verilog or SystemVerilog, each given out once, and made so that a person
// finds a layer and an element: <layer>_n<element>, <layer>_s<k>, x_3.
#pragma once

#include "ir/netlist.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrain::rtl {

/// Letters, digits and single underscores; "x[3]" -> "x_3". `fallback` goes before a leading digit or stands for
/// nothing.
std::string legal_identifier(std::string_view text, std::string_view fallback);

/// A user's text as it may stand in a comment: one line.
std::string comment_text(std::string_view text);

/// "a", "a_q", "a_q2", ...: the value itself and its register copies.
std::string copy_name(const std::string& name, int copy);

class Names {
  public:
    /// `taken`: ports and other names that are fixed.
    explicit Names(const std::set<std::string>& taken) : taken_(taken) {}

    /// `base`, or `base` with the first number that makes it and its copies new.
    std::string claim(const std::string& base, int copies = 0);

  private:
    std::set<std::string> taken_;
};

/// A name per node; empty where `printed` is false. `copies`: register copies per node.
std::vector<std::string> value_names(const ir::Netlist& netlist, const std::vector<bool>& printed,
                                     const std::vector<int>& copies, Names& names);

} // namespace bitgrain::rtl
