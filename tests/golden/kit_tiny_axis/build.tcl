# Synthesis and implementation of tiny_axis on its own (out of context) on xcvu13p-flga2577-2-e at 4.000 ns.
# Run: vivado -mode batch -source scripts/build.tcl
# Leaves timing.rpt, utilization.rpt and tiny_axis.dcp in work/vivado. Fmax = 1 / (period - WNS).
set root [file dirname [file dirname [file normalize [info script]]]]
set work [file join $root work vivado]
file mkdir $work
cd $work

read_verilog [glob -directory [file join $root rtl] *.v]
read_xdc -mode out_of_context [file join $root constraints tiny_axis_ooc.xdc]

synth_design -top tiny_axis -part xcvu13p-flga2577-2-e -mode out_of_context -flatten_hierarchy rebuilt
opt_design
place_design
phys_opt_design
route_design

report_timing_summary -file timing.rpt
report_utilization -hierarchical -file utilization.rpt
write_checkpoint -force tiny_axis.dcp
