// JavaScript's calls of kernels: every argument is checked against the shape before a kernel sees
// it. Tensors are Float32Arrays, shapes Int32Arrays that JavaScript keeps; outputs are arguments and
// nothing is returned. The face that includes this has declared what `Arguments` are.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "dispatch.h"
#include "threads.h"

namespace archer {
namespace {

/// The table that entries take their kernels from.
const Kernels* kernels = available_kernels()[0];

// ---- shapes ------------------------------------------------------------------------------------

constexpr char kTooLarge[] = "A tensor has too many elements.";

/// The product of sizes; refuses negative ones and tensors that are too large.
std::int64_t elements(std::initializer_list<std::int64_t> sizes) {
  std::int64_t product = 1;
  for (std::int64_t size : sizes) {
    if (size < 0) refuse("A size is negative.");
    if (size > kMostElements) refuse(kTooLarge);
    product *= size;
    if (product > kMostElements) refuse(kTooLarge);
  }
  return product;
}

constexpr int kMostFilter = 64, kMostStride = 8;

void check_window(std::int64_t k, std::int64_t stride, std::int64_t dilation, std::int64_t pad,
                  std::int64_t in, std::int64_t out) {
  if (in < 1 || out < 1) refuse("An image has no pixels.");
  if (k < 1 || k > kMostFilter) refuse("A window is smaller than 1 or larger than 64.");
  if (stride < 1 || stride > kMostStride) refuse("A stride is smaller than 1 or larger than 8.");
  if (dilation < 1 || dilation > 4096) refuse("A dilation is smaller than 1 or larger than 4096.");
  if (pad < 0 || pad > 4096) refuse("A padding is negative or larger than 4096.");
  // The last window may reach beyond the image (padding below and right), not begin beyond it.
  if ((out - 1) * stride >= in + pad) refuse("The result is larger than the image allows.");
}

void check_conv(const Conv& c, bool depthwise) {
  if (c.n < 1 || c.ci < 1 || c.co < 1) refuse("A convolution has no images or no channels.");
  check_window(c.kh, c.sh, c.dh, c.pt, c.h, c.oh);
  check_window(c.kw, c.sw, c.dw, c.pl, c.w, c.ow);
  if (depthwise && c.co % c.ci != 0) refuse("The channels are not a multiple of the input's.");
  elements({c.n, c.h, c.w, c.ci});
  elements({c.n, c.oh, c.ow, c.co});
  elements({c.kh, c.kw, c.ci, c.co});
  // The framed images, with whole vectors.
  elements({std::int64_t{c.oh - 1} * c.sh + std::int64_t{c.kh - 1} * c.dh + 1,
            std::int64_t{c.ow - 1} * c.sw + std::int64_t{c.kw - 1} * c.dw + 1,
            (depthwise ? c.co : c.ci) + 16});
  elements({std::int64_t{c.h} + c.pt + std::int64_t{c.kh} * c.dh + 2, std::int64_t{c.w} + c.pl + std::int64_t{c.kw} * c.dw + 2, c.co + 16});
  elements({16, c.kh, c.kw, depthwise ? 1 : c.ci, c.co + 16});
}

Conv conv_of(const Arguments& a, std::size_t i, bool depthwise) {
  const std::int32_t* p = a.integers(i, 15);
  const Conv c = {p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14]};
  check_conv(c, depthwise);
  return c;
}

std::int64_t in_size(const Conv& c) { return elements({c.n, c.h, c.w, c.ci}); }
std::int64_t out_size(const Conv& c) { return elements({c.n, c.oh, c.ow, c.co}); }
std::int64_t filter_size(const Conv& c, bool depthwise) {
  return elements({c.kh, c.kw, depthwise ? 1 : c.ci, c.co});
}

Pool pool_of(const Arguments& a, std::size_t i) {
  const std::int32_t* p = a.integers(i, 12);
  const Pool s = {p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11]};
  if (s.n < 1 || s.c < 1) refuse("A pooling has no images or no channels.");
  check_window(s.kh, s.sh, 1, s.pt, s.h, s.oh);
  check_window(s.kw, s.sw, 1, s.pl, s.w, s.ow);
  return s;
}

