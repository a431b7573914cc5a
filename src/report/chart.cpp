#include "report/chart.hpp"

#include "report/html.hpp"
#include "report/number.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitgrain::report {

namespace {

std::string attribute(const char* name, double value) {
    return std::string(" ") + name + "=\"" + number(value, 6) + "\"";
}

std::string line(const char* kind, double x1, double y1, double x2, double y2) {
    return std::string("<line class=\"") + kind + "\"" + attribute("x1", x1) + attribute("y1", y1) +
           attribute("x2", x2) + attribute("y2", y2) + "/>\n";
}

std::string label(const char* kind, double x, double y, const std::string& text) {
    return std::string("<text class=\"") + kind + "\"" + attribute("x", x) + attribute("y", y) + ">" + escaped(text) +
           "</text>\n";
}

std::string open_svg(double width, double height, const std::string& title) {
    const std::string w = number(width), h = number(height);
    return "<svg viewBox=\"0 0 " + w + " " + h + "\" role=\"img\" aria-label=\"" + escaped(title) + "\">\n";
}

/// Maps a range of numbers to a range of the drawing.
struct Scale {
    double from_lo, from_hi, to_lo, to_hi;
    double operator()(double value) const { return to_lo + (value - from_lo) / (from_hi - from_lo) * (to_hi - to_lo); }
};

struct Range {
    double lo, hi;
    /// Never empty, with some air at both ends.
    Range widened(double share) const {
        const double span = hi > lo ? hi - lo : std::max(std::fabs(hi) * 0.1, 1e-3);
        return {lo - span * share, hi + span * share};
    }
};

/// 1, 2 and 5 times the powers of ten inside the range, when it spans less than two and a half decades; otherwise
/// powers of ten.
std::vector<double> decades(double lo, double hi) {
    std::vector<double> result;
    const bool fine = hi / lo < 300;
    const auto first = std::lround(std::floor(std::log10(lo))), last = std::lround(std::floor(std::log10(hi)));
    for (long exponent = first; exponent <= last; ++exponent) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double value = factor * std::pow(10.0, static_cast<double>(exponent));
            if ((fine || factor == 1.0) && value >= lo && value <= hi) result.push_back(value);
        }
    }
    return result;
}

/// Round numbers between the ends of a range too narrow for two of the decades'.
std::vector<double> cost_ticks(double lo, double hi) {
    std::vector<double> result = decades(lo, hi);
    return result.size() > 1 ? result : ticks(lo, hi, 4);
}

constexpr double chart_width = 720, chart_height = 340, left = 68, right = 16, top = 14, bottom = 46;

std::string axes(const std::string& metric_name, const char* cost_name, const Scale& x, const Scale& y,
                 const Range& cost, const Range& metric) {
    std::string svg;
    for (const double value : ticks(metric.lo, metric.hi, 6)) {
        svg += line("grid", left, y(value), chart_width - right, y(value));
        svg += label("tick end", left - 8, y(value) + 4, shown_metric(metric_name, value));
    }
    for (const double value : cost_ticks(std::pow(10.0, cost.lo), std::pow(10.0, cost.hi))) {
        const double at = x(std::log10(value));
        svg += line("grid", at, top, at, chart_height - bottom);
        svg += label("tick middle", at, chart_height - bottom + 18, number(value, 15));
    }
    svg += line("axis", left, chart_height - bottom, chart_width - right, chart_height - bottom);
    svg += label("axis-name middle", (left + chart_width - right) / 2, chart_height - 8,
                 std::string(cost_name) + ", logarithmic");
    return svg;
}

struct Mark {
    double cost, metric;
    bool picked;
    std::string tip;
};

