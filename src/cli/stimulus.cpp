#include "cli/stimulus.hpp"

#include "base/error.hpp"

namespace bitgrain::cli {

Stimulus::Stimulus(std::vector<fx::Format> formats) : formats_(std::move(formats)) {}

template <class Function>
void Stimulus::add_row(Function&& code_of) {
    for (std::size_t i = 0; i < formats_.size(); ++i)
        codes_.push_back(code_of(i));
}

void Stimulus::add_data(std::span<const std::int64_t> codes) {
    CHECK(corner_rows_ == 0 && random_rows() == 0, "data comes first");
    codes_.insert(codes_.end(), codes.begin(), codes.end());
    data_rows_ = rows();
}

void Stimulus::add_corners() {
    CHECK(random_rows() == 0, "corners come before random vectors");
    const auto lowest = [&](std::size_t i) { return formats_[i].min_code(); };
    const auto highest = [&](std::size_t i) { return formats_[i].max_code(); };
    const auto zero = [](std::size_t) { return std::int64_t{0}; };
    add_row(zero);
    for (int turn = 0; turn < 2; ++turn) {
        add_row(lowest);
        add_row(highest);
    }
    add_row([&](std::size_t i) { return i % 2 == 0 ? lowest(i) : highest(i); });
    add_row([&](std::size_t i) { return i % 2 == 0 ? highest(i) : lowest(i); });
    for (std::size_t k = 0; k < formats_.size(); ++k) {
        add_row([&](std::size_t i) { return i == k ? highest(i) : 0; });
        add_row([&](std::size_t i) { return i == k ? lowest(i) : 0; });
    }
    corner_rows_ = rows() - data_rows_;
}

void Stimulus::add_random(std::size_t rows, std::uint64_t seed) {
    Random random(seed);
    const auto anywhere = [&](std::size_t i) { return random.integer(formats_[i].min_code(), formats_[i].max_code()); };
    for (std::size_t row = 0; row < rows; ++row) {
        switch (row % 3) {
        case 0:
            add_row(anywhere);
            break;
        case 1:
            add_row(
                [&](std::size_t i) { return random.chance(0.5) ? formats_[i].min_code() : formats_[i].max_code(); });
            break;
        default:
            add_row([&](std::size_t i) { return random.chance(0.8) ? 0 : anywhere(i); });
        }
    }
}

std::string Stimulus::describe(std::size_t row) const {
    if (row < data_rows_) return "row " + std::to_string(row) + " of the data";
    if (row < data_rows_ + corner_rows_) return "corner " + std::to_string(row - data_rows_);
    return "random vector " + std::to_string(row - data_rows_ - corner_rows_);
}

} // namespace bitgrain::cli
