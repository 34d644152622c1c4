// Products of matrices of floats, on every path: the right side is packed into panels of some columns,
// a stretch of which stays in the first-level cache while the rows of the left side pass over it. Each
// number is one sum in the order of its products, whatever the stretches and tiles are.
#pragma once

#include "gather.h"

namespace {

/// The left side: numbers from one row to the next one and from one column to the next.
struct Left {
  const float* at;
  Index row, column;
};

/// A packed right side of k rows and n columns.
struct Panels {
  const float* packed;
  Index k, n;
};

/// Rows of the right side that are passed over at a time.
constexpr Index kStretch = 256;

ARCHER_INLINE Index panels_size(Index k, Index n) { return k * round_up(n, VL); }

/// Packs the numbers at from[k·k_step + n·n_step]: stretch by stretch, of each panel after panel, of
/// each row after row; zeros fill the last vector.
Panels pack_panels(Index k, Index n, const float* from, Index k_step, Index n_step, float* packed) {
  float* out = packed;
  for (Index begin = 0; begin < k; begin += kStretch) {
    const Index end = lower(k, begin + kStretch);
    for (Index o = 0; o < n; o += kBlockWidth) {
      const Index width = block_vectors(n, o) * VL, given = lower(width, n - o);
      for (Index i = begin; i < end; i++, out += width) {
        const float* row = from + i * k_step + o * n_step;
        for (Index j = 0; j < given; j++) out[j] = row[j * n_step];
        for (Index j = given; j < width; j++) out[j] = 0;
      }
    }
  }
  return {packed, k, n};
}

/// y (+)= x · panel for ROWS rows; `turned`: it is a row of x that lies apart, by `step`, not a column.
template <int ROWS, int OV, bool kTurned>
ARCHER_INLINE void panel_tile(const float* x, Index step, Index depth, const float* panel, bool add,
                              float* y, Index y_row, Index columns) {
  V sum[ROWS][OV];
  ARCHER_UNROLL(32)
  for (int i = 0; i < ROWS; i++) {
    ARCHER_UNROLL(4)
    for (int o = 0; o < OV; o++) {
      sum[i][o] = add ? load_upto(y + i * y_row + o * VL, columns - o * VL) : zero();
    }
  }
  // As in `gather_tile`: one pointer for four rows.
  constexpr int kQuads = (ROWS + 3) / 4;
  const Index third = 3 * step;
  const float* quad[kQuads];
  ARCHER_UNROLL(8)
  for (int q = 0; q < kQuads; q++) quad[q] = x + q * 4 * (kTurned ? 1 : step);
  for (Index k = 0; k < depth; k++, panel += OV * VL) {
    V weight[OV];
    ARCHER_UNROLL(4)
    for (int o = 0; o < OV; o++) weight[o] = load(panel + o * VL);
    ARCHER_UNROLL(32)
    for (int i = 0; i < ROWS; i++) {
      const V value = splat(quad[i / 4][kTurned ? i % 4 : i % 4 == 3 ? third : (i % 4) * step]);
      ARCHER_UNROLL(4)
      for (int o = 0; o < OV; o++) sum[i][o] = fma(value, weight[o], sum[i][o]);
    }
    ARCHER_UNROLL(8)
    for (int q = 0; q < kQuads; q++) {
      quad[q] += kTurned ? step : 1;
      ARCHER_OPAQUE(quad[q]);
    }
  }
  ARCHER_UNROLL(32)
  for (int i = 0; i < ROWS; i++) {
    ARCHER_UNROLL(4)
    for (int o = 0; o < OV; o++) store_upto(y + i * y_row + o * VL, sum[i][o], columns - o * VL);
  }
}

/// All rows by one stretch of one panel.
template <int OV, bool kTurned>
void panel_rows(Index rows, const float* x, Index step, Index depth, const float* panel, bool add,
                float* y, Index y_row, Index columns) {
  constexpr int kFull = tile_pixels(OV);
  Index i = 0;
#define ARCHER_TILE(count)                                                                  \
  panel_tile<count, OV, kTurned>(x + i * (kTurned ? 1 : step), step, depth, panel, add,     \
                                 y + i * y_row, y_row, columns), i += count
  while (i < rows) {
    const Index rest = rows - i;
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

template <bool kTurned>
void multiply_as(Index rows, const Left& a, Index step, const Panels& b, Index begin, Index end, bool add,
                 float* y, Index y_row) {
  const float* stretch = b.packed;
  for (Index k = 0; k < b.k; k += kStretch) {
    const Index depth = lower(kStretch, b.k - k);
    for (Index o = begin; o < end; o += kBlockWidth) {
      const Index columns = b.n - o;
      const auto pass = block_vectors(b.n, o) == 2 ? panel_rows<2, kTurned> : panel_rows<1, kTurned>;
      pass(rows, a.at + k * a.column, step, depth, stretch + depth * o, add || k > 0, y + o, y_row, columns);
    }
    stretch += depth * round_up(b.n, VL);
  }
}

/// y (+)= a · b for the columns [begin, end) of b, which are whole panels; rows of y are y_row apart.
/// Either the rows or the columns of a follow each other without gaps.
void multiply(Index rows, const Left& a, const Panels& b, Index begin, Index end, bool add, float* y,
              Index y_row) {
  if (a.column == 1) multiply_as<false>(rows, a, a.row, b, begin, end, add, y, y_row);
  else multiply_as<true>(rows, a, a.column, b, begin, end, add, y, y_row);
}

/// The same for all columns; rows of y follow each other.
void multiply(Index rows, const Left& a, const Panels& b, bool add, float* y) {
  multiply(rows, a, b, 0, b.n, add, y, b.n);
}

}  // namespace
