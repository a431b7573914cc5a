// Vectors for verification: inside the formats, with every corner, the same for the same seed.
#include "cli/stimulus.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace bitgrain;
using bitgrain::cli::Stimulus;

namespace {

const std::vector<fx::Format> formats{{false, 4, 0}, {true, 2, 1}, {false, 0, 0}, {true, 0, 0}};

std::vector<std::int64_t> row(const Stimulus& stimulus, std::size_t r) {
    const auto all = stimulus.codes().subspan(r * formats.size(), formats.size());
    return {all.begin(), all.end()};
}

} // namespace

TEST_CASE("corners hold the ends of every input, alone and together", "[cli][stimulus]") {
    Stimulus stimulus(formats);
    stimulus.add_corners();
    std::set<std::vector<std::int64_t>> seen;
    for (std::size_t r = 0; r < stimulus.rows(); ++r)
        seen.insert(row(stimulus, r));
    const std::vector<std::vector<std::int64_t>> wanted{{0, 0, 0, 0},  {0, -8, 0, -1},  {15, 7, 0, 0},
                                                        {15, 0, 0, 0}, {0, 7, 0, 0},    {0, -8, 0, 0},
                                                        {0, 0, 0, -1}, {15, -8, 0, -1}, {0, 7, 0, 0}};
    for (const auto& vector : wanted)
        REQUIRE(seen.contains(vector));
    REQUIRE(stimulus.corner_rows() == 7 + 2 * formats.size());
}

TEST_CASE("random vectors stay inside the formats and reach their ends", "[cli][stimulus]") {
    Stimulus stimulus(formats);
    stimulus.add_random(3000, 5);
    std::vector<std::set<std::int64_t>> seen(formats.size());
    for (std::size_t r = 0; r < stimulus.rows(); ++r) {
        const auto vector = row(stimulus, r);
        for (std::size_t i = 0; i < formats.size(); ++i)
            seen[i].insert(vector[i]);
    }
    for (std::size_t i = 0; i < formats.size(); ++i) {
        CAPTURE(i);
        REQUIRE(*seen[i].begin() == formats[i].min_code());
        REQUIRE(*seen[i].rbegin() == formats[i].max_code());
        REQUIRE(static_cast<std::int64_t>(seen[i].size()) == formats[i].max_code() - formats[i].min_code() + 1);
    }
}

TEST_CASE("the same seed gives the same vectors and rows know their origin", "[cli][stimulus]") {
    const std::vector<std::int64_t> data{1, 2, 0, -1, 3, 4, 0, 0};
    Stimulus a(formats), b(formats), c(formats);
    for (Stimulus* s : {&a, &b, &c}) {
        s->add_data(data);
        s->add_corners();
    }
    a.add_random(50, 9);
    b.add_random(50, 9);
    c.add_random(50, 10);
    REQUIRE(std::equal(a.codes().begin(), a.codes().end(), b.codes().begin(), b.codes().end()));
    REQUIRE_FALSE(std::equal(a.codes().begin(), a.codes().end(), c.codes().begin(), c.codes().end()));
    REQUIRE(a.data_rows() == 2);
    REQUIRE(a.random_rows() == 50);
    REQUIRE(row(a, 1) == std::vector<std::int64_t>{3, 4, 0, 0});
    REQUIRE(a.describe(1) == "row 1 of the data");
    REQUIRE(a.describe(2) == "corner 0");
    REQUIRE(a.describe(2 + a.corner_rows()) == "random vector 0");
}