std::int64_t in_size(const Pool& p) { return elements({p.n, p.h, p.w, p.c}); }
std::int64_t out_size(const Pool& p) { return elements({p.n, p.oh, p.ow, p.c}); }

/// Images, pixels of each, channels.
Norm norm_of(const Arguments& a, std::size_t i, std::size_t epsilon) {
  const std::int32_t* p = a.integers(i, 3);
  if (p[0] < 1 || p[1] < 1 || p[2] < 1) refuse("A batch norm has no values.");
  return {p[0], p[1], p[2], static_cast<float>(a.number(epsilon))};
}

std::int64_t size_of(const Norm& m) { return elements({m.images, m.pixels, m.channels}); }

int rank_of(std::int32_t rank) {
  if (rank < 1 || rank > kMaxRank) refuse("A rank is not between 1 and 6.");
  return rank;
}

/// Checks that all indices Σ i·stride of a box lie in [0, size) and returns the size needed.
std::int64_t reach(int rank, const std::int64_t* size, const std::int64_t* stride, std::int64_t offset) {
  std::int64_t last = offset;
  if (offset < 0) refuse("An offset is negative.");
  for (int d = 0; d < rank; d++) {
    if (size[d] < 1) refuse("A size is smaller than 1.");
    if (stride[d] < 0) refuse("A stride is negative.");
    last += (size[d] - 1) * stride[d];
    if (last >= kMostElements) refuse(kTooLarge);
  }
  return last + 1;
}

// ---- entries -----------------------------------------------------------------------------------

template <bool kDepthwise>
void conv_entry(const Arguments& a, void (*kernel)(const Conv&, const float*, const float*, float*)) {
  const Conv c = conv_of(a, 0, kDepthwise);
  kernel(c, a.floats(1, in_size(c)), a.floats(2, filter_size(c, kDepthwise)), a.floats(3, out_size(c)));
}

template <bool kDepthwise>
void conv_input_entry(const Arguments& a, void (*kernel)(const Conv&, const float*, const float*, float*)) {
  const Conv c = conv_of(a, 0, kDepthwise);
  kernel(c, a.floats(1, out_size(c)), a.floats(2, filter_size(c, kDepthwise)), a.floats(3, in_size(c)));
}

template <bool kDepthwise>
void conv_filter_entry(const Arguments& a, void (*kernel)(const Conv&, const float*, const float*, float*)) {
  const Conv c = conv_of(a, 0, kDepthwise);
  kernel(c, a.floats(1, in_size(c)), a.floats(2, out_size(c)), a.floats(3, filter_size(c, kDepthwise)));
}

void conv2d(const Arguments& a) { conv_entry<false>(a, kernels->conv); }
void conv2d_input_gradient(const Arguments& a) { conv_input_entry<false>(a, kernels->conv_input_gradient); }
void conv2d_filter_gradient(const Arguments& a) { conv_filter_entry<false>(a, kernels->conv_filter_gradient); }
void depthwise2d(const Arguments& a) { conv_entry<true>(a, kernels->depthwise); }
void depthwise2d_input_gradient(const Arguments& a) { conv_input_entry<true>(a, kernels->depthwise_input_gradient); }
void depthwise2d_filter_gradient(const Arguments& a) { conv_filter_entry<true>(a, kernels->depthwise_filter_gradient); }

/// Floats that take up as much memory as what is saved of a convolution's result.
std::int64_t saved_size(const Conv& c) { return (out_size(c) * kernels->saved_bytes + 3) / 4; }

