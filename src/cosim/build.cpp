#include "cosim/build.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cosim/process.hpp"
#include "cosim/runtime_cache.hpp"
#include "rtl/emit.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <vector>

namespace bitgrain::cosim {

namespace fs = std::filesystem;

namespace {

constexpr const char* executable = "Vdut";
constexpr const char* object_folder = "objects";

/// A folder that goes away again.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = "/tmp/bitgrain-verilator-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) throw Error("cannot make a temporary folder", "/tmp");
        path_ = pattern;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

/// make cannot work in a folder whose name has blanks or characters that mean something to it.
bool suits_make(const fs::path& folder) {
    const std::string text = fs::absolute(folder).string();
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("/._-+,@").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

void copy_one(const fs::path& from, const fs::path& to) {
    std::error_code code;
    if (fs::equivalent(from, to, code)) return; // the work folder may be the design's own
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, code);
    if (code) throw Error("cannot copy to " + to.string() + ": " + code.message(), from.string());
}

/// The .v files of the design, copied beside the build so that all paths are plain names; sorted.
std::vector<std::string> copy_sources(const Options& options, const std::string& harness, const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(options.rtl, code)) {
        if (entry.path().extension() == ".v") names.push_back(entry.path().filename().string());
    }
    if (code) throw Error("cannot list the Verilog files: " + code.message(), options.rtl.string());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
        copy_one(options.rtl / name, folder / name);
    for (const std::string& name : {harness, std::string("vectors.hpp")})
        copy_one(options.harness / name, folder / name);
    return names;
}

void run_tool(const std::vector<std::string>& command, const fs::path& folder, const std::string& what) {
    const Completed done = run(command, folder);
    if (done.status == 0) return;
    throw Error(what + " failed (status " + std::to_string(done.status) + "):\n" +
                    last_lines(done.errors.empty() ? done.output : done.errors),
                folder.string());
}

void build_in(const fs::path& folder, const std::string& module, const std::string& harness, const Options& options) {
    const std::vector<std::string> sources = copy_sources(options, harness, folder);
    if (std::find(sources.begin(), sources.end(), module + ".v") == sources.end()) {
        throw Error("there is no " + module + ".v", options.rtl.string());
    }
    const fs::path objects = folder / object_folder;
    std::error_code ignored;
    fs::remove_all(objects, ignored); // objects of another design or of other flags must not survive
    make_folder(objects);

    // Functions of a limited size: the C++ compiler's time grows faster than their length. Few files: without
    // optimisation most of a file's time goes into the header with every signal of the design.
    std::vector<std::string> verilate = {"verilator",
                                         "--cc",
                                         "--exe",
                                         "-O3",
                                         "--output-split",
                                         options.optimize ? "20000" : "400000",
                                         "--output-split-cfuncs",
                                         "500",
                                         "--prefix",
                                         executable,
                                         "--top-module",
                                         module,
                                         "--Mdir",
                                         object_folder,
                                         "-CFLAGS",
                                         "-I..",
                                         "-y",
                                         ".",
                                         module + ".v",
                                         harness};
    if (options.adders == AddersOfThree::primitives) verilate.emplace_back("-DSYNTHESIS");
    if (options.adders == AddersOfThree::expressions) verilate.push_back(std::string("-D") + rtl::expressions_macro);
    run_tool(verilate, folder, "Verilator");

    const std::vector<std::string> flags = {options.optimize ? "OPT_FAST=-O1" : "OPT_FAST=-O0", "OPT_SLOW=-O0",
                                            "OPT_GLOBAL=-O1"};
    std::string key = run({"verilator", "--version"}, folder).output + run({"g++", "--version"}, folder).output;
    for (const char* variable : {"CXX", "CXXFLAGS", "CPPFLAGS"}) {
        if (const char* value = std::getenv(variable)) key += std::string(variable) + '=' + value + '\n';
    }
    const RuntimeCache cache(key + flags.back());
    const bool fetched = cache.fetch(objects);
    std::vector<std::string> command = {"make", "-j2", "-C", object_folder, "-f", std::string(executable) + ".mk"};
    command.insert(command.end(), flags.begin(), flags.end());
    run_tool(command, folder, "Compiling the simulation");
    if (!fetched) cache.store(objects);
}

} // namespace

fs::path build(const std::string& module, const std::string& harness, const Options& options) {
    require_program("verilator", "verilator");
    require_program("make", "make");
    require_program("g++", "g++");
    make_folder(options.work);
    fs::path result = options.work / object_folder / executable;
    if (suits_make(options.work)) {
        build_in(options.work, module, harness, options);
        return result;
    }
    const TemporaryFolder temporary;
    build_in(temporary.path(), module, harness, options);
    make_folder(result.parent_path());
    copy_one(temporary.path() / object_folder / executable, result);
    return result;
}

} // namespace bitgrain::cosim
