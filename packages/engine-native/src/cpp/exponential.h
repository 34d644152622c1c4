// Exponential, logarithm, sigmoid and hyperbolic tangent of our own: the C library's give other last
// bits on other machines. Double precision without branches or calls where it counts, so that
// compilers make vectors of loops over them; each number's bits are the same with and without.
#pragma once

#include <initializer_list>

#include "parallel.h"

namespace {

/// e^x for x up to 700, within 2 units of the last place; below −700 that of −700, which is 0 as a
/// float. NaN stays NaN.
ARCHER_INLINE double exponential(double x) {
  x = x < -700 ? -700 : x;
  // Added, it leaves the nearest whole number in the low bits of the sum.
  constexpr double kMagic = 0x1.8p52;
  const double shifted = x * 1.4426950408889634 + kMagic;
  // x = k ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts, the first without its last bits.
  const double k = shifted - kMagic;
  const double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  double sum = 1.0 / 6227020800;  // Taylor's series, from its last term
  sum = sum * r + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  std::uint64_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;  // 2^k
  double power;
  std::memcpy(&power, &bits, sizeof power);
  return sum * power;
}

/// e^x of floats up to 88, within 2 units of the last place; below −87 that of −87, which is 2·10⁻³⁸.
ARCHER_INLINE V exponential(V x) {
  x = largest(splat(-87), x);
  const V magic = splat(0x1.8p23f), shifted = fma(x, splat(1.44269504f), magic);
  // As above: ln 2 in two parts.
  const V k = shifted - magic, r = fma(k, splat(-0x1.7f7d1cp-20f), fma(k, splat(-0x1.62e4p-1f), x));
  V sum = splat(1.0f / 5040);
  for (const float term : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) {
    sum = fma(sum, r, splat(term));
  }
  typedef std::int32_t Bits __attribute__((vector_size(sizeof(V))));
  return sum * (V)(((Bits)shifted + 127) << 23);
}

/// ln x for x ≥ 1, from the series of artanh.
double logarithm(double x) {
  int exponent;
  double m = std::frexp(x, &exponent);  // in [1/2, 1)
  if (m < 0.7071067811865476) {
    m *= 2;
    exponent--;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int i = 23; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return exponent * 0.6931471805599453 + 2 * s * sum;
}

ARCHER_INLINE double sigmoid(double x) {
  const double e = exponential(x < 0 ? x : -x);
  const double numerator = x < 0 ? e : 1;
  return numerator / (1 + e);
}

ARCHER_INLINE double hyperbolic_tangent(double x) {
  const double size = x < 0 ? -x : x;
  const double e = exponential(-2 * size), y = (1 - e) / (1 + e);
  const double far = x < 0 ? -y : y, near = x - x * x * x / 3;
  return size < 1e-4 ? near : far;
}

/// e to the differences of a row from its largest number, and their sum.
double exponentials(Index size, const float* row, double top, double* e) {
  for (Index i = 0; i < size; i++) e[i] = exponential(row[i] - top);
  double total = 0;
  for (Index i = 0; i < size; i++) total += e[i];
  return total;
}

double largest_of(Index size, const float* row) {
  double top = row[0];
  for (Index i = 1; i < size; i++) top = row[i] > top ? row[i] : top;
  return top;
}

double* doubles(archer::Scratch use, Index count) {
  return static_cast<double*>(archer::scratch(use, static_cast<std::size_t>(count) * sizeof(double)));
}

}  // namespace
