# Clock of tiny, for Quartus and other tools that read SDC.
create_clock -period 4.000 -name clk [get_ports clk]
derive_clock_uncertainty
