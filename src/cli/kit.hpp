// What build leaves beside Verilog and signature: test bench with vectors from the model, scripts, README, manifest.
#pragma once

#include "cli/home.hpp"
#include "cli/steps.hpp"
#include "hw/target.hpp"
#include "ir/netlist.hpp"
#include "rtl/kit.hpp"

namespace bitgrain::cli {

struct KitStep {
    const Home& home;
    const BuildOptions& options;
    const model::Model& model;
    const hw::Target& target;
    const ir::Netlist& netlist;
    const rtl::Signature& signature;
    const std::vector<rtl::Probe>& probes;
    hw::Area area;
};

/// Into a folder that holds rtl/ and the files the manifest is to name; last of all steps.
void write_kit(const std::filesystem::path& folder, const KitStep& step);

/// Error when a build folder holds a file that neither bitgrain nor the folder's Makefile wrote: it would go with the
/// folder when a new build takes its place.
void require_no_foreign_files(const std::filesystem::path& build);

} // namespace bitgrain::cli
