# Clock of @TOP@, for synthesis on its own (out of context). No input or output delays: they would charge the surrounding design twice.
create_clock -period @PERIOD@ -name @CLOCK@ [get_ports @CLOCK@]@THROUGH_PATHS@
