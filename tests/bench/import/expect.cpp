// Imports a network and compares it with its recorded outputs, bit for bit: the model, and with --netlist the netlist.
//   bench_import_expect MODEL EXPECT.npy.gz FEATURES.npy.gz [--divide D] [--split 3,2,2] [--netlist]
//                       [--write MODEL.json] [--features X.npy]
// FEATURES has at least as many rows as EXPECT; --split cuts its last axis into one part per network input. --write
// and --features leave the model and its inputs in port order behind. Prints one line; exit code 1 when an output
// differs.
#include "base/error.hpp"
#include "data/dataset.hpp"
#include "import/read.hpp"
#include "ir/evaluate.hpp"
#include "lower/lower.hpp"
#include "model/inference.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace bitgrain;

/// Row-major features -> port order: part by part.
std::vector<double> in_port_order(const data::Array& x, std::size_t rows, const std::vector<std::size_t>& split,
                                  double divide) {
    const std::size_t row = x.row_size();
    const std::size_t last = x.shape.back();
    std::vector<double> result;
    for (std::size_t r = 0; r < rows; ++r) {
        std::size_t first = 0;
        for (const std::size_t width : split) {
            for (std::size_t outer = 0; outer < row; outer += last) {
                for (std::size_t c = first; c < first + width; ++c)
                    result.push_back(x.values[r * row + outer + c] / divide);
            }
            first += width;
        }
    }
    return result;
}

int run(const std::vector<std::string>& arguments) {
    std::vector<std::string> files;
    double divide = 1;
    std::vector<std::size_t> split;
    bool netlist = false;
    std::string write, features_out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--divide") {
            divide = std::stod(arguments.at(++i));
        } else if (arguments[i] == "--split") {
            std::istringstream list(arguments.at(++i));
            for (std::string part; std::getline(list, part, ',');)
                split.push_back(std::stoul(part));
        } else if (arguments[i] == "--netlist") {
            netlist = true;
        } else if (arguments[i] == "--write") {
            write = arguments.at(++i);
        } else if (arguments[i] == "--features") {
            features_out = arguments.at(++i);
        } else {
            files.push_back(arguments[i]);
        }
    }
    if (files.size() != 3) throw Error("expected MODEL EXPECT FEATURES");
    const model::Model model = import::read(files[0]);
    if (!write.empty()) model::write(write, model);
    const data::Array expect = data::read_npy(files[1]), features = data::read_npy(files[2]);
    const std::size_t rows = expect.rows();
    if (split.empty()) split.push_back(features.shape.back());
    const std::vector<double> x = in_port_order(features, rows, split, divide);
    if (!features_out.empty()) data::write_npy(features_out, {{rows, x.size() / rows}, x, false});
    std::size_t saturated = 0;
    const auto codes = model::quantize_inputs(model, x, rows, &saturated);
    const std::vector<double> y = model::infer_real(model, codes, rows);
    if (y.size() != expect.values.size()) throw Error("the outputs have another size than the recorded ones");
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        wrong += y[i] != expect.values[i];
    std::cout << files[0].substr(files[0].rfind('/') + 1) << ": " << rows << " rows, " << y.size() << " outputs, "
              << wrong << " differ, inputs that did not fit " << saturated << ", EBOPs "
              << model.facts.value("ebops", 0.0) << " (file " << model.facts.value("ebops_in_file", 0.0)
              << "), weights " << model.facts.value("live_weights", 0);
    std::size_t netlist_wrong = 0;
    if (netlist) {
        const ir::Netlist net = lower::lower(model, {});
        const auto out = ir::evaluate(net, codes, rows);
        const auto model_out = model::infer(model, codes, rows);
        const auto fractions = model::output_fractions(model);
        std::size_t used = 0;
        for (const double v : y)
            used += v != 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::size_t port = i % net.outputs.size();
            const double value =
                std::ldexp(static_cast<double>(out[i]), -ir::interval(net, net.outputs[port].signal).fraction);
            netlist_wrong += value != y[i];
        }
        std::cout << ", netlist " << netlist_wrong << " differ, adders " << ir::count(net).adds;
    }
    std::cout << "\n";
    return wrong + netlist_wrong == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const bitgrain::Error& error) {
        std::cerr << error.where() << ": " << error.message() << (error.hint().empty() ? "" : "; " + error.hint())
                  << "\n";
        return 2;
    }
}
