// @MODULE@_pins: @MODULE@ behind two shift registers, so that it can be placed and routed alone on a device with few pins.
// Not for use: load_i takes a result, which then leaves bit by bit.
`default_nettype none

module @MODULE@_pins (
    input  wire clk,
    input  wire serial_i,
    input  wire load_i,
    output wire serial_o
);

    reg [@IN_WIDTH@:0] in_q;   // in_valid, in_data
    reg [@OUT_WIDTH@:0] out_q; // out_valid, out_data
    wire [@OUT_WIDTH@:0] out;

    @MODULE@ core (.clk(clk), .in_valid(in_q[@IN_WIDTH@]), .in_data(in_q[@IN_WIDTH@-1:0]),
        .out_data(out[@OUT_WIDTH@-1:0]), .out_valid(out[@OUT_WIDTH@]));

    always @(posedge clk) begin
        in_q <= {in_q[@IN_WIDTH@-1:0], serial_i};
        out_q <= load_i ? out : {out_q[@OUT_WIDTH@-1:0], 1'b0};
    end

    assign serial_o = out_q[@OUT_WIDTH@];

endmodule

`default_nettype wire
