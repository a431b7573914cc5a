#include "base/random.hpp"
#include "data/dataset.hpp"
#include "data/inflate.hpp"
#include "fixtures.hpp"

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

/// Text that compresses about as data does.
std::string some_text(std::size_t size, std::uint64_t seed) {
    Random random(seed);
    std::string text;
    while (text.size() < size)
        text += std::to_string(random.integer(0, 999)) + ",";
    text.resize(size);
    return text;
}

} // namespace

TEST_CASE("what gzip packed is unpacked again, whatever its size", "[inflate]") {
    for (const std::size_t size : {0, 1, 2, 4095, 4096, 4097, 300000}) {
        CAPTURE(size);
        const std::string text = some_text(size, 5);
        CHECK(gunzip(gzip(text), "x.gz") == text);
    }
    const std::string zeros(5000000, '\0'); // as dense as deflate can be
    CHECK(gunzip(gzip(zeros), "x.gz") == zeros);
}

TEST_CASE("all members of a gzip file are joined and zeros behind them are ignored", "[inflate]") {
    const std::string a = some_text(10000, 1), b = some_text(20000, 2);
    CHECK(gunzip(gzip(a) + gzip(b) + gzip(""), "x.gz") == a + b);
    CHECK(gunzip(gzip(a) + std::string(512, '\0'), "x.gz") == a);
}

TEST_CASE("a damaged gzip file is an error that names the file", "[inflate]") {
    const std::string packed = gzip(some_text(1000, 3));
    CHECK_THAT(error_of([&] { gunzip(packed.substr(0, 300), "x.gz"); }),
               Catch::StartsWith("x.gz: ") && Catch::Contains("cut off"));
    CHECK_THAT(error_of([&] { gunzip(packed + "more", "x.gz"); }), Catch::Contains("not gzip follows"));
    std::string wrong_checksum = packed;
    wrong_checksum[packed.size() - 8] = static_cast<char>(wrong_checksum[packed.size() - 8] ^ 1);
    CHECK_THAT(error_of([&] { gunzip(wrong_checksum, "x.gz"); }), Catch::Contains("damaged: incorrect data check"));
}

TEST_CASE("a size that a gzip file only claims takes no memory", "[inflate]") {
    std::string packed = gzip("hello");
    packed.replace(packed.size() - 4, 4, "\xff\xff\xff\xff");
    CHECK_THAT(error_of([&] { gunzip(packed, "x.gz"); }), Catch::Contains("incorrect length check"));
}

TEST_CASE("a raw stream must have exactly the promised size", "[inflate]") {
    const std::string raw = from_hex("cb48cdc9c907"
                                     "00"); // "hello" by deflate
    CHECK(inflate_raw(raw, 5, "x") == "hello");
    CHECK_THAT(error_of([&] { inflate_raw(raw, 4, "x"); }), Catch::Contains("does not have the size it claims"));
    CHECK_THAT(error_of([&] { inflate_raw(raw, 6, "x"); }), Catch::Contains("does not have the size it claims"));
    CHECK_THAT(error_of([&] { inflate_raw(raw, std::size_t{1} << 50, "x"); }),
               Catch::Contains("too short for the size"));
}

TEST_CASE("a cut or changed gzip file is read or refused, never worse", "[inflate][corruption]") {
    const std::string packed = gzip(some_text(300, 4));
    CHECK(count_refused(packed, [](const std::string& variant) { gunzip(variant, "x.gz"); }) > packed.size());
}

TEST_CASE("gzip is told by the content of a file, not by its name", "[inflate]") {
    const Folder folder;
    const std::string array = npy("|u1", "(2,)", "\x05\x06");
    const std::vector<double> expected = {5, 6};
    CHECK(read_npy(folder.write("a.npy.gz", gzip(array))).values == expected);
    CHECK(read_npy(folder.write("b.npy", gzip(array))).values == expected);
    CHECK(read_npy(folder.write("c.npy.gz", array)).values == expected);
}
