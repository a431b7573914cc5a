#include "model/head.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "model/intervals.hpp"
#include "model/run.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace bitgrain::model {

namespace {

constexpr std::size_t max_scores = 1024;

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

Affine diagonal(const std::vector<double>& weights, std::vector<double> bias) {
    Affine op{weights.size(), weights.size(), std::vector<double>(weights.size() * weights.size(), 0.0),
              std::move(bias)};
    for (std::size_t i = 0; i < weights.size(); ++i)
        op.weights[i * weights.size() + i] = weights[i];
    return op;
}

/// Pairs (a, b) of places whose values are to be exchanged when b's is larger; those of a layer do not overlap.
using Layer = std::vector<std::pair<std::size_t, std::size_t>>;

/// Batcher's odd-even merge sort, largest first. Places from `size` on would hold less than everything: they never
/// move.
std::vector<Layer> sorting_network(std::size_t size) {
    std::vector<Layer> layers;
    for (std::size_t run = 1; run < size; run *= 2) {
        for (std::size_t distance = run; distance >= 1; distance /= 2) {
            Layer& layer = layers.emplace_back();
            for (std::size_t first = distance % run; first + distance < size; first += 2 * distance) {
                for (std::size_t i = 0; i < distance && first + i + distance < size; ++i) {
                    const std::size_t a = first + i, b = a + distance;
                    if (a / (2 * run) == b / (2 * run)) layer.emplace_back(a, b);
                }
            }
        }
    }
    return layers;
}

class Builder {
  public:
    Builder(const Model& model, const Head& head)
        : model_(model), head_(head), ranges_([&] {
              Intervals domain(model, "head");
              return run_all(model, domain, input_ranges(model));
          }()) {
        if (!model.task.classes.empty()) model_.facts["classes"] = model.task.classes; // what an index means
        model_.task = {};
    }

    Model make() {
        for (Output& output : model_.outputs) {
            switch (head_.kind) {
            case Head::Kind::argmax:
                index(output, 1, "_argmax");
                break;
            case Head::Kind::top_k:
                index(output, head_.count, "_top_k");
                break;
            case Head::Kind::threshold:
                threshold(output);
                break;
            }
        }
        validate(model_, "head");
        return std::move(model_);
    }

  private:
    std::size_t step(std::vector<std::size_t> operands, Op op) {
        model_.steps.push_back({name_, std::move(operands), std::move(op)});
        return model_.inputs.size() + model_.steps.size() - 1;
    }

    /// The reversed index of each score becomes its lowest bits: then the largest number knows its place, and of equal
    /// scores the first one is larger. No two numbers are equal.
    void index(Output& output, std::size_t count, const std::string& suffix) {
        name_ = output.name + suffix;
        const std::vector<fx::Interval>& scores = ranges_[output.value];
        if (scores.size() < 2 || scores.size() > max_scores || count < 1 || count > scores.size()) {
            throw Error("the output has " + std::to_string(scores.size()) + " elements, of which " +
                            std::to_string(count) + " cannot be chosen",
                        "output '" + output.name + "'");
        }
        const auto bits = static_cast<int>(std::bit_width(scores.size() - 1));
        const int grid = std::max_element(scores.begin(), scores.end(), [](const auto& a, const auto& b) {
                             return a.fraction < b.fraction;
                         })->fraction;
        const std::int64_t last = fx::range_of(fx::Format{false, bits, 0}).hi;
        std::vector<double> places;
        for (std::size_t i = 0; i < scores.size(); ++i)
            places.push_back(fx::to_double(last - static_cast<std::int64_t>(i), grid + bits));
        const std::size_t marked =
            step({output.value}, diagonal(std::vector<double>(scores.size(), 1.0), std::move(places)));
        const std::size_t best = count == 1 ? step({marked}, Reduce{Reduce::Kind::max, scores.size()})
                                            : first_of_sorted(marked, scores.size(), count);
        const fx::Cast low_bits{{false, -grid, grid + bits}, fx::Round::trn, fx::Overflow::wrap};
        const std::size_t reversed = step({best}, Cast{std::vector<fx::Cast>(count, low_bits)});
        output.value = step({reversed}, diagonal(std::vector<double>(count, -std::ldexp(1.0, grid + bits)),
                                                 std::vector<double>(count, static_cast<double>(last))));
        output.name = name_;
        output.shape = {count};
    }

