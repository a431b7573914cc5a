// Solves matrix files and compares with recorded rows of other solvers on the same files.
//   bench_cmvm [--slack K|none] [--operands 2|3] [--effort fast|normal|high] [--seconds S] [--seed N]
//              [--against RESULTS.json]... [--dc K] [--binary-depth] [--tables] [--rows] FILE...
// --binary-depth: the slack counts from the least depth with two operands (what the recorded solvers had), also for
// three. One row per family: geometric means of ours / the better of the recorded rows (two operands: lut_bits_binary;
// three: lut_bits_ternary_fused), worst matrix, and CPU time. Recorded rows whose depth exceeds ours still count as
// theirs. A row may bring its "graph" instead of figures (peers.py writes such rows); it is then counted here.
#include "base/error.hpp"
#include "base/json.hpp"
#include "cmvm/problem_file.hpp"
#include "cmvm/solve.hpp"
#include "peer_graph.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace {

using bitgrain::Json;
namespace cmvm = bitgrain::cmvm;

struct Peer {
    double adders = 0, bits = 0, cpu = 0;
    int depth = 0;
};

struct Arguments {
    cmvm::Options options;
    std::vector<std::string> files, against;
    int dc = 0;
    bool rows = false;
    bool binary_depth = false;
};

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Of up to three calls, as peers.py measures the others.
double least_cpu_seconds(const std::function<void()>& call) {
    double best = 0.0;
    for (int repeat = 0; repeat < 3 && (repeat == 0 || best < 2.0); ++repeat) {
        const double start = cpu_seconds();
        call();
        const double seconds = cpu_seconds() - start;
        best = repeat == 0 ? seconds : std::min(best, seconds);
    }
    return best;
}

Arguments parse(int count, char** text) {
    Arguments a;
    std::optional<int> dc;
    for (int i = 1; i < count; ++i) {
        const std::string word = text[i];
        const auto next = [&]() -> std::string {
            if (i + 1 >= count) throw bitgrain::Error(word + " needs a value");
            return text[++i];
        };
        if (word == "--slack") {
            const std::string value = next();
            a.options.slack = value == "none" ? std::nullopt : std::optional<int>(std::stoi(value));
        } else if (word == "--operands") {
            a.options.operands = std::stoi(next());
        } else if (word == "--effort") {
            const std::string value = next();
            if (value != "fast" && value != "normal" && value != "high")
                throw bitgrain::Error("unknown effort " + value);
            a.options.effort = value == "fast"     ? cmvm::Effort::fast
                               : value == "normal" ? cmvm::Effort::normal
                                                   : cmvm::Effort::high;
        } else if (word == "--seconds") {
            a.options.seconds = std::stod(next());
        } else if (word == "--seed") {
            a.options.seed = std::stoull(next());
        } else if (word == "--against") {
            a.against.push_back(next());
        } else if (word == "--dc") {
            dc = std::stoi(next());
        } else if (word == "--binary-depth") {
            a.binary_depth = true;
        } else if (word == "--tables") {
            a.options.tables = true;
        } else if (word == "--rows") {
            a.rows = true;
        } else {
            a.files.push_back(word);
        }
    }
    a.dc = dc ? *dc : a.options.slack.value_or(-1);
    return a;
}

std::vector<Json> read_rows(const std::vector<std::string>& files) {
    std::vector<Json> rows;
    for (const std::string& file : files) {
        const Json json = bitgrain::read_json(file);
        for (const Json& row : json.at("results"))
            rows.push_back(row);
    }
    return rows;
}

