// fx_saturate: clamps a two's-complement number to the range of a narrower one.
//
// IN_WIDTH    bits of the input, sign bit included; at least OUT_WIDTH, and more than OUT_WIDTH when OUT_SIGNED is 0
// OUT_WIDTH   bits of the result
// OUT_SIGNED  1: -2^(OUT_WIDTH-1) .. 2^(OUT_WIDTH-1) - 1; 0: 0 .. 2^OUT_WIDTH - 1
// SYMMETRIC   1: the lowest result is minus the highest (OUT_SIGNED only)
`default_nettype none

module fx_saturate #(
    parameter IN_WIDTH = 9,
    parameter OUT_WIDTH = 8,
    parameter OUT_SIGNED = 1,
    parameter SYMMETRIC = 0
) (
    input  wire [ IN_WIDTH-1:0] value_i,
    output wire [OUT_WIDTH-1:0] value_o
);

    localparam HEAD = (OUT_SIGNED != 0) ? OUT_WIDTH - 1 : OUT_WIDTH;
    localparam [OUT_WIDTH-1:0] ONES = {OUT_WIDTH{1'b1}};
    localparam [OUT_WIDTH-1:0] MOST = (OUT_SIGNED != 0) ? ONES >> 1 : ONES;
    localparam [OUT_WIDTH-1:0] LEAST = (SYMMETRIC != 0) ? -MOST : (OUT_SIGNED != 0) ? ~MOST : ~ONES;

    wire [IN_WIDTH-1:HEAD] head = value_i[IN_WIDTH-1:HEAD];
    wire negative = value_i[IN_WIDTH-1];
    wire above = ~negative & (|head);
    wire below;

    generate
        if (OUT_SIGNED == 0) begin : g_unsigned
            assign below = negative;
        end else if (SYMMETRIC == 0) begin : g_signed
            assign below = negative & ~(&head);
        end else begin : g_symmetric
            assign below = negative & (~(&head) | (value_i[OUT_WIDTH-1:0] == ~MOST));
        end
    endgenerate

    assign value_o = above ? MOST : below ? LEAST : value_i[OUT_WIDTH-1:0];

endmodule

`default_nettype wire
