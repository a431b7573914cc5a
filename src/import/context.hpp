// What the function of a layer works with: the layer's configuration and weights, its inputs, the model under way.
#pragma once

#include "import/layer_graph.hpp"
#include "import/quantizer.hpp"

#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bitgrain::import {

using model::Block;
using model::Builder;
using model::Tensor;

/// HGQ2's count of effective bit operations, by layer (method, section 6).
struct Ebops {
    std::vector<std::pair<std::string, double>> layers;
    std::vector<std::pair<std::string, double>> stored; ///< what the file says
    std::size_t weights = 0, live_weights = 0;          ///< kernel entries, those that are not 0
};

/// Roundings that the hardware does not have: they are made of several steps, or left to the software before a port.
struct Roundings {
    std::set<std::size_t> wide;                      ///< steps, see Builder::cast
    std::map<std::size_t, model::Rounding> at_ports; ///< by step: casts of network inputs
};

/// What the layers tell beside their steps.
struct Notes {
    Ebops ebops;
    Roundings roundings;
    std::size_t uncertain_entries = 0; ///< of tables, see Tables
};

/// Error when the key "dtype" is there and names another type than float32 or float64.
void require_real(JsonReader& config);

class Context {
  public:
    Context(const Layer& layer, const Part* weights, std::vector<Tensor> inputs, Builder& builder, Notes& notes);

    const std::string& name() const { return layer_.name; }
    const std::string& where() const { return layer_.where; }
    const Layer& layer() const { return layer_; }
    JsonReader& config() { return config_; }
    Builder& builder() { return builder_; }
    Notes& notes() const { return notes_; }
    const std::vector<Tensor>& inputs() const { return inputs_; }
    /// The only input; Error when there are more.
    const Tensor& input() const;

    /// Keys that matter to training only.
    void ignore(std::initializer_list<const char*> keys);
    /// A key that must have this value, when it is there.
    void require(const std::string& key, const Json& value, const std::string& hint = {});
    /// One whole number or a list of `count` equal or different ones, all >= 1.
    std::vector<std::size_t> sizes(const std::string& key, std::size_t count);

    /// A key that follows from the stored weights: null, or these sizes; single ones may be null. `otherwise` is what
    /// null stands for, when it is not empty.
    void require_sizes(const std::string& key, const std::vector<std::size_t>& stored,
                       const std::vector<std::size_t>& otherwise = {});

    /// The layer's own variables; see Part::take.
    std::map<std::string, Array> take(const std::vector<std::string>& names);
    const Part& part(const std::string& name) const;
    Quantizer quantizer(const std::string& key, const std::string& part, const std::vector<std::size_t>& shape);

    /// Input quantizer applied when enable_iq; `bits` gets its widths (0 without one).
    Tensor quantized_input(std::vector<double>& bits);
    /// One quantizer for each input.
    std::vector<Tensor> quantized_inputs(std::vector<std::vector<double>>& bits);
    Tensor cast(const Tensor& x, const Quantizer& quantizer);
    /// The activation, then the output quantizer when enable_oq.
    Tensor finish(Tensor y);

    /// A layer that is stored as part `part` of this one, with a configuration that is put together from this one's
    /// keys. `weights` stands in for the part.
    Tensor inside(const std::string& part, Json config, std::vector<Tensor> inputs,
                  const std::function<Tensor(Context&)>& function, const Part* weights = nullptr);

    /// Counts EBOPs when the layer does: `shared` is built once for parallelization_factor of the `positions`.
    void count(double shared, std::size_t positions = 1, double fixed = 0.0);
    /// {"beta", "ebops"}: the variables that a layer keeps when it counts.
    std::vector<std::string> counters();
    void count_weights(const std::vector<double>& weights);

    [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const;

  private:
    Tensor activation(const Tensor& y);

    const Layer& layer_;
    const Part* weights_;
    std::vector<Tensor> inputs_;
    Builder& builder_;
    Notes& notes_;
    JsonReader config_;
};

} // namespace bitgrain::import
