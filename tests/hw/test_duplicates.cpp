// Registers that share the readers of a value, and registers between layers.
#include "base/error.hpp"
#include "hw/area.hpp"
#include "hw/duplicates.hpp"
#include "hw/structure.hpp"
#include "hw/timing.hpp"
#include "ir/builder.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <tuple>

using namespace bitgrain;

namespace {

hw::Target target() {
    return hw::read_target(std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints", "xcvu13p");
}

/// One input that so many adders read.
ir::Netlist many_readers(int count) {
    ir::Builder builder("wide");
    const ir::Signal x = builder.input("x", {true, 7, 0});
    for (int k = 0; k < count; ++k) {
        const std::string number = std::to_string(k);
        builder.output("y" + number, builder.add(x, builder.input("z" + number, {true, 7, 0})));
    }
    return builder.finish();
}

/// Loads of each register: reads by nodes, outputs and registers of the next rank.
std::map<std::tuple<ir::NodeId, int, int>, int> loads(const ir::Netlist& netlist, const hw::Schedule& schedule,
                                                      const hw::Duplicates& duplicates) {
    std::map<std::tuple<ir::NodeId, int, int>, int> result;
    const std::vector<bool> live = hw::live(netlist);
    const std::vector<int> fanouts = hw::fanouts(netlist), ranks = hw::register_ranks(schedule, netlist);
    const auto read = [&](ir::NodeId node, int stage, std::uint32_t reader, int weight) {
        const bool ranked = netlist.nodes[node].op == ir::Op::input && schedule.input_registers;
        const int rank = stage - schedule.stage[node] + (ranked ? 1 : 0);
        if (rank > 0) result[{node, rank, duplicates.read_by(node, reader)}] += weight;
    };
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        const auto id = static_cast<ir::NodeId>(i);
        if (!live[i]) continue;
        const int weight = hw::is_wiring(netlist, id) ? fanouts[i] : 1;
        hw::for_each_read(netlist, id, [&](const ir::Signal& s) { read(s.node, schedule.stage[i], id, weight); });
        for (int rank = 2; rank <= ranks[i]; ++rank) {
            for (int k = 0; k < duplicates.count(id, rank); ++k)
                ++result[{id, rank - 1, duplicates.fed_by(id, rank, k)}];
        }
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        const ir::NodeId node = netlist.outputs[j].signal.node;
        if (!hw::is_constant(netlist, node))
            read(node, hw::output_stage(schedule, netlist, j), static_cast<std::uint32_t>(netlist.nodes.size() + j), 1);
    }
    return result;
}

} // namespace

TEST_CASE("readers are divided among as many registers as the bound asks for", "[hw][fanout]") {
    const ir::Netlist netlist = many_readers(40);
    hw::ScheduleOptions options;
    options.max_fanout = 8;
    const hw::Schedule schedule = hw::schedule(target(), netlist, options);
    const hw::Duplicates duplicates(schedule, netlist);
    const ir::NodeId x = netlist.inputs[0].node;
    CHECK(duplicates.count(x, 1) == 5);
    CHECK(duplicates.ranks().size() == 1);
    for (const auto& [place, count] : loads(netlist, schedule, duplicates)) {
        if (std::get<0>(place) == x) CHECK(count == 8);
    }
    // Eight bits, four registers more.
    hw::ScheduleOptions any;
    const hw::Schedule plain = hw::schedule(target(), netlist, any);
    CHECK(hw::Duplicates(plain, netlist).ranks().empty());
    CHECK(hw::flip_flops(schedule, netlist) == hw::flip_flops(plain, netlist) + 4 * 8);
    CHECK(hw::area(target(), netlist, schedule).total.ff == static_cast<double>(hw::flip_flops(schedule, netlist)));

    options.where_needed = true;
    CHECK(hw::Duplicates(hw::schedule(target(), netlist, options), netlist).ranks().empty()); // 5 ns are enough
    options.clock_ns = hw::smallest_clock(target(), netlist, options);
    CHECK(options.clock_ns < hw::smallest_clock(target(), netlist, any));
    const hw::Schedule fast = hw::schedule(target(), netlist, options);
    CHECK(hw::Duplicates(fast, netlist).count(x, 1) == 5);
    CHECK(fast.worst_stage_ns <= options.clock_ns * (1 - options.margin) + 1e-9);
    options.max_fanout = 1;
    CHECK_THROWS_AS(hw::schedule(target(), netlist, options), Error);
}

