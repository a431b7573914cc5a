// Every network that make_fixtures.py and make_proxy_fixtures.py wrote: outputs and EBOPs as HGQ2 and HGQ 1 computed
// them, bit for bit.
#include "base/file.hpp"
#include "data/dataset.hpp"
#include "fx/arithmetic.hpp"
#include "import/container.hpp"
#include "import/layers/table.hpp"
#include "import/read.hpp"
#include "ir/evaluate.hpp"
#include "lower/lower.hpp"
#include "model/inference.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace bitgrain;
namespace fs = std::filesystem;

const fs::path folder = fs::path(BITGRAIN_SOURCE_DIR) / "tests/import/fixtures";

std::vector<fs::path> networks() {
    std::vector<fs::path> list;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (const auto kind = entry.path().extension(); kind == ".keras" || kind == ".h5") list.push_back(entry.path());
    }
    std::sort(list.begin(), list.end());
    return list;
}

/// Arrays key0, key1, ... of one file, row by row behind each other: the order of the ports.
std::vector<double> ports(const fs::path& file, const std::string& key, std::size_t count, std::size_t& rows) {
    std::vector<data::Array> arrays;
    for (std::size_t i = 0; i < count; ++i)
        arrays.push_back(data::read_npz(file, key + std::to_string(i)));
    rows = arrays.at(0).rows();
    std::vector<double> result;
    for (std::size_t r = 0; r < rows; ++r) {
        for (const data::Array& array : arrays) {
            const auto begin = array.values.begin() + static_cast<std::ptrdiff_t>(r * array.row_size());
            result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(array.row_size()));
        }
    }
    return result;
}

struct Recorded {
    model::Model model;
    std::size_t rows = 0;
    std::vector<std::int64_t> codes;
    std::vector<double> outputs;
    double ebops = 0;
};

Recorded recorded(const fs::path& network) {
    Recorded r;
    r.model = import::read(network);
    const fs::path numbers = fs::path(network).replace_extension(".npz");
    std::size_t output_rows = 0;
    const std::vector<double> inputs = ports(numbers, "x", r.model.inputs.size(), r.rows);
    r.codes = model::quantize_inputs(r.model, inputs, r.rows);
    r.outputs = ports(numbers, "y", r.model.outputs.size(), output_rows);
    r.ebops = data::read_npz(numbers, "ebops").values.at(0);
    REQUIRE(output_rows == r.rows);
    return r;
}

} // namespace

TEST_CASE("every fixture computes what HGQ2 computed in double precision", "[import]") {
    REQUIRE(networks().size() >= 15);
    for (const fs::path& network : networks()) {
        CAPTURE(network.filename());
        const Recorded r = recorded(network);
        const std::vector<double> y = model::infer_real(r.model, r.codes, r.rows);
        REQUIRE(y.size() == r.outputs.size());
        const std::size_t row = y.size() / r.rows;
        for (std::size_t i = 0; i < y.size(); ++i) {
            CAPTURE(i / row, i % row, y[i], r.outputs[i]);
            REQUIRE(y[i] == r.outputs[i]);
        }
        REQUIRE(std::any_of(y.begin(), y.end(), [](double v) { return v != 0; }));
    }
}

TEST_CASE("every layer that import knows is in a fixture", "[import]") {
    std::set<std::string> used{"InputLayer"};
    const std::function<void(const Json&)> collect = [&](const Json& json) {
        if (json.is_object() && json.contains("class_name") && json["class_name"].is_string()) {
            const auto name = json["class_name"].get<std::string>();
            used.insert(name.substr(name.find('>') + 1));
        }
        if (json.is_structured()) std::for_each(json.begin(), json.end(), collect);
    };
    for (const fs::path& network : networks())
        collect(import::read_container(read_file(network), network.string()).network);
    std::istringstream known(import::known_layers());
    for (std::string name; std::getline(known >> std::ws, name, ',');) {
        CAPTURE(name);
        CHECK(used.contains(name));
    }
}

TEST_CASE("every fixture has the EBOPs that HGQ2 counts", "[import][ebops]") {
    for (const fs::path& network : networks()) {
        CAPTURE(network.filename());
        const Recorded r = recorded(network);
        // HGQ2 adds in single precision; its terms are multiples of 1/20 or whole numbers.
        REQUIRE(r.model.facts.value("ebops", 0.0) == Approx(r.ebops).epsilon(1e-5));
    }
}

TEST_CASE("an imported network survives model.json and lowers to an equal netlist", "[import]") {
    for (const fs::path& network : networks()) {
        CAPTURE(network.filename());
        const Recorded r = recorded(network);
        REQUIRE(model::from_json(model::to_json(r.model), "again") == r.model);
        const ir::Netlist netlist = lower::lower(r.model, {});
        const auto codes = ir::evaluate(netlist, r.codes, r.rows);
        REQUIRE(codes.size() == r.outputs.size());
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const auto format = ir::output_format(netlist, i % netlist.outputs.size());
            CAPTURE(i);
            REQUIRE(fx::to_double(codes[i], format.fraction) == r.outputs[i]);
        }
    }
}
