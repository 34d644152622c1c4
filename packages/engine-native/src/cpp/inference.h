// Batch norms with given statistics, each image normalised where its convolution has just left it,
// and what recalibration needs: moments of many batches as one, and running ones.
#pragma once

#include "separable.h"

namespace {

/// addend + gamma·(conv(relu(x)) − mean)/√(variance + ε) + beta
void conv_norm_given(const Conv& c, float epsilon, bool with_relu, const float* x, const float* w,
                     const PendingNorm& norm, const float* addend, float* z) {
  Input in;
  plan_input(c, with_relu, in);
  const float* packed = pack_filter(c, w);
  const Affine affine = affine_of(c.co, epsilon, norm.gamma, norm.beta, norm.mean, norm.variance);
  const Index size = image_out(c);
  parallel(c.n, [&](Index n) {
    float* out = z + n * size;
    conv_image(c, in, input_image(c, in, x + n * image_in(c), with_relu), packed, out);
    apply_affine(out, pixels_out(c), c.co, affine, addend ? addend + n * size : nullptr, out);
  });
}

void separable_given(const Separable& s, float epsilon, bool with_relu, const float* x,
                     const float* filter, const float* mix, const PendingNorm& norm,
                     const float* addend, float* z) {
  const Conv& p = s.pointwise;
  const Affine affine = affine_of(p.co, epsilon, norm.gamma, norm.beta, norm.mean, norm.variance);
  const Index size = image_out(p);
  separable_images(s, with_relu, x, nullptr, filter, mix, z, [&](Index n, float* out) {
    apply_affine(out, pixels_out(p), p.co, affine, addend ? addend + n * size : nullptr, out);
  });
}

void norm_given_add(const Norm& m, const float* x, const PendingNorm& norm, const float* addend,
                    float* z) {
  const Index size = m.pixels * m.channels;
  const Affine affine = affine_of(m.channels, m.epsilon, norm.gamma, norm.beta, norm.mean, norm.variance);
  parallel(m.images, [&](Index n) {
    apply_affine(x + n * size, m.pixels, m.channels, affine, addend ? addend + n * size : nullptr,
                 z + n * size);
  });
}

/// Mean and biased variance of all values of some batches, from each one's count, mean and biased
/// variance: M = Σ nᵢ, μ = Σ nᵢ μᵢ / M, σ² = Σ nᵢ (σᵢ² + (μᵢ − μ)²) / M.
void pool_moments(int batches, Index channels, const std::int32_t* counts, const float* const* means,
                  const float* const* variances, float* mean, float* variance) {
  double all = 0;
  for (int i = 0; i < batches; i++) all += counts[i];
  for (Index c = 0; c < channels; c++) {
    double sum = 0, squares = 0;
    for (int i = 0; i < batches; i++) sum += counts[i] * static_cast<double>(means[i][c]);
    const double centre = sum / all;
    for (int i = 0; i < batches; i++) {
      const double apart = means[i][c] - centre;
      squares += counts[i] * (variances[i][c] + apart * apart);
    }
    mean[c] = static_cast<float>(centre);
    variance[c] = static_cast<float>(squares / all);
  }
}

/// Running moments: old·(1 − share) + new·share, the variance's times `unbiased`.
void update_moments(const archer::Running& s, const float* mean, const float* variance,
                    const float* batch_mean, const float* batch_variance, float* new_mean,
                    float* new_variance) {
  const double keep = 1 - s.share, take = s.unbiased * s.share;
  for (Index c = 0; c < s.channels; c++) {
    new_mean[c] = static_cast<float>(mean[c] * keep + batch_mean[c] * s.share);
    new_variance[c] = static_cast<float>(variance[c] * keep + batch_variance[c] * take);
  }
}

}  // namespace