/// The front's metric against a cost, logarithmic, and the staircase of the best there is for so much.
std::string cost_chart(const Front& front, const char* cost_name, std::vector<Mark> marks) {
    std::erase_if(marks,
                  [](const Mark& m) { return m.cost <= 0; }); // a dead network has no place on a logarithmic axis
    if (marks.empty()) return {};
    std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.cost < b.cost; });
    const auto [least, most] = std::minmax_element(marks.begin(), marks.end(),
                                                   [](const Mark& a, const Mark& b) { return a.metric < b.metric; });
    const Range metric = Range{least->metric, most->metric}.widened(0.08);
    const Range cost = Range{std::log10(marks.front().cost), std::log10(marks.back().cost)}.widened(0.05);
    const Scale x{cost.lo, cost.hi, left, chart_width - right};
    const Scale y{metric.lo, metric.hi, chart_height - bottom, top};

    std::string svg = open_svg(chart_width, chart_height, front.metric_name + " against " + cost_name);
    svg += axes(front.metric_name, cost_name, x, y, cost, metric);
    std::string path;
    double best = marks.front().metric;
    for (const Mark& m : marks) {
        best = front.higher_is_better ? std::max(best, m.metric) : std::min(best, m.metric);
        const std::string px = number(x(std::log10(m.cost)), 6), py = number(y(best), 6);
        path += path.empty() ? "M" + px + " " + py : " H" + px + " V" + py;
    }
    svg += "<path class=\"stairs\" d=\"" + path + "\"/>\n";
    for (const bool picked : {false, true}) { // the picked one last, on top
        for (const Mark& m : marks) {
            if (m.picked != picked) continue;
            svg += std::string("<circle class=\"") + (picked ? "picked" : "point") + "\"" +
                   attribute("cx", x(std::log10(m.cost))) + attribute("cy", y(m.metric)) +
                   attribute("r", picked ? 6 : 3.5) + "><title>" + escaped(m.tip) + "</title></circle>\n";
        }
    }
    return svg + "</svg>\n";
}

} // namespace

std::vector<double> ticks(double lo, double hi, int count) {
    const double rough = (hi - lo) / count;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {5.0, 2.0, 1.0}) {
        if (factor * power >= rough) step = factor * power;
    }
    std::vector<double> result;
    const auto first = std::lround(std::ceil(lo / step)), last = std::lround(std::floor(hi / step));
    for (long i = first; i <= last; ++i)
        result.push_back(static_cast<double>(i) * step);
    return result;
}

std::string front_chart(const Front& front) {
    std::vector<Mark> marks;
    for (const FrontPoint& p : front.points) {
        const std::string tip = shown_metric(front.metric_name, p.expected) + ", " + number(std::round(p.ebops), 15) +
                                " EBOPs, epoch " + std::to_string(p.epoch) + (p.picked ? ", picked" : "");
        marks.push_back({p.ebops, p.expected, p.picked, tip});
    }
    return cost_chart(front, "EBOPs", std::move(marks));
}

std::string design_chart(const Front& front) {
    std::vector<Mark> marks;
    for (const FrontPoint& p : front.points) {
        if (!p.design) continue;
        const Design& d = *p.design;
        const std::string tip = shown_metric(front.metric_name, p.expected) + ", " + number(std::round(d.lut), 15) +
                                " LUT, " + number(std::round(d.ff), 15) + " FF, " + std::to_string(d.latency_cycles) +
                                " cycles, " + number(d.latency_ns, 4) + " ns" + (p.picked ? ", picked" : "");
        marks.push_back({d.lut, p.expected, p.picked, tip});
    }
    return cost_chart(front, "LUT", std::move(marks));
}

std::string layer_chart(const std::vector<Layer>& layers) {
    double most = 0;
    for (const Layer& layer : layers)
        most = std::max({most, layer.lut, layer.ff});
    if (most <= 0) return {};
    constexpr double name_width = 170, row = 46, bar = 15, value_width = 70;
    const double height = row * static_cast<double>(layers.size()) + 4;
    const Scale x{0, most, name_width, chart_width - value_width};
    std::string svg = open_svg(chart_width, height, "LUT and FF per layer");
    const auto draw = [&](const char* kind, const char* unit, double value, double at) {
        svg += std::string("<rect class=\"") + kind + "\"" + attribute("x", name_width) + attribute("y", at) +
               attribute("width", std::max(x(value) - name_width, 1.0)) + attribute("height", bar) + " rx=\"2\"/>\n";
        svg += label("tick", x(value) + 6, at + bar - 3, number(std::round(value), 15) + " " + unit);
    };
    double at = 6;
    for (const Layer& layer : layers) {
        svg += label("tick end", name_width - 10, at + bar + 5, layer.name);
        draw("bar-lut", "LUT", layer.lut, at);
        draw("bar-ff", "FF", layer.ff, at + bar + 3);
        at += row;
    }
    return svg + "</svg>\n";
}

