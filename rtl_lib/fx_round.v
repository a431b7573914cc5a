// fx_round: drops the low DROP bits and rounds to nearest. Ties go to plus infinity, or to even. The result is taken
// modulo 2^WIDTH, which is exact whenever it fits; the caller extends the sign of the input to WIDTH + DROP bits.
//
// WIDTH       bits of the result
// DROP        bits dropped, 1 or more
// CONVERGENT  1: ties to even; 0: ties up (then only the highest dropped bit matters, so DROP = 1 is enough)
`default_nettype none

module fx_round #(
    parameter WIDTH = 8,
    parameter DROP = 1,
    parameter CONVERGENT = 0
) (
    input  wire [WIDTH+DROP-1:0] value_i,
    output wire [     WIDTH-1:0] value_o
);

    wire half = value_i[DROP-1];
    wire up;

    generate
        if (CONVERGENT == 0) begin : g_up
            assign up = half;
        end else if (DROP == 1) begin : g_even_half
            assign up = half & value_i[DROP];
        end else begin : g_even
            assign up = half & (value_i[DROP] | (|value_i[DROP-2:0]));
        end

        if (WIDTH == 1) begin : g_bit
            assign value_o = value_i[DROP] ^ up;
        end else begin : g_add
            assign value_o = value_i[WIDTH+DROP-1:DROP] + {{(WIDTH-1){1'b0}}, up};
        end
    endgenerate

endmodule

`default_nettype wire
