#include "cmvm/problem_file.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "fx/arithmetic.hpp"

#include <cmath>

namespace bitgrain::cmvm {

namespace {

fx::Interval read_interval(const JsonReader& reader) {
    const auto triple = reader.as<std::vector<double>>();
    if (triple.size() != 3) reader.fail("an input is [min, max, step]");
    const double step = triple[2];
    int exponent = 0;
    if (!(step > 0) || std::frexp(step, &exponent) != 0.5) reader.fail("the step must be a power of two");
    const int fraction = 1 - exponent; // frexp: step = 0.5 * 2^exponent
    const auto code = [&](double value) {
        const fx::Dyadic exact = fx::to_dyadic(value);
        if (exact.code != 0 && exact.fraction > fraction) reader.fail("min and max must be multiples of the step");
        if (exact.code != 0 && fx::magnitude_bits(exact.code) + fraction - exact.fraction > fx::max_code_bits)
            reader.fail("min and max must be less than 2^62 steps");
        return fx::to_fraction(exact.code, exact.fraction, fraction);
    };
    const fx::Interval interval{code(triple[0]), code(triple[1]), fraction};
    if (interval.lo > interval.hi) reader.fail("min is above max");
    return interval;
}

} // namespace

ProblemFile read_problem(const std::filesystem::path& path) {
    const Json json = read_json(path);
    JsonReader reader(json, path.string());
    reader.choice("format", {"cmvm-bench-1"});
    ProblemFile file;
    file.name = reader.get<std::string>("name");
    file.family = reader.get<std::string>("family", "");
    reader.get<std::int64_t>("seed", 0);
    reader.get<std::string>("note", "");
    Problem& p = file.problem;
    const auto shape = reader.get<std::vector<std::size_t>>("shape");
    if (shape.size() != 2) reader.at("shape").fail("shape is [rows, columns]");
    p.rows = shape[0];
    p.columns = shape[1];
    p.fraction = -reader.get<int>("scale_log2");
    for (const JsonReader& row : reader.at("kernel").elements()) {
        const auto entries = row.as<std::vector<std::int64_t>>();
        if (entries.size() != p.columns) row.fail("a row needs as many entries as there are columns");
        p.matrix.insert(p.matrix.end(), entries.begin(), entries.end());
    }
    if (p.matrix.size() != p.rows * p.columns)
        reader.at("kernel").fail("the kernel needs as many rows as the shape says");
    for (const JsonReader& input : reader.at("inputs").elements())
        p.inputs.push_back(read_interval(input));
    if (p.inputs.size() != p.rows) reader.at("inputs").fail("one input per row is needed");
    if (reader.has("input_latency")) {
        p.arrival = reader.get<std::vector<int>>("input_latency");
        if (p.arrival.size() != p.rows) reader.at("input_latency").fail("one number per row is needed");
    }
    if (reader.has("output_limit")) {
        p.limits = reader.get<std::vector<int>>("output_limit");
        if (p.limits.size() != p.columns) reader.at("output_limit").fail("one number per column is needed");
    }
    reader.finish();
    return file;
}

} // namespace bitgrain::cmvm
