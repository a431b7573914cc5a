#include "base/file.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace bitgrain {

namespace fs = std::filesystem;

namespace {

std::string reason(int code) {
    return std::generic_category().message(code);
}

/// An open file descriptor; closed when it goes out of scope.
class Descriptor {
  public:
    Descriptor(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

    /// `target` is the name the user knows.
    void write(std::string_view bytes, const fs::path& target) const {
        while (!bytes.empty()) {
            const ssize_t n = ::write(number_, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) throw Error("cannot write: " + reason(errno), target.string());
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    void flush_and_close(const fs::path& target) {
        if (::fsync(number_) != 0 && errno != EINVAL) throw Error("cannot write: " + reason(errno), target.string());
        const int closed = ::close(number_);
        number_ = -1;
        if (closed != 0) throw Error("cannot write: " + reason(errno), target.string());
    }

  private:
    int number_;
};

/// Removes the file unless it was renamed.
class RemoveOnFailure {
  public:
    explicit RemoveOnFailure(fs::path path) : path_(std::move(path)) {}
    RemoveOnFailure(const RemoveOnFailure&) = delete;
    RemoveOnFailure& operator=(const RemoveOnFailure&) = delete;
    ~RemoveOnFailure() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    void keep() { path_.clear(); }

  private:
    fs::path path_;
};

void replace_file(const fs::path& path, std::string_view bytes) {
    fs::path temporary = path;
    temporary += ".tmp" + std::to_string(::getpid());
    Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open()) throw Error("cannot write: " + reason(errno), path.string());
    RemoveOnFailure guard(temporary);
    file.write(bytes, path);
    file.flush_and_close(path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw Error("cannot write: " + reason(errno), path.string());
    guard.keep();
}

} // namespace

std::string read_file(const fs::path& path) {
    const Descriptor file(path, O_RDONLY);
    if (!file.is_open()) throw Error("cannot read: " + reason(errno), path.string());
    std::string bytes;
    char buffer[1 << 16];
    for (;;) {
        const ssize_t n = ::read(file.number(), buffer, sizeof buffer);
        if (n == 0) return bytes;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw Error("cannot read: " + reason(errno), path.string());
        bytes.append(buffer, static_cast<std::size_t>(n));
    }
}

void write_file(const fs::path& path, std::string_view bytes) {
    if (path.has_parent_path()) make_folder(path.parent_path());
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored); // of what a link points to
    if (fs::is_directory(status)) throw Error("cannot write: this is a folder", path.string());
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        // A device or a pipe (/dev/stdout): renaming over it would replace the device itself.
        const Descriptor device(path, O_WRONLY);
        if (!device.is_open()) throw Error("cannot write: " + reason(errno), path.string());
        device.write(bytes, path);
        return;
    }
    replace_file(fs::is_regular_file(status) ? fs::canonical(path) : path, bytes); // a link stays a link
}

void make_folder(const fs::path& path) {
    std::error_code code;
    fs::create_directories(path, code);
    if (code) throw Error("cannot make the folder: " + code.message(), path.string());
}

} // namespace bitgrain
