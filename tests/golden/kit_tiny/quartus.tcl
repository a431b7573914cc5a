# Synthesis and fit of tiny on its own in Intel Quartus Prime: data ports are virtual pins.
# Run: quartus_sh -t scripts/quartus.tcl [FAMILY [DEVICE]]     (Cyclone V, picked by Quartus, if not said)
# Leaves the reports in work/quartus.
load_package flow
set root [file dirname [file dirname [file normalize [info script]]]]
set work [file join $root work quartus]
file mkdir $work
cd $work

set family [expr {[llength $quartus(args)] > 0 ? [lindex $quartus(args) 0] : "Cyclone V"}]
set device [expr {[llength $quartus(args)] > 1 ? [lindex $quartus(args) 1] : "AUTO"}]

project_new -overwrite tiny
set_global_assignment -name FAMILY $family
set_global_assignment -name DEVICE $device
set_global_assignment -name TOP_LEVEL_ENTITY tiny
foreach file [lsort [glob -directory [file join $root rtl] *.v]] {
    set_global_assignment -name VERILOG_FILE $file
}
set_global_assignment -name SDC_FILE [file join $root constraints tiny.sdc]
set_instance_assignment -name VIRTUAL_PIN ON -to *
set_instance_assignment -name VIRTUAL_PIN OFF -to clk

execute_flow -compile
project_close
