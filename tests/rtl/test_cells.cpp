// Seam C6: every op and parameter corner, evaluate() against Verilator. All instances sit in one design, each with
// inputs of its own, so that one build covers them all; instances of up to 12 input bits are tested for every input.
#include "rtl/design.hpp"

using namespace bitgrain;
using fx::Overflow;
using fx::Round;

namespace {

constexpr int vector_bits = 12;
constexpr std::size_t rows = 4096;

class Cells {
  public:
    Cells() : builder_("cells"), random_(7) {}

    /// An input of the instance; its codes are the bits of the row number from `at` up, so that the inputs of one
    /// instance, stacked, run through all combinations. An instance wider than 12 bits gets random codes.
    ir::Signal input(const fx::Format& format) {
        const std::string name = "i" + std::to_string(instances_) + "[" + std::to_string(at_.size()) + "]";
        at_.push_back(used_);
        formats_.push_back(format);
        used_ += format.width();
        return builder_.input(name, format);
    }
    void finish(ir::Signal result) {
        builder_.output("o" + std::to_string(instances_++), result);
        if (used_ > vector_bits) std::fill(at_.begin() + static_cast<std::ptrdiff_t>(first_), at_.end(), -1);
        first_ = at_.size();
        used_ = 0;
    }

    ir::Builder& builder() { return builder_; }
    Random& random() { return random_; }
    int pick(int lo, int hi) { return static_cast<int>(random_.integer(lo, hi)); }
    int instances() const { return instances_; }

    std::vector<std::int64_t> vectors() {
        std::vector<std::int64_t> codes;
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t i = 0; i < at_.size(); ++i) {
                const fx::Interval range = fx::range_of(formats_[i]);
                const std::int64_t count = range.hi - range.lo + 1;
                const std::int64_t code = at_[i] < 0 ? random_.integer(0, count - 1)
                                                     : fx::shift_right(static_cast<std::int64_t>(row), at_[i]) % count;
                codes.push_back(range.lo + code);
            }
        }
        return codes;
    }

  private:
    ir::Builder builder_;
    Random random_;
    std::vector<int> at_;
    std::vector<fx::Format> formats_;
    int instances_ = 0, used_ = 0;
    std::size_t first_ = 0;
};

fx::Format format(bool sign, int width, int fraction) {
    return {sign, width - (sign ? 1 : 0) - fraction, fraction};
}

void add_casts(Cells& cells) {
    for (const Round round : {Round::trn, Round::rnd, Round::rnd_conv}) {
        for (const Overflow overflow : {Overflow::wrap, Overflow::sat, Overflow::sat_sym}) {
            for (int corner = 0; corner < 8; ++corner) {
                const bool in_sign = corner % 2 != 0, out_sign = corner / 2 % 2 != 0, negate = corner / 4 != 0;
                for (int width = 1; width <= vector_bits; ++width) {
                    const ir::Signal x = cells.input(format(in_sign, width, cells.pick(-3, 9)));
                    const fx::Interval in = cells.builder().interval(x);
                    const int drop = cells.pick(-2, std::min(width, 5)), out_width = cells.pick(1, width);
                    const fx::Format out = format(out_sign, out_width, in.fraction - drop);
                    cells.finish(cells.builder().cast(negate ? ir::Builder::negate(x) : x, {out, round, overflow}));
                }
            }
        }
    }
}

void add_adders(Cells& cells) {
    for (int shift = -7; shift <= 7; ++shift) {
        for (int corner = 0; corner < 12; ++corner) {
            const ir::Signal a = cells.input(format(corner % 2 != 0, cells.pick(1, 6), 0));
            ir::Signal b = ir::Builder::shift(cells.input(format(corner / 2 % 2 != 0, cells.pick(1, 6), 0)), shift);
            if (corner / 4 == 1) b = ir::Builder::negate(b);
            cells.finish(cells.builder().add(corner / 4 == 2 ? ir::Builder::negate(a) : a, b));
        }
    }
    for (int k = 0; k < 100; ++k) {
        const ir::Signal a = cells.input(format(k % 2 != 0, cells.pick(1, 6), cells.pick(-3, 3)));
        cells.finish(cells.builder().add(k % 4 < 2 ? a : ir::Builder::negate(a),
                                         cells.builder().constant(cells.pick(-40, 40), cells.pick(-9, 9))));
    }
    for (int width = 7; width <= 31; ++width) {
        const ir::Signal a = cells.input(format(true, width, 3)), b = cells.input(format(false, width - 5, 0));
        cells.finish(cells.builder().add(a, ir::Builder::negate(b)));
    }
}

/// Three operands, or two and a constant.
void add_adders_of_three(Cells& cells) {
    for (int k = 0; k < 200; ++k) {
        ir::Signal in[3];
        for (ir::Signal& signal : in) {
            signal = cells.input(format(cells.random().chance(0.5), cells.pick(1, 4), cells.pick(-2, 5)));
            if (cells.random().chance(0.4)) signal = ir::Builder::negate(signal);
        }
        if (k % 4 == 0) in[2] = cells.builder().constant(cells.pick(-20, 20), cells.pick(-2, 4));
        cells.finish(cells.builder().add(in[0], in[1], in[2]));
    }
    for (int width = 4; width <= 31; ++width) {
        const ir::Signal a = cells.input(format(true, width, 2)), b = cells.input(format(false, width - 3, 0));
        const ir::Signal c = cells.input(format(true, width - 1, 1));
        cells.finish(cells.builder().add(a, ir::Builder::negate(b), width % 2 == 0 ? c : ir::Builder::negate(c)));
    }
}

