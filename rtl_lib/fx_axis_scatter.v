// fx_axis_scatter: keeps vectors in a FIFO and sends each as beats of an AXI4-Stream, beat k with bits [k*LANE +: LANE], zeros
// beyond the vector. All outputs are registers. Nobody stops the pushing side here: who pushes counts the free places.
//
// WIDTH    bits of a vector
// LANE     bits of a beat
// ADDRESS  the FIFO holds 2^ADDRESS vectors, 1 or more; memory read without a clock, so it becomes LUT RAM
`default_nettype none

module fx_axis_scatter #(
    parameter WIDTH = 8,
    parameter LANE = 8,
    parameter ADDRESS = 3
) (
    input  wire             clk_i,
    input  wire             resetn_i,
    input  wire             push_i,
    input  wire [WIDTH-1:0] data_i,
    input  wire             last_i, // the stream ends with this vector
    output wire             pop_o,  // a place became free in this cycle
    output wire [ LANE-1:0] tdata_o,
    output wire             tvalid_o,
    input  wire             tready_i,
    output wire             tlast_o
);

    localparam BEATS = (WIDTH + LANE - 1) / LANE;

    reg [WIDTH:0] memory [0:2**ADDRESS-1]; // last, data
    reg [ADDRESS:0] write_q, read_q;       // one bit more than an address: full and empty differ
    reg [LANE-1:0] tdata_q;
    reg tvalid_q, tlast_q;

    wire [WIDTH:0] head = memory[read_q[ADDRESS-1:0]];
    wire take = (write_q != read_q) & (~tvalid_q | tready_i);
    wire final_beat;
    wire [BEATS*LANE-1:0] padded;
    wire [LANE-1:0] lane;

    always @(posedge clk_i) begin
        if (push_i) memory[write_q[ADDRESS-1:0]] <= {last_i, data_i};
        if (take) begin
            tdata_q <= lane;
            tlast_q <= head[WIDTH] & final_beat;
        end
        if (!resetn_i) begin
            write_q <= {(ADDRESS + 1){1'b0}};
            read_q <= {(ADDRESS + 1){1'b0}};
            tvalid_q <= 1'b0;
        end else begin
            write_q <= write_q + {{ADDRESS{1'b0}}, push_i};
            read_q <= read_q + {{ADDRESS{1'b0}}, pop_o};
            tvalid_q <= take | (tvalid_q & ~tready_i);
        end
    end

    generate
        if (BEATS * LANE == WIDTH) begin : g_whole
            assign padded = head[WIDTH-1:0];
        end else begin : g_padded
            assign padded = {{(BEATS*LANE-WIDTH){1'b0}}, head[WIDTH-1:0]};
        end

        if (BEATS == 1) begin : g_through
            assign final_beat = 1'b1;
            assign lane = padded;
        end else begin : g_scatter
            localparam BITS = $clog2(BEATS);
            localparam [BITS-1:0] FINAL = BEATS[BITS-1:0] - 1'b1;
            reg [BITS-1:0] at_q; // the lane of the next beat
            always @(posedge clk_i) begin
                if (!resetn_i || pop_o) begin
                    at_q <= {BITS{1'b0}};
                end else if (take) begin
                    at_q <= at_q + 1'b1;
                end
            end
            assign final_beat = at_q == FINAL;
            assign lane = padded[at_q*LANE +: LANE];
        end
    endgenerate

    assign pop_o = take & final_beat;
    assign tdata_o = tdata_q;
    assign tvalid_o = tvalid_q;
    assign tlast_o = tlast_q;

endmodule

`default_nettype wire
