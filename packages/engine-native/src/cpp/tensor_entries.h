// Calls of the kernels for tensors of any shape, for losses and for SGD.
#pragma once

#include "shapes.h"
#include "threads.h"

namespace archer {
namespace {

// operation, size, x, y
void unary(const Arguments& a) {
  const std::int64_t op = a.integer(0), size = elements({a.integer(1)});
  if (op < 0 || op > kStep) refuse("There is no such operation.");
  kernels->unary(static_cast<Unary>(op), size, a.floats(2, size), a.floats(3, size));
}

// operation, shape [rank, sizes, strides of a, strides of b] or the size alone, a, b, y
void binary(const Arguments& a) {
  const std::int64_t op = a.integer(0);
  if (op < 0 || op > kReluGradient) refuse("There is no such operation.");
  const std::int32_t* p = a.integers(1, 1);
  Broadcast s;
  s.rank = rank_of(p[0]);
  p = a.integers(1, 1 + 3 * s.rank);
  std::int64_t size = 1;
  for (int d = 0; d < s.rank; d++) {
    s.size[d] = p[1 + d];
    s.a[d] = p[1 + s.rank + d];
    s.b[d] = p[1 + 2 * s.rank + d];
    size = elements({size, s.size[d]});
  }
  const int last = s.rank - 1;
  if (s.a[last] > 1 || s.b[last] > 1) refuse("The last axis is neither whole nor broadcast.");
  kernels->binary(static_cast<Binary>(op), s, a.floats(2, reach(s.rank, s.size, s.a, 0)),
                  a.floats(3, reach(s.rank, s.size, s.b, 0)), a.floats(4, size));
}

// size, array of inputs, y
void sum_all(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const int count = a.list_length(1);
  if (count < 1) refuse("Argument 2 is not an array of tensors.");
  if (count > 65536) refuse("A sum has more than 65536 inputs.");
  auto** inputs = static_cast<const float**>(scratch(kOffsets, sizeof(float*) * static_cast<std::size_t>(count)));
  for (int i = 0; i < count; i++) inputs[i] = a.floats_in_list(1, i, size);
  kernels->sum_all(count, size, inputs, a.floats(2, size));
}

// outer, n, inner, scale, x, y
void sum(const Arguments& a) {
  const std::int64_t outer = a.integer(0), n = a.integer(1), inner = a.integer(2);
  const std::int64_t size = elements({outer, n, inner});
  if (size < 1) refuse("A sum has no values.");
  kernels->sum(outer, n, inner, static_cast<float>(a.number(3)), a.floats(4, size), a.floats(5, elements({outer, inner})));
}

// size, value, y
void fill(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  kernels->fill(size, static_cast<float>(a.number(1)), a.floats(2, size));
}

// shape [rank, offset from, offset to, sizes, strides from, strides to], from, to
void copy(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 3);
  Copy s;
  s.rank = rank_of(p[0]);
  p = a.integers(0, 3 + 3 * s.rank);
  s.from_offset = p[1];
  s.to_offset = p[2];
  for (int d = 0; d < s.rank; d++) {
    s.size[d] = p[3 + d];
    s.from[d] = p[3 + s.rank + d];
    s.to[d] = p[3 + 2 * s.rank + d];
    elements({s.size[d]});
  }
  kernels->copy(s, a.floats(1, reach(s.rank, s.size, s.from, s.from_offset)),
                a.floats(2, reach(s.rank, s.size, s.to, s.to_offset)));
}

// shape [batch, m, k, n, transpose a, transpose b, step of a, step of b], a, b, y
void matmul(const Arguments& a) {
  const std::int32_t* p = a.integers(0, 8);
  const Matmul s = {p[0], p[1], p[2], p[3], p[4] != 0, p[5] != 0, p[6], p[7]};
  if (s.batch < 1 || s.m < 1 || s.k < 1 || s.n < 1) refuse("A matrix is empty.");
  const std::int64_t one_a = elements({s.m, s.k}), one_b = elements({s.k, s.n});
  if ((s.a_step != 0 && s.a_step != one_a) || (s.b_step != 0 && s.b_step != one_b)) {
    refuse("Matrices of a batch do not follow each other.");
  }
  elements({s.k, std::int64_t{s.n} + 16});
  kernels->matmul(s, a.floats(1, elements({s.a_step == 0 ? 1 : s.batch, one_a})),
                  a.floats(2, elements({s.b_step == 0 ? 1 : s.batch, one_b})),
                  a.floats(3, elements({s.batch, s.m, s.n})));
}

// n, classes, logits, labels, losses, errors
void cross_entropy(const Arguments& a) {
  const std::int64_t n = a.integer(0), classes = a.integer(1), size = elements({n, classes});
  if (size < 1) refuse("A loss has no values.");
  const std::int32_t* labels = a.integers(3, n);
  for (std::int64_t i = 0; i < n; i++) {
    if (labels[i] < 0 || labels[i] >= classes) refuse("A label is not one of the classes.");
  }
  kernels->cross_entropy(static_cast<int>(n), static_cast<int>(classes), a.floats(2, size), labels,
                         a.floats(4, n), a.floats(5, size));
}

// size, rate, momentum, decay, scale, nesterov, w, v, gradient, new w, new v
void sgd(const Arguments& a) {
  const std::int64_t size = elements({a.integer(0)});
  const Sgd s = {a.number(1), a.number(2), a.number(3), a.number(4), a.flag(5)};
  kernels->sgd(s, size, a.floats(6, size), a.floats(7, size), a.floats_or_null(8, size), a.floats(9, size), a.floats(10, size));
}

}  // namespace
}  // namespace archer
