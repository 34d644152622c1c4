// The gradient of a convolution by its filter: for every tap the outer products of what it read and of
// dy, summed over pixels, images and groups of images. In bf16 a word is one channel of two pixels.
#pragma once

#include "convolution.h"
#include "groups.h"
#ifdef ARCHER_BF16
#include "pixel_pairs.h"
#else
#include "single_pixels.h"
#endif

namespace {

/// sums[tap, ci, o] += Σ x·dy of one image, both as the plan wants them.
void filter_gradient_image(const Conv& c, const Outer& plan, const float* source, const float* dy,
                           float* sums) {
  const Index pitch = round_up(c.co, VL);
  // As many rows of dy as stay in the first-level cache while the taps pass over them.
  const Index band = upper(1, 4096 / (plan.columns * pitch));
  const Gather& g = plan.gather;
  for (Index r = 0; r < plan.rows; r += band) {
    const Index rows = lower(band, plan.rows - r);
    for (Index t = 0; t < g.runs; t++) {
      outer_products(source + r * g.row + g.offsets[t], g.pixel, g.row,
                     dy + r * plan.columns * pitch, pitch, rows, plan.columns, g.length,
                     sums + t * g.length * pitch);
    }
  }
}

void conv_filter_gradient(const Conv& c, const float* x, const float* dy, float* dw) {
  Input in;
  plan_input(c, false, in);
  Outer outer;
  plan_outer(c, in, outer);
  const Index pitch = round_up(c.co, VL);
  const Groups groups = groups_of(c.n, filter_rows(c) * pitch);
  for_each_group(groups, c.n, [&](Index n, float* sums) {
    const float* source = outer_input(c, in, outer, x + n * image_in(c), false);
    filter_gradient_image(c, outer, source, outer_gradient(c, outer, dy + n * image_out(c)), sums);
  });
  add_groups(groups, filter_rows(c), c.co, pitch, dw);
}

}  // namespace
