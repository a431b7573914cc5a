// The trainable widths of one tensor at a chosen granularity (method: arXiv 2405.00645; the HGQ2 scheme).
//
// Coordinates: WRAP trains the fraction f and tracks the integer bits i from the values' range; SAT and SAT_SYM train
// both the width b = i + f and i. Stored widths are real numbers; the nearest integer (ties to even) is used,
// straight-through. Gradients: with delta = x - q(x), dq/dx = 1 and dq/df = ln2 * delta inside the range (the
// surrogate: the error's size is proportional to the step 2^-f); outside a saturated range dq/dx = 0 and the bound's
// own derivatives.
#pragma once

#include "fx/format.hpp"
#include "model/rounding.hpp"
#include "nn/parameters.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::nn {

using model::Rounding;

/// Which elements share a width.
enum class Granularity : std::uint8_t { element, channel, tensor };

struct QuantizerSettings {
    Granularity granularity = Granularity::element;
    std::optional<std::size_t> axis; ///< channel: the axis that keeps its own widths; none: the last one
    fx::Overflow overflow = fx::Overflow::wrap;
    Rounding round = Rounding::rnd;
    bool proven = false; ///< WRAP: integer bits from interval analysis when the network is frozen, see model/prove.hpp
    bool trainable = true;
    double fraction = 6.0; ///< WRAP: start of f
    double bits = 6.0;     ///< SAT, SAT_SYM: start of b = i + f, sign not counted
    double integer = 2.0;  ///< SAT, SAT_SYM: start of i
    /// Start values from the first data or weights instead: `bits` (b) significant bits below the largest magnitude.
    bool adapt = true;
    double min_bits = 0.0, max_bits = 23.0;           ///< bounds of b
    double min_integer = -24.0, max_integer = 24.0;   ///< SAT, SAT_SYM: bounds of i
    double min_fraction = -24.0, max_fraction = 24.0; ///< bounds of f
    bool scale_gradient = false; ///< gradients of a width that g elements share times 1/sqrt(g) (method, 4.2)
    double pull = 1e-8;          ///< signed L1 on the width parameters
    double integer_decay = 0.01; ///< WRAP: tracked integer bits forgotten per step
};

class Quantizer {
  public:
    /// `shape` is the tensor's (without the batch), `live` which of its elements are there (ascending; empty: all).
    /// Registers the width parameters under `name`.
    Quantizer(std::string name, const std::vector<std::size_t>& shape, const QuantizerSettings& settings,
              Parameters& parameters, const std::vector<std::uint32_t>& live = {});

    const std::string& name() const { return name_; }
    const QuantizerSettings& settings() const { return settings_; }
    bool saturates() const { return settings_.overflow != fx::Overflow::wrap; }
    std::size_t size() const { return size_; }
    std::size_t groups() const { return groups_; }
    std::size_t group(std::size_t element) const { return group_of_.empty() ? element : group_of_[element]; }

    /// Parameter slices, one number per group: WRAP f and the tracked i; SAT b and the trained i.
    std::size_t width_slice() const { return width_slice_; }
    std::size_t integer_slice() const { return integer_slice_; }

    /// Where this quantizer's groups start in a range record (Graph::range_size numbers).
    std::size_t range_offset = 0;

    /// Rounded widths of a group as they are used: fraction, and integer bits (at least -fraction).
    struct Widths {
        int integer = 0;
        int fraction = 0;
        int bits() const { return integer + fraction > 0 ? integer + fraction : 0; }
    };
    Widths widths(const Parameters& parameters, std::size_t group) const;
    /// Bits of every element as EBOPs counts them: i + f, sign not counted, never negative.
    void element_bits(const Parameters& parameters, std::span<float> bits) const;

    /// Takes the range of the quantised values of one step: i <- max(i - decay, bits of the largest magnitude), HGQ2's
    /// rule, which EBOPs counts; the hardware's formats come from casts(). lo > hi: nothing was seen.
    /// lo and hi: one number per group.
    template <class T>
    void track(Parameters& parameters, const T* lo, const T* hi, double decay) const;

    /// Start values from the range of the unquantised values.
    void adapt(Parameters& parameters, std::span<const double> lo, std::span<const double> hi) const;

    /// Exact formats after calibration, one per element. WRAP: the narrowest that hold [lo, hi] of the quantised values
    /// (rule 5.1 of the method), widened by `cover` around the middle; SAT: the trained ones.
    std::vector<fx::Cast> casts(const Parameters& parameters, std::span<const double> lo, std::span<const double> hi,
                                double cover) const;

  private:
    std::string name_;
    QuantizerSettings settings_;
    std::size_t size_ = 0;
    std::size_t groups_ = 0;
    std::vector<std::uint32_t> group_of_; ///< empty: every element its own
    std::size_t width_slice_ = 0, integer_slice_ = 0;
};

} // namespace bitgrain::nn
