// Files are replaced whole or not at all.
#include "base/error.hpp"
#include "base/file.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <sys/resource.h>
#include <unistd.h>

using namespace bitgrain;
namespace fs = std::filesystem;

namespace {

/// A fresh folder, removed at the end.
class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / ("bitgrain_base_" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directories(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }
    fs::path operator/(const std::string& name) const { return path_ / name; }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
    }

  private:
    fs::path path_;
};

/// While it lives, no file of this process may grow beyond a size: writing fails as on a full disk.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int);
};

} // namespace

TEST_CASE("a written file has all its bytes and no temporary stays", "[base][file]") {
    const Folder folder;
    const std::string bytes = std::string(200000, 'x') + '\0' + "end\n";
    write_file(folder / "a" / "b" / "file", bytes);
    REQUIRE(read_file(folder / "a" / "b" / "file") == bytes);
    write_file(folder / "a" / "b" / "file", "short");
    REQUIRE(read_file(folder / "a" / "b" / "file") == "short");
    REQUIRE(std::distance(fs::directory_iterator(folder / "a" / "b"), fs::directory_iterator()) == 1);
}

TEST_CASE("a full disk leaves the old file and no temporary", "[base][file]") {
    const Folder folder;
    write_file(folder / "file", "old");
    {
        const FullDisk full(1000);
        REQUIRE_THROWS_AS(write_file(folder / "file", std::string(5000, 'n')), Error);
        REQUIRE_THROWS_AS(write_file(folder / "new", std::string(5000, 'n')), Error);
    }
    REQUIRE(read_file(folder / "file") == "old");
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("a folder that cannot be made is an error that names it", "[base][file]") {
    const Folder folder;
    write_file(folder / "file", "old");
    const fs::path under = folder / "file" / "x";
    REQUIRE_THROWS_WITH(write_file(under, "new"), Catch::Contains("file") && Catch::Contains("cannot make the folder"));
    REQUIRE_THROWS_AS(make_folder(under), Error);
    REQUIRE(read_file(folder / "file") == "old");
}

TEST_CASE("a device is written to and stays a device", "[base][file]") {
    const Folder folder;
    fs::create_symlink("/dev/full", folder / "full");
    REQUIRE_THROWS_WITH(write_file(folder / "full", "x"), Catch::Contains("No space left"));
    write_file("/dev/null", "x");
    REQUIRE(fs::is_character_file("/dev/null"));
    REQUIRE(fs::is_symlink(folder / "full"));
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("writing through a link replaces what the link points to", "[base][file]") {
    const Folder folder;
    write_file(folder / "real", "old");
    fs::create_symlink("real", folder / "link");
    write_file(folder / "link", "new");
    REQUIRE(fs::is_symlink(folder / "link"));
    REQUIRE(read_file(folder / "real") == "new");
}

TEST_CASE("a missing file and a folder cannot be read or written as files", "[base][file]") {
    const Folder folder;
    REQUIRE_THROWS_WITH(read_file(folder / "absent"), Catch::Contains("absent") && Catch::Contains("No such file"));
    fs::create_directories(folder / "sub");
    REQUIRE_THROWS_WITH(read_file(folder / "sub"), Catch::Contains("Is a directory"));
    REQUIRE_THROWS_WITH(write_file(folder / "sub", "x"), Catch::Contains("this is a folder"));
}
