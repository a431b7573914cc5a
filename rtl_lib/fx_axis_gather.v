// fx_axis_gather: makes one vector of the beats of an AXI4-Stream. Beat k carries bits [k*LANE +: LANE]; bits of the last
// beat beyond the vector are ignored. tlast ends a vector wherever it comes: beats that were not sent are zero, and the next
// beat is the first of a new vector.
//
// WIDTH  bits of a vector
// LANE   bits of a beat. A vector that fits one beat passes in the same cycle, without registers; else it comes out one
//        cycle after its last beat, while the first beat of the next one may already enter.
`default_nettype none

module fx_axis_gather #(
    parameter WIDTH = 8,
    parameter LANE = 8
) (
    input  wire             clk_i,
    input  wire             resetn_i,
    input  wire             accept_i,     // a beat is taken in this cycle
    input  wire [ LANE-1:0] data_i,
    input  wire             last_i,
    output wire             first_o,      // the beat of this cycle is the first of its vector
    output wire             first_next_o, // the one of the next cycle is
    output wire             valid_o,
    output wire [WIDTH-1:0] data_o,
    output wire             last_o
);

    localparam BEATS = (WIDTH + LANE - 1) / LANE;

    genvar k;
    generate
        if (BEATS == 1) begin : g_through
            assign first_o = 1'b1;
            assign first_next_o = 1'b1;
            assign valid_o = accept_i;
            assign data_o = data_i[WIDTH-1:0];
            assign last_o = last_i;
            wire _unused = &{1'b0, clk_i, resetn_i, data_i};
        end else begin : g_gather
            reg [BEATS-1:0] at_q; // one-hot: the lane of the next beat
            reg valid_q, last_q;
            wire complete = accept_i & (last_i | at_q[BEATS-1]);
            always @(posedge clk_i) begin
                if (!resetn_i || complete) begin
                    at_q <= {{(BEATS-1){1'b0}}, 1'b1};
                end else if (accept_i) begin
                    at_q <= {at_q[BEATS-2:0], 1'b0};
                end
                valid_q <= resetn_i & complete;
                last_q <= last_i;
            end
            for (k = 0; k < BEATS; k = k + 1) begin : g_lane
                localparam BITS = (k == BEATS - 1) ? WIDTH - k * LANE : LANE;
                reg [BITS-1:0] lane_q;
                if (k == 0) begin : g_first
                    always @(posedge clk_i) if (accept_i & at_q[0]) lane_q <= data_i[BITS-1:0];
                end else begin : g_later
                    always @(posedge clk_i) begin
                        if (accept_i & at_q[0]) begin
                            lane_q <= {BITS{1'b0}};
                        end else if (accept_i & at_q[k]) begin
                            lane_q <= data_i[BITS-1:0];
                        end
                    end
                end
                assign data_o[k*LANE +: BITS] = lane_q;
            end
            assign first_o = at_q[0];
            assign first_next_o = accept_i ? complete : at_q[0];
            assign valid_o = valid_q;
            assign last_o = last_q;
        end
    endgenerate

endmodule

`default_nettype wire
