// What the harnesses share: vectors as words, files, ports of any width, noise.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace harness {

using Words = std::vector<std::uint32_t>;

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

inline File open(const char* path, const char* mode) {
    File file(std::fopen(path, mode));
    if (!file) throw std::runtime_error(std::string("cannot open ") + path);
    return file;
}

inline Words make_words(int bits) {
    return Words(static_cast<std::size_t>(bits <= 64 ? 2 : (bits + 31) / 32), 0);
}

// A port is an 8, 16, 32 or 64-bit number or an array of 32-bit words; on a little-endian machine the bytes are the
// same.
template <class Port>
void drive(Port& port, const Words& words) {
    static_assert(sizeof(Port) % sizeof(std::uint32_t) == 0 || sizeof(Port) < sizeof(std::uint32_t));
    std::memcpy(static_cast<void*>(&port), words.data(), sizeof port);
}
template <class Port>
void sample(const Port& port, Words& words) {
    std::memcpy(words.data(), static_cast<const void*>(&port), sizeof port);
}

/// xorshift64*: bubbles and stalls need no more. The seed is not 0.
class Noise {
  public:
    explicit Noise(std::uint64_t seed) : state_(seed) {}
    std::uint32_t next() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<std::uint32_t>((state_ * 0x2545f4914f6cdd1dULL) >> 32);
    }
    void fill(Words& words, int bits) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            const int here = bits - static_cast<int>(i) * 32;
            words[i] = here <= 0 ? 0 : here >= 32 ? next() : next() >> (32 - here);
        }
    }

  private:
    std::uint64_t state_;
};

} // namespace harness
