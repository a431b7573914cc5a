#include "nn/run_folder.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/front.hpp"

#include <charconv>
#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <unistd.h>

namespace bitgrain::nn {

namespace {

/// The names as numbers; empty unless all are.
std::vector<double> numeric_names(const std::vector<std::string>& names) {
    std::vector<double> numbers;
    for (const std::string& name : names) {
        double number = 0.0;
        const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (code != std::errc{} || end != name.data() + name.size()) return {};
        numbers.push_back(number);
    }
    return numbers;
}

/// Takes the lock behind the descriptor, which it closes when another process has it.
void take_lock(int lock, const std::filesystem::path& path) {
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return;
    ::close(lock);
    throw Error("another process is training here", path.string(), "wait for it or use another folder");
}

constexpr const char* lock_file = ".lock";

} // namespace

RunFolder::RunFolder(std::filesystem::path path) : path_(std::move(path)) {
    make_folder(points());
    lock_ = ::open(file(lock_file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_ < 0) throw Error("cannot write in the folder", path_.string());
    take_lock(lock_, path_);
}

void RunFolder::require_free(const std::filesystem::path& path) {
    const int lock = ::open((path / lock_file).c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) return; // nobody has been here, or may write here
    take_lock(lock, path);
    ::close(lock);
}

RunFolder::~RunFolder() {
    ::close(lock_);
}

void RunFolder::remove_points_except(const std::vector<Point>& points) const {
    std::set<std::string> kept;
    for (const Point& point : points)
        kept.insert(point.checkpoint);
    std::vector<std::filesystem::path> others;
    for (const auto& entry : std::filesystem::directory_iterator(this->points())) {
        if (!kept.contains(entry.path().filename().string())) others.push_back(entry.path());
    }
    for (const std::filesystem::path& path : others)
        std::filesystem::remove(path);
}

void keep(Front& front, const Point& point, const std::vector<float>& values, const RunFolder& folder) {
    if (add(front, point))
        write_checkpoint(folder.points() / point.checkpoint, {{{"epoch", point.epoch}}, {{"values", values}}});
}

void write_test_rows(const RunFolder& folder, const data::Dataset& test) {
    if (test.rows == 0) return;
    data::Array x{{test.rows}, test.features, test.integral};
    x.shape.insert(x.shape.end(), test.feature_shape.begin(), test.feature_shape.end());
    data::write_npy(folder.file("test_x.npy"), x);
    data::Array y{{test.rows}, {}, test.target_size == 0};
    if (test.target_size > 0) {
        y.shape.push_back(test.target_size);
        y.values = test.targets;
    } else {
        // Class names as they stand in the data when they are numbers (NumPy files hold no texts), else their indices.
        const std::vector<double> names = numeric_names(test.class_names);
        for (const std::int32_t label : test.labels)
            y.values.push_back(names.empty() ? label : names[static_cast<std::size_t>(label)]);
    }
    data::write_npy(folder.file("test_y.npy"), y);
}

} // namespace bitgrain::nn
