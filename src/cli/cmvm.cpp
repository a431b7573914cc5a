// bitgrain cmvm: the adder graphs of matrix files, a row of numbers per matrix.
#include "base/error.hpp"
#include "base/json.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/steps.hpp"
#include "cmvm/check_values.hpp"
#include "cmvm/problem_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    std::vector<fs::path> files;
    cmvm::Options solver;
    std::string slack = "0";
    std::string effort = "normal";
    std::vector<int> costs;    ///< in the order of the option's help; empty: the defaults
    std::vector<double> delay; ///< the same
    bool json = false;
};

struct Row {
    std::string name;
    cmvm::Cost cost;
    int min_depth = 0;
    std::optional<double> delay, min_delay; ///< only with a limit in time
    double cpu_seconds = 0;
    bool exact = false;
};

cmvm::Options solver_options(const Arguments& arguments) {
    cmvm::Options options = arguments.solver;
    options.slack = read_slack(arguments.slack);
    options.effort = read_effort(arguments.effort);
    if (options.operands < 2 || options.operands > 3) throw Error("must be 2 or 3", "--operands");
    if (options.seconds && !(std::isfinite(*options.seconds) && *options.seconds > 0)) {
        throw Error("must be more than 0 s", "--seconds");
    }
    if (!arguments.costs.empty()) {
        const std::vector<int>& c = arguments.costs;
        if (std::any_of(c.begin(), c.end(), [](int cost) { return cost < 0; }))
            throw Error("must not be negative", "--costs");
        options.costs.adder_bit = c[0];
        options.costs.triple_bit = c[1];
        options.costs.triple = c[2];
        options.costs.table_bit = c[3];
        options.costs.table_pair = c[4];
    }
    if (!arguments.delay.empty()) {
        if (!options.delay_slack) throw Error("is for --delay-slack", "--delay");
        const std::vector<double>& d = arguments.delay;
        if (!std::all_of(d.begin(), d.end(), [](double time) { return std::isfinite(time) && time > 0; })) {
            throw Error("must be more than 0", "--delay");
        }
        options.delay = {d[0], d[1], d[2], d[3]};
    }
    if (options.delay_slack && !(std::isfinite(*options.delay_slack) && *options.delay_slack >= 0)) {
        throw Error("must not be negative", "--delay-slack");
    }
    return options;
}

/// Of all threads of this process.
double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A graph that is not the product is a row that says so, so that the other matrices still get theirs.
bool is_exact(const cmvm::AdderGraph& graph, const cmvm::Problem& problem, std::uint64_t seed) {
    std::optional<std::string> wrong;
    try {
        cmvm::prove(graph, problem);
        wrong = cmvm::find_difference(graph, problem, seed);
    } catch (const InternalError& error) {
        wrong = error.what();
    }
    if (wrong) std::cerr << *wrong << std::endl;
    return !wrong;
}

Row solve(const cmvm::ProblemFile& file, const fs::path& path, const cmvm::Options& options) {
    Row row;
    row.name = file.name;
    try {
        row.min_depth = cmvm::min_depth(file.problem, options.operands);
        const double start = cpu_seconds();
        const cmvm::AdderGraph graph = cmvm::solve(file.problem, options);
        row.cpu_seconds = cpu_seconds() - start;
        row.cost = cmvm::cost(graph, options.costs);
        if (options.delay_slack) {
            const std::vector<double> delays = cmvm::output_delays(graph, options.delay);
            row.delay = delays.empty() ? 0.0 : *std::max_element(delays.begin(), delays.end());
            row.min_delay = cmvm::least_delay(file.problem, options);
        }
        row.exact = is_exact(graph, file.problem, options.seed);
    } catch (const Error& error) { // the solver does not know of files
        throw Error(error.message(), path.string(), error.hint());
    }
    return row;
}

std::string json_line(const Row& row) {
    Json json;
    json["name"] = row.name;
    json["adders"] = row.cost.adders;
    json["lut_bits"] = row.cost.lut_bits;
    json["depth"] = row.cost.depth;
    json["min_depth"] = row.min_depth;
    json["cpu_s"] = row.cpu_seconds;
    json["exact"] = row.exact;
    if (row.delay) {
        json["delay"] = *row.delay;
        json["min_delay"] = *row.min_delay;
    }
    return json.dump();
}

