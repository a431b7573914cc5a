// The Verilator harness for the AXI4-Stream wrapper of any design. Both sides stall at random: the sender by leaving
// gaps, the receiver by not being ready, each in turns never, half of the time, mostly and always. Before the counted
// vectors the pipeline is filled with others and reset: none of these may come out.
//
// Usage: Vdut INPUTS OUTPUTS ROWS IN_BITS OUT_BITS IN_LANE OUT_LANE MOST_CLOCKS SEED
//   INPUTS, OUTPUTS  vectors, as for harness.cpp
//   IN_LANE ...      bits of a beat, multiples of 8
//   MOST_CLOCKS      longest time without any beat, on either side, while both are willing
//   SEED             0: nobody ever stalls
// Prints "latency N clocks M": first beat in to first beat out, and first beat in to last beat out. Exit 3: a vector
// was lost or invented, tlast came with another vector, bits beyond a vector were not zero, or a rule of the protocol
// was broken.
#include "Vdut.h"
#include "vectors.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <optional>

namespace {

using namespace harness;

constexpr int byte_bits = 8;
constexpr int resets = 16, clocks_between_resets = 50;

struct Arguments {
    const char* inputs;
    const char* outputs;
    std::uint64_t rows;
    int in_bits, out_bits, in_lane, out_lane;
    std::uint64_t most_clocks, seed;
};

/// How willing one side is, for a while.
class Mood {
  public:
    bool willing(Noise& noise) {
        if (left_ == 0) {
            left_ = noise.next() % 96;
            kind_ = noise.next() % 4;
        } else {
            --left_;
        }
        switch (kind_) {
        case 0:
            return true;
        case 1:
            return noise.next() % 2 == 0;
        case 2:
            return noise.next() % 8 == 0;
        default:
            return false;
        }
    }

  private:
    std::uint32_t left_ = 0, kind_ = 0;
};

struct Beat {
    Words data;
    bool last;
};

class Streams {
  public:
    explicit Streams(const Arguments& arguments)
        : a_(arguments), inputs_(open(a_.inputs, "rb")), outputs_(open(a_.outputs, "wb")), noise_(a_.seed + 1),
          vector_(make_words(a_.in_bits)), result_(make_words(a_.out_bits)),
          in_beats_((a_.in_bits + a_.in_lane - 1) / a_.in_lane),
          out_beats_((a_.out_bits + a_.out_lane - 1) / a_.out_lane) {}

    void run() {
        warm_up_and_reset();
        std::uint64_t idle = 0;
        while (received_ < a_.rows) {
            const bool sender = a_.seed == 0 || sender_.willing(noise_),
                       receiver = a_.seed == 0 || receiver_.willing(noise_);
            if (!offered_ && sender && (at_beat_ > 0 || sent_ < a_.rows)) offered_ = next_beat();
            const bool moved = clock(receiver);
            idle = moved || !sender || !receiver ? 0 : idle + 1;
            if (idle > a_.most_clocks)
                throw std::runtime_error("no beat moved for " + std::to_string(idle) + " clocks");
        }
        const std::uint64_t last = now_;
        for (std::uint64_t extra = 0; extra < a_.most_clocks; ++extra) {
            if (clock(true)) throw std::runtime_error("a beat came without a vector");
        }
        if (std::fclose(outputs_.release()) != 0) throw std::runtime_error("cannot write the outputs");
        std::printf("latency %llu clocks %llu\n", static_cast<unsigned long long>(*first_out_ - *first_in_),
                    static_cast<unsigned long long>(last - *first_in_));
    }

  private:
    /// Random vectors in flight, then a reset of one clock, at many moments of the traffic; the counted vectors follow
    /// the last one at once.
    void warm_up_and_reset() {
        tick(false, false, false);
        for (int i = 0; i < resets; ++i) {
            for (int clock = 0; clock < clocks_between_resets + i; ++clock) {
                noise_.fill(vector_, a_.in_bits);
                put_lane(vector_, 0, false);
                tick(true, true, i % 2 == 0 || noise_.next() % 4 == 0);
            }
            tick(false, false, true);
            if (dut_.m_axis_tvalid) throw std::runtime_error("m_axis_tvalid is high in reset");
            for (std::uint64_t clock = 0; i < resets - 1 && clock < a_.most_clocks; ++clock) {
                tick(true, false, true);
                if (dut_.m_axis_tvalid) throw std::runtime_error("a vector from before a reset came out");
            }
        }
    }

    /// One clock with the inputs that are set; what the wrapper says before the edge is read by the caller in between.
    void tick(bool resetn, bool valid, bool ready) {
        dut_.aresetn = resetn;
        dut_.s_axis_tvalid = valid;
        dut_.m_axis_tready = ready;
        dut_.aclk = 0;
        dut_.eval();
        dut_.aclk = 1;
        dut_.eval();
    }

