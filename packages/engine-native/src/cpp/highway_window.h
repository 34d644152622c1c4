// A chosen recurrent cell of gated nodes over a whole window. What is multiplied with x is one product
// for all steps; after that lanes have nothing to do with each other, and each task takes its lanes
// through all steps, with weights that were packed once.
#pragma once

#include "highway.h"
#include "panels.h"

namespace {

using archer::HighwayWindow;
using archer::HighwayWindowInputs;

/// Lanes of a task, which depend on their number alone, and rows of a product of all steps.
constexpr Index kTaskLanes = 48, kTaskRows = 96;

/// Packed weights of x and of every node, each a pair of gate and value.
struct CellPanels {
  float* packed;
  Index k, n, width;  // the size of those of x, and of a side of the others
  Panels of_input(int half) const { return {packed + half * panels_size(k, n), k, n}; }
  Panels of_node(int node, int half) const {
    const Index before = 2 * panels_size(k, n) + (2 * node + half) * panels_size(width, width);
    return {packed + before, width, width};
  }
  Panels of(int pair, int half) const { return pair == 0 ? of_input(half) : of_node(pair - 1, half); }
};

/// `turned`: to multiply with the transposed matrices.
CellPanels pack_cell(const HighwayWindow& s, const float* const* weights, bool turned) {
  const Index width = s.width, k = turned ? width : s.inputs, n = turned ? s.inputs : width;
  const Index size = 2 * panels_size(k, n) + 2 * s.nodes * panels_size(width, width);
  const CellPanels panels = {floats(archer::kPacked, size), k, n, width};
  parallel(2 * (s.nodes + 1), [&](Index i) {
    const Panels to = panels.of(static_cast<int>(i / 2), static_cast<int>(i % 2));
    pack_panels(to.k, to.n, weights[i], turned ? 1 : width, turned ? width : 1, const_cast<float*>(to.packed));
  });
  return panels;
}

/// One of the three things that are kept of a node, over all steps.
enum Kept { kState, kGate, kValue };
ARCHER_INLINE Index kept_at(const HighwayWindow& s, int node, Kept kept) {
  return (Index{3} * node + kept) * s.steps * s.lanes * s.width;
}

/// Rows of `row` numbers, those of `lanes` lanes from the first one on, each times its mask if there is
/// one; in scratch memory then. The rows before `first` belong to the same step.
const float* masked_rows(archer::Scratch use, Index rows, Index row, Index first, Index lanes,
                         const float* from, const float* mask) {
  if (mask == nullptr) return from;
  float* to = floats(use, rows * row);
  for (Index r = 0; r < rows; r++) {
    const float* factors = mask + (first + r) % lanes * row;
    for (Index i = 0; i < row; i++) to[r * row + i] = from[r * row + i] * factors[i];
  }
  return to;
}

/// The part of c and v of the first node that comes from x, for all steps.
void project_inputs(const HighwayWindow& s, const HighwayWindowInputs& in, const CellPanels& panels,
                    float* saved) {
  parallel_parts(static_cast<Index>(s.steps) * s.lanes, kTaskRows, [&](Index begin, Index end) {
    const Index rows = end - begin;
    const float* read = masked_rows(archer::kMatrix, rows, s.inputs, begin, s.lanes,
                                    in.x + begin * s.inputs, in.input_mask);
    float *c = saved + kept_at(s, 0, kGate), *v = saved + kept_at(s, 0, kValue);
    multiply(rows, {read, s.inputs, 1}, panels.of_input(0), false, c + begin * s.width);
    multiply(rows, {read, s.inputs, 1}, panels.of_input(1), false, v + begin * s.width);
  });
}

/// The mean of the averaged nodes' states: a sum in their order, divided.
void mean_state(const HighwayWindow& s, const float* saved, Index at, Index count, float* y) {
  bool first = true;
  for (int node = 0; node < s.nodes; node++) {
    if (!s.is_averaged(node)) continue;
    const float* state = saved + kept_at(s, node, kState) + at;
    if (first) std::memcpy(y, state, static_cast<std::size_t>(count) * sizeof(float));
    else for (Index i = 0; i < count; i++) y[i] += state[i];
    first = false;
  }
  const float number = static_cast<float>(s.averaged);
  for (Index i = 0; i < count; i++) y[i] /= number;
}

void highway_window(const HighwayWindow& s, const HighwayWindowInputs& in, float* saved, float* states) {
  const CellPanels panels = pack_cell(s, in.weights, false);
  project_inputs(s, in, panels, saved);
  const Index step = static_cast<Index>(s.lanes) * s.width;
  parallel_parts(s.lanes, kTaskLanes, [&](Index begin, Index end) {
    const Index lanes = end - begin, count = lanes * s.width, first = begin * s.width;
    for (Index t = 0; t < s.steps; t++) {
      const Index at = t * step + first;
      for (int node = 0; node < s.nodes; node++) {
        const float* before = t == 0 ? in.h + first : states + at - step;
        const float* state = node == 0 ? before : saved + kept_at(s, s.from(node), kState) + at;
        const float* read = masked_rows(archer::kMatrix, lanes, s.width, begin, s.lanes, state, in.hidden_mask);
        float *c = saved + kept_at(s, node, kGate) + at, *v = saved + kept_at(s, node, kValue) + at;
        multiply(lanes, {read, s.width, 1}, panels.of_node(node, 0), node == 0, c);
        multiply(lanes, {read, s.width, 1}, panels.of_node(node, 1), node == 0, v);
        gated(s.activation(node), count, state, c, v, saved + kept_at(s, node, kState) + at);
      }
      mean_state(s, saved, at, count, states + at);
    }
  });
}

}  // namespace
