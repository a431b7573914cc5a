#include "nn/experiment.hpp"

#include "base/error.hpp"
#include "model/builder.hpp"
#include "nn/pick.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace fs = std::filesystem;

namespace {

/// Split of the data into train, validation and test: the same for every experiment and seed, so that results compare.
constexpr std::uint64_t split_seed = 20240500645;

fs::path resolve(Json& field, const fs::path& folder) {
    fs::path path = fs::absolute(folder / field.get<std::string>()).lexically_normal();
    field = path.string();
    return path;
}

data::Source read_source(JsonReader reader, Json& json, const fs::path& folder, bool regression) {
    data::Source source;
    source.regression = regression;
    reader.get<std::string>("features");
    source.features = resolve(json["features"], folder);
    if (reader.has("labels")) {
        reader.get<std::string>("labels");
        source.labels = resolve(json["labels"], folder);
    }
    if (reader.has("label")) {
        const JsonReader label = reader.at("label");
        source.label_column =
            label.json().is_number_integer() ? std::to_string(label.as<std::int64_t>()) : label.as<std::string>();
    }
    source.target_columns = reader.get<std::vector<std::string>>("targets", {});
    if (reader.has("weight")) {
        const JsonReader weight = reader.at("weight");
        source.weight_column =
            weight.json().is_number_integer() ? std::to_string(weight.as<std::int64_t>()) : weight.as<std::string>();
    }
    if (reader.has("weights")) {
        reader.get<std::string>("weights");
        source.weights = resolve(json["weights"], folder);
    }
    source.header = static_cast<data::Header>(reader.choice("header", {"automatic", "yes", "no"}, 0));
    const auto delimiter = reader.get<std::string>("delimiter", ",");
    if (delimiter.size() != 1) reader.at("delimiter").fail("must be one character");
    source.delimiter = delimiter[0];
    reader.finish();
    return source;
}

Standardise read_standardise(const JsonReader& reader) {
    if (!reader.json().is_string()) return reader.as<bool>() ? Standardise::features : Standardise::nothing;
    const auto word = reader.as<std::string>();
    if (word == "together") return Standardise::together;
    if (word == "channels") return Standardise::channels;
    reader.fail("must be true, false, \"together\" or \"channels\"");
}

void read_data(JsonReader reader, Json& json, Experiment& e) {
    const fs::path folder = fs::absolute(e.file).parent_path();
    e.train_source = read_source(reader.at("train"), json["train"], folder, e.regression);
    if (reader.has("validation"))
        e.validation_source = read_source(reader.at("validation"), json["validation"], folder, e.regression);
    if (reader.has("test")) e.test_source = read_source(reader.at("test"), json["test"], folder, e.regression);
    e.validation_fraction = reader.get("validation_fraction", e.validation_fraction);
    e.test_fraction = reader.get("test_fraction", e.test_fraction);
    e.shape = reader.get<std::vector<std::size_t>>("shape", {});
    if (reader.has("standardise")) e.standardise = read_standardise(reader.at("standardise"));
    if (e.validation_fraction < 0 || e.test_fraction < 0 || e.validation_fraction + e.test_fraction >= 1) {
        reader.fail("validation_fraction and test_fraction must be at least 0 and together less than 1");
    }
    if (e.validation_source) e.validation_fraction = 0.0;
    if (e.test_source) e.test_fraction = 0.0;
    if (!e.validation_source && e.validation_fraction == 0.0) {
        reader.fail("there are no validation rows", "give data.validation or a validation_fraction above 0");
    }
    reader.finish();
}

BetaSchedule read_beta(const JsonReader& reader) {
    BetaSchedule schedule;
    for (JsonReader knot : reader.elements()) {
        BetaSchedule::Knot k;
        k.epoch = knot.get<double>("epoch");
        k.beta = knot.get<double>("beta");
        k.logarithmic = knot.choice("shape", {"linear", "log"}, 1) == 1;
        knot.finish();
        if (k.beta < 0 || (k.beta == 0 && k.logarithmic))
            knot.fail("beta must be positive", "\"shape\": \"linear\" may start at 0");
        if (!schedule.knots.empty() && k.epoch <= schedule.knots.back().epoch)
            knot.fail("epochs must rise from knot to knot");
        schedule.knots.push_back(k);
    }
    if (schedule.knots.empty()) reader.fail("needs at least one knot {\"epoch\": 0, \"beta\": 1e-6}");
    return schedule;
}

ClassWeights read_class_weights(JsonReader reader) {
    ClassWeights weights;
    if (reader.json().is_string()) {
        weights.balanced = reader.as<std::string>() == "balanced";
        if (!weights.balanced) reader.fail("must be \"balanced\" or an object of class names and weights");
        return weights;
    }
    for (const std::string& name : reader.keys()) {
        weights.given.emplace_back(name, reader.get<double>(name));
        if (weights.given.back().second <= 0) reader.at(name).fail("must be positive");
    }
    return weights;
}

Metric read_metric(JsonReader& reader, bool regression) {
    using Kind = Metric::Kind;
    const Kind usual = regression ? Kind::rms : Kind::accuracy;
    Metric metric{static_cast<Kind>(reader.choice("metric", metric_names(), static_cast<std::size_t>(usual)))};
    const bool for_classes = metric.kind == Kind::accuracy || metric.kind == Kind::auc;
    if (for_classes == regression) {
        reader.at("metric").fail(regression ? "is not for a regression" : "is not for a classification",
                                 regression ? "use rms, mae or resolution" : "use accuracy or auc");
    }
    if (metric.kind == Kind::resolution) {
        metric.cutoff = reader.get<double>("metric_cutoff");
        if (metric.cutoff <= 0) reader.at("metric_cutoff").fail("must be positive");
    }
    return metric;
}

TrainingSettings read_training(JsonReader reader) {
    TrainingSettings t;
    t.epochs = reader.get("epochs", t.epochs);
    t.float_epochs = reader.get("float_epochs", std::min(t.epochs, t.float_epochs));
    t.batch = reader.get("batch", t.batch);
    t.learning_rate.start = reader.get("learning_rate", t.learning_rate.start);
    t.learning_rate.floor = reader.get("learning_rate_floor", t.learning_rate.floor);
    t.learning_rate.period =
        reader.get("restart_epochs", static_cast<double>(std::max<std::int64_t>(t.epochs / 50, 1)));
    t.learning_rate.decay = reader.get("restart_decay", t.learning_rate.decay);
    t.evaluate_every = reader.get("evaluate_every", t.evaluate_every);
    if (reader.has("ramps")) t.ramps = reader.get<std::size_t>("ramps");
    if (reader.has("polish")) t.polish = reader.get<std::size_t>("polish");
    t.seed = static_cast<std::uint64_t>(reader.get("seed", std::int64_t{1}));
    const double epochs = static_cast<double>(t.epochs);
    t.beta.knots = {{0.05 * epochs, 1e-7, true}, {0.95 * epochs, 1e-3, true}};
    if (reader.has("beta")) t.beta = read_beta(reader.at("beta"));
    t.controller.target = reader.get("target_ebops", 0.0);
    t.controller.warmup = reader.get("target_warmup", std::max(t.controller.warmup, 0.02 * epochs));
    // HGQ2's gain is made for 10^4 epochs; a short run must get there too.
    t.controller.i = reader.get("target_gain", std::max(t.controller.i, 20.0 / epochs));
    if (t.controller.target < 0) reader.at("target_ebops").fail("must be positive");
    if (reader.has("minutes")) {
        t.minutes = reader.get<double>("minutes");
        if (*t.minutes <= 0) reader.at("minutes").fail("must be positive");
    }
    if (reader.has("patience")) {
        t.patience = reader.get<double>("patience");
        if (*t.patience <= 0) reader.at("patience").fail("must be positive");
    }
    if (reader.has("class_weights")) t.class_weights = read_class_weights(reader.at("class_weights"));
    t.label_smoothing = reader.get("label_smoothing", t.label_smoothing);
    if (t.label_smoothing < 0 || t.label_smoothing >= 1)
        reader.at("label_smoothing").fail("must be at least 0 and less than 1");
    t.target_weights = reader.get<std::vector<double>>("target_weights", {});
    for (const double weight : t.target_weights) {
        if (weight <= 0) reader.at("target_weights").fail("must be positive");
    }
    if (t.epochs < 1 || t.float_epochs < 0) reader.fail("epochs must be at least 1, float_epochs at least 0");
    if (t.batch < 1) reader.fail("batch must be at least 1");
    if (t.learning_rate.start <= 0 || t.learning_rate.period < 1)
        reader.fail("learning_rate must be positive, restart_epochs at least 1");
    if (t.evaluate_every < 0) reader.fail("evaluate_every must not be negative");
    reader.finish();
    if (t.evaluate_every == 0) t.evaluate_every = std::max<std::int64_t>(t.epochs / 300, 1);
    return t;
}

TimingSettings read_timing(JsonReader& reader) {
    TimingSettings timing;
    if (reader.has("clock_ns")) timing.clock_ns = reader.get<double>("clock_ns");
    if (reader.has("latency_cycles")) timing.latency_cycles = reader.get<int>("latency_cycles");
    timing.fastest = reader.get("fmax", timing.fastest);
    timing.combinational = reader.get("comb", timing.combinational);
    timing.input_registers = reader.get("input_registers", timing.input_registers);
    timing.output_registers = reader.get("output_registers", timing.output_registers);
    if (reader.has("max_fanout")) timing.max_fanout = reader.get<int>("max_fanout");
    timing.margin = reader.get("margin", timing.margin);
    return timing;
}

SearchSettings read_search(JsonReader reader) {
    SearchSettings s;
    s.widths = reader.get("widths", s.widths);
    s.trials = reader.get("trials", s.trials);
    for (const std::int64_t bits : s.widths) {
        if (bits < 1 || bits > 16) reader.at("widths").fail("must be from 1 to 16");
    }
    if (s.widths.empty() || s.trials < s.widths.size())
        reader.fail("trials must be at least as many as widths, and widths at least one");
    reader.finish();
    return s;
}

data::Split split_rows(const data::Dataset& all, const Experiment& e) {
    try {
        return data::split(all, e.validation_fraction, e.test_fraction, split_seed);
    } catch (const Error& error) { // it does not know of files
        throw Error(error.message(), e.train_source.features.string(), error.hint());
    }
}

} // namespace

