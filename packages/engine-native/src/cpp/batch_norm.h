// Batch normalisation. Every image gives its own sums, in scratch memory, and these are combined
// in the order of the images and in double precision: no thread count changes a bit, and no large
// mean cancels a small variance.
#pragma once

#include "parallel.h"
#include "words.h"

namespace {

using archer::Norm;

/// Calls f(channel, lanes) for vectors of channels.
template <class F>
ARCHER_INLINE void for_channels(Index channels, F&& f) {
  for (Index c = 0; c < channels; c += VL) f(c, channels - c);
}

/// Means and Σ(x − mean)² of one image by channel, while the image is in the cache.
template <class T>
void image_moments(const T* x, Index pixels, Index channels, float* mean, float* m2) {
  const V share = splat(1.0f / static_cast<float>(pixels));
  for_channels(channels, [&](Index c, Index n) {
    V a = zero(), b = zero(), d = zero(), e = zero();
    Index p = 0;
    const T* at = x + c;
    for (; p + 4 <= pixels; p += 4, at += 4 * channels) {
      a = a + load_upto(at, n);
      b = b + load_upto(at + channels, n);
      d = d + load_upto(at + 2 * channels, n);
      e = e + load_upto(at + 3 * channels, n);
    }
    for (; p < pixels; p++, at += channels) a = a + load_upto(at, n);
    const V centre = ((a + b) + (d + e)) * share;
    a = b = d = e = zero();
    at = x + c;
    for (p = 0; p + 4 <= pixels; p += 4, at += 4 * channels) {
      const V u = load_upto(at, n) - centre, v = load_upto(at + channels, n) - centre;
      const V s = load_upto(at + 2 * channels, n) - centre, t = load_upto(at + 3 * channels, n) - centre;
      a = fma(u, u, a);
      b = fma(v, v, b);
      d = fma(s, s, d);
      e = fma(t, t, e);
    }
    for (; p < pixels; p++, at += channels) {
      const V u = load_upto(at, n) - centre;
      a = fma(u, u, a);
    }
    store_upto(mean + c, centre, n);
    store_upto(m2 + c, (a + b) + (d + e), n);
  });
}

/// Σ dz and Σ dz·(x − mean) of one image by channel.
template <class T>
void image_gradient_sums(const float* dz, const T* x, Index pixels, Index channels,
                         const float* mean, float* sum, float* product) {
  for_channels(channels, [&](Index c, Index n) {
    const V centre = load_upto(mean + c, n);
    V s0 = zero(), s1 = zero(), p0 = zero(), p1 = zero();
    const float* d = dz + c;
    const T* v = x + c;
    Index p = 0;
    for (; p + 2 <= pixels; p += 2, d += 2 * channels, v += 2 * channels) {
      const V d0 = load_upto(d, n), d1 = load_upto(d + channels, n);
      s0 = s0 + d0;
      s1 = s1 + d1;
      p0 = fma(d0, load_upto(v, n) - centre, p0);
      p1 = fma(d1, load_upto(v + channels, n) - centre, p1);
    }
    if (p < pixels) {
      const V d0 = load_upto(d, n);
      s0 = s0 + d0;
      p0 = fma(d0, load_upto(v, n) - centre, p0);
    }
    store_upto(sum + c, s0 + s1, n);
    store_upto(product + c, p0 + p1, n);
  });
}

/// Two rows of `channels` floats for each image.
struct ImageSums {
  float* values;
  Index channels;
  float* first(Index image) const { return values + 2 * image * channels; }
  float* second(Index image) const { return values + (2 * image + 1) * channels; }
};

ImageSums image_sums(Index images, Index channels) {
  return {floats(archer::kStatistics, 2 * images * channels), channels};
}

/// Images with the same number of pixels: mean of means, and M2 = Σ m2 + pixels Σ (mean_i − mean)².
void combine_moments(const ImageSums& sums, Index images, Index pixels, float* mean, float* variance) {
  for (Index c = 0; c < sums.channels; c++) {
    double total = 0;
    for (Index n = 0; n < images; n++) total += sums.first(n)[c];
    const double centre = total / static_cast<double>(images);
    double within = 0, between = 0;
    for (Index n = 0; n < images; n++) {
      const double apart = sums.first(n)[c] - centre;
      within += sums.second(n)[c];
      between += apart * apart;
    }
    mean[c] = static_cast<float>(centre);
    variance[c] = static_cast<float>(
        (within + static_cast<double>(pixels) * between) / static_cast<double>(images * pixels));
  }
}

/// Per channel z = scale·(x − centre) + shift. The difference comes first: next to a large mean,
/// scale·x would lose what distinguishes the values.
struct Affine {
  const float *centre, *scale, *shift;
};

Affine affine_of(Index channels, float epsilon, const float* gamma, const float* beta,
                 const float* mean, const float* variance) {
  float* scale = floats(archer::kChannels, 2 * channels);
  float* shift = scale + channels;
  for (Index c = 0; c < channels; c++) {
    const double k = (gamma ? gamma[c] : 1.0) / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    scale[c] = static_cast<float>(k);
    shift[c] = beta ? beta[c] : 0;
  }
  return {mean, scale, shift};
}

/// z = scale·(x − centre) + shift (+ addend) for some pixels.
template <class T>
void apply_affine(const T* x, Index pixels, Index channels, const Affine& affine,
                  const float* addend, float* z) {
  for_channels(channels, [&](Index c, Index n) {
    const V centre = load_upto(affine.centre + c, n);
    const V scale = load_upto(affine.scale + c, n), shift = load_upto(affine.shift + c, n);
    if (n >= VL) {
      if (addend) {
        for (Index i = c; i < pixels * channels; i += channels) {
          store(z + i, load(addend + i) + fma(load(x + i) - centre, scale, shift));
        }
      } else {
        for (Index i = c; i < pixels * channels; i += channels) {
          store(z + i, fma(load(x + i) - centre, scale, shift));
        }
      }
      return;
    }
    const int rest = static_cast<int>(n);
    for (Index i = c; i < pixels * channels; i += channels) {
      V value = fma(load_part(x + i, rest) - centre, scale, shift);
      if (addend) value = load_part(addend + i, rest) + value;
      store_part(z + i, value, rest);
    }
  });
}

/// dx = k·dz + a·x + b by channel: γ/σ · (dz − Σdz/M − x̂·Σ(dz·x̂)/M) with x̂ = (x − μ)/σ.
struct NormGradient {
  const float *k, *a, *b;
};

NormGradient combine_gradients(const ImageSums& sums, Index images, Index pixels, float epsilon,
                               const float* gamma, const float* mean, const float* variance,
                               float* dgamma, float* dbeta) {
  const Index channels = sums.channels;
  float* k = floats(archer::kChannels, 3 * channels);
  float *a = k + channels, *b = a + channels;
  const double count = static_cast<double>(images * pixels);
  for (Index c = 0; c < channels; c++) {
    double sum = 0, product = 0;
    for (Index n = 0; n < images; n++) {
      sum += sums.first(n)[c];
      product += sums.second(n)[c];
    }
    const double inverse = 1 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    const double gain = (gamma ? gamma[c] : 1.0) * inverse;
    const double slope = -gain * inverse * inverse * product / count;
    k[c] = static_cast<float>(gain);
    a[c] = static_cast<float>(slope);
    b[c] = static_cast<float>(-gain * sum / count - slope * mean[c]);
    dgamma[c] = static_cast<float>(product * inverse);
    dbeta[c] = static_cast<float>(sum);
  }
  return {k, a, b};
}

template <class T>
void apply_norm_gradient(const float* dz, const T* x, Index pixels, Index channels,
                         const NormGradient& g, float* dx) {
  for_channels(channels, [&](Index c, Index n) {
    const V k = load_upto(g.k + c, n), a = load_upto(g.a + c, n), b = load_upto(g.b + c, n);
    if (n >= VL) {
      for (Index i = c; i < pixels * channels; i += channels) {
        store(dx + i, fma(load(dz + i), k, fma(load(x + i), a, b)));
      }
      return;
    }
    const int rest = static_cast<int>(n);
    for (Index i = c; i < pixels * channels; i += channels) {
      store_part(dx + i, fma(load_part(dz + i, rest), k, fma(load_part(x + i, rest), a, b)), rest);
    }
  });
}

void norm(const Norm& m, const float* x, const float* gamma, const float* beta, const float* addend,
          float* z, float* mean, float* variance) {
  const Index size = m.pixels * m.channels;
  const ImageSums sums = image_sums(m.images, m.channels);
  parallel(m.images, [&](Index n) {
    image_moments(x + n * size, m.pixels, m.channels, sums.first(n), sums.second(n));
  });
  combine_moments(sums, m.images, m.pixels, mean, variance);
  const Affine affine = affine_of(m.channels, m.epsilon, gamma, beta, mean, variance);
  parallel(
      m.images,
      [&](Index n) {
        apply_affine(x + n * size, m.pixels, m.channels, affine, addend ? addend + n * size : nullptr,
                     z + n * size);
      },
      true);
}

void norm_gradient(const Norm& m, const float* dz, const float* x, const float* gamma,
                   const float* mean, const float* variance, float* dx, float* dgamma, float* dbeta) {
  const Index size = m.pixels * m.channels;
  const ImageSums sums = image_sums(m.images, m.channels);
  parallel(m.images, [&](Index n) {
    image_gradient_sums(dz + n * size, x + n * size, m.pixels, m.channels, mean, sums.first(n),
                        sums.second(n));
  });
  const NormGradient g = combine_gradients(sums, m.images, m.pixels, m.epsilon, gamma, mean, variance,
                                           dgamma, dbeta);
  parallel(
      m.images,
      [&](Index n) {
        apply_norm_gradient(dz + n * size, x + n * size, m.pixels, m.channels, g, dx + n * size);
      },
      true);
}

void norm_given(const Norm& m, const float* x, const float* gamma, const float* beta,
                const float* mean, const float* variance, float* z) {
  const Index size = m.pixels * m.channels;
  const Affine affine = affine_of(m.channels, m.epsilon, gamma, beta, mean, variance);
  parallel(m.images, [&](Index n) {
    apply_affine(x + n * size, m.pixels, m.channels, affine, nullptr, z + n * size);
  });
}

}  // namespace
