// The exact placement of registers against all placements there are, and against the simpler ways.
#include "base/error.hpp"
#include "hw/difference_program.hpp"
#include "hw/structure.hpp"
#include "hw/windows.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>

using namespace bitgrain;

namespace {

hw::Target target() {
    return hw::read_target(std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints", "xcvu13p");
}

bool valid(const hw::Schedule& schedule, const hw::Timing& timing, const ir::Netlist& netlist, double limit) {
    hw::Schedule measured = schedule;
    hw::measure(measured, timing, netlist);
    return measured.worst_stage_ns - timing.overhead <= limit + hw::tolerance_ns;
}

/// The fewest flip-flops of all schedules with that many stages.
long fewest_of_all(const hw::Schedule& like, const hw::Timing& timing, const ir::Netlist& netlist, double limit) {
    hw::Schedule schedule = like;
    long fewest = -1;
    const std::function<void(std::size_t)> place = [&](std::size_t i) {
        if (i == netlist.nodes.size()) {
            if (!valid(schedule, timing, netlist, limit)) return;
            const long bits = hw::flip_flops(schedule, netlist);
            if (fewest < 0 || bits < fewest) fewest = bits;
            return;
        }
        schedule.stage[i] = 0;
        if (!timing.live[i] || netlist.nodes[i].op == ir::Op::input) return place(i + 1);
        int stage = 0;
        hw::for_each_read(netlist, static_cast<ir::NodeId>(i),
                          [&](const ir::Signal& s) { stage = std::max(stage, schedule.stage[s.node]); });
        for (; stage < schedule.stages; ++stage) {
            schedule.stage[i] = stage;
            place(i + 1);
        }
    };
    place(1);
    return fewest;
}

std::size_t placed(const ir::Netlist& netlist) {
    const std::vector<bool> live = hw::live(netlist);
    std::size_t count = 0;
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i)
        count += live[i] && netlist.nodes[i].op != ir::Op::input;
    return count;
}

} // namespace

TEST_CASE("a program of differences has the least cost of all integer points", "[registers]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 60));
    CAPTURE(seed);
    Random random(seed);
    // Four variables within 0 .. 4 of variable 0, and six random constraints that a hidden point satisfies.
    std::vector<int> point{0};
    std::vector<hw::Difference> differences;
    std::vector<std::int64_t> cost{0};
    for (std::uint32_t i = 1; i < 5; ++i) {
        point.push_back(static_cast<int>(random.integer(0, 4)));
        differences.push_back({0, i, 0});
        differences.push_back({i, 0, -4});
        cost.push_back(random.integer(-9, 9));
        cost[0] -= cost.back();
    }
    for (int k = 0; k < 6; ++k) {
        const auto from = static_cast<std::uint32_t>(random.integer(0, 4)),
                   to = static_cast<std::uint32_t>(random.integer(0, 4));
        const int slack = static_cast<int>(random.integer(0, 2));
        if (from != to) differences.push_back({from, to, point[to] - point[from] - slack});
    }
    const auto total = [&cost](const std::vector<int>& x) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += cost[i] * x[i];
        return sum;
    };
    const auto satisfied = [&differences](const std::vector<int>& x) {
        return std::all_of(differences.begin(), differences.end(),
                           [&x](const hw::Difference& d) { return x[d.to] - x[d.from] >= d.least; });
    };
    std::int64_t least = total(point);
    for (int code = 0; code < 5 * 5 * 5 * 5; ++code) {
        const std::vector<int> x{0, code % 5, code / 5 % 5, code / 25 % 5, code / 125};
        if (satisfied(x)) least = std::min(least, total(x));
    }
    const std::vector<int> x = hw::minimize(cost, differences);
    CHECK(x[0] == 0);
    CHECK(satisfied(x));
    CHECK(total(x) == least);
}

TEST_CASE("no placement of a small netlist has fewer registers", "[registers]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 400));
    CAPTURE(seed);
    test::RandomOptions small;
    small.inputs = 3;
    small.requests = 14;
    small.outputs = 3;
    const ir::Netlist netlist = test::random_netlist(seed, small);
    if (placed(netlist) < 4 || placed(netlist) > 10) return;
    hw::ScheduleOptions options;
    options.margin = 0.0;
    options.input_registers = seed % 2 == 0;
    options.output_registers = seed % 3 != 0;
    options.clock_ns = hw::smallest_clock(target(), netlist, options);
    const hw::Timing timing(target(), netlist);
    const double limit = hw::budget(timing, options);
    const hw::Schedule exact = hw::schedule(target(), netlist, options);
    if (exact.stages > 4) return;
    CHECK(hw::flip_flops(exact, netlist) == fewest_of_all(exact, timing, netlist, limit));

    // With cycles to spare: the best of all latencies.
    options.latency_cycles = exact.latency_cycles() + 1;
    const hw::Schedule relaxed = hw::schedule(target(), netlist, options);
    hw::Schedule longer = exact;
    ++longer.stages;
    CHECK(hw::flip_flops(relaxed, netlist) ==
          std::min(fewest_of_all(exact, timing, netlist, limit), fewest_of_all(longer, timing, netlist, limit)));
}

