// Random vectors for a model and what it makes of them, for other interpreters:
//   bench_import_vectors MODEL.json ROWS SEED X.npy Y.npy [OVERFLOW]
// x are real numbers on the ports' grids. Without OVERFLOW they fit the ports; with it they reach that many bits
// beyond, which only ports that wrap treat as other interpreters do.
#include "base/error.hpp"
#include "base/random.hpp"
#include "data/dataset.hpp"
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace bitgrain;

int run(const std::vector<std::string>& a) {
    if (a.size() < 5) throw Error("expected MODEL.json ROWS SEED X.npy Y.npy [OVERFLOW]");
    const model::Model model = model::read(a[0]);
    const std::size_t rows = std::stoul(a[1]);
    const int overflow = a.size() > 5 ? std::stoi(a[5]) : 0;
    Random random(std::stoull(a[2]));
    const auto formats = model::input_formats(model);
    data::Array x{{rows, formats.size()}, {}, false}, y{{rows, model::output_count(model)}, {}, false};
    for (std::size_t r = 0; r < rows; ++r) {
        for (const fx::Format& format : formats) {
            const double span = std::ldexp(1.0, std::max(format.width(), 1) + overflow);
            const double code = std::floor(random.uniform() * span) - (format.sign || overflow > 0 ? span / 2 : 0);
            x.values.push_back(format.is_zero() ? 0.0 : std::ldexp(code, -format.fraction));
        }
    }
    y.values = model::infer_real(model, model::quantize_inputs(model, x.values, rows), rows);
    data::write_npy(a[3], x);
    data::write_npy(a[4], y);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const bitgrain::Error& error) {
        std::cerr << error.where() << ": " << error.message() << "\n";
        return 2;
    }
}
