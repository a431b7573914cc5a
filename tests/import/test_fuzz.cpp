// Damaged files of every format that import reads: each gives a network that is valid, or an Error, in bounded time and
// memory; a file that is cut off is always refused. The same damage at every run; `test_import "[fuzz]" --rng-seed N`
// takes another. Run under the sanitizers by make test.
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "exchange/alir.hpp"
#include "import/read.hpp"
#include "import/rehearse.hpp"
#include "lower/lower.hpp"
#include "model/model.hpp"
#include "programs.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>
#include <vector>
#include <zip.h>
#include <zlib.h>

namespace {

using namespace bitgrain;
namespace fs = std::filesystem;

const fs::path folder = fs::path(BITGRAIN_SOURCE_DIR) / "tests/import/fixtures";

constexpr int most_seconds = 30;         ///< of processor time for one file; then SIGPROF ends the test
constexpr long most_kilobytes = 2 << 20; ///< resident, of this process and of each that read a file first

void set_timer(int seconds) {
    const itimerval timer{{0, 0}, {seconds, 0}};
    setitimer(ITIMER_PROF, &timer, nullptr);
}

/// One file, written again and again. After a crash it is still there, to be tried with `bitgrain import`.
class Scratch {
  public:
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { fs::remove(path_); }

    const fs::path& path() const { return path_; }
    void write(const std::string& bytes) const {
        std::ofstream file(path_, std::ios::binary); // not write_file: the disk need not be waited for
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        REQUIRE(file.flush().good());
    }
    /// True when the bytes are refused; any exception but Error fails the test.
    bool refuses(const std::string& bytes) const {
        write(bytes);
        set_timer(most_seconds);
        bool refused = false;
        try {
            model::validate(import::read(path_));
        } catch (const Error& error) {
            REQUIRE(!error.message().empty());
            REQUIRE_THAT(error.where(), Catch::StartsWith(path_.string()));
            refused = true;
        }
        set_timer(0);
        return refused;
    }

  private:
    fs::path path_ = fs::temp_directory_path() / ("bitgrain-fuzz-" + std::to_string(getpid()));
};

std::uint64_t seed() {
    return 1 + Catch::rngSeed();
}

std::size_t below(std::size_t size, Random& random) {
    return static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(size) - 1));
}

void flip(std::string& bytes, Random& random) {
    char& byte = bytes[below(bytes.size(), random)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << random.integer(0, 7)));
}

std::string flip_one(std::string bytes, Random& random) {
    flip(bytes, random);
    return bytes;
}

std::string flip_many(std::string bytes, Random& random) {
    for (auto count = random.integer(2, 30); count > 0; --count)
        flip(bytes, random);
    return bytes;
}

std::string zero_range(std::string bytes, Random& random) {
    const std::size_t from = below(bytes.size(), random), size = 1 + below(1 + bytes.size() / 8, random);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), std::min(size, bytes.size() - from), '\0');
    return bytes;
}

std::string move_range(std::string bytes, Random& random) {
    const std::size_t size = 1 + below(std::min<std::size_t>(bytes.size(), 64), random);
    const std::string piece = bytes.substr(below(bytes.size() - size + 1, random), size);
    return bytes.replace(below(bytes.size() - size + 1, random), size, piece);
}

/// A number in a text becomes another: one digit, a sign in front or many digits.
std::string change_number(std::string bytes, Random& random) {
    const std::size_t start = below(bytes.size(), random);
    std::size_t at = bytes.find_first_of("0123456789", start);
    if (at == std::string::npos) at = bytes.find_first_of("0123456789");
    if (at == std::string::npos) return flip_one(bytes, random);
    static const std::vector<std::string> others{"-1", "99999999999", "1e300", "4294967296", "0"};
    const std::size_t other = below(2 * others.size(), random);
    return bytes.replace(
        at, 1, other < others.size() ? others[other] : std::string(1, static_cast<char>('0' + other - others.size())));
}

