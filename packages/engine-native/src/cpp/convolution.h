// Convolutions and both halves of their gradients, image by image through a scratch copy with a
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
  in.framed = with_relu || !pointwise(c);
  const Index width = pointwise(c) ? c.w : static_cast<Index>(c.ow - 1) * c.sw + (c.kw - 1) * c.dw + 1;
  const Index height = pointwise(c) ? c.h : static_cast<Index>(c.oh - 1) * c.sh + (c.kh - 1) * c.dh + 1;
  in.frame = {c.pt, c.pl, height, width, c.ci};
  const bool joined = c.dw == 1;
  const Index runs = joined ? 1 : c.kw;
  for (Index ky = 0, at = 0; ky < c.kh; ky++) {
    for (Index kx = 0; kx < runs; kx++) in.offsets[at++] = (ky * c.dh * width + kx * c.dw) * c.ci;
  }
  in.gather.pixel = static_cast<Index>(c.sw) * c.ci;
  in.gather.row = c.sh * width * c.ci;
  in.gather.offsets = in.offsets;
  in.gather.runs = c.kh * runs;
  in.gather.length = joined ? static_cast<Index>(c.kw) * c.ci : c.ci;
  const bool flat = pointwise(c) && c.sh == 1 && c.sw == 1;
  in.rows = flat ? 1 : c.oh;
  in.columns = flat ? pixels_out(c) : c.ow;
}

/// The image as the plan wants it: in place, or framed in scratch memory.
const float* input_image(const Conv& c, const Input& in, const float* image, bool with_relu) {
  if (!in.framed) return image;
  float* framed = floats(archer::kSource, in.frame.height * in.frame.width * c.ci);
  frame_image(image, c.h, c.w, c.ci, in.frame, with_relu, framed);
  return framed;
}

float* pack_filter(const Conv& c, const float* w) {
  const Index k = filter_rows(c);
  float* packed = floats(archer::kPacked, packed_size(k, c.co));
  pack_weights(k, c.co, 1, [&](Index i) { return w + i * c.co; }, packed);
  return packed;
}

void conv_image(const Conv& c, const Input& in, const float* source, const float* packed, float* y) {
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
  plan.framed = !(top == 0 && left == 0 && height == c.oh && width == c.ow);
  plan.frame = {top, left, height, width, c.co};
  auto* offsets = static_cast<Index*>(
      archer::scratch(archer::kOffsets, sizeof(Index) * static_cast<std::size_t>(c.kh) * c.kw + 8));
  float* packed = floats(archer::kPacked, packed_size(static_cast<Index>(c.kh) * c.kw * c.co, c.ci));
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
      p.source = ((qy + top) * width + qx + left) * c.co;
      bool joined = true;
      for (Index j = 1; j < tx.count; j++) joined = joined && tx.m[j - 1] == tx.m[j] + 1;
      const Index runs = tx.count == 0 ? 0 : joined ? 1 : tx.count;
      p.gather.pixel = c.co;
      p.gather.row = width * c.co;
      p.gather.runs = ty.count * runs;
      p.gather.length = joined ? tx.count * c.co : c.co;
      p.gather.offsets = offsets;
      for (Index i = 0; i < ty.count; i++) {
        for (Index j = 0; j < runs; j++) *offsets++ = (-ty.m[i] * width - tx.m[j]) * c.co;
      }
      const Index taps = ty.count * tx.count;
      p.packed = packed;
      pack_weights(
          taps * c.co, c.ci, c.co,
          [&](Index k) {
            const Index t = k / c.co, o = k % c.co;
            return w + (ty.tap[t / tx.count] * c.kw + tx.tap[t % tx.count]) * c.ci * c.co + o;
          },
          packed);
      packed += packed_size(taps * c.co, c.ci);
    }
  }
}

/// dx of one image; `dy` is framed already where the plan says so.
void input_gradient_image(const Conv& c, const InputGradient& plan, const float* dy, float* dx) {
  for (Index i = 0; i < plan.phases; i++) {
    const Phase& p = plan.phase[i];
    float* out = dx + (p.first_y * c.w + p.first_x) * c.ci;
    const bool flat = !plan.framed && c.sh == 1 && c.sw == 1;
    gather(dy + p.source, p.gather, p.packed, c.ci, out, static_cast<Index>(c.sw) * c.ci,
           static_cast<Index>(c.sh) * c.w * c.ci, flat ? 1 : p.rows, flat ? p.rows * p.columns : p.columns);
  }
}

