// Adam's update (Kingma and Ba 2015, algorithm 1) as PyTorch orders it, and the norms that gradients
// are clipped by.
#pragma once

#include "parallel.h"

namespace {

/// w ← shrink·w,  g ← g + decay·w,  m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,
/// w ← w − step·m / (√v / root + ε)
void adam(const archer::Adam& s, Index size, const float* w, const float* m, const float* v,
          const float* gradient, float* new_w, float* new_m, float* new_v) {
  const auto all = [](double x) { return splat(static_cast<float>(x)); };
  const V step = all(-s.step), decay = all(s.decay), shrink = all(s.shrink), epsilon = all(s.epsilon);
  const V keep_m = all(s.beta1), take_m = all(1 - s.beta1), keep_v = all(s.beta2), take_v = all(1 - s.beta2);
  const V unroot = all(1 / s.root);
  parallel_ranges(size, 16384, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i += VL) {
      const Index n = end - i;
      const V value = load_upto(w + i, n);
      const V g = fma(decay, value, load_upto(gradient + i, n));
      const V first = fma(keep_m, load_upto(m + i, n), take_m * g);
      const V second = fma(keep_v, load_upto(v + i, n), take_v * (g * g));
      const V direction = first / fma(root(second), unroot, epsilon);
      store_upto(new_m + i, first, n);
      store_upto(new_v + i, second, n);
      store_upto(new_w + i, fma(step, direction, shrink * value), n);
    }
  });
}

double sum_of_squares(const float* x, Index n) {
  double total = 0;
  for (Index begin = 0; begin < n; begin += 2048) {
    const Index end = lower(n, begin + 2048);
    V a = zero(), b = zero();
    Index i = begin;
    for (; i + 2 * VL <= end; i += 2 * VL) {
      const V u = load(x + i), v = load(x + i + VL);
      a = fma(u, u, a);
      b = fma(v, v, b);
    }
    for (; i < end; i += VL) {
      const V u = load_upto(x + i, end - i);
      a = fma(u, u, a);
    }
    total += sum_lanes(a + b);
  }
  return total;
}

/// L2 norms of tensors; long ones are cut into equal parts, whose sums are added in order.
void norms(int count, const std::int32_t* sizes, const float* const* x, float* out) {
  constexpr Index kPartOfNorm = 32768;
  auto* first = static_cast<Index*>(
      archer::scratch(archer::kPhaseTaps, sizeof(Index) * (static_cast<std::size_t>(count) + 1)));
  first[0] = 0;
  for (int k = 0; k < count; k++) first[k + 1] = first[k] + (sizes[k] + kPartOfNorm - 1) / kPartOfNorm;
  const Index parts = first[count];
  auto* sums = static_cast<double*>(
      archer::scratch(archer::kPartials, sizeof(double) * static_cast<std::size_t>(upper(1, parts))));
  parallel_ranges(parts, 4, [&](Index begin, Index end) {
    int k = 0;
    for (Index part = begin; part < end; part++) {
      while (first[k + 1] <= part) k++;
      const Index from = (part - first[k]) * kPartOfNorm;
      sums[part] = sum_of_squares(x[k] + from, lower(kPartOfNorm, sizes[k] - from));
    }
  });
  for (int k = 0; k < count; k++) {
    double total = 0;
    for (Index part = first[k]; part < first[k + 1]; part++) total += sums[part];
    out[k] = static_cast<float>(std::sqrt(total));
  }
}

}  // namespace
