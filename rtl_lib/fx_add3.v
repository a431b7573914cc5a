// fx_add3: adds or subtracts three two's-complement numbers in one carry chain. The sum is taken modulo 2^WIDTH, which is
// exact whenever it fits.
//
// On AMD devices each bit is one LUT6 with two outputs: O5 is the carry of a 3:2 compressor, which goes through a net to
// the next bit; O6 is the sum bit of the compressor and the carry from the bit below, the propagate signal of the chain
// (US patent 7274211, long expired). Bits above the operands repeat their signs and share one LUT. A minus sign inverts
// its operand inside the LUTs; the ones that complete the two's complement are the two free carries into bit 0.
//
// WIDTH    bits of the sum, 2 or more
// OPERAND  bits of each operand, sign bit included, 2 to WIDTH; beyond OPERAND + 2 a wider sum says nothing new
// MINUS    0: a + b + c; 1: a + b - c; 2: a - b - c
// CARRY    what the device has: 4: LUT6_2 and CARRY4 (7-series); 8: LUT6_2 and CARRY8 (UltraScale, UltraScale+); 0: an
//          expression, in which Vivado finds the same circuit by itself and other tools find two chains
//
// A simulator sees the expression: Vivado and Yosys define SYNTHESIS, simulators do not. tests/rtl defines it and compares
// the circuits with models of the primitives (rtl_lib/sim).
`default_nettype none

module fx_add3 #(
    parameter WIDTH = 8,
    parameter OPERAND = 8,
    parameter MINUS = 0,
    parameter CARRY = 0
) (
    input  wire [OPERAND-1:0] a_i,
    input  wire [OPERAND-1:0] b_i,
    input  wire [OPERAND-1:0] c_i,
    output wire [  WIDTH-1:0] sum_o
);

`ifdef SYNTHESIS
    localparam FORM = CARRY;
`else
    localparam FORM = 0 * CARRY;
`endif

    localparam TOP = OPERAND - 1;

    generate
        if (FORM == 0) begin : g_expression
            localparam EXTRA = WIDTH - TOP;
            wire [WIDTH-1:0] a = {{EXTRA{a_i[TOP]}}, a_i[TOP-1:0]};
            wire [WIDTH-1:0] b = {{EXTRA{b_i[TOP]}}, b_i[TOP-1:0]};
            wire [WIDTH-1:0] c = {{EXTRA{c_i[TOP]}}, c_i[TOP-1:0]};
            if (MINUS == 0) begin : g_0
                assign sum_o = a + b + c;
            end else if (MINUS == 1) begin : g_1
                assign sum_o = a + b - c;
            end else begin : g_2
                assign sum_o = a - b - c;
            end
        end else begin : g_carry
            localparam BLOCKS = (WIDTH + FORM - 1) / FORM;
            localparam BITS = BLOCKS * FORM;
            // Truth tables over {c, b, a}, operands with a minus sign inverted.
            localparam [7:0] MAJORITY = (MINUS == 0) ? 8'hE8 : (MINUS == 1) ? 8'h8E : 8'h2B;
            localparam [7:0] PARITY = (MINUS == 1) ? 8'h69 : 8'h96;

            wire [OPERAND:0] compressed; // carries of the compressor, each at the bit it goes to
            wire [BITS-1:0] propagate, generated, sum;
            wire [BITS:0] carry;

            assign compressed[0] = (MINUS == 2);
            assign carry[0] = (MINUS != 0);
            assign sum_o = sum[WIDTH-1:0];

            wire [7:0] signs = PARITY ^ MAJORITY;
            wire above = signs[{c_i[TOP], b_i[TOP], a_i[TOP]}];

            genvar k;
            for (k = 0; k < BITS; k = k + 1) begin : g_bit
                if (k < OPERAND) begin : g_lut
                    LUT6_2 #(
                        .INIT({{2{~PARITY, PARITY}}, {4{MAJORITY}}})
                    ) lut (
                        .I0(a_i[k]),
                        .I1(b_i[k]),
                        .I2(c_i[k]),
                        .I3(compressed[k]),
                        .I4(1'b0),
                        .I5(1'b1),
                        .O5(compressed[k+1]),
                        .O6(propagate[k])
                    );
                    assign generated[k] = compressed[k];
                end else if (k < WIDTH) begin : g_sign
                    assign propagate[k] = above;
                    assign generated[k] = compressed[OPERAND];
                end else begin : g_none
                    assign propagate[k] = 1'b0;
                    assign generated[k] = 1'b0;
                end
            end
            for (k = 0; k < BLOCKS; k = k + 1) begin : g_block
                if (FORM == 4) begin : g_4
                    CARRY4 chain (
                        .CI((k == 0) ? 1'b0 : carry[4*k]),
                        .CYINIT((k == 0) ? carry[0] : 1'b0),
                        .DI(generated[4*k+:4]),
                        .S(propagate[4*k+:4]),
                        .O(sum[4*k+:4]),
                        .CO(carry[4*k+1+:4])
                    );
                end else begin : g_8
                    CARRY8 #(
                        .CARRY_TYPE("SINGLE_CY8")
                    ) chain (
                        .CI(carry[8*k]),
                        .CI_TOP(1'b0),
                        .DI(generated[8*k+:8]),
                        .S(propagate[8*k+:8]),
                        .O(sum[8*k+:8]),
                        .CO(carry[8*k+1+:8])
                    );
                end
            end

            wire _unused = &{1'b0, carry, sum, compressed[OPERAND], above};
        end
    endgenerate

endmodule

`default_nettype wire
