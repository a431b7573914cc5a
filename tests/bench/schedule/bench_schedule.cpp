// Register bits of three ways to place registers, and their run times.
//   bench_schedule CONSTRAINTS [--target NAME] [--clock-ns NS,NS,...] [--latency-more N] [--layers 16,128,64]...
//   [MODEL]...
// MODEL is a model.json or what `bitgrain import` reads; --layers makes a random network of sparse dense layers
// instead. One row per network and clock: as soon as possible, moved later greedily, exact.
#include "base/error.hpp"
#include "base/random.hpp"
#include "hw/schedule.hpp"
#include "hw/structure.hpp"
#include "hw/windows.hpp"
#include "import/read.hpp"
#include "ir/builder.hpp"
#include "lower/lower.hpp"
#include "opt/passes.hpp"

#include <cstdio>
#include <ctime>
#include <sstream>

namespace {

using namespace bitgrain;

std::vector<double> numbers(const std::string& text) {
    std::vector<double> result;
    std::istringstream list(text);
    for (std::string part; std::getline(list, part, ',');)
        result.push_back(std::stod(part));
    return result;
}

/// Sum of the terms as a balanced tree.
ir::Signal sum(ir::Builder& builder, std::vector<ir::Signal> terms) {
    while (terms.size() > 1) {
        std::vector<ir::Signal> next;
        for (std::size_t i = 0; i + 1 < terms.size(); i += 2)
            next.push_back(builder.add(terms[i], terms[i + 1]));
        if (terms.size() % 2 != 0) next.push_back(terms.back());
        terms = std::move(next);
    }
    return terms.empty() ? ir::Builder::zero() : terms[0];
}

/// Layers of ReLU neurons; a third of the weights is there, each with one to three signed digits.
ir::Netlist random_network(const std::vector<double>& layers) {
    Random random(1);
    ir::Builder builder("random");
    std::vector<ir::Signal> values;
    for (int i = 0; i < static_cast<int>(layers[0]); ++i)
        values.push_back(builder.input("x[" + std::to_string(i) + "]", {true, 0, 5}));
    for (std::size_t layer = 1; layer < layers.size(); ++layer) {
        std::vector<ir::Signal> next;
        for (int j = 0; j < static_cast<int>(layers[layer]); ++j) {
            builder.set_origin("layer_" + std::to_string(layer), j);
            std::vector<ir::Signal> terms;
            for (const ir::Signal& value : values) {
                if (!random.chance(0.33)) continue;
                for (auto digits = random.integer(1, 3); digits > 0; --digits) {
                    const ir::Signal term = ir::Builder::shift(value, static_cast<int>(random.integer(-4, 0)));
                    terms.push_back(random.chance(0.5) ? term : ir::Builder::negate(term));
                }
            }
            next.push_back(
                builder.cast(builder.relu(sum(builder, terms)), {{false, 1, 5}, fx::Round::trn, fx::Overflow::sat}));
        }
        values = std::move(next);
    }
    for (std::size_t j = 0; j < values.size(); ++j)
        builder.output("y[" + std::to_string(j) + "]", values[j]);
    return builder.finish();
}

ir::Netlist network(const std::string& file) {
    const bool own = file.ends_with(".json");
    lower::Options options;
    options.cmvm.effort = cmvm::Effort::fast;
    return opt::optimize(lower::lower(own ? model::read(file) : import::read(file), options));
}

struct Result {
    long bits = 0;
    double seconds = 0.0; ///< of processor time
};

template <class Place>
Result timed(const hw::Schedule& from, const ir::Netlist& netlist, const Place& place) {
    hw::Schedule schedule = from;
    const std::clock_t begin = std::clock();
    place(schedule);
    return {hw::flip_flops(schedule, netlist), static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC};
}

void compare(const std::string& name, const ir::Netlist& netlist, const hw::Target& target, double clock, int more) {
    hw::ScheduleOptions options;
    options.clock_ns = clock;
    const hw::Timing timing(target, netlist);
    const double limit = hw::budget(timing, options);
    if (hw::smallest_clock(target, netlist, options) > clock) {
        std::printf("| %s | %zu | %g | cannot be met |\n", name.c_str(), ir::count(netlist).adds, clock);
        return;
    }
    hw::Schedule asap;
    hw::place_as_soon_as_possible(asap, timing, netlist, limit);
    hw::measure(asap, timing, netlist);
    const long first = hw::flip_flops(asap, netlist);
    const Result greedy = timed(asap, netlist, [&](hw::Schedule& s) { hw::move_later(s, timing, netlist, limit); });
    const Result exact = timed(
        asap, netlist, [&](hw::Schedule& s) { hw::fewest_registers(s, timing, netlist, limit, asap.stages + more); });
    const auto share = [first](long bits) { return static_cast<double>(bits) / static_cast<double>(first); };
    std::printf("| %s | %zu | %g | %d | %ld | %ld | %ld | %.3f | %.3f | %.2f | %.2f |\n", name.c_str(),
                ir::count(netlist).adds, clock, asap.stages, first, greedy.bits, exact.bits, share(greedy.bits),
                share(exact.bits), greedy.seconds, exact.seconds);
    std::fflush(stdout);
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.empty()) throw Error("expected the folder of the targets and networks");
    const std::string constraints = arguments[0];
    std::string target = "xcvu13p";
    std::vector<double> clocks{2.0, 3.0, 5.0};
    std::vector<std::pair<std::string, ir::Netlist>> networks;
    int more = 0;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (arguments[i] == "--target") {
            target = arguments.at(++i);
        } else if (arguments[i] == "--clock-ns") {
            clocks = numbers(arguments.at(++i));
        } else if (arguments[i] == "--latency-more") {
            more = std::stoi(arguments.at(++i));
        } else if (arguments[i] == "--layers") {
            const std::string layers = arguments.at(++i);
            networks.emplace_back("random " + layers, random_network(numbers(layers)));
        } else {
            networks.emplace_back(arguments[i].substr(arguments[i].rfind('/') + 1), network(arguments[i]));
        }
    }
    const hw::Target device = hw::read_target(constraints, target);
    std::printf(
        "| network | adders | clock ns | stages | asap FF | greedy FF | exact FF | greedy / asap | exact / asap | "
        "greedy s | exact s |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (const auto& [name, netlist] : networks) {
        for (const double clock : clocks)
            compare(name, netlist, device, clock, more);
    }
    return 0;
}

} // namespace

int main(int count, char** values) {
    try {
        return run({values + 1, values + count});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        return 2;
    }
}