    std::size_t first_of_sorted(std::size_t value, std::size_t size, std::size_t count) {
        for (const Layer& layer : sorting_network(size))
            value = exchange(value, size, layer);
        std::vector<std::int64_t> first(count);
        for (std::size_t i = 0; i < count; ++i)
            first[i] = static_cast<std::int64_t>(i);
        return step({value}, Gather{std::move(first)});
    }

    /// The larger of each pair to its first place, the smaller, -max(-a, -b), to its second.
    std::size_t exchange(std::size_t value, std::size_t size, const Layer& layer) {
        std::vector<std::int64_t> pairs, places(size);
        for (std::size_t i = 0; i < size; ++i)
            places[i] = static_cast<std::int64_t>(i);
        for (std::size_t p = 0; p < layer.size(); ++p) {
            const auto [a, b] = layer[p];
            pairs.insert(pairs.end(), {static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)});
            places[a] = static_cast<std::int64_t>(size + p);
            places[b] = static_cast<std::int64_t>(size + layer.size() + p);
        }
        const auto negative = [&](std::size_t of, std::size_t elements) {
            return step({of}, diagonal(std::vector<double>(elements, -1.0), std::vector<double>(elements, 0.0)));
        };
        const std::size_t both = step({value}, Gather{pairs});
        const std::size_t larger = step({both}, Reduce{Reduce::Kind::max, 2});
        const std::size_t opposite = step({negative(both, pairs.size())}, Reduce{Reduce::Kind::max, 2});
        return step({value, larger, negative(opposite, layer.size())}, Gather{std::move(places)});
    }

    /// The sign of the distance, inverted.
    void threshold(Output& output) {
        name_ = output.name + "_at_least";
        std::vector<double> ones, offsets, signs;
        std::vector<fx::Cast> casts;
        for (const fx::Interval& score : ranges_[output.value]) {
            // On the score's own grid: no score lies between the threshold and the next point above it.
            const double least = std::ldexp(std::ceil(std::ldexp(head_.threshold, score.fraction)), -score.fraction);
            const double reach = std::max(std::abs(fx::to_double(score.lo, score.fraction) - least),
                                          std::abs(fx::to_double(score.hi, score.fraction) - least));
            const int exponent = reach == 0 ? -score.fraction : std::ilogb(reach) + 1;
            ones.push_back(1.0);
            offsets.push_back(least == 0 ? 0.0 : -least);
            casts.push_back({{true, exponent, -exponent}, fx::Round::trn, fx::Overflow::wrap});
            signs.push_back(std::ldexp(1.0, -exponent));
        }
        const std::size_t distance = step({output.value}, diagonal(ones, std::move(offsets)));
        const std::size_t sign = step({distance}, Cast{std::move(casts)});
        output.value = step({sign}, diagonal(signs, ones));
        output.name = name_;
    }

    Model model_;
    Head head_;
    std::vector<std::vector<fx::Interval>> ranges_;
    std::string name_;
};

} // namespace

Head read_head(const std::string& text) {
    const std::string word = text.substr(0, text.find('='));
    const std::string number = word.size() == text.size() ? "" : text.substr(word.size() + 1);
    Head head;
    if (text == "argmax") return head;
    if (word == "top-k") {
        head.kind = Head::Kind::top_k;
        if (read_number(number, head.count) && head.count >= 1 && head.count <= max_scores) return head;
    } else if (word == "threshold") {
        head.kind = Head::Kind::threshold;
        if (read_number(number, head.threshold) && std::isfinite(head.threshold)) return head;
    }
    throw Error("'" + text + "' is not known", "--head", "known: argmax, top-k=COUNT, threshold=NUMBER");
}

Model with_head(const Model& model, const Head& head) {
    return Builder(model, head).make();
}

} // namespace bitgrain::model
