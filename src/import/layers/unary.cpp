// QUnaryFunctionLUT and QAffinedUnaryFunctionLUT: a function of one number as a table.
#include "import/layers/table.hpp"
#include "import/layers/tables.hpp"

#include <cmath>

namespace bitgrain::import {

double table_bits(double in_bits, double out_bits) {
    return 1e-4 * std::exp2(in_bits) * out_bits;
}

Tensor table_between(Context& context, const Function& function) {
    context.ignore({"allow_heterogeneous_table", "allow_heterogeneous_input"}); // how the widths are shared
    const Tensor& x = context.input();
    for (const char* key : {"enable_iq", "enable_oq"}) {
        if (!context.config().get<bool>(key)) {
            context.config().at(key).fail("is false", "a table needs quantizers of its keys and of its values");
        }
    }
    const Quantizer in = context.quantizer("iq_conf", "iq", x.shape), out = context.quantizer("oq_conf", "oq", x.shape);
    double ebops = 0;
    for (std::size_t e = 0; e < x.size(); ++e)
        ebops += table_bits(in.bits[e], out.bits[e]);
    context.count(ebops);
    return look_up(context, x, in, out, function);
}

Tensor unary_function(Context& context) {
    context.take(context.counters());
    return table_between(context, read_function(context.config().at("activation")));
}

Tensor affined_unary_function(Context& context) {
    std::vector<std::string> names{"scale", "bias"};
    for (const std::string& name : context.counters())
        names.push_back(name);
    const auto stored = context.take(names);
    for (const char* name : {"scale", "bias"})
        require_shape(stored.at(name), {1}, name, context.where());
    const double scale = stored.at("scale").values[0], bias = stored.at("bias").values[0];
    const Function function = read_function(context.config().at("activation"));
    return table_between(context, [=](double x) { return function(x * scale + bias); });
}

} // namespace bitgrain::import
