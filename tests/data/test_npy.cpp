#include "base/file.hpp"
#include "base/random.hpp"
#include "data/npy.hpp"
#include "fixtures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

using Values = std::vector<double>;
using Shape = std::vector<std::size_t>;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// Reverses the bytes of each element.
std::string swapped(std::string bytes, std::size_t element) {
    for (std::size_t at = 0; at < bytes.size(); at += element) {
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        std::reverse(begin, begin + static_cast<std::ptrdiff_t>(element));
    }
    return bytes;
}

template <class T>
void check_type(const std::string& kind_and_size, const std::vector<T>& values, bool integral) {
    CAPTURE(kind_and_size);
    const std::string shape = "(" + std::to_string(values.size()) + ",)";
    const Array little = parse_npy(npy("<" + kind_and_size, shape, bytes_of(values)), "file");
    const Array big = parse_npy(npy(">" + kind_and_size, shape, swapped(bytes_of(values), sizeof(T))), "file");
    CHECK(little.values == Values(values.begin(), values.end()));
    CHECK(big.values == little.values);
    CHECK(little.shape == Shape{values.size()});
    CHECK(little.integral == integral);
    CHECK(big.integral == integral);
}

double half(unsigned bits) {
    const auto pattern = static_cast<std::uint16_t>(bits);
    return parse_npy(npy("<f2", "()", bytes_of(std::vector<std::uint16_t>{pattern})), "file").values.at(0);
}

} // namespace

TEST_CASE("every integer and float type is read in both byte orders", "[npy]") {
    check_type<std::int8_t>("i1", {-128, -1, 0, 127}, true);
    check_type<std::int16_t>("i2", {-32768, -2, 0, 258, 32767}, true);
    check_type<std::int32_t>("i4", {std::numeric_limits<std::int32_t>::min(), -3, 16909060, 2147483647}, true);
    check_type<std::int64_t>("i8", {-9007199254740992, -4, 0, 72623859790382, 9007199254740992}, true);
    check_type<std::uint8_t>("u1", {0, 1, 128, 255}, true);
    check_type<std::uint16_t>("u2", {0, 258, 65535}, true);
    check_type<std::uint32_t>("u4", {0, 16909060, 4294967295}, true);
    check_type<std::uint64_t>("u8", {0, 72623859790382, 9007199254740992}, true);
    check_type<float>("f4", {0.1F, -3.5F, 1e-45F, 3.4e38F}, false);
    check_type<double>("f8", {0.1, -3.5, 5e-324, 1.7e308}, false);
}

TEST_CASE("a boolean is 0 or 1 whatever its byte", "[npy]") {
    const Array array = parse_npy(npy("|b1", "(4,)", std::string("\x00\x01\x02\xff", 4)), "file");
    CHECK(array.values == Values{0, 1, 1, 1});
    CHECK(array.integral);
}

TEST_CASE("float16 has the values of IEEE 754 binary16", "[npy]") {
    CHECK(half(0x3c00) == 1.0);
    CHECK(half(0xc000) == -2.0);
    CHECK(half(0x3555) == 0.333251953125);
    CHECK(half(0x7bff) == 65504.0);
    CHECK(half(0x0400) == 0x1p-14);
    CHECK(half(0x03ff) == 0x1p-14 - 0x1p-24);
    CHECK(half(0x0001) == 0x1p-24);
    CHECK(half(0x7c00) == std::numeric_limits<double>::infinity());
    CHECK(half(0xfc00) == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(half(0x7e01)));
    CHECK(std::signbit(half(0x8000)));
    CHECK(half(0x8000) == 0.0);
}

TEST_CASE("float16 grows with its bit pattern and is mirrored by its sign", "[npy]") {
    std::vector<std::uint16_t> positive, negative;
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        positive.push_back(static_cast<std::uint16_t>(bits));
        negative.push_back(static_cast<std::uint16_t>(bits + 0x8000));
    }
    const Values up = parse_npy(npy("<f2", "(31744,)", bytes_of(positive)), "file").values;
    Values down = parse_npy(npy("<f2", "(31744,)", bytes_of(negative)), "file").values;
    CHECK(std::adjacent_find(up.begin(), up.end(), std::greater_equal<>()) == up.end());
    for (double& value : down)
        value = -value;
    CHECK(up == down);
}

