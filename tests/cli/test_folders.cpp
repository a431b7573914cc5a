// Folders appear complete or not at all.
#include "base/error.hpp"
#include "cli/new_folder.hpp"
#include "program.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::cli;
using bitgrain::test::Folder;
namespace fs = std::filesystem;

namespace {

bool has_mark(const fs::path& folder) {
    return fs::exists(folder / "mark");
}

} // namespace

TEST_CASE("a new folder is there only after it was put in place", "[cli][folders]") {
    const Folder folder("new");
    {
        NewFolder made(folder / "deep/target", has_mark);
        write_file(made.path() / "mark", "1");
        REQUIRE_FALSE(fs::exists(folder / "deep/target"));
        made.put_in_place();
    }
    REQUIRE(read_file(folder / "deep/target/mark") == "1");
    REQUIRE(std::distance(fs::directory_iterator(folder / "deep"), fs::directory_iterator()) == 1);
}

TEST_CASE("a failure while filling a folder leaves the old one and nothing else", "[cli][folders]") {
    const Folder folder("failed");
    write_file(folder / "target/mark", "old");
    try {
        const NewFolder made((folder / "target/").string(), has_mark);
        write_file(made.path() / "mark", "new");
        throw Error("the disk is full");
    } catch (const Error&) {
        REQUIRE(read_file(folder / "target/mark") == "old");
    }
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("an older folder of ours is replaced as a whole", "[cli][folders]") {
    const Folder folder("replaced");
    write_file(folder / "target/mark", "old");
    write_file(folder / "target/stale", "old");
    NewFolder made(folder / "target", has_mark);
    write_file(made.path() / "mark", "new");
    made.put_in_place();
    REQUIRE(read_file(folder / "target/mark") == "new");
    REQUIRE_FALSE(fs::exists(folder / "target/stale"));
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("a foreign folder or a file in the way is refused", "[cli][folders]") {
    const Folder folder("foreign");
    write_file(folder / "target/thesis.tex", "years of work");
    REQUIRE_THROWS_WITH(NewFolder(folder / "target", has_mark), Catch::Contains("bitgrain did not write"));
    write_file(folder / "file", "x");
    REQUIRE_THROWS_WITH(NewFolder(folder / "file", has_mark), Catch::Contains("in the way"));
    REQUIRE_THROWS_AS(NewFolder(folder / "file/below", has_mark), Error);
    fs::create_directories(folder / "empty");
    REQUIRE_NOTHROW(NewFolder(folder / "empty", has_mark));
    REQUIRE(folder.entries() == 3);
}

TEST_CASE("a replaced folder comes back when the work fails and useful work stays", "[cli][folders]") {
    const Folder folder("aside");
    write_file(folder / "run/mark", "old");
    {
        const ReplacedFolder replaced(folder / "run", has_mark);
        write_file(folder / "run/mark", "half");
    }
    REQUIRE(read_file(folder / "run/mark") == "old");
    {
        ReplacedFolder replaced(folder / "run", has_mark);
        write_file(folder / "run/mark", "new");
        replaced.done();
    }
    REQUIRE(read_file(folder / "run/mark") == "new");
    {
        const ReplacedFolder replaced(folder / "first", has_mark);
        write_file(folder / "first/mark", "can be continued");
    }
    REQUIRE(fs::exists(folder / "first/mark"));
    {
        const ReplacedFolder replaced(folder / "second", has_mark);
        write_file(folder / "second/half", "of no use");
    }
    REQUIRE_FALSE(fs::exists(folder / "second"));
    REQUIRE(folder.entries() == 2);
}

TEST_CASE("what a killed process left goes with the next one", "[cli][folders]") {
    const Folder folder("killed");
    const auto killed = [](const auto& work) {
        const pid_t child = fork();
        if (child == 0) work(); // to _exit: no destructor runs
        REQUIRE(child > 0);
        REQUIRE(waitpid(child, nullptr, 0) == child);
    };
    const auto kill_while_filling = [&] {
        killed([&] {
            const NewFolder made(folder / "build", has_mark);
            _exit(0);
        });
    };
    kill_while_filling();
    REQUIRE(folder.entries() == 1);
    NewFolder(folder / "build", has_mark).put_in_place();
    REQUIRE(folder.entries() == 1);
    write_file(folder / "build/mark", "built");
    kill_while_filling();
    { const NewFolder failed(folder / "build", has_mark); }
    REQUIRE(read_file(folder / "build/mark") == "built");
    REQUIRE(folder.entries() == 1);

    write_file(folder / "run/mark", "complete");
    const auto kill_while_training = [&] {
        killed([&] {
            const ReplacedFolder replaced(folder / "run", has_mark);
            write_file(folder / "run/mark", "half");
            _exit(0);
        });
    };
    kill_while_training();
    REQUIRE(read_file(folder / "run/mark") == "half"); // to be continued, if the user likes
    REQUIRE(folder.entries() == 3);
    kill_while_training();
    REQUIRE(folder.entries() == 3);
    { const ReplacedFolder failed(folder / "run", has_mark); }
    REQUIRE(read_file(folder / "run/mark") == "complete");
    REQUIRE(folder.entries() == 2);
    kill_while_training();
    remove_abandoned(folder / "run/");
    REQUIRE(read_file(folder / "run/mark") == "half");
    REQUIRE(folder.entries() == 2);

    // Of a process that lives, or of nobody: stays.
    write_file(folder / (".run.old" + std::to_string(getppid())) / "mark", "x");
    write_file(folder / ".run.older" / "mark", "x");
    remove_abandoned(folder / "run");
    REQUIRE(folder.entries() == 4);
}

TEST_CASE("a work folder goes whatever happens", "[cli][folders]") {
    const Folder folder("work");
    {
        const WorkFolder work(folder / "w");
        write_file(work.path() / "x", "1");
    }
    REQUIRE(folder.entries() == 0);
}
