#include "nn/pick.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace bitgrain::nn {

namespace {

std::string place(const std::string& rule) {
    return "pick rule '" + rule + "'";
}

/// Area and accuracy are shares; who writes 95 means percent.
constexpr double largest_share = 1.0;

std::string without_blanks(std::string text) {
    std::erase(text, ' ');
    return text;
}

std::string number_text(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

std::string offers(const Front& front) {
    const Point &low = front.points.front(), &high = front.points.back();
    return "the front has " + std::to_string(front.points.size()) + " points from " + front.metric_name + " " +
           std::to_string(low.expected) + " at " + std::to_string(static_cast<long>(low.ebops)) + " EBOPs to " +
           std::to_string(high.expected) + " at " + std::to_string(static_cast<long>(high.ebops));
}

} // namespace

PickRule read_pick(const std::string& rule, const std::string& metric_name, bool higher_is_better) {
    const std::string text = without_blanks(rule);
    const auto number_after = [&](std::size_t start) {
        double value = 0.0;
        const auto [end, code] = std::from_chars(text.data() + start, text.data() + text.size(), value);
        if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
            throw Error("does not end in a number", place(rule));
        return value;
    };
    const std::string sign = higher_is_better ? ">=" : "<=";
    if (text == "best") return {};
    if (text.starts_with("best-")) {
        const PickRule read{PickRule::Kind::best, number_after(std::string("best-").size())};
        if (read.number < 0.0) throw Error("must allow a loss of 0 or more", place(rule));
        return read;
    }
    if (text.starts_with("ebops<=")) return {PickRule::Kind::ebops, number_after(std::string("ebops<=").size())};
    if (text.starts_with(metric_name + sign)) {
        const PickRule read{PickRule::Kind::metric, number_after(metric_name.size() + sign.size())};
        if (higher_is_better && read.number > largest_share) {
            throw Error("no network reaches it", place(rule),
                        metric_name + " is a share: " + number_text(read.number / 100) + " for " +
                            number_text(read.number) + " %");
        }
        return read;
    }
    throw Error("is not understood", place(rule), "use best, best-N, " + metric_name + sign + "N or ebops<=N");
}

PickRule read_pick(const std::string& rule, const Metric& metric) {
    return read_pick(rule, metric.name(), metric.higher_is_better());
}

const Point& pick(const Front& front, const std::string& rule) {
    const PickRule read = read_pick(rule, front.metric_name, front.higher_is_better);
    if (front.points.empty()) throw Error("the front has no points", place(rule), "train longer");
    const auto better = [&](const Point& a, const Point& b) {
        return front.higher_is_better ? a.expected > b.expected : a.expected < b.expected;
    };
    // Points rise in cost: the first that is good enough is the cheapest.
    const auto cheapest = [&](double limit) {
        return std::find_if(front.points.begin(), front.points.end(), [&](const Point& p) {
            return front.higher_is_better ? p.expected >= limit : p.expected <= limit;
        });
    };
    auto found = front.points.end();
    switch (read.kind) {
    case PickRule::Kind::best: {
        const double best = std::min_element(front.points.begin(), front.points.end(), better)->expected;
        found = cheapest(front.higher_is_better ? best - read.number : best + read.number);
        break;
    }
    case PickRule::Kind::metric:
        found = cheapest(read.number);
        break;
    case PickRule::Kind::ebops: {
        const auto end = std::find_if(front.points.begin(), front.points.end(),
                                      [&](const Point& p) { return p.ebops > read.number; });
        if (end != front.points.begin()) found = std::min_element(front.points.begin(), end, better);
        break;
    }
    }
    if (found == front.points.end()) throw Error("no point fits", place(rule), offers(front));
    return *found;
}

std::string rule_of(double ebops) {
    return "ebops<=" + number_text(ebops);
}

} // namespace bitgrain::nn
