// Global heaps of an HDF5 file, where texts of variable length are stored, looked at before the library does.
#pragma once

#include <string>

namespace bitgrain::import {

/// True when a heap's free space claims to be empty: the library (1.10) steps over it by zero bytes, for ever. Zeros
/// over a heap look so. Layout: HDF5 file format specification 3.0, III.E "Global Heap".
bool has_endless_heap(const std::string& hdf5);

} // namespace bitgrain::import
