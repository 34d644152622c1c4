// A separable block: ReLU, a depthwise convolution, a pointwise one of its result, batch norm.
// The depthwise result never leaves the scratch memory of an image; backward makes it anew.
//
// Blocks follow each other without a normalised map between them: a block may take the result of
// the one before as it was before its batch norm, with what that norm needs, and normalises each
// image on the way in.
#pragma once

#include "conv_norm.h"
#include "depthwise.h"

namespace {

using archer::PendingNorm;
using archer::Separable;

/// The batch norm that the input still has to go through, on one image; `kept` says where.
const float* normed_image(const Conv& c, const float* x, const Affine* before) {
  if (before == nullptr) return x;
  float* out = floats(archer::kBefore, image_in(c));
  apply_affine(x, static_cast<Index>(c.h) * c.w, c.ci, *before, nullptr, out);
  return out;
}

/// Apart from the memory of `affine_of`, which the block's own norm uses at the same time.
Affine affine_before(Index channels, float epsilon, const PendingNorm& before) {
  float* own = floats(archer::kBeforeNorm, 2 * channels);
  const Affine made = affine_of(channels, epsilon, before.gamma, before.beta, before.mean, before.variance);
  std::memcpy(own, made.scale, sizeof(float) * static_cast<std::size_t>(channels));
  std::memcpy(own + channels, made.shift, sizeof(float) * static_cast<std::size_t>(channels));
  return {before.mean, own, own + channels};
}

/// pointwise(depthwise(relu(norm(x)))) of every image; `after(n, result)` while that is in the cache.
template <class After>
void separable_images(const Separable& s, bool with_relu, const float* x, const Affine* before,
                      const float* filter, const float* mix, float* y, After&& after) {
  const Conv &d = s.depthwise, &p = s.pointwise;
  const Frame frame = depthwise_frame(d);
  const float* wide = wide_filter(d, filter);
  const Tap* taps = window_taps(d, frame);
  Input in;
  plan_input(p, false, in);
  const float* packed = pack_filter(p, mix);
  parallel(p.n, [&](Index n) {
    const float* image = normed_image(d, x + n * image_in(d), before);
    const float* source = wide_image(d, image, frame, with_relu);
    float* filtered = floats(archer::kFiltered, image_out(d));
    depthwise_image(d, frame, taps, wide, source, filtered);
    float* out = y + n * image_out(p);
    conv_image(p, in, input_image(p, in, filtered, false), packed, out);
    after(n, out);
  });
}

void separable(const Separable& s, float epsilon, bool with_relu, const float* x,
               const PendingNorm& before, const float* filter, const float* mix, float* y, float* mean,
               float* variance) {
  const Conv& p = s.pointwise;
  Affine pending;
  if (before.mean) pending = affine_before(s.depthwise.ci, epsilon, before);
  const ImageSums sums = image_sums(p.n, p.co);
  separable_images(s, with_relu, x, before.mean ? &pending : nullptr, filter, mix, y,
                   [&](Index n, const float* out) {
                     image_moments(out, pixels_out(p), p.co, sums.first(n), sums.second(n));
                   });
  combine_moments(sums, p.n, pixels_out(p), mean, variance);
}

void separable_gradient(const Separable& s, float epsilon, bool with_relu, bool add, const float* dz,
                        const float* x, const PendingNorm& before, const float* y,
                        const float* filter, const float* mix, const float* gamma, const float* mean,
                        const float* variance, const float* given_sums, float* dx, float* sums_before,
                        float* dfilter, float* dmix, float* dgamma, float* dbeta) {
  const Conv &d = s.depthwise, &p = s.pointwise;
  const Index size = image_out(p), pixels = pixels_out(p);
  ImageSums sums = {const_cast<float*>(given_sums), p.co};
  if (!given_sums) {
    sums = image_sums(p.n, p.co);
    parallel(p.n, [&](Index n) {
      image_gradient_sums(dz + n * size, y + n * size, pixels, p.co, mean, sums.first(n), sums.second(n));
    });
  }
  Affine pending;
  if (before.mean) pending = affine_before(d.ci, epsilon, before);
  const NormGradient g =
      combine_gradients(sums, p.n, pixels, epsilon, gamma, mean, variance, dgamma, dbeta);
  const ImageSums made = {sums_before, d.ci};
  const Frame frame = depthwise_frame(d), gradient_frame = depthwise_gradient_frame(d);
  const float* wide = wide_filter(d, filter);
  const Tap* taps = window_taps(d, frame);
  Input in;
  plan_input(p, false, in);
  Outer outer;
  plan_outer(p, in, outer);
  InputGradient by_input;
  plan_input_gradient(p, mix, by_input);
  const Index rows = filter_rows(p), pitch = round_up(p.co, VL);
  const Index tap_count = static_cast<Index>(d.kh) * d.kw;
  const Groups groups = groups_of(p.n, rows * pitch + tap_count * frame.pitch);
  for_each_group(groups, p.n, [&](Index n, float* total) {
    float* dy = floats(archer::kMatrix, size);
    apply_norm_gradient(dz + n * size, y + n * size, pixels, p.co, g, dy);
    const float* raw = x + n * image_in(d);
    const float* image = normed_image(d, raw, before.mean ? &pending : nullptr);
    const float* source = wide_image(d, image, frame, with_relu);
    float* filtered = floats(archer::kFiltered, image_out(d));
    depthwise_image(d, frame, taps, wide, source, filtered);
    const float* read = outer_input(p, in, outer, filtered, false);
    filter_gradient_image(p, outer, read, outer_gradient(p, outer, dy), total);
    // From here on `filtered` holds its gradient.
    input_gradient_image(p, by_input, framed_gradient(p, by_input, dy), filtered);
    depthwise_filter_image(d, frame, source, filtered, total + rows * pitch);
    if (!dx) return;
    float* out = dx + n * image_in(d);
    const auto write = [&](auto to) { depthwise_input_image(d, gradient_frame, wide, filtered, to); };
    if (add && with_relu) write(GatedAdded{{out}, image});
    else if (add) write(Added{out});
    else if (with_relu) write(Gated{out, image});
    else write(out);
    if (!sums_before) return;
    image_gradient_sums(out, raw, static_cast<Index>(d.h) * d.w, d.ci, before.mean, made.first(n),
                        made.second(n));
  });
  add_groups(groups, rows, p.co, pitch, dmix);
  const Groups spatial = {groups.count, groups.size, groups.sums + rows * pitch};
  add_groups(spatial, tap_count, d.co, frame.pitch, dfilter);
}

}  // namespace
