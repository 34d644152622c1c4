// ReLU, convolution, batch norm and an addition as one kernel, forward and backward. Forward: one
// pass convolves every image from scratch memory and takes its moments while it is in the cache,
// a second one normalises, from the last image back. Backward: one pass for the two sums of the
// batch norm, one that makes the gradient of the convolution's result image by image and uses it
// for both products at once; it never goes through memory.
#pragma once

#include "result_gradient.h"

namespace {

/// With y in numbers of any kind, also where z lies if they are floats.
template <class T>
void conv_norm(const Conv& c, float epsilon, bool with_relu, const float* x, const float* w,
               const float* gamma, const float* beta, const float* addend, T* y, float* z,
               float* mean, float* variance) {
  Input in;
  plan_input(c, with_relu, in);
  const float* packed = pack_filter(c, w);
  const Index size = image_out(c), pixels = pixels_out(c);
  const ImageSums sums = image_sums(c.n, c.co);
  parallel(c.n, [&](Index n) {
    const float* source = input_image(c, in, x + n * image_in(c), with_relu);
    conv_image(c, in, source, packed, y + n * size);
    image_moments(y + n * size, pixels, c.co, sums.first(n), sums.second(n));
  });
  combine_moments(sums, c.n, pixels, mean, variance);
  const Affine affine = affine_of(c.co, epsilon, gamma, beta, mean, variance);
  parallel(
      c.n,
      [&](Index n) {
        apply_affine(y + n * size, pixels, c.co, affine, addend ? addend + n * size : nullptr,
                     z + n * size);
      },
      true);
}

void conv_norm(const Conv& c, float epsilon, bool with_relu, const float* x, const float* w,
               const float* gamma, const float* beta, const float* addend, float* y, float* z,
               float* mean, float* variance) {
  const auto run = [&](auto* saved) {
    conv_norm<>(c, epsilon, with_relu, x, w, gamma, beta, addend, saved, z, mean, variance);
  };
  if (y == z) run(reinterpret_cast<InPlace*>(y));
  else run(reinterpret_cast<Saved*>(y));
}

void conv_norm_gradient(const Conv& c, float epsilon, bool with_relu, const float* dz, const float* x,
                        const float* saved, const float* w, const float* gamma, const float* mean,
                        const float* variance, float* dx, float* dw, float* dgamma, float* dbeta) {
  const auto* y = reinterpret_cast<const Saved*>(saved);
  const Index size = image_out(c), pixels = pixels_out(c), pitch = round_up(c.co, VL);
  const ImageSums sums = image_sums(c.n, c.co);
  parallel(c.n, [&](Index n) {
    image_gradient_sums(dz + n * size, y + n * size, pixels, c.co, mean, sums.first(n), sums.second(n));
  });
  const NormGradient g =
      combine_gradients(sums, c.n, pixels, epsilon, gamma, mean, variance, dgamma, dbeta);
  Input in;
  plan_input(c, with_relu, in);
  Outer outer;
  plan_outer(c, in, outer);
  InputGradient by_input;
  if (dx) plan_input_gradient(c, w, by_input);
  const Groups groups = groups_of(c.n, filter_rows(c) * pitch);
  for_each_group(groups, c.n, [&](Index n, float* total) {
    const float* image = x + n * image_in(c);
    const ResultGradient dy =
        result_gradient(c, g, dz + n * size, y + n * size, outer, dx ? &by_input : nullptr);
    const float* source = outer_input(c, in, outer, image, with_relu);
    filter_gradient_image(c, outer, source, dy.outer, total);
    if (!dx) return;
    float* out = dx + n * image_in(c);
    if (with_relu) input_gradient_image(c, by_input, dy.framed, Gated{out, image});
    else input_gradient_image(c, by_input, dy.framed, out);
  });
  add_groups(groups, filter_rows(c), c.co, pitch, dw);
}

}  // namespace