using Change = std::string (*)(std::string, Random&);
struct NamedChange {
    const char* name;
    Change change;
};
const std::vector<NamedChange> changes{{"flip one", flip_one},
                                       {"flip many", flip_many},
                                       {"zero", zero_range},
                                       {"move", move_range},
                                       {"number", change_number}};

struct Sample {
    std::string name, bytes;
};

std::vector<Sample> networks(const std::string& extension) {
    std::vector<Sample> list;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == extension) list.push_back({entry.path().filename(), read_file(entry.path())});
    }
    std::sort(list.begin(), list.end(), [](const Sample& a, const Sample& b) { return a.name < b.name; });
    REQUIRE(!list.empty());
    return list;
}

std::vector<Sample> programs() {
    std::vector<Sample> list{{"all_operations.json", test::all_dais_operations()}};
    for (const char* name : {"dense", "pools", "lookups", "products"}) {
        const model::Model model = import::read(folder / (std::string(name) + ".keras"));
        list.push_back({std::string(name) + ".alir.json", exchange::to_alir(lower::lower(model, {})).dump()});
    }
    return list;
}

std::string gzipped(const std::string& bytes) {
    const Scratch scratch;
    gzFile file = gzopen(scratch.path().c_str(), "wb");
    REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
    REQUIRE(gzclose(file) == Z_OK);
    return read_file(scratch.path());
}

using Members = std::map<std::string, std::string>;

Members unzipped(const std::string& bytes) {
    const Scratch scratch;
    scratch.write(bytes);
    const std::unique_ptr<zip_t, void (*)(zip_t*)> archive(zip_open(scratch.path().c_str(), ZIP_RDONLY, nullptr),
                                                           zip_discard);
    REQUIRE(archive != nullptr);
    Members members;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        zip_stat_t entry{};
        REQUIRE(zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &entry) == 0);
        std::string content(entry.size, '\0');
        zip_file_t* file = zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(i), 0);
        REQUIRE(zip_fread(file, content.data(), content.size()) == static_cast<zip_int64_t>(content.size()));
        zip_fclose(file);
        members[entry.name] = std::move(content);
    }
    return members;
}

/// With right checksums, whatever the members hold.
std::string zipped(const Members& members) {
    const Scratch scratch;
    zip_t* archive = zip_open(scratch.path().c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    REQUIRE(archive != nullptr);
    for (const auto& [name, content] : members) {
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        const zip_int64_t index = zip_file_add(archive, name.c_str(), source, 0);
        REQUIRE(index >= 0);
        REQUIRE(zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0);
    }
    REQUIRE(zip_close(archive) == 0);
    return read_file(scratch.path());
}

using Pack = std::function<std::string(const std::string&)>;

std::string as_is(const std::string& bytes) {
    return bytes;
}

/// The zip with another content of one member.
Pack packer(const Sample& zip, const std::string& member) {
    return [members = unzipped(zip.bytes), member](const std::string& bytes) mutable {
        members[member] = bytes;
        return zipped(members);
    };
}

/// `times` of every kind of damage; how many were refused.
std::size_t damage(const Sample& sample, std::size_t times, Random& random, const Pack& pack = as_is) {
    const Scratch scratch;
    std::size_t refused = 0;
    for (const auto& [kind, change] : changes) {
        for (std::size_t n = 0; n < times; ++n) {
            CAPTURE(seed(), sample.name, kind, n);
            refused += scratch.refuses(pack(change(sample.bytes, random))) ? 1 : 0;
        }
    }
    return refused;
}

void require_cut_refused(const Sample& sample, std::size_t times, Random& random, const Pack& pack = as_is) {
    const Scratch scratch;
    const auto require_refused = [&](std::size_t size) {
        CAPTURE(seed(), sample.name, size);
        REQUIRE(scratch.refuses(pack(sample.bytes.substr(0, size))));
    };
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, sample.bytes.size() - 1})
        require_refused(size);
    for (std::size_t n = 0; n < times; ++n)
        require_refused(below(sample.bytes.size(), random));
}

void require_bounded_memory() {
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        REQUIRE(getrusage(who, &usage) == 0);
        CAPTURE(who);
        REQUIRE(usage.ru_maxrss < most_kilobytes);
    }
}

} // namespace