Experiment read_experiment(const fs::path& path) {
    Experiment e;
    e.file = path;
    e.json = read_json(path);
    const Json original = e.json; // readers look at it while paths are made absolute in the other
    JsonReader reader(original, path.string());
    e.name = reader.get<std::string>("name", path.stem().string());
    e.json["name"] = e.name; // the copy in the run folder has another file name
    e.regression = reader.choice("task", {"classification", "regression"}, 0) == 1;
    e.metric = read_metric(reader, e.regression);
    read_data(reader.at("data"), e.json["data"], e);
    if (reader.has("quantizers")) e.quantizers = read_quantizer_defaults(reader.at("quantizers"));
    if (reader.at("layers").elements().empty()) reader.at("layers").fail("the network has no layers");
    if (reader.has("training")) {
        e.training = read_training(reader.at("training"));
    } else {
        const Json none = Json::object();
        e.training = read_training(JsonReader(none, path.string()));
    }
    if (reader.has("search")) e.search = read_search(reader.at("search"));
    e.pick = reader.get("pick", e.pick);
    try {
        read_pick(e.pick, e.metric);
    } catch (const Error& error) {
        reader.at("pick").fail(error.message(), error.hint());
    }
    e.cover = reader.get("cover", e.cover);
    if (e.cover <= 0) reader.at("cover").fail("must be positive");
    if (reader.has("build")) {
        JsonReader build = reader.at("build");
        e.target = build.get("target", e.target);
        e.timing = read_timing(build);
        if (build.has("operands")) e.operands = build.get<int>("operands");
        e.tables = build.get("tables", e.tables);
        build.finish();
    }
    reader.finish();
    return e;
}

