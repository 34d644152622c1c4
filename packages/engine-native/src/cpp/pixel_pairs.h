// What the products of a filter's gradient read, in bf16. They sum over pixels, so a word holds one
// channel of two neighbouring pixels of output. A tap meets them wherever the window begins: of the
// framed image there is a cell, one word per channel, for every column and the one a stride after it.
#pragma once

#include "convolution.h"

namespace {

/// How pairs of output pixels are walked over: `rows` × `columns` of them, by the gather's steps.
struct Outer {
  Gather gather;
  Index rows, columns;
  // The cells: so many in each row of the frame, `step` of the frame's columns apart.
  Index frame_rows, cells, step;
  Index offsets[kMaxWindow * kMaxWindow];
};

void plan_outer(const Conv& c, const Input& in, Outer& plan) {
  const bool flat = in.rows != c.oh || in.columns != c.ow;
  plan.rows = in.rows;
  plan.columns = (in.columns + 1) / 2;
  plan.frame_rows = flat ? 1 : in.frame.height;
  // Windows of one column never begin between two pairs.
  plan.step = c.kw == 1 ? 2 * c.sw : 1;
  plan.cells = c.kw == 1 ? plan.columns : in.frame.width;
  const Index ci = c.ci, runs = in.gather.runs / c.kh;
  for (Index ky = 0, at = 0; ky < c.kh; ky++) {
    for (Index kx = 0; kx < runs; kx++) plan.offsets[at++] = (ky * c.dh * plan.cells + kx * c.dw) * ci;
  }
  const Index pixel = c.kw == 1 ? ci : 2 * c.sw * ci;
  const Index length = runs == 1 ? c.kw * ci : ci;
  plan.gather = {pixel, c.sh * plan.cells * ci, plan.offsets, in.gather.runs, length};
}

/// Words of n numbers and the n that belong beside them; null stands for zeros.
template <bool kRelu>
ARCHER_INLINE void pair_run(const float* first, const float* second, Index n, float* out) {
  const auto value = [](const float* p, Index left) {
    if (!p) return zero();
    return kRelu ? relu(load_upto(p, left)) : load_upto(p, left);
  };
  for (Index i = 0; i < n; i += VL) {
    const V word = pairs(value(first ? first + i : first, n - i), value(second ? second + i : second, n - i));
    store_upto(out + i, word, n - i);
  }
}

/// The cells of one row of an image of w pixels: pixel k·step − left and the one `apart` after it.
template <bool kRelu>
void pair_row(const float* x, Index w, Index c, Index left, Index step, Index apart, Index cells, float* out) {
  const auto pixel = [&](Index column) { return column >= 0 && column < w ? x + column * c : nullptr; };
  Index k = 0;
  while (k < cells) {
    const Index column = k * step - left;
    // Where both are there and columns follow each other, all cells are one run.
    const Index joined = step == 1 && column >= 0 ? lower(cells - k, w - apart - column) : 0;
    const Index count = upper(1, joined);
    pair_run<kRelu>(pixel(column), pixel(column + apart), count * c, out + k * c);
    k += count;
  }
}

template <bool kRelu>
const float* pair_image(const Conv& c, const Input& in, const Outer& plan, const float* image) {
  const Index size = plan.cells * c.ci;
  const bool flat = plan.frame_rows != in.frame.height;
  const Index w = flat ? pixels_out(c) : c.w;
  float* cells = floats(archer::kSource, plan.frame_rows * size);
  for (Index i = 0; i < plan.frame_rows; i++) {
    const Index y = i - in.frame.top;
    if (y < 0 || y >= c.h) clear(cells + i * size, size);
    else pair_row<kRelu>(image + y * w * c.ci, w, c.ci, in.frame.left, plan.step, c.sw, plan.cells, cells + i * size);
  }
  return cells;
}

const float* outer_input(const Conv& c, const Input& in, const Outer& plan, const float* image, bool with_relu) {
  return with_relu ? pair_image<true>(c, in, plan, image) : pair_image<false>(c, in, plan, image);
}

/// Pairs of pixels of one image's dy with whole vectors each; an odd last one beside zeros.
const float* outer_gradient(const Conv& c, const Outer& plan, const float* dy) {
  const Index pitch = round_up(c.co, VL), co = c.co;
  const Index columns = plan.rows == 1 ? pixels_out(c) : c.ow;
  float* out = floats(archer::kExpanded, plan.rows * plan.columns * pitch);
  float* at = out;
  for (Index r = 0; r < plan.rows; r++, dy += columns * co) {
    for (Index k = 0; k < plan.columns; k++, at += pitch) {
      const float* first = dy + 2 * k * co;
      pair_run<false>(first, 2 * k + 1 < columns ? first + co : nullptr, co, at);
      clear(at + co, pitch - co);
    }
  }
  return out;
}

}  // namespace
