# Synthesis and implementation of @TOP@ on its own (out of context) on @PART@ at @PERIOD@ ns.
# Run: vivado -mode batch -source scripts/build.tcl
# Leaves timing.rpt, utilization.rpt and @TOP@.dcp in work/vivado. Fmax = 1 / (period - WNS).
set root [file dirname [file dirname [file normalize [info script]]]]
set work [file join $root work vivado]
file mkdir $work
cd $work

read_verilog [glob -directory [file join $root rtl] *.v]
read_xdc -mode out_of_context [file join $root constraints @TOP@_ooc.xdc]

synth_design -top @TOP@ -part @PART@ -mode out_of_context -flatten_hierarchy rebuilt
opt_design
place_design
phys_opt_design
route_design

report_timing_summary -file timing.rpt
report_utilization -hierarchical -file utilization.rpt
write_checkpoint -force @TOP@.dcp
