// A run directory and who may write to it: one process at a time.
#pragma once

#include "data/dataset.hpp"
#include "nn/train.hpp"

#include <filesystem>
#include <vector>

namespace bitgrain::nn {

class RunFolder {
  public:
    /// Makes the folder and locks it; Error when another process trains in it.
    explicit RunFolder(std::filesystem::path path);
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;
    ~RunFolder();
    /// Error when another process trains in it; makes nothing.
    static void require_free(const std::filesystem::path& path);

    std::filesystem::path experiment() const { return path_ / "experiment.json"; }
    std::filesystem::path front() const { return path_ / "front.json"; }
    std::filesystem::path state() const { return path_ / "state.ckpt"; }
    std::filesystem::path finish() const { return path_ / "finish.json"; }
    std::filesystem::path ramps() const { return path_ / "ramps"; }
    std::filesystem::path points() const { return path_ / "points"; }
    std::filesystem::path file(const std::string& name) const { return path_ / name; }

    /// Removes the checkpoints in points() that are not of these points.
    void remove_points_except(const std::vector<Point>& points) const;

  private:
    std::filesystem::path path_;
    int lock_ = -1;
};

/// A candidate: into the front (front.hpp), and while it can join it its values into points(), under its checkpoint's
/// name.
void keep(Front& front, const Point& point, const std::vector<float>& values, const RunFolder& folder);

/// test_x.npy and test_y.npy: the held-out rows, as raw data. Nothing without rows.
void write_test_rows(const RunFolder& folder, const data::Dataset& test);

} // namespace bitgrain::nn
