// fx_axis: AXI4-Stream on both sides of a pipeline that never stops. A vector enters only when a place in the FIFO behind the
// pipeline is free for it, so nothing is lost under back-pressure and the pipeline needs no clock enable. tlast travels with
// the vector whose beat carried it. tready is a register. After reset the pipeline runs empty before tready rises.
//
// IN_WIDTH, OUT_WIDTH  bits of the pipeline's data ports
// IN_LANE, OUT_LANE    bits of a beat on either side; a wider vector takes several beats, lowest bits first
// LATENCY              clock cycles of the pipeline, 0 or more
// ADDRESS              2^ADDRESS places, 1 or more. Any value is safe; full throughput needs a place for every vector between
//                      the first beat that enters and the last that leaves (src/rtl/axis computes it)
`default_nettype none

module fx_axis #(
    parameter IN_WIDTH = 8,
    parameter OUT_WIDTH = 8,
    parameter IN_LANE = 8,
    parameter OUT_LANE = 8,
    parameter LATENCY = 1,
    parameter ADDRESS = 3
) (
    input  wire                 clk_i,
    input  wire                 resetn_i,
    input  wire [  IN_LANE-1:0] s_tdata_i,
    input  wire                 s_tvalid_i,
    output wire                 s_tready_o,
    input  wire                 s_tlast_i,
    output wire [ OUT_LANE-1:0] m_tdata_o,
    output wire                 m_tvalid_o,
    input  wire                 m_tready_i,
    output wire                 m_tlast_o,
    output wire                 core_valid_o,
    output wire [ IN_WIDTH-1:0] core_data_o,
    input  wire                 core_valid_i,
    input  wire [OUT_WIDTH-1:0] core_data_i
);

    localparam WAIT = $clog2(LATENCY + 2);

    reg tready_q, pop_q;
    reg [ADDRESS:0] free_q; // places that no vector has taken
    reg [WAIT-1:0] drain_q; // cycles until the pipeline holds nothing from before the reset

    wire accept = s_tvalid_i & tready_q;
    wire first, first_next, core_last, push_last, pop;
    wire drained = drain_q == {WAIT{1'b0}};
    wire [ADDRESS:0] free_next = free_q + {{ADDRESS{1'b0}}, pop_q} - {{ADDRESS{1'b0}}, accept & first};

    always @(posedge clk_i) begin
        if (!resetn_i) begin
            tready_q <= 1'b0;
            pop_q <= 1'b0;
            free_q <= {1'b1, {ADDRESS{1'b0}}};
            drain_q <= LATENCY[WAIT-1:0];
        end else begin
            tready_q <= drained & (~first_next | (free_next != {(ADDRESS + 1){1'b0}}));
            pop_q <= pop;
            free_q <= free_next;
            if (!drained) drain_q <= drain_q - 1'b1;
        end
    end

    fx_axis_gather #(.WIDTH(IN_WIDTH), .LANE(IN_LANE)) gather (
        .clk_i(clk_i), .resetn_i(resetn_i), .accept_i(accept), .data_i(s_tdata_i), .last_i(s_tlast_i), .first_o(first),
        .first_next_o(first_next), .valid_o(core_valid_o), .data_o(core_data_o), .last_o(core_last));

    generate
        if (LATENCY == 0) begin : g_no_delay
            assign push_last = core_last;
        end else begin : g_delay
            fx_valid #(.LATENCY(LATENCY)) last (
                .clk_i(clk_i), .valid_i(core_last), .valid_o(push_last));
        end
    endgenerate

    fx_axis_scatter #(.WIDTH(OUT_WIDTH), .LANE(OUT_LANE), .ADDRESS(ADDRESS)) scatter (
        .clk_i(clk_i), .resetn_i(resetn_i), .push_i(core_valid_i & drained), .data_i(core_data_i), .last_i(push_last),
        .pop_o(pop), .tdata_o(m_tdata_o), .tvalid_o(m_tvalid_o), .tready_i(m_tready_i), .tlast_o(m_tlast_o));

    assign s_tready_o = tready_q;

endmodule

`default_nettype wire
