// What kernels are asked to do: sizes, strides and the places of tensors, without their values.
#pragma once

#include <cstdint>

namespace archer {

/// A convolution; for a depthwise one `co` is `ci` times the channel multiplier.
struct Conv {
  int n, h, w, ci;
  int kh, kw, co;
  int sh, sw;  // strides
  int dh, dw;  // dilations
  int pt, pl;  // zeros above and to the left
  int oh, ow;  // the result
};

/// A depthwise convolution with one filter per channel and a pointwise one of its result.
struct Separable {
  Conv depthwise, pointwise;
};

/// gamma (x − mean)/√(variance + ε) + beta; gamma and beta may be null. No norm: mean is null.
struct PendingNorm {
  const float *mean, *variance, *gamma, *beta;
};

/// A pooling window that moves over images of c channels.
struct Pool {
  int n, h, w, c;
  int kh, kw, sh, sw, pt, pl, oh, ow;
};

/// Batch normalisation of `rows` pixels in `images` parts.
struct Norm {
  std::int64_t images, pixels;
  int channels;
  float epsilon;
};

enum Binary { kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum, kSquaredDifference, kReluGradient };
enum Transcendental { kExponential, kLogarithm, kSigmoid, kTanh };
enum Unary { kRelu, kNegate, kSquare, kRoot, kInverseRoot, kReciprocal, kAbsolute, kStep };

constexpr int kMaxRank = 6;

/// Two inputs that are broadcast over a result: sizes and strides (0 where broadcast).
struct Broadcast {
  int rank;
  std::int64_t size[kMaxRank], a[kMaxRank], b[kMaxRank];
};

/// A copy between boxes: sizes and strides on both sides.
struct Copy {
  int rank;
  std::int64_t size[kMaxRank], from[kMaxRank], to[kMaxRank];
  std::int64_t from_offset, to_offset;
};

struct Matmul {
  int batch, m, k, n;
  bool transpose_a, transpose_b;
  /// Distance between the matrices of a batch; 0: one matrix for all.
  std::int64_t a_step, b_step;
};

/// `scale` multiplies the gradient first.
struct Sgd {
  double rate, momentum, decay, scale;
  bool nesterov;
};

/// `step` is the rate over 1 − β₁ᵗ, `root` is √(1 − β₂ᵗ).
struct Adam {
  double step, beta1, beta2, epsilon, root, decay, shrink;
};

/// A new batch's share in running moments, and n/(n − 1) of its n values.
struct Running {
  std::int64_t channels;
  double share, unbiased;
};

struct Lstm {
  int n, inputs, hidden;
};

enum Activation { kTanhOf, kReluOf, kSigmoidOf, kIdentityOf };

/// A gated node of a recurrent cell; with no second input `inputs` is 0.
struct Highway {
  int n, inputs, width;
  Activation activation;
};

/// Values [n, k], a mask of them or null, and weights [k, width].
struct HighwayInput {
  const float *of, *mask, *gate, *value;
};

/// Where its gradients go, or null; those that are added to what is there.
struct HighwayGradient {
  float *of, *gate, *value;
  bool add_of, add_gate, add_value;
};

/// A chosen recurrent cell over a window. Of each node: the earlier node that it reads, its activation,
/// and whether it is one of those that are averaged to the new state. The first reads x and h.
struct HighwayWindow {
  int steps, lanes, inputs, width, nodes, averaged;
  const std::int32_t* cell;
  int from(int node) const { return cell[3 * node]; }
  Activation activation(int node) const { return static_cast<Activation>(cell[3 * node + 1]); }
  bool is_averaged(int node) const { return cell[3 * node + 2] != 0; }
};

/// x [steps, lanes, inputs], h [lanes, width], their masks of one step or null. Weights in pairs of gate
/// and value: of x [inputs, width], then of each node [width, width].
struct HighwayWindowInputs {
  const float *x, *input_mask, *h, *hidden_mask;
  const float* const* weights;
};

/// Where the gradients go; those by x, h and all weights may be null.
struct HighwayWindowGradients {
  float *x, *h;
  float* const* weights;
};

/// n tokens, rows of a table.
struct Embedding {
  int n, rows, width;
};

/// The decoder of n states of a width: a row of its table and a bias for each class.
struct Decoder {
  int n, width, classes;
};

/// Of each state: loss, length of softmax − one-hot, and one where the label has the largest logit.
struct DecodedLosses {
  float *losses, *lengths, *hits;
};

/// Gradients of Σ factor · loss; all null or none.
struct DecoderGradients {
  float *states, *table, *bias;
};

}  // namespace archer
