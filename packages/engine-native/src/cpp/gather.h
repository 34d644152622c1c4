// The product at the heart of convolutions and matrices: each output pixel is the sum over some
// runs of its input, by packed weights. A run is a stretch of neighbouring words (floats, or pairs of
// bf16 numbers); in NHWC the taps of a filter row are one run of kw·ci, so the inner loop is long
// whatever the filter is.
#pragma once

#include "parallel.h"
#include "words.h"

namespace {

/// Vectors of output channels in a full block, and their floats.
constexpr int kBlock = 2;
constexpr Index kBlockWidth = kBlock * VL;

struct Gather {
  Index pixel;           // words from one output pixel's input to the next one's
  Index row;             // and from one row's to the next
  const Index* offsets;  // where each run starts
  Index runs, length;
};

/// Words of packed weights for `k` words of input and `co` channels of output.
ARCHER_INLINE Index packed_size(Index k, Index co) { return k * round_up(co, VL); }

/// Where the block that starts at channel `o` lies: blocks follow each other, k rows each.
ARCHER_INLINE Index packed_block(Index k, Index o) { return k * o; }

/// Vectors in the block that starts at `o`.
ARCHER_INLINE Index block_vectors(Index co, Index o) {
  return lower(kBlock, (round_up(co, VL) - o) / VL);
}

/// The vector of up to n values `step` apart, then zeros.
ARCHER_INLINE V load_apart(const float* from, Index step, Index n) {
  if (step == 1) return load_upto(from, n);
  float lane[VL] = {};
  for (Index i = 0; i < lower(n, VL); i++) lane[i] = from[i * step];
  return load(lane);
}

/// Packs the weights of every channel of every tap, given by row(tap, channel) → pointer to co values
/// `step` apart. Where two channels make a word and their number is odd, a tap ends with a zero.
template <class Row>
void pack_weights(Index taps, Index channels, Index co, Index step, Row&& row, float* packed) {
  for (Index o = 0; o < co; o += kBlockWidth) {
    const Index width = block_vectors(co, o) * VL;
    const Index given = lower(width, co - o);
    float* out = packed + packed_block(taps * words(channels), o);
    for (Index t = 0; t < taps; t++) {
      for (Index c = 0; c < channels; c += kPair, out += width) {
        const float* from = row(t, c) + o * step;
#ifdef ARCHER_BF16
        const float* next = c + 1 < channels ? row(t, c + 1) + o * step : nullptr;
        for (Index j = 0; j < width; j += VL) {
          const V second = next ? load_apart(next + j * step, step, given - j) : zero();
          store(out + j, pairs(load_apart(from + j * step, step, given - j), second));
        }
#else
        if (step == 1) std::memcpy(out, from, static_cast<std::size_t>(given) * sizeof(float));
        else for (Index j = 0; j < given; j++) out[j] = from[j * step];
        for (Index j = given; j < width; j++) out[j] = 0;
#endif
      }
    }
  }
}

/// Where the gate is above zero, the number goes there; else zero.
struct Gated {
  float* to;
  const float* gate;
  ARCHER_INLINE Gated operator+(Index n) const { return {to + n, gate + n}; }
};
ARCHER_INLINE void store(Gated out, V v) {
  store(out.to, where_greater(load(out.gate), zero(), v, zero()));
}
ARCHER_INLINE void store_part(Gated out, V v, int n) {
  store_part(out.to, where_greater(load_part(out.gate, n), zero(), v, zero()), n);
}

template <int PX, int OV, class Out>
ARCHER_INLINE void gather_tile(const float* x, const Gather& g, const float* w, Out y,
                               Index y_pixel, Index channels) {
  V sum[PX][OV];
  ARCHER_UNROLL(32)
  for (int i = 0; i < PX; i++) {
    ARCHER_UNROLL(4)
    for (int o = 0; o < OV; o++) sum[i][o] = zero();
  }
  // One pointer for four pixels, the others by its index register: sixteen pointers would not fit
  // the registers, and the compiler makes sixteen unless it cannot see how they move.
  constexpr int kQuads = (PX + 3) / 4;
  const Index step = g.pixel, third = 3 * step;
  for (Index r = 0; r < g.runs; r++) {
    const float* quad[kQuads];
    ARCHER_UNROLL(8)
    for (int q = 0; q < kQuads; q++) quad[q] = x + g.offsets[r] + q * 4 * step;
    for (Index k = 0; k < g.length; k++, w += OV * VL) {
      V weight[OV];
      ARCHER_UNROLL(4)
      for (int o = 0; o < OV; o++) weight[o] = load(w + o * VL);
      ARCHER_UNROLL(32)
      for (int i = 0; i < PX; i++) {
        const V value = splat(quad[i / 4][i % 4 == 3 ? third : (i % 4) * step]);
        ARCHER_UNROLL(4)
        for (int o = 0; o < OV; o++) sum[i][o] = multiply_add(value, weight[o], sum[i][o]);
      }
      ARCHER_UNROLL(8)
      for (int q = 0; q < kQuads; q++) {
        quad[q]++;
        ARCHER_OPAQUE(quad[q]);
      }
    }
  }
  if (channels >= OV * VL) {
    ARCHER_UNROLL(32)
    for (int i = 0; i < PX; i++) {
      ARCHER_UNROLL(4)
      for (int o = 0; o < OV; o++) store(y + (i * y_pixel + o * VL), sum[i][o]);
    }
  } else {
    const int rest = static_cast<int>(channels - (OV - 1) * VL);
    ARCHER_UNROLL(32)
    for (int i = 0; i < PX; i++) {
      ARCHER_UNROLL(4)
      for (int o = 0; o < OV - 1; o++) store(y + (i * y_pixel + o * VL), sum[i][o]);
      store_part(y + (i * y_pixel + (OV - 1) * VL), sum[i][OV - 1], rest);
    }
  }
}

/// Pixels per tile: what fits the registers (32 of AVX-512, else 16). V8 needs some of them for
/// itself and for products that are not fused: with a tile of 6 by 2 its code is 1.7 times slower.
#ifdef __wasm__
constexpr int tile_pixels(int vectors) { return vectors == 2 ? 4 : 8; }
#else
constexpr int tile_pixels(int vectors) { return VL == 16 ? (vectors == 2 ? 12 : 16) : vectors == 2 ? 6 : 12; }
#endif

template <int OV, class Out>
void gather_row(const float* x, const Gather& g, const float* w, Out y, Index y_pixel,
                Index channels, Index pixels) {
  constexpr int kFull = tile_pixels(OV);
  Index i = 0;
#define ARCHER_TILE(px) \
  gather_tile<px, OV>(x + i * g.pixel, g, w, y + i * y_pixel, y_pixel, channels), i += px
  while (i < pixels) {
    const Index rest = pixels - i;
    // A row of 16 is two tiles of 8 rather than one of 12 and one of 4.
    if (rest >= kFull && !(kFull == 12 && rest == 16) && !(kFull == 6 && rest == 8)) {
      ARCHER_TILE(kFull);
    } else if (kFull > 8 && rest >= 8) {
      ARCHER_TILE(8);
    } else if (rest >= 4) {
      ARCHER_TILE(4);
    } else if (rest >= 2) {
      ARCHER_TILE(2);
    } else {
      ARCHER_TILE(1);
    }
  }
#undef ARCHER_TILE
}

/// rows × columns output pixels of `co` channels, y_pixel and y_row numbers apart. `Out` is a pointer or
/// what acts as one.
template <class Out>
void gather(const float* x, const Gather& g, const float* packed, Index co, Out y, Index y_pixel,
            Index y_row, Index rows, Index columns) {
  const Index k = g.runs * g.length;
  for (Index o = 0; o < co; o += kBlockWidth) {
    const float* w = packed + packed_block(k, o);
    const bool two = block_vectors(co, o) == 2;
    for (Index r = 0; r < rows; r++) {
      const float* source = x + r * g.row;
      const Out out = y + (r * y_row + o);
      if (two) gather_row<2>(source, g, w, out, y_pixel, co - o, columns);
      else gather_row<1>(source, g, w, out, y_pixel, co - o, columns);
    }
  }
}

/// sums[i][o] += Σ over pixels (or pairs of them) of x[pixel][i] · d[pixel][o] for IN × OV·VL sums.
template <int IN, int OV>
ARCHER_INLINE void outer_tile(const float* x, Index x_pixel, Index x_row, const float* d, Index d_pixel,
                              Index rows, Index columns, float* sums, Index pitch) {
  V sum[IN][OV];
  ARCHER_UNROLL(32)
  for (int i = 0; i < IN; i++) {
    ARCHER_UNROLL(4)
    for (int o = 0; o < OV; o++) sum[i][o] = load(sums + i * pitch + o * VL);
  }
  for (Index r = 0; r < rows; r++) {
    const float* source = x + r * x_row;
    for (Index c = 0; c < columns; c++, source += x_pixel, d += d_pixel) {
      V gradient[OV];
      ARCHER_UNROLL(4)
      for (int o = 0; o < OV; o++) gradient[o] = load(d + o * VL);
      ARCHER_UNROLL(32)
      for (int i = 0; i < IN; i++) {
        const V value = splat(source[i]);
        ARCHER_UNROLL(4)
        for (int o = 0; o < OV; o++) sum[i][o] = multiply_add(value, gradient[o], sum[i][o]);
      }
    }
  }
  ARCHER_UNROLL(32)
  for (int i = 0; i < IN; i++) {
    ARCHER_UNROLL(4)
    for (int o = 0; o < OV; o++) store(sums + i * pitch + o * VL, sum[i][o]);
  }
}

template <int OV>
void outer_inputs(const float* x, Index x_pixel, Index x_row, const float* d, Index d_pixel,
                  Index rows, Index columns, Index inputs, float* sums, Index pitch) {
  constexpr int kFull = tile_pixels(OV) == 16 ? 24 : tile_pixels(OV);
  Index i = 0;
#define ARCHER_TILE(in)                                                                        \
  outer_tile<in, OV>(x + i, x_pixel, x_row, d, d_pixel, rows, columns, sums + i * pitch, pitch), \
      i += in
  while (i < inputs) {
    const Index rest = inputs - i;
    if (rest >= kFull && !(kFull == 12 && rest == 16)) {
      ARCHER_TILE(kFull);
    } else if (kFull > 8 && rest >= 8) {
      ARCHER_TILE(8);
    } else if (rest >= 4) {
      ARCHER_TILE(4);
    } else if (rest >= 2) {
      ARCHER_TILE(2);
    } else {
      ARCHER_TILE(1);
    }
  }
#undef ARCHER_TILE
}

/// sums[i, o] += Σ x[pixel, i] d[pixel, o]; rows of d follow each other, d_pixel apart, full of
/// whole vectors; sums have the same pitch.
void outer_products(const float* x, Index x_pixel, Index x_row, const float* d, Index d_pixel,
                    Index rows, Index columns, Index inputs, float* sums) {
  for (Index o = 0; o < d_pixel; o += kBlockWidth) {
    if (d_pixel - o >= kBlockWidth) {
      outer_inputs<2>(x, x_pixel, x_row, d + o, d_pixel, rows, columns, inputs, sums + o, d_pixel);
    } else {
      outer_inputs<1>(x, x_pixel, x_row, d + o, d_pixel, rows, columns, inputs, sums + o, d_pixel);
    }
  }
}

}  // namespace
