#include "dispatch.h"

namespace archer {

const Kernels* const* available_kernels() {
  static const Kernels* found[4] = {};
  if (found[0] != nullptr) return found;
  int count = 0;
#if defined(__x86_64__)
  // These also ask whether the operating system saves the registers.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    found[count++] = &kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[count++] = &kAvx2;
#endif
  found[count++] = &kBaseline;
  return found;
}

const Kernels* const* available_bf16_kernels() {
  static const Kernels* found[2] = {};
#ifdef ARCHER_HAS_BF16
  __builtin_cpu_init();
  if (available_kernels()[0] == &kAvx512 && __builtin_cpu_supports("avx512bf16")) found[0] = &kAvx512Bf16;
#endif
  return found;
}

}  // namespace archer
