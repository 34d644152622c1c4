// Calls of the kernels for whole layers and for updates; the continuation of entries.h.
#pragma once

namespace archer {
namespace {

// ---- shapes ------------------------------------------------------------------------------------

/// The fifteen numbers of a depthwise convolution, with the pointwise one's channels as `co`.
Separable separable_of(const Arguments& a, std::size_t i) {
  const std::int32_t* p = a.integers(i, 15);
  const Conv d = {p[0], p[1], p[2], p[3], p[4], p[5], p[3], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14]};
  check_conv(d, true);
  const Conv mix = {d.n, d.oh, d.ow, d.co, 1, 1, p[6], 1, 1, 1, 1, 0, 0, d.oh, d.ow};
  check_conv(mix, false);
  elements({16, std::int64_t{d.ci} + 16 + std::int64_t{d.kh} * d.kw, std::int64_t{d.ci} + mix.co + 32});
  return {d, mix};
}

/// mean, variance, gamma, beta from argument i on; null where there is no mean.
PendingNorm norm_at(const Arguments& a, std::size_t i, std::int64_t channels) {
  const float* mean = a.floats_or_null(i, channels);
  return {mean, mean ? a.floats(i + 1, channels) : a.floats_or_null(i + 1, channels),
          a.floats_or_null(i + 2, channels), a.floats_or_null(i + 3, channels)};
}

/// The same where it must be there.
PendingNorm given_norm(const Arguments& a, std::size_t i, std::int64_t channels) {
  a.floats(i, channels);
  return norm_at(a, i, channels);
}

/// Tensors of a list, `size` values each, in memory of the calling thread.
const float** list_of(const Arguments& a, std::size_t i, Scratch use, int count, std::int64_t size) {
  auto** list = static_cast<const float**>(scratch(use, sizeof(float*) * static_cast<std::size_t>(count)));
  for (int k = 0; k < count; k++) list[k] = a.floats_in_list(i, k, size);
  return list;
}

int count_of(const Arguments& a, std::size_t i) {
  const int count = a.list_length(i);
  if (count < 1) refuse("A list of tensors is empty or none.");
  if (count > 65536) refuse("A list has more than 65536 tensors.");
  return count;
}

void same_count(const Arguments& a, std::size_t i, int count) {
  if (a.list_length(i) != count) refuse("Two lists of tensors are not equally long.");
}

// ---- separable blocks --------------------------------------------------------------------------

// shape, epsilon, relu, x, norm before (mean, variance, gamma, beta), filter, mix, y, mean, variance
void separable(const Arguments& a) {
  const Separable s = separable_of(a, 0);
  const Conv &d = s.depthwise, &p = s.pointwise;
  kernels->separable(s, static_cast<float>(a.number(1)), a.flag(2), a.floats(3, in_size(d)),
                     norm_at(a, 4, d.ci), a.floats(8, filter_size(d, true)),
                     a.floats(9, filter_size(p, false)), a.floats(10, out_size(p)),
                     a.floats(11, p.co), a.floats(12, p.co));
}

// shape, epsilon, relu, add, dz, x, norm before (4), y, filter, mix, gamma, mean, variance, sums, dx,
// sums before, dfilter, dmix, dgamma, dbeta
void separable_gradient(const Arguments& a) {
  const Separable s = separable_of(a, 0);
  const Conv &d = s.depthwise, &p = s.pointwise;
  const PendingNorm before = norm_at(a, 6, d.ci);
  if (!a.is_null(18) && before.mean == nullptr) refuse("There is no norm before to make sums for.");
  kernels->separable_gradient(
      s, static_cast<float>(a.number(1)), a.flag(2), a.flag(3), a.floats(4, out_size(p)),
      a.floats(5, in_size(d)), before, a.floats(10, out_size(p)), a.floats(11, filter_size(d, true)),
      a.floats(12, filter_size(p, false)), a.floats_or_null(13, p.co), a.floats(14, p.co),
      a.floats(15, p.co), a.floats_or_null(16, elements({2, p.n, p.co})),
      a.floats_or_null(17, in_size(d)), a.floats_or_null(18, elements({2, d.n, d.ci})),
      a.floats(19, filter_size(d, true)), a.floats(20, filter_size(p, false)), a.floats(21, p.co),
      a.floats(22, p.co));
}

// shape, epsilon, relu, x, filter, mix, mean, variance, gamma, beta, addend, z
void separable_given(const Arguments& a) {
  const Separable s = separable_of(a, 0);
  const Conv &d = s.depthwise, &p = s.pointwise;
  kernels->separable_given(s, static_cast<float>(a.number(1)), a.flag(2), a.floats(3, in_size(d)),
                           a.floats(4, filter_size(d, true)), a.floats(5, filter_size(p, false)),
                           given_norm(a, 6, p.co), a.floats_or_null(10, out_size(p)),
                           a.floats(11, out_size(p)));
}

// ---- given statistics --------------------------------------------------------------------------

// shape, epsilon, relu, x, w, mean, variance, gamma, beta, addend, z
void conv_batch_norm_given(const Arguments& a) {
  const Conv c = conv_of(a, 0, false);
  kernels->conv_norm_given(c, static_cast<float>(a.number(1)), a.flag(2), a.floats(3, in_size(c)),
                           a.floats(4, filter_size(c, false)), given_norm(a, 5, c.co),
                           a.floats_or_null(9, out_size(c)), a.floats(10, out_size(c)));
}

// shape, epsilon, x, mean, variance, gamma, beta, addend, z
void batch_norm_given_add(const Arguments& a) {
  const Norm m = norm_of(a, 0, 1);
  kernels->norm_given_add(m, a.floats(2, size_of(m)), given_norm(a, 3, m.channels),
                          a.floats_or_null(7, size_of(m)), a.floats(8, size_of(m)));
}

// channels, counts, means, variances, mean, variance
void pool_moments(const Arguments& a) {
  const std::int64_t channels = elements({a.integer(0)});
  const int count = count_of(a, 2);
  same_count(a, 3, count);
  const std::int32_t* counts = a.integers(1, count);
  for (int i = 0; i < count; i++) {
    if (counts[i] < 1) refuse("A batch has no values.");
  }
  kernels->pool_moments(count, channels, counts, list_of(a, 2, kOffsets, count, channels),
                        list_of(a, 3, kTaps, count, channels), a.floats(4, channels),
                        a.floats(5, channels));
}

// channels, share, unbiased, mean, variance, batch mean, batch variance, new mean, new variance
void update_moments(const Arguments& a) {
  const std::int64_t channels = elements({a.integer(0)});
  kernels->update_moments({channels, a.number(1), a.number(2)}, a.floats(3, channels),
                          a.floats(4, channels), a.floats(5, channels), a.floats(6, channels),
                          a.floats(7, channels), a.floats(8, channels));
}

// ---- mixtures ----------------------------------------------------------------------------------

// size, weights, inputs, y
void mixture(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const int count = count_of(a, 2);
  kernels->mixture(count, size, a.floats(1, count), list_of(a, 2, kOffsets, count, size), a.floats(3, size));
}

// size, weights, dy, inputs, gradients by the inputs, gradient by the weights
void mixture_gradient(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const int count = count_of(a, 3);
  same_count(a, 4, count);
  auto* const* outputs = const_cast<float* const*>(list_of(a, 4, kTaps, count, size));
  kernels->mixture_gradient(count, size, a.floats(1, count), a.floats(2, size),
                            list_of(a, 3, kOffsets, count, size), outputs, a.floats(5, count));
}

// ---- updates -----------------------------------------------------------------------------------

// size, step, beta1, beta2, epsilon, root, decay, shrink, w, m, v, gradient, new w, new m, new v
void adam(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const Adam s = {a.number(1), a.number(2), a.number(3), a.number(4), a.number(5), a.number(6), a.number(7)};
  kernels->adam(s, size, a.floats(8, size), a.floats(9, size), a.floats(10, size), a.floats(11, size),
                a.floats(12, size), a.floats(13, size), a.floats(14, size));
}

// sizes, tensors, norms
void norms(const Arguments& a) {
  const int count = count_of(a, 1);
  const std::int32_t* sizes = a.integers(0, count);
  auto** inputs = static_cast<const float**>(scratch(kOffsets, sizeof(float*) * static_cast<std::size_t>(count)));
  for (int i = 0; i < count; i++) inputs[i] = a.floats_in_list(1, i, elements({sizes[i]}));
  kernels->norms(count, sizes, inputs, a.floats(2, count));
}

// ---- single numbers, rows and extremes ---------------------------------------------------------

// operation, size, x, y
void transcendental(const Arguments& a) {
  const std::int64_t op = a.integer(0), size = elements({a.integer(1)});
  if (op < 0 || op > kTanh) refuse("There is no such operation.");
  kernels->transcendental(static_cast<Transcendental>(op), size, a.floats(2, size), a.floats(3, size));
}

// rows, columns, x, y
void softmax(const Arguments& a) {
  const std::int64_t rows = a.integer(0), columns = a.integer(1), size = elements({rows, columns});
  if (size < 1) refuse("A softmax has no values.");
  kernels->softmax(rows, columns, a.floats(2, size), a.floats(3, size));
}

// most, outer, n, inner, x, y
void extreme(const Arguments& a) {
  const std::int64_t outer = a.integer(1), n = a.integer(2), inner = a.integer(3);
  const std::int64_t size = elements({outer, n, inner});
  if (size < 1) refuse("An extreme has no values.");
  kernels->extreme(a.flag(0), outer, n, inner, a.floats(4, size), a.floats(5, elements({outer, inner})));
}

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
