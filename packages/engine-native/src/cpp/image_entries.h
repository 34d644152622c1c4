// Calls of the kernels for images: convolutions, batch norms and pooling.
#pragma once

#include "shapes.h"

namespace archer {
namespace {

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

}  // namespace
}  // namespace archer
