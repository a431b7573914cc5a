#include "cli/program.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>

namespace bitgrain::cli {

namespace {

std::vector<std::string> command_names(const std::vector<Command>& commands) {
    std::vector<std::string> names(commands.size());
    std::transform(commands.begin(), commands.end(), names.begin(),
                   [](const Command& command) { return command.options->get_name(); });
    return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

std::string unknown_option(const std::string& before, const std::string& typed, const CLI::App& app) {
    return before + "unknown option '" + typed + "' (" + suggestion(typed, option_names(app)) + ")";
}

/// The argument that made the reading fail, with the nearest thing that exists; the parser's own words otherwise.
std::string explain(const CLI::ParseError& error, const CLI::App& program, const std::vector<Command>& commands,
                    std::span<const char* const> arguments) {
    const std::vector<std::string> names = command_names(commands);
    if (arguments.empty()) return "a command is missing (" + suggestion("", names) + ")";
    const std::string first = arguments.front();
    if (first.starts_with("-")) return unknown_option("", first, program);
    const auto command = std::find(names.begin(), names.end(), first);
    if (command == names.end()) return "unknown command '" + first + "' (" + suggestion(first, names) + ")";
    const CLI::App& app = *commands[static_cast<std::size_t>(command - names.begin())].options;
    const std::vector<std::string> known = option_names(app);
    for (const std::string argument : arguments.subspan(1)) {
        const std::string typed = argument.substr(0, argument.find('='));
        const bool is_option = typed.starts_with("--") && typed.size() > 2;
        if (is_option && std::find(known.begin(), known.end(), typed) == known.end()) {
            return unknown_option(first + ": ", typed, app);
        }
    }
    return first + ": " + error.what() + " (bitgrain " + first + " --help shows all options)";
}

int fail(const std::string& message, int code) {
    std::cerr << "bitgrain: " << message << std::endl;
    return code;
}

/// Ends as the signal would have ended the program, so that the caller's loop or script ends too; a shell calls it 130.
int end_by_signal() {
    std::cerr << "bitgrain: interrupted" << std::endl;
    std::signal(interrupt_signal(), SIG_DFL);
    std::raise(interrupt_signal());
    return 128 + interrupt_signal();
}

} // namespace

std::string examples(const std::string& lines) {
    std::string text = "\nExample:\n  ";
    for (const char c : lines)
        text += c == '\n' ? std::string("\n  ") : std::string(1, c);
    return text;
}

int run_program(std::span<const char* const> arguments, std::span<const CommandFunction> table) {
    CLI::App program("Neural networks with trained bitwidths, from a table of data to verified Verilog.", "bitgrain");
    program.set_version_flag("--version", "bitgrain " BITGRAIN_VERSION, "Print the version");
    program.require_subcommand(1);
    program.footer(
        examples("bitgrain run examples/digits/experiment.json -o build/demo") +
        "\n`bitgrain COMMAND --help` explains a command.\n"
        "Exit codes: 0 done, 1 the Verilog differs from the model, 2 the request is at fault, 70 bitgrain is,\n"
        "130 interrupted: nothing half-written stays, a training goes on with --resume.");
    std::vector<Command> commands;
    for (const CommandFunction function : table)
        commands.push_back(function(program));
    try {
        std::vector<std::string> reversed;
        for (auto a = arguments.rbegin(); a != arguments.rend(); ++a)
            reversed.emplace_back(*a);
        program.parse(reversed);
    } catch (const CLI::Success& request) { // --help and --version
        return program.exit(request);
    } catch (const CLI::ParseError& error) {
        return fail(explain(error, program, commands, arguments), exit_user_error);
    }
    catch_interrupts();
    try {
        for (const Command& command : commands) {
            if (command.options->parsed()) return command.run();
        }
        CHECK(false, "no command was chosen");
    } catch (const Interrupted&) {
        return end_by_signal();
    } catch (const Error& error) {
        return fail(error.what(), exit_user_error);
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(error.what(), exit_user_error); // a folder that may not be read or a full disk
    } catch (const std::exception& error) {
        return fail(std::string("internal error: ") + error.what() + "\nThis is a bug of bitgrain, please report it.",
                    exit_bug);
    }
    return exit_bug;
}

} // namespace bitgrain::cli
