# Clock of tiny_axis, for Quartus and other tools that read SDC.
create_clock -period 4.000 -name aclk [get_ports aclk]
derive_clock_uncertainty
