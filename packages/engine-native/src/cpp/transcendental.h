// Exponentials and their kin, one number after the other in double precision, so that every machine
// gives the same bits; softmax; and the largest or smallest of many.
#pragma once

#include "exponential.h"

namespace {

template <archer::Transcendental kOp>
double transcendental_of(double x) {
  switch (kOp) {
    case archer::kExponential: return x > 700 ? static_cast<double>(INFINITY) : exponential(x);
    case archer::kLogarithm:
      if (!(x > 0)) return x == 0 ? -INFINITY : static_cast<double>(__builtin_nanf(""));
      return x <= 3.5e38 ? logarithm(x) : x;
    case archer::kSigmoid: return sigmoid(x);
    case archer::kTanh: return hyperbolic_tangent(x);
  }
  return x;
}

template <archer::Transcendental kOp>
void transcendental_as(Index size, const float* x, float* y) {
  parallel_ranges(size, 1024, [&](Index begin, Index end) {
    for (Index i = begin; i < end; i++) y[i] = static_cast<float>(transcendental_of<kOp>(x[i]));
  });
}

void transcendental(archer::Transcendental op, Index size, const float* x, float* y) {
  switch (op) {
    case archer::kExponential: return transcendental_as<archer::kExponential>(size, x, y);
    case archer::kLogarithm: return transcendental_as<archer::kLogarithm>(size, x, y);
    case archer::kSigmoid: return transcendental_as<archer::kSigmoid>(size, x, y);
    case archer::kTanh: return transcendental_as<archer::kTanh>(size, x, y);
  }
}

void softmax(Index rows, Index columns, const float* x, float* y) {
  parallel_ranges(rows, upper(1, 1024 / columns), [&](Index begin, Index end) {
    double* e = doubles(archer::kMatrix, columns);
    for (Index r = begin; r < end; r++) {
      const float* row = x + r * columns;
      const double total = exponentials(columns, row, largest_of(columns, row), e);
      for (Index c = 0; c < columns; c++) y[r * columns + c] = static_cast<float>(e[c] / total);
    }
  });
}

/// y[o, i] = the largest or smallest x[o, n, i]; NaN where one of them is.
void extreme(bool most, Index outer, Index n, Index inner, const float* x, float* y) {
  parallel_ranges(outer, upper(1, 16384 / upper(1, n * inner)), [&](Index begin, Index end) {
    for (Index o = begin; o < end; o++) {
      const float* from = x + o * n * inner;
      float* best = y + o * inner;
      std::memcpy(best, from, static_cast<std::size_t>(inner) * sizeof(float));
      for (Index k = 1; k < n; k++) {
        for (Index i = 0; i < inner; i++) {
          const float value = from[k * inner + i];
          const bool better = most ? value > best[i] : value < best[i];
          if (better || value != value) best[i] = value;
        }
      }
    }
  });
}

}  // namespace
