// A class-index head: replaces a model's scores by what is decided from them. A transformation of the model, so that
// its meaning is that of `run`, and lowering and verification know nothing of it.
//   argmax       which element of an output is largest
//   top-k=K      which K are, the largest first: a sorting network (Batcher 1968)
//   threshold=T  for each element one bit: is it at least T?
// Ties go to the lower index. Every output of a model with several gets its own head.
#pragma once

#include "model/model.hpp"

#include <string>

namespace bitgrain::model {

struct Head {
    enum class Kind : std::uint8_t { argmax, top_k, threshold };
    Kind kind = Kind::argmax;
    std::size_t count = 1;  ///< top_k
    double threshold = 0.0; ///< threshold

    friend bool operator==(const Head&, const Head&) = default;
};

/// "argmax", "top-k=3", "threshold=0.5". Error without a place.
Head read_head(const std::string& text);

/// Outputs get the suffix _argmax, _top_k or _at_least; the task is gone, for the outputs are no scores any more,
/// and facts keep the names of its classes.
Model with_head(const Model& model, const Head& head);

} // namespace bitgrain::model
