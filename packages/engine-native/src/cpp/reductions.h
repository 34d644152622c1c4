// Sums over leading, trailing or middle axes. A sum is cut into parts by its length alone; parts
// are added in order and in double precision.
#pragma once

#include "parallel.h"

namespace {

/// Numbers that are added in single precision before a double takes them.
constexpr Index kPart = 2048;

double sum_run(const float* x, Index n) {
  double total = 0;
  for (Index begin = 0; begin < n; begin += kPart) {
    const Index end = lower(n, begin + kPart);
    V a = zero(), b = zero(), c = zero(), d = zero();
    Index i = begin;
    for (; i + 4 * VL <= end; i += 4 * VL) {
      a = a + load(x + i);
      b = b + load(x + i + VL);
      c = c + load(x + i + 2 * VL);
      d = d + load(x + i + 3 * VL);
    }
    for (; i < end; i += VL) a = a + load_upto(x + i, end - i);
    total += sum_lanes((a + b) + (c + d));
  }
  return total;
}

/// One long run: parts of whole multiples of kPart in parallel.
double sum_long(const float* x, Index n) {
  const Index part = kPart * 8;
  const Index count = (n + part - 1) / part;
  const std::size_t bytes = sizeof(double) * static_cast<std::size_t>(count);
  auto* parts = static_cast<double*>(archer::scratch(archer::kPartials, bytes));
  parallel(count, [&](Index i) { parts[i] = sum_run(x + i * part, lower(part, n - i * part)); });
  double total = 0;
  for (Index i = 0; i < count; i++) total += parts[i];
  return total;
}

/// out[i] = scale Σ_n x[n, i], in `groups` of rows.
void sum_rows(Index n, Index inner, double scale, const float* x, Index groups, double* totals, float* out) {
  const Index width = round_up(inner, VL);
  float* parts = reinterpret_cast<float*>(totals + width);
  auto group = [&](Index g) {
    float* part = parts + g * width;
    const Index begin = n * g / groups, end = n * (g + 1) / groups;
    for (Index i = 0; i < inner; i += VL) {
      V a = zero(), b = zero();
      Index r = begin;
      for (; r + 2 <= end; r += 2) {
        a = a + load_upto(x + r * inner + i, inner - i);
        b = b + load_upto(x + (r + 1) * inner + i, inner - i);
      }
      if (r < end) a = a + load_upto(x + r * inner + i, inner - i);
      store(part + i, a + b);
    }
  };
  if (groups > 1 && n * inner >= 32768) parallel(groups, group);
  else for (Index g = 0; g < groups; g++) group(g);
  for (Index i = 0; i < inner; i++) {
    double total = 0;
    for (Index g = 0; g < groups; g++) total += parts[g * width + i];
    out[i] = static_cast<float>(total * scale);
  }
}

void sum(Index outer, Index n, Index inner, float scale, const float* x, float* y) {
  if (inner == 1) {
    if (outer == 1) {
      y[0] = static_cast<float>(sum_long(x, n) * scale);
      return;
    }
    parallel_ranges(outer, upper(1, 16384 / upper(1, n)), [&](Index begin, Index end) {
      for (Index o = begin; o < end; o++) y[o] = static_cast<float>(sum_run(x + o * n, n) * scale);
    });
    return;
  }
  const Index groups = lower(64, upper(1, n / 64));
  const std::size_t bytes = sizeof(double) * static_cast<std::size_t>(round_up(inner, VL)) +
                            sizeof(float) * static_cast<std::size_t>(groups * round_up(inner, VL));
  if (outer == 1) {
    auto* totals = static_cast<double*>(archer::scratch(archer::kPartials, bytes));
    sum_rows(n, inner, scale, x, groups, totals, y);
    return;
  }
  parallel_ranges(outer, upper(1, 16384 / upper(1, n * inner)), [&](Index begin, Index end) {
    auto* totals = static_cast<double*>(archer::scratch(archer::kPartials, bytes));
    for (Index o = begin; o < end; o++) {
      const Index width = round_up(inner, VL);
      float* parts = reinterpret_cast<float*>(totals + width);
      for (Index g = 0; g < groups; g++) {
        const Index first = n * g / groups, last = n * (g + 1) / groups;
        for (Index i = 0; i < inner; i += VL) {
          V a = zero();
          for (Index r = first; r < last; r++) a = a + load_upto(x + (o * n + r) * inner + i, inner - i);
          store(parts + g * width + i, a);
        }
      }
      for (Index i = 0; i < inner; i++) {
        double total = 0;
        for (Index g = 0; g < groups; g++) total += parts[g * width + i];
        y[o * inner + i] = static_cast<float>(total * scale);
      }
    }
  });
}

}  // namespace
