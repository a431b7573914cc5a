// Training throughput: steps (forward, backward, all quantizers, EBOPs, Adam) against the machine's plain matrix
// product, measured in the same run. Prints one row per network and batch; see README.md beside this file. With
// arguments NETWORK BATCH THREADS: that case alone, as one JSON object (tests/bench/peers/hgq2.py asks for it). With an
// experiment file: trains it, and prints what its epochs take while the network shrinks.
#include "base/random.hpp"
#include "nn/experiment.hpp"
#include "nn/network.hpp"
#include "nn/optimizer.hpp"
#include "nn/train.hpp"

#include <Eigen/Core>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Of all threads of this process.
double cpu_now() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Time {
    double wall = 1e30, cpu = 1e30; ///< seconds per call
};

/// Best of several repetitions of at least 0.3 s each: the machine is shared.
template <class F>
Time time_of(F&& call) {
    call();
    Time best;
    for (int repetition = 0; repetition < 5; ++repetition) {
        const double start = now(), cpu_start = cpu_now();
        int calls = 0;
        do {
            call();
            ++calls;
        } while (now() - start < 0.3);
        best.wall = std::min(best.wall, (now() - start) / calls);
        best.cpu = std::min(best.cpu, (cpu_now() - cpu_start) / calls);
    }
    return best;
}

/// GFLOP/s of a 512 x 512 x 512 float product on one thread.
double gemm_gflops() {
    const Eigen::MatrixXf a = Eigen::MatrixXf::Random(512, 512), b = Eigen::MatrixXf::Random(512, 512);
    Eigen::MatrixXf c(512, 512);
    const double seconds = time_of([&] { c.noalias() = a * b; }).wall;
    return 2.0 * 512 * 512 * 512 / seconds * 1e-9;
}

struct Case {
    std::string name, layers;
    std::vector<std::size_t> shape; ///< of the input
    std::size_t outputs;
};

Case dense_case(const std::string& name, const std::vector<std::size_t>& widths) {
    std::string layers;
    for (std::size_t i = 1; i < widths.size(); ++i) {
        layers += std::string(i > 1 ? "," : "[") + R"({"type":"dense","units":)" + std::to_string(widths[i]) +
                  R"(,"activation":")" + (i + 1 < widths.size() ? "relu" : "linear") + R"("})";
    }
    return {name, layers + "]", {widths[0]}, widths.back()};
}

std::unique_ptr<Network> network_of(const Case& c) {
    const Json json = parse_json(c.layers, "bench");
    return build_network(JsonReader(json, "bench"), {}, {c.shape, std::nullopt, false}, c.outputs, 1);
}

/// FLOPs per sample: 2 forward and 4 backward per weight and position.
double flops_of(const Case& c) {
    double flops = 0.0;
    for (const CostTerm& term : network_of(c)->cost) {
        if (term.kind == CostTerm::Kind::kernel)
            flops += 6.0 * static_cast<double>(term.windows.positions() * term.windows.rows() * term.outputs);
    }
    return flops;
}

/// One step on a batch.
Time measure(const Case& c, std::size_t batch, unsigned threads) {
    const auto network = network_of(c);
    Random random(1);
    Rows<float> rows;
    rows.count = batch;
    rows.features = network->graph.size(network->input);
    for (std::size_t i = 0; i < batch * rows.features; ++i)
        rows.values.push_back(static_cast<float>(random.normal()));
    for (std::size_t i = 0; i < batch; ++i)
        rows.labels.push_back(static_cast<std::int32_t>(random.integer(0, static_cast<std::int64_t>(c.outputs) - 1)));
    std::vector<std::uint32_t> order(batch);
    for (std::size_t i = 0; i < batch; ++i)
        order[i] = static_cast<std::uint32_t>(i);
    Workers workers(threads);
    Engine<float> engine(network->graph, network->output, network->cost, network->parameters, workers);
    Adam adam(network->parameters.values().size());
    const Loss loss{Loss::Kind::cross_entropy, c.outputs};
    return time_of([&] {
        engine.step(rows, order, Mode::train, loss, 1e-9);
        adam.update(network->parameters, engine.gradient(), 1e-6);
    });
}

