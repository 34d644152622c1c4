// Convolutions and their gradient by the input, image by image through a scratch copy with a
// border. Any stride, dilation and padding; channels need not fill a vector.
#pragma once

#include "gather.h"
#include "image.h"

namespace {

using archer::Conv;

constexpr int kMaxWindow = 64;

ARCHER_INLINE Index image_in(const Conv& c) { return static_cast<Index>(c.h) * c.w * c.ci; }
ARCHER_INLINE Index pixels_out(const Conv& c) { return static_cast<Index>(c.oh) * c.ow; }
ARCHER_INLINE Index image_out(const Conv& c) { return pixels_out(c) * c.co; }
ARCHER_INLINE Index filter_rows(const Conv& c) { return static_cast<Index>(c.kh) * c.kw * c.ci; }

/// Whether pixels are read where they are: no window, no border.
ARCHER_INLINE bool pointwise(const Conv& c) {
  return c.kh == 1 && c.kw == 1 && c.pt == 0 && c.pl == 0;
}

/// How the input of a convolution is laid out and read.
struct Input {
  Frame frame;
  Gather gather;
  Index rows, columns;  // of output; all in one row where the input has no rows to keep apart
  bool framed;
  Index offsets[kMaxWindow * kMaxWindow];
};

void plan_input(const Conv& c, bool with_relu, Input& in) {
  // Without a copy only where words are what the image is made of.
  in.framed = with_relu || !pointwise(c) || kPair > 1;
  const Index pixel = words(c.ci);
  const Index width = pointwise(c) ? c.w : static_cast<Index>(c.ow - 1) * c.sw + (c.kw - 1) * c.dw + 1;
  const Index height = pointwise(c) ? c.h : static_cast<Index>(c.oh - 1) * c.sh + (c.kh - 1) * c.dh + 1;
  in.frame = {c.pt, c.pl, height, width, pixel * kPair};
  const bool joined = c.dw == 1;
  const Index runs = joined ? 1 : c.kw;
  for (Index ky = 0, at = 0; ky < c.kh; ky++) {
    for (Index kx = 0; kx < runs; kx++) in.offsets[at++] = (ky * c.dh * width + kx * c.dw) * pixel;
  }
  in.gather.pixel = c.sw * pixel;
  in.gather.row = c.sh * width * pixel;
  in.gather.offsets = in.offsets;
  in.gather.runs = c.kh * runs;
  in.gather.length = joined ? c.kw * pixel : pixel;
  const bool flat = pointwise(c) && c.sh == 1 && c.sw == 1;
  in.rows = flat ? 1 : c.oh;
  in.columns = flat ? pixels_out(c) : c.ow;
}

/// The framed image in scratch memory as products read it; its pitch is one of whole words.
const float* framed_words(archer::Scratch use, const float* x, Index h, Index w, Index c, const Frame& f, bool with_relu) {
  float* framed = floats(use, f.height * f.width * f.pitch / kPair);
  frame_image(x, h, w, c, f, with_relu, reinterpret_cast<Element*>(framed));
  return framed;
}

/// The image as the plan wants it: in place, or framed in scratch memory.
const float* input_image(const Conv& c, const Input& in, const float* image, bool with_relu) {
  if (!in.framed) return image;
  return framed_words(archer::kSource, image, c.h, c.w, c.ci, in.frame, with_relu);
}

float* pack_filter(const Conv& c, const float* w) {
  const Index taps = static_cast<Index>(c.kh) * c.kw;
  float* packed = floats(archer::kPacked, packed_size(taps * words(c.ci), c.co));
  pack_weights(taps, c.ci, c.co, 1, [&](Index t, Index i) { return w + (t * c.ci + i) * c.co; }, packed);
  return packed;
}

/// Sums in floats, or rounded to what is kept for a gradient.
template <class Out>
void conv_image(const Conv& c, const Input& in, const float* source, const float* packed, Out* y) {
  gather(source, in.gather, packed, c.co, y, c.co, in.columns * c.co, in.rows, in.columns);
}

void conv(const Conv& c, const float* x, const float* w, float* y) {
  Input in;
  plan_input(c, false, in);
  const float* packed = pack_filter(c, w);
  parallel(c.n, [&](Index n) {
    const float* source = input_image(c, in, x + n * image_in(c), false);
    conv_image(c, in, source, packed, y + n * image_out(c));
  });
}

// ---- by the input ------------------------------------------------------------------------------

/// Floor and remainder for any sign.
ARCHER_INLINE Index floor_div(Index a, Index b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

/// The pixels of dx that lie at one position of the stride's grid. With iy + pt = s·q + r, dx[iy]
/// is the sum over the taps with ky·d = s·m + r of dy[q − m]: a dense convolution by a part of the
/// filter, without the zeros that a dilated dy would have.
struct Phase {
  Index first_y, first_x;  // the first pixel of dx
  Index rows, columns;
  Index source;  // where its input starts in the framed dy
  Gather gather;
  const float* packed;
};

constexpr int kMaxStride = 8;

struct InputGradient {
  Frame frame;
  bool framed;
  bool whole;  // the frame is the image
  Index phases;
  Phase phase[kMaxStride * kMaxStride];
};

/// Taps of one axis that meet the remainder r, from the last to the first, and their m.
struct AxisTaps {
  Index count;
  Index tap[kMaxWindow], m[kMaxWindow];
};

void axis_taps(Index k, Index d, Index s, Index r, AxisTaps& out) {
  out.count = 0;
  for (Index t = k - 1; t >= 0; t--) {
    if ((t * d) % s != r) continue;
    out.tap[out.count] = t;
    out.m[out.count++] = (t * d) / s;
  }
}

/// Writes the plan, the offsets of its runs and the packed weights to scratch memory.
void plan_input_gradient(const Conv& c, const float* w, InputGradient& plan) {
  // The furthest that windows reach beyond dy, above and below.
  const Index top = (static_cast<Index>(c.kh - 1) * c.dh) / c.sh;
  const Index left = (static_cast<Index>(c.kw - 1) * c.dw) / c.sw;
  const Index last_y = (c.h - 1 + c.pt) / c.sh, last_x = (c.w - 1 + c.pl) / c.sw;
  const Index height = top + last_y + 1, width = left + last_x + 1;
  const Index pixel = words(c.co);
  plan.whole = top == 0 && left == 0 && height == c.oh && width == c.ow;
  plan.framed = !plan.whole || kPair > 1;
  plan.frame = {top, left, height, width, pixel * kPair};
  auto* offsets = static_cast<Index*>(
      archer::scratch(archer::kOffsets, sizeof(Index) * static_cast<std::size_t>(c.kh) * c.kw + 8));
  float* packed = floats(archer::kPacked, packed_size(c.kh * c.kw * pixel, c.ci));
  plan.phases = 0;
  for (Index ry = 0; ry < c.sh; ry++) {
    for (Index rx = 0; rx < c.sw; rx++) {
      const Index qy = -floor_div(-(c.pt - ry), c.sh), qx = -floor_div(-(c.pl - rx), c.sw);
      const Index y0 = c.sh * qy + ry - c.pt, x0 = c.sw * qx + rx - c.pl;
      if (y0 >= c.h || x0 >= c.w) continue;
      AxisTaps ty, tx;
      axis_taps(c.kh, c.dh, c.sh, ry, ty);
      axis_taps(c.kw, c.dw, c.sw, rx, tx);
      Phase& p = plan.phase[plan.phases++];
      p.first_y = y0;
      p.first_x = x0;
      p.rows = (c.h - 1 - y0) / c.sh + 1;
      p.columns = (c.w - 1 - x0) / c.sw + 1;
      p.source = ((qy + top) * width + qx + left) * pixel;
      bool joined = true;
      for (Index j = 1; j < tx.count; j++) joined = joined && tx.m[j - 1] == tx.m[j] + 1;
      const Index runs = tx.count == 0 ? 0 : joined ? 1 : tx.count;
      p.gather.pixel = pixel;
      p.gather.row = width * pixel;
      p.gather.runs = ty.count * runs;
      p.gather.length = joined ? tx.count * pixel : pixel;
      p.gather.offsets = offsets;
      for (Index i = 0; i < ty.count; i++) {
        for (Index j = 0; j < runs; j++) *offsets++ = (-ty.m[i] * width - tx.m[j]) * pixel;
      }
      const Index taps = ty.count * tx.count;
      p.packed = packed;
      pack_weights(
          taps, c.co, c.ci, c.co,
          [&](Index t, Index o) {
            return w + (ty.tap[t / tx.count] * c.kw + tx.tap[t % tx.count]) * c.ci * c.co + o;
          },
          packed);
      packed += packed_size(taps * pixel, c.ci);
    }
  }
}

/// dx of one image; `dy` is framed already where the plan says so.
template <class Out>
void input_gradient_image(const Conv& c, const InputGradient& plan, const float* dy, Out dx) {
  for (Index i = 0; i < plan.phases; i++) {
    const Phase& p = plan.phase[i];
    const Out out = dx + (p.first_y * c.w + p.first_x) * c.ci;
    const bool flat = plan.whole && c.sh == 1 && c.sw == 1;
    gather(dy + p.source, p.gather, p.packed, c.ci, out, static_cast<Index>(c.sw) * c.ci,
           static_cast<Index>(c.sh) * c.w * c.ci, flat ? 1 : p.rows, flat ? p.rows * p.columns : p.columns);
  }
}

const float* framed_gradient(const Conv& c, const InputGradient& plan, const float* dy) {
  if (!plan.framed) return dy;
  return framed_words(archer::kGradient, dy, c.oh, c.ow, c.co, plan.frame, false);
}

void conv_input_gradient(const Conv& c, const float* dy, const float* w, float* dx) {
  InputGradient plan;
  plan_input_gradient(c, w, plan);
  parallel(c.n, [&](Index n) {
    const float* source = framed_gradient(c, plan, dy + n * image_out(c));
    input_gradient_image(c, plan, source, dx + n * image_in(c));
  });
}

}  // namespace
