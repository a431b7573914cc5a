// Runs open synthesis tools on a build and reads what they made.
#pragma once

#include "synthesis/record.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace bitgrain::synthesis {

/// "xilinx" (7-series and, with the same cells, UltraScale+), "ice40", "ecp5".
std::vector<std::string> flow_names();

struct Job {
    std::filesystem::path rtl;         ///< folder with the .v files
    std::string module;                ///< the top
    std::filesystem::path constraints; ///< of the product: yosys/one_chain.v
    std::filesystem::path work;        ///< scripts, logs and netlists stay here
    std::string flow = "xilinx";
    bool one_chain = true; ///< one carry chain per adder, as estimated; otherwise yosys may merge adders
    // Only for placing:
    int in_width = 1, out_width = 1;
    double clock_ns = 5.0;
};

/// Maps with yosys. Error with the package to install when it is not there.
Record run_yosys(const Job& job);

/// Places and routes for an iCE40 HX8K with nextpnr, the ports behind shift registers since the part has few pins: the
/// period is that of the design or of these, and no area is told. Needs flow "ice40".
Record place_ice40(const Job& job);

} // namespace bitgrain::synthesis
