// The way back through a window of a chosen cell. Some steps are taken at a time, lanes in parallel;
// then the gradients by the weights are joined by one product per matrix over all rows of these steps.
#pragma once

#include "highway_window.h"

namespace {

using archer::HighwayWindowGradients;

/// What the way back reads.
struct WindowPass {
  const HighwayWindow& s;
  const HighwayWindowInputs& in;
  const float *saved, *states, *dstates;
  CellPanels turned;
  float* carried;  // the gradients by the new states of the step before, [lanes, width]
};

/// Rows of the products that give gradients of weights, more or less: a number of whole steps.
constexpr Index kJoinedRows = 512;

/// Some steps, and the gradients by c and v of each node in them, [nodes, 2, most · lanes, width].
struct Steps {
  Index begin, end, most;
  float* gradients;
  Index rows(const HighwayWindow& s) const { return (end - begin) * s.lanes; }
  float* of(const HighwayWindow& s, int node, int half) const {
    return gradients + (Index{2} * node + half) * most * s.lanes * s.width;
  }
};

/// What a node reads in step t, from a lane on.
const float* state_read(const WindowPass& p, int node, Index t, Index lane) {
  const HighwayWindow& s = p.s;
  const Index at = (t * s.lanes + lane) * s.width;
  if (node > 0) return p.saved + kept_at(s, s.from(node), kState) + at;
  return t == 0 ? p.in.h + lane * s.width : p.states + at - static_cast<Index>(s.lanes) * s.width;
}

/// ds += the gradients by what was multiplied, through the mask.
void through_products(const WindowPass& p, int node, Index first, Index lanes, const float* dc,
                      const float* dv, float* ds) {
  const Index width = p.s.width, count = lanes * width;
  const float* mask = p.in.hidden_mask;
  float* to = mask == nullptr ? ds : floats(archer::kMatrix, count);
  multiply(lanes, {dc, width, 1}, p.turned.of_node(node, 0), mask == nullptr, to);
  multiply(lanes, {dv, width, 1}, p.turned.of_node(node, 1), true, to);
  if (mask == nullptr) return;
  for (Index i = 0; i < count; i++) ds[i] += to[i] * mask[first * width + i];
}

/// One step back for some lanes; `by_states` [nodes, lanes, width] is for the gradients on the way.
void step_back(const WindowPass& p, const Steps& steps, Index t, Index first, Index lanes, float* by_states) {
  const HighwayWindow& s = p.s;
  const Index count = lanes * s.width, at = (t * s.lanes + first) * s.width;
  const Index row = ((t - steps.begin) * s.lanes + first) * s.width;
  float* carried = p.carried + first * s.width;
  const float number = static_cast<float>(s.averaged);
  for (int node = 0; node < s.nodes; node++) {
    float* ds = by_states + node * count;
    if (!s.is_averaged(node)) clear(ds, count);
    else for (Index i = 0; i < count; i++) ds[i] = (p.dstates[at + i] + carried[i]) / number;
  }
  float* through = floats(archer::kFiltered, count);
  for (int node = s.nodes - 1; node >= 0; node--) {
    const float *c = p.saved + kept_at(s, node, kGate) + at, *v = p.saved + kept_at(s, node, kValue) + at;
    float *dc = steps.of(s, node, 0) + row, *dv = steps.of(s, node, 1) + row;
    gated_gradient(s.activation(node), count, state_read(p, node, t, first), c, v, by_states + node * count, dc,
                   dv, through);
    float* ds = node == 0 ? carried : by_states + s.from(node) * count;
    if (node == 0) std::memcpy(ds, through, static_cast<std::size_t>(count) * sizeof(float));
    else for (Index i = 0; i < count; i++) ds[i] += through[i];
    through_products(p, node, first, lanes, dc, dv, ds);
  }
}

/// What was multiplied with the matrices of a pair in some steps, rows behind each other: x (pair 0), or
/// what the node before has read.
const float* multiplied(const WindowPass& p, const Steps& steps, int pair) {
  const HighwayWindow& s = p.s;
  const Index rows = steps.rows(s);
  if (pair == 0) {
    const float* x = p.in.x + steps.begin * s.lanes * s.inputs;
    return masked_rows(archer::kMatrix, rows, s.inputs, 0, s.lanes, x, p.in.input_mask);
  }
  const float* read = state_read(p, pair - 1, steps.begin, 0);
  if (pair == 1 && steps.begin == 0) {
    // The state in front of the window lies elsewhere.
    const std::size_t bytes = static_cast<std::size_t>(s.lanes) * s.width * sizeof(float);
    float* all = floats(archer::kSource, rows * s.width);
    std::memcpy(all, p.in.h, bytes);
    std::memcpy(all + s.lanes * s.width, p.states, bytes * static_cast<std::size_t>(steps.end - 1));
    read = all;
  }
  return masked_rows(archer::kMatrix, rows, s.width, 0, s.lanes, read, p.in.hidden_mask);
}

/// The gradients by the weights, (part of) the sum over all steps.
void by_weights(const WindowPass& p, const Steps& steps, float* const* to) {
  const HighwayWindow& s = p.s;
  const Index rows = steps.rows(s);
  parallel(2 * (s.nodes + 1), [&](Index i) {
    const int pair = static_cast<int>(i / 2), half = static_cast<int>(i % 2);
    const Index k = pair == 0 ? s.inputs : s.width;
    const float* read = multiplied(p, steps, pair);
    const float* d = steps.of(s, pair == 0 ? 0 : pair - 1, half);
    float* packed = floats(archer::kWideFilter, panels_size(rows, s.width));
    const Panels panels = pack_panels(rows, s.width, d, s.width, 1, packed);
    multiply(k, {read, 1, k}, panels, steps.end < s.steps, to[i]);
  });
}

/// The gradients by x.
void by_inputs(const WindowPass& p, const Steps& steps, float* dx) {
  const HighwayWindow& s = p.s;
  const Index before = steps.begin * s.lanes, width = s.width;
  parallel_parts(steps.rows(s), kTaskRows, [&](Index begin, Index end) {
    float* to = dx + (before + begin) * s.inputs;
    for (int half = 0; half < 2; half++) {
      const Left d = {steps.of(s, 0, half) + begin * width, width, 1};
      multiply(end - begin, d, p.turned.of_input(half), half == 1, to);
    }
    if (p.in.input_mask == nullptr) return;
    for (Index r = 0; r < end - begin; r++) {
      const float* mask = p.in.input_mask + (begin + r) % s.lanes * s.inputs;
      for (Index i = 0; i < s.inputs; i++) to[r * s.inputs + i] *= mask[i];
    }
  });
}

void highway_window_gradient(const HighwayWindow& s, const HighwayWindowInputs& in, const float* saved,
                             const float* states, const float* dstates, const HighwayWindowGradients& out) {
  const Index count = static_cast<Index>(s.lanes) * s.width;
  const WindowPass p = {s, in, saved, states, dstates, pack_cell(s, in.weights, true), floats(archer::kBefore, count)};
  clear(p.carried, count);
  const Index most = upper(1, lower(s.steps, kJoinedRows / s.lanes));
  float* gradients = floats(archer::kGradient, 2 * s.nodes * most * count);
  for (Index end = s.steps; end > 0; end -= most) {
    const Steps steps = {upper(0, end - most), end, most, gradients};
    parallel_parts(s.lanes, kTaskLanes, [&](Index first, Index last) {
      float* by_states = floats(archer::kExpanded, s.nodes * (last - first) * s.width);
      for (Index t = steps.end - 1; t >= steps.begin; t--) step_back(p, steps, t, first, last - first, by_states);
    });
    if (out.weights != nullptr) by_weights(p, steps, out.weights);
    if (out.x != nullptr) by_inputs(p, steps, out.x);
  }
  if (out.h != nullptr) std::memcpy(out.h, p.carried, static_cast<std::size_t>(count) * sizeof(float));
}

}  // namespace
