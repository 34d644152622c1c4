// Depthwise convolutions: a vector holds neighbouring channels. With a channel multiplier m every
// input channel is repeated m times first, so that one filter per channel remains.
#pragma once

#include "convolution.h"
#include "groups.h"

namespace {

ARCHER_INLINE Index multiplier(const Conv& c) { return c.co / c.ci; }

/// [rows, c] to [rows, c·m, up to pitch]: each value m times.
void repeat_channels(const float* x, Index rows, Index c, Index m, float* out) {
  for (Index i = 0; i < rows * c; i++) {
    for (Index j = 0; j < m; j++) *out++ = x[i];
  }
}

/// [rows, c·m] to [rows, c]: sums of m neighbours.
void add_repeats(const float* x, Index rows, Index c, Index m, float* out) {
  for (Index i = 0; i < rows * c; i++, x += m) {
    float sum = x[0];
    for (Index j = 1; j < m; j++) sum += x[j];
    out[i] = sum;
  }
}

/// Rows of whole vectors.
void widen_rows(const float* x, Index rows, Index c, Index pitch, float* out) {
  for (Index r = 0; r < rows; r++) {
    std::memcpy(out + r * pitch, x + r * c, static_cast<std::size_t>(c) * sizeof(float));
    clear(out + r * pitch + c, pitch - c);
  }
}

/// One image with co channels, framed, whole vectors per pixel.
const float* wide_image(const Conv& c, const float* x, const Frame& frame, bool with_relu = false) {
  const Index m = multiplier(c);
  float* framed = floats(archer::kWideImage, frame.height * frame.width * frame.pitch);
  if (m > 1) {
    float* repeated = floats(archer::kExpanded, image_in(c) * m);
    repeat_channels(x, static_cast<Index>(c.h) * c.w, c.ci, m, repeated);
    x = repeated;
  }
  frame_image(x, c.h, c.w, c.co, frame, with_relu, framed);
  return framed;
}

/// A vector or the first n of its lanes, to a pointer or what acts as one.
template <class Out>
ARCHER_INLINE void put_upto(Out out, V v, Index n) {
  if (n >= VL) store(out, v);
  else store_part(out, v, static_cast<int>(n));
}

struct Tap {
  Index source;  // offset in the framed image
  Index weight;  // row of the filter
};

/// y[pixel, channel] = Σ over taps of x[pixel + tap, channel] · w[tap, channel] for PX pixels.
template <int PX, class Out>
ARCHER_INLINE void depthwise_tile(const float* x, Index x_pixel, const Tap* taps, Index count,
                                  const float* w, Index pitch, Out y, Index y_pixel, Index channels) {
  V sum[PX];
  ARCHER_UNROLL(8)
  for (int i = 0; i < PX; i++) sum[i] = zero();
  for (Index t = 0; t < count; t++) {
    const V weight = load(w + taps[t].weight * pitch);
    const float* source = x + taps[t].source;
    ARCHER_UNROLL(8)
    for (int i = 0; i < PX; i++) sum[i] = fma(load(source + i * x_pixel), weight, sum[i]);
  }
  ARCHER_UNROLL(8)
  for (int i = 0; i < PX; i++) put_upto(y + (i * y_pixel), sum[i], channels);
}

/// rows × columns of output; the source has `pitch` floats per pixel, y has `channels`.
template <class Out>
void depthwise_rows(const float* x, Index x_pixel, Index x_row, const Tap* taps, Index count,
                    const float* w, Index pitch, Out y, Index y_pixel, Index y_row, Index rows,
                    Index columns, Index channels) {
  for (Index r = 0; r < rows; r++) {
    for (Index o = 0; o < channels; o += VL) {
      const float* source = x + r * x_row + o;
      const Out out = y + (r * y_row + o);
      Index i = 0;
      for (; i + 8 <= columns; i += 8) {
        depthwise_tile<8>(source + i * x_pixel, x_pixel, taps, count, w + o, pitch, out + (i * y_pixel),
                          y_pixel, channels - o);
      }
      for (; i < columns; i++) {
        depthwise_tile<1>(source + i * x_pixel, x_pixel, taps, count, w + o, pitch, out + (i * y_pixel),
                          y_pixel, channels - o);
      }
    }
  }
}

Frame depthwise_frame(const Conv& c) {
  return {c.pt, c.pl, static_cast<Index>(c.oh - 1) * c.sh + (c.kh - 1) * c.dh + 1,
          static_cast<Index>(c.ow - 1) * c.sw + (c.kw - 1) * c.dw + 1, round_up(c.co, VL)};
}

const float* wide_filter(const Conv& c, const float* w) {
  const Index taps = static_cast<Index>(c.kh) * c.kw, pitch = round_up(c.co, VL);
  float* wide = floats(archer::kWideFilter, taps * pitch);
  widen_rows(w, taps, c.co, pitch, wide);
  return wide;
}

/// The taps of a filter on an image in that frame, in scratch memory.
const Tap* window_taps(const Conv& c, const Frame& frame) {
  auto* taps = static_cast<Tap*>(
      archer::scratch(archer::kTaps, sizeof(Tap) * static_cast<std::size_t>(c.kh) * c.kw));
  for (Index ky = 0; ky < c.kh; ky++) {
    for (Index kx = 0; kx < c.kw; kx++) {
      taps[ky * c.kw + kx] = {(ky * c.dh * frame.width + kx * c.dw) * frame.pitch, ky * c.kw + kx};
    }
  }
  return taps;
}

/// The result for one framed image.
void depthwise_image(const Conv& c, const Frame& frame, const Tap* taps, const float* wide,
                     const float* source, float* y) {
  const Index pitch = frame.pitch;
  depthwise_rows(source, c.sw * pitch, c.sh * frame.width * pitch, taps,
                 static_cast<Index>(c.kh) * c.kw, wide, pitch, y, c.co,
                 static_cast<Index>(c.ow) * c.co, c.oh, c.ow, c.co);
}

void depthwise(const Conv& c, const float* x, const float* w, float* y) {
  const Frame frame = depthwise_frame(c);
  const float* wide = wide_filter(c, w);
  const Tap* taps = window_taps(c, frame);
  parallel(c.n, [&](Index n) {
    const float* source = wide_image(c, x + n * image_in(c), frame);
    depthwise_image(c, frame, taps, wide, source, y + n * image_out(c));
  });
}

/// How dy is framed for the gradient by the input.
Frame depthwise_gradient_frame(const Conv& c) {
  const Index top = (static_cast<Index>(c.kh - 1) * c.dh) / c.sh;
  const Index left = (static_cast<Index>(c.kw - 1) * c.dw) / c.sw;
  return {top, left, top + (c.h - 1 + c.pt) / c.sh + 1, left + (c.w - 1 + c.pl) / c.sw + 1,
          round_up(c.co, VL)};
}

/// dx of one image, every input channel as often as it has filters.
template <class Out>
void depthwise_input_image(const Conv& c, const Frame& frame, const float* wide, const float* dy,
                           Out dx) {
  const Index pitch = frame.pitch;
  auto* taps = static_cast<Tap*>(
      archer::scratch(archer::kPhaseTaps, sizeof(Tap) * static_cast<std::size_t>(c.kh) * c.kw));
  float* framed = floats(archer::kGradient, frame.height * frame.width * pitch);
  frame_image(dy, c.oh, c.ow, c.co, frame, false, framed);
  for (Index ry = 0; ry < c.sh; ry++) {
    for (Index rx = 0; rx < c.sw; rx++) {
      const Index qy = -floor_div(-(c.pt - ry), c.sh), qx = -floor_div(-(c.pl - rx), c.sw);
      const Index y0 = c.sh * qy + ry - c.pt, x0 = c.sw * qx + rx - c.pl;
      if (y0 >= c.h || x0 >= c.w) continue;
      AxisTaps ty, tx;
      axis_taps(c.kh, c.dh, c.sh, ry, ty);
      axis_taps(c.kw, c.dw, c.sw, rx, tx);
      Index count = 0;
      for (Index i = 0; i < ty.count; i++) {
        for (Index j = 0; j < tx.count; j++) {
          taps[count++] = {(-ty.m[i] * frame.width - tx.m[j]) * pitch, ty.tap[i] * c.kw + tx.tap[j]};
        }
      }
      depthwise_rows(framed + ((qy + frame.top) * frame.width + qx + frame.left) * pitch, pitch,
                     frame.width * pitch, taps, count, wide, pitch, dx + ((y0 * c.w + x0) * c.co),
                     static_cast<Index>(c.sw) * c.co, static_cast<Index>(c.sh) * c.w * c.co,
                     (c.h - 1 - y0) / c.sh + 1, (c.w - 1 - x0) / c.sw + 1, c.co);
    }
  }
}

void depthwise_input_gradient(const Conv& c, const float* dy, const float* w, float* dx) {
  const Frame frame = depthwise_gradient_frame(c);
  const float* wide = wide_filter(c, w);
  const Index m = multiplier(c);
  parallel(c.n, [&](Index n) {
    float* image = dx + n * image_in(c);
    float* out = m == 1 ? image : floats(archer::kExpanded, image_in(c) * m);
    depthwise_input_image(c, frame, wide, dy + n * image_out(c), out);
    if (m > 1) add_repeats(out, static_cast<Index>(c.h) * c.w, c.ci, m, image);
  });
}

/// Filter rows and columns whose sums stay in registers together.
template <int ROWS, int COUNT>
ARCHER_INLINE void depthwise_sums(const float* x, Index x_pixel, Index x_row, Index row_step,
                                  Index tap_step, const float* dy, Index channels, Index rows,
                                  Index columns, Index given, float* sums, Index sums_row,
                                  Index pitch) {
  V sum[ROWS][COUNT];
  ARCHER_UNROLL(8)
  for (int j = 0; j < ROWS; j++) {
    ARCHER_UNROLL(8)
    for (int k = 0; k < COUNT; k++) sum[j][k] = load(sums + j * sums_row + k * pitch);
  }
  for (Index r = 0; r < rows; r++) {
    const float* source = x + r * x_row;
    for (Index i = 0; i < columns; i++, source += x_pixel, dy += channels) {
      const V d = load_upto(dy, given);
      ARCHER_UNROLL(8)
      for (int j = 0; j < ROWS; j++) {
        ARCHER_UNROLL(8)
        for (int k = 0; k < COUNT; k++) {
          sum[j][k] = fma(d, load(source + j * row_step + k * tap_step), sum[j][k]);
        }
      }
    }
  }
  ARCHER_UNROLL(8)
  for (int j = 0; j < ROWS; j++) {
    ARCHER_UNROLL(8)
    for (int k = 0; k < COUNT; k++) store(sums + j * sums_row + k * pitch, sum[j][k]);
  }
}

/// sums[tap, channel] += Σ x·dy of one framed image. Every sum runs over the pixels in their order,
/// however many of them are made together.
void depthwise_filter_image(const Conv& c, const Frame& frame, const float* source, const float* dy,
                            float* sums) {
  const Index pitch = frame.pitch, row_step = c.dh * frame.width * pitch;
  for (Index o = 0; o < c.co; o += VL) {
    Index ky = 0, rows = 1;
    for (; ky < c.kh; ky += rows) {
      Index kx = 0;
#define ARCHER_TAPS(many, count)                                                                  \
  depthwise_sums<many, count>(source + ky * row_step + kx * c.dw * pitch + o, c.sw * pitch,       \
                              c.sh * frame.width * pitch, row_step, c.dw * pitch, dy + o, c.co,   \
                              c.oh, c.ow, c.co - o, sums + (ky * c.kw + kx) * pitch + o,          \
                              c.kw * pitch, pitch),                                               \
      kx += count
      if (c.kw == 3 && c.kh - ky >= 3) {
        rows = 3;
        ARCHER_TAPS(3, 3);
        continue;
      }
      if (VL == 16 && c.kw == 5 && c.kh - ky >= 5) {
        rows = 5;
        ARCHER_TAPS(5, 5);
        continue;
      }
      if (c.kw == 5 && c.kh - ky >= 2) {
        rows = 2;
        ARCHER_TAPS(2, 5);
        continue;
      }
      rows = 1;
      while (c.kw - kx >= 5) ARCHER_TAPS(1, 5);
      while (c.kw - kx >= 3) ARCHER_TAPS(1, 3);
      while (c.kw - kx >= 1) ARCHER_TAPS(1, 1);
#undef ARCHER_TAPS
    }
  }
}

void depthwise_filter_gradient(const Conv& c, const float* x, const float* dy, float* dw) {
  const Frame frame = depthwise_frame(c);
  const Index taps = static_cast<Index>(c.kh) * c.kw;
  const Groups groups = groups_of(c.n, taps * frame.pitch);
  for_each_group(groups, c.n, [&](Index n, float* sums) {
    const float* source = wide_image(c, x + n * image_in(c), frame);
    depthwise_filter_image(c, frame, source, dy + n * image_out(c), sums);
  });
  add_groups(groups, taps, c.co, frame.pitch, dw);
}

}  // namespace
