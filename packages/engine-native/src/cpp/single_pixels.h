// What the products of a filter's gradient read, in floats: the framed image and dy as they are.
#pragma once

#include "convolution.h"

namespace {

/// How pixels of output are walked over: `rows` × `columns` of them, by the gather's steps.
struct Outer {
  Gather gather;
  Index rows, columns;
};

void plan_outer(const Conv&, const Input& in, Outer& plan) { plan = {in.gather, in.rows, in.columns}; }

const float* outer_input(const Conv& c, const Input& in, const Outer&, const float* image, bool with_relu) {
  return input_image(c, in, image, with_relu);
}

/// dy of one image with whole vectors per pixel.
const float* outer_gradient(const Conv& c, const Outer&, const float* dy) {
  const Index pitch = round_up(c.co, VL);
  if (pitch == c.co) return dy;
  float* padded = floats(archer::kExpanded, pixels_out(c) * pitch);
  frame_image(dy, c.oh, c.ow, c.co, {0, 0, c.oh, c.ow, pitch}, false, padded);
  return padded;
}

}  // namespace
