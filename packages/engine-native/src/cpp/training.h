// The loss and the update of a training step.
#pragma once

#include "parallel.h"

namespace {

// Exponential and logarithm of our own: the C library's give other last bits on other machines.

/// e^x for x ≤ 0, within 2 units of the last place.
double exponential(double x) {
  if (!(x > -700)) return x == x ? 0 : x;
  // x = k ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts, the first without its last bits.
  const double k = std::floor(x * 1.4426950408889634 + 0.5);
  const double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  double sum = 1;
  for (int i = 13; i >= 1; i--) sum = 1 + r * sum / i;  // Taylor's series, from its last term
  return std::ldexp(sum, static_cast<int>(k));
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

void cross_entropy(int n, int classes, const float* logits, const std::int32_t* labels, float* losses,
                   float* errors) {
  for (Index i = 0; i < n; i++, logits += classes, errors += classes) {
    double top = logits[0];
    for (int c = 1; c < classes; c++) top = logits[c] > top ? logits[c] : top;
    double total = 0;
    for (int c = 0; c < classes; c++) total += exponential(logits[c] - top);
    for (int c = 0; c < classes; c++) errors[c] = static_cast<float>(exponential(logits[c] - top) / total);
    losses[i] = static_cast<float>(logarithm(total) + top - logits[labels[i]]);
    errors[labels[i]] -= 1;
  }
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
