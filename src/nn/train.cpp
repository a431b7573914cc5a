#include "nn/train.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/compact_trainer.hpp"
#include "nn/front.hpp"
#include "nn/polish_front.hpp"
#include "nn/ramp_run.hpp"
#include "nn/run_folder.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <numeric>

namespace bitgrain::nn {

namespace {

/// Of a time budget, for polishing the front.
constexpr double polish_share = 0.6;
/// In a time budget; twelve brought hardly more than four (jets, tests/bench/train).
constexpr std::size_t most_ramps = 12;
constexpr double nearly = 0.1; ///< of a round of ramps that may be missing: its schedules are compressed

/// What comes after the ramps: their joined front, and how far it is polished.
struct Finish {
    std::size_t ramps = 0;   ///< joined; 0: none yet
    std::size_t planned = 0; ///< of a time budget: ramps that train now, with those joined
    Front front;
    std::optional<std::vector<Point>> to_polish;
    std::size_t polished = 0; ///< of them
    double seconds = 0.0;     ///< spent so far, in all sessions
};

void write_finish(const std::filesystem::path& path, const Finish& finish) {
    Json json{{"ramps", finish.ramps}, {"planned", finish.planned},   {"front", to_json(finish.front)},
              {"to_polish", nullptr},  {"polished", finish.polished}, {"seconds", finish.seconds}};
    if (finish.to_polish) {
        json["to_polish"] = Json::array();
        for (const Point& point : *finish.to_polish)
            json["to_polish"].push_back(to_json(point));
    }
    write_file(path, json.dump(1) + "\n");
}

Finish read_finish(const std::filesystem::path& path) {
    const Json json = read_json(path);
    const std::string where = path.string();
    JsonReader reader(json, where);
    Finish finish{reader.get<std::size_t>("ramps"),         reader.get("planned", std::size_t{0}),
                  front_from_json(json.at("front"), where), std::nullopt,
                  reader.get<std::size_t>("polished"),      reader.get<double>("seconds")};
    if (const Json& points = json.at("to_polish"); !points.is_null()) {
        finish.to_polish.emplace();
        for (const JsonReader& point : JsonReader(points, where).elements())
            finish.to_polish->push_back(point_from_json(point));
    }
    return finish;
}

/// Reports of ramps that train side by side, as those of one training.
class RampProgress {
  public:
    RampProgress(const std::function<void(const Progress&)>& report, std::size_t ramps, std::optional<double> budget)
        : report_(report), done_(ramps, 0.0), budget_(budget) {}

    void operator()(std::size_t ramp, Progress progress) {
        const std::lock_guard lock(mutex_);
        progress.ramp = ramp + 1;
        progress.ramps = done_.size();
        if (done_.size() > 1) {
            done_[ramp] = static_cast<double>(progress.epoch) / static_cast<double>(progress.epochs);
            const double spent = seconds_since(start_), done = std::accumulate(done_.begin(), done_.end(), 0.0);
            const double all = static_cast<double>(done_.size());
            progress.seconds_left = budget_ ? std::max(*budget_ - spent, 0.0) : spent * (all - done) / done;
        }
        report_(progress);
    }

