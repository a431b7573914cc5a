// Two-term sharing: again and again the pattern that saves most becomes a signal. Hartley 1996; Hosangadi, Fallah,
// Kastner 2006; score = carry-chain bits times the places it saves; among nearly equal ones look-ahead takes the one
// whose places have most in common besides.
#pragma once

#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

struct GreedyOptions {
    int candidates = 1; ///< looked at per step
    double noise = 0.0; ///< scores are multiplied by up to 1 + noise
    std::uint64_t seed = 0;
};

/// Shares until nothing known to the queue saves anything. The system must be watching.
void share_patterns(System& system, const GreedyOptions& options);

} // namespace bitgrain::cmvm
