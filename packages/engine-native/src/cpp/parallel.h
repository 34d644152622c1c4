// Work in parallel with results that do not depend on the number of threads: the split into tasks
// depends on shapes alone, and what tasks leave is combined in the order of their indices.
#pragma once

#include <type_traits>

#include "kernels.h"
#include "threads.h"
#include "vec.h"

namespace {

template <class F>
void parallel(Index count, F&& f, bool backwards = false) {
  using Body = typename std::remove_reference<F>::type;
  archer::run_tasks(
      static_cast<int>(count), backwards,
      [](void* body, int i) { (*static_cast<Body*>(body))(static_cast<Index>(i)); }, &f);
}

/// Parts of [0, size) of at least `grain`, at most 64; f(begin, end).
template <class F>
void parallel_ranges(Index size, Index grain, F&& f) {
  const Index count = lower(64, upper(1, size / grain));
  parallel(count, [&](Index i) { f(size * i / count, size * (i + 1) / count); });
}

/// The fewest parts of [0, count) of at most `most`, about equal; f(begin, end).
template <class F>
void parallel_parts(Index count, Index most, F&& f) {
  const Index parts = (count + most - 1) / most;
  parallel(parts, [&](Index i) { f(count * i / parts, count * (i + 1) / parts); });
}

float* floats(archer::Scratch use, Index count) {
  return static_cast<float*>(archer::scratch(use, static_cast<std::size_t>(count) * sizeof(float)));
}

template <class T>
void clear(T* p, Index count) {
  std::memset(p, 0, static_cast<std::size_t>(count) * sizeof(T));
}

/// Images are summed over in this many groups at most, each by one task.
constexpr Index kGroups = 16;

}  // namespace
