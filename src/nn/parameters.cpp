#include "nn/parameters.hpp"

#include "base/error.hpp"

namespace bitgrain::nn {

std::size_t Parameters::add(ParameterSlice slice, std::span<const float> values) {
    slice.offset = values_.size();
    slice.size = values.size();
    for (const ParameterSlice& other : slices_)
        CHECK(other.name != slice.name, "two parameters named " + slice.name);
    values_.insert(values_.end(), values.begin(), values.end());
    slices_.push_back(std::move(slice));
    return slices_.size() - 1;
}

void Parameters::set_bounds(std::size_t number, float lo, float hi) {
    slices_[number].lo = lo;
    slices_[number].hi = hi;
}

} // namespace bitgrain::nn