TEST_CASE("Fortran order gives the same array as C order, for any rank", "[npy]") {
    const std::uint64_t seed = 20261;
    CAPTURE(seed);
    Random random(seed);
    for (int round = 0; round < 200; ++round) {
        const auto rank = static_cast<std::size_t>(random.integer(0, 5));
        Shape shape(rank);
        std::string text = "(";
        std::size_t count = 1;
        for (std::size_t& size : shape) {
            size = static_cast<std::size_t>(random.integer(1, 4));
            count *= size;
            text += std::to_string(size) + ",";
        }
        text += ")";
        std::vector<std::int16_t> row_major(count), column_major(count);
        for (std::size_t flat = 0; flat < count; ++flat) {
            std::size_t rest = flat, target = 0, stride = count;
            for (std::size_t axis = rank; axis-- > 0; rest /= shape[axis]) {
                stride /= shape[axis];
                target += rest % shape[axis] * stride;
            }
            row_major[flat] = static_cast<std::int16_t>(flat);
            column_major[target] = static_cast<std::int16_t>(flat);
        }
        CAPTURE(text);
        const Array c = parse_npy(npy("<i2", text, bytes_of(row_major)), "file");
        const Array fortran = parse_npy(npy("<i2", text, bytes_of(column_major), true), "file");
        CHECK(c.values == Values(row_major.begin(), row_major.end()));
        CHECK(fortran.values == c.values);
        CHECK(fortran.shape == shape);
    }
}

TEST_CASE("a file that numpy wrote, big endian in Fortran order, is read", "[npy]") {
    const std::string bytes =
        from_hex("934e554d5059010076007b276465736372273a20273e6932272c2027666f727472616e5f6f7264657227"
                 "3a20547275652c20277368617065273a2028322c2033292c207d") +
        std::string(59, ' ') + "\n" + from_hex("000100040002000500030006");
    const Array array = parse_npy(bytes, "file");
    CHECK(array.shape == Shape{2, 3});
    CHECK(array.values == Values{1, 2, 3, 4, 5, 6});
}

TEST_CASE("headers of versions 2 and 3 and of other writers are read", "[npy]") {
    const std::string plain = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    CHECK(parse_npy(npy_with_header(plain, "\x01\x02", 2), "file").values == Values{1, 2});
    CHECK(parse_npy(npy_with_header(plain, "\x01\x02", 3), "file").values == Values{1, 2});
    for (const std::string header : {"{\"shape\":(1L,2L),\"descr\":\"|u1\",\"fortran_order\":False}",
                                     "{ 'fortran_order' : False , 'shape' : ( 1 , 2 , ) , 'descr' : '<u1' }",
                                     "{'descr': '=u1', 'fortran_order': False, 'shape': (1, 2)}    "}) {
        CAPTURE(header);
        const Array array = parse_npy(npy_with_header(header, "\x01\x02"), "file");
        CHECK(array.shape == Shape{1, 2});
        CHECK(array.values == Values{1, 2});
    }
}

TEST_CASE("scalars and empty arrays keep their shape", "[npy]") {
    CHECK(parse_npy(npy("|u1", "()", "\x07"), "file").shape.empty());
    CHECK(parse_npy(npy("|u1", "()", "\x07"), "file").row_size() == 1);
    const Array empty = parse_npy(npy("<f4", "(0, 3)", ""), "file");
    CHECK(empty.shape == Shape{0, 3});
    CHECK(empty.values.empty());
    CHECK(empty.row_size() == 3);
}

TEST_CASE("an integer beyond 2^53 is refused with its index", "[npy]") {
    const std::vector<std::uint64_t> odd = {1, 2, 3, 4, 5, 9007199254740993};
    const std::vector<std::int64_t> huge = {1, -9007199254740994, 3, 4, 5, 6};
    const std::string error = error_of([&] { parse_npy(npy("<u8", "(2, 3)", bytes_of(odd)), "x.npy"); });
    CHECK_THAT(error, Catch::StartsWith("x.npy: the integer 9007199254740993 at element [1, 2] is beyond 2^53"));
    CHECK_THAT(error_of([&] { parse_npy(npy("<i8", "(2, 3)", bytes_of(huge), true), "x.npy"); }),
               Catch::Contains("-9007199254740994 at element [1, 0]"));
}

TEST_CASE("element types that are not numbers are refused by name", "[npy]") {
    for (const std::string type :
         {"<c16", "|O", "<U5", "|S3", "<M8[D]", "<f16", "|V4", "<i3", "<f1", "<b2", "|i2", "i4", ""}) {
        CAPTURE(type);
        CHECK_THAT(error_of([&] { parse_npy(npy(type, "(1,)", std::string(16, '\0')), "x.npy"); }),
                   Catch::StartsWith("x.npy: elements of type '" + type + "' are not supported"));
    }
    const std::string records = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }";
    CHECK_THAT(error_of([&] { parse_npy(npy_with_header(records, "1234"), "x.npy"); }),
               Catch::Contains("named fields"));
}

