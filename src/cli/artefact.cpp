#include "cli/artefact.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "data/dataset.hpp"
#include "model/names.hpp"

#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

/// What it is, and what to do with it.
struct Description {
    std::string name, advice;
};

const Description foreign_network{"another program's network", "bitgrain import makes a model of it"};

/// The beginning of a file, enough to tell its kind; empty when it cannot be read.
std::string beginning(const fs::path& path) {
    std::array<char, 4096> buffer{};
    std::ifstream file(path, std::ios::binary);
    file.read(buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(file.gcount())};
}

bool looks_like_model(const std::string& head) {
    return head.find(std::string("\"") + model::file_format + "\"") != std::string::npos;
}

Description describe_json(const fs::path& path) {
    Json json;
    try {
        json = read_json(path);
    } catch (const Error&) {
        return {}; // whoever reads it says what is wrong in it, with the place
    }
    const auto text = [&](const char* key) {
        return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
    };
    if (json.is_array() || (json.is_object() && json.contains("meta") && json.contains("model")))
        return foreign_network;
    if (json.is_object() && json.contains("layers") && json.contains("data"))
        return {"an experiment", "bitgrain run trains and builds it, bitgrain train trains it"};
    if (text("format").starts_with("bitgrain-front"))
        return {"the front of a training run", "give the folder that it is in"};
    if (text("format").starts_with("cmvm")) return {"a matrix file", "bitgrain cmvm solves it"};
    if (text("kind").starts_with("bitgrain ")) return {"a file of a build", "give the build folder"};
    return {};
}

Description describe_file(const fs::path& path) {
    const std::string head = beginning(path);
    if (looks_like_model(head)) return {"a model", "evaluate, build, report and export take it"};
    if (head.starts_with("\x89HDF") || path.extension() == ".keras" || path.extension() == ".h5")
        return foreign_network;
    if (data::is_data_name(path)) return {"a table of data", "an experiment names it under data.train"};
    if (path.extension() == ".json") return describe_json(path);
    return {};
}

Description describe_folder(const fs::path& path) {
    if (is_build(path)) return {"a build", "verify, report, synth and read-report take it"};
    if (is_run(path))
        return {"a training run", "front and report take it, and freeze, which makes a model of a point of it"};
    if (fs::exists(path / "designs.json")) return {"a folder of designs by front", "each folder in it is a build"};
    if (is_run(path / "run"))
        return {"a folder by bitgrain run", "train -o RUN --resume, freeze, build and report take it"};
    return {};
}

/// Error when it is certainly something else. A pipe is let through: it can be read only once.
fs::path require_file(const fs::path& path, const std::string& wanted) {
    if (fs::is_regular_file(path)) {
        const std::string name = describe_file(path).name;
        if (!name.empty() && name != wanted) refuse_artefact(path, wanted);
    } else if (fs::is_directory(path) || !fs::exists(path)) {
        refuse_artefact(path, wanted);
    }
    return path;
}

} // namespace

void refuse_artefact(const fs::path& path, const std::string& wanted) {
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    if (!fs::exists(status)) throw Error("there is no such file or folder", path.string(), "expected: " + wanted);
    const Description found = fs::is_directory(status) ? describe_folder(path) : describe_file(path);
    if (found.name.empty()) {
        throw Error(std::string("this ") + (fs::is_directory(status) ? "folder" : "file") + " is not " + wanted,
                    path.string());
    }
    throw Error("this is " + found.name + ", not " + wanted, path.string(), found.advice);
}

bool is_run(const fs::path& folder) {
    return fs::exists(folder / "front.json");
}

bool is_build(const fs::path& folder) {
    return fs::exists(folder / "signature.json") && fs::exists(folder / "model.json") &&
           fs::is_directory(folder / "rtl");
}

fs::path require_experiment(const fs::path& path) {
    return require_file(path, "an experiment");
}

fs::path require_matrix(const fs::path& path) {
    return require_file(path, "a matrix file");
}

fs::path require_run(const fs::path& path) {
    for (const fs::path& run : {path, path / "run"}) {
        if (is_run(run)) return run;
    }
    refuse_artefact(path, "a training run");
}

fs::path require_model(const fs::path& path) {
    if (fs::is_directory(path)) {
        if (fs::exists(path / "model.json")) return path / "model.json";
        refuse_artefact(path, "a model");
    }
    return require_file(path, "a model");
}

fs::path require_build(const fs::path& path) {
    for (const fs::path& build : {path, path / "build"}) {
        if (is_build(build)) return build;
    }
    refuse_artefact(path, "a build");
}

} // namespace bitgrain::cli
