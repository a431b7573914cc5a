# Clock of @MODULE@, for synthesis on its own (out of context). No input or output delays: the data ports are registered inside,
# and delays here would charge the surrounding design twice.
create_clock -period @PERIOD@ -name clk [get_ports clk]
