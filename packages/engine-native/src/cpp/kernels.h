// What every instruction set offers: one table of kernels. Tensors are float, images NHWC, filters
// [height, width, in, out]. Shapes have been checked before a kernel is called.
#pragma once

#include <cstdint>

#include "tasks.h"

namespace archer {

struct Kernels {
  const char* name;
  /// Bytes of each number that is saved for a gradient: 4, or 2 where products are of bf16 numbers.
  int saved_bytes;

  void (*conv)(const Conv&, const float* x, const float* w, float* y);
  void (*conv_input_gradient)(const Conv&, const float* dy, const float* w, float* dx);
  void (*conv_filter_gradient)(const Conv&, const float* x, const float* dy, float* dw);

  void (*depthwise)(const Conv&, const float* x, const float* w, float* y);
  void (*depthwise_input_gradient)(const Conv&, const float* dy, const float* w, float* dx);
  void (*depthwise_filter_gradient)(const Conv&, const float* x, const float* dy, float* dw);

  /// y = conv(relu(x)), z = addend + gamma (y − mean)/√(variance + ε) + beta; null where absent.
  /// y is for the gradient alone, in numbers of `saved_bytes`.
  void (*conv_norm)(const Conv&, float epsilon, bool relu, const float* x, const float* w,
                    const float* gamma, const float* beta, const float* addend, float* y, float* z,
                    float* mean, float* variance);
  /// dx may be null, and gamma; `add`: what is in dx is added to.
  void (*conv_norm_gradient)(const Conv&, float epsilon, bool relu, bool add, const float* dz,
                             const float* x, const float* y, const float* w, const float* gamma,
                             const float* mean, const float* variance, float* dx, float* dw,
                             float* dgamma, float* dbeta);

  void (*norm)(const Norm&, const float* x, const float* gamma, const float* beta,
               const float* addend, float* z, float* mean, float* variance);
  void (*norm_gradient)(const Norm&, const float* dz, const float* x, const float* gamma,
                        const float* mean, const float* variance, float* dx, float* dgamma,
                        float* dbeta);
  /// z = gamma (x − mean)/√(variance + ε) + beta with given statistics.
  void (*norm_given)(const Norm&, const float* x, const float* gamma, const float* beta,
                     const float* mean, const float* variance, float* z);

  void (*max_pool)(const Pool&, const float* x, float* y);
  void (*max_pool_gradient)(const Pool&, const float* x, const float* dy, float* dx);
  /// The addend may be null.
  void (*average_pool)(const Pool&, const float* x, const float* addend, float* y);
  /// `add`: what is in dx is added to.
  void (*average_pool_gradient)(const Pool&, bool add, const float* dy, float* dx);

  void (*unary)(Unary, std::int64_t size, const float* x, float* y);
  void (*binary)(Binary, const Broadcast&, const float* a, const float* b, float* y);
  void (*sum_all)(int count, std::int64_t size, const float* const* x, float* y);
  /// y[o, i] = scale Σ_n x[o, n, i]
  void (*sum)(std::int64_t outer, std::int64_t n, std::int64_t inner, float scale, const float* x,
              float* y);
  void (*fill)(std::int64_t size, float value, float* y);
  void (*copy)(const Copy&, const float* from, float* to);

  void (*matmul)(const Matmul&, const float* a, const float* b, float* y);

  /// Losses [n] and softmax − one-hot [n, classes].
  void (*cross_entropy)(int n, int classes, const float* logits, const std::int32_t* labels,
                        float* losses, float* errors);
  /// From w and v to new_w and new_v, which may be the same; the gradient may be null.
  void (*sgd)(const Sgd&, std::int64_t size, const float* w, const float* v, const float* gradient,
              float* new_w, float* new_v);

  /// y = pointwise(depthwise(relu(norm(x)))) and its moments.
  void (*separable)(const Separable&, float epsilon, bool relu, const float* x,
                    const PendingNorm& before, const float* filter, const float* mix, float* y,
                    float* mean, float* variance);
  /// By dz, the gradient of y's batch norm. `sums` [images, 2, channels of y], Σ dz and
  /// Σ dz·(y − mean), are made here where null. dx is the gradient by norm(x) and may be null; with
  /// `add` it joins what is there;
  /// `sums_before` are its sums for the norm of x and may be null.
  void (*separable_gradient)(const Separable&, float epsilon, bool relu, bool add, const float* dz,
                             const float* x, const PendingNorm& before, const float* y,
                             const float* filter, const float* mix, const float* gamma,
                             const float* mean, const float* variance, const float* sums, float* dx,
                             float* sums_before, float* dfilter, float* dmix, float* dgamma,
                             float* dbeta);

