// Memory for tables that are read at random places: large pages where the system has them. With small ones most of such
// a read is spent on finding out where the page is.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace bitgrain::cmvm {

template <class T>
struct LargePages {
    using value_type = T;

    T* allocate(std::size_t count) {
        constexpr std::size_t page = std::size_t{1} << 21;
        const std::size_t bytes = count * sizeof(T), whole = (bytes + page - 1) / page * page;
        const bool large = bytes >= page;
        void* memory = large ? std::aligned_alloc(page, whole) : std::malloc(bytes);
        if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
        if (large) madvise(memory, whole, MADV_HUGEPAGE); // a wish: without it everything works, only slower
#endif
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t) {
        std::free(memory);
    }

    friend bool operator==(const LargePages&, const LargePages&) {
        return true;
    }
};

} // namespace bitgrain::cmvm
