// The loss and the update of a training step.
#pragma once

#include "parallel.h"

namespace {

void cross_entropy(int n, int classes, const float* logits, const std::int32_t* labels, float* losses,
                   float* errors) {
  for (Index i = 0; i < n; i++, logits += classes, errors += classes) {
    double top = logits[0];
    for (int c = 1; c < classes; c++) top = logits[c] > top ? logits[c] : top;
    double total = 0;
    for (int c = 0; c < classes; c++) total += std::exp(logits[c] - top);
    for (int c = 0; c < classes; c++) errors[c] = static_cast<float>(std::exp(logits[c] - top) / total);
    losses[i] = static_cast<float>(std::log(total) + top - logits[labels[i]]);
    errors[labels[i]] -= 1;
  }
}

/// g ← g + decay·w,  v ← momentum·v + g,  w ← w − rate·(nesterov ? g + momentum·v : v)
void sgd(const archer::Sgd& s, Index size, const float* w, const float* v, const float* gradient,
         float* new_w, float* new_v) {
  const V rate = splat(static_cast<float>(-s.rate)), momentum = splat(static_cast<float>(s.momentum));
  const V decay = splat(static_cast<float>(s.decay));
  parallel_ranges(size, 32768, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i += VL) {
      const Index n = end - i;
      const V value = load_upto(w + i, n);
      const V g = fma(decay, value, gradient ? load_upto(gradient + i, n) : zero());
      const V velocity = fma(momentum, load_upto(v + i, n), g);
      store_upto(new_v + i, velocity, n);
      store_upto(new_w + i, fma(rate, s.nesterov ? fma(momentum, velocity, g) : velocity, value), n);
    }
  });
}

}  // namespace
