// Vector registers in the extension of GCC and Clang: one source for every machine. Only for files compiled with the
// training kernels' flags.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#if defined(__FMA__)
#include <immintrin.h>
#endif

namespace bitgrain::nn {

/// Bytes of a vector register of the machine compiled for.
#if defined(__AVX512F__)
inline constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

/// A vector register of T, and the same anywhere in memory.
template <class T>
struct Simd {
    using Vector [[gnu::vector_size(vector_bytes)]] = T;
    using Memory [[gnu::vector_size(vector_bytes), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
    static constexpr std::size_t size = vector_bytes / sizeof(T);

    static Vector load(const T* from) { return *reinterpret_cast<const Memory*>(from); }
    static void store(T* to, Vector value) { *reinterpret_cast<Memory*>(to) = value; }
    /// a * b + c, rounded once where the machine can. Said and not left to the compiler, which for some processors
    /// fuses one loop and not another: two ways to the same sum must give the same bits.
    static Vector multiply_add(Vector a, T b, Vector c) {
        const Vector all_b = b - Vector{}; // folds to b, unlike a sum with 0
#if defined(__FMA__)
        constexpr bool single = std::is_same_v<T, float>;
#if defined(__AVX512F__)
        if constexpr (single)
            return (Vector)_mm512_fmadd_ps((__m512)a, (__m512)all_b, (__m512)c);
        else
            return (Vector)_mm512_fmadd_pd((__m512d)a, (__m512d)all_b, (__m512d)c);
#else
        if constexpr (single)
            return (Vector)_mm256_fmadd_ps((__m256)a, (__m256)all_b, (__m256)c);
        else
            return (Vector)_mm256_fmadd_pd((__m256d)a, (__m256d)all_b, (__m256d)c);
#endif
#else
        return a * all_b + c;
#endif
    }
};

/// Combines the lanes of a vector in a tree.
template <class T, std::size_t half = Simd<T>::size / 2, class Combine>
inline T fold_vector(typename Simd<T>::Vector all, const Combine& combine) {
    const auto upper = [&]<std::size_t... k>(std::index_sequence<k...>) {
        return __builtin_shufflevector(all, all, ((k + half) % Simd<T>::size)...);
    }
    (std::make_index_sequence<Simd<T>::size>{});
    all = combine(all, upper);
    if constexpr (half > 1)
        return fold_vector<T, half / 2>(all, combine);
    else
        return all[0];
}

/// The same of `count` numbers, a multiple of every vector length.
template <std::size_t count, class T, class Combine>
inline T fold(const T* numbers, const Combine& combine) {
    using S = Simd<T>;
    typename S::Vector all = S::load(numbers);
#pragma GCC unroll 8
    for (std::size_t i = S::size; i < count; i += S::size)
        all = combine(all, S::load(numbers + i));
    return fold_vector<T>(all, combine);
}

} // namespace bitgrain::nn