TEST_CASE("exact placement is never worse than as soon as possible or moving later", "[registers]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 80));
    CAPTURE(seed);
    test::RandomOptions large;
    large.requests = 150;
    large.outputs = 12;
    const ir::Netlist netlist = test::random_netlist(seed, large);
    hw::ScheduleOptions options;
    options.clock_ns = hw::smallest_clock(target(), netlist, options) * (seed % 4 == 0 ? 2.0 : 1.0);
    const hw::Timing timing(target(), netlist);
    const double limit = hw::budget(timing, options);
    hw::Schedule soon;
    hw::place_as_soon_as_possible(soon, timing, netlist, limit);
    hw::Schedule later = soon;
    hw::measure(later, timing, netlist);
    hw::move_later(later, timing, netlist, limit);
    const hw::Schedule exact = hw::schedule(target(), netlist, options);
    const long bits = hw::flip_flops(exact, netlist);
    CHECK(exact.stages == soon.stages);
    CHECK(bits <= hw::flip_flops(later, netlist));
    CHECK(exact.register_bits_saved == hw::flip_flops(soon, netlist) - bits);
}

TEST_CASE("the last stage of each node is the last one in which it can be", "[registers]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 40));
    CAPTURE(seed);
    const ir::Netlist netlist = test::random_netlist(seed);
    hw::ScheduleOptions options;
    options.clock_ns = hw::smallest_clock(target(), netlist, options);
    const hw::Timing timing(target(), netlist);
    const double limit = hw::budget(timing, options);
    hw::Schedule schedule;
    hw::place_as_soon_as_possible(schedule, timing, netlist, limit);
    const std::vector<int> latest = hw::latest_stages(timing, netlist, limit, schedule.stages);
    hw::Schedule late = schedule;
    late.stage = latest;
    CHECK(valid(late, timing, netlist, limit));
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!timing.live[i] || netlist.nodes[i].op == ir::Op::input) continue;
        CHECK(schedule.stage[i] <= latest[i]);
        ++late.stage[i];
        CHECK((late.stage[i] == late.stages || !valid(late, timing, netlist, limit) || [&] { // or it is behind a reader
            bool behind = false;
            for (std::size_t r = i + 1; r < netlist.nodes.size(); ++r) {
                if (!timing.live[r]) continue;
                hw::for_each_read(netlist, static_cast<ir::NodeId>(r), [&](const ir::Signal& s) {
                    behind = behind || (s.node == i && late.stage[r] < late.stage[i]);
                });
            }
            return behind;
        }()));
        --late.stage[i];
    }
}

TEST_CASE("the smallest clock for a latency works, and a picosecond less does not", "[registers]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 40));
    CAPTURE(seed);
    const ir::Netlist netlist = test::random_netlist(seed);
    hw::ScheduleOptions options;
    options.input_registers = seed % 2 == 0;
    options.output_registers = seed % 3 == 0;
    const int ranks = (options.input_registers ? 1 : 0) + (options.output_registers ? 1 : 0);
    const double fastest = hw::smallest_clock(target(), netlist, options);
    for (const int stages : {1, 2, 4}) {
        options.latency_cycles = stages - 1 + ranks;
        options.clock_ns = hw::smallest_clock(target(), netlist, options);
        CHECK(options.clock_ns >= fastest);
        CHECK(hw::schedule(target(), netlist, options).latency_cycles() <= *options.latency_cycles);
        options.clock_ns -= 0.001;
        CHECK_THROWS_AS(hw::schedule(target(), netlist, options), Error);
    }
}

TEST_CASE("a latency that the input and output registers use up is refused", "[registers]") {
    hw::ScheduleOptions options;
    options.latency_cycles = 0;
    const ir::Netlist netlist = test::random_netlist(1);
    CHECK_THROWS_AS(hw::schedule(target(), netlist, options), Error);
    options.input_registers = options.output_registers = false;
    options.clock_ns = 1000.0;
    CHECK(hw::schedule(target(), netlist, options).latency_cycles() == 0);
}
