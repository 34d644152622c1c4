// Calls of the kernels for recurrent cells and words.
#pragma once

#include "shapes.h"

namespace archer {
namespace {

// ---- recurrence --------------------------------------------------------------------------------

/// n, inputs, hidden
Lstm lstm_of(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 3);
  const Lstm s = {p[0], p[1], p[2]};
  if (s.n < 1 || s.inputs < 1 || s.hidden < 1) refuse("A memory has no samples, inputs or cells.");
  elements({s.hidden, 4});
  const std::int64_t wide = std::int64_t{4} * s.hidden + 16;
  elements({s.inputs, wide});
  elements({s.hidden, wide});
  elements({s.n, wide});
  elements({wide, std::int64_t{s.inputs} + 16});
  elements({wide, std::int64_t{s.hidden} + 16});
  elements({s.n, std::int64_t{s.inputs} + 16});
  return s;
}

// shape, x, h, c, Wx, Wh, bias, gates, state
void lstm(const Arguments& a) {
  const Lstm s = lstm_of(a);
  const std::int64_t wide = std::int64_t{4} * s.hidden, count = std::int64_t{s.n} * s.hidden;
  kernels->lstm(s, a.floats(1, elements({s.n, s.inputs})), a.floats(2, count), a.floats(3, count),
                a.floats(4, s.inputs * wide), a.floats(5, s.hidden * wide), a.floats(6, wide),
                a.floats(7, s.n * wide), a.floats(8, 2 * count));
}

// shape, x, h, c, Wx, Wh, gates, state, dstate, dx, dh, dc, dWx, dWh, dbias
void lstm_gradient(const Arguments& a) {
  const Lstm s = lstm_of(a);
  const std::int64_t wide = std::int64_t{4} * s.hidden, count = std::int64_t{s.n} * s.hidden;
  const std::int64_t inputs = std::int64_t{s.n} * s.inputs;
  kernels->lstm_gradient(s, a.floats(1, inputs), a.floats(2, count), a.floats(3, count),
                         a.floats(4, s.inputs * wide), a.floats(5, s.hidden * wide),
                         a.floats(6, s.n * wide), a.floats(7, 2 * count), a.floats(8, 2 * count),
                         a.floats(9, inputs), a.floats(10, count), a.floats(11, count),
                         a.floats(12, s.inputs * wide), a.floats(13, s.hidden * wide),
                         a.floats(14, wide));
}

/// n, inputs, width, activation
Highway highway_of(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 4);
  if (p[0] < 1 || p[1] < 0 || p[2] < 1) refuse("A gated node has no samples or no width.");
  if (p[3] < 0 || p[3] > kIdentityOf) refuse("There is no such activation.");
  const Highway s = {p[0], p[1], p[2], static_cast<Activation>(p[3])};
  const std::int64_t wide = std::int64_t{s.width} + 16;
  elements({2, s.n, wide});
  elements({s.width, wide});
  elements({s.inputs, wide});
  elements({wide, std::int64_t{s.inputs} + 16});
  elements({2, s.n, std::int64_t{s.inputs} + 16});
  return s;
}

/// Values, mask, gate and value weights of an input of k numbers from argument i on.
HighwayInput highway_input(const Arguments& a, std::size_t i, const Highway& s, std::int64_t k) {
  const std::int64_t count = s.n * k, weights = k * s.width;
  return {a.floats(i, count), a.floats_or_null(i + 1, count), a.floats(i + 2, weights),
          a.floats(i + 3, weights)};
}

HighwayInput second_input(const Arguments& a, std::size_t i, const Highway& s) {
  return s.inputs > 0 ? highway_input(a, i, s, s.inputs) : HighwayInput{};
}

/// `add`: bits for values, gate and value weights.
HighwayGradient highway_gradient_of(const Arguments& a, std::size_t i, const Highway& s, std::int64_t k,
                                    std::int64_t add) {
  const std::int64_t weights = k * s.width;
  return {a.floats_or_null(i, s.n * k), a.floats_or_null(i + 1, weights),
          a.floats_or_null(i + 2, weights), (add & 1) != 0, (add & 2) != 0, (add & 4) != 0};
}

