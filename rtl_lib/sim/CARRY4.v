// CARRY4: behaviour of the carry chain of an AMD 7-series slice, for simulators. CI comes from the slice below, CYINIT
// starts a chain; one of the two is 0.
`default_nettype none

module CARRY4 (
    input  wire       CI,
    input  wire       CYINIT,
    input  wire [3:0] DI,
    input  wire [3:0] S,
    output wire [3:0] CO,
    output wire [3:0] O
);

    wire c1 = S[0] ? (CI | CYINIT) : DI[0];
    wire c2 = S[1] ? c1 : DI[1];
    wire c3 = S[2] ? c2 : DI[2];
    wire c4 = S[3] ? c3 : DI[3];

    assign CO = {c4, c3, c2, c1};
    assign O = S ^ {c3, c2, c1, CI | CYINIT};

endmodule

`default_nettype wire
