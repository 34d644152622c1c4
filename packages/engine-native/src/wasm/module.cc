// The kernels as a WebAssembly module. JavaScript writes a call's arguments where `arguments` says
// and calls `run` with the entry's number.
#include "arguments.h"
#include "../cpp/entries.h"
#include "heap.h"
#include "threads.h"

namespace archer {

const Kernels* const* available_kernels() {
  static constexpr const Kernels* only[] = {&kBaseline, nullptr};
  return only;
}

const Kernels* const* available_bf16_kernels() {
  static constexpr const Kernels* none[] = {nullptr};
  return none;
}

namespace {

Argument given[kMostArguments];

}  // namespace
}  // namespace archer

#define ARCHER_EXPORT(name) extern "C" __attribute__((export_name(#name)))

ARCHER_EXPORT(arguments) archer::Argument* arguments_at() { return archer::given; }

/// The name of an entry, or null after the last one.
ARCHER_EXPORT(entryName) const char* entry_name(unsigned i) {
  constexpr unsigned kCount = sizeof(archer::kEntries) / sizeof(archer::Entry);
  return i < kCount ? archer::kEntries[i].name : nullptr;
}

ARCHER_EXPORT(run) void run_entry(int i, int count) {
  const archer::Entry& entry = archer::kEntries[i];
  entry.run(archer::Arguments(archer::given, count, entry.arguments));
}

ARCHER_EXPORT(recover) void recover() { archer::recover(); }

ARCHER_EXPORT(setThreads) void set_thread_count(int count) { archer::set_threads(count); }

ARCHER_EXPORT(tasksOf) int tasks_of(int index) { return archer::tasks_of(index); }

ARCHER_EXPORT(work) void work(int index) { archer::work(index); }

/// Memory for good, or null.
ARCHER_EXPORT(allocate) void* allocate(unsigned bytes) { return archer::allocate(bytes); }
