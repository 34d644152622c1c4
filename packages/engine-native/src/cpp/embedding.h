// Rows of a table, and the sums of their gradients, in the order of the tokens.
#pragma once

#include "parallel.h"

namespace {

using archer::Embedding;

void embedding(const Embedding& s, const float* table, const std::int32_t* tokens, float* y) {
  const std::size_t bytes = static_cast<std::size_t>(s.width) * sizeof(float);
  parallel_ranges(s.n, upper(1, 16384 / s.width), [&](Index begin, Index end) {
    for (Index i = begin; i < end; i++) {
      std::memcpy(y + i * s.width, table + Index{tokens[i]} * s.width, bytes);
    }
  });
}

/// Tasks have columns of their own: rows come up again and again.
void embedding_gradient(const Embedding& s, bool add, const std::int32_t* tokens, const float* dy,
                        float* dtable) {
  if (!add) clear(dtable, static_cast<Index>(s.rows) * s.width);
  parallel_parts(s.width, 64, [&](Index begin, Index end) {
    for (Index i = 0; i < s.n; i++) {
      const float* from = dy + i * s.width;
      float* to = dtable + Index{tokens[i]} * s.width;
      for (Index c = begin; c < end; c++) to[c] += from[c];
    }
  });
}

}  // namespace
