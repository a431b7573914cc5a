// The JSON reader: every mistake a person can make has a message with its place.
#include "base/error.hpp"
#include "base/json.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace bitgrain;

namespace {

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

std::string parse_message(const std::string& text) {
    return message_of([&] { parse_json(text, "a.json"); });
}

} // namespace

TEST_CASE("a syntax error names line and column", "[base][json]") {
    REQUIRE(parse_message("{\n  \"a\": 1,\n  \"b\" 2\n}").starts_with("a.json:3:7: not valid JSON: syntax error"));
    REQUIRE(parse_message("x").starts_with("a.json:1:1: "));
    // A file of one long line is not quoted as a whole.
    REQUIRE(parse_message("[" + std::string(100'000, '1') + "]").size() < 300);
    REQUIRE(parse_message("[\"" + std::string(100'000, 'a') + "\n\"]").size() < 300);
    REQUIRE(parse_message("").starts_with("a.json:1:1: "));
    REQUIRE(parse_message("[1,\n2").starts_with("a.json:2:2: "));
    REQUIRE(parse_message("{\"a\": \"no end\n}").starts_with("a.json:1:14: "));
    // The library quotes the text it read; a colon in it must not cut the message.
    REQUIRE(parse_message("{\"a: b\" 1}").find("syntax error") != std::string::npos);
}

TEST_CASE("a number too large for a double is an error and not a crash", "[base][json]") {
    REQUIRE(parse_message("{\"a\": 1e999}").starts_with("a.json: not valid JSON: "));
}

TEST_CASE("a key that is there twice is refused", "[base][json]") {
    REQUIRE(parse_message("{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3}") == "a.json: the key 'a' is there twice");
    REQUIRE(parse_message("{\"a\": [{\"x\": 1}, {\"x\": 2}], \"b\": {\"a\": {\"a\": 1}}}") == "no error");
    REQUIRE(parse_message("[{\"x\": {\"y\": 1, \"y\": 2}}]") == "a.json: the key 'y' is there twice");
}

TEST_CASE("the order of keys is kept, so equal content is equal bytes", "[base][json]") {
    const std::string text = R"({"z":1,"a":[1,2.5],"m":{"y":true,"b":null}})";
    REQUIRE(parse_json(text, "a.json").dump() == text);
}

TEST_CASE("an unknown key is refused with the nearest known one", "[base][json]") {
    const Json json = parse_json(R"({"units": 3, "activtion": "relu"})", "a.json");
    const auto read = [&] {
        JsonReader reader(json, "a.json");
        reader.get<int>("units");
        reader.get<std::string>("activation", "none");
        reader.finish();
    };
    REQUIRE(message_of(read) == "a.json: unknown key 'activtion' (did you mean 'activation'?)");
}

TEST_CASE("a missing key is named, with a likely misspelling", "[base][json]") {
    const Json json = parse_json(R"({"unts": 3})", "a.json");
    REQUIRE(message_of([&] { JsonReader(json, "a.json").get<int>("units"); }) ==
            "a.json: the key 'units' is missing (is 'unts' a misspelling of it?)");
    REQUIRE(message_of([&] { JsonReader(json, "a.json").get<int>("classes"); }) ==
            "a.json: the key 'classes' is missing");
}

TEST_CASE("errors name the place inside the file", "[base][json]") {
    const Json json = parse_json(R"({"layers": [{"units": 1}, {"units": "two", "kind": "dens"}]})", "a.json");
    JsonReader reader(json, "a.json");
    auto layers = reader.at("layers").elements();
    REQUIRE(layers.size() == 2);
    REQUIRE(layers[0].get<int>("units") == 1);
    REQUIRE(message_of([&] { layers[1].get<int>("units"); }) == "a.json: layers[1].units: must be an integer");
    REQUIRE(message_of([&] {
                layers[1].choice("kind", {"dense", "relu"});
            }) == "a.json: layers[1].kind: 'dens' is not known here (did you mean 'dense'?)");
    REQUIRE(layers[1].choice("mode", {"x", "y"}, 1) == 1);
}

TEST_CASE("values of the wrong type or range are refused", "[base][json]") {
    const Json json = parse_json(R"({"b": 1, "i": 2.5, "big": 5000000000, "huge": 18446744073709551615, "minus": -1,
                                     "d": "1", "s": 3, "l": 3, "mixed": [1, "x"]})",
                                 "a.json");
    JsonReader r(json, "a.json");
    REQUIRE(message_of([&] { r.get<bool>("b"); }) == "a.json: b: must be true or false");
    REQUIRE(message_of([&] { r.get<std::int64_t>("i"); }) == "a.json: i: must be an integer");
    REQUIRE(message_of([&] { r.get<int>("big"); }) == "a.json: big: is out of range");
    REQUIRE(r.get<std::int64_t>("big") == 5000000000);
    REQUIRE(message_of([&] { r.get<std::int64_t>("huge"); }) == "a.json: huge: is too large");
    REQUIRE(message_of([&] { r.get<std::size_t>("minus"); }) == "a.json: minus: must not be negative");
    REQUIRE(message_of([&] { r.get<double>("d"); }) == "a.json: d: must be a number");
    REQUIRE(message_of([&] { r.get<std::string>("s"); }) == "a.json: s: must be a text in quotes");
    REQUIRE(message_of([&] { r.get<std::vector<int>>("l"); }) == "a.json: l: must be a list [ ], is number");
    REQUIRE(message_of([&] { r.get<std::vector<int>>("mixed"); }) == "a.json: mixed[1]: must be an integer");
    REQUIRE(message_of([&] { r.at("b").has("x"); }) == "a.json: b: must be an object { }, is number");
    REQUIRE(r.get<double>("b") == 1.0);
    REQUIRE(r.get<double>("absent", 2.5) == 2.5);
}

TEST_CASE("lists of every element type are read", "[base][json]") {
    const Json json = parse_json(R"({"d": [1, 2.5], "i": [1, -2], "s": ["a", "b"], "none": []})", "a.json");
    JsonReader r(json, "a.json");
    REQUIRE(r.get<std::vector<double>>("d") == std::vector<double>{1, 2.5});
    REQUIRE(r.get<std::vector<int>>("i") == std::vector<int>{1, -2});
    REQUIRE(r.get<std::vector<std::int64_t>>("i") == std::vector<std::int64_t>{1, -2});
    REQUIRE(r.get<std::vector<std::string>>("s") == std::vector<std::string>{"a", "b"});
    REQUIRE(r.get<std::vector<std::size_t>>("none").empty());
    r.finish();
}
