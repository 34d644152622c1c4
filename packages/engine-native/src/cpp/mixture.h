// The output of a mixed operation, Σ weightᵢ xᵢ, and its gradients, each in one pass.
#pragma once

#include "parallel.h"

namespace {

/// Numbers per task and partial sum; part of the result's bits.
constexpr Index kMixturePart = 8192;

void mixture(int count, Index size, const float* weights, const float* const* x, float* y) {
  parallel_ranges(size, 2 * kMixturePart, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i += VL) {
      const Index n = end - i;
      V total = splat(weights[0]) * load_upto(x[0] + i, n);
      for (int k = 1; k < count; k++) total = fma(splat(weights[k]), load_upto(x[k] + i, n), total);
      store_upto(y + i, total, n);
    }
  });
}

/// dx = weight·dy (null where it is not wanted); the result is Σ dy·x.
double mixture_part(float weight, Index n, const float* dy, const float* x, float* dx) {
  const V scale = splat(weight);
  V a = zero(), b = zero();
  Index i = 0;
  for (; i + 2 * VL <= n; i += 2 * VL) {
    const V d = load(dy + i), e = load(dy + i + VL);
    a = fma(d, load(x + i), a);
    b = fma(e, load(x + i + VL), b);
    if (!dx) continue;
    store(dx + i, scale * d);
    store(dx + i + VL, scale * e);
  }
  for (; i < n; i += VL) {
    const V d = load_upto(dy + i, n - i);
    a = fma(d, load_upto(x + i, n - i), a);
    if (dx) store_upto(dx + i, scale * d, n - i);
  }
  return sum_lanes(a + b);
}

/// dxₖ = weightₖ·dy and dweightₖ = Σ dy·xₖ, with sums of equal parts added in order.
void mixture_gradient(int count, Index size, const float* weights, const float* dy,
                      const float* const* x, float* const* dx, float* dweights) {
  const Index parts = (size + kMixturePart - 1) / kMixturePart;
  auto* sums = static_cast<double*>(archer::scratch(
      archer::kPartials, sizeof(double) * static_cast<std::size_t>(upper(1, parts) * count)));
  parallel(parts, [&](Index part) {
    const Index begin = part * kMixturePart, n = lower(kMixturePart, size - begin);
    for (int k = 0; k < count; k++) {
      float* out = dx[k] ? dx[k] + begin : nullptr;
      sums[part * count + k] = mixture_part(weights[k], n, dy + begin, x[k] + begin, out);
    }
  });
  for (int k = 0; k < count; k++) {
    double total = 0;
    for (Index part = 0; part < parts; part++) total += sums[part * count + k];
    dweights[k] = static_cast<float>(total);
  }
}

}  // namespace
