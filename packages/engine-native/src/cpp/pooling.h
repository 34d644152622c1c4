// Maximum and average pooling. Averages divide by the pixels under the window that lie in the
// image, forward and backward; a maximum's gradient goes to the first pixel that holds it.
#pragma once

#include "batch_norm.h"

namespace {

using archer::Pool;

struct Span {
  Index begin, end;
};

/// Input positions under window `o` of one axis.
ARCHER_INLINE Span window(Index o, Index stride, Index pad, Index k, Index size) {
  const Index first = o * stride - pad;
  return {upper(0, first), lower(size, first + k)};
}

/// f(image, output row) for all, bands of rows in parallel.
template <class F>
void for_rows(Index images, Index rows, F&& f) {
  const Index band = images >= 16 ? rows : upper(1, (rows + 3) / 4);
  const Index bands = (rows + band - 1) / band;
  parallel(images * bands, [&](Index i) {
    const Index n = i / bands, begin = (i % bands) * band;
    for (Index r = begin; r < lower(rows, begin + band); r++) f(n, r);
  });
}

/// out = addend + Σ over rows of weight(row) · row; `row(i)` gives the i-th row of n numbers.
template <class Row, class Weight>
ARCHER_INLINE void add_rows(Index begin, Index end, Index n, Row&& row, Weight&& weight,
                            const float* addend, float* out) {
  for (Index j = 0; j < n; j += VL) {
    V sum = zero();
    for (Index i = begin; i < end; i++) sum = fma(load_upto(row(i) + j, n - j), splat(weight(i)), sum);
    store_upto(out + j, addend ? load_upto(addend + j, n - j) + sum : sum, n - j);
  }
}

ARCHER_INLINE float share(const Span& span) {
  const Index count = span.end - span.begin;
  return count < 1 ? 0.0f : 1.0f / static_cast<float>(count);
}

/// Rows first, then columns: the count under a window is the product of the two counts.
void average_pool(const Pool& p, const float* x, const float* addend, float* y) {
  const Index c = p.c, row = static_cast<Index>(p.w) * c;
  for_rows(p.n, p.oh, [&](Index n, Index oy) {
    const Span ys = window(oy, p.sh, p.pt, p.kh, p.h);
    const float* image = x + n * p.h * row;
    const float part = share(ys);
    float* mean = floats(archer::kSource, row);
    add_rows(ys.begin, ys.end, row, [&](Index i) { return image + i * row; },
             [&](Index) { return part; }, nullptr, mean);
    float* out = y + (n * p.oh + oy) * p.ow * c;
    const float* term = addend ? addend + (out - y) : nullptr;
    for (Index ox = 0; ox < p.ow; ox++, out += c) {
      const Span xs = window(ox, p.sw, p.pl, p.kw, p.w);
      const float weight = share(xs);
      add_rows(xs.begin, xs.end, c, [&](Index j) { return mean + j * c; },
               [&](Index) { return weight; }, term ? term + ox * c : nullptr, out);
    }
  });
}

/// The windows that cover position `i`.
ARCHER_INLINE Span covering(Index i, Index stride, Index pad, Index k, Index windows) {
  const Index first = i + pad - k + 1;
  return {first <= 0 ? 0 : (first + stride - 1) / stride, lower(windows, (i + pad) / stride + 1)};
}

void average_pool_gradient(const Pool& p, bool add, const float* dy, float* dx) {
  const Index c = p.c, row = static_cast<Index>(p.ow) * c;
  float* weights = floats(archer::kChannels, p.oh + p.ow);
  float* column_weights = weights + p.oh;
  for (Index o = 0; o < p.oh; o++) weights[o] = share(window(o, p.sh, p.pt, p.kh, p.h));
  for (Index o = 0; o < p.ow; o++) column_weights[o] = share(window(o, p.sw, p.pl, p.kw, p.w));
  for_rows(p.n, p.h, [&](Index n, Index iy) {
    const Span ys = covering(iy, p.sh, p.pt, p.kh, p.oh);
    const float* image = dy + n * p.oh * row;
    float* sum = floats(archer::kSource, row);
    add_rows(ys.begin, ys.end, row, [&](Index i) { return image + i * row; },
             [&](Index i) { return weights[i]; }, nullptr, sum);
    float* out = dx + (n * p.h + iy) * p.w * c;
    for (Index ix = 0; ix < p.w; ix++, out += c) {
      const Span xs = covering(ix, p.sw, p.pl, p.kw, p.ow);
      add_rows(xs.begin, xs.end, c, [&](Index j) { return sum + j * c; },
               [&](Index j) { return column_weights[j]; }, add ? out : nullptr, out);
    }
  });
}

void max_pool(const Pool& p, const float* x, float* y) {
  const Index c = p.c, row = static_cast<Index>(p.w) * c;
  for_rows(p.n, p.oh, [&](Index n, Index oy) {
    const Span ys = window(oy, p.sh, p.pt, p.kh, p.h);
    const float* image = x + n * p.h * row;
    float* out = y + (n * p.oh + oy) * p.ow * c;
    for (Index ox = 0; ox < p.ow; ox++, out += c) {
      const Span xs = window(ox, p.sw, p.pl, p.kw, p.w);
      for_channels(c, [&](Index at, Index lanes_left) {
        V best = splat(-INFINITY);
        for (Index i = ys.begin; i < ys.end; i++) {
          for (Index j = xs.begin; j < xs.end; j++) {
            const V value = load_upto(image + i * row + j * c + at, lanes_left);
            best = where_greater(value, best, value, best);
          }
        }
        store_upto(out + at, best, lanes_left);
      });
    }
  });
}

void max_pool_gradient(const Pool& p, const float* x, const float* dy, float* dx) {
  const Index c = p.c, row = static_cast<Index>(p.w) * c;
  parallel(p.n, [&](Index n) {
    const float* image = x + n * p.h * row;
    float* out = dx + n * p.h * row;
    clear(out, p.h * row);
    for (Index oy = 0; oy < p.oh; oy++) {
      const Span ys = window(oy, p.sh, p.pt, p.kh, p.h);
      for (Index ox = 0; ox < p.ow; ox++) {
        const Span xs = window(ox, p.sw, p.pl, p.kw, p.w);
        const float* d = dy + ((n * p.oh + oy) * p.ow + ox) * c;
        for_channels(c, [&](Index at, Index lanes_left) {
          V best = splat(-INFINITY), place = splat(-1);
          Index k = 0;
          for (Index i = ys.begin; i < ys.end; i++) {
            for (Index j = xs.begin; j < xs.end; j++, k++) {
              const V value = load_upto(image + i * row + j * c + at, lanes_left);
              place = where_greater(value, best, splat(static_cast<float>(k)), place);
              best = where_greater(value, best, value, best);
            }
          }
          const V gradient = load_upto(d + at, lanes_left);
          k = 0;
          for (Index i = ys.begin; i < ys.end; i++) {
            for (Index j = xs.begin; j < xs.end; j++, k++) {
              float* to = out + i * row + j * c + at;
              // Places are whole numbers: equal means between the halves.
              const V below = splat(static_cast<float>(k) - 0.5f);
              const V above = splat(static_cast<float>(k) + 0.5f);
              const V upto = where_greater(above, place, gradient, zero());
              const V here = where_greater(place, below, upto, zero());
              store_upto(to, load_upto(to, lanes_left) + here, lanes_left);
            }
          }
        });
      }
    }
  });
}

}  // namespace