TEST_CASE("no register has more loads than the bound, at any clock", "[hw][fanout]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 25));
    CAPTURE(seed);
    test::RandomOptions random;
    random.requests = 80;
    const ir::Netlist netlist = test::random_netlist(seed, random);
    hw::ScheduleOptions options;
    options.max_fanout = 2 + static_cast<int>(seed % 4);
    options.where_needed = seed % 2 == 0;
    options.input_registers = seed % 3 != 0;
    options.clock_ns = hw::smallest_clock(target(), netlist, options) + 0.5 * static_cast<double>(seed % 3);
    const hw::Schedule schedule = hw::schedule(target(), netlist, options); // verifies itself
    const hw::Duplicates duplicates(schedule, netlist);
    const std::vector<int> fanouts = hw::fanouts(netlist);
    for (const auto& [place, count] : loads(netlist, schedule, duplicates)) {
        const auto [node, rank, index] = place;
        CHECK(index < duplicates.count(node, rank));
        const int most = schedule.most_loads[node];
        bool wired = false; // readers behind a wire cannot be divided
        for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
            if (!hw::is_wiring(netlist, static_cast<ir::NodeId>(i))) continue;
            hw::for_each_read(netlist, static_cast<ir::NodeId>(i),
                              [&, of = node](const ir::Signal& s) { wired = wired || s.node == of; });
        }
        if (most > 0 && !wired) CHECK(count <= most);
    }
    if (!options.where_needed) {
        CHECK(schedule.most_loads == std::vector<int>(netlist.nodes.size(), *options.max_fanout));
    }
}

TEST_CASE("with registers between layers no value crosses from one to another within a stage", "[hw][layers]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 10));
    CAPTURE(seed);
    Random random(seed);
    ir::Builder builder("layers");
    std::vector<ir::Signal> values;
    for (int i = 0; i < 4; ++i)
        values.push_back(builder.input("x" + std::to_string(i), {true, 4, 0}));
    for (int layer = 1; layer <= 3; ++layer) {
        builder.set_origin("dense_" + std::to_string(layer));
        std::vector<ir::Signal> next;
        for (int i = 0; i < 4; ++i) {
            const auto pick = [&] { return values[static_cast<std::size_t>(random.integer(0, 3))]; };
            next.push_back(builder.add(builder.add(pick(), ir::Builder::shift(pick(), i + 1)), values[3]));
        }
        values = next;
    }
    for (int i = 0; i < 4; ++i)
        builder.output("y" + std::to_string(i), values[static_cast<std::size_t>(i)]);
    const ir::Netlist netlist = builder.finish();
    hw::ScheduleOptions options;
    options.clock_ns = 10;
    CHECK(hw::schedule(target(), netlist, options).stages == 1);
    options.layer_registers = true;
    if (seed % 2 == 0) options.clock_ns = 2.5;
    const hw::Schedule schedule = hw::schedule(target(), netlist, options);
    CHECK(schedule.stages >= 3);
    if (options.clock_ns > 9) CHECK(schedule.stages == 3);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        hw::for_each_read(netlist, static_cast<ir::NodeId>(i), [&](const ir::Signal& s) {
            if (netlist.nodes[s.node].op == ir::Op::input || netlist.origins[s.node].scope == netlist.origins[i].scope)
                return;
            CHECK(schedule.stage[s.node] < schedule.stage[i]);
        });
    }
    options.latency_cycles = 3;
    CHECK_THROWS_AS(hw::schedule(target(), netlist, options), Error);
}
