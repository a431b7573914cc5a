#include "cosim/simulate.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cosim/build.hpp"
#include "cosim/packing.hpp"
#include "cosim/process.hpp"
#include "rtl/axis.hpp"

#include <charconv>
#include <cstring>
#include <string_view>

namespace bitgrain::cosim {

namespace fs = std::filesystem;

namespace {

/// A design that is silent for so long after its stated latency will not answer any more.
constexpr int patience_clocks = 1000;

std::string_view bytes_of(const std::vector<std::uint32_t>& words) {
    return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint32_t)};
}

/// The number behind a word in the line that a harness prints.
std::int64_t number_after(const std::string& output, std::string_view word) {
    std::int64_t number = -1;
    if (const std::size_t at = output.find(word); at != std::string::npos)
        std::from_chars(output.data() + at + word.size(), output.data() + output.size(), number);
    CHECK(number >= 0, "the harness did not state a number");
    return number;
}

struct Job {
    std::string module, harness;
    std::vector<std::string> arguments; ///< behind the names of the files, the rows and the widths
};

struct Answer {
    std::vector<std::int64_t> outputs;
    std::string text;
};

Answer simulate(const Job& job, const rtl::Signature& signature, std::span<const std::int64_t> inputs, std::size_t rows,
                const Options& options) {
    CHECK(rows > 0, "a simulation needs vectors");
    const std::vector<std::uint32_t> packed = pack(signature.inputs, signature.in_width, inputs, rows);
    const fs::path program = fs::absolute(build(job.module, job.harness, options));
    write_file(options.work / "inputs.bin", bytes_of(packed));

    std::vector<std::string> command{program.string(),
                                     "inputs.bin",
                                     "outputs.bin",
                                     std::to_string(rows),
                                     std::to_string(signature.in_width),
                                     std::to_string(signature.out_width)};
    command.insert(command.end(), job.arguments.begin(), job.arguments.end());
    const Completed done = run(command, options.work);
    if (done.status != 0) {
        throw Error("the simulation of " + job.module + " stopped (status " + std::to_string(done.status) +
                        "): " + last_lines(done.errors),
                    options.work.string());
    }
    const std::string bytes = read_file(options.work / "outputs.bin");
    std::vector<std::uint32_t> words(rows * words_of(signature.out_width));
    CHECK(bytes.size() == words.size() * sizeof(std::uint32_t), "the harness wrote another number of outputs");
    std::memcpy(words.data(), bytes.data(), bytes.size());
    return {unpack(signature.outputs, signature.out_width, words, rows), done.output};
}

std::string stall_seed(const Options& options) {
    return std::to_string(options.stalls ? (options.seed == 0 ? 1 : options.seed) : 0);
}

} // namespace

Result simulate(const rtl::Signature& signature, std::span<const std::int64_t> inputs, std::size_t rows,
                const Options& options) {
    const Job job{signature.module,
                  "harness.cpp",
                  {std::to_string(signature.latency_cycles + patience_clocks), stall_seed(options)}};
    Answer answer = simulate(job, signature, inputs, rows, options);
    return {std::move(answer.outputs), static_cast<int>(number_after(answer.text, "latency "))};
}

StreamResult simulate_streams(const rtl::Signature& signature, std::span<const std::int64_t> inputs, std::size_t rows,
                              const Options& options) {
    CHECK(signature.axis, "the design has no wrapper");
    const rtl::Axis& axis = *signature.axis;
    const Job job{rtl::axis_module(signature),
                  "axis_harness.cpp",
                  {std::to_string(axis.in_lane), std::to_string(axis.out_lane),
                   std::to_string(axis.latency_cycles + patience_clocks), stall_seed(options)}};
    Answer answer = simulate(job, signature, inputs, rows, options);
    return {std::move(answer.outputs), static_cast<int>(number_after(answer.text, "latency ")),
            number_after(answer.text, "clocks ")};
}

} // namespace bitgrain::cosim
