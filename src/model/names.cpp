#include "model/names.hpp"

namespace bitgrain::model {

const std::vector<std::string>& op_names() {
    static const std::vector<std::string> names{"affine", "cast", "relu", "table", "gather", "add", "mul", "reduce"};
    static_assert(std::variant_size_v<Op> == 8, "one name per op");
    return names;
}

const std::string& op_name(const Op& op) {
    return op_names()[op.index()];
}

std::string place(const Model& model, std::size_t step, const std::string& where) {
    const Step& s = model.steps[step];
    return (where.empty() ? "" : where + ": ") + "steps[" + std::to_string(step) + "] '" + s.name + "' (" +
           op_name(s.op) + ")";
}

} // namespace bitgrain::model
