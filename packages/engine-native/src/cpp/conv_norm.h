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

/// Where a number is added to what is there.
struct Added {
  float* to;
  ARCHER_INLINE Added operator+(Index n) const { return {to + n}; }
};
ARCHER_INLINE void store(Added out, V v) { store(out.to, load(out.to) + v); }
ARCHER_INLINE void store_part(Added out, V v, int n) {
  store_part(out.to, load_part(out.to, n) + v, n);
}

/// The same, of the number where the gate is above zero, else of zero.
struct GatedAdded {
  Added to;
  const float* gate;
  ARCHER_INLINE GatedAdded operator+(Index n) const { return {to + n, gate + n}; }
};
ARCHER_INLINE void store(GatedAdded out, V v) {
  store(out.to, where_greater(load(out.gate), zero(), v, zero()));
}
ARCHER_INLINE void store_part(GatedAdded out, V v, int n) {
  store_part(out.to, where_greater(load_part(out.gate, n), zero(), v, zero()), n);
}

void conv_norm_gradient(const Conv& c, float epsilon, bool with_relu, bool add, const float* dz,
                        const float* x, const float* saved, const float* w, const float* gamma,
                        const float* mean, const float* variance, float* dx, float* dw, float* dgamma,
                        float* dbeta) {
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
    const auto write = [&](auto to) { input_gradient_image(c, by_input, dy.framed, to); };
    if (add && with_relu) write(GatedAdded{{out}, image});
    else if (add) write(Added{out});
    else if (with_relu) write(Gated{out, image});
    else write(out);
  });
  add_groups(groups, filter_rows(c), c.co, pitch, dw);
}

}  // namespace