JsonReader Experiment::layers() const {
    return {json.at("layers"), file.string() + ": layers"};
}

Data load_data(const Experiment& e) {
    const data::Dataset all = data::load(e.train_source);
    if (!e.regression && all.class_names.size() == 1) {
        throw Error("all rows are of the class '" + all.class_names[0] + "', there is nothing to tell apart",
                    e.train_source.labels.value_or(e.train_source.features).string(), "is the label column right?");
    }
    const data::Split split = split_rows(all, e);
    Data result;
    result.train = data::subset(all, split.train);
    result.validation =
        e.validation_source ? data::load(*e.validation_source, all.class_names) : data::subset(all, split.validation);
    if (e.test_source) {
        result.test = data::load(*e.test_source, all.class_names);
    } else {
        result.test = data::subset(all, split.test);
    }
    for (data::Dataset* set : {&result.train, &result.validation, &result.test}) {
        if (e.shape.empty() || set->rows == 0) continue;
        if (model::elements(e.shape) != set->features_per_row()) {
            throw Error("has " + std::to_string(model::elements(e.shape)) + " elements, the rows have " +
                            std::to_string(set->features_per_row()) + " features",
                        e.file.string() + ": data.shape");
        }
        set->feature_shape = e.shape;
    }
    for (const data::Dataset* other : {&result.validation, &result.test}) {
        if (other->rows > 0 && other->feature_shape != result.train.feature_shape) {
            throw Error("validation or test rows have another shape than the training rows",
                        e.file.string() + ": data");
        }
    }
    return result;
}

} // namespace bitgrain::nn
