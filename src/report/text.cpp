#include "report/text.hpp"

#include "report/number.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::report {

namespace {

/// Characters, not bytes: continuation bytes of UTF-8 take no column.
std::size_t columns(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string whole(double value) {
    return number(std::round(value), 15);
}

bool is_lone_text(const Row& row) {
    return std::holds_alternative<std::string>(row.value) && row.unit.empty() && row.note.empty();
}

} // namespace

std::string table(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right, bool header) {
    std::vector<std::size_t> width(right.size(), 0);
    for (const auto& line : lines) {
        for (std::size_t c = 0; c < line.size(); ++c)
            width[c] = std::max(width[c], columns(line[c]));
    }
    std::string text;
    for (std::size_t l = 0; l < lines.size(); ++l) {
        std::string out = " ";
        for (std::size_t c = 0; c < lines[l].size(); ++c) {
            const std::string& cell = lines[l][c];
            const std::string gap(width[c] - columns(cell), ' ');
            out += " " + (right[c] ? gap + cell : cell + gap) + " ";
        }
        text += trimmed(out) + "\n";
        if (l == 0 && header) {
            std::string rule = " ";
            for (const std::size_t w : width)
                rule += " " + std::string(w, '-') + " ";
            text += trimmed(rule) + "\n";
        }
    }
    return text;
}

std::vector<std::size_t> chosen(const Front& front, std::size_t limit) {
    std::vector<std::size_t> result;
    const std::size_t n = front.points.size();
    for (std::size_t i = 0; i < std::min(n, limit); ++i) {
        result.push_back(n <= limit ? i : i * (n - 1) / (limit - 1));
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (front.points[i].picked && !std::binary_search(result.begin(), result.end(), i)) result.push_back(i);
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::string front_text(const Front& front, std::size_t limit) {
    std::vector<std::vector<std::string>> lines{
        {"EBOPs", "expected " + front.metric_name, "validation", "live weights", "epoch", ""}};
    for (const std::size_t i : chosen(front, limit)) {
        const FrontPoint& p = front.points[i];
        lines.push_back({number(std::round(p.ebops), 15), shown_metric(front.metric_name, p.expected),
                         shown_metric(front.metric_name, p.metric), std::to_string(p.live_weights),
                         std::to_string(p.epoch), p.picked ? "<- picked" : ""});
    }
    std::string text = table(lines, {true, true, true, true, true, false}, true);
    if (lines.size() - 1 < front.points.size()) {
        text += "  (" + std::to_string(lines.size() - 1) + " of " + std::to_string(front.points.size()) + " points)\n";
    }
    return text;
}

std::string designs_text(const Front& front) {
    const auto has = [&](const auto& test) {
        return std::any_of(front.points.begin(), front.points.end(),
                           [&](const FrontPoint& p) { return p.design && test(*p.design); });
    };
    if (!has([](const Design&) { return true; })) return {};
    const bool simulated = has([](const Design& d) { return d.mismatches.has_value(); });
    std::vector<std::string> head{"EBOPs", "expected", "validation", "test", "LUT", "FF", "adders", "cycles", "ns"};
    std::vector<bool> right(head.size(), true);
    if (simulated) head.push_back("mismatches");
    right.resize(head.size(), true);
    head.insert(head.end(), {"", ""}); // folder, mark
    right.resize(head.size(), false);
    std::vector<std::vector<std::string>> lines{head};
    for (const FrontPoint& p : front.points) {
        if (!p.design) continue;
        const Design& d = *p.design;
        lines.push_back({whole(p.ebops), shown_metric(front.metric_name, p.expected),
                         shown_metric(front.metric_name, p.metric),
                         d.test ? shown_metric(front.metric_name, *d.test) : "-", whole(d.lut), whole(d.ff),
                         std::to_string(d.adders), std::to_string(d.latency_cycles), number(d.latency_ns, 4)});
        if (simulated) lines.back().push_back(d.mismatches ? std::to_string(*d.mismatches) : "-");
        lines.back().insert(lines.back().end(), {d.folder, p.picked ? "<- picked" : ""});
    }
    return table(lines, right, true);
}

std::string layers_text(const std::vector<Layer>& layers) {
    double all = 0.0;
    for (const Layer& layer : layers)
        all += layer.lut;
    std::vector<std::vector<std::string>> lines{{"layer", "LUT", "share", "FF", "carry bits", "stages"}};
    for (const Layer& l : layers) {
        const std::string stages = l.first_stage == l.last_stage
                                       ? std::to_string(l.first_stage)
                                       : std::to_string(l.first_stage) + "-" + std::to_string(l.last_stage);
        lines.push_back({l.name, whole(l.lut), number(all > 0.0 ? 100.0 * l.lut / all : 0.0, 3) + " %", whole(l.ff),
                         whole(l.carry), stages});
    }
    return table(lines, {false, true, true, true, true, true}, true);
}

std::string neurons_text(const std::vector<Neuron>& neurons) {
    std::vector<std::vector<std::string>> lines{{"layer", "neuron", "LUT", "FF", "carry bits"}};
    for (const Neuron& n : neurons) {
        lines.push_back(
            {n.layer, n.index < 0 ? "shared" : std::to_string(n.index), number(n.lut, 3), whole(n.ff), whole(n.carry)});
    }
    return table(lines, {false, true, true, true, true}, true);
}

std::string to_text(const Report& report) {
    // One table for all sections, so that the columns line up; titles are put between the lines afterwards.
    std::vector<std::vector<std::string>> lines;
    for (const Section& section : report.sections) {
        for (const Row& row : section.rows) {
            const Shown s = shown(row);
            // A text alone (a path) would push every column apart; it takes the rest of its line.
            if (is_lone_text(row)) {
                lines.push_back({row.name});
            } else {
                lines.push_back(
                    {row.name, s.value, s.unit, row.source == Source::given ? "" : name(row.source), shown_note(row)});
            }
        }
    }
    const std::string body = table(lines, {false, true, false, false, false}, false);
    std::string text = report.title + "\n" + std::string(columns(report.title), '=') + "\n";
    std::size_t start = 0, line = 0;
    std::size_t name_width = 0;
    for (const auto& cells : lines)
        name_width = std::max(name_width, columns(cells[0]));
    for (const Section& section : report.sections) {
        text += "\n" + section.title + "\n";
        for (const Row& row : section.rows) {
            const std::size_t end = body.find('\n', start);
            std::string out = body.substr(start, end - start);
            if (lines[line].size() == 1) {
                out += std::string(2 + name_width - columns(out) + 2, ' ') + std::get<std::string>(row.value);
            }
            text += out + "\n";
            start = end + 1;
            ++line;
        }
    }
    if (!report.layers.empty()) text += "\nLayers, estimated\n" + layers_text(report.layers);
    if (report.front) {
        const std::string designs = designs_text(*report.front);
        if (!designs.empty()) {
            text += "\nDesigns, " + report.front->metric_name + " computed, LUT and FF estimated\n" + designs;
        } else if (!report.front->points.empty()) {
            text += "\nPareto front\n" + front_text(*report.front);
        }
    }
    return text;
}

} // namespace bitgrain::report