    /// Words of one beat; noise where the beat is wider than what is left of the vector.
    Words lane_of(const Words& vector, int beat) {
        Words lane = make_words(a_.in_lane);
        noise_.fill(lane, a_.in_lane);
        const int begin = beat * a_.in_lane, bits = std::min(a_.in_lane, a_.in_bits - begin);
        auto* to = reinterpret_cast<unsigned char*>(lane.data());
        const auto* from = reinterpret_cast<const unsigned char*>(vector.data()) + begin / byte_bits;
        const int whole = bits / byte_bits, rest = bits % byte_bits;
        std::memcpy(to, from, static_cast<std::size_t>(whole));
        if (rest > 0) {
            const unsigned mask = (1U << rest) - 1;
            to[whole] = static_cast<unsigned char>((from[whole] & mask) | (to[whole] & ~mask));
        }
        return lane;
    }
    void put_lane(const Words& vector, int beat, bool last) {
        drive(dut_.s_axis_tdata, lane_of(vector, beat));
        dut_.s_axis_tlast = last;
    }

    Beat next_beat() {
        if (at_beat_ == 0) {
            if (std::fread(vector_.data(), sizeof(std::uint32_t), vector_.size(), inputs_.get()) != vector_.size()) {
                throw std::runtime_error("the input file is too short");
            }
            ++sent_;
            lasts_.push_back(noise_.next() % 4 == 0);
        }
        Beat beat{lane_of(vector_, at_beat_), at_beat_ == in_beats_ - 1 && lasts_.back()};
        at_beat_ = (at_beat_ + 1) % in_beats_;
        return beat;
    }

    /// One clock; tells whether a beat moved on either side.
    bool clock(bool receiver) {
        if (offered_) {
            drive(dut_.s_axis_tdata, offered_->data);
            dut_.s_axis_tlast = offered_->last;
        } else {
            put_lane(vector_, 0, noise_.next() % 2 == 0);
        }
        // Both answers are registers: they hold from the edge before to this one.
        const bool taken = offered_ && dut_.s_axis_tready, given = receiver && dut_.m_axis_tvalid;
        ++now_;
        if (taken && !first_in_) first_in_ = now_;
        watch(receiver);
        if (given) receive();
        tick(true, offered_.has_value(), receiver);
        if (taken) offered_.reset();
        return taken || given;
    }

    /// A beat that was not taken stays as it was.
    void watch(bool receiver) {
        Words data = make_words(a_.out_lane);
        sample(dut_.m_axis_tdata, data);
        const bool valid = dut_.m_axis_tvalid, last = dut_.m_axis_tlast;
        if (waiting_ && (!valid || data != waiting_->data || last != waiting_->last)) {
            throw std::runtime_error("a beat changed while the receiver was not ready");
        }
        waiting_.reset();
        if (valid && !receiver) waiting_ = Beat{data, last};
    }

    void receive() {
        if (lasts_.empty()) throw std::runtime_error("a vector came that was not sent");
        if (!first_out_) first_out_ = now_;
        Words lane = make_words(a_.out_lane);
        sample(dut_.m_axis_tdata, lane);
        const int begin = out_beat_ * a_.out_lane, bits = std::min(a_.out_lane, a_.out_bits - begin);
        for (int bit = bits; bit < a_.out_lane; ++bit) {
            if ((lane[static_cast<std::size_t>(bit / 32)] >> (bit % 32) & 1U) != 0) {
                throw std::runtime_error("a bit beyond the vector is not zero");
            }
        }
        std::memcpy(reinterpret_cast<unsigned char*>(result_.data()) + begin / byte_bits, lane.data(),
                    static_cast<std::size_t>((bits + byte_bits - 1) / byte_bits));
        const bool complete = ++out_beat_ == out_beats_;
        if (dut_.m_axis_tlast != (complete && lasts_.front())) {
            throw std::runtime_error("tlast is wrong at vector " + std::to_string(received_));
        }
        if (!complete) return;
        out_beat_ = 0;
        lasts_.pop_front();
        ++received_;
        if (std::fwrite(result_.data(), sizeof(std::uint32_t), result_.size(), outputs_.get()) != result_.size()) {
            throw std::runtime_error("cannot write the outputs");
        }
    }

    Arguments a_;
    File inputs_, outputs_;
    Noise noise_;
    Mood sender_, receiver_;
    Words vector_, result_; ///< being sent, being received
    int in_beats_, out_beats_, at_beat_ = 0, out_beat_ = 0;
    std::optional<Beat> offered_, waiting_;
    std::deque<bool> lasts_; ///< of the vectors in flight
    std::uint64_t sent_ = 0, received_ = 0, now_ = 0;
    std::optional<std::uint64_t> first_in_, first_out_;
    Vdut dut_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 10) {
        std::fprintf(stderr, "usage: Vdut INPUTS OUTPUTS ROWS IN_BITS OUT_BITS IN_LANE OUT_LANE MOST_CLOCKS SEED\n");
        return 2;
    }
    const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
    const auto bits = [&](int i) { return static_cast<int>(number(i)); };
    try {
        Streams({argv[1], argv[2], number(3), bits(4), bits(5), bits(6), bits(7), number(8), number(9)}).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 3;
    }
    return 0;
}
