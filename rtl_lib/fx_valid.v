// fx_valid: the valid bit of a pipeline, LATENCY clock cycles late. The only register with a start value: after power-up
// nothing in the pipeline is valid.
//
// LATENCY  number of register ranks, 1 or more
`default_nettype none

module fx_valid #(
    parameter LATENCY = 1
) (
    input  wire clk_i,
    input  wire valid_i,
    output wire valid_o
);

    reg [LATENCY-1:0] valid_q;
    initial valid_q = {LATENCY{1'b0}};

    generate
        if (LATENCY == 1) begin : g_single
            always @(posedge clk_i) valid_q <= valid_i;
        end else begin : g_chain
            always @(posedge clk_i) valid_q <= {valid_q[LATENCY-2:0], valid_i};
        end
    endgenerate

    assign valid_o = valid_q[LATENCY-1];

endmodule

`default_nettype wire
