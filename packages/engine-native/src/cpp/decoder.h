// The decoder of a language model and its softmax cross entropy in one: the logits of some states at a
// time, which become their own gradients, so that neither is ever there for all states at once.
#pragma once

#include "exponential.h"
#include "panels.h"

namespace {

using archer::DecodedLosses;
using archer::Decoder;
using archer::DecoderGradients;

/// Logits that are there at once, more or less; columns of a task, which are whole panels.
constexpr Index kLogits = 1 << 20, kTaskClasses = 96;

/// The largest of a row of logits, to each of which its bias is added first.
float biased(Index classes, float* row, const float* bias) {
  V top = splat(-INFINITY);
  for (Index c = 0; c < classes; c += VL) {
    const Index n = classes - c;
    const V sum = load_upto(row + c, n) + load_upto(bias + c, n);
    store_upto(row + c, sum, n);
    if (n >= VL) top = largest(sum, top);
  }
  float lane[VL];
  store(lane, top);
  for (int i = 1; i < VL; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
  for (Index c = classes / VL * VL; c < classes; c++) lane[0] = row[c] > lane[0] ? row[c] : lane[0];
  return lane[0];
}

/// Σ e and Σ e².
struct Exponentials {
  double sum, squares;
};

/// A row becomes e to its differences from `top`. Sums are of floats for so many vectors at a time.
Exponentials exponentials_of(Index classes, float top, float* row) {
  constexpr Index kTogether = 32 * VL;
  const V shift = splat(top);
  Exponentials all = {0, 0};
  for (Index begin = 0; begin < classes; begin += kTogether) {
    V sum = zero(), squares = zero();
    for (Index c = begin; c < lower(classes, begin + kTogether); c += VL) {
      const Index n = classes - c;
      store_upto(row + c, exponential(load_upto(row + c, n) - shift), n);
      const V e = load_upto(row + c, n);
      sum = sum + e;
      squares = fma(e, e, squares);
    }
    all.sum += sum_lanes(sum);
    all.squares += sum_lanes(squares);
  }
  return all;
}

/// Loss, length of the error and hit of a row of logits without bias, which becomes factor · error.
void decoded_row(Index classes, float* row, const float* bias, Index label, float factor, float* loss,
                 float* length, float* hit) {
  const float top = biased(classes, row, bias), logit = row[label];
  bool first = logit == top;
  for (Index c = 0; c < label && first; c++) first = row[c] != top;
  *hit = first ? 1 : 0;
  const Exponentials e = exponentials_of(classes, top, row);
  *loss = static_cast<float>(logarithm(e.sum) + top - logit);
  const double p = row[label] / e.sum, others = e.squares / (e.sum * e.sum) - p * p;
  *length = static_cast<float>(std::sqrt((others > 0 ? others : 0) + (1 - p) * (1 - p)));
  const V scale = splat(static_cast<float>(factor / e.sum));
  for (Index c = 0; c < classes; c += VL) {
    store_upto(row + c, load_upto(row + c, classes - c) * scale, classes - c);
  }
  row[label] = static_cast<float>((p - 1) * factor);
}

/// What the decoder is multiplied by: the table, and where gradients are asked for the same transposed.
struct DecoderPanels {
  Panels forward, backward;
};

DecoderPanels pack_decoder(const Decoder& s, const float* table, bool both) {
  const Index size = panels_size(s.width, s.classes);
  float* packed = floats(archer::kPacked, size + (both ? panels_size(s.classes, s.width) : 0));
  DecoderPanels panels;
  panels.forward = pack_panels(s.width, s.classes, table, 1, s.width, packed);
  if (both) panels.backward = pack_panels(s.classes, s.width, table, s.width, 1, packed + size);
  return panels;
}

/// The gradients by table and bias of some states join what is there.
void by_decoder(const Decoder& s, Index rows, const float* states, const float* slopes, bool add,
                const DecoderGradients& out) {
  float* packed = floats(archer::kWideFilter, panels_size(rows, s.width));
  const Panels panels = pack_panels(rows, s.width, states, s.width, 1, packed);
  parallel_parts(s.classes, kTaskClasses, [&](Index begin, Index end) {
    const Index count = end - begin;
    float* read = floats(archer::kMatrix, rows * count);
    float* bias = out.bias + begin;
    if (!add) clear(bias, count);
    for (Index r = 0; r < rows; r++) {
      for (Index c = 0; c < count; c++) {
        const float slope = slopes[r * s.classes + begin + c];
        read[r * count + c] = slope;
        bias[c] += slope;
      }
    }
    multiply(count, {read, 1, count}, panels, add, out.table + begin * s.width);
  });
}

void decoded_cross_entropy(const Decoder& s, const float* states, const float* table, const float* bias,
                           const std::int32_t* labels, const float* factors, const DecodedLosses& out,
                           const DecoderGradients& gradients) {
  const bool both = gradients.states != nullptr;
  const DecoderPanels panels = pack_decoder(s, table, both);
  const Index classes = s.classes, width = s.width;
  const Index most = lower(s.n, upper(24, round_up(kLogits / classes, 12)));
  float* logits = floats(archer::kExpanded, most * classes);
  for (Index first = 0; first < s.n; first += most) {
    const Index rows = lower(most, s.n - first);
    const float* read = states + first * width;
    const Index blocks = (classes + kTaskClasses - 1) / kTaskClasses;
    parallel(blocks, [&](Index i) {
      const Index end = lower(classes, (i + 1) * kTaskClasses);
      multiply(rows, {read, width, 1}, panels.forward, i * kTaskClasses, end, false, logits, classes);
    });
    parallel_ranges(rows, upper(1, 4096 / classes), [&](Index begin, Index end) {
      for (Index r = begin; r < end; r++) {
        const Index n = first + r;
        decoded_row(classes, logits + r * classes, bias, labels[n], factors[n], out.losses + n, out.lengths + n,
                    out.hits + n);
      }
    });
    if (!both) continue;
    parallel_parts(rows, 24, [&](Index begin, Index end) {
      const Left slopes = {logits + begin * classes, classes, 1};
      multiply(end - begin, slopes, panels.backward, false, gradients.states + (first + begin) * width);
    });
    by_decoder(s, rows, read, logits, first > 0, gradients);
  }
}

}  // namespace
