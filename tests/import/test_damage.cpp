// Damaged files: every prefix length and flipped bit tried here gives a network that is still valid, or an Error. Run
// under the sanitizers by make test.
#include "base/error.hpp"
#include "base/file.hpp"
#include "import/read.hpp"
#include "model/model.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <string>

namespace {

using namespace bitgrain;
namespace fs = std::filesystem;

const fs::path folder = fs::path(BITGRAIN_SOURCE_DIR) / "tests/import/fixtures";

struct Scratch {
    fs::path path = fs::temp_directory_path() / ("bitgrain-import-" + std::to_string(std::random_device{}()));
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { fs::remove(path); }
};

/// True when the bytes were refused.
bool refused(const Scratch& scratch, const std::string& bytes) {
    write_file(scratch.path, bytes);
    try {
        model::validate(import::read(scratch.path));
    } catch (const Error& error) {
        REQUIRE(!error.message().empty());
        return true;
    }
    return false;
}

} // namespace

TEST_CASE("a file that is cut off anywhere is refused", "[import][damage]") {
    const Scratch scratch;
    for (const char* name : {"dense.keras", "chain.h5", "lookups.keras"}) {
        const std::string bytes = read_file(folder / name);
        for (std::size_t n = 0; n < 40; ++n) {
            const std::size_t size = bytes.size() * n / 40;
            CAPTURE(name, size);
            REQUIRE(refused(scratch, bytes.substr(0, size)));
        }
    }
}

TEST_CASE("flipped bits give an error or another valid network, never a crash", "[import][damage]") {
    const Scratch scratch;
    const auto seed = GENERATE(1u, 2u);
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (const char* name : {"dense.keras", "chain.h5", "dense_sets.h5", "lookups.h5"}) {
        const std::string bytes = read_file(folder / name);
        std::size_t errors = 0;
        for (std::size_t n = 0; n < 150; ++n) {
            std::string damaged = bytes;
            const std::size_t at = random() % damaged.size();
            const auto bit = static_cast<unsigned>(1u << (random() % 8));
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ bit);
            CAPTURE(name, at, bit);
            errors += refused(scratch, damaged) ? 1 : 0;
        }
        REQUIRE(errors > 0);
    }
}

TEST_CASE("a zip notices every flipped bit of its contents", "[import][damage]") {
    const Scratch scratch;
    const std::string bytes = read_file(folder / "dense.keras");
    // Bytes in the middle are compressed data of a member, which has a checksum.
    for (std::size_t at = bytes.size() / 4; at < bytes.size() / 2; at += 97) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 4);
        CAPTURE(at);
        REQUIRE(refused(scratch, damaged));
    }
}

TEST_CASE("files of other kinds are refused with what can be read", "[import][damage]") {
    const Scratch scratch;
    for (const char* bytes : {"", "hello", "{}", "[]", "[1, 2]", "{\"meta\": \"ALIRModel\", \"model\": []}",
                              "PK\x03\x04", "\x89HDF\r\n\x1a\n", "\x1f\x8b\x08"}) {
        CAPTURE(bytes);
        REQUIRE(refused(scratch, bytes));
    }
}