void add_selects(Cells& cells) {
    for (int k = 0; k < 160; ++k) {
        const auto some = [&cells](int width) {
            const ir::Signal signal = cells.input(format(cells.random().chance(0.7), width, cells.pick(-2, 3)));
            return cells.random().chance(0.4) ? ir::Builder::negate(signal) : signal;
        };
        ir::Builder& b = cells.builder();
        const ir::Signal s = some(cells.pick(1, 4));
        switch (k % 5) {
        case 0:
            cells.finish(b.select(s, some(4), some(4)));
            break;
        case 1:
            cells.finish(b.relu(s));
            break;
        case 2:
            cells.finish(b.maximum(s, some(5)));
            break;
        case 3:
            cells.finish(b.select(s, ir::Builder::negate(s), s));
            break;
        default:
            cells.finish(b.select(s, b.constant(cells.pick(-9, 9), 1), some(4)));
            break;
        }
    }
}

void add_tables_and_products(Cells& cells) {
    for (int width = 1; width <= 8; ++width) {
        for (int corner = 0; corner < 4; ++corner) {
            const ir::Signal x = cells.input(format(corner % 2 != 0, width, corner));
            ir::Table table;
            table.key = cells.builder().interval(x);
            table.fraction = cells.pick(-2, 4);
            const int bound = corner < 2 ? 1 : cells.pick(2, 100);
            for (std::int64_t code = table.key.lo; code <= table.key.hi; ++code) {
                table.codes.push_back(cells.pick(corner == 3 ? 0 : -bound, bound));
            }
            cells.finish(cells.builder().table(x, table));
        }
    }
    // An address that does not reach all codes of its width.
    const ir::Signal a = cells.input({true, 3, 0}), b = cells.input({true, 3, 0});
    const ir::Signal sum = cells.builder().add(a, ir::Builder::shift(b, 2));
    ir::Table table;
    table.key = cells.builder().interval(sum);
    for (std::int64_t code = table.key.lo; code <= table.key.hi; ++code)
        table.codes.push_back(code * code % 61);
    cells.finish(cells.builder().table(sum, table));
    for (int k = 0; k < 60; ++k) {
        const ir::Signal x = cells.input(format(k % 2 != 0, cells.pick(1, k < 50 ? 6 : 12), 2));
        const ir::Signal y = cells.input(format(k / 2 % 2 != 0, cells.pick(1, k < 50 ? 6 : 12), -1));
        cells.finish(cells.builder().mul(x, k % 7 == 0 ? cells.builder().constant(cells.pick(-30, 30), 2) : y));
    }
}

} // namespace

TEST_CASE("C6: every op in every corner is the same in Verilog and in the evaluator", "[rtl][c6]") {
    Cells cells;
    add_casts(cells);
    add_adders(cells);
    add_adders_of_three(cells);
    add_selects(cells);
    add_tables_and_products(cells);
    CHECK(cells.instances() > 1500);
    const std::vector<std::int64_t> vectors = cells.vectors();
    const test::Design design = test::make_design(cells.builder().finish(), test::combinational());
    CHECK(design.signature.latency_cycles == 0);

    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    test::require_accepted(design, scratch.path());
    test::require_equal(design, scratch.path(), vectors, {rows});
}

TEST_CASE("C6: adders of three are the same as expressions, as cells and as a device's primitives", "[rtl][c6]") {
    using enum cosim::AddersOfThree;
    const auto [target, adders, both] = GENERATE(table<const char*, cosim::AddersOfThree, bool>({
        {"generic", cells, false},
        {"xc7a100t", primitives, false},
        {"xcvu13p", primitives, false},
        {"xcvu13p", primitives, true},
        {"xcvu13p", expressions, true},
    }));
    CAPTURE(target, adders, both);
    Cells instances;
    add_adders_of_three(instances);
    const std::vector<std::int64_t> vectors = instances.vectors();
    test::Design design = test::make_design(instances.builder().finish(), test::combinational(), target);
    if (both) {
        rtl::EmitOptions options{rtl::Layout::per_layer, test::target(target)};
        options.most_cells_alone = 0;
        design.verilog = rtl::emit(design.netlist, design.schedule, design.signature, options);
    }
    CHECK(design.verilog.cells == std::vector<std::string>(adders == cells ? 0 : 1, "fx_add3"));

    const test::Scratch scratch;
    test::write_files(design, scratch.path());
    test::require_accepted(design, scratch.path());
    if (adders == primitives) test::write_primitives(scratch.path());
    if (adders == expressions) {
        test::fs::remove(scratch.path() / "fx_add3.v"); // so that an instance would be an error
        design.verilog.cells.clear();
        test::require_lint_clean(design, scratch.path(), {"-DBITGRAIN_EXPRESSIONS"});
    }
    test::Run run{rows};
    run.adders = adders;
    test::require_equal(design, scratch.path(), vectors, run);
}
