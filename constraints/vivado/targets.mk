
vivado: ## synthesis and implementation in Vivado, out of context
	vivado -mode batch -source scripts/build.tcl

package: ## an IP-XACT core for Vivado's IP catalogue, in work/ip
	vivado -mode batch -source scripts/package_ip.tcl

