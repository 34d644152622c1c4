#include "heap.h"

#include <cstdint>

#include "../cpp/threads.h"

/// Where the linker ends what it has laid out.
extern "C" unsigned char __heap_base;

namespace archer {
namespace {

constexpr std::uint64_t kPage = 65536;
/// Memory grows by at least this much at once.
constexpr std::uint64_t kStep = 16 * kPage;

struct Free {
  Free* next;
};

int locked = 0;
std::uint64_t top = 0;  // of what is taken
Free* blocks[32] = {};  // by the logarithm of their sizes

// Taken for some instructions at a time, and hardly ever once kernels have run.
struct Lock {
  Lock() {
    while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE) != 0) {
    }
  }
  ~Lock() { __atomic_store_n(&locked, 0, __ATOMIC_RELEASE); }
};

void* extend(std::uint64_t bytes) {
  if (top == 0) top = reinterpret_cast<std::uintptr_t>(&__heap_base);
  const std::uint64_t begin = (top + 63) / 64 * 64, end = begin + bytes;
  const std::uint64_t size = __builtin_wasm_memory_size(0) * kPage;
  if (end > size) {
    const std::uint64_t least = (end - size + kPage - 1) / kPage, step = kStep / kPage;
    if (__builtin_wasm_memory_grow(0, least > step ? least : step) == static_cast<std::size_t>(-1) &&
        __builtin_wasm_memory_grow(0, least) == static_cast<std::size_t>(-1)) {
      return nullptr;
    }
  }
  top = end;
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(begin));
}

}  // namespace

void* allocate(std::size_t bytes) {
  const Lock lock;
  return extend(bytes);
}

void* take_block(std::size_t& bytes) {
  int order = 12;
  while ((std::uint64_t{1} << order) < bytes) order++;
  if (order > 31) return nullptr;
  bytes = std::size_t{1} << order;
  const Lock lock;
  Free* const found = blocks[order];
  if (found == nullptr) return extend(bytes);
  blocks[order] = found->next;
  return found;
}

void give_block(void* block, std::size_t bytes) {
  const int order = __builtin_ctzl(bytes);
  const Lock lock;
  auto* const first = static_cast<Free*>(block);
  first->next = blocks[order];
  blocks[order] = first;
}

}  // namespace archer