std::string comparison_chart(const std::vector<Comparison>& comparisons) {
    if (comparisons.empty()) return {};
    constexpr double name_width = 250, row = 50, bar = 15, value_width = 90;
    std::string svg =
        open_svg(chart_width, row * static_cast<double>(comparisons.size()) + 4, "estimated beside measured");
    double at = 6;
    for (const Comparison& c : comparisons) {
        const double most = std::max({c.measured, c.estimated * (1.0 + c.band), 1e-9});
        const Scale x{0, most, name_width, chart_width - value_width};
        const std::string unit = c.unit.empty() ? "" : " " + c.unit;
        const auto draw = [&](const char* kind, double value, double y) {
            svg += std::string("<rect class=\"") + kind + "\"" + attribute("x", name_width) + attribute("y", y) +
                   attribute("width", std::max(x(value) - name_width, 1.0)) + attribute("height", bar) +
                   " rx=\"2\"/>\n";
        };
        svg += label("axis-name end", name_width - 10, at + bar - 2, c.quantity + ", estimated");
        svg += label("tick end", name_width - 10, at + 2 * bar + 1, std::string(name(c.source)) + " by " + c.tool);
        draw("bar-lut", c.estimated, at);
        draw("bar-measured", c.measured, at + bar + 3);
        if (c.band > 0.0) {
            const double low = x(std::max(c.estimated * (1.0 - c.band), 0.0)), high = x(c.estimated * (1.0 + c.band));
            const double middle = at + bar / 2;
            svg += line("whisker", low, middle, high, middle) + line("whisker", low, middle - 4, low, middle + 4) +
                   line("whisker", high, middle - 4, high, middle + 4);
        }
        const double right_of = chart_width - value_width + 8;
        svg += label("tick", right_of, at + bar - 3, number(c.estimated, 4) + unit);
        svg += label("tick", right_of, at + 2 * bar, number(c.measured, 4) + unit);
        at += row;
    }
    return svg + "</svg>\n";
}

std::string width_chart(const std::vector<Layer>& layers, const std::vector<Neuron>& neurons) {
    int widest = 0;
    for (const Layer& layer : layers) {
        for (const int width : layer.widths)
            widest = std::max(widest, width);
    }
    if (widest == 0) return {};
    constexpr double name_width = 170, cell = 13, step = 15, gap = 12;
    constexpr std::size_t per_row = 36, most_cells = 360;
    std::string cells;
    double at = 4;
    for (const Layer& layer : layers) {
        if (layer.widths.empty()) continue;
        cells += label("tick end", name_width - 10, at + 11, layer.name);
        const std::size_t shown = std::min(layer.widths.size(), most_cells);
        for (std::size_t i = 0; i < shown; ++i) {
            const int width = layer.widths[i];
            const auto neuron = std::find_if(neurons.begin(), neurons.end(), [&](const Neuron& n) {
                return n.layer == layer.name && n.index == static_cast<int>(i);
            });
            const std::string tip = layer.name + "[" + std::to_string(i) + "]: " + std::to_string(width) + " bits" +
                                    (neuron == neurons.end() ? "" : ", " + number(neuron->lut, 3) + " LUT");
            cells += "<rect class=\"cell\"" + attribute("x", name_width + step * static_cast<double>(i % per_row)) +
                     attribute("y", at + step * static_cast<double>(i / per_row)) + attribute("width", cell) +
                     attribute("height", cell) + attribute("fill-opacity", 0.06 + 0.94 * width / widest) +
                     " rx=\"2\"><title>" + escaped(tip) + "</title></rect>\n";
        }
        at += step * static_cast<double>((shown + per_row - 1) / per_row) + gap;
        if (shown < layer.widths.size()) {
            cells += label("tick", name_width, at, "and " + std::to_string(layer.widths.size() - shown) + " more");
            at += step;
        }
    }
    cells += label("tick", name_width, at + 8, "lightest: constant, darkest: " + std::to_string(widest) + " bits");
    return open_svg(chart_width, at + 16, "bits per value") + cells + "</svg>\n";
}

} // namespace bitgrain::report