/// The better figures per matrix, each column on its own, of the rows asked for (`dc`) and of all no deeper than
/// `deepest`.
std::optional<Peer> best_peer(const std::vector<Json>& rows, const std::string& name, const Arguments& a, int deepest) {
    const char* bits = a.options.operands == 3 ? "lut_bits_ternary_fused" : "lut_bits_binary";
    std::optional<Peer> best;
    for (const Json& row : rows) {
        if (row.at("name") != name || row.at("threads") != 1) continue;
        if (row.at("dc") != a.dc && !(a.options.slack && row.at("depth").get<int>() <= deepest)) continue;
        if (row.contains("adder_size") && row.at("adder_size") != 1) continue;
        if (!row.contains(bits) || row.at(bits).is_null()) continue;
        const Peer peer{row.at("adders_live").get<double>(), row.at(bits).get<double>(), row.at("cpu_s").get<double>(),
                        row.at("depth").get<int>()};
        const bool asked = row.at("dc") == a.dc;
        if (!best) {
            best = peer;
            if (!asked) best->cpu = 1e9;
            continue;
        }
        best->adders = std::min(best->adders, peer.adders);
        best->bits = std::min(best->bits, peer.bits);
        if (asked) best->cpu = std::min(best->cpu, peer.cpu);
        best->depth = std::min(best->depth, peer.depth);
    }
    return best;
}

struct Family {
    double log_adders = 0, log_bits = 0, log_cpu = 0, worst = 0, cpu = 0, bits = 0;
    int count = 0;
};

int run(int count, char** text) {
    const Arguments a = parse(count, text);
    std::vector<Json> recorded = read_rows(a.against);
    std::map<std::string, Family> families;
    if (a.rows) std::printf("name                  adders lut_bits depth min_depth    cpu_s  bits/peer adders/peer\n");
    for (const std::string& path : a.files) {
        const cmvm::ProblemFile file = cmvm::read_problem(path);
        for (Json& row : recorded) {
            if (row.at("name") == file.name && row.contains("graph")) cmvm::bench::count_graph(row, file.problem);
        }
        const int least = cmvm::min_depth(file.problem, a.options.operands);
        const int least_of_two = cmvm::min_depth(file.problem, 2);
        cmvm::Options options = a.options;
        if (a.binary_depth && options.slack) *options.slack += least_of_two - least;
        cmvm::AdderGraph graph;
        const double cpu = least_cpu_seconds([&] { graph = cmvm::solve(file.problem, options); });
        cmvm::prove(graph, file.problem);
        const cmvm::Cost cost = cmvm::cost(graph);
        if (options.slack && cost.depth > least + *options.slack) throw bitgrain::Error("too deep", file.name);
        const int allowed = least_of_two + a.options.slack.value_or(0);
        const std::optional<Peer> peer = best_peer(recorded, file.name, a, allowed);
        Family& family = families[file.family];
        double bits = 0, adders = 0;
        if (peer && peer->bits > 0 && cost.lut_bits > 0) {
            bits = static_cast<double>(cost.lut_bits) / peer->bits;
            adders = static_cast<double>(cost.adders) / peer->adders;
            family.log_bits += std::log(bits);
            family.log_adders += std::log(adders);
            family.log_cpu += std::log(std::max(cpu, 1e-6) / peer->cpu);
            family.worst = std::max(family.worst, bits);
            ++family.count;
        }
        family.cpu += cpu;
        family.bits += static_cast<double>(cost.lut_bits);
        if (a.rows) {
            std::printf("%-20s %7zu %8lld %5d %9d %8.4f %10.3f %11.3f\n", file.name.c_str(), cost.adders,
                        static_cast<long long>(cost.lut_bits), cost.depth, least, cpu, bits, adders);
            std::fflush(stdout);
        }
    }
    std::printf("family            n bits/peer  worst adders/peer cpu/peer    cpu_s sum_bits\n");
    for (const auto& [name, f] : families) {
        const double n = std::max(1, f.count);
        std::printf("%-16s %2d %9.3f %6.3f %11.3f %8.3f %8.4f %8.0f\n", name.c_str(), f.count, std::exp(f.log_bits / n),
                    f.worst, std::exp(f.log_adders / n), std::exp(f.log_cpu / n), f.cpu, f.bits);
    }
    return 0;
}

} // namespace

int main(int count, char** text) {
    try {
        return run(count, text);
    } catch (const bitgrain::Error& error) {
        std::cerr << "error: " << error.what() << "\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "internal error: " << error.what() << "\n";
        return 70;
    }
}