  private:
    const std::function<void(const Progress&)>& report_;
    std::vector<double> done_; ///< share of each ramp
    std::optional<double> budget_;
    Clock::time_point start_ = Clock::now();
    std::mutex mutex_;
};

struct RampBudget {
    std::optional<double> seconds;   ///< for all ramps together
    bool stretch = true;             ///< see RampOptions
    std::optional<double> until_end; ///< of what comes after them too, for reports
};

/// Ramps `first` to `count` - 1; ramp 0 lives in the run folder itself, the others in folders of their own, until they
/// are joined. Several train side by side, one thread each.
std::vector<RampResult> train_ramps(const TrainingTask& task, const RunFolder& folder, std::size_t first,
                                    std::size_t count, const RampBudget& budget, const TrainOptions& options) {
    std::vector<RampResult> results(count - first);
    Workers crew(results.size() > 1 ? options.threads : 1);
    const std::size_t rounds = (results.size() + crew.threads() - 1) / crew.threads();
    RampProgress progress(options.progress, count, budget.until_end);
    std::atomic<bool> failed = false; // one exception ends the work of all
    crew.run(results.size(), [&](unsigned, std::size_t index) {
        const std::size_t ramp = first + index;
        TrainingTask own = task;
        own.settings.seed += ramp;
        std::optional<RunFolder> apart;
        if (ramp > 0) apart.emplace(folder.ramps() / std::to_string(ramp + 1));
        const RunFolder& home = ramp > 0 ? *apart : folder;
        RampOptions how;
        how.resume = options.resume && std::filesystem::exists(home.state());
        if (budget.seconds) how.seconds = *budget.seconds / static_cast<double>(rounds);
        how.stretch = budget.stretch;
        how.save_seconds = options.save_seconds;
        how.stop = [&] { return failed.load(); };
        if (options.progress) how.progress = [&, ramp](const Progress& now) { progress(ramp, now); };
        try {
            Workers workers(results.size() > 1 ? 1 : options.threads);
            results[index] = run_ramp(own, home, workers, how);
        } catch (...) {
            failed = true;
            throw;
        }
    });
    return results;
}

/// Takes what a ramp found into the front of all. The first one's checkpoints are where they belong.
void join(Front& front, const Front& found, std::size_t ramp, const RunFolder& folder) {
    if (ramp == 0) {
        front = found;
        return;
    }
    const std::string name = std::to_string(ramp + 1);
    const RunFolder apart(folder.ramps() / name);
    for (const std::string& event : found.events)
        front.events.push_back(std::string("ramp ").append(name).append(": ").append(event));
    for (Point point : found.history) {
        if (point.checkpoint.empty()) {
            front.history.push_back(point);
            continue;
        }
        const std::filesystem::path from = apart.points() / point.checkpoint;
        point.checkpoint.insert(0, name + "_");
        if (add(front, point)) write_file(folder.points() / point.checkpoint, read_file(from));
    }
}

/// The experiment's settings with what the command line says, now or when the run was started, in its place, and the
/// experiment with them: what the run folder keeps.
std::pair<TrainingSettings, Json> settle(const Experiment& experiment, const TrainOptions& options,
                                         const RunFolder& folder, bool resumes) {
    TrainingSettings settings = experiment.training;
    Json old = resumes ? read_json(folder.experiment()) : Json::object();
    if (options.seed) settings.seed = *options.seed;
    if (options.minutes) settings.minutes = options.minutes;
    if (options.polish) settings.polish = options.polish;
    if (options.ramps) settings.ramps = options.ramps;
    std::optional<double> target = options.target_ebops;
    if (resumes) { // what the command line said when the run was started still holds
        const Json& training = old.at("training");
        if (!settings.minutes && training.contains("minutes")) settings.minutes = training.at("minutes").get<double>();
        if (!options.polish && training.contains("polish")) settings.polish = training.at("polish").get<std::size_t>();
        if (!options.ramps && training.contains("ramps")) settings.ramps = training.at("ramps").get<std::size_t>();
        if (!target && training.contains("target_ebops")) target = training.at("target_ebops").get<double>();
    }
    if (target) settings.controller.target = *target;
    Json kept = experiment.json;
    kept["training"]["seed"] = settings.seed;
    if (settings.minutes) kept["training"]["minutes"] = *settings.minutes;
    if (target) kept["training"]["target_ebops"] = *target;
    for (const char* key : {"polish", "ramps"}) { // more of both may come after all else
        if (resumes) old["training"].erase(key);
        kept["training"].erase(key);
    }
    Json after = kept;
    for (const char* key : {"name", "pick", "cover", "build"}) { // of what comes after the training
        old.erase(key);
        after.erase(key);
    }
    if (resumes && old != after) {
        throw Error("the run was started with another experiment or seed", folder.experiment().string(),
                    "train into another folder");
    }
    if (settings.polish) kept["training"]["polish"] = *settings.polish;
    if (settings.ramps) kept["training"]["ramps"] = *settings.ramps;
    return {std::move(settings), std::move(kept)};
}

/// What was read: the first place where a wrong column or header shows.
std::string describe(const Data& data, const Loss& loss) {
    constexpr std::size_t most_names = 10;
    const data::Dataset& rows = data.train;
    std::string text = "data: " + std::to_string(rows.features_per_row()) + " features, ";
    if (rows.class_names.empty()) {
        text += std::to_string(loss.outputs) + (loss.outputs == 1 ? " target" : " targets");
    } else {
        text += std::to_string(rows.class_names.size()) + " classes (";
        for (std::size_t i = 0; i < std::min(most_names, rows.class_names.size()); ++i)
            text += (i > 0 ? ", " : "") + rows.class_names[i];
        text += rows.class_names.size() > most_names ? ", ...)" : ")";
    }
    return text + "; rows: " + std::to_string(rows.rows) + " to train, " + std::to_string(data.validation.rows) +
           " to validate, " + std::to_string(data.test.rows) + " to test";
}

} // namespace

Front train(const Experiment& experiment, const TrainOptions& options) {
    const auto start = Clock::now();
    RunFolder folder(options.run);
    const bool resumes =
        options.resume && (std::filesystem::exists(folder.state()) || std::filesystem::exists(folder.ramps()));
    if (!options.resume && std::filesystem::exists(folder.experiment())) {
        throw Error("the folder holds a run already", options.run.string(),
                    "continue it with --resume, or choose another folder");
    }
    // Also of a run that was stopped before it saved anything, and of a search, which is another experiment.
    const bool was_here = options.resume && std::filesystem::exists(folder.experiment());
    const std::pair<TrainingSettings, Json> settled = settle(experiment, options, folder, was_here);
    const TrainingSettings& settings = settled.first; // no structured binding: Clang 14 lets no lambda see one
    const Json& kept = settled.second;
    const Data data = load_data(experiment);
    const TrainingRows rows = make_rows(data, settings.class_weights);
    const Loss loss = loss_of(experiment, data);
    const InputFacts facts = input_facts(experiment, data);
    if (options.progress && !resumes) {
        Progress news;
        news.event = describe(data, loss);
        options.progress(news);
    }
    // What is wrong with the layers is said before anything is written.
    build_network(experiment.layers(), experiment.quantizers, facts, loss.outputs, settings.seed);

    write_file(folder.experiment(), kept.dump(2) + "\n");
    write_test_rows(folder, data.test);

    Finish finish;
    if (resumes && std::filesystem::exists(folder.finish())) finish = read_finish(folder.finish());
    Front& front = finish.front;
    std::optional<double> budget, for_ramps;
    if (settings.minutes) {
        budget = 60.0 * *settings.minutes;
        const bool polishes = settings.fill_time() || settings.polish.value_or(0) > 0;
        for_ramps = polishes ? (1.0 - polish_share) * *budget : *budget;
    }

    auto clock = Clock::now(); // of what finish.seconds does not count yet
    // Files that nothing names any more are removed only after what no longer names them is on the disk: a killed run
    // finds every file its state speaks of.
    const auto save = [&] {
        finish.seconds += seconds_since(clock);
        clock = Clock::now();
        write_finish(folder.finish(), finish);
        std::vector<Point> needed = with_checkpoint(front);
        if (finish.to_polish)
            needed.insert(needed.end(), finish.to_polish->begin() + static_cast<std::ptrdiff_t>(finish.polished),
                          finish.to_polish->end());
        folder.remove_points_except(needed);
        std::filesystem::remove_all(folder.ramps());
        write_file(folder.front(), to_json(front).dump(1) + "\n");
    };

    const std::size_t side_by_side = Workers(options.threads).threads();
    const auto train_up_to = [&](std::size_t ramps, const RampBudget& its_budget) {
        const std::size_t first = finish.ramps;
        if (first >= ramps) return;
        const std::vector<RampResult> found =
            train_ramps({experiment, settings, facts, rows, loss}, folder, first, ramps, its_budget, options);
        double seconds = 0.0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            join(front, found[i].front, first + i, folder);
            seconds += found[i].seconds;
        }
        form(front);
        finish.ramps = ramps;
        finish.to_polish.reset();
        finish.seconds += seconds / static_cast<double>(std::min(side_by_side, found.size()));
        clock = Clock::now();
        if (ramps > 1) save();
    };
    std::size_t polish = settings.polish.value_or(0);
    if (!settings.fill_time()) {
        train_up_to(std::max<std::size_t>(settings.ramps.value_or(1), 1), {for_ramps, true, budget});
    } else if (!finish.to_polish) {
        // A round of ramps at their own pace, as many rounds more as fit, and the front polished until the time is up.
        polish = std::numeric_limits<std::size_t>::max();
        if (finish.planned == 0) finish.planned = side_by_side;
        while (true) {
            write_finish(folder.finish(), finish);
            train_up_to(finish.planned, {*for_ramps - finish.seconds, false, *budget - finish.seconds});
            const double round = finish.seconds * static_cast<double>(side_by_side) / static_cast<double>(finish.ramps);
            const double more = (*for_ramps - finish.seconds) / round + nearly;
            const auto rounds = static_cast<std::size_t>(std::clamp(more, 0.0, static_cast<double>(most_ramps)));
            finish.planned = std::min(finish.ramps + rounds * side_by_side, std::max(finish.ramps, most_ramps));
            if (finish.planned == finish.ramps) break;
        }
    }
    if (!finish.to_polish && polish > 0) {
        finish.to_polish = worth_polishing(front, polish);
        finish.polished = 0;
        save();
    }

