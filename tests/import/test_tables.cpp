// Tables of functions: entries that single precision may round to the neighbour are counted.
#include "import/context.hpp"
#include "import/layers/tables.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;

TEST_CASE("table entries within single precision of a border are counted, exact halves are not", "[import][tables]") {
    import::Layer layer;
    layer.name = "t";
    layer.where = "m.keras: layer 't' (QUnaryFunctionLUT)";
    layer.config = Json::object();
    const import::Quantizer in{{1}, {{{false, 2, 1}, fx::Round::rnd, fx::Overflow::sat}}, model::Rounding::rnd, {3}};
    const import::Quantizer out{{1}, {{{false, 3, 0}, fx::Round::rnd, fx::Overflow::sat}}, model::Rounding::rnd, {3}};
    const auto uncertain = [&](const import::Function& function) {
        import::Builder builder("m");
        import::Notes notes;
        const import::Context context(layer, nullptr, {builder.input("x", {1})}, builder, notes);
        import::Tables tables(context);
        tables.add(in, out, 0, {}, function);
        CHECK(tables.take().tables.at(0).values.size() == 8); // 0, 0.5, 1, ..., 3.5
        return notes.uncertain_entries;
    };
    CHECK(uncertain([](double x) { return x; }) == 0);
    CHECK(uncertain([](double x) { return x + 1e-9; }) == 4); // 0.5, 1.5, 2.5 and 3.5
    CHECK(uncertain([](double x) { return x + 1e-5; }) == 0);
}