// shape, epsilon, relu, x, w, gamma, beta, addend, y, z, mean, variance
void conv_batch_norm(const Arguments& a) {
  const Conv c = conv_of(a, 0, false);
  kernels->conv_norm(c, static_cast<float>(a.number(1)), a.flag(2), a.floats(3, in_size(c)),
                     a.floats(4, filter_size(c, false)), a.floats_or_null(5, c.co),
                     a.floats_or_null(6, c.co), a.floats_or_null(7, out_size(c)),
                     a.floats(8, saved_size(c)), a.floats(9, out_size(c)), a.floats(10, c.co),
                     a.floats(11, c.co));
}

// shape, epsilon, relu, add to dx, dz, x, y, w, gamma, mean, variance, dx, dw, dgamma, dbeta
void conv_batch_norm_gradient(const Arguments& a) {
  const Conv c = conv_of(a, 0, false);
  kernels->conv_norm_gradient(c, static_cast<float>(a.number(1)), a.flag(2), a.flag(3),
                              a.floats(4, out_size(c)), a.floats(5, in_size(c)), a.floats(6, saved_size(c)),
                              a.floats(7, filter_size(c, false)), a.floats_or_null(8, c.co),
                              a.floats(9, c.co), a.floats(10, c.co), a.floats_or_null(11, in_size(c)),
                              a.floats(12, filter_size(c, false)), a.floats(13, c.co), a.floats(14, c.co));
}

// shape, epsilon, x, gamma, beta, addend, z, mean, variance
void batch_norm(const Arguments& a) {
  const Norm m = norm_of(a, 0, 1);
  kernels->norm(m, a.floats(2, size_of(m)), a.floats_or_null(3, m.channels), a.floats_or_null(4, m.channels),
                a.floats_or_null(5, size_of(m)), a.floats(6, size_of(m)), a.floats(7, m.channels),
                a.floats(8, m.channels));
}

// shape, epsilon, dz, x, gamma, mean, variance, dx, dgamma, dbeta
void batch_norm_gradient(const Arguments& a) {
  const Norm m = norm_of(a, 0, 1);
  kernels->norm_gradient(m, a.floats(2, size_of(m)), a.floats(3, size_of(m)), a.floats_or_null(4, m.channels),
                         a.floats(5, m.channels), a.floats(6, m.channels), a.floats(7, size_of(m)),
                         a.floats(8, m.channels), a.floats(9, m.channels));
}

// shape, epsilon, x, gamma, beta, mean, variance, z
void batch_norm_given(const Arguments& a) {
  const Norm m = norm_of(a, 0, 1);
  kernels->norm_given(m, a.floats(2, size_of(m)), a.floats_or_null(3, m.channels),
                      a.floats_or_null(4, m.channels), a.floats(5, m.channels), a.floats(6, m.channels),
                      a.floats(7, size_of(m)));
}

void max_pool(const Arguments& a) {
  const Pool p = pool_of(a, 0);
  kernels->max_pool(p, a.floats(1, in_size(p)), a.floats(2, out_size(p)));
}
void max_pool_gradient(const Arguments& a) {
  const Pool p = pool_of(a, 0);
  kernels->max_pool_gradient(p, a.floats(1, in_size(p)), a.floats(2, out_size(p)), a.floats(3, in_size(p)));
}
// shape, x, addend, y
void average_pool(const Arguments& a) {
  const Pool p = pool_of(a, 0);
  kernels->average_pool(p, a.floats(1, in_size(p)), a.floats_or_null(2, out_size(p)), a.floats(3, out_size(p)));
}
// shape, add to dx, dy, dx
void average_pool_gradient(const Arguments& a) {
  const Pool p = pool_of(a, 0);
  kernels->average_pool_gradient(p, a.flag(1), a.floats(2, out_size(p)), a.floats(3, in_size(p)));
}

// operation, size, x, y
void unary(const Arguments& a) {
  const std::int64_t op = a.integer(0), size = elements({a.integer(1)});
  if (op < 0 || op > kStep) refuse("There is no such operation.");
  kernels->unary(static_cast<Unary>(op), size, a.floats(2, size), a.floats(3, size));
}

