#include "cosim/packing.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::cosim {

namespace {

constexpr int word_bits = 32;

fx::Cast modulo(bool sign, int width) {
    return {{sign, width - (sign ? 1 : 0), 0}, fx::Round::trn, fx::Overflow::wrap};
}

void put(std::uint32_t* words, int offset, int width, std::uint64_t bits) {
    for (int done = 0; done < width;) {
        const int at = (offset + done) % word_bits, n = std::min(width - done, word_bits - at);
        words[(offset + done) / word_bits] |= static_cast<std::uint32_t>(bits >> done << at);
        done += n;
    }
}

std::uint64_t take(const std::uint32_t* words, int offset, int width) {
    std::uint64_t bits = 0;
    for (int done = 0; done < width;) {
        const int at = (offset + done) % word_bits;
        bits |= static_cast<std::uint64_t>(words[(offset + done) / word_bits] >> at) << done;
        done += word_bits - at;
    }
    return bits;
}

} // namespace

std::size_t words_of(int width) {
    return static_cast<std::size_t>(std::max(2, (width + word_bits - 1) / word_bits));
}

std::vector<std::uint32_t> pack(std::span<const rtl::Port> ports, int width, std::span<const std::int64_t> codes,
                                std::size_t rows) {
    CHECK(codes.size() == rows * ports.size(), "one code per port and row");
    const std::size_t words = words_of(width);
    std::vector<std::uint32_t> packed(rows * words, 0);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t j = 0; j < ports.size(); ++j) {
            const rtl::Port& port = ports[j];
            const std::int64_t code = codes[row * ports.size() + j];
            if (code < port.format.min_code() || code > port.format.max_code()) {
                throw Error("the code " + std::to_string(code) + " does not fit the format " + fx::name(port.format),
                            "row " + std::to_string(row) + ", " + port.name);
            }
            if (port.width == 0) continue;
            const std::int64_t bits = fx::cast(code, 0, modulo(false, port.width));
            put(&packed[row * words], port.offset, port.width, static_cast<std::uint64_t>(bits));
        }
    }
    return packed;
}

std::string hex_lines(int width, std::span<const std::uint32_t> words, std::size_t rows) {
    constexpr int digit_bits = 4, digits_of_word = word_bits / digit_bits;
    const std::size_t per_row = words_of(width);
    const int digits = (width + digit_bits - 1) / digit_bits;
    std::string text;
    text.reserve(rows * static_cast<std::size_t>(digits + 1));
    for (std::size_t row = 0; row < rows; ++row) {
        for (int digit = digits; digit-- > 0;) {
            const std::uint32_t word = words[row * per_row + static_cast<std::size_t>(digit / digits_of_word)];
            text += "0123456789abcdef"[word >> digit % digits_of_word * digit_bits & 15U];
        }
        text += '\n';
    }
    return text;
}

std::vector<std::int64_t> unpack(std::span<const rtl::Port> ports, int width, std::span<const std::uint32_t> words,
                                 std::size_t rows) {
    const std::size_t per_row = words_of(width);
    CHECK(words.size() == rows * per_row, "one packed vector per row");
    std::vector<std::int64_t> codes;
    codes.reserve(rows * ports.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (const rtl::Port& port : ports) {
            if (port.width == 0) {
                codes.push_back(0);
                continue;
            }
            const std::uint64_t bits = take(&words[row * per_row], port.offset, port.width);
            codes.push_back(fx::cast(static_cast<std::int64_t>(bits), 0, modulo(port.format.sign, port.width)));
        }
    }
    return codes;
}

} // namespace bitgrain::cosim