// shape, state, state mask, state gate, state value, input, input mask, input gate, input value, factors, y
void highway(const Arguments& a) {
  const Highway s = highway_of(a);
  const std::int64_t count = std::int64_t{s.n} * s.width;
  kernels->highway(s, highway_input(a, 1, s, s.width), second_input(a, 5, s), a.floats(9, 2 * count),
                   a.floats(10, count));
}

// shape, add, state, state mask, state gate, state value, input, input mask, input gate, input value,
// factors, dy, dstate, dstate gate, dstate value, dinput, dinput gate, dinput value
void highway_gradient(const Arguments& a) {
  const Highway s = highway_of(a);
  const std::int64_t count = std::int64_t{s.n} * s.width, add = a.integer(1);
  kernels->highway_gradient(
      s, highway_input(a, 2, s, s.width), second_input(a, 6, s), a.floats(10, 2 * count),
      a.floats(11, count), highway_gradient_of(a, 12, s, s.width, add),
      s.inputs > 0 ? highway_gradient_of(a, 15, s, s.inputs, add >> 3) : HighwayGradient{});
}

/// steps, lanes, inputs, width, nodes, and of every node: from, activation, averaged
HighwayWindow window_of(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 5);
  HighwayWindow s = {p[0], p[1], p[2], p[3], p[4], 0, nullptr};
  if (s.steps < 1 || s.lanes < 1 || s.inputs < 1 || s.width < 1) refuse("A window or its cell is empty.");
  if (s.nodes < 1 || s.nodes > 1024) refuse("A cell has no nodes or more than 1024.");
  s.cell = a.integers(0, 5 + std::int64_t{3} * s.nodes) + 5;
  for (int node = 0; node < s.nodes; node++) {
    if (s.from(node) < 0 || s.from(node) >= (node == 0 ? 1 : node)) refuse("A node reads none before it.");
    if (s.cell[3 * node + 1] < 0 || s.cell[3 * node + 1] > kIdentityOf) refuse("There is no such activation.");
    s.averaged += s.is_averaged(node) ? 1 : 0;
  }
  if (s.averaged == 0) refuse("A cell averages no nodes.");
  const std::int64_t wide = std::int64_t{s.width} + 16, pairs = std::int64_t{2} * (s.nodes + 1);
  elements({pairs, wide, std::int64_t{s.inputs > s.width ? s.inputs : s.width} + 16});
  elements({3, s.nodes, s.steps, s.lanes, wide});
  elements({s.steps, s.lanes, std::int64_t{s.inputs} + 16});
  elements({pairs, std::int64_t{s.lanes} + 512, wide});
  return s;
}

/// A list of gate and value of x and of every node.
const float** window_weights(const Arguments& a, std::size_t i, Scratch use, const HighwayWindow& s) {
  const int count = 2 * (s.nodes + 1);
  if (a.list_length(i) != count) refuse("A cell has not two matrices for x and each of its nodes.");
  auto** list = static_cast<const float**>(scratch(use, sizeof(float*) * static_cast<std::size_t>(count)));
  for (int k = 0; k < count; k++) {
    list[k] = a.floats_in_list(i, k, (k < 2 ? std::int64_t{s.inputs} : s.width) * s.width);
  }
  return list;
}

/// x, input mask, h, hidden mask and the list of weights, from argument 1 on.
HighwayWindowInputs window_inputs(const Arguments& a, const HighwayWindow& s) {
  const std::int64_t count = std::int64_t{s.lanes} * s.width, inputs = std::int64_t{s.lanes} * s.inputs;
  return {a.floats(1, s.steps * inputs), a.floats_or_null(2, inputs), a.floats(3, count), a.floats_or_null(4, count),
          window_weights(a, 5, kOffsets, s)};
}

