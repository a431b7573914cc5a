// For yosys: every adder becomes one carry chain of its own. Without it `alumacc` merges adders whose sum is read once
// into compressor trees, and what is measured is no longer the circuit that was optimised and pipelined.
// Use before synth_xilinx, after wreduce: techmap -map one_chain.v
(* techmap_celltype = "$add $sub" *)
module one_chain (A, B, Y);
    parameter A_SIGNED = 0;
    parameter B_SIGNED = 0;
    parameter A_WIDTH = 1;
    parameter B_WIDTH = 1;
    parameter Y_WIDTH = 1;
    parameter _TECHMAP_CELLTYPE_ = "";
    localparam SUBTRACT = _TECHMAP_CELLTYPE_ == "$sub";

    input  [A_WIDTH-1:0] A;
    input  [B_WIDTH-1:0] B;
    output [Y_WIDTH-1:0] Y;
    wire   [Y_WIDTH-1:0] propagate, carry;

    \$alu #(
        .A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED), .A_WIDTH(A_WIDTH), .B_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)
    ) chain (.A(A), .B(B), .CI(SUBTRACT), .BI(SUBTRACT), .X(propagate), .Y(Y), .CO(carry));
endmodule
