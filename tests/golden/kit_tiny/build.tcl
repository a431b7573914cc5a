# Synthesis and implementation of tiny on its own (out of context) on xc7a100tcsg324-1 at 4.000 ns.
# Run: vivado -mode batch -source scripts/build.tcl
# Leaves timing.rpt, utilization.rpt and tiny.dcp in work/vivado. Fmax = 1 / (period - WNS).
set root [file dirname [file dirname [file normalize [info script]]]]
set work [file join $root work vivado]
file mkdir $work
cd $work

read_verilog [glob -directory [file join $root rtl] *.v]
read_xdc -mode out_of_context [file join $root constraints tiny_ooc.xdc]

synth_design -top tiny -part xc7a100tcsg324-1 -mode out_of_context -flatten_hierarchy rebuilt
opt_design
place_design
phys_opt_design
route_design

report_timing_summary -file timing.rpt
report_utilization -hierarchical -file utilization.rpt
write_checkpoint -force tiny.dcp