// shape, x, input mask, h, hidden mask, weights, saved, states
void highway_window(const Arguments& a) {
  const HighwayWindow s = window_of(a);
  const std::int64_t all = std::int64_t{s.steps} * s.lanes * s.width;
  kernels->highway_window(s, window_inputs(a, s), a.floats(6, 3 * s.nodes * all), a.floats(7, all));
}

// shape, x, input mask, h, hidden mask, weights, saved, states, dstates, dx, dh, gradients by the weights
void highway_window_gradient(const Arguments& a) {
  const HighwayWindow s = window_of(a);
  const std::int64_t count = std::int64_t{s.lanes} * s.width, all = s.steps * count;
  auto* const* weights = a.is_null(11) ? nullptr : const_cast<float* const*>(window_weights(a, 11, kTaps, s));
  kernels->highway_window_gradient(
      s, window_inputs(a, s), a.floats(6, 3 * s.nodes * all), a.floats(7, all), a.floats(8, all),
      {a.floats_or_null(9, elements({s.steps, s.lanes, s.inputs})), a.floats_or_null(10, count), weights});
}

// ---- words -------------------------------------------------------------------------------------

/// n, rows, width
Embedding embedding_of(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 3);
  const Embedding s = {p[0], p[1], p[2]};
  if (s.n < 1 || s.rows < 1 || s.width < 1) refuse("An embedding has no tokens, no rows or no width.");
  elements({s.n, s.width});
  elements({s.rows, s.width});
  return s;
}

/// n numbers that are each less than `classes`.
const std::int32_t* tokens_at(const Arguments& a, std::size_t i, std::int64_t n, std::int32_t classes,
                              const char* otherwise) {
  const std::int32_t* tokens = a.integers(i, n);
  for (std::int64_t k = 0; k < n; k++) {
    if (tokens[k] < 0 || tokens[k] >= classes) refuse(otherwise);
  }
  return tokens;
}

// shape, table, tokens, y
void embedding(const Arguments& a) {
  const Embedding s = embedding_of(a);
  kernels->embedding(s, a.floats(1, std::int64_t{s.rows} * s.width),
                     tokens_at(a, 2, s.n, s.rows, "A token is not a row of the table."),
                     a.floats(3, std::int64_t{s.n} * s.width));
}

// shape, add, tokens, dy, dtable
void embedding_gradient(const Arguments& a) {
  const Embedding s = embedding_of(a);
  kernels->embedding_gradient(s, a.flag(1), tokens_at(a, 2, s.n, s.rows, "A token is not a row of the table."),
                              a.floats(3, std::int64_t{s.n} * s.width),
                              a.floats(4, std::int64_t{s.rows} * s.width));
}

// shape [n, width, classes], states, table, bias, labels, factors, losses, lengths, hits, dstates, dtable, dbias
void decoded_cross_entropy(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 3);
  const Decoder s = {p[0], p[1], p[2]};
  if (s.n < 1 || s.width < 1 || s.classes < 1) refuse("A decoder has no states, no width or no classes.");
  const std::int64_t states = elements({s.n, std::int64_t{s.width} + 16}) - std::int64_t{16} * s.n;
  const std::int64_t table = elements({s.width, s.classes});
  elements({2, std::int64_t{s.width} + 16, std::int64_t{s.classes} + 16});
  elements({36, s.classes});
  const std::int32_t* labels = tokens_at(a, 4, s.n, s.classes, "A label is not one of the classes.");
  DecoderGradients gradients = {};
  if (!a.is_null(9)) gradients = {a.floats(9, states), a.floats(10, table), a.floats(11, s.classes)};
  kernels->decoded_cross_entropy(s, a.floats(1, states), a.floats(2, table), a.floats(3, s.classes), labels,
                                 a.floats(5, s.n), {a.floats(6, s.n), a.floats(7, s.n), a.floats(8, s.n)},
                                 gradients);
}

}  // namespace
}  // namespace archer
