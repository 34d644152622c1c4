// Operations on single numbers, with broadcasting, and copies between boxes.
#pragma once

#include "parallel.h"

namespace {

using archer::Broadcast;
using archer::Copy;

/// Numbers per task: large enough that a task costs more than handing it out.
constexpr Index kGrain = 16384;

template <archer::Unary kOp>
ARCHER_INLINE V unary_of(V x) {
  switch (kOp) {
    case archer::kRelu: return relu(x);
    case archer::kNegate: return zero() - x;
    case archer::kSquare: return x * x;
    case archer::kRoot: return root(x);
    case archer::kInverseRoot: return splat(1) / root(x);
    case archer::kReciprocal: return splat(1) / x;
    case archer::kAbsolute: return largest(x, zero() - x);
    case archer::kStep: return where_greater(x, zero(), splat(1), zero());
  }
  return x;
}

template <archer::Unary kOp>
void unary_range(const float* x, float* y, Index begin, Index end) {
  Index i = begin;
  for (; i + VL <= end; i += VL) store(y + i, unary_of<kOp>(load(x + i)));
  if (i == end) return;
  const int rest = static_cast<int>(end - i);
  store_part(y + i, unary_of<kOp>(load_part(x + i, rest)), rest);
}

void unary(archer::Unary op, Index size, const float* x, float* y) {
  parallel_ranges(size, kGrain, [&](Index begin, Index end) {
    switch (op) {
      case archer::kRelu: return unary_range<archer::kRelu>(x, y, begin, end);
      case archer::kNegate: return unary_range<archer::kNegate>(x, y, begin, end);
      case archer::kSquare: return unary_range<archer::kSquare>(x, y, begin, end);
      case archer::kRoot: return unary_range<archer::kRoot>(x, y, begin, end);
      case archer::kInverseRoot: return unary_range<archer::kInverseRoot>(x, y, begin, end);
      case archer::kReciprocal: return unary_range<archer::kReciprocal>(x, y, begin, end);
      case archer::kAbsolute: return unary_range<archer::kAbsolute>(x, y, begin, end);
      case archer::kStep: return unary_range<archer::kStep>(x, y, begin, end);
    }
  });
}

template <archer::Binary kOp>
ARCHER_INLINE V binary_of(V a, V b) {
  switch (kOp) {
    case archer::kAdd: return a + b;
    case archer::kSubtract: return a - b;
    case archer::kMultiply: return a * b;
    case archer::kDivide: return a / b;
    case archer::kMaximum: return largest(a, b);
    case archer::kMinimum: return smallest(a, b);
    case archer::kSquaredDifference: return (a - b) * (a - b);
    case archer::kReluGradient: return where_greater(b, zero(), a, zero());
  }
  return a;
}

/// n results in a row; steps are 0 (one number for all) or 1.
template <archer::Binary kOp>
ARCHER_INLINE void binary_row(const float* a, Index a_step, const float* b, Index b_step, float* y, Index n) {
  const V all_a = splat(a[0]), all_b = splat(b[0]);
  Index i = 0;
  for (; i + VL <= n; i += VL) {
    store(y + i, binary_of<kOp>(a_step ? load(a + i) : all_a, b_step ? load(b + i) : all_b));
  }
  if (i < n) {
    const int rest = static_cast<int>(n - i);
    const V left = a_step ? load_part(a + i, rest) : all_a;
    const V right = b_step ? load_part(b + i, rest) : all_b;
    store_part(y + i, binary_of<kOp>(left, right), rest);
  }
}

template <archer::Binary kOp>
void binary_as(const Broadcast& s, const float* a, const float* b, float* y) {
  const int last = s.rank - 1;
  const Index n = s.size[last];
  if (s.rank == 1) {
    parallel_ranges(n, kGrain, [&](Index begin, Index end) {
      binary_row<kOp>(a + begin * s.a[0], s.a[0], b + begin * s.b[0], s.b[0], y + begin, end - begin);
    });
    return;
  }
  Index rows = 1;
  for (int d = 0; d < last; d++) rows *= s.size[d];
  parallel_ranges(rows, upper(1, kGrain / n), [&](Index begin, Index end) {
    for (Index r = begin; r < end; r++) {
      Index rest = r, at_a = 0, at_b = 0;
      for (int d = last - 1; d >= 0; d--) {
        const Index i = rest % s.size[d];
        rest /= s.size[d];
        at_a += i * s.a[d];
        at_b += i * s.b[d];
      }
      binary_row<kOp>(a + at_a, s.a[last], b + at_b, s.b[last], y + r * n, n);
    }
  });
}

void binary(archer::Binary op, const Broadcast& s, const float* a, const float* b, float* y) {
  switch (op) {
    case archer::kAdd: return binary_as<archer::kAdd>(s, a, b, y);
    case archer::kSubtract: return binary_as<archer::kSubtract>(s, a, b, y);
    case archer::kMultiply: return binary_as<archer::kMultiply>(s, a, b, y);
    case archer::kDivide: return binary_as<archer::kDivide>(s, a, b, y);
    case archer::kMaximum: return binary_as<archer::kMaximum>(s, a, b, y);
    case archer::kMinimum: return binary_as<archer::kMinimum>(s, a, b, y);
    case archer::kSquaredDifference: return binary_as<archer::kSquaredDifference>(s, a, b, y);
    case archer::kReluGradient: return binary_as<archer::kReluGradient>(s, a, b, y);
  }
}

/// The sum of `count` tensors, from the first to the last.
void sum_all(int count, Index size, const float* const* x, float* y) {
  parallel_ranges(size, kGrain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i += VL) {
      const Index n = end - i;
      V total = load_upto(x[0] + i, n);
      for (int k = 1; k < count; k++) total = total + load_upto(x[k] + i, n);
      store_upto(y + i, total, n);
    }
  });
}

void fill(Index size, float value, float* y) {
  parallel_ranges(size, kGrain, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i += VL) store_upto(y + i, splat(value), end - i);
  });
}

void copy(const Copy& s, const float* from, float* to) {
  const int last = s.rank - 1;
  const Index n = s.size[last], from_step = s.from[last], to_step = s.to[last];
  Index rows = 1;
  for (int d = 0; d < last; d++) rows *= s.size[d];
  parallel_ranges(rows, upper(1, kGrain / n), [&](Index begin, Index end) {
    for (Index r = begin; r < end; r++) {
      Index rest = r;
      const float* source = from + s.from_offset;
      float* target = to + s.to_offset;
      for (int d = last - 1; d >= 0; d--) {
        const Index i = rest % s.size[d];
        rest /= s.size[d];
        source += i * s.from[d];
        target += i * s.to[d];
      }
      if (from_step == 1 && to_step == 1) {
        std::memcpy(target, source, static_cast<std::size_t>(n) * sizeof(float));
      } else {
        for (Index i = 0; i < n; i++) target[i * to_step] = source[i * from_step];
      }
    }
  });
}

}  // namespace
