// Printing: results to the standard output, progress to the standard error. With --json the standard output holds
// exactly one JSON object.
#pragma once

#include "base/clock.hpp"
#include "base/json.hpp"
#include "nn/train.hpp"

#include <string>

namespace bitgrain::cli {

/// Either the text or the JSON, as asked. Throws Error when the output cannot be written (a full disk, a closed pipe).
void print_result(bool as_json, const std::string& text, const Json& json);

/// One line on the standard error: what is being done now.
void print_step(const std::string& text);

/// The training progress: one line that is rewritten on a terminal, otherwise a line now and then.
class ProgressLine {
  public:
    /// `metric_name` is "accuracy" (shown in percent) or another metric.
    explicit ProgressLine(std::string metric_name);
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    /// Leaves the last line standing.
    ~ProgressLine();

    void show(const nn::Progress& progress);

  private:
    std::string metric_name_;
    bool terminal_;
    std::size_t width_ = 0;
    Clock::time_point last_{};
};

/// "epoch 120/400  loss 0.0812  accuracy 97.10 %  EBOPs 5120  beta 1.2e-05  live 1803/3392  left 0:42"
std::string progress_text(const nn::Progress& progress, const std::string& metric_name);

} // namespace bitgrain::cli
