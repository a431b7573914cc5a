// A vector whose memory starts at a cache line. Libraries that sum in vectors start at an aligned element, so the order
// of summation, and with it the last bit, would depend on where the memory happens to lie.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace bitgrain::nn {

template <class T>
struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::align_val_t alignment{64};

    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) {} // as the standard asks of allocators

    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
    void deallocate(T* memory, std::size_t) { ::operator delete(memory, alignment); }

    friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

} // namespace bitgrain::nn
