// A small data set and what a run leaves, for tests of whole trainings.
#pragma once

#include "base/file.hpp"
#include "base/random.hpp"
#include "nn/front.hpp"
#include "nn/train.hpp"

#include <cmath>
#include <string>
#include <unistd.h>

namespace bitgrain::nn::test {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("bitgrain-train-" + std::to_string(::getpid()));
    Folder() { std::filesystem::remove_all(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

/// Two noisy rings, told apart by radius: not linearly separable.
inline std::filesystem::path write_rings(const std::filesystem::path& folder, const std::string& extra) {
    Random random(5);
    std::string csv = "u,v,noise,ring\n";
    for (int r = 0; r < 400; ++r) {
        const bool outer = r % 2 == 1;
        const double angle = random.uniform(0, 6.2831853), radius = (outer ? 2.0 : 1.0) + 0.3 * random.normal();
        csv += std::to_string(radius * std::cos(angle)) + "," + std::to_string(radius * std::sin(angle)) + "," +
               std::to_string(random.normal()) + "," + (outer ? "outer" : "inner") + "\n";
    }
    write_file(folder / "rings.csv", csv);
    write_file(folder / "experiment.json", R"({"name":"rings","data":{"train":{"features":"rings.csv","label":"ring"}},
      "layers":[{"type":"dense","units":12,"activation":"relu"},{"type":"dense","units":8,"activation":"relu"},{"type":"dense","units":2}],
      "training":{"epochs":120,"float_epochs":60,"batch":64,"learning_rate":0.01,"restart_epochs":20,"evaluate_every":5,
                  "beta":[{"epoch":10,"beta":1e-6},{"epoch":110,"beta":1e-3}])" +
                                               extra + "}}");
    return folder / "experiment.json";
}

inline std::string bytes_of_run(const std::filesystem::path& run) {
    std::string all = read_file(run / "front.json");
    for (const Point& p : read_front(run).points)
        all += read_file(run / "points" / p.checkpoint);
    return all;
}

} // namespace bitgrain::nn::test
