// What decides the clock and the registers of a design: the options of `bitgrain build`, and the "build" section of an
// experiment.
#pragma once

#include <optional>

namespace bitgrain::nn {

struct TimingSettings {
    std::optional<double> clock_ns; ///< none: 5, or the smallest that there is where one of the next three asks for it
    bool fastest = false;           ///< the smallest clock, at whatever latency
    std::optional<int> latency_cycles; ///< at most; without clock_ns at the smallest clock for it
    bool combinational = false;        ///< no registers at all
    bool input_registers = true;
    bool output_registers = true;
    bool layer_registers = false;  ///< between layers
    std::optional<int> max_fanout; ///< loads of a register; none: more registers only where the clock asks for them
    double margin = 0.1;           ///< share of the clock kept free in every stage
};

} // namespace bitgrain::nn
