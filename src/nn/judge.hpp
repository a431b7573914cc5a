// How good a candidate is to be expected on rows that nobody has seen. Of hundreds of candidates the one with the best
// validation metric is also the luckiest; the training metric has many more rows and less luck, but flatters. So
// candidates are compared with others of nearly the same cost: their validation metric is shrunk towards a straight
// line on the training metric, as far as the scatter around the line is noise. How much of it is noise is read from
// parts of the validation rows: what the parts do not agree in (split-half reliability, Spearman 1910 and Brown 1910).
// Where the training metric says nothing and the parts agree, the validation metric stays as it is.
#pragma once

#include "nn/train.hpp"

namespace bitgrain::nn {

/// Parts of the validation rows that a candidate is scored on: row r belongs to part r mod folds.
constexpr std::size_t folds = 4;

/// Sets `expected` of every candidate. Trained and polished ones are judged apart, since polishing flatters the
/// training metric more; groups of fewer than eight keep their validation metric.
void judge(std::vector<Point>& candidates);

} // namespace bitgrain::nn
