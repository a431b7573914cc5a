// Files that import does not read: what they are, so that the error can say it, and what to do instead.
#pragma once

#include "base/json.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::import {

/// Throws the Error "this is an ONNX network" with what can be read and what to do. Bytes that are no zip, HDF5 or
/// JSON.
[[noreturn]] void refuse_bytes(const std::string& bytes, const std::string& where);
/// A zip with these members.
[[noreturn]] void refuse_zip(const std::vector<std::string>& members, const std::string& where);
/// JSON that is no program.
[[noreturn]] void refuse_json(const Json& json, const std::string& where);
/// A folder in place of a file.
[[noreturn]] void refuse_folder(const std::filesystem::path& path);

/// The class or key that shows that a layer is QKeras's: Keras 2 files name only the class, and HGQ2 uses the same
/// ones.
std::optional<std::string> sign_of_qkeras(const std::string& class_name, const Json& config);
/// A layer that brings quantizers along: of HGQ2 (Q...), HGQ 1 (H...) or a proxy of HGQ 1.
bool quantises(const std::string& class_name);
/// What to do with a network of QKeras, or one without quantizers.
std::string other_networks();

} // namespace bitgrain::import
