// Sharing: again and again the pattern that saves most becomes a signal. Hartley 1996; Hosangadi, Fallah, Kastner 2006.
// Score: carry-chain bits times the places it saves. With adders of three operands a third term joins at once where
// that gains more: two alone would take a level of their own. Digits of other terms are flipped to their other minimal
// form where that makes one more place.
#pragma once

#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

/// Shares until nothing known to the queue saves anything. The system must be watching.
void share_patterns(System& system, bool flip_digits);

} // namespace bitgrain::cmvm
