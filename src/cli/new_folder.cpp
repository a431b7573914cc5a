#include "cli/new_folder.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

fs::path sibling(fs::path path, const std::string& suffix) {
    if (!path.has_filename()) path = path.parent_path(); // "build/" and "build" are the same folder
    return path.parent_path() / ("." + path.filename().string() + suffix + std::to_string(::getpid()));
}

} // namespace

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
}

ReplacedFolder::ReplacedFolder(const fs::path& target, std::function<bool(const fs::path&)> is_useful)
    : target_(fs::absolute(target).lexically_normal()), is_useful_(std::move(is_useful)) {
    if (!fs::exists(target_)) return;
    std::error_code code;
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
