#include "lower/solver.hpp"

#include <cstring>

namespace bitgrain::lower {

namespace {

std::string identity(const cmvm::Problem& problem) {
    std::string bytes;
    const auto put = [&bytes](std::int64_t value) {
        char raw[sizeof value];
        std::memcpy(raw, &value, sizeof value);
        bytes.append(raw, sizeof value);
    };
    const auto put_all = [&put](const auto& values) {
        put(static_cast<std::int64_t>(values.size()));
        for (const auto value : values)
            put(value);
    };
    put(static_cast<std::int64_t>(problem.rows));
    put(static_cast<std::int64_t>(problem.columns));
    put(problem.fraction);
    put(problem.offset_fraction);
    put_all(problem.matrix);
    put_all(problem.arrival);
    put_all(problem.offset);
    put_all(problem.limits);
    for (const fx::Interval& input : problem.inputs) {
        put(input.lo);
        put(input.hi);
        put(input.fraction);
    }
    return bytes;
}

} // namespace

const cmvm::AdderGraph& Solver::solve(const cmvm::Problem& problem) {
    const auto [found, is_new] = known_.try_emplace(identity(problem));
    if (is_new) found->second = cmvm::solve(problem, options_);
    return found->second;
}

} // namespace bitgrain::lower
