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
const float* wide_image(const Conv& c, const float* x, const Frame& frame) {
  const Index m = multiplier(c);
  float* framed = floats(archer::kSource, frame.height * frame.width * frame.pitch);
  if (m > 1) {
    float* repeated = floats(archer::kExpanded, image_in(c) * m);
    repeat_channels(x, static_cast<Index>(c.h) * c.w, c.ci, m, repeated);
    x = repeated;
  }
  frame_image(x, c.h, c.w, c.co, frame, false, framed);
  return framed;
}

struct Tap {
  Index source;  // offset in the framed image
  Index weight;  // row of the filter
};

/// y[pixel, channel] = Σ over taps of x[pixel + tap, channel] · w[tap, channel] for PX pixels.
template <int PX>
ARCHER_INLINE void depthwise_tile(const float* x, Index x_pixel, const Tap* taps, Index count,
                                  const float* w, Index pitch, float* y, Index y_pixel, Index channels) {
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
  for (int i = 0; i < PX; i++) store_upto(y + i * y_pixel, sum[i], channels);
}

/// rows × columns of output; the source has `pitch` floats per pixel, y has `channels`.
void depthwise_rows(const float* x, Index x_pixel, Index x_row, const Tap* taps, Index count,
                    const float* w, Index pitch, float* y, Index y_pixel, Index y_row, Index rows,
                    Index columns, Index channels) {
  for (Index r = 0; r < rows; r++) {
    for (Index o = 0; o < channels; o += VL) {
      const float* source = x + r * x_row + o;
      float* out = y + r * y_row + o;
      Index i = 0;
      for (; i + 8 <= columns; i += 8) {
        depthwise_tile<8>(source + i * x_pixel, x_pixel, taps, count, w + o, pitch, out + i * y_pixel,
                          y_pixel, channels - o);
      }
      for (; i < columns; i++) {
        depthwise_tile<1>(source + i * x_pixel, x_pixel, taps, count, w + o, pitch, out + i * y_pixel,
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
  float* wide = floats(archer::kPacked, taps * pitch);
  widen_rows(w, taps, c.co, pitch, wide);
  return wide;
}

Tap* tap_list(const Conv& c) {
  return static_cast<Tap*>(
      archer::scratch(archer::kOffsets, sizeof(Tap) * static_cast<std::size_t>(c.kh) * c.kw));
}

void depthwise(const Conv& c, const float* x, const float* w, float* y) {
  const Frame frame = depthwise_frame(c);
  const Index pitch = frame.pitch;
  const float* wide = wide_filter(c, w);
  Tap* taps = tap_list(c);
  for (Index ky = 0; ky < c.kh; ky++) {
    for (Index kx = 0; kx < c.kw; kx++) {
      taps[ky * c.kw + kx] = {(ky * c.dh * frame.width + kx * c.dw) * pitch, ky * c.kw + kx};
    }
  }
  parallel(c.n, [&](Index n) {
    const float* source = wide_image(c, x + n * image_in(c), frame);
    depthwise_rows(source, c.sw * pitch, c.sh * frame.width * pitch, taps,
                   static_cast<Index>(c.kh) * c.kw, wide, pitch, y + n * image_out(c), c.co,
                   static_cast<Index>(c.ow) * c.co, c.oh, c.ow, c.co);
  });
}

void depthwise_input_gradient(const Conv& c, const float* dy, const float* w, float* dx) {
  const Index pitch = round_up(c.co, VL), m = multiplier(c);
  const Index top = (static_cast<Index>(c.kh - 1) * c.dh) / c.sh;
  const Index left = (static_cast<Index>(c.kw - 1) * c.dw) / c.sw;
  const Frame frame = {top, left, top + (c.h - 1 + c.pt) / c.sh + 1, left + (c.w - 1 + c.pl) / c.sw + 1,
                       pitch};
  const float* wide = wide_filter(c, w);
  parallel(c.n, [&](Index n) {
    Tap* taps = static_cast<Tap*>(
        archer::scratch(archer::kStatistics, sizeof(Tap) * static_cast<std::size_t>(c.kh) * c.kw));
    float* framed = floats(archer::kGradient, frame.height * frame.width * pitch);
    frame_image(dy + n * image_out(c), c.oh, c.ow, c.co, frame, false, framed);
    float* out = m == 1 ? dx + n * image_in(c) : floats(archer::kExpanded, image_in(c) * m);
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
        depthwise_rows(framed + ((qy + top) * frame.width + qx + left) * pitch, pitch,
                       frame.width * pitch, taps, count, wide, pitch, out + (y0 * c.w + x0) * c.co,
                       static_cast<Index>(c.sw) * c.co, static_cast<Index>(c.sh) * c.w * c.co,
                       (c.h - 1 - y0) / c.sh + 1, (c.w - 1 - x0) / c.sw + 1, c.co);
      }
    }
    if (m > 1) add_repeats(out, static_cast<Index>(c.h) * c.w, c.ci, m, dx + n * image_in(c));
  });
}

/// sums[tap, channels] += Σ x·dy for COUNT taps of one filter row, one vector of channels.
template <int COUNT>
ARCHER_INLINE void depthwise_sums(const float* x, Index x_pixel, Index x_row, Index tap_step,
                                  const float* dy, Index channels, Index rows, Index columns,
                                  Index given, float* sums, Index pitch) {
  V sum[COUNT];
  ARCHER_UNROLL(8)
  for (int k = 0; k < COUNT; k++) sum[k] = load(sums + k * pitch);
  for (Index r = 0; r < rows; r++) {
    const float* source = x + r * x_row;
    for (Index i = 0; i < columns; i++, source += x_pixel, dy += channels) {
      const V d = load_upto(dy, given);
      ARCHER_UNROLL(8)
      for (int k = 0; k < COUNT; k++) sum[k] = fma(d, load(source + k * tap_step), sum[k]);
    }
  }
  ARCHER_UNROLL(8)
  for (int k = 0; k < COUNT; k++) store(sums + k * pitch, sum[k]);
}

void depthwise_filter_gradient(const Conv& c, const float* x, const float* dy, float* dw) {
  const Frame frame = depthwise_frame(c);
  const Index pitch = frame.pitch, taps = static_cast<Index>(c.kh) * c.kw;
  const Groups groups = groups_of(c.n, taps * pitch);
  for_each_group(groups, c.n, [&](Index n, float* sums) {
    const float* source = wide_image(c, x + n * image_in(c), frame);
    const float* gradient = dy + n * image_out(c);
    for (Index o = 0; o < c.co; o += VL) {
      for (Index ky = 0; ky < c.kh; ky++) {
        Index kx = 0;
#define ARCHER_TAPS(count)                                                                       \
  depthwise_sums<count>(source + (ky * c.dh * frame.width + kx * c.dw) * pitch + o, c.sw * pitch, \
                        c.sh * frame.width * pitch, c.dw * pitch, gradient + o, c.co, c.oh, c.ow, \
                        c.co - o, sums + (ky * c.kw + kx) * pitch + o, pitch),                    \
      kx += count
        while (c.kw - kx >= 5) ARCHER_TAPS(5);
        while (c.kw - kx >= 3) ARCHER_TAPS(3);
        while (c.kw - kx >= 1) ARCHER_TAPS(1);
#undef ARCHER_TAPS
      }
    }
  });
  add_groups(groups, taps, c.co, pitch, dw);
}

}  // namespace
