#include "data/npz.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "data/inflate.hpp"
#include "data/npy.hpp"

#include <algorithm>

namespace bitgrain::data {

namespace {

constexpr std::string_view extension = ".npy";

std::string without_extension(std::string name) {
    if (name.ends_with(extension)) name.resize(name.size() - extension.size());
    return name;
}

} // namespace

Npz::Npz(std::string bytes, const std::string& where) : where_(where), archive_(std::move(bytes), where) {
    for (const std::string& name : archive_.names()) {
        if (name.ends_with(extension)) names_.push_back(without_extension(name));
    }
    if (names_.empty()) throw Error("the .npz file holds no arrays", where_);
}

bool Npz::has(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

Array Npz::read(const std::string& name) const {
    const std::string array = without_extension(name);
    if (!has(array)) {
        throw Error("there is no array '" + array + "'", where_,
                    suggestion(array, names_) + "; NumPy names them so: np.savez(FILE, x=features, y=labels)");
    }
    return parse_npy(archive_.extract(array + std::string(extension)), where_ + ", array '" + array + "'");
}

std::string Npz::preferred(const std::string& name) const {
    if (has(name)) return name;
    if (names_.size() == 1) return names_.front();
    throw Error(name.empty() ? "the file holds several arrays, one must be named" : "there is no array '" + name + "'",
                where_, suggestion(name, names_));
}

Array read_npz(const std::filesystem::path& path, const std::string& member) {
    const Npz npz(read_unpacked(path), path.string());
    return npz.read(member.empty() ? npz.preferred({}) : member);
}

} // namespace bitgrain::data