TEST_CASE("a file that is cut off anywhere is refused", "[import][fuzz]") {
    Random random(seed());
    for (const char* extension : {".keras", ".h5"}) {
        for (const Sample& sample : networks(extension))
            require_cut_refused(sample, 4, random);
    }
    for (const Sample& sample : programs()) {
        require_cut_refused(sample, 20, random);
        require_cut_refused({sample.name + ".gz", gzipped(sample.bytes)}, 20, random);
    }
}

TEST_CASE("a member that is cut off inside a sound zip is refused", "[import][fuzz]") {
    Random random(seed());
    for (const Sample& sample : networks(".keras")) {
        for (const auto& [name, content] : unzipped(sample.bytes))
            require_cut_refused({sample.name + ": " + name, content}, 1, random, packer(sample, name));
    }
}

TEST_CASE("damaged networks give an error or another valid network", "[import][fuzz]") {
    Random random(seed());
    std::size_t refused = 0;
    for (const Sample& sample : networks(".h5"))
        refused += damage(sample, 5, random);
    for (const Sample& sample : networks(".keras"))
        refused += damage(sample, 1, random);
    REQUIRE(refused > 0);
    require_bounded_memory();
}

TEST_CASE("damaged members inside a sound zip give an error or another valid network", "[import][fuzz]") {
    Random random(seed());
    std::size_t refused = 0;
    for (const Sample& sample : networks(".keras")) {
        const Members members = unzipped(sample.bytes);
        for (const char* name : {"config.json", "model.weights.h5"})
            refused += damage({sample.name + ": " + name, members.at(name)}, 1, random, packer(sample, name));
    }
    REQUIRE(refused > 0);
    require_bounded_memory();
}

TEST_CASE("damaged programs give an error or another valid program", "[import][fuzz]") {
    Random random(seed());
    std::size_t refused = 0;
    for (const Sample& sample : programs())
        refused += damage(sample, 60, random) + damage({sample.name + ".gz", gzipped(sample.bytes)}, 30, random);
    REQUIRE(refused > 0);
    require_bounded_memory();
}

TEST_CASE("a zip notices every flipped bit of its contents", "[import][fuzz]") {
    const Scratch scratch;
    const std::string bytes = read_file(folder / "dense.keras");
    // Bytes in the middle are compressed data of a member, which has a checksum.
    for (std::size_t at = bytes.size() / 4; at < bytes.size() / 2; at += 97) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 4);
        CAPTURE(at);
        REQUIRE(scratch.refuses(damaged));
    }
}

TEST_CASE("files of other kinds are refused with what can be read", "[import][fuzz]") {
    const Scratch scratch;
    for (const char* bytes : {"", "hello", "{}", "[]", "[1, 2]", "{\"meta\": \"ALIRModel\", \"model\": []}",
                              "PK\x03\x04", "\x89HDF\r\n\x1a\n", "\x1f\x8b\x08"}) {
        CAPTURE(bytes);
        REQUIRE(scratch.refuses(bytes));
    }
}

TEST_CASE("reading that crashes, hangs or takes too much memory ends as an error", "[import][fuzz]") {
    // What the HDF5 library does on some damaged files; the child that reads first takes the harm.
    const auto rehearsed = [](const std::function<void()>& work) { import::rehearse(work, "m.h5", 1); };
    REQUIRE_NOTHROW(rehearsed([] {}));
    REQUIRE_THROWS_WITH(rehearsed([] { raise(SIGSEGV); }), Catch::Contains("m.h5") && Catch::Contains("damaged"));
    REQUIRE_THROWS_WITH(rehearsed([] { abort(); }), Catch::Contains("damaged"));
    REQUIRE_THROWS_WITH(rehearsed([] {
                            while (getpid() != 0) {
                            }
                        }),
                        Catch::Contains("damaged"));
    REQUIRE_THROWS_WITH(rehearsed([] { throw Error("off by one", "m.h5: /a", "look"); }),
                        Catch::Contains("m.h5: /a") && Catch::Contains("off by one") && Catch::Contains("look"));
}
