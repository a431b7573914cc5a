#include "data/npz.hpp"
#include "fixtures.hpp"

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

using Values = std::vector<double>;
using Shape = std::vector<std::size_t>;

/// numpy.savez(x = 3 x 2 of uint8, y = 3 of int64)
std::string stored_by_numpy() {
    return from_hex(
        "504b030414000000000000002100754260d0860000008600000005001400782e6e707901001000860000000000000086000000000000"
        "00934e554d5059010076007b276465736372273a20277c7531272c2027666f727472616e5f6f72646572273a2046616c73652c202773"
        "68617065273a2028332c2032292c207d2020202020202020202020202020202020202020202020202020202020202020202020202020"
        "20202020202020202020202020202020202020200a010203040506504b0304140000000000000021008a4737a8980000009800000005"
        "001400792e6e70790100100098000000000000009800000000000000934e554d5059010076007b276465736372273a20273c6938272c"
        "2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028332c292c207d20202020202020202020202020"
        "20202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020200a000000000000"
        "000001000000000000000000000000000000504b0102140314000000000000002100754260d086000000860000000500000000000000"
        "00000000800100000000782e6e7079504b01021403140000000000000021008a4737a898000000980000000500000000000000000000"
        "008001bd000000792e6e7079504b05060000000002000200660000008c0100000000");
}

/// numpy.savez_compressed(only = 1 x 2 of big-endian float32)
std::string deflated_by_numpy() {
    return from_hex("504b03041400000008000000210051a2f3e74e00000088000000080014006f6e6c792e6e70790100100088000000000000"
                    "004e00000000000000"
                    "9bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9766a2aea3a09e965f54529498179f5f94920a12774bcc294e058a"
                    "17672416a402f91a86"
                    "3a0a469a3a0ab50a64032e7b060686fd0b181800504b010214031400000008000000210051a2f3e74e0000008800000008"
                    "000000000000000000"
                    "00008001000000006f6e6c792e6e7079504b0506000000000100010036000000880000000000");
}

std::string bytes_array() {
    return npy("|u1", "(3,)", "\x01\x02\x03");
}

} // namespace

TEST_CASE("an .npz that numpy wrote is read, stored or compressed", "[npz]") {
    const Folder folder;
    const auto stored = folder.write("s.npz", stored_by_numpy());
    CHECK(read_npz(stored, "x").values == Values{1, 2, 3, 4, 5, 6});
    CHECK(read_npz(stored, "x").shape == Shape{3, 2});
    CHECK(read_npz(stored, "y.npy").values == Values{0, 1, 0});
    const auto deflated = folder.write("c.npz", deflated_by_numpy());
    CHECK(read_npz(deflated).values == Values{0.5, -1.25});
    CHECK(read_npz(deflated, "only").shape == Shape{1, 2});
}

TEST_CASE("zip64 fields, extra fields and a comment do not disturb", "[npz]") {
    for (const bool zip64 : {false, true}) {
        for (const std::string comment : {"", "hello"}) {
            CAPTURE(zip64, comment);
            std::string bytes =
                zip({{"notes.txt", "hi"}, {"a.npy", bytes_array(), true}, {"b.npy", bytes_array()}}, zip64);
            bytes[bytes.size() - 2] = static_cast<char>(comment.size());
            const Npz npz(bytes + comment, "x.npz");
            CHECK(npz.names() == std::vector<std::string>{"a", "b"});
            CHECK(npz.read("a").values == Values{1, 2, 3});
            CHECK(npz.read("b").values == Values{1, 2, 3});
        }
    }
}

TEST_CASE("an array that is not in the .npz is an error with a suggestion", "[npz]") {
    const Folder folder;
    const auto path = folder.write("a.npz", zip({{"weights.npy", bytes_array()}, {"biases.npy", bytes_array()}}));
    CHECK_THAT(error_of([&] { read_npz(path, "weigths"); }),
               Catch::Contains("there is no array 'weigths'") && Catch::Contains("did you mean 'weights'?"));
    CHECK_THAT(error_of([&] { read_npz(path); }), Catch::Contains("several arrays"));
}

TEST_CASE("a zip that is no .npz is an error", "[npz]") {
    CHECK_THAT(error_of([] { Npz(zip({}), "x.npz"); }), Catch::Equals("x.npz: the .npz file holds no arrays"));
    CHECK_THAT(error_of([] { Npz("", "x.npz"); }), Catch::Contains("not a zip file"));
    CHECK_THAT(error_of([] { Npz(bytes_array(), "x.npz"); }), Catch::Contains("not a zip file"));
    CHECK_THAT(error_of([] {
                   Npz(zip({{"a.npy", "hello"}}), "x.npz").read("a");
               }),
               Catch::StartsWith("x.npz, array 'a': this is not an .npy file"));
}

TEST_CASE("encrypted members, other methods and false checksums are refused", "[npz]") {
    const std::string good = zip({{"a.npy", bytes_array()}});
    const std::size_t entry = good.find("PK\x01\x02");
    const auto changed = [&](std::size_t at, char value) {
        std::string bytes = good;
        bytes[at] = value;
        return error_of([&] { Npz(bytes, "x.npz").read("a"); });
    };
    CHECK_THAT(changed(entry + 8, 1), Catch::Contains("encrypted"));
    CHECK_THAT(changed(entry + 10, 12), Catch::Contains("other than deflate"));
    CHECK_THAT(changed(entry + 16, static_cast<char>(good[entry + 16] ^ 1)), Catch::Contains("checksum is wrong"));
    CHECK_THAT(changed(entry + 27, 0x7f), Catch::Contains("two sizes"));
    CHECK_THAT(changed(entry + 23, 0x7f), Catch::Contains("ends too early"));
}

TEST_CASE("a size that a compressed member only claims takes no memory", "[npz]") {
    std::string bytes = zip({{"a.npy", bytes_array(), true}}, true);
    const std::size_t entry = bytes.find("PK\x01\x02");
    bytes[entry + 46 + 5 + 4 + 6] = '\x7f'; // the seventh byte of the 64-bit size
    CHECK_THAT(error_of([&] { Npz(bytes, "x.npz").read("a"); }), Catch::Contains("too short for the size it claims"));
}

TEST_CASE("a cut or changed .npz file is read or refused, never worse", "[npz][corruption]") {
    const auto reader = [](const std::string& variant) {
        const Npz npz(variant, "x.npz");
        for (const std::string& name : npz.names())
            npz.read(name);
    };
    for (const std::string& bytes : {stored_by_numpy(), deflated_by_numpy(),
                                     zip({{"a.npy", bytes_array(), true}, {"b.npy", bytes_array()}}, true)}) {
        CHECK(count_refused(bytes, reader) > bytes.size());
    }
}