// operation, shape [rank, sizes, strides of a, strides of b] or the size alone, a, b, y
void binary(const Arguments& a) {
  const std::int64_t op = a.integer(0);
  if (op < 0 || op > kReluGradient) refuse("There is no such operation.");
  const std::int32_t* p = a.integers(1, 1);
  Broadcast s;
  s.rank = rank_of(p[0]);
  p = a.integers(1, 1 + 3 * s.rank);
  std::int64_t size = 1;
  for (int d = 0; d < s.rank; d++) {
    s.size[d] = p[1 + d];
    s.a[d] = p[1 + s.rank + d];
    s.b[d] = p[1 + 2 * s.rank + d];
    size = elements({size, s.size[d]});
  }
  const int last = s.rank - 1;
  if (s.a[last] > 1 || s.b[last] > 1) refuse("The last axis is neither whole nor broadcast.");
  kernels->binary(static_cast<Binary>(op), s, a.floats(2, reach(s.rank, s.size, s.a, 0)),
                  a.floats(3, reach(s.rank, s.size, s.b, 0)), a.floats(4, size));
}

// size, array of inputs, y
void sum_all(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const int count = a.list_length(1);
  if (count < 1) refuse("Argument 2 is not an array of tensors.");
  if (count > 65536) refuse("A sum has more than 65536 inputs.");
  auto** inputs = static_cast<const float**>(scratch(kOffsets, sizeof(float*) * static_cast<std::size_t>(count)));
  for (int i = 0; i < count; i++) inputs[i] = a.floats_in_list(1, i, size);
  kernels->sum_all(count, size, inputs, a.floats(2, size));
}

// outer, n, inner, scale, x, y
void sum(const Arguments& a) {
  const std::int64_t outer = a.integer(0), n = a.integer(1), inner = a.integer(2);
  const std::int64_t size = elements({outer, n, inner});
  if (size < 1) refuse("A sum has no values.");
  kernels->sum(outer, n, inner, static_cast<float>(a.number(3)), a.floats(4, size), a.floats(5, elements({outer, inner})));
}

// size, value, y
void fill(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  kernels->fill(size, static_cast<float>(a.number(1)), a.floats(2, size));
}

// shape [rank, offset from, offset to, sizes, strides from, strides to], from, to
void copy(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 3);
  Copy s;
  s.rank = rank_of(p[0]);
  p = a.integers(0, 3 + 3 * s.rank);
  s.from_offset = p[1];
  s.to_offset = p[2];
  for (int d = 0; d < s.rank; d++) {
    s.size[d] = p[3 + d];
    s.from[d] = p[3 + s.rank + d];
    s.to[d] = p[3 + 2 * s.rank + d];
    elements({s.size[d]});
  }
  kernels->copy(s, a.floats(1, reach(s.rank, s.size, s.from, s.from_offset)),
                a.floats(2, reach(s.rank, s.size, s.to, s.to_offset)));
}

// shape [batch, m, k, n, transpose a, transpose b, step of a, step of b], a, b, y
void matmul(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 8);
  const Matmul s = {p[0], p[1], p[2], p[3], p[4] != 0, p[5] != 0, p[6], p[7]};
  if (s.batch < 1 || s.m < 1 || s.k < 1 || s.n < 1) refuse("A matrix is empty.");
  const std::int64_t one_a = elements({s.m, s.k}), one_b = elements({s.k, s.n});
  if ((s.a_step != 0 && s.a_step != one_a) || (s.b_step != 0 && s.b_step != one_b)) {
    refuse("Matrices of a batch do not follow each other.");
  }
  elements({s.k, std::int64_t{s.n} + 16});
  kernels->matmul(s, a.floats(1, elements({s.a_step == 0 ? 1 : s.batch, one_a})),
                  a.floats(2, elements({s.b_step == 0 ? 1 : s.batch, one_b})),
                  a.floats(3, elements({s.batch, s.m, s.n})));
}

