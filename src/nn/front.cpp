#include "nn/front.hpp"

#include "base/error.hpp"
#include "nn/judge.hpp"

#include <algorithm>

namespace bitgrain::nn {

bool insert(Front& front, const Point& point) {
    const auto at_least_as_good = [&](const Point& a, const Point& b) {
        return a.ebops <= b.ebops && (front.higher_is_better ? a.expected >= b.expected : a.expected <= b.expected);
    };
    for (const Point& other : front.points) {
        if (at_least_as_good(other, point)) return false;
    }
    std::erase_if(front.points, [&](const Point& other) { return at_least_as_good(point, other); });
    const auto place = std::find_if(front.points.begin(), front.points.end(),
                                    [&](const Point& other) { return other.ebops > point.ebops; });
    front.points.insert(place, point);
    return true;
}

bool add(Front& front, Point point) {
    const double sign = front.higher_is_better ? 1.0 : -1.0;
    const auto at_least_as_good = [&](const Point& a, const Point& b) {
        return a.ebops <= b.ebops && sign * a.metric >= sign * b.metric &&
               sign * a.train_metric >= sign * b.train_metric;
    };
    point.expected = point.metric;
    insert(front, point);
    for (Point& other : front.history) {
        if (other.checkpoint.empty() || other.polished != point.polished) continue;
        if (at_least_as_good(other, point)) {
            point.checkpoint.clear();
            break;
        }
        if (at_least_as_good(point, other)) other.checkpoint.clear();
    }
    front.history.push_back(std::move(point));
    return !front.history.back().checkpoint.empty();
}

void form(Front& front) {
    judge(front.history);
    front.points.clear();
    for (const Point& point : front.history) {
        if (!point.checkpoint.empty()) insert(front, point);
    }
}

std::vector<Point> with_checkpoint(const Front& front) {
    std::vector<Point> points = front.points;
    std::copy_if(front.history.begin(), front.history.end(), std::back_inserter(points),
                 [](const Point& point) { return !point.checkpoint.empty(); });
    return points;
}

Json to_json(const Point& p) {
    Json json{{"epoch", p.epoch},       {"metric", p.metric},     {"train_metric", p.train_metric},
              {"expected", p.expected}, {"loss", p.loss},         {"ebops", p.ebops},
              {"beta", p.beta},         {"polished", p.polished}, {"live_weights", p.live_weights}};
    json["fold_metrics"] = p.fold_metrics;
    if (!p.checkpoint.empty()) json["checkpoint"] = p.checkpoint;
    return json;
}

Point point_from_json(JsonReader reader) {
    Point p;
    p.epoch = reader.get<std::int64_t>("epoch");
    p.metric = reader.get<double>("metric");
    p.train_metric = reader.get<double>("train_metric");
    p.fold_metrics = reader.get<std::vector<double>>("fold_metrics");
    p.expected = reader.get<double>("expected");
    p.polished = reader.get<bool>("polished");
    p.loss = reader.get<double>("loss");
    p.ebops = reader.get<double>("ebops");
    p.beta = reader.get<double>("beta");
    p.live_weights = reader.get<std::size_t>("live_weights");
    if (reader.has("checkpoint")) p.checkpoint = reader.get<std::string>("checkpoint");
    reader.finish();
    return p;
}

Json to_json(const Front& front) {
    Json json{{"format", "bitgrain-front-2"},
              {"metric_name", front.metric_name},
              {"higher_is_better", front.higher_is_better},
              {"float_metric", front.float_metric},
              {"float_test_metric", front.float_test_metric},
              {"weights", front.weights}};
    json["events"] = front.events;
    json["points"] = Json::array();
    for (const Point& p : front.points)
        json["points"].push_back(to_json(p));
    json["history"] = Json::array();
    for (const Point& p : front.history)
        json["history"].push_back(to_json(p));
    return json;
}

Front front_from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    Front front;
    reader.choice("format", {"bitgrain-front-2"});
    front.metric_name = reader.get<std::string>("metric_name");
    front.higher_is_better = reader.get<bool>("higher_is_better");
    front.float_metric = reader.get<double>("float_metric");
    front.float_test_metric = reader.get<double>("float_test_metric");
    front.weights = reader.get<std::size_t>("weights");
    front.events = reader.get<std::vector<std::string>>("events");
    for (const JsonReader& point : reader.at("points").elements())
        front.points.push_back(point_from_json(point));
    for (const JsonReader& point : reader.at("history").elements())
        front.history.push_back(point_from_json(point));
    reader.finish();
    return front;
}

Front read_front(const std::filesystem::path& run) {
    const auto path = run / "front.json";
    return front_from_json(read_json(path), path.string());
}

} // namespace bitgrain::nn
