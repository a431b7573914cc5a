// The steps from data to verified Verilog, each of them a command of its own; `run` strings them together.
#pragma once

#include "cmvm/solve.hpp"
#include "data/dataset.hpp"
#include "model/model.hpp"
#include "nn/search.hpp"
#include "nn/train.hpp"
#include "report/collect.hpp"
#include "rtl/partition.hpp"
#include "synthesis/record.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

namespace bitgrain::cli {

/// The options of training that `train` and `run` share: seed, threads, time budget, target cost.
void add_training_options(CLI::App& app, nn::TrainOptions& options);

/// Trains with a progress line on the standard error; options.progress is set here. Without options.resume an older run
/// in options.run is replaced once the new one is complete; callers ask first whether it may be.
nn::Front train_step(const nn::Experiment& experiment, nn::TrainOptions options,
                     std::optional<nn::Search> search = std::nullopt);

/// Adder levels beyond the shallowest tree; none: no limit.
using Slack = std::optional<int>;

/// Words of the command line as solver options: "none" or adder levels, "fast", "normal" or "high". Error names the
/// option.
Slack read_slack(const std::string& text);
cmvm::Effort read_effort(const std::string& text);
std::string effort_word(cmvm::Effort effort);

struct BuildOptions {
    std::string target = "xcvu13p";
    nn::TimingSettings timing;
    std::optional<Slack> slack;  ///< none: 0 or 1, see design.hpp
    std::optional<int> operands; ///< none: what the target's fabric adds in one carry chain
    bool tables = true;          ///< narrow inputs are looked up where that costs less than adding
    cmvm::Effort effort = cmvm::Effort::normal;
    rtl::Layout layout = rtl::Layout::per_layer;
    std::string wrap = "none";       ///< "axis": an AXI4-Stream wrapper too
    std::optional<int> axis_width;   ///< bits of a beat; none: a vector per beat
    std::size_t bench_vectors = 500; ///< of the test bench in the build folder
};

/// The point of a front that a rule means (nn/pick.hpp). Where the rule limits what designs take, these are made, as
/// `build` says and of models frozen as `freezing` says, but not written.
const nn::Point& pick_step(const nn::Freezer& freezer, const std::string& rule, const BuildOptions& build,
                           const nn::FreezeOptions& freezing);
/// The errors of pick_step that need neither data nor designs.
void check_pick(const nn::Front& front, const std::string& rule);

/// The errors of build_step that need no model, for those who train first.
void check_build(const BuildOptions& options);
/// Writes the build folder: all of it or nothing. An older build is replaced, any other folder with content is refused.
/// The report is the one in report.json: it names no paths, so that the same model gives the same bytes anywhere.
report::Report build_step(const model::Model& model, const BuildOptions& options, const std::filesystem::path& folder);
/// "files": where things are in a build folder, for printing.
report::Section build_files(const std::filesystem::path& folder);

/// Prints what tools measured on a build, beside its estimates.
void print_synthesis(const std::filesystem::path& build, const std::vector<synthesis::Record>& records, bool json);

struct VerifyOptions {
    std::optional<std::filesystem::path> data; ///< features; none: random and corner vectors only
    std::size_t random_vectors = 10000;
    std::uint64_t seed = 1;
    bool bubbles = false;
    bool cells = false; ///< not the expressions that large designs have beside them
};

/// Simulates the build's Verilog, compares every output bit with the model and writes verification.json.
report::Verification verify_step(const std::filesystem::path& folder, const VerifyOptions& options);

/// Throws Error unless a row of data has as many values as the model has inputs.
void check_features(const model::Model& model, std::size_t features, const std::filesystem::path& data);
/// Feature rows of a file as codes of the model's inputs; `saturated`: values that did not fit.
std::vector<std::int64_t> read_codes(const model::Model& model, const std::filesystem::path& data,
                                     std::int64_t& saturated);
/// Reads data with labels for a model: class names are the model's; numbers in an array file may also be class indices.
data::Dataset load_for(const model::Model& model, const data::Source& source);

/// What an experiment says about the build, or the command line in its place.
BuildOptions build_options(const nn::Experiment& experiment, const std::optional<std::string>& target,
                           const std::optional<double>& clock_ns);

struct DesignsOptions {
    std::filesystem::path run;
    BuildOptions build;
    std::size_t points = 10;
    double most_ebops = std::numeric_limits<double>::infinity(); ///< costlier points are left out, but never the picked
    std::optional<std::filesystem::path> folder; ///< where the builds stay; none: only the numbers are wanted
    std::optional<VerifyOptions> verification;   ///< its data are those of the run
    std::optional<double> cover;
    bool proven = false;
};
/// Freezes and builds points of a front, evenly chosen, the picked one (or null) among them.
report::Front designs_step(const nn::Freezer& freezer, const DesignsOptions& options, const nn::Point* picked);

/// The report's form of a front; `picked` is one of its points or null.
report::Front report_front(const nn::Front& front, const nn::Point* picked);
/// "training": float metric, number of weights, points of the front.
report::Section training_section(const nn::Front& front);

} // namespace bitgrain::cli
