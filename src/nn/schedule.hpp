// Learning rate and beta over training time, both functions of the epoch (a real number).
#pragma once

#include <vector>

namespace bitgrain::nn {

/// Cosine with warm restarts (Loshchilov, Hutter 2017): period epochs, floor, each restart starts at decay times the
/// last.
struct LearningRate {
    double start = 3e-3;
    double floor = 1e-6;
    double period = 100.0;
    double decay = 1.0;

    double at(double epoch) const;
};

/// beta through given points; constant before the first and after the last; log-linear or linear between two.
struct BetaSchedule {
    struct Knot {
        double epoch = 0.0;
        double beta = 0.0;
        bool logarithmic = true; ///< how to get to the next knot
    };
    std::vector<Knot> knots;

    double at(double epoch) const;
};

} // namespace bitgrain::nn
