#include "cli/console.hpp"

#include "base/error.hpp"
#include "report/number.hpp"

#include <cmath>
#include <cstdio>
#include <iostream>
#include <unistd.h>

namespace bitgrain::cli {

namespace {

std::string minutes(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "?";
    const auto total = static_cast<long>(std::llround(seconds));
    const std::string rest = std::to_string(total % 60);
    return std::to_string(total / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

std::string scientific(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", value);
    return text;
}

std::string fixed(double value, int decimals) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

} // namespace

void print_result(bool as_json, const std::string& text, const Json& json) {
    std::cout << (as_json ? json.dump(2) + "\n" : text) << std::flush;
    if (!std::cout) throw Error("cannot write to the standard output");
}

void print_step(const std::string& text) {
    std::cerr << text << std::endl;
}

std::string progress_text(const nn::Progress& p, const std::string& metric_name) {
    const std::string metric = metric_name == "accuracy" ? fixed(100 * p.metric, 2) + " %" : fixed(p.metric, 4);
    const std::string ramp =
        p.ramps > 1 ? "ramp " + std::to_string(p.ramp) + "/" + std::to_string(p.ramps) + "  " : std::string();
    const std::string place = p.to_polish > 0
                                  ? "polished " + std::to_string(p.polished) + "/" + std::to_string(p.to_polish)
                                  : ramp + "epoch " + std::to_string(p.epoch) + "/" + std::to_string(p.epochs);
    return place + "  loss " + fixed(p.loss, 4) + "  " + metric_name + " " + metric + "  EBOPs " + fixed(p.ebops, 0) +
           "  beta " + scientific(p.beta) + "  live " + std::to_string(p.live_weights) + "/" +
           std::to_string(p.weights) + "  left " + minutes(p.seconds_left);
}

ProgressLine::ProgressLine(std::string metric_name)
    : metric_name_(std::move(metric_name)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (terminal_ && width_ > 0) std::cerr << std::endl;
}

void ProgressLine::show(const nn::Progress& progress) {
    if (!progress.event.empty()) std::cerr << (terminal_ && width_ > 0 ? "\n" : "") << progress.event << std::endl;
    if (progress.epochs == 0) return; // news of no epoch
    const auto now = Clock::now();
    const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(3000);
    const bool ends = progress.epoch >= progress.epochs && progress.polished == progress.to_polish;
    if (!ends && last_ != Clock::time_point{} && now - last_ < pause) return;
    last_ = now;
    const std::string text = progress_text(progress, metric_name_);
    if (!terminal_) {
        std::cerr << text << std::endl;
        return;
    }
    const std::size_t leftover = width_ > text.size() ? width_ - text.size() : 0;
    std::cerr << '\r' << text << std::string(leftover, ' ') << std::flush;
    width_ = text.size();
}

} // namespace bitgrain::cli