const float* framed_gradient(const Conv& c, const InputGradient& plan, const float* dy) {
  if (!plan.framed) return dy;
  float* framed = floats(archer::kGradient, plan.frame.height * plan.frame.width * c.co);
  frame_image(dy, c.oh, c.ow, c.co, plan.frame, false, framed);
  return framed;
}

void conv_input_gradient(const Conv& c, const float* dy, const float* w, float* dx) {
  InputGradient plan;
  plan_input_gradient(c, w, plan);
  parallel(c.n, [&](Index n) {
    const float* source = framed_gradient(c, plan, dy + n * image_out(c));
    input_gradient_image(c, plan, source, dx + n * image_in(c));
  });
}

// ---- by the filter -----------------------------------------------------------------------------

/// sums[tap, ci, o] += Σ x·dy of one image; dy has whole vectors per pixel.
void filter_gradient_image(const Conv& c, const Input& in, const float* source, const float* dy,
                           float* sums) {
  const Index pitch = round_up(c.co, VL);
  // As many rows of dy as stay in the first-level cache while the taps pass over them.
  const Index band = upper(1, 4096 / (in.columns * pitch));
  for (Index r = 0; r < in.rows; r += band) {
    const Index rows = lower(band, in.rows - r);
    for (Index t = 0; t < in.gather.runs; t++) {
      outer_products(source + r * in.gather.row + in.gather.offsets[t], in.gather.pixel,
                     in.gather.row, dy + r * in.columns * pitch, pitch, rows, in.columns,
                     in.gather.length, sums + t * in.gather.length * pitch);
    }
  }
}

/// Sums of groups of images: `size` floats per group, cleared by the group's task.
struct Groups {
  Index count, size;
  float* sums;
};

Groups groups_of(Index images, Index size) {
  const Index count = lower(images, kGroups);
  const Index padded = round_up(size, 16);
  return {count, padded, floats(archer::kPartials, count * padded)};
}

/// Calls f(image, sums) for the images of each group, backwards, groups in parallel.
template <class F>
void for_each_group(const Groups& groups, Index images, F&& f) {
  parallel(
      groups.count,
      [&](Index g) {
        float* sums = groups.sums + g * groups.size;
        clear(sums, groups.size);
        const Index begin = images * g / groups.count, end = images * (g + 1) / groups.count;
        for (Index n = end - 1; n >= begin; n--) f(n, sums);
      },
      true);
}

/// out[row, o] = Σ over groups in order; `pitch` floats per row in the sums.
void add_groups(const Groups& groups, Index rows, Index columns, Index pitch, float* out) {
  parallel_ranges(rows, upper(1, 8192 / pitch), [&](Index begin, Index end) {
    for (Index r = begin; r < end; r++) {
      for (Index o = 0; o < columns; o += VL) {
        V total = load(groups.sums + r * pitch + o);
        for (Index g = 1; g < groups.count; g++) {
          total = total + load(groups.sums + g * groups.size + r * pitch + o);
        }
        store_upto(out + r * columns + o, total, columns - o);
      }
    }
  });
}

/// dy of one image with whole vectors per pixel.
const float* whole_vectors(const Conv& c, const float* dy) {
  const Index pitch = round_up(c.co, VL);
  if (pitch == c.co) return dy;
  float* padded = floats(archer::kExpanded, pixels_out(c) * pitch);
  frame_image(dy, c.oh, c.ow, c.co, {0, 0, c.oh, c.ow, pitch}, false, padded);
  return padded;
}

void conv_filter_gradient(const Conv& c, const float* x, const float* dy, float* dw) {
  Input in;
  plan_input(c, false, in);
  const Index pitch = round_up(c.co, VL);
  const Groups groups = groups_of(c.n, filter_rows(c) * pitch);
  for_each_group(groups, c.n, [&](Index n, float* sums) {
    const float* source = input_image(c, in, x + n * image_in(c), false);
    filter_gradient_image(c, in, source, whole_vectors(c, dy + n * image_out(c)), sums);
  });
  add_groups(groups, filter_rows(c), c.co, pitch, dw);
}

}  // namespace
