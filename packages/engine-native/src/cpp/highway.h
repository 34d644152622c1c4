// A gated node of a recurrent cell (recurrent highway networks, Zilly et al. 2017), forward and
// backward: y = s + σ(c)·(f(v) − s), where [c, v] is the product of s and of a second input, if there
// is one, with their weights. Masks act on what is multiplied alone.
#pragma once

#include "exponential.h"
#include "matmul.h"

namespace {

using archer::Highway;
using archer::HighwayInput;

template <archer::Activation kF>
ARCHER_INLINE double activated(double v) {
  switch (kF) {
    case archer::kTanhOf: return hyperbolic_tangent(v);
    case archer::kReluOf: return v < 0 ? 0 : v;
    case archer::kSigmoidOf: return sigmoid(v);
    case archer::kIdentityOf: return v;
  }
  return v;
}

/// f' by f.
template <archer::Activation kF>
ARCHER_INLINE double slope(double f) {
  switch (kF) {
    case archer::kTanhOf: return 1 - f * f;
    case archer::kReluOf: return f > 0 ? 1.0 : 0.0;
    case archer::kSigmoidOf: return f * (1 - f);
    case archer::kIdentityOf: return 1;
  }
  return 1;
}

/// c and v become σ(c) and f(v).
template <archer::Activation kF>
void gated_as(Index count, const float* s, float* c, float* v, float* y) {
  for (Index i = 0; i < count; i++) {
    c[i] = static_cast<float>(sigmoid(c[i]));
    v[i] = static_cast<float>(activated<kF>(v[i]));
  }
  for (Index i = 0; i < count; i++) y[i] = s[i] + c[i] * (v[i] - s[i]);
}

void gated(archer::Activation f, Index count, const float* s, float* c, float* v, float* y) {
  switch (f) {
    case archer::kTanhOf: return gated_as<archer::kTanhOf>(count, s, c, v, y);
    case archer::kReluOf: return gated_as<archer::kReluOf>(count, s, c, v, y);
    case archer::kSigmoidOf: return gated_as<archer::kSigmoidOf>(count, s, c, v, y);
    case archer::kIdentityOf: return gated_as<archer::kIdentityOf>(count, s, c, v, y);
  }
}

/// The gradients by c and v before their functions, and the part of that by s that passes the gate.
template <archer::Activation kF>
void gated_gradient_as(Index count, const float* s, const float* c, const float* v, const float* dy,
                       float* dc, float* dv, float* ds) {
  for (Index i = 0; i < count; i++) {
    const double up = dy[i], gate = c[i], f = v[i];
    dc[i] = static_cast<float>(up * (f - s[i]) * (gate * (1 - gate)));
    dv[i] = static_cast<float>(up * gate * slope<kF>(f));
    ds[i] = static_cast<float>(up * (1 - gate));
  }
}

void gated_gradient(archer::Activation f, Index count, const float* s, const float* c, const float* v,
                    const float* dy, float* dc, float* dv, float* ds) {
  switch (f) {
    case archer::kTanhOf: return gated_gradient_as<archer::kTanhOf>(count, s, c, v, dy, dc, dv, ds);
    case archer::kReluOf: return gated_gradient_as<archer::kReluOf>(count, s, c, v, dy, dc, dv, ds);
    case archer::kSigmoidOf: return gated_gradient_as<archer::kSigmoidOf>(count, s, c, v, dy, dc, dv, ds);
    case archer::kIdentityOf: return gated_gradient_as<archer::kIdentityOf>(count, s, c, v, dy, dc, dv, ds);
  }
}

/// What is multiplied: the input, or its product with the mask.
const float* masked(Index count, const HighwayInput& in) {
  if (in.mask == nullptr) return in.of;
  float* read = floats(archer::kFiltered, count);
  for (Index i = 0; i < count; i++) read[i] = in.of[i] * in.mask[i];
  return read;
}

void highway(const Highway& s, const HighwayInput& state, const HighwayInput& input, float* factors,
             float* y) {
  const Index count = static_cast<Index>(s.n) * s.width;
  float *c = factors, *v = factors + count;
  const float* read = masked(count, state);
  product(s.n, s.width, s.width, false, false, read, state.gate, c);
  product(s.n, s.width, s.width, false, false, read, state.value, v);
  if (s.inputs > 0) {
    float* more = floats(archer::kExpanded, 2 * count);
    read = masked(static_cast<Index>(s.n) * s.inputs, input);
    product(s.n, s.inputs, s.width, false, false, read, input.gate, more);
    product(s.n, s.inputs, s.width, false, false, read, input.value, more + count);
    for (Index i = 0; i < 2 * count; i++) factors[i] += more[i];
  }
  parallel_ranges(count, 1024, [&](Index begin, Index end) {
    gated(s.activation, end - begin, state.of + begin, c + begin, v + begin, y + begin);
  });
}

/// A result, or what is added to one.
void leave(Index count, bool add, const float* from, float* to) {
  if (add) for (Index i = 0; i < count; i++) to[i] += from[i];
  else std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
}

/// The gradients of one input by its values and weights, from those by c and v. `through` joins the
/// first; null are those that nobody asks for.
void highway_input_gradient(const Highway& s, int inputs, const HighwayInput& in, const float* dc,
                            const float* dv, const float* through, const archer::HighwayGradient& out) {
  const Index count = static_cast<Index>(s.n) * inputs;
  if (out.of != nullptr) {
    float* back = floats(archer::kExpanded, 2 * count);
    product(s.n, s.width, inputs, false, true, dc, in.gate, back);
    product(s.n, s.width, inputs, false, true, dv, in.value, back + count);
    for (Index i = 0; i < count; i++) back[i] += back[count + i];
    if (in.mask != nullptr) for (Index i = 0; i < count; i++) back[i] *= in.mask[i];
    if (through != nullptr) for (Index i = 0; i < count; i++) back[i] += through[i];
    leave(count, out.add_of, back, out.of);
  }
  const float* read = masked(count, in);
  const Index size = static_cast<Index>(inputs) * s.width;
  const auto by_weights = [&](const float* d, bool add, float* to) {
    if (to == nullptr) return;
    float* made = add ? floats(archer::kExpanded, size) : to;
    product(inputs, s.n, s.width, true, false, read, d, made);
    if (add) leave(size, true, made, to);
  };
  by_weights(dc, out.add_gate, out.gate);
  by_weights(dv, out.add_value, out.value);
}

void highway_gradient(const Highway& s, const HighwayInput& state, const HighwayInput& input,
                      const float* factors, const float* dy, const archer::HighwayGradient& dstate,
                      const archer::HighwayGradient& dinput) {
  const Index count = static_cast<Index>(s.n) * s.width;
  const float *c = factors, *v = factors + count;
  float *dc = floats(archer::kGradient, 3 * count), *dv = dc + count, *ds = dv + count;
  parallel_ranges(count, 4096, [&](Index i, Index end) {
    gated_gradient(s.activation, end - i, state.of + i, c + i, v + i, dy + i, dc + i, dv + i, ds + i);
  });
  highway_input_gradient(s, s.width, state, dc, dv, ds, dstate);
  if (s.inputs > 0) highway_input_gradient(s, s.inputs, input, dc, dv, nullptr, dinput);
}

}  // namespace
