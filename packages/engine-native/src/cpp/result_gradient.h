// The gradient by a convolution's result behind a batch norm, image by image, as the products of both
// halves of the convolution's gradient read it. It never goes through memory; in bf16 not even through
// scratch memory as floats.
#pragma once

#include "batch_norm.h"
#include "filter_gradient.h"

namespace {

/// dy of one image for outer products, and framed for dx where that is wanted.
struct ResultGradient {
  const float* outer;
  const float* framed;
};

#ifdef ARCHER_BF16

/// dx of up to VL channels of one pixel.
struct ChannelGradient {
  V k, a, b;
  Index count;
  V at(const float* dz, const Saved* x) const {
    return fma(load_upto(dz, count), k, fma(load_upto(x, count), a, b));
  }
};

/// One row of pixels: pairs of them with whole vectors, and each in its place of the frame.
void spread_row(const float* dz, const Saved* y, Index pixels, Index channels, const NormGradient& g,
                float* outer, Bf16* framed, Index frame_pitch) {
  const Index pitch = round_up(channels, VL);
  for_channels(channels, [&](Index c, Index n) {
    const ChannelGradient by = {load_upto(g.k + c, n), load_upto(g.a + c, n), load_upto(g.b + c, n), n};
    for (Index p = 0; p < pixels; p += 2) {
      const Index i = p * channels + c;
      const bool two = p + 1 < pixels;
      const V first = by.at(dz + i, y + i);
      const V second = two ? by.at(dz + i + channels, y + i + channels) : zero();
      store(outer + p / 2 * pitch + c, pairs(first, second));
      if (!framed) continue;
      store_upto(framed + p * frame_pitch + c, first, n);
      if (two) store_upto(framed + (p + 1) * frame_pitch + c, second, n);
    }
  });
}

ResultGradient result_gradient(const Conv& c, const NormGradient& g, const float* dz, const Saved* y,
                               const Outer& outer, const InputGradient* by_input) {
  const Index pitch = round_up(c.co, VL), columns = outer.rows == 1 ? pixels_out(c) : c.ow;
  float* products = floats(archer::kExpanded, outer.rows * outer.columns * pitch);
  Bf16* framed = nullptr;
  Frame f = {};
  if (by_input) {
    f = by_input->frame;
    framed = reinterpret_cast<Bf16*>(floats(archer::kGradient, f.height * f.width * f.pitch / kPair));
    if (!by_input->whole || f.pitch != c.co) clear(framed, f.height * f.width * f.pitch);
  }
  for (Index r = 0; r < outer.rows; r++) {
    Bf16* row = framed ? framed + ((f.top + r) * f.width + f.left) * f.pitch : nullptr;
    spread_row(dz + r * columns * c.co, y + r * columns * c.co, columns, c.co, g,
               products + r * outer.columns * pitch, row, f.pitch);
  }
  return {products, reinterpret_cast<const float*>(framed)};
}

#else

ResultGradient result_gradient(const Conv& c, const NormGradient& g, const float* dz, const Saved* y,
                               const Outer& outer, const InputGradient* by_input) {
  float* dy = floats(archer::kMatrix, image_out(c));
  apply_norm_gradient(dz, y, pixels_out(c), c.co, g, dy);
  return {outer_gradient(c, outer, dy), by_input ? framed_gradient(c, *by_input, dy) : nullptr};
}

#endif

}  // namespace
