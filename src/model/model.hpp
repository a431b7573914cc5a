// The fixed-point model: a complete description of the hardware function, and the border between learning and hardware.
// Plain data; equal JSON means equal hardware. Semantics: run.hpp. Constants are doubles, exact (every constant is
// dyadic).
//
// A model is a list of steps; each step makes one value (a flat list of scalars) from earlier values. Values are
// numbered: first the inputs, then one per step.
#pragma once

#include "base/json.hpp"
#include "fx/format.hpp"
#include "model/rounding.hpp"

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace bitgrain::model {

/// y_j = sum_i weights[i][j] * x_i + bias_j
struct Affine {
    std::size_t rows = 0;        ///< inputs
    std::size_t columns = 0;     ///< outputs
    std::vector<double> weights; ///< rows x columns, row-major
    std::vector<double> bias;    ///< columns

    friend bool operator==(const Affine&, const Affine&) = default;
};

/// y_i = cast_i(x_i)
struct Cast {
    std::vector<fx::Cast> casts;

    friend bool operator==(const Cast&, const Cast&) = default;
};

/// y_i = max(x_i, 0)
struct Relu {
    friend bool operator==(const Relu&, const Relu&) = default;
};

/// y_i = table[index[i]] at the code of x_i, a value of the table's key format. One entry per code of the format, from
/// its smallest code up. The input is expected to be in the format already (a Cast goes before).
struct Table {
    struct Content {
        fx::Format key;
        std::vector<double> values;

        friend bool operator==(const Content&, const Content&) = default;
    };
    std::vector<Content> tables;
    std::vector<std::size_t> index; ///< table of each element

    friend bool operator==(const Table&, const Table&) = default;
};

/// y_i = concatenation of all operands [index[i]]; index -1 is the constant zero.
struct Gather {
    std::vector<std::int64_t> index;

    friend bool operator==(const Gather&, const Gather&) = default;
};

/// y_i = sum over operands of x^k_i (all of equal size)
struct Add {
    friend bool operator==(const Add&, const Add&) = default;
};

/// y_i = a_i * b_i
struct Mul {
    friend bool operator==(const Mul&, const Mul&) = default;
};

/// y_g = sum or maximum over k of x_[g * size + k]
struct Reduce {
    enum class Kind : std::uint8_t { sum, max };
    Kind kind = Kind::sum;
    std::size_t size = 1; ///< elements per group; divides the operand's size

    friend bool operator==(const Reduce&, const Reduce&) = default;
};

using Op = std::variant<Affine, Cast, Relu, Table, Gather, Add, Mul, Reduce>;

struct Step {
    std::string name; ///< the layer's name, for people
    std::vector<std::size_t> operands;
    Op op;

    friend bool operator==(const Step&, const Step&) = default;
};

/// The hardware's port: raw data is cast once, by software, into these formats.
struct Input {
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<fx::Format> formats; ///< one per element, row-major
    /// How software casts; not part of the hardware. Imported networks bring their own, written when not the default.
    Rounding round = Rounding::rnd;
    fx::Overflow overflow = fx::Overflow::sat;

    friend bool operator==(const Input&, const Input&) = default;
};

struct Output {
    std::string name;
    std::vector<std::size_t> shape;
    std::size_t value = 0; ///< number of the value

    friend bool operator==(const Output&, const Output&) = default;
};

/// What the outputs mean, so that evaluate and reports can score them.
struct Task {
    enum class Kind : std::uint8_t { none, classification, regression };
    Kind kind = Kind::none;
    std::vector<std::string> classes; ///< names, classification
    std::vector<double> target_scale; ///< regression: real target = output * scale + offset; empty: 1 and 0
    std::vector<double> target_offset;

    friend bool operator==(const Task&, const Task&) = default;
};

struct Model {
    std::string name;
    std::vector<Input> inputs;
    std::vector<Step> steps;
    std::vector<Output> outputs;
    Task task;
    Json facts = Json::object(); ///< what training knows (EBOPs, accuracies, pick); never changes the function

    friend bool operator==(const Model&, const Model&) = default;
};

/// Elements of value v (inputs first, then steps). The model must be valid.
std::size_t value_size(const Model& model, std::size_t v);

/// Sizes, operand order, finite dyadic constants, formats that keep numbers within 53 bits on every wire (by
/// intervals). Throws Error that names the step; `where` is put before it.
void validate(const Model& model, const std::string& where = {});

Json to_json(const Model& model);
Model from_json(const Json& json, const std::string& where);
/// The bytes of model.json: one step per line group, short rows.
std::string to_text(const Model& model);
Model read(const std::filesystem::path& path);
void write(const std::filesystem::path& path, const Model& model);

} // namespace bitgrain::model
