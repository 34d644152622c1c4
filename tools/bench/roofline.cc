// What the machine can do at most: f32 multiply-adds that need no memory, the same of bf16 pairs
// where the processor has them (else 0), and c = a + b over arrays that no cache holds. Prints JSON; the argument is the number of threads.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));

constexpr int kChains = 12;  // more than latency x units of any processor we know
constexpr long kSteps = 4'000'000;
constexpr size_t kFloats = size_t{32} << 20;  // per array
constexpr int kRepeats = 5;

// Keeps results alive.
volatile float sink;

void MultiplyAdd() {
  Vector sums[kChains];
  Vector factor = {}, term = {};
  for (int lane = 0; lane < kLanes; ++lane) factor[lane] = 0.999f, term[lane] = 1e-3f;
  for (auto& sum : sums) sum = term;
  for (long step = 0; step < kSteps; ++step) {
#pragma GCC unroll 12
    for (int chain = 0; chain < kChains; ++chain) sums[chain] = sums[chain] * factor + term;
  }
  for (int chain = 1; chain < kChains; ++chain) sums[0] += sums[chain];
  sink = sums[0][0];
}

#if defined(__AVX512BF16__)
void MultiplyAddPairs() {
  __m512 sums[kChains];
  const __m512 ones = _mm512_set1_ps(1e-3f);
  const __m512bh pairs = _mm512_cvtne2ps_pbh(ones, ones);
  // Chains with the same numbers would become one.
  for (int chain = 0; chain < kChains; ++chain) sums[chain] = _mm512_set1_ps(chain);
  for (long step = 0; step < kSteps; ++step) {
#pragma GCC unroll 12
    for (int chain = 0; chain < kChains; ++chain) {
      sums[chain] = _mm512_dpbf16_ps(sums[chain], pairs, pairs);
    }
  }
  for (int chain = 1; chain < kChains; ++chain) sums[0] += sums[chain];
  sink = sums[0][0];
}
#endif

// Seconds of the fastest of several runs of work(thread) on all threads.
double Fastest(int threads, const std::function<void(int)>& work) {
  double best = 1e9;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> team;
    for (int thread = 0; thread < threads; ++thread) team.emplace_back(work, thread);
    for (auto& member : team) member.join();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::min(best, seconds.count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  const double compute = Fastest(threads, [](int) { MultiplyAdd(); });
  const double flops = 2.0 * kLanes * kChains * kSteps * threads;
  double pairs = 0;  // GFLOP/s
#if defined(__AVX512BF16__)
  pairs = 2 * flops / Fastest(threads, [](int) { MultiplyAddPairs(); }) / 1e9;
#endif
  std::vector<float> a(kFloats, 1), b(kFloats, 2), c(kFloats);
  const double memory = Fastest(threads, [&](int thread) {
    const size_t begin = kFloats * thread / threads, end = kFloats * (thread + 1) / threads;
    for (size_t i = begin; i < end; ++i) c[i] = a[i] + b[i];
  });
  sink = c[kFloats / 2];
  std::printf("{\"gflops\": %.1f, \"gflopsBf16\": %.1f, \"gigabytes\": %.1f}\n",
              flops / compute / 1e9, pairs, 3.0 * sizeof(float) * kFloats / memory / 1e9);
}
