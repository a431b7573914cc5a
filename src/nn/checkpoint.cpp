#include "nn/checkpoint.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <bit>
#include <cstring>

namespace bitgrain::nn {

static_assert(std::endian::native == std::endian::little, "checkpoints are little endian");

namespace {
constexpr std::string_view magic = "bitgrain-checkpoint-1\n";
}

// Layout: magic, the head on one line of JSON (with the arrays' names and sizes), then the arrays' bytes.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
    Json line = checkpoint.head;
    line["arrays"] = Json::array();
    for (const auto& [name, values] : checkpoint.arrays)
        line["arrays"].push_back({name, values.size()});
    std::string bytes(magic);
    bytes += line.dump() + "\n";
    for (const auto& [name, values] : checkpoint.arrays) {
        bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    }
    write_file(path, bytes);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
    const std::string bytes = read_file(path);
    const auto damaged = [&] {
        return Error("is not a complete checkpoint", path.string(), "train again without --resume");
    };
    const std::size_t end = bytes.find('\n', magic.size());
    if (!bytes.starts_with(magic) || end == std::string::npos) throw damaged();
    Checkpoint checkpoint;
    checkpoint.head = parse_json(bytes.substr(magic.size(), end - magic.size()), path.string());
    std::size_t at = end + 1;
    if (!checkpoint.head.contains("arrays")) throw damaged();
    for (const Json& array : checkpoint.head["arrays"]) {
        std::vector<float> values(array.at(1).get<std::size_t>());
        const std::size_t size = values.size() * sizeof(float);
        if (bytes.size() - at < size) throw damaged();
        if (size > 0) std::memcpy(values.data(), bytes.data() + at, size); // an empty vector may have no data()
        at += size;
        checkpoint.arrays.emplace_back(array.at(0).get<std::string>(), std::move(values));
    }
    if (at != bytes.size()) throw damaged();
    checkpoint.head.erase("arrays");
    return checkpoint;
}

} // namespace bitgrain::nn
