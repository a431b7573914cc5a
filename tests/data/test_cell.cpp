#include "data/cell.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace bitgrain::data;

TEST_CASE("a cell is a number only as a whole", "[cell]") {
    CHECK(parse_number("0") == 0.0);
    CHECK(parse_number("16") == 16.0);
    CHECK(parse_number("007") == 7.0);
    CHECK(parse_number("-3") == -3.0);
    CHECK(parse_number("+3.5") == 3.5);
    CHECK(parse_number(" 1e3\t") == 1000.0);
    CHECK(parse_number("1.") == 1.0);
    CHECK(parse_number(".5") == 0.5);
    CHECK(parse_number("0.1") == 0.1);
    CHECK(parse_number("999999999") == 999999999.0);
    CHECK(parse_number("9999999999") == 9999999999.0);
    CHECK(parse_number("5e-324") == 5e-324);
    CHECK(parse_number("1e-400") == 0.0);
    CHECK(parse_number("9007199254740993.0") == 9007199254740992.0);
    for (const char* text :
         {"", " ", "a", "1a", "1 2", "1,5", "0x10", "+-1", "--1", "+", "-", "e5", "1e", "1e+", "1.2.3", "NA"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_number(text).has_value());
    }
}

TEST_CASE("a number without a finite double is a number that is not finite", "[cell]") {
    for (const char* text : {"nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e999"}) {
        CAPTURE(text);
        REQUIRE(parse_number(text).has_value());
        CHECK_FALSE(std::isfinite(*parse_number(text)));
    }
}

TEST_CASE("integers are told from other doubles up to 2^53", "[cell]") {
    CHECK(is_integer(0.0));
    CHECK(is_integer(-7.0));
    CHECK(is_integer(largest_exact));
    CHECK_FALSE(is_integer(largest_exact + 2));
    CHECK_FALSE(is_integer(0.5));
    CHECK_FALSE(is_integer(std::nan("")));
    CHECK_FALSE(is_integer(INFINITY));
}

TEST_CASE("a cell in an error is short and printable", "[cell]") {
    CHECK(shown("cat") == "'cat'");
    CHECK(shown(std::string("a\x01\nb", 4)) == "'a??b'");
    CHECK(shown(std::string(50, 'x')) == "'" + std::string(40, 'x') + "...'");
}
