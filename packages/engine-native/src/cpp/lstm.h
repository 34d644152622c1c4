// One step of a long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates), forward
// and backward. Gates lie side by side, in the order i, f, g, o.
#pragma once

#include "exponential.h"
#include "matmul.h"

namespace {

using archer::Lstm;

/// gates = (σ, σ, tanh, σ)(x·Wx + h·Wh + b), c' = f·c + i·g, h' = o·tanh(c'); state = h', then c'.
void lstm(const Lstm& s, const float* x, const float* h, const float* c, const float* wx,
          const float* wh, const float* bias, float* gates, float* state) {
  const Index wide = 4 * static_cast<Index>(s.hidden), count = static_cast<Index>(s.n) * s.hidden;
  float* recurrent = floats(archer::kFiltered, s.n * wide);
  product(s.n, s.inputs, static_cast<int>(wide), false, false, x, wx, gates);
  product(s.n, s.hidden, static_cast<int>(wide), false, false, h, wh, recurrent);
  parallel_ranges(s.n, upper(1, 4096 / wide), [&](Index begin, Index end) {
    for (Index n = begin; n < end; n++) {
      float* a = gates + n * wide;
      for (Index j = 0; j < wide; j++) {
        const double z = static_cast<double>(a[j]) + recurrent[n * wide + j] + bias[j];
        a[j] = static_cast<float>(j / s.hidden == 2 ? hyperbolic_tangent(z) : sigmoid(z));
      }
      for (Index j = 0; j < s.hidden; j++) {
        const float *i = a + j, *f = i + s.hidden, *g = f + s.hidden, *o = g + s.hidden;
        const Index at = n * s.hidden + j;
        const double cell = static_cast<double>(*f) * c[at] + static_cast<double>(*i) * *g;
        state[count + at] = static_cast<float>(cell);
        state[at] = static_cast<float>(*o * hyperbolic_tangent(state[count + at]));
      }
    }
  });
}

void lstm_gradient(const Lstm& s, const float* x, const float* h, const float* c, const float* wx,
                   const float* wh, const float* gates, const float* state, const float* dstate,
                   float* dx, float* dh, float* dc, float* dwx, float* dwh, float* dbias) {
  const Index wide = 4 * static_cast<Index>(s.hidden), count = static_cast<Index>(s.n) * s.hidden;
  float* dz = floats(archer::kFiltered, s.n * wide);
  parallel_ranges(s.n, upper(1, 4096 / wide), [&](Index begin, Index end) {
    for (Index n = begin; n < end; n++) {
      for (Index j = 0; j < s.hidden; j++) {
        const float* a = gates + n * wide + j;
        const Index at = n * s.hidden + j;
        const double i = a[0], f = a[s.hidden], g = a[2 * s.hidden], o = a[3 * s.hidden];
        const double t = hyperbolic_tangent(state[count + at]), up = dstate[at];
        const double dcell = dstate[count + at] + up * o * (1 - t * t);
        float* d = dz + n * wide + j;
        d[0] = static_cast<float>(dcell * g * i * (1 - i));
        d[s.hidden] = static_cast<float>(dcell * c[at] * f * (1 - f));
        d[2 * s.hidden] = static_cast<float>(dcell * i * (1 - g * g));
        d[3 * s.hidden] = static_cast<float>(up * t * o * (1 - o));
        dc[at] = static_cast<float>(dcell * f);
      }
    }
  });
  const int all = static_cast<int>(wide);
  product(s.n, all, s.inputs, false, true, dz, wx, dx);
  product(s.n, all, s.hidden, false, true, dz, wh, dh);
  product(s.inputs, s.n, all, true, false, x, dz, dwx);
  product(s.hidden, s.n, all, true, false, h, dz, dwh);
  for (Index j = 0; j < wide; j++) {
    double total = 0;
    for (Index n = 0; n < s.n; n++) total += dz[n * wide + j];
    dbias[j] = static_cast<float>(total);
  }
}

}  // namespace
