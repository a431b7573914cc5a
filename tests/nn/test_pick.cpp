// Picking by limits: on EBOPs and on what a point's design takes.
#include "base/error.hpp"
#include "nn/front.hpp"
#include "nn/pick.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace bitgrain;
using namespace bitgrain::nn;
using Catch::Contains;

namespace {

/// Points of 100, 200, ... EBOPs, named by their number.
Front rising(int points) {
    Front front;
    front.metric_name = "accuracy";
    for (int i = 1; i <= points; ++i) {
        Point p;
        p.ebops = 100.0 * i;
        p.expected = 0.5 + 0.001 * i;
        p.checkpoint = std::to_string(i);
        front.points.push_back(p);
    }
    return front;
}

} // namespace

TEST_CASE("a rule of limits takes the best point whose design keeps them all", "[nn][front]") {
    const Front front = rising(200);
    std::set<double> asked;
    const DesignOf design = [&asked](const Point& p) -> std::map<std::string, double> {
        asked.insert(p.ebops);
        return {{"lut", 0.6 * p.ebops}, {"ff", 50 + 0.1 * p.ebops}, {"cycles", p.ebops > 5000 ? 5 : 4}, {"ns", 20}};
    };
    CHECK(pick(front, "lut<=3000", design).checkpoint == "50");
    CHECK(asked.size() <= 8 + 3); // halving 200 points, and those above
    CHECK(pick(front, "lut<=2999.9", design).checkpoint == "49");
    CHECK(pick(front, "lut<=1e9, ff<=150", design).checkpoint == "10");
    CHECK(pick(front, "cycles<=4,lut<=100000", design).checkpoint == "50");
    CHECK(pick(front, "ns<=20", design).checkpoint == "200");
    asked.clear();
    CHECK(pick(front, "ebops<=1234,lut<=100000", design).checkpoint == "12");
    CHECK(*asked.rbegin() <= 1234); // the cheap limit is looked at first
    CHECK_THROWS_WITH(pick(front, "ns<=19", design), Contains("no point fits") && Contains("ns 20"));
    CHECK_THROWS_WITH(pick(front, "lut<=59", design), Contains("no point fits") && Contains("lut 60"));
}

TEST_CASE("a point a little above that keeps the limits again is found", "[nn][front]") {
    const Front front = rising(40);
    const DesignOf design = [](const Point& p) -> std::map<std::string, double> {
        // Points 21 and 22 are worse than 23, which is worse than the limit no more.
        return {{"lut", p.ebops == 2100 || p.ebops == 2200 ? 2500 : p.ebops}};
    };
    CHECK(pick(front, "lut<=2300", design).checkpoint == "23");
    CHECK(pick(front, "lut<=2050", design).checkpoint == "20");
}

TEST_CASE("rules of limits are read before any front", "[nn][front]") {
    const PickRule rule = read_pick(" lut <= 5000 , ns<=20", "accuracy", true);
    CHECK(rule.kind == PickRule::Kind::limits);
    REQUIRE(rule.limits.size() == 2);
    CHECK(rule.limits[0].quantity == "lut");
    CHECK(rule.limits[0].most == 5000.0);
    CHECK(rule.limits[1].quantity == "ns");
    CHECK(rule.needs_designs());
    CHECK_FALSE(read_pick("ebops<=3000", "accuracy", true).needs_designs());
    for (const char* bad :
         {"lut<=5000,", ",lut<=1", "lut>=5", "luts<=5", "lut<=", "lut<=5,accuracy>=0.9", "lut<=nan", ""})
        CHECK_THROWS_AS(read_pick(bad, "accuracy", true), Error);
    CHECK_THROWS_WITH(read_pick("dsp<=1", "rms", false), Contains("rms<=N") && Contains("lut<=N"));
}
