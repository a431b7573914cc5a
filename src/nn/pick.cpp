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

const std::array<std::string, 5> limited{"ebops", "lut", "ff", "cycles", "ns"};
constexpr std::size_t tried_above = 2; ///< points above the dearest that halving found

std::string offers(const Front& front) {
    const Point &low = front.points.front(), &high = front.points.back();
    return "the front has " + std::to_string(front.points.size()) + " points from " + front.metric_name + " " +
           std::to_string(low.expected) + " at " + std::to_string(static_cast<long>(low.ebops)) + " EBOPs to " +
           std::to_string(high.expected) + " at " + std::to_string(static_cast<long>(high.ebops));
}

/// "cycles 3, ff 152, lut 220, ns 15"
std::string listed(const std::map<std::string, double>& design) {
    std::string text;
    for (const auto& [quantity, value] : design)
        text += (text.empty() ? "" : ", ") + quantity + " " + number_text(value);
    return text;
}

} // namespace

PickRule read_pick(const std::string& rule, const std::string& metric_name, bool higher_is_better) {
    const std::string text = without_blanks(rule);
    const auto number = [&](std::string_view digits) {
        double value = 0.0;
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (code != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value))
            throw Error("does not end in a number", place(rule));
        return value;
    };
    const auto number_after = [&](std::size_t start) { return number(std::string_view(text).substr(start)); };
    const std::string sign = higher_is_better ? ">=" : "<=";
    if (text == "best") return {};
    if (text.starts_with("best-")) {
        PickRule read{PickRule::Kind::best, number_after(std::string("best-").size())};
        if (read.number < 0.0) throw Error("must allow a loss of 0 or more", place(rule));
        return read;
    }
    if (text.starts_with(metric_name + sign)) {
        PickRule read{PickRule::Kind::metric, number_after(metric_name.size() + sign.size())};
        if (higher_is_better && read.number > largest_share) {
            throw Error("no network reaches it", place(rule),
                        metric_name + " is a share: " + number_text(read.number / 100) + " for " +
                            number_text(read.number) + " %");
        }
        return read;
    }
    PickRule read{PickRule::Kind::limits, 0.0, {}};
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        const std::string_view part = std::string_view(text).substr(start, end - start);
        const auto quantity = std::find_if(limited.begin(), limited.end(),
                                           [&](const std::string& name) { return part.starts_with(name + "<="); });
        if (quantity == limited.end()) {
            std::string known = "use best, best-N, " + metric_name;
            known += sign + "N, or limits joined by commas: ebops<=N, lut<=N, ff<=N, cycles<=N, ns<=N";
            throw Error("is not understood", place(rule), known);
        }
        read.limits.push_back({*quantity, number(part.substr(quantity->size() + 2))});
        start = end + 1;
    }
    return read;
}

PickRule read_pick(const std::string& rule, const Metric& metric) {
    return read_pick(rule, metric.name(), metric.higher_is_better());
}

bool PickRule::needs_designs() const {
    return std::any_of(limits.begin(), limits.end(), [](const Limit& limit) { return limit.quantity != "ebops"; });
}

namespace {

/// Number of the dearest point that keeps the limits, plus one; 0 when none does. Points rise in cost and in what is
/// expected of them.
std::size_t within_limits(const Front& front, const PickRule& rule, const DesignOf& design_of) {
    const auto keeps = [&](const Point& point) {
        const bool cheap = std::all_of(rule.limits.begin(), rule.limits.end(), [&](const Limit& limit) {
            return limit.quantity != "ebops" || point.ebops <= limit.most;
        });
        if (!cheap || !rule.needs_designs()) return cheap;
        const std::map<std::string, double> design = design_of(point);
        return std::all_of(rule.limits.begin(), rule.limits.end(), [&](const Limit& limit) {
            return limit.quantity == "ebops" || design.at(limit.quantity) <= limit.most;
        });
    };
    const auto& points = front.points;
    auto within = static_cast<std::size_t>(std::partition_point(points.begin(), points.end(), keeps) - points.begin());
    // What designs take does not grow evenly: a point a little above may keep the limits again.
    for (std::size_t i = within; rule.needs_designs() && i < points.size() && i <= within + tried_above; ++i) {
        if (keeps(points[i])) within = i + 1;
    }
    return within;
}

} // namespace

const Point& pick(const Front& front, const std::string& rule, const DesignOf& design_of) {
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
    case PickRule::Kind::limits:
        CHECK(design_of || !read.needs_designs(), "limits on hardware need designs");
        if (const std::size_t within = within_limits(front, read, design_of))
            found = front.points.begin() + static_cast<std::ptrdiff_t>(within - 1);
        break;
    }
    if (found == front.points.end() && read.needs_designs())
        throw Error("no point fits", place(rule), "the cheapest takes " + listed(design_of(front.points.front())));
    if (found == front.points.end()) throw Error("no point fits", place(rule), offers(front));
    return *found;
}

std::string rule_of(double ebops) {
    return "ebops<=" + number_text(ebops);
}

} // namespace bitgrain::nn
