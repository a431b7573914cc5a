// The cell fx_add3 alone, in Icarus: every form, every combination of minus signs, every width that its header allows
// for small operands and for a few large ones, against plain Verilog integers.
#include "rtl/design.hpp"

using namespace bitgrain;

namespace {

const std::string bench = R"(`default_nettype none
module check #(parameter WIDTH = 2, OPERAND = 2, MINUS = 0, CARRY = 0) (
    input wire [OPERAND-1:0] a, b, c,
    input wire strobe
);
    wire [WIDTH-1:0] sum;
    fx_add3 #(.WIDTH(WIDTH), .OPERAND(OPERAND), .MINUS(MINUS), .CARRY(CARRY)) cell_i
        (.a_i(a), .b_i(b), .c_i(c), .sum_o(sum));
    wire signed [63:0] wide_a = $signed(a), wide_b = $signed(b), wide_c = $signed(c);
    wire signed [63:0] expected = wide_a + (MINUS > 1 ? -wide_b : wide_b) + (MINUS > 0 ? -wide_c : wide_c);
    always @(posedge strobe) begin
        bench.compared = bench.compared + 1;
        if (sum !== expected[WIDTH-1:0]) begin
            bench.wrong = bench.wrong + 1;
            $display("WIDTH %0d OPERAND %0d MINUS %0d CARRY %0d: %h %h %h gave %h", WIDTH, OPERAND, MINUS, CARRY, a, b,
                     c, sum);
        end
    end
endmodule

module forms #(parameter OPERAND = 2, VECTORS = 64) ();
    reg [OPERAND-1:0] a, b, c;
    reg strobe;
    integer row;
    genvar extra, minus, carry;
    generate
        for (extra = 0; extra <= 2; extra = extra + 1) begin : g_width
            for (minus = 0; minus <= 2; minus = minus + 1) begin : g_minus
                for (carry = 0; carry <= 8; carry = carry + 4) begin : g_carry
                    check #(.WIDTH(OPERAND + extra), .OPERAND(OPERAND), .MINUS(minus), .CARRY(carry)) one
                        (.a(a), .b(b), .c(c), .strobe(strobe));
                end
            end
        end
    endgenerate
    initial begin
        for (row = 0; row < VECTORS; row = row + 1) begin
            if (3 * OPERAND <= 12) {a, b, c} = row;
            else begin
                a = {$random(bench.seed), $random(bench.seed)};
                b = {$random(bench.seed), $random(bench.seed)};
                c = {$random(bench.seed), $random(bench.seed)};
            end
            strobe = 0;
            #1 strobe = 1;
            #1;
        end
    end
endmodule

module bench;
    integer wrong = 0, compared = 0, seed = 7;
    forms #(.OPERAND(2), .VECTORS(64)) two ();
    forms #(.OPERAND(3), .VECTORS(512)) three ();
    forms #(.OPERAND(4), .VECTORS(4096)) four ();
    forms #(.OPERAND(7), .VECTORS(500)) seven ();
    forms #(.OPERAND(8), .VECTORS(500)) eight ();
    forms #(.OPERAND(33), .VECTORS(500)) many ();
    initial #10000 $display("%0d compared, %0d wrong", compared, wrong);
endmodule
)";

} // namespace

TEST_CASE("fx_add3 is the sum in every form, for all signs, and for all operands of up to four bits", "[rtl][add3]") {
    const test::Scratch scratch;
    write_file(scratch.path() / "bench.v", bench);
    test::write_primitives(scratch.path());
    test::fs::copy_file(test::source_folder / "rtl_lib" / "fx_add3.v", scratch.path() / "fx_add3.v");
    test::require_silent({"iverilog", "-g2001", "-DSYNTHESIS", "-Wall", "-Wno-timescale", "-s", "bench", "-o", "bench"},
                         {"bench.v", "fx_add3.v", "LUT6_2.v", "CARRY4.v", "CARRY8.v"}, scratch.path());
    const cosim::Completed done = cosim::run({"vvp", "bench"}, scratch.path());
    INFO("random operands from seed 7\n" << cosim::last_lines(done.output, 5));
    CHECK(done.status == 0);
    CHECK(done.output == std::to_string((64 + 512 + 4096 + 3 * 500) * 27) + " compared, 0 wrong\n");
}
