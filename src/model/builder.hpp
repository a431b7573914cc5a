// Makes the steps of a Model from tensors with shapes: for importers and for freezing.
#pragma once

#include "model/model.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace bitgrain::model {

std::size_t elements(const std::vector<std::size_t>& shape);

/// A value of the model with its shape (row-major, without the batch axis).
struct Tensor {
    std::size_t value = 0;
    std::vector<std::size_t> shape;

    std::size_t size() const { return elements(shape); }
};

/// One small matrix: outputs[j] of the result = sum_i weights[i][j] * x[inputs[i]] + bias[j]. Input -1 is zero.
struct Block {
    std::vector<std::int64_t> inputs;
    std::vector<std::size_t> outputs;
    std::vector<double> weights; ///< inputs x outputs, row-major
    std::vector<double> bias;    ///< outputs
};

class Builder {
  public:
    /// All inputs come first. Their formats are set later, see input_formats.hpp.
    explicit Builder(std::string name) { model_.name = std::move(name); }
    Tensor input(const std::string& name, const std::vector<std::size_t>& shape);
    void output(const std::string& name, const Tensor& x);

    Tensor cast(const std::string& name, const Tensor& x, std::vector<fx::Cast> casts);
    /// The same with a mode that the hardware may not have; `casts` have its basis. `wide` gets the steps whose formats
    /// are to be widened until nothing overflows in them (see prove.hpp): rounding comes before the overflow of
    /// `casts`.
    Tensor cast(const std::string& name, const Tensor& x, const std::vector<fx::Cast>& casts, Rounding rounding,
                std::set<std::size_t>& wide);
    Tensor relu(const std::string& name, const Tensor& x);
    /// Elements of the concatenation of `x`; -1 is zero.
    Tensor gather(const std::string& name, const std::vector<Tensor>& x, std::vector<std::int64_t> index,
                  const std::vector<std::size_t>& shape);
    /// Every element of `shape` is an output of exactly one block.
    Tensor blocks(const std::string& name, const Tensor& x, const std::vector<Block>& list,
                  const std::vector<std::size_t>& shape);
    /// y_e = scale_e * x_e + shift_e
    Tensor scale(const std::string& name, const Tensor& x, const std::vector<double>& scale,
                 const std::vector<double>& shift);
    Tensor add(const std::string& name, const std::vector<Tensor>& x);
    /// The largest of each element of values of one shape.
    Tensor maximum(const std::string& name, const std::vector<Tensor>& x);
    /// The shape loses its last axis.
    Tensor reduce(const std::string& name, const Tensor& x, Reduce::Kind kind);
    Tensor multiply(const std::string& name, const Tensor& a, const Tensor& b);
    Tensor table(const std::string& name, const Tensor& x, Table op);

    Model& model() { return model_; }

  private:
    Tensor step(const std::string& name, std::vector<std::size_t> operands, Op op, std::vector<std::size_t> shape);

    Model model_;
};

} // namespace bitgrain::model
