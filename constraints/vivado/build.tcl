# Out-of-context synthesis and implementation of @MODULE@ on @PART@ at @PERIOD@ ns.
# Run: vivado -mode batch -source build.tcl
# Leaves timing.rpt, utilization.rpt and @MODULE@.dcp beside this file. Fmax = 1 / (period - WNS).
set here [file dirname [file normalize [info script]]]

read_verilog [glob -directory [file join $here rtl] *.v]
read_xdc -mode out_of_context [file join $here @MODULE@_ooc.xdc]

synth_design -top @MODULE@ -part @PART@ -mode out_of_context -flatten_hierarchy rebuilt
opt_design
place_design
phys_opt_design
route_design

report_timing_summary -file [file join $here timing.rpt]
report_utilization -file [file join $here utilization.rpt]
write_checkpoint -force [file join $here @MODULE@.dcp]