TEST_CASE("a damaged header is refused", "[npy]") {
    for (const std::string header :
         {"", "{}", "{'descr': '|u1', 'fortran_order': False}", "{'descr': '|u1', 'shape': (1,)}",
          "{'fortran_order': False, 'shape': (1,)}", "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (1,)}",
          "{'descr': '|u1', 'fortran_order': False, 'shape': 1}",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (1",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': True}"}) {
        CAPTURE(header);
        CHECK_THAT(error_of([&] { parse_npy(npy_with_header(header, "\x01"), "x.npy"); }),
                   Catch::StartsWith("x.npy: the header of the .npy file is damaged: "));
    }
    CHECK_THAT(error_of([] { parse_npy("hello", "x.npy"); }), Catch::Contains("not an .npy file"));
    CHECK_THAT(error_of([] { parse_npy(npy_with_header("{}", "", 4), "x.npy"); }), Catch::Contains("version 4"));
}

TEST_CASE("a shape larger than the data is refused before memory is taken for it", "[npy]") {
    for (const std::string shape : {"(1000000000000000,)", "(4294967296, 4294967296)", "(9223372036854775807, 3)",
                                    "(0, 9223372036854775807, 9223372036854775807)"}) {
        CAPTURE(shape);
        CHECK_THAT(error_of([&] { parse_npy(npy("<f8", shape, "12345678"), "x.npy"); }),
                   Catch::Contains("impossibly large") || Catch::Contains("the file is cut off"));
    }
    CHECK_THAT(error_of([] { parse_npy(npy("|u1", "(2,)", "123"), "x.npy"); }),
               Catch::Contains("promises 2 bytes of data but 3 follow"));
}

TEST_CASE("a cut or changed .npy file is read or refused, never worse", "[npy][corruption]") {
    const std::string bytes = npy("<f8", "(2, 3)", std::string(48, '\x11'));
    CHECK(count_refused(bytes, [](const std::string& variant) { parse_npy(variant, "x.npy"); }) > bytes.size());
    const std::string wide = npy("<u8", "(3, 1, 2)", std::string(48, '\0'), true);
    CHECK(count_refused(wide, [](const std::string& variant) { parse_npy(variant, "x.npy"); }) > wide.size());
}

TEST_CASE("write_npy and read_npy are a round trip", "[npy]") {
    const Folder folder;
    const std::uint64_t seed = 77;
    CAPTURE(seed);
    Random random(seed);
    const std::vector<Shape> shapes = {{}, {0}, {1}, {5}, {2, 3}, {4, 1, 3}, {2, 2, 2, 2, 2}};
    for (const Shape& shape : shapes) {
        for (const bool integral : {false, true}) {
            Array array{.shape = shape, .values = {}, .integral = integral};
            std::size_t count = 1;
            for (const std::size_t size : shape)
                count *= size;
            for (std::size_t i = 0; i < count; ++i) {
                array.values.push_back(integral
                                           ? static_cast<double>(random.integer(-9007199254740992, 9007199254740992))
                                           : random.normal() * std::exp(random.uniform(-200, 200)));
            }
            write_npy(folder.path("a.npy"), array);
            const Array back = read_npy(folder.path("a.npy"));
            CAPTURE(shape, integral);
            CHECK(back.shape == array.shape);
            CHECK(back.values == array.values);
            CHECK(back.integral == array.integral);
        }
    }
}

TEST_CASE("write_npy keeps every bit of special floats", "[npy]") {
    const Folder folder;
    const double infinity = std::numeric_limits<double>::infinity();
    const Array array{.shape = {5}, .values = {-0.0, infinity, -infinity, std::nan("7"), 5e-324}, .integral = false};
    write_npy(folder.path("a.npy"), array);
    const Array back = read_npy(folder.path("a.npy"));
    CHECK(bytes_of(back.values) == bytes_of(array.values));
}

TEST_CASE("write_npy writes the bytes that numpy writes", "[npy]") {
    const Folder folder;
    write_npy(folder.path("a.npy"), {.shape = {2, 1}, .values = {1, -2}, .integral = true});
    const std::string header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2, 1), }";
    const std::string expected = from_hex("934e554d505901007600") + header + std::string(117 - header.size(), ' ') +
                                 "\n" + from_hex("0100000000000000feffffffffffffff");
    CHECK(read_file(folder.path("a.npy")) == expected);
}
