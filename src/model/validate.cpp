// Structure first (so that later code may index without asking), then the range proof.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"
#include "model/intervals.hpp"
#include "model/model.hpp"
#include "model/names.hpp"
#include "model/run.hpp"

#include <cmath>
#include <cstdlib>
#include <set>

namespace bitgrain::model {

namespace {

/// Keeps tables of a size that hardware can hold.
constexpr int max_table_bits = 20;

std::string count_of(std::size_t n, const std::string& word) {
    return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

std::string element(const std::string& where, std::size_t i) {
    return where + ", element " + std::to_string(i);
}

void check_format(const fx::Format& format, const std::string& where) {
    if (std::abs(format.integer) > max_exponent || std::abs(format.fraction) > max_exponent) {
        throw Error("a format has " + std::to_string(format.integer) + " integer and " +
                        std::to_string(format.fraction) + " fraction bits; both must lie between " +
                        std::to_string(-max_exponent) + " and " + std::to_string(max_exponent),
                    where);
    }
    if (format.width() > fx::max_exact_bits) {
        throw Error("a format has " + std::to_string(format.width()) + " bits, at most " +
                        std::to_string(fx::max_exact_bits) + " are possible",
                    where);
    }
}

void check_constant(double value, const std::string& what, const std::string& where) {
    if (!std::isfinite(value)) throw Error(what + " is not a finite number", where);
    if (std::abs(fx::to_dyadic(value).fraction) > max_exponent) {
        throw Error(what + " needs a finer or coarser grid than 2^+-" + std::to_string(max_exponent), where);
    }
}

std::size_t elements_of(const std::vector<std::size_t>& shape) {
    std::size_t count = 1;
    for (const std::size_t extent : shape)
        count *= extent;
    return count;
}

void check_shape(const std::vector<std::size_t>& shape, std::size_t elements, const std::string& where) {
    if (elements == 0) throw Error("has no elements", where);
    if (elements_of(shape) != elements) {
        throw Error("the shape has " + count_of(elements_of(shape), "element") + " but there are " +
                        std::to_string(elements),
                    where);
    }
}

void check_name(const std::string& name, std::set<std::string>& taken, const std::string& where) {
    if (name.empty()) throw Error("the name is empty", where);
    if (!taken.insert(name).second) throw Error("the name '" + name + "' is used twice", where);
}

/// Checks one step and returns the size of its value. `in` are the sizes of its operands.
class StepCheck {
  public:
    StepCheck(const std::vector<std::size_t>& in, const std::string& where) : in_(in), where_(where) {}

    std::size_t operator()(const Affine& op) const {
        operands(1, 1);
        if (op.columns == 0 || op.rows == 0) fail("the matrix has no rows or no columns");
        if (op.rows != in_[0]) {
            fail("the matrix has " + count_of(op.rows, "row") + " but the operand has " + count_of(in_[0], "element"));
        }
        if (op.weights.size() != op.rows * op.columns) fail("the matrix is incomplete");
        if (op.bias.size() != op.columns) {
            fail(count_of(op.bias.size(), "bias value") + " for " + count_of(op.columns, "column"));
        }
        for (std::size_t i = 0; i < op.weights.size(); ++i) {
            if (op.weights[i] == 0.0) continue;
            check_constant(op.weights[i],
                           "weight [" + std::to_string(i / op.columns) + "][" + std::to_string(i % op.columns) + "]",
                           where_);
        }
        for (std::size_t j = 0; j < op.columns; ++j)
            check_constant(op.bias[j], "bias " + std::to_string(j), where_);
        return op.columns;
    }
    std::size_t operator()(const Cast& op) const {
        operands(1, 1);
        if (op.casts.size() != in_[0]) {
            fail(count_of(op.casts.size(), "cast") + " for " + count_of(in_[0], "element"));
        }
        for (std::size_t i = 0; i < op.casts.size(); ++i)
            check_format(op.casts[i].format, element(where_, i));
        return in_[0];
    }
    std::size_t operator()(const Relu&) const {
        operands(1, 1);
        return in_[0];
    }
    std::size_t operator()(const Table& op) const {
        operands(1, 1);
        if (op.index.size() != in_[0]) {
            fail(count_of(op.index.size(), "table number") + " for " + count_of(in_[0], "element"));
        }
        for (std::size_t t = 0; t < op.tables.size(); ++t)
            content(op.tables[t], t);
        for (std::size_t i = 0; i < op.index.size(); ++i) {
            if (op.index[i] >= op.tables.size()) {
                throw Error("there is no table " + std::to_string(op.index[i]), element(where_, i));
            }
        }
        return in_[0];
    }
    std::size_t operator()(const Gather& op) const {
        operands(1, SIZE_MAX);
        std::int64_t all = 0;
        for (const std::size_t size : in_)
            all += static_cast<std::int64_t>(size);
        if (op.index.empty()) fail("selects nothing");
        for (std::size_t i = 0; i < op.index.size(); ++i) {
            if (op.index[i] < -1 || op.index[i] >= all) {
                throw Error("index " + std::to_string(op.index[i]) + " is outside the " + std::to_string(all) +
                                " elements of the operands",
                            element(where_, i));
            }
        }
        return op.index.size();
    }
    std::size_t operator()(const Add&) const {
        operands(1, SIZE_MAX);
        return equal_sizes();
    }
    std::size_t operator()(const Mul&) const {
        operands(2, 2);
        return equal_sizes();
    }
    std::size_t operator()(const Reduce& op) const {
        operands(1, 1);
        if (op.size == 0 || in_[0] % op.size != 0) {
            fail("groups of " + std::to_string(op.size) + " do not divide " + count_of(in_[0], "element"));
        }
        return in_[0] / op.size;
    }

  private:
    [[noreturn]] void fail(const std::string& message) const { throw Error(message, where_); }

    void operands(std::size_t least, std::size_t most) const {
        if (in_.size() >= least && in_.size() <= most) return;
        fail("takes " + std::string(most == least ? "" : "at least ") + count_of(least, "operand") + ", has " +
             std::to_string(in_.size()));
    }
    std::size_t equal_sizes() const {
        for (const std::size_t size : in_) {
            if (size != in_[0]) {
                fail("the operands have " + std::to_string(in_[0]) + " and " + count_of(size, "element"));
            }
        }
        return in_[0];
    }
    void content(const Table::Content& table, std::size_t t) const {
        const std::string place = where_ + ", table " + std::to_string(t);
        check_format(table.key, place);
        const int width = table.key.is_zero() ? 0 : table.key.width();
        if (width > max_table_bits) {
            throw Error("the key has " + std::to_string(width) + " bits, at most " + std::to_string(max_table_bits) +
                            " are possible",
                        place);
        }
        const auto codes = static_cast<std::size_t>(table.key.max_code() - table.key.min_code() + 1);
        if (table.values.size() != codes) {
            throw Error(count_of(table.values.size(), "value") + " for the " + count_of(codes, "code") +
                            " of the key format " + fx::name(table.key),
                        place);
        }
        for (std::size_t i = 0; i < codes; ++i)
            check_constant(table.values[i], "value " + std::to_string(i), place);
        try {
            (void)codes_of(table);
        } catch (const Error& error) {
            throw Error(error.message(), place);
        }
    }

    const std::vector<std::size_t>& in_;
    const std::string& where_;
};

void check_task(const Model& model, const std::string& where) {
    const Task& task = model.task;
    if (task.kind == Task::Kind::classification && !task.classes.empty()) {
        const std::size_t outputs = value_size(model, model.outputs[0].value);
        if (task.classes.size() != outputs) {
            throw Error(count_of(task.classes.size(), "class name") + " for " + count_of(outputs, "output"), where);
        }
    }
    for (const auto* list : {&task.target_scale, &task.target_offset}) {
        if (!list->empty() && list->size() != output_count(model)) {
            throw Error(count_of(list->size(), "target scale or offset value") + " for " +
                            count_of(output_count(model), "output"),
                        where);
        }
        for (const double value : *list) {
            if (!std::isfinite(value)) throw Error("a target scale or offset is not a finite number", where);
        }
    }
}

} // namespace

std::size_t value_size(const Model& model, std::size_t v) {
    std::size_t groups = 1; // product of the sizes of the Reduces passed on the way down
    while (v >= model.inputs.size()) {
        const Step& step = model.steps[v - model.inputs.size()];
        if (const auto* affine = std::get_if<Affine>(&step.op)) return affine->columns / groups;
        if (const auto* gather = std::get_if<Gather>(&step.op)) return gather->index.size() / groups;
        if (const auto* reduce = std::get_if<Reduce>(&step.op)) groups *= reduce->size;
        v = step.operands[0];
    }
    return model.inputs[v].formats.size() / groups;
}

void validate(const Model& model, const std::string& where) {
    const std::string before = where.empty() ? "" : where + ": ";
    const auto port = [&](const char* list, std::size_t i, const std::string& name) {
        return before + list + "[" + std::to_string(i) + "] '" + name + "'";
    };
    if (model.inputs.empty()) throw Error("the model has no inputs", where);
    if (model.outputs.empty()) throw Error("the model has no outputs", where);
    if (!model.facts.is_object()) throw Error("facts must be an object { }", where);
    std::vector<std::size_t> sizes;
    std::set<std::string> names;
    for (std::size_t i = 0; i < model.inputs.size(); ++i) {
        const Input& input = model.inputs[i];
        const std::string place = port("inputs", i, input.name);
        check_name(input.name, names, place);
        check_shape(input.shape, input.formats.size(), place);
        for (std::size_t e = 0; e < input.formats.size(); ++e)
            check_format(input.formats[e], element(place, e));
        sizes.push_back(input.formats.size());
    }
    for (std::size_t s = 0; s < model.steps.size(); ++s) {
        const std::string at = place(model, s, where);
        std::vector<std::size_t> in;
        for (const std::size_t operand : model.steps[s].operands) {
            if (operand >= sizes.size()) {
                throw Error("operand " + std::to_string(operand) + " is not an earlier value; this step is value " +
                                std::to_string(sizes.size()),
                            at);
            }
            in.push_back(sizes[operand]);
        }
        sizes.push_back(std::visit(StepCheck(in, at), model.steps[s].op));
    }
    names.clear();
    for (std::size_t i = 0; i < model.outputs.size(); ++i) {
        const Output& output = model.outputs[i];
        const std::string place = port("outputs", i, output.name);
        check_name(output.name, names, place);
        if (output.value >= sizes.size()) throw Error("there is no value " + std::to_string(output.value), place);
        check_shape(output.shape, sizes[output.value], place);
    }
    check_task(model, before + "task");
    Intervals domain(model, where);
    run_all(model, domain, input_ranges(model));
}

} // namespace bitgrain::model
