// An image with a border of zeros, in scratch memory.
#pragma once

#include "parallel.h"

namespace {

/// Where an image goes: `top` rows and `left` columns of zeros first, `height` × `width` pixels in
/// all (less than the image: the rest is left out), `pitch` floats per pixel (at least c).
struct Frame {
  Index top, left, height, width, pitch;
};

template <bool kRelu>
void copy_run(const float* x, Index n, float* out) {
  if (!kRelu) {
    std::memcpy(out, x, static_cast<std::size_t>(n) * sizeof(float));
    return;
  }
  Index i = 0;
  for (; i + VL <= n; i += VL) store(out + i, relu(load(x + i)));
  if (i < n) store_part(out + i, relu(load_part(x + i, static_cast<int>(n - i))), static_cast<int>(n - i));
}

template <bool kRelu>
void frame_image(const float* x, Index h, Index w, Index c, const Frame& f, float* out) {
  const Index row = f.width * f.pitch;
  const Index columns = lower(w, f.width - f.left);
  for (Index i = 0; i < f.height; i++, out += row) {
    const Index from = i - f.top;
    if (from < 0 || from >= h || columns <= 0) {
      clear(out, row);
      continue;
    }
    clear(out, f.left * f.pitch);
    float* at = out + f.left * f.pitch;
    const float* source = x + from * w * c;
    if (f.pitch == c) {
      copy_run<kRelu>(source, columns * c, at);
    } else {
      for (Index j = 0; j < columns; j++) {
        copy_run<kRelu>(source + j * c, c, at + j * f.pitch);
        clear(at + j * f.pitch + c, f.pitch - c);
      }
    }
    clear(at + columns * f.pitch, row - (f.left + columns) * f.pitch);
  }
}

void frame_image(const float* x, Index h, Index w, Index c, const Frame& f, bool with_relu,
                 float* out) {
  if (with_relu) frame_image<true>(x, h, w, c, f, out);
  else frame_image<false>(x, h, w, c, f, out);
}

}  // namespace
