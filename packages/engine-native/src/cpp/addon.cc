// The kernels as functions of a Node addon.
#include <iterator>
#include <utility>

#include "arguments.h"
#include "entries.h"

namespace archer {
namespace {

template <int kCount, void (*kRun)(const Arguments&)>
napi_value checked(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    kRun(Arguments(env, info, kCount));
    return nullptr;
  });
}

void free_buffer(napi_env, void* data, void*) { release(data); }

// bytes → ArrayBuffer outside of the JavaScript heap, contents undefined
napi_value buffer(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const Arguments a(env, info, 1);
    const double bytes = a.number(0);
    if (!(bytes >= 1 && bytes <= 17179869184.0)) refuse("A buffer of that size cannot be had.");
    void* memory = allocate(static_cast<std::size_t>(bytes));
    if (memory == nullptr) refuse("Out of memory.");
    napi_value result;
    if (napi_create_external_arraybuffer(env, memory, static_cast<std::size_t>(bytes), free_buffer, nullptr, &result) != napi_ok) {
      release(memory);
      refuse("This runtime allows no external buffers.");
    }
    return result;
  });
}

void set_thread_count(const Arguments& a) {
  const std::int64_t count = a.integer(0);
  if (count < 1) refuse("At least one thread is needed.");
  set_threads(static_cast<int>(count > 64 ? 64 : count));
}

napi_value names_of(napi_env env, const Kernels* const* tables) {
  napi_value list;
  napi_create_array(env, &list);
  std::uint32_t i = 0;
  for (const Kernels* const* k = tables; *k != nullptr; k++) {
    napi_value name;
    napi_create_string_utf8(env, (*k)->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, i++, name);
  }
  return list;
}

napi_value paths(napi_env env, napi_callback_info) { return names_of(env, available_kernels()); }

napi_value bf16_paths(napi_env env, napi_callback_info) { return names_of(env, available_bf16_kernels()); }

template <const Kernels* const* (*kTables)()>
void use_path(const Arguments& a) {
  const std::int64_t wanted = a.integer(0);
  const Kernels* const* all = kTables();
  for (std::int64_t i = 0; all[i] != nullptr; i++) {
    if (i != wanted) continue;
    kernels = all[i];
    return;
  }
  refuse("There is no such instruction-set path.");
}

void offer(napi_env env, napi_value exports, const char* name, napi_callback call) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

template <std::size_t... kIndex>
void offer_kernels(napi_env env, napi_value exports, std::index_sequence<kIndex...>) {
  (offer(env, exports, kEntries[kIndex].name, checked<kEntries[kIndex].arguments, kEntries[kIndex].run>), ...);
}

}  // namespace
}  // namespace archer

extern "C" __attribute__((visibility("default"))) std::int32_t node_api_module_get_api_version_v1() {
  return 8;
}

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  archer::offer_kernels(env, exports, std::make_index_sequence<std::size(archer::kEntries)>());
  archer::offer(env, exports, "buffer", archer::buffer);
  archer::offer(env, exports, "setThreads", archer::checked<1, archer::set_thread_count>);
  archer::offer(env, exports, "paths", archer::paths);
  archer::offer(env, exports, "usePath", archer::checked<1, archer::use_path<archer::available_kernels>>);
  archer::offer(env, exports, "bf16Paths", archer::bf16_paths);
  archer::offer(env, exports, "useBf16Path", archer::checked<1, archer::use_path<archer::available_bf16_kernels>>);
  return exports;
}
