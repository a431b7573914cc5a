#include "cli/new_folder.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

fs::path sibling(fs::path path, const std::string& suffix) {
    if (!path.has_filename()) path = path.parent_path(); // "build/" and "build" are the same folder
    return path.parent_path() / ("." + path.filename().string() + suffix + std::to_string(::getpid()));
}

/// The process that put it there was killed. (Of another machine's process on a shared disk nothing is known here.)
bool is_abandoned(const std::string& digits) {
    if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos)
        return false;
    return ::kill(std::stoi(digits), 0) != 0 && errno == ESRCH;
}

/// Siblings of the target that killed processes left, new and old ones.
std::vector<fs::path> abandoned(const fs::path& target, const std::string& suffix) {
    const fs::path own = sibling(target, suffix);
    const std::string pid = std::to_string(::getpid()), name = own.filename().string();
    const std::string prefix = name.substr(0, name.size() - pid.size());
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(own.parent_path(), ignored)) {
        const std::string other = entry.path().filename().string();
        if (other.starts_with(prefix) && is_abandoned(other.substr(prefix.size()))) found.push_back(entry.path());
    }
    return found;
}

void remove_all(const std::vector<fs::path>& folders) {
    std::error_code ignored;
    for (const fs::path& folder : folders)
        fs::remove_all(folder, ignored);
}

} // namespace

void remove_abandoned(const fs::path& target) {
    const fs::path place = fs::absolute(target).lexically_normal();
    for (const char* suffix : {".new", ".old"})
        remove_all(abandoned(place, suffix));
}

NewFolder::NewFolder(const fs::path& target, const std::function<bool(const fs::path&)>& is_ours)
    : target_(fs::absolute(target).lexically_normal()), temporary_(sibling(target_, ".new")) {
    std::error_code code;
    const fs::file_status status = fs::status(target_, code);
    if (fs::exists(status) && !fs::is_directory(status)) {
        throw Error("a file is in the way of the folder", target.string());
    }
    if (fs::is_directory(status) && !fs::is_empty(target_) && !is_ours(target_)) {
        throw Error("the folder has content that bitgrain did not write", target.string(), "choose another with -o");
    }
    remove_all(abandoned(target_, ".new")); // an older one may be all that there is until this one is in place
    fs::remove_all(temporary_, code);
    make_folder(temporary_);
}

NewFolder::~NewFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void NewFolder::put_in_place() {
    const fs::path old = sibling(target_, ".old");
    std::error_code code, ignored;
    const bool replaces = fs::exists(target_);
    if (replaces) fs::rename(target_, old, code);
    if (!code) {
        fs::rename(temporary_, target_, code);
        if (code && replaces) fs::rename(old, target_, ignored);
    }
    if (code) throw Error("cannot put the new folder in place: " + code.message(), target_.string());
    temporary_.clear();
    fs::remove_all(old, ignored);
    remove_abandoned(target_);
}

ReplacedFolder::ReplacedFolder(const fs::path& target, std::function<bool(const fs::path&)> is_useful)
    : target_(fs::absolute(target).lexically_normal()), is_useful_(std::move(is_useful)) {
    std::error_code code;
    for (const fs::path& older : abandoned(target_, ".old")) { // its successor never became complete
        fs::remove_all(target_, code);
        fs::rename(older, target_, code);
    }
    if (!fs::exists(target_)) return;
    old_ = sibling(target_, ".old");
    fs::rename(target_, old_, code);
    if (code) throw Error("cannot put the old folder aside: " + code.message(), target.string());
}

ReplacedFolder::~ReplacedFolder() {
    if (done_) return;
    std::error_code ignored;
    if (!old_.empty() || !is_useful_(target_)) fs::remove_all(target_, ignored);
    if (!old_.empty()) fs::rename(old_, target_, ignored);
}

void ReplacedFolder::done() {
    done_ = true;
    std::error_code ignored;
    if (!old_.empty()) fs::remove_all(old_, ignored);
}

FolderLock::FolderLock(fs::path path) : path_(std::move(path)) {
    make_folder(path_);
    lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // A file system without locks is no reason to refuse.
    if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        ::close(lock_);
        throw Error("another bitgrain is working in this folder", path_.string(),
                    "wait for it or choose another with -o");
    }
}

FolderLock::~FolderLock() {
    std::error_code ignored;
    if (fs::is_empty(path_, ignored)) fs::remove(path_, ignored);
    if (lock_ >= 0) ::close(lock_);
}

WorkFolder::WorkFolder(fs::path path) : path_(std::move(path)) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    make_folder(path_);
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

} // namespace bitgrain::cli
