// The one Verilator harness for every design. Streams packed vectors through the pipeline, one per clock, and measures
// how many clocks each takes from in_valid to out_valid.
//
// Usage: Vdut INPUTS OUTPUTS ROWS IN_BITS OUT_BITS MOST_CLOCKS BUBBLE_SEED
//   INPUTS       rows of little-endian 32-bit words, as many per row as IN_BITS needs, but at least two
//   OUTPUTS      written likewise for OUT_BITS, in the order in which the design gives them
//   MOST_CLOCKS  longest time to wait for the next output before giving up
//   BUBBLE_SEED  0: in_valid is always high; else it drops at random, with random data beside it
// Prints "latency N" and exits with 0. Exit 3: the design lost, invented or delayed a vector; the reason is on stderr.
#include "Vdut.h"
#include "vectors.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>

namespace {

using namespace harness;

struct Arguments {
    const char* inputs;
    const char* outputs;
    std::uint64_t rows;
    int in_bits, out_bits;
    std::uint64_t most_clocks, bubble_seed;
};

class Stream {
  public:
    explicit Stream(const Arguments& arguments)
        : arguments_(arguments), inputs_(open(arguments.inputs, "rb")), outputs_(open(arguments.outputs, "wb")),
          in_(make_words(arguments.in_bits)), out_(make_words(arguments.out_bits)), noise_(arguments.bubble_seed) {}

    /// The latency, the same for every vector.
    std::uint64_t run() {
        std::uint64_t sent = 0, waited = 0;
        // After the last output the pipe runs empty once more: nothing may come out of it.
        for (std::uint64_t clock = 0, drained = 0; drained <= latency_; ++clock) {
            const bool valid = sent < arguments_.rows && !(arguments_.bubble_seed != 0 && noise_.next() % 3 == 0);
            if (valid) {
                read();
                started_.push_back(clock);
                ++sent;
            } else if (arguments_.bubble_seed != 0) {
                noise_.fill(in_, arguments_.in_bits);
            }
            dut_.in_valid = valid;
            drive(dut_.in_data, in_);
            dut_.clk = 0;
            dut_.eval();
            waited = dut_.out_valid || started_.empty() ? 0 : waited + 1;
            if (dut_.out_valid) receive(clock);
            if (waited > arguments_.most_clocks) {
                throw std::runtime_error("no output came for " + std::to_string(waited) + " clocks");
            }
            if (sent == arguments_.rows && started_.empty()) ++drained;
            dut_.clk = 1;
            dut_.eval();
        }
        if (std::fclose(outputs_.release()) != 0) throw std::runtime_error("cannot write the outputs");
        return latency_;
    }

  private:
    void read() {
        if (std::fread(in_.data(), sizeof(std::uint32_t), in_.size(), inputs_.get()) != in_.size()) {
            throw std::runtime_error("the input file is too short");
        }
    }

    void receive(std::uint64_t clock) {
        if (started_.empty()) throw std::runtime_error("out_valid came without a vector");
        const std::uint64_t latency = clock - started_.front();
        if (first_) latency_ = latency;
        if (latency != latency_) {
            throw std::runtime_error("latency changed from " + std::to_string(latency_) + " to " +
                                     std::to_string(latency));
        }
        first_ = false;
        started_.pop_front();
        sample(dut_.out_data, out_);
        if (std::fwrite(out_.data(), sizeof(std::uint32_t), out_.size(), outputs_.get()) != out_.size()) {
            throw std::runtime_error("cannot write the outputs");
        }
    }

    Arguments arguments_;
    File inputs_, outputs_;
    Words in_, out_;
    Noise noise_;
    Vdut dut_;
    std::deque<std::uint64_t> started_; ///< clocks at which the vectors in flight went in
    std::uint64_t latency_ = 0;
    bool first_ = true;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 8) {
        std::fprintf(stderr, "usage: Vdut INPUTS OUTPUTS ROWS IN_BITS OUT_BITS MOST_CLOCKS BUBBLE_SEED\n");
        return 2;
    }
    const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
    try {
        Stream stream({argv[1], argv[2], number(3), static_cast<int>(number(4)), static_cast<int>(number(5)), number(6),
                       number(7)});
        std::printf("latency %llu\n", static_cast<unsigned long long>(stream.run()));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 3;
    }
    return 0;
}
