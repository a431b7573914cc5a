#include "cosim/simulate.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cosim/build.hpp"
#include "cosim/packing.hpp"
#include "cosim/process.hpp"

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

int latency_of(const std::string& output) {
    constexpr std::string_view before = "latency ";
    int latency = -1;
    if (output.starts_with(before))
        std::from_chars(output.data() + before.size(), output.data() + output.size(), latency);
    CHECK(latency >= 0, "the harness did not state a latency");
    return latency;
}

} // namespace

Result simulate(const rtl::Signature& signature, std::span<const std::int64_t> inputs, std::size_t rows,
                const Options& options) {
    CHECK(rows > 0, "a simulation needs vectors");
    const std::vector<std::uint32_t> packed = pack(signature.inputs, signature.in_width, inputs, rows);
    const fs::path program = fs::absolute(build(signature.module, options));
    write_file(options.work / "inputs.bin", bytes_of(packed));

    const std::uint64_t bubbles = options.stalls ? (options.seed == 0 ? 1 : options.seed) : 0;
    const Completed done = run({program.string(), "inputs.bin", "outputs.bin", std::to_string(rows),
                                std::to_string(signature.in_width), std::to_string(signature.out_width),
                                std::to_string(signature.latency_cycles + patience_clocks), std::to_string(bubbles)},
                               options.work);
    if (done.status != 0) {
        throw Error("the simulation of " + signature.module + " stopped (status " + std::to_string(done.status) +
                        "): " + last_lines(done.errors),
                    options.work.string());
    }
    const std::string bytes = read_file(options.work / "outputs.bin");
    std::vector<std::uint32_t> words(rows * words_of(signature.out_width));
    CHECK(bytes.size() == words.size() * sizeof(std::uint32_t), "the harness wrote another number of outputs");
    std::memcpy(words.data(), bytes.data(), bytes.size());
    return {unpack(signature.outputs, signature.out_width, words, rows), latency_of(done.output)};
}

} // namespace bitgrain::cosim
