// What products are computed from. Without ARCHER_BF16 a word is a float. With it, a word of 32 bits
// holds two bf16 numbers that follow each other in the sum, the first in its low half; products of
// words are then sums of two products, and sums stay floats. Everything that counts what products
// read (pixels, rows, packed weights) counts words, so one source serves both.
#pragma once

#include "vec.h"

namespace {

#ifdef ARCHER_BF16

/// The upper half of a float: 8 bits of precision, rounded to nearest even. Like the instructions
/// that round, it has no subnormal numbers: those are zeros.
struct Bf16 {
  std::uint16_t bits;
};

/// A float that was rounded to a bf16 number.
struct Rounded {
  float value;
};

constexpr Index kPair = 2;
/// What products read and what is kept for a gradient; and the latter where a float will be.
using Element = Bf16;
using Saved = Bf16;
using InPlace = Rounded;

#ifdef __AVX512BF16__

ARCHER_INLINE V widened(__m256i bits) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}
ARCHER_INLINE V load(const Bf16* p) {
  return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
ARCHER_INLINE V load_part(const Bf16* p, int n) {
  return widened(_mm256_maskz_loadu_epi16(lanes(n), p));
}
ARCHER_INLINE void store(Bf16* p, V v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), (__m256i)_mm512_cvtneps_pbh(v));
}
ARCHER_INLINE void store_part(Bf16* p, V v, int n) {
  _mm256_mask_storeu_epi16(p, lanes(n), (__m256i)_mm512_cvtneps_pbh(v));
}
/// Words of first[i] and second[i].
ARCHER_INLINE V pairs(V first, V second) {
  const __m512i order = _mm512_set_epi16(
      31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,
      23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_castsi512_ps(
      _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(second, first)));
}
/// Lanes rounded to bf16 numbers.
ARCHER_INLINE V rounded(V v) { return widened((__m256i)_mm512_cvtneps_pbh(v)); }
/// sum + both products of each lane's words.
ARCHER_INLINE V multiply_add(V a, V b, V sum) {
  return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
}

#else

// The same lane by lane, for the sanitizers on processors without the instructions.
ARCHER_INLINE std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
ARCHER_INLINE float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}
ARCHER_INLINE std::uint32_t rounded_bits(float x) {
  const std::uint32_t bits = bits_of(x);
  if ((bits & 0x7f800000) == 0) return (bits >> 16) & 0x8000;
  if (x != x) return (bits >> 16) | 0x40;
  return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
}
ARCHER_INLINE V load_part(const Bf16* p, int n) {
  float lane[VL] = {};
  for (int i = 0; i < n; i++) lane[i] = float_of(std::uint32_t{p[i].bits} << 16);
  return load(lane);
}
ARCHER_INLINE V load(const Bf16* p) { return load_part(p, VL); }
ARCHER_INLINE void store_part(Bf16* p, V v, int n) {
  float lane[VL];
  store(lane, v);
  for (int i = 0; i < n; i++) p[i].bits = static_cast<std::uint16_t>(rounded_bits(lane[i]));
}
ARCHER_INLINE void store(Bf16* p, V v) { store_part(p, v, VL); }
ARCHER_INLINE V pairs(V first, V second) {
  float a[VL], b[VL];
  store(a, first);
  store(b, second);
  for (int i = 0; i < VL; i++) a[i] = float_of(rounded_bits(a[i]) | rounded_bits(b[i]) << 16);
  return load(a);
}
ARCHER_INLINE V rounded(V v) {
  Bf16 halves[VL];
  store(halves, v);
  return load(halves);
}
ARCHER_INLINE V multiply_add(V a, V b, V sum) {
  float x[VL], y[VL], s[VL];
  store(x, a);
  store(y, b);
  store(s, sum);
  for (int i = 0; i < VL; i++) {
    const std::uint32_t u = bits_of(x[i]), v = bits_of(y[i]);
    s[i] += float_of(u & 0xffff0000) * float_of(v & 0xffff0000);
    s[i] += float_of(u << 16) * float_of(v << 16);
  }
  return load(s);
}

#endif

ARCHER_INLINE V load(const Rounded* p) { return load(&p->value); }
ARCHER_INLINE V load_part(const Rounded* p, int n) { return load_part(&p->value, n); }
ARCHER_INLINE void store(Rounded* p, V v) { store(&p->value, rounded(v)); }
ARCHER_INLINE void store_part(Rounded* p, V v, int n) { store_part(&p->value, rounded(v), n); }

ARCHER_INLINE V load_upto(const Rounded* p, Index n) { return load_upto(&p->value, n); }
ARCHER_INLINE V load_upto(const Bf16* p, Index n) {
  return n >= VL ? load(p) : load_part(p, static_cast<int>(n));
}
ARCHER_INLINE void store_upto(Bf16* p, V v, Index n) {
  if (n >= VL) store(p, v);
  else store_part(p, v, static_cast<int>(n));
}

#else

constexpr Index kPair = 1;
using Element = float;
using Saved = float;
using InPlace = float;
ARCHER_INLINE V multiply_add(V a, V b, V sum) { return fma(a, b, sum); }

#endif

/// Words that hold `count` numbers.
ARCHER_INLINE Index words(Index count) { return (count + kPair - 1) / kPair; }

}  // namespace
