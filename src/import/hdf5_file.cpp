#include "import/hdf5_file.hpp"

#include "base/error.hpp"
#include "import/hdf5_heaps.hpp"

#include <algorithm>
#include <hdf5.h>

namespace bitgrain::import {

namespace {

/// Files hold up to this many dimensions and list entries; more is damage.
constexpr int max_rank = 8;
constexpr hsize_t max_entries = 100000;

/// An HDF5 identifier that is closed by its own function.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Handle(hid_t id, Close close) : id_(id), close_(close) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    operator hid_t() const { return id_; }
    bool ok() const { return id_ >= 0; }

  private:
    hid_t id_;
    Close close_;
};

std::string rooted(const std::string& path) {
    return "/" + path;
}

herr_t collect(hid_t /*group*/, const char* name, const H5L_info_t* info, void* names) {
    if (info->type != H5L_TYPE_HARD) return -1; // a link out of the file or a loop: Keras writes none
    auto& list = *static_cast<std::vector<std::string>*>(names);
    if (list.size() >= max_entries) return -1;
    list.emplace_back(name);
    return 0;
}

std::string up_to_zero(const char* text, std::size_t size) {
    return {text, std::find(text, text + size, '\0')};
}

} // namespace

bool is_hdf5(const std::string& bytes) {
    return bytes.starts_with("\x89HDF\r\n\x1a\n");
}

Hdf5File::Hdf5File(std::string bytes, std::string where) : bytes_(std::move(bytes)), where_(std::move(where)) {
    if (has_endless_heap(bytes_)) throw Error("not a readable HDF5 file: a heap of texts is damaged", where_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // errors are thrown, not printed
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    if (!access.ok() || H5Pset_fapl_core(access, 65536, 0) < 0 ||
        H5Pset_file_image(access, bytes_.data(), bytes_.size()) < 0) {
        throw Error("the HDF5 library cannot open a file in memory", where_);
    }
    file_ = H5Fopen("bitgrain-import", H5F_ACC_RDONLY, access);
    if (file_ < 0) throw Error("not a readable HDF5 file: damaged or cut off", where_);
}

Hdf5File::~Hdf5File() {
    if (file_ >= 0) H5Fclose(file_);
}

void Hdf5File::fail(const std::string& path, const std::string& message) const {
    throw Error(message, where_ + ": " + rooted(path));
}

bool Hdf5File::has(const std::string& path) const {
    std::size_t end = 0;
    while (end != std::string::npos) { // every group on the way must exist before HDF5 may be asked
        end = path.find('/', end + 1);
        if (H5Lexists(file_, rooted(path.substr(0, end)).c_str(), H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

Hdf5File::Children Hdf5File::children(const std::string& group) const {
    const Handle opened(H5Gopen2(file_, rooted(group).c_str(), H5P_DEFAULT), H5Gclose);
    if (!opened.ok()) fail(group, "the group is missing or damaged");
    std::vector<std::string> names;
    if (H5Literate(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names) < 0) {
        fail(group, "the list of members is damaged");
    }
    Children result;
    for (const std::string& name : names) {
        const Handle member(H5Oopen(opened, name.c_str(), H5P_DEFAULT), H5Oclose);
        if (!member.ok()) fail(group, "the member '" + name + "' is damaged");
        const H5I_type_t type = H5Iget_type(member);
        if (type == H5I_GROUP) result.groups.push_back(name);
        if (type == H5I_DATASET) result.arrays.push_back(name);
    }
    std::sort(result.groups.begin(), result.groups.end());
    std::sort(result.arrays.begin(), result.arrays.end());
    return result;
}

Array Hdf5File::read(const std::string& path) const {
    const Handle dataset(H5Dopen2(file_, rooted(path).c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.ok()) fail(path, "the array is missing or damaged");
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const Handle type(H5Dget_type(dataset), H5Tclose);
    const Handle storage(H5Dget_create_plist(dataset), H5Pclose);
    if (!space.ok() || !type.ok() || !storage.ok()) fail(path, "the array is damaged");
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER && kind != H5T_ENUM) fail(path, "the array does not hold numbers");
    if (H5Pget_nfilters(storage) != 0 || H5Pget_external_count(storage) != 0) {
        fail(path, "compressed or external storage is not supported");
    }
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > max_rank) fail(path, "the array is damaged");
    hsize_t extents[max_rank] = {};
    if (H5Sget_simple_extent_dims(space, extents, nullptr) < 0) fail(path, "the array is damaged");
    Array array;
    hsize_t count = 1;
    for (int axis = 0; axis < rank; ++axis) {
        if (extents[axis] > bytes_.size()) fail(path, "the array claims more numbers than the file has bytes");
        array.shape.push_back(static_cast<std::size_t>(extents[axis]));
        count *= extents[axis];
        if (count > bytes_.size()) fail(path, "the array claims more numbers than the file has bytes");
    }
    const hsize_t stored = H5Dget_storage_size(dataset);
    if (stored > bytes_.size() || stored < count * H5Tget_size(type)) fail(path, "the array is cut off");
    array.values.resize(static_cast<std::size_t>(count));
    if (count > 0 && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) < 0) {
        fail(path, "the numbers cannot be read: damaged or cut off");
    }
    return array;
}

std::optional<std::vector<std::string>> Hdf5File::texts(const std::string& group, const std::string& attribute) const {
    const Handle object(H5Oopen(file_, rooted(group).c_str(), H5P_DEFAULT), H5Oclose);
    if (!object.ok()) fail(group, "the group is missing or damaged");
    if (H5Aexists(object, attribute.c_str()) <= 0) return std::nullopt;
    const auto damaged = [&] { fail(group, "the attribute '" + attribute + "' is damaged"); };
    const Handle opened(H5Aopen(object, attribute.c_str(), H5P_DEFAULT), H5Aclose);
    if (!opened.ok()) damaged();
    const Handle space(H5Aget_space(opened), H5Sclose);
    const Handle type(H5Aget_type(opened), H5Tclose);
    if (!space.ok() || !type.ok()) damaged();
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    if (count < 0 || static_cast<hsize_t>(count) > max_entries) damaged();
    std::vector<std::string> result;
    if (count == 0) return result;
    if (H5Tget_class(type) != H5T_STRING) damaged();
    if (H5Tis_variable_str(type) > 0) {
        const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
        if (H5Tset_size(memory, H5T_VARIABLE) < 0 || H5Tset_cset(memory, H5Tget_cset(type)) < 0) damaged();
        std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
        if (H5Aread(opened, memory, texts.data()) < 0) damaged();
        for (const char* text : texts)
            result.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, texts.data());
        return result;
    }
    const std::size_t size = H5Tget_size(type);
    if (size == 0 || size > bytes_.size() / static_cast<std::size_t>(count)) damaged();
    std::string packed(size * static_cast<std::size_t>(count), '\0');
    if (H5Aread(opened, type, packed.data()) < 0) damaged();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        result.push_back(up_to_zero(packed.data() + i * size, size));
    return result;
}

std::optional<std::string> Hdf5File::text(const std::string& group, const std::string& attribute) const {
    const auto list = texts(group, attribute);
    if (!list || list->empty()) return std::nullopt;
    return list->front();
}

} // namespace bitgrain::import
