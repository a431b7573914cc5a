# Clock of tiny_axis, for synthesis on its own (out of context). No input or output delays: they would charge the surrounding design twice.
create_clock -period 4.000 -name aclk [get_ports aclk]
