// Shapes of a call from JavaScript, checked before a kernel sees them.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "kernels.h"

namespace archer {
namespace {

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

}  // namespace
}  // namespace archer
