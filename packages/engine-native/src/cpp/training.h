// The loss and the update of a training step.
#pragma once

#include "exponential.h"

namespace {

void cross_entropy(int n, int classes, const float* logits, const std::int32_t* labels, float* losses,
                   float* errors) {
  parallel_ranges(n, upper(1, 4096 / classes), [&](Index begin, Index end) {
    double* e = doubles(archer::kMatrix, classes);
    for (Index i = begin; i < end; i++) {
      const float* row = logits + i * classes;
      float* error = errors + i * classes;
      const double top = largest_of(classes, row), total = exponentials(classes, row, top, e);
      for (int c = 0; c < classes; c++) error[c] = static_cast<float>(e[c] / total);
      losses[i] = static_cast<float>(logarithm(total) + top - row[labels[i]]);
      error[labels[i]] -= 1;
    }
  });
}

/// g ← scale·g + decay·w,  v ← momentum·v + g,  w ← w − rate·(nesterov ? g + momentum·v : v)
void sgd(const archer::Sgd& s, Index size, const float* w, const float* v, const float* gradient,
         float* new_w, float* new_v) {
  const V rate = splat(static_cast<float>(-s.rate)), momentum = splat(static_cast<float>(s.momentum));
  const V decay = splat(static_cast<float>(s.decay)), scale = splat(static_cast<float>(s.scale));
  parallel_ranges(size, 32768, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i += VL) {
      const Index n = end - i;
      const V value = load_upto(w + i, n);
      const V g = fma(decay, value, gradient ? scale * load_upto(gradient + i, n) : zero());
      const V velocity = fma(momentum, load_upto(v + i, n), g);
      store_upto(new_v + i, velocity, n);
      store_upto(new_w + i, fma(rate, s.nesterov ? fma(momentum, velocity, g) : velocity, value), n);
    }
  });
}

}  // namespace
