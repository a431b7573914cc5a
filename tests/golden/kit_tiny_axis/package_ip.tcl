# Packages tiny_axis as an IP-XACT core for Vivado's IP catalogue.
# Run: vivado -mode batch -source scripts/package_ip.tcl
# Leaves the core in work/ip: add that folder to the project's IP repositories (set_property ip_repo_paths).
set root [file dirname [file dirname [file normalize [info script]]]]
set work [file join $root work]
file mkdir $work

create_project -force package_ip [file join $work package_ip] -part xcvu13p-flga2577-2-e
add_files [glob -directory [file join $root rtl] *.v]
add_files -fileset constrs_1 [file join $root constraints tiny_axis_ooc.xdc]
set_property USED_IN {synthesis implementation out_of_context} [get_files tiny_axis_ooc.xdc]
set_property top tiny_axis [current_fileset]
update_compile_order -fileset sources_1

ipx::package_project -root_dir [file join $work ip] -vendor bitgrain -library user -taxonomy /UserIP -import_files -force
set core [ipx::current_core]
set_property name tiny_axis $core
set_property version 1.0 $core
set_property display_name {tiny_axis} $core
set_property description {Neural network in fixed point, 3 cycles from in_data to out_data, a vector every cycle} $core
ipx::associate_bus_interfaces -busif s_axis -clock aclk $core
ipx::associate_bus_interfaces -busif m_axis -clock aclk $core
ipx::associate_bus_interfaces -clock aclk -reset aresetn $core
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity $core
ipx::save_core $core
close_project
