// One vector of floats per instruction set, behind one set of names. Multiplications and additions
// are fused only where `fma` says so (the compiler is told not to contract on its own), so results
// depend on the instruction set and not on the compiler.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif
#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define ARCHER_INLINE inline __attribute__((always_inline))
#define ARCHER_PRAGMA(text) _Pragma(#text)
#ifdef __clang__
#define ARCHER_UNROLL(n) ARCHER_PRAGMA(clang loop unroll(full))
#else
#define ARCHER_UNROLL(n) ARCHER_PRAGMA(GCC unroll n)
#endif

/// Hides from the compiler how a pointer came about.
#define ARCHER_OPAQUE(pointer) asm("" : "+r"(pointer))

namespace {

using Index = std::int64_t;

#if defined(__AVX512F__)

constexpr int VL = 16;
using V = __m512;
ARCHER_INLINE V zero() { return _mm512_setzero_ps(); }
ARCHER_INLINE V splat(float x) { return _mm512_set1_ps(x); }
ARCHER_INLINE V load(const float* p) { return _mm512_loadu_ps(p); }
ARCHER_INLINE void store(float* p, V v) { _mm512_storeu_ps(p, v); }
ARCHER_INLINE __mmask16 lanes(int n) { return static_cast<__mmask16>((1u << n) - 1); }
ARCHER_INLINE V load_part(const float* p, int n) { return _mm512_maskz_loadu_ps(lanes(n), p); }
ARCHER_INLINE void store_part(float* p, V v, int n) { _mm512_mask_storeu_ps(p, lanes(n), v); }
ARCHER_INLINE V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
ARCHER_INLINE V largest(V a, V b) { return _mm512_max_ps(a, b); }
ARCHER_INLINE V smallest(V a, V b) { return _mm512_min_ps(a, b); }
ARCHER_INLINE V root(V a) { return _mm512_sqrt_ps(a); }
/// yes where a > b, else no
ARCHER_INLINE V where_greater(V a, V b, V yes, V no) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), no, yes);
}

#elif defined(__AVX2__)

constexpr int VL = 8;
using V = __m256;
ARCHER_INLINE V zero() { return _mm256_setzero_ps(); }
ARCHER_INLINE V splat(float x) { return _mm256_set1_ps(x); }
ARCHER_INLINE V load(const float* p) { return _mm256_loadu_ps(p); }
ARCHER_INLINE void store(float* p, V v) { _mm256_storeu_ps(p, v); }
ARCHER_INLINE __m256i lanes(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
ARCHER_INLINE V load_part(const float* p, int n) { return _mm256_maskload_ps(p, lanes(n)); }
ARCHER_INLINE void store_part(float* p, V v, int n) { _mm256_maskstore_ps(p, lanes(n), v); }
ARCHER_INLINE V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
ARCHER_INLINE V largest(V a, V b) { return _mm256_max_ps(a, b); }
ARCHER_INLINE V smallest(V a, V b) { return _mm256_min_ps(a, b); }
ARCHER_INLINE V root(V a) { return _mm256_sqrt_ps(a); }
ARCHER_INLINE V where_greater(V a, V b, V yes, V no) {
  return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, b, _CMP_GT_OQ));
}

#else

// Four lanes with the compilers' vector types: SSE2, NEON, wasm simd128 and anything else.
constexpr int VL = 4;
typedef float V __attribute__((vector_size(16)));
typedef float Unaligned __attribute__((vector_size(16), aligned(4), may_alias));
ARCHER_INLINE V zero() { return V{}; }
ARCHER_INLINE V splat(float x) { return V{x, x, x, x}; }
ARCHER_INLINE V load(const float* p) { return *reinterpret_cast<const Unaligned*>(p); }
ARCHER_INLINE void store(float* p, V v) { *reinterpret_cast<Unaligned*>(p) = v; }
ARCHER_INLINE V load_part(const float* p, int n) {
  V v{};
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
}
ARCHER_INLINE void store_part(float* p, V v, int n) {
  for (int i = 0; i < n; i++) p[i] = v[i];
}
#if defined(__ARM_NEON) && defined(__aarch64__)
ARCHER_INLINE V fma(V a, V b, V c) { return (V)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
#else
ARCHER_INLINE V fma(V a, V b, V c) { return a * b + c; }
#endif
ARCHER_INLINE V largest(V a, V b) { return a > b ? a : b; }
ARCHER_INLINE V smallest(V a, V b) { return a < b ? a : b; }
ARCHER_INLINE V root(V a) {
#if defined(__SSE2__)
  return _mm_sqrt_ps(a);
#else
  return V{std::sqrt(a[0]), std::sqrt(a[1]), std::sqrt(a[2]), std::sqrt(a[3])};
#endif
}
ARCHER_INLINE V where_greater(V a, V b, V yes, V no) { return a > b ? yes : no; }

#endif

/// max(x, 0) that keeps NaN: the second operand wins when the comparison is unordered.
ARCHER_INLINE V relu(V x) { return largest(zero(), x); }

/// The first n lanes; all others are zero.
ARCHER_INLINE V load_upto(const float* p, Index n) {
  return n >= VL ? load(p) : load_part(p, static_cast<int>(n));
}
ARCHER_INLINE void store_upto(float* p, V v, Index n) {
  if (n >= VL) store(p, v);
  else store_part(p, v, static_cast<int>(n));
}

ARCHER_INLINE float sum_lanes(V v) {
  float lane[VL];
  store(lane, v);
  // Halves are added, then quarters: the order is part of the result.
  for (int width = VL / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) lane[i] += lane[i + width];
  }
  return lane[0];
}

ARCHER_INLINE Index round_up(Index n, Index step) { return (n + step - 1) / step * step; }
ARCHER_INLINE Index lower(Index a, Index b) { return a < b ? a : b; }
ARCHER_INLINE Index upper(Index a, Index b) { return a > b ? a : b; }

}  // namespace
