// What a command is given: the files and folders that the commands hand to each other know their kind, so that a
// wrong one is answered with what it is and which command takes it.
#pragma once

#include <filesystem>

namespace bitgrain::cli {

// The file itself; Error for what is certainly something else, or missing.
std::filesystem::path require_experiment(const std::filesystem::path& path);
std::filesystem::path require_matrix(const std::filesystem::path& path); ///< for `cmvm`

// A folder that `run` wrote is as good as the part of it that a command takes. Error says what is there instead.

/// The run folder: itself, or `run` below it.
std::filesystem::path require_run(const std::filesystem::path& path);
/// The model file: itself, or model.json in a build or in a folder that `run` wrote.
std::filesystem::path require_model(const std::filesystem::path& path);
/// The build folder: itself, or `build` below it.
std::filesystem::path require_build(const std::filesystem::path& path);

bool is_run(const std::filesystem::path& folder);
bool is_build(const std::filesystem::path& folder);

/// Always throws: "is a model, not a build", with what to do.
[[noreturn]] void refuse_artefact(const std::filesystem::path& path, const std::string& wanted);

} // namespace bitgrain::cli
