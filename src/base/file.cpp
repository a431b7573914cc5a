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

std::string reason(int code) { return std::generic_category().message(code); }

/// Closes the descriptor and removes the temporary unless the write was completed.
class TemporaryFile {
  public:
    explicit TemporaryFile(fs::path path) : path_(std::move(path)) {
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (descriptor_ < 0) throw Error("cannot write: " + reason(errno), path_.parent_path().string());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!path_.empty()) ::unlink(path_.c_str());
    }

    void write(std::string_view bytes, const fs::path& target) {
        while (!bytes.empty()) {
            const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) throw Error("cannot write: " + reason(errno), target.string());
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        if (::fsync(descriptor_) != 0 && errno != EINVAL) throw Error("cannot write: " + reason(errno), target.string());
    }

    void rename_to(const fs::path& target) {
        const int closed = ::close(descriptor_);
        descriptor_ = -1;
        if (closed != 0) throw Error("cannot write: " + reason(errno), target.string());
        if (::rename(path_.c_str(), target.c_str()) != 0) {
            throw Error("cannot write: " + reason(errno), target.string());
        }
        path_.clear();
    }

  private:
    fs::path path_;
    int descriptor_ = -1;
};

} // namespace

std::string read_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw Error("cannot read: " + reason(errno), path.string());
    std::string bytes;
    char buffer[1 << 16];
    for (;;) {
        const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
        if (n == 0) break;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const int code = errno;
            ::close(descriptor);
            throw Error("cannot read: " + reason(code), path.string());
        }
        bytes.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(descriptor);
    return bytes;
}

void write_file(const fs::path& path, std::string_view bytes) {
    if (path.has_parent_path()) make_folder(path.parent_path());
    fs::path temporary = path;
    temporary += ".tmp" + std::to_string(::getpid());
    TemporaryFile file(temporary);
    file.write(bytes, path);
    file.rename_to(path);
}

void make_folder(const fs::path& path) {
    std::error_code code;
    fs::create_directories(path, code);
    if (code) throw Error("cannot make the folder: " + code.message(), path.string());
}

} // namespace bitgrain