    const std::vector<Point> to_polish = finish.to_polish.value_or(std::vector<Point>{});
    const auto polish_start = Clock::now();
    auto saved = polish_start;
    const std::size_t polished_before = finish.polished;
    FrontPolisher(options.threads,
                  [&](Workers& alone) {
                      return std::make_unique<CompactTrainer>(experiment, settings, facts, rows, loss, alone);
                  })
        .run(
            to_polish, finish.polished,
            [&](const Point& point) { return read_checkpoint(folder.points() / point.checkpoint).arrays.at(0).second; },
            [&] { return budget && finish.seconds + seconds_since(clock) >= *budget; },
            [&](const std::vector<PolishedPoint>& found) {
                for (const PolishedPoint& polished : found)
                    keep(front, polished.point, polished.values, folder);
                form(front);
                ++finish.polished;
                if (options.progress && !found.empty()) {
                    const Point& point = found.back().point;
                    const double each =
                        seconds_since(polish_start) / static_cast<double>(finish.polished - polished_before);
                    double left = each * static_cast<double>(to_polish.size() - finish.polished);
                    if (budget) left = std::clamp(*budget - finish.seconds - seconds_since(clock), 0.0, left);
                    options.progress({settings.epochs, settings.epochs, point.loss, point.metric, point.ebops,
                                      point.beta, point.live_weights, front.weights, seconds_since(start), left,
                                      front.points.size(), finish.polished, to_polish.size(), 1, 1, ""});
                }
                if (finish.polished == to_polish.size() || seconds_since(saved) >= options.save_seconds) {
                    save();
                    saved = Clock::now();
                }
            });
    if (front.points.empty()) {
        throw Error("the network never worked: " +
                        (front.events.empty() ? std::string("no evaluation") : front.events.front()),
                    experiment.file.string(), "lower training.learning_rate or training.beta");
    }
    return front;
}

} // namespace bitgrain::nn
