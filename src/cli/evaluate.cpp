// bitgrain evaluate: the fixed-point model on any data.
#include "base/error.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/steps.hpp"
#include "model/inference.hpp"
#include "report/text.hpp"

#include <algorithm>
#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path model, data;
    std::optional<fs::path> labels, outputs;
    std::string label_column, weight_column;
    std::vector<std::string> targets;
    std::string delimiter = ",", header = "automatic";
    bool json = false;
};

data::Header header_of(const std::string& word) {
    if (word == "automatic") return data::Header::automatic;
    if (word == "yes") return data::Header::yes;
    if (word == "no") return data::Header::no;
    throw Error("'" + word + "' is not known", "--header", "known: automatic, yes, no");
}

data::Source source_of(const Arguments& arguments, const model::Model& model) {
    if (arguments.delimiter.size() != 1) throw Error("must be one character", "--delimiter");
    data::Source source;
    source.features = arguments.data;
    source.labels = arguments.labels;
    source.label_column = arguments.label_column;
    source.target_columns = arguments.targets;
    source.weight_column = arguments.weight_column;
    source.delimiter = arguments.delimiter[0];
    source.header = header_of(arguments.header);
    source.regression = model.task.kind == model::Task::Kind::regression;
    return source;
}

void write_outputs(const model::Model& model, const data::Dataset& dataset, const fs::path& path) {
    const auto codes = model::quantize_inputs(model, dataset.features, dataset.rows);
    data::Array array;
    array.shape = {dataset.rows, model::output_count(model)};
    array.values = model::infer_real(model, codes, dataset.rows);
    data::write_npy(path, array);
}

/// How often each cast of the model wrapped or saturated: the reason of a metric that is worse than it was in training.
report::Section overflow_section(const model::Model& model, const data::Dataset& dataset) {
    report::Section section{"overflow", "Overflow", {}};
    const auto codes = model::quantize_inputs(model, dataset.features, dataset.rows);
    for (const model::OverflowCount& count : model::count_overflows(model, codes, dataset.rows)) {
        if (count.elements == 0) continue;
        section.rows.push_back({"step_" + std::to_string(count.step), model.steps[count.step].name,
                                static_cast<std::int64_t>(count.elements), "values", report::Source::computed,
                                "in " + std::to_string(count.rows) + " rows"});
    }
    return section;
}

int run(const Arguments& arguments) {
    const model::Model model = model::read(require_model(arguments.model));
    const data::Dataset dataset = load_for(model, source_of(arguments, model));
    const nn::Score score = nn::score(model, dataset);

    using report::Source;
    report::Report report;
    report.title = model.name + " on " + arguments.data.filename().string();
    report::Section section{"result", "Result", {}};
    section.rows.push_back(
        report::metric_row(score.metric_name, score.metric_name, score.metric_name, score.metric, Source::computed));
    for (const auto& [name, value] : score.details)
        section.rows.push_back(report::metric_row(name, name, name, value, Source::computed));
    section.rows.push_back({"rows", "rows", static_cast<std::int64_t>(score.rows), "", Source::computed, ""});
    section.rows.push_back({"saturated_inputs", "saturated input values",
                            static_cast<std::int64_t>(score.saturated_inputs), "", Source::computed,
                            "outside the input formats"});
    report.sections.push_back(std::move(section));
    if (auto overflow = overflow_section(model, dataset); !overflow.rows.empty()) {
        report.sections.push_back(std::move(overflow));
    }
    if (arguments.outputs) {
        write_outputs(model, dataset, *arguments.outputs);
        report.sections.push_back(report::files_section({{"outputs", arguments.outputs->string()}}));
    }
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

} // namespace

void check_features(const model::Model& model, std::size_t features, const fs::path& data) {
    const std::size_t inputs = model::input_count(model);
    if (features == inputs) return;
    throw Error("a row has " + std::to_string(features) + " values, the model takes " + std::to_string(inputs),
                data.string());
}

data::Dataset load_for(const model::Model& model, const data::Source& source) {
    std::vector<std::string> names = model.task.classes;
    const bool from_array = source.labels && source.labels->string().find(".np") != std::string::npos;
    if (from_array && !std::all_of(names.begin(), names.end(), is_number)) {
        // An array file cannot hold the names of these classes, so its numbers count them.
        for (std::size_t i = 0; i < names.size(); ++i)
            names[i] = std::to_string(i);
    }
    data::Dataset dataset = data::load(source, names);
    check_features(model, dataset.features_per_row(), source.features);
    if (!names.empty()) dataset.class_names = model.task.classes;
    return dataset;
}

Command evaluate_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("evaluate", "Run the fixed-point model on data and print its metric");
    app->add_option("model", arguments->model, "The model file")->required()->type_name("MODEL.json");
    app->add_option("--data", arguments->data, "Features: .npy, .npy.gz, .npz, .csv or .csv.gz")
        ->required()
        ->type_name("FILE");
    app->add_option(
           "--labels", arguments->labels,
           "Labels or targets in a file of their own; without it a CSV's label column or the array y of an .npz")
        ->type_name("FILE");
    app->add_option(
           "--label-column", arguments->label_column,
           "Label column of a CSV: its name or its index from 0, negative from the end; the last when not given")
        ->type_name("COLUMN");
    app->add_option("--targets", arguments->targets, "Target columns of a CSV (regression)")->type_name("COLUMN");
    app->add_option("--weight-column", arguments->weight_column,
                    "Column of a CSV that held the rows' weights in training; it is no feature")
        ->type_name("COLUMN");
    app->add_option("--header", arguments->header, "Whether a CSV has a line of names: automatic, yes or no")
        ->capture_default_str()
        ->type_name("WORD");
    app->add_option("--delimiter", arguments->delimiter, "Between the cells of a CSV")
        ->capture_default_str()
        ->type_name("CHARACTER");
    app->add_option(
           "--outputs", arguments->outputs,
           "Write the outputs of every row to this .npy file, as the hardware gives them; of a regression they are "
           "target = output * target_scale + target_offset, numbers of the model file")
        ->type_name("FILE");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain evaluate model.json --data run/test_x.npy --labels run/test_y.npy\n"
                         "bitgrain evaluate model.json --data digits.csv.gz --label-column -1"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