// n, classes, logits, labels, losses, errors
void cross_entropy(const Arguments& a) {
  const std::int64_t n = a.integer(0), classes = a.integer(1), size = elements({n, classes});
  if (size < 1) refuse("A loss has no values.");
  const std::int32_t* labels = a.integers(3, n);
  for (std::int64_t i = 0; i < n; i++) {
    if (labels[i] < 0 || labels[i] >= classes) refuse("A label is not one of the classes.");
  }
  kernels->cross_entropy(static_cast<int>(n), static_cast<int>(classes), a.floats(2, size), labels,
                         a.floats(4, n), a.floats(5, size));
}

// size, rate, momentum, decay, scale, nesterov, w, v, gradient, new w, new v
void sgd(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const Sgd s = {a.number(1), a.number(2), a.number(3), a.number(4), a.flag(5)};
  kernels->sgd(s, size, a.floats(6, size), a.floats(7, size), a.floats_or_null(8, size), a.floats(9, size), a.floats(10, size));
}

}  // namespace
}  // namespace archer

#include "layer_entries.h"
#include "recurrent_entries.h"

namespace archer {
namespace {

// ---- the table -------------------------------------------------------------------------------

struct Entry {
  const char* name;
  int arguments;
  void (*run)(const Arguments&);
};

constexpr Entry kEntries[] = {
    {"conv", 4, conv2d},
    {"convInputGradient", 4, conv2d_input_gradient},
    {"convFilterGradient", 4, conv2d_filter_gradient},
    {"depthwise", 4, depthwise2d},
    {"depthwiseInputGradient", 4, depthwise2d_input_gradient},
    {"depthwiseFilterGradient", 4, depthwise2d_filter_gradient},
    {"convBatchNorm", 12, conv_batch_norm},
    {"convBatchNormGradient", 15, conv_batch_norm_gradient},
    {"batchNorm", 9, batch_norm},
    {"batchNormGradient", 10, batch_norm_gradient},
    {"batchNormGiven", 8, batch_norm_given},
    {"maxPool", 3, max_pool},
    {"maxPoolGradient", 4, max_pool_gradient},
    {"averagePool", 4, average_pool},
    {"averagePoolGradient", 4, average_pool_gradient},
    {"unary", 4, unary},
    {"binary", 5, binary},
    {"sumAll", 3, sum_all},
    {"sum", 6, sum},
    {"fill", 3, fill},
    {"copy", 3, copy},
    {"matmul", 4, matmul},
    {"crossEntropy", 6, cross_entropy},
    {"sgd", 11, sgd},
    {"separable", 13, separable},
    {"separableGradient", 23, separable_gradient},
    {"separableGiven", 12, separable_given},
    {"convBatchNormGiven", 11, conv_batch_norm_given},
    {"batchNormGivenAdd", 9, batch_norm_given_add},
    {"poolMoments", 6, pool_moments},
    {"updateMoments", 9, update_moments},
    {"mixture", 4, mixture},
    {"mixtureGradient", 6, mixture_gradient},
    {"adam", 15, adam},
    {"norms", 3, norms},
    {"transcendental", 4, transcendental},
    {"softmax", 4, softmax},
    {"extreme", 6, extreme},
    {"lstm", 9, lstm},
    {"lstmGradient", 15, lstm_gradient},
    {"highway", 11, highway},
    {"highwayGradient", 18, highway_gradient},
    {"highwayWindow", 8, highway_window},
    {"highwayWindowGradient", 12, highway_window_gradient},
    {"embedding", 4, embedding},
    {"embeddingGradient", 5, embedding_gradient},
    {"decodedCrossEntropy", 12, decoded_cross_entropy},
};

}  // namespace
}  // namespace archer
