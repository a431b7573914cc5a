# Clock of @TOP@, for Quartus and other tools that read SDC.
create_clock -period @PERIOD@ -name @CLOCK@ [get_ports @CLOCK@]@THROUGH_PATHS@
derive_clock_uncertainty
