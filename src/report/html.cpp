#include "report/html.hpp"

#include "report/chart.hpp"
#include "report/number.hpp"

#include <array>
#include <cmath>

namespace bitgrain::report {

namespace {

constexpr const char* style = R"(
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #ffffff; --ink: #1f2430; --soft: #697083; --line: #e4e2dc; --main: #2c6fbb;
  --second: #e0a030; --mark: #c8402f; --good: #23794a; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --card: #1c2027; --ink: #e6e8ec; --soft: #949cab;
  --line: #2e343e; --main: #6aa8ea; --second: #d9a441; --mark: #ef7c6b; --good: #6cc596; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 40px 20px 60px; }
h1 { font-size: 26px; font-weight: 650; margin: 0 0 24px; letter-spacing: -0.01em; }
h2 { font-size: 13px; font-weight: 600; margin: 0 0 10px; color: var(--soft); text-transform: uppercase;
  letter-spacing: 0.06em; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 22px;
  margin-bottom: 18px; overflow-x: auto; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 12px; margin-bottom: 18px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.tile b { display: block; font-size: 22px; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile b.good { color: var(--good); } .tile b.bad { color: var(--mark); }
.tile span { color: var(--soft); font-size: 13px; display: block; }
table { border-collapse: collapse; width: 100%; }
td { padding: 5px 10px 5px 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child td { border-top: 0; }
th { text-align: right; font-weight: 500; color: var(--soft); padding: 0 10px 5px 0; }
tr.chosen td { color: var(--mark); }
td.value { text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
td.text { font-family: ui-monospace, monospace; font-size: 13px; word-break: break-all; }
td.unit, td.note { color: var(--soft); } td.note { width: 40%; }
.source { display: inline-block; font-size: 12px; padding: 0 8px; border-radius: 9px; border: 1px solid var(--line);
  color: var(--soft); }
svg { width: 100%; min-width: 480px; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; } svg .axis-name { fill: var(--ink); }
svg .grid { stroke: var(--line); } svg .axis { stroke: var(--soft); }
svg .stairs { fill: none; stroke: var(--main); stroke-width: 1.5; opacity: 0.5; }
svg .point { fill: var(--main); } svg .picked { fill: var(--mark); stroke: var(--card); stroke-width: 2; }
svg .bar-lut { fill: var(--main); } svg .bar-ff { fill: var(--second); } svg .bar-measured { fill: var(--good); }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; } svg .cell { fill: var(--main); }
footer { color: var(--soft); font-size: 13px; }
)";

std::string row_html(const Row& row) {
    const Shown s = shown(row);
    std::string html = "<tr><td>" + escaped(row.name) + "</td>";
    if (std::holds_alternative<std::string>(row.value) && row.note.empty() && row.unit.empty()) {
        html += "<td class=\"text\" colspan=\"3\">" + escaped(s.value) + "</td>";
    } else {
        html += "<td class=\"value\">" + escaped(s.value) + "</td><td class=\"unit\">" + escaped(s.unit) +
                "</td><td class=\"note\">" + escaped(shown_note(row)) + "</td>";
    }
    const std::string source =
        row.source == Source::given ? "" : std::string("<span class=\"source\">") + name(row.source) + "</span>";
    return html + "<td>" + source + "</td></tr>\n";
}

/// The few numbers a reader looks for first, when the report has them.
std::string tiles_html(const Report& report) {
    struct Tile {
        const char* section;
        const char* key;
        const char* name;
    };
    constexpr Tile tiles[] = {{"model", "test", "on test data"},
                              {"model", "ebops", "EBOPs"},
                              {"hardware", "lut", "LUT"},
                              {"hardware", "ff", "FF"},
                              {"hardware", "fmax", "Fmax"},
                              {"verification", "latency_cycles", "latency"},
                              {"verification", "mismatches", "mismatches"}};
    std::string html;
    for (const Tile& tile : tiles) {
        const Row* row = find(report, tile.section, tile.key);
        if (row == nullptr) continue;
        const Shown s = shown(*row);
        const std::string key = tile.key;
        const char* mood = key != "mismatches" ? "" : s.value == "0" ? " class=\"good\"" : " class=\"bad\"";
        html += std::string("<div class=\"tile\"><b") + mood + ">" +
                escaped(s.value + (s.unit.empty() ? "" : " " + s.unit)) + "</b><span>" + tile.name + ", " +
                name(row->source) + (row->band > 0.0 ? " " + shown_band(row->band) : "") + "</span></div>\n";
    }
    return html.empty() ? html : "<div class=\"tiles\">\n" + html + "</div>\n";
}

std::string drawing(const std::string& title, const std::string& svg) {
    return svg.empty() ? "" : "<section><h2>" + escaped(title) + "</h2>\n" + svg + "</section>\n";
}

std::string designs_html(const Front& front) {
    std::string rows;
    for (const FrontPoint& p : front.points) {
        if (!p.design) continue;
        const Design& d = *p.design;
        const std::array cells{number(std::round(p.ebops), 15),
                               shown_metric(front.metric_name, p.expected),
                               shown_metric(front.metric_name, p.metric),
                               d.test ? shown_metric(front.metric_name, *d.test) : std::string("-"),
                               number(std::round(d.lut), 15),
                               number(std::round(d.ff), 15),
                               std::to_string(d.latency_cycles),
                               number(d.latency_ns, 4) + " ns"};
        rows += p.picked ? "<tr class=\"chosen\">" : "<tr>";
        for (const std::string& cell : cells)
            rows += "<td class=\"value\">" + escaped(cell) + "</td>";
        rows += "</tr>\n";
    }
    if (rows.empty()) return {};
    std::string head;
    for (const char* name : {"EBOPs", "expected", "validation", "test", "LUT", "FF", "cycles", "latency"})
        head += std::string("<th>") + name + "</th>";
    return "<section><h2>Designs: accuracies and latency computed, LUT and FF estimated</h2>\n<table>\n<tr>" + head +
           "</tr>\n" + rows + "</table></section>\n";
}

} // namespace

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&#39;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string to_html(const Report& report) {
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
                       escaped(report.title) + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<main>\n<h1>" +
                       escaped(report.title) + "</h1>\n";
    html += tiles_html(report);
    if (report.front) {
        html +=
            drawing("Pareto front: " + report.front->metric_name + " expected on unseen data against EBOPs, trained",
                    front_chart(*report.front));
        html += drawing("Designs: " + report.front->metric_name + " expected on unseen data against LUT, estimated",
                        design_chart(*report.front));
        html += designs_html(*report.front);
    }
    html += drawing("Estimated beside measured", comparison_chart(report.comparisons));
    html += drawing("LUT and FF per layer, estimated", layer_chart(report.layers));
    html += drawing("Bits per value", width_chart(report.layers, report.neurons));
    for (const Section& section : report.sections) {
        html += "<section><h2>" + escaped(section.title) + "</h2>\n<table>\n";
        for (const Row& row : section.rows)
            html += row_html(row);
        html += "</table></section>\n";
    }
    return html + "<footer>Written by bitgrain. Every number says where it comes from: trained, computed exactly, "
                  "estimated by the delay and area model, simulated, synthesised, placed or "
                  "measured.</footer>\n</main>\n</body>\n</html>\n";
}

} // namespace bitgrain::report