std::string padded(const std::string& name, std::size_t width) {
    return name + std::string(width > name.size() ? width - name.size() : 0, ' ');
}

std::string text_line(const Row& row, std::size_t name_width) {
    char numbers[128];
    std::snprintf(numbers, sizeof numbers, "  %7zu  %8lld  %5d  %9d  %9.4f  %5s", row.cost.adders,
                  static_cast<long long>(row.cost.lut_bits), row.cost.depth, row.min_depth, row.cpu_seconds,
                  row.exact ? "yes" : "no");
    std::string line = padded(row.name, name_width) + numbers;
    if (row.delay) {
        std::snprintf(numbers, sizeof numbers, "  %8.3f  %9.3f", *row.delay, *row.min_delay);
        line += numbers;
    }
    return line;
}

/// Row by row and not at the end: large matrices take a while.
void print_line(const std::string& line) {
    std::cout << line << std::endl;
    if (!std::cout) throw Error("cannot write to the standard output");
}

int run(const Arguments& arguments) {
    const cmvm::Options options = solver_options(arguments);
    std::vector<cmvm::ProblemFile> files; // all of them first: a bad one is known before an hour of search
    std::size_t name_width = 4;
    for (const fs::path& path : arguments.files) {
        files.push_back(cmvm::read_problem(require_matrix(path)));
        name_width = std::max(name_width, files.back().name.size());
    }
    if (!arguments.json) {
        print_line(padded("name", name_width) + "   adders  lut_bits  depth  min_depth      cpu_s  exact" +
                   (options.delay_slack ? "     delay  min_delay" : ""));
    }
    bool exact = true;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const Row row = solve(files[i], arguments.files[i], options);
        print_line(arguments.json ? json_line(row) : text_line(row, name_width));
        exact = exact && row.exact;
    }
    CHECK(exact, "an adder graph is not the product of its matrix");
    return exit_ok;
}

} // namespace

Command cmvm_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    cmvm::Options& solver = arguments->solver;
    CLI::App* app =
        program.add_subcommand("cmvm", "Solve matrix files: constant matrix times vector as a graph of adders");
    app->add_option("files", arguments->files, "Matrix files (src/cmvm/problem_file.hpp has the format)")
        ->required()
        ->type_name("FILE.json");
    app->add_option("--slack", arguments->slack,
                    "Adder levels allowed beyond min_depth, the depth of the shallowest trees; none: no limit")
        ->capture_default_str()
        ->type_name("LEVELS");
    app->add_option("--operands", solver.operands, "Numbers that one adder may add: 2 or 3")->capture_default_str();
    app->add_flag("--tables", solver.tables, "Look narrow inputs up where that costs less than adding");
    app->add_option("--effort", arguments->effort, "Search for shared sums: fast, normal or high")
        ->capture_default_str()
        ->type_name("LEVEL");
    app->add_option("--seconds", solver.seconds,
                    "Time for each matrix with --effort high; without it the effort follows the size of the matrix")
        ->type_name("SECONDS");
    app->add_option("--costs", arguments->costs,
                    "LUTs of: a bit of an adder, a bit of a three-operand adder, such an adder besides, a bit of a\n"
                    "table, two bits of a table that leaves an input free [1,1,1,1,1]")
        ->delimiter(',')
        ->expected(5)
        ->type_name("A,B,C,D,E");
    app->add_option("--delay-slack", solver.delay_slack,
                    "Also a limit in time by width: so much beyond the fastest known trees")
        ->type_name("TIME");
    app->add_option("--delay", arguments->delay,
                    "Time of: an adder, a position of it; factor with three operands; a table [1.1,0.025,1.3,1.1]")
        ->delimiter(',')
        ->expected(4)
        ->type_name("A,B,C,D");
    app->add_option("--seed", solver.seed, "Seed of the search and of the inputs that check its result")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.8e19).description(""))
        ->type_name("NUMBER");
    app->add_flag("--json", arguments->json, "Print one JSON object per matrix and line instead of a table");
    app->footer("A row: adders, LUT bits of the exact-interval cost, adder levels (and the least possible), CPU time "
                "of all\nthreads, and whether the graph was proved and evaluated to be exactly the product.\n" +
                examples("bitgrain cmvm matrices/*.json --slack 2 --effort fast"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
