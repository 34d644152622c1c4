// Sums over images whose order does not depend on threads: images form groups by their number alone,
// each group adds its own in one task, and groups are added in order.
#pragma once

#include "parallel.h"

namespace {

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

}  // namespace
