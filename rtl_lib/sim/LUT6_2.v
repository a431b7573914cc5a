// LUT6_2: behaviour of AMD's six-input look-up table with two outputs, for simulators. O6 looks {I5, ..., I0} up in INIT,
// O5 {I4, ..., I0} in its lower half.
`default_nettype none

module LUT6_2 #(
    parameter [63:0] INIT = 64'd0
) (
    input  wire I0,
    input  wire I1,
    input  wire I2,
    input  wire I3,
    input  wire I4,
    input  wire I5,
    output wire O5,
    output wire O6
);

    wire [4:0] low = {I4, I3, I2, I1, I0};

    assign O5 = INIT[{1'b0, low}];
    assign O6 = INIT[{I5, low}];

endmodule

`default_nettype wire
