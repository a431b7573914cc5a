// A folder that appears complete or not at all: it is filled under a temporary name beside its place and renamed at the
// end.
#pragma once

#include <filesystem>
#include <functional>

namespace bitgrain::cli {

class NewFolder {
  public:
    /// `is_ours` tells whether an existing folder may be replaced; any other one that has content throws Error at once.
    NewFolder(const std::filesystem::path& target, const std::function<bool(const std::filesystem::path&)>& is_ours);
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;
    /// Removes the temporary folder unless it was put in place.
    ~NewFolder();

    const std::filesystem::path& path() const { return temporary_; }
    /// Takes the place of what was there. Throws Error and leaves the old folder when the system refuses.
    void put_in_place();

  private:
    std::filesystem::path target_, temporary_;
};

/// Removes what killed processes left beside the folder: half-filled ones and older ones that were put aside.
void remove_abandoned(const std::filesystem::path& target);

/// Makes room for a folder that is filled in place because work in it can be continued (a training run). An older
/// folder is put aside and comes back when the work fails (after a kill: with the next ReplacedFolder); without an
/// older one, what the work wrote stays if `is_useful`.
class ReplacedFolder {
  public:
    ReplacedFolder(const std::filesystem::path& target, std::function<bool(const std::filesystem::path&)> is_useful);
    ReplacedFolder(const ReplacedFolder&) = delete;
    ReplacedFolder& operator=(const ReplacedFolder&) = delete;
    ~ReplacedFolder();
    /// Whether there was an older one.
    bool replaces() const { return !old_.empty(); }
    /// The new folder is complete; the old one goes.
    void done();

  private:
    std::filesystem::path target_, old_;
    std::function<bool(const std::filesystem::path&)> is_useful_;
    bool done_ = false;
};

/// Keeps other processes out of a folder that several steps write to; Error when one is in it. Makes the folder, and
/// removes it at the end when it is still empty.
class FolderLock {
  public:
    explicit FolderLock(std::filesystem::path path);
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();

  private:
    std::filesystem::path path_;
    int lock_ = -1;
};

/// A folder for the work of one run of the program; removed at the end, whatever happens.
class WorkFolder {
  public:
    explicit WorkFolder(std::filesystem::path path);
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder();
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace bitgrain::cli
