#include "nn/run_folder.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace bitgrain::nn {

RunFolder::RunFolder(std::filesystem::path path) : path_(std::move(path)) {
    make_folder(points());
    lock_ = ::open(file(".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_ < 0) throw Error("cannot write in the folder", path_.string());
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock_);
        throw Error("another process is training here", path_.string(), "wait for it or use another folder");
    }
}

RunFolder::~RunFolder() {
    ::close(lock_);
}

} // namespace bitgrain::nn
