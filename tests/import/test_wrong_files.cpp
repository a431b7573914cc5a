// Files that people try and import cannot read: one error that says what the file is, which layer and key are in the
// way, what is supported and what to do.
#include "base/error.hpp"
#include "cli/program.hpp"
#include "import/read.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace bitgrain;
using namespace bitgrain::test;
using namespace std::string_literals;
namespace fs = std::filesystem;

const fs::path wrong = fs::path(BITGRAIN_SOURCE_DIR) / "tests/import/wrong";
const fs::path fixtures = fs::path(BITGRAIN_SOURCE_DIR) / "tests/import/fixtures";

/// The message; it names the file and all of `words`.
void require_refused(const fs::path& file, const std::vector<std::string>& words) {
    std::string said;
    try {
        import::read(file);
    } catch (const Error& error) {
        said = error.what();
    }
    REQUIRE_THAT(said, Catch::Contains(file.string()));
    for (const std::string& word : words)
        REQUIRE_THAT(said, Catch::Contains(word));
}

void require_refused(const std::string& name, const std::string& bytes, const std::vector<std::string>& words) {
    const Folder folder("wrong");
    write_file(folder / name, bytes);
    require_refused(folder / name, words);
}

const std::string others = "supported are networks of HGQ2";
const std::string readable = "import reads networks of HGQ2 and HGQ 1";
const std::string save = "model.save(\"model.keras\")";

} // namespace

TEST_CASE("networks without quantizers, or with those of QKeras, are refused by name", "[import][wrong]") {
    require_refused(wrong / "plain.keras",
                    {"plain Keras network", "layer 'dense_1' (Dense)", others, "bitgrain train"});
    require_refused(wrong / "plain.h5", {"plain Keras network", "layer 'dense_1' (Dense)", others});
    require_refused(wrong / "half_plain.keras", {"layer 'dense_2' (Dense)", "not quantised", "QDense"});
    require_refused(wrong / "qkeras.h5", {"layer of QKeras", "layer 'fc1' (QDense)", "kernel_quantizer", others});
    require_refused("qkeras.json",
                    R"({"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "QActivation",
                    "config": {"name": "a", "activation": "quantized_bits"}}]}})",
                    {"QKeras network, without weights", others});
    require_refused("k.json", R"({"class_name": "Sequential", "config": {"name": "m", "layers": []}})",
                    {"Keras network, without weights", save});
}

TEST_CASE("layers, functions and keys that are not understood are refused by name", "[import][wrong]") {
    require_refused(wrong / "unknown_class.keras", {"layer 'norm' (LayerNormalization)", "not supported", "QDense"});
    require_refused(wrong / "own_class.keras", {"layer 'halve'", "'Halve'", "'mine'", "own classes", "QDense"});
    require_refused(wrong / "own_activation.keras",
                    {"layer 'dense_1' (QDense)", "activation", "squash", "linear, relu"});
    require_refused(wrong / "gelu.keras", {"layer 'dense_1' (QDense)", "activation", "gelu", "linear, relu"});
    require_refused(wrong / "unknown_key.keras", {"layer 'dense_1' (QDense)", "sparsity_mask"});
}

TEST_CASE("files with only a part of a network are refused with how to save all of it", "[import][wrong]") {
    require_refused(wrong / "plain.weights.h5", {"weights of a Keras network", save});
    require_refused(wrong / "no_weights.keras", {"model.weights.h5", save});
    require_refused(wrong / "table.h5", {"HDF5 file", "no Keras network", save});
}

TEST_CASE("other kinds of files are told apart", "[import][wrong]") {
    require_refused("m.onnx", "\x08\x06\x12\x07pytorch\x1a\x03"s, {"ONNX network", readable, save});
    require_refused("renamed.keras", "\x08\x08\x12\x07pytorch\x1a\x05"s, {"ONNX network", readable, save});
    require_refused("m.tflite", "\x1c\0\0\0TFL3\x14\0"s, {"TensorFlow Lite network", readable, save});
    require_refused("saved_model.pb", "\x08\x01\x12\x80"s, {"protobuf of TensorFlow", readable});
    require_refused("x.npy", "\x93NUMPY\x01\0"s, {"NumPy array", readable});
    require_refused(fixtures / "dense.npz", {"NumPy arrays (.npz)", readable});
    require_refused("m.pt", "\x80\x02}q\0."s, {"pickle", readable});
    require_refused("empty.keras", "", {"empty", readable});
    require_refused("notes.txt", "layers: 3\n", {"text file", readable});
    require_refused("noise.keras", "\x01\x02\xff\xfe\0"s, {"not known", "complete"});
    require_refused("m.json", R"({"format": "fpm-1"})", {"neither an ALIR nor a DAIS program", readable});
}

TEST_CASE("missing files and folders are refused with what they are", "[import][wrong]") {
    const Folder folder("wrong_folders");
    require_refused(folder / "missing.keras", {"cannot read"});
    require_refused(folder / std::string(300, 'a'), {"cannot read"});
    require_refused(folder.path(), {"this is a folder", readable});
    fs::create_directories(folder / "saved/variables");
    write_file(folder / "saved/saved_model.pb", "\x08\x01");
    require_refused(folder / "saved", {"SavedModel folder", readable, save});
    write_file(folder / "open/config.json", "{}");
    write_file(folder / "open/model.weights.h5", "");
    require_refused(folder / "open", {"unpacked Keras 3 file", "zip"});
}