void print_row(const Case& c, std::size_t batch, unsigned threads, double peak) {
    const double seconds = measure(c, batch, threads).wall;
    const double gflops = flops_of(c) * static_cast<double>(batch) / seconds * 1e-9;
    std::printf("%-16s %7zu %7u %12.0f %10.1f %10.1f %9.1f\n", c.name.c_str(), batch, threads,
                static_cast<double>(batch) / seconds, seconds * 1e6, gflops, 100.0 * gflops / (peak * threads));
}

} // namespace

namespace {

/// CPU time per epoch between two evaluations of a run, which are part of it.
void time_epochs(const std::string& experiment) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "bitgrain-bench-train";
    std::filesystem::remove_all(folder);
    TrainOptions options;
    options.run = folder;
    options.threads = 1;
    std::printf("%9s %12s %13s %18s\n", "epoch", "EBOPs", "live weights", "CPU ms per epoch");
    std::clock_t before = std::clock();
    std::int64_t epoch = 0;
    options.progress = [&](const Progress& p) {
        const std::clock_t now = std::clock();
        if (epoch > 0) { // the first report also stands for the float training and the reading of data
            const double milliseconds = 1e3 * static_cast<double>(now - before) / static_cast<double>(CLOCKS_PER_SEC) /
                                        static_cast<double>(p.epoch - epoch);
            std::printf("%9ld %12.0f %13zu %18.1f\n", static_cast<long>(p.epoch), p.ebops, p.live_weights,
                        milliseconds);
        }
        before = now;
        epoch = p.epoch;
    };
    train(read_experiment(experiment), options);
    std::filesystem::remove_all(folder);
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<Case> cases{
        dense_case("jet 16-64-32-32-5", {16, 64, 32, 32, 5}),
        dense_case("64-64-64-10", {64, 64, 64, 10}),
        dense_case("digits", {64, 32, 32, 10}),
        {"cnn 14x14",
         R"([{"type":"conv2d","filters":8,"kernel_size":3,"strides":2,"activation":"relu"},
             {"type":"conv2d","filters":16,"kernel_size":3,"activation":"relu"},
             {"type":"flatten"},
             {"type":"dense","units":32,"activation":"relu"},
             {"type":"dense","units":10}])",
         {14, 14, 1},
         10},
        {"particles 16x3",
         R"([{"type":"dense","units":32,"activation":"relu"},
             {"type":"dense","units":32,"activation":"relu"},
             {"type":"mean","axes":0},
             {"type":"dense","units":32,"activation":"relu"},
             {"type":"dense","units":5}])",
         {16, 3},
         5},
    };
    if (argc == 4) {
        const std::size_t batch = std::strtoul(argv[2], nullptr, 10);
        for (const Case& c : cases) {
            if (c.name != argv[1]) continue;
            const Time time = measure(c, batch, static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)));
            std::printf("{\"samples_per_second\": %.0f, \"samples_per_cpu_second\": %.0f}\n",
                        static_cast<double>(batch) / time.wall, static_cast<double>(batch) / time.cpu);
            return EXIT_SUCCESS;
        }
    }
    if (argc == 2) {
        time_epochs(argv[1]);
        return EXIT_SUCCESS;
    }
    if (argc > 1) {
        std::fprintf(stderr, "usage: bench_train [NETWORK BATCH THREADS | EXPERIMENT.json]\n");
        return EXIT_FAILURE;
    }
    const double peak = gemm_gflops();
    std::printf("plain matrix product, one thread: %.1f GFLOP/s\n", peak);
    std::printf("%-16s %7s %7s %12s %10s %10s %9s\n", "network", "batch", "threads", "samples/s", "us/step", "GFLOP/s",
                "% of GEMM");
    for (const Case& c : cases) {
        for (const std::size_t batch : {32, 1024, 33200}) {
            for (const unsigned threads : {1U, 2U})
                print_row(c, batch, threads, peak);
        }
    }
    return EXIT_SUCCESS;
}