  /// With given statistics: z = addend + norm(convolution); the addend may be null.
  void (*separable_given)(const Separable&, float epsilon, bool relu, const float* x,
                          const float* filter, const float* mix, const PendingNorm& norm,
                          const float* addend, float* z);
  void (*conv_norm_given)(const Conv&, float epsilon, bool relu, const float* x, const float* w,
                          const PendingNorm& norm, const float* addend, float* z);
  void (*norm_given_add)(const Norm&, const float* x, const PendingNorm& norm, const float* addend,
                         float* z);
  void (*pool_moments)(int batches, std::int64_t channels, const std::int32_t* counts,
                       const float* const* means, const float* const* variances, float* mean,
                       float* variance);
  void (*update_moments)(const Running&, const float* mean, const float* variance,
                         const float* batch_mean, const float* batch_variance, float* new_mean,
                         float* new_variance);

  /// y = Σ weightₖ xₖ
  void (*mixture)(int count, std::int64_t size, const float* weights, const float* const* x, float* y);
  /// A dx may be null.
  void (*mixture_gradient)(int count, std::int64_t size, const float* weights, const float* dy,
                           const float* const* x, float* const* dx, float* dweights);

  void (*adam)(const Adam&, std::int64_t size, const float* w, const float* m, const float* v,
               const float* gradient, float* new_w, float* new_m, float* new_v);
  void (*norms)(int count, const std::int32_t* sizes, const float* const* x, float* out);

  void (*transcendental)(Transcendental, std::int64_t size, const float* x, float* y);
  void (*softmax)(std::int64_t rows, std::int64_t columns, const float* x, float* y);
  /// y[o, i] = the largest (`most`) or smallest x[o, n, i]
  void (*extreme)(bool most, std::int64_t outer, std::int64_t n, std::int64_t inner, const float* x,
                  float* y);

  /// x [n, inputs], h and c [n, hidden], Wx [inputs, 4 hidden], Wh [hidden, 4 hidden], b [4 hidden],
  /// gates [n, 4 hidden], state [2, n, hidden].
  void (*lstm)(const Lstm&, const float* x, const float* h, const float* c, const float* wx,
               const float* wh, const float* bias, float* gates, float* state);
  void (*lstm_gradient)(const Lstm&, const float* x, const float* h, const float* c, const float* wx,
                        const float* wh, const float* gates, const float* state, const float* dstate,
                        float* dx, float* dh, float* dc, float* dwx, float* dwh, float* dbias);

  /// y = s + σ(c)·(f(v) − s), [c, v] = the products of both inputs; factors [2, n, width] are σ(c), f(v).
  void (*highway)(const Highway&, const HighwayInput& state, const HighwayInput& input,
                  float* factors, float* y);
  void (*highway_gradient)(const Highway&, const HighwayInput& state, const HighwayInput& input,
                           const float* factors, const float* dy, const HighwayGradient& dstate,
                           const HighwayGradient& dinput);
  /// saved [nodes, 3, steps, lanes, width]: each node's state, σ(c) and f(v); states [steps, lanes, width].
  void (*highway_window)(const HighwayWindow&, const HighwayWindowInputs&, float* saved, float* states);
  void (*highway_window_gradient)(const HighwayWindow&, const HighwayWindowInputs&, const float* saved,
                                  const float* states, const float* dstates,
                                  const HighwayWindowGradients&);

  void (*embedding)(const Embedding&, const float* table, const std::int32_t* tokens, float* y);
  /// `add`: what is in dtable is added to.
  void (*embedding_gradient)(const Embedding&, bool add, const std::int32_t* tokens, const float* dy,
                             float* dtable);
  /// The softmax cross entropy of states · tableᵀ + bias, whose logits are never there all at once.
  void (*decoded_cross_entropy)(const Decoder&, const float* states, const float* table,
                                const float* bias, const std::int32_t* labels, const float* factors,
                                const DecodedLosses&, const DecoderGradients&);
};

extern const Kernels kBaseline;
/// Products of bf16 numbers with ordinary arithmetic; only the sanitizers' program has it.
extern const Kernels kEmulatedBf16;
#if defined(__x86_64__)
extern const Kernels kAvx2;
extern const Kernels kAvx512;
/// Products of bf16 numbers, two at a time, summed in floats; everything else as the others.
extern const Kernels kAvx512Bf16;
#endif

}  // namespace archer
