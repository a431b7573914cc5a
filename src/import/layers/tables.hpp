// Functions of one number as tables: every code of the key's format is looked up.
#pragma once

#include "import/context.hpp"

#include <functional>
#include <map>
#include <tuple>
#include <vector>

namespace bitgrain::import {

using Function = std::function<double(double)>;

/// A function of Keras by its name: the key of a layer. Evaluated in double; HGQ2 does so in single precision, see
/// Tables.
Function read_function(const JsonReader& key);

/// The tables of a layer, element by element; equal ones are held once. Where a value lies within single precision's
/// error of the border between two table values, HGQ2's own table may differ by one step: such entries are counted in
/// the notes.
class Tables {
  public:
    explicit Tables(const Context& context) : context_(context) {}
    /// Element `element` looks `function` up at its key, the format of `in`, cast by `out`. The elements come one after
    /// the other; those with equal `identity` have the same function.
    void add(const Quantizer& in, const Quantizer& out, std::size_t element, const std::vector<double>& identity,
             const Function& function);
    model::Table take() { return std::move(table_); }

  private:
    using FormatKey = std::tuple<bool, int, int>;
    using Identity = std::tuple<std::vector<double>, FormatKey, FormatKey, model::Rounding, fx::Overflow>;

    const Context& context_;
    model::Table table_;
    std::map<Identity, std::size_t> known_;
    std::size_t entries_ = 0;
};

/// The same for the layer's own quantizers iq and oq, with the EBOPs of a table.
Tensor table_between(Context& context, const Function& function);

/// EBOPs of a table (method, section 6.2).
double table_bits(double in_bits, double out_bits);

/// y = out(function(in(x))), element by element, for the quantizers of a layer.
Tensor look_up(Context& context, const Tensor& x, const Quantizer& in, const Quantizer& out, const Function& function);

} // namespace bitgrain::import
