// An image with a border of zeros, in scratch memory.
#pragma once

#include "parallel.h"
#include "words.h"

namespace {

/// Where an image goes: `top` rows and `left` columns of zeros first, `height` × `width` pixels in
/// all (less than the image: the rest is left out), `pitch` numbers per pixel (at least c).
struct Frame {
  Index top, left, height, width, pitch;
};

/// Copies numbers as they are, where the types are the same; says whether it did.
ARCHER_INLINE bool copied(const float* x, Index n, float* out) {
  std::memcpy(out, x, static_cast<std::size_t>(n) * sizeof(float));
  return true;
}
template <class Out>
ARCHER_INLINE bool copied(const float*, Index, Out*) {
  return false;
}

template <bool kRelu, class Out>
void copy_run(const float* x, Index n, Out* out) {
  if (!kRelu && copied(x, n, out)) return;
  const auto value = [](V v) { return kRelu ? relu(v) : v; };
  Index i = 0;
  for (; i + VL <= n; i += VL) store(out + i, value(load(x + i)));
  if (i < n) store_part(out + i, value(load_part(x + i, static_cast<int>(n - i))), static_cast<int>(n - i));
}

template <bool kRelu, class Out>
void frame_image(const float* x, Index h, Index w, Index c, const Frame& f, Out* out) {
  const Index pitch = f.pitch;
  const Index row = f.width * pitch;
  const Index columns = lower(w, f.width - f.left);
  for (Index i = 0; i < f.height; i++, out += row) {
    const Index from = i - f.top;
    if (from < 0 || from >= h || columns <= 0) {
      clear(out, row);
      continue;
    }
    clear(out, f.left * pitch);
    Out* at = out + f.left * pitch;
    const float* source = x + from * w * c;
    if (pitch == c) {
      copy_run<kRelu>(source, columns * c, at);
    } else {
      for (Index j = 0; j < columns; j++) {
        copy_run<kRelu>(source + j * c, c, at + j * pitch);
        clear(at + j * pitch + c, pitch - c);
      }
    }
    clear(at + columns * pitch, row - (f.left + columns) * pitch);
  }
}

/// In floats, or rounded to bf16 where that is what `out` has.
template <class Out>
void frame_image(const float* x, Index h, Index w, Index c, const Frame& f, bool with_relu, Out* out) {
  if (with_relu) frame_image<true>(x, h, w, c, f, out);
  else frame_image<false>(x, h, w, c, f, out);
}

}  // namespace
