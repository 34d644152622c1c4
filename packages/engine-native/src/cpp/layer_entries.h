// Calls of the kernels for whole layers and for updates.
#pragma once

#include "shapes.h"

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

}  // namespace
}  // namespace archer
