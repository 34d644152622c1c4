// Matrix products of a batch, either side transposed: rows of a are the pixels of a 1×1 convolution.
#pragma once

#include "convolution.h"

namespace {

using archer::Matmul;

void matmul(const Matmul& s, const float* a, const float* b, float* y) {
  const Index m = s.m, k = s.k, n = s.n;
  const Index offset = 0;
  const Index row = words(k);
  const Gather g = {row, 0, &offset, 1, row};
  const Index band = upper(8, lower(m, 65536 / upper(1, k * n) * 8));
  for (Index i = 0; i < s.batch; i++) {
    float* packed = floats(archer::kPacked, packed_size(row, n));
    const float* weights = b + i * s.b_step;
    if (s.transpose_b) pack_weights(1, k, n, k, [&](Index, Index r) { return weights + r; }, packed);
    else pack_weights(1, k, n, 1, [&](Index, Index r) { return weights + r * n; }, packed);
    const float* rows = a + i * s.a_step;
    parallel((m + band - 1) / band, [&](Index part) {
      const Index begin = part * band, count = lower(band, m - begin);
      const float* source = rows + begin * k;
      if (s.transpose_a) {
        float* turned = floats(archer::kMatrix, count * k);
        for (Index c = 0; c < k; c++) {
          for (Index r = 0; r < count; r++) turned[r * k + c] = rows[c * m + begin + r];
        }
        source = turned;
      }
      if (kPair > 1) source = framed_words(archer::kSource, source, 1, count, k, {0, 0, 1, count, row * kPair}, false);
      gather(source, g, packed, n, y + (i * m + begin) * n, n, 0, 1, count);
    });
  }
}

/// [m, k] by [k, n], or one of them transposed in memory.
void product(int m, int k, int n, bool transpose_a, bool transpose_b, const float* a, const float* b,
             float* y) {
  matmul({1, m, k, n, transpose_a, transpose_b, 0, 0}, a, b, y);
}

}  // namespace
