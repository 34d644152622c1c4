// The pool of ../cpp/threads.cc where threads are JavaScript workers with this module in the same
// memory. Workers come when they are ready: nothing waits for them, the caller takes what they
// have not taken.
#include "../cpp/threads.h"

#include <cstdint>

#include "heap.h"
#include "arguments.h"
#include "threads.h"

namespace archer {
namespace {

constexpr int kMaxTasks = (1 << 20) - 1;
// How long a worker looks for the next kernel before it sleeps, and the caller for the last task.
// There is no instruction to pause in WebAssembly; a look takes about a nanosecond.
constexpr int kSpinsBeforeSleep = 40000;
constexpr int kSpinsBeforeWait = 20000;
constexpr std::int64_t kWaitNanoseconds = 1000000;

template <class T>
T look(const T& word) {
  return __atomic_load_n(&word, __ATOMIC_SEQ_CST);
}

template <class T>
void put(T& word, T value) {
  __atomic_store_n(&word, value, __ATOMIC_SEQ_CST);
}

void sleep_while(int& word, int value, std::int64_t nanoseconds) {
  __builtin_wasm_memory_atomic_wait32(&word, value, nanoseconds);
}

void wake_all(int& word) { __builtin_wasm_memory_atomic_notify(&word, 0xffffffff); }

/// A range of tasks in one word: 24 bits of its round, the next task and the end, 20 bits each.
struct alignas(64) Range {
  std::uint64_t word;

  static std::uint64_t pack(int round, int next, int end) {
    return (static_cast<std::uint64_t>(round & 0xffffff) << 40) |
           (static_cast<std::uint64_t>(next) << 20) | static_cast<std::uint64_t>(end);
  }

  /// The next task of that round, or −1.
  int take(int round) {
    std::uint64_t seen = look(word);
    for (;;) {
      const int next = static_cast<int>((seen >> 20) & 0xfffff);
      const int end = static_cast<int>(seen & 0xfffff);
      if (static_cast<int>(seen >> 40) != (round & 0xffffff) || next >= end) return -1;
      if (__atomic_compare_exchange_n(&word, &seen, seen + (1u << 20), true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        return next;
      }
    }
  }
};

struct alignas(64) Pool {
  int size;  // threads, the caller included
  alignas(64) int round;
  alignas(64) int done;
  alignas(64) int sleepers;
  int waiting;  // whether the caller sleeps until the last task is done
  int failed;   // whether a task of this round ended by a refusal
  int count;    // of this round's tasks; 0 outside of a round
  int last;     // the last task where they run backwards, else −1
  Task task;
  void* context;
  Range ranges[kMaxThreads];
};

Pool pool;

/// Tasks that each thread has done since it came, on a cache line of its own.
struct alignas(64) Seat {
  int tasks;
};

Seat seats[kMaxThreads];

/// Which thread of the pool this is, 0 for the caller, and whether it is in a task.
thread_local int me = 0;
thread_local bool in_task = false;

void finish_task() {
  in_task = false;
  put(seats[me].tasks, seats[me].tasks + 1);
  const int done = __atomic_add_fetch(&pool.done, 1, __ATOMIC_SEQ_CST);
  if (done == pool.count && look(pool.waiting) != 0) wake_all(pool.done);
}

/// Own range first, then the others'. After a failure tasks are only counted.
void drain(int round) {
  const int size = look(pool.size);
  for (int k = 0; k < size; k++) {
    Range& range = pool.ranges[(me + k) % size];
    for (int i; (i = range.take(round)) >= 0;) {
      in_task = true;
      if (look(pool.failed) == 0) pool.task(pool.context, pool.last >= 0 ? pool.last - i : i);
      finish_task();
    }
  }
}

void wait_for_all() {
  int done;
  for (int spins = 0; (done = look(pool.done)) < pool.count; spins++) {
    if (spins < kSpinsBeforeWait) continue;
    put(pool.waiting, 1);
    sleep_while(pool.done, done, kWaitNanoseconds);
  }
  put(pool.waiting, 0);
  pool.count = 0;
}

struct Block {
  void* memory;
  std::size_t bytes;
};

Block blocks[kMaxThreads][kScratchUses];

}  // namespace

void set_threads(int count) {
  put(pool.size, count < 1 ? 1 : count > kMaxThreads ? kMaxThreads : count);
  wake_all(pool.size);
}

int threads() { return pool.size < 1 ? 1 : pool.size; }

void run_tasks(int count, bool backwards, Task task, void* context) {
  if (threads() == 1 || count <= 1 || count > kMaxTasks) {
    for (int i = 0; i < count; i++) task(context, backwards ? count - 1 - i : i);
    return;
  }
  pool.task = task;
  pool.context = context;
  pool.last = backwards ? count - 1 : -1;
  pool.count = count;
  put(pool.failed, 0);
  put(pool.done, 0);
  const int round = pool.round + 1, size = pool.size;
  for (int i = 0; i < size; i++) {
    const int begin = static_cast<int>(static_cast<std::int64_t>(count) * i / size);
    const int end = static_cast<int>(static_cast<std::int64_t>(count) * (i + 1) / size);
    put(pool.ranges[i].word, Range::pack(round, begin, end));
  }
  put(pool.round, round);
  if (look(pool.sleepers) > 0) wake_all(pool.round);
  drain(round);
  wait_for_all();
  if (look(pool.failed) != 0) refuse("Out of memory.");
}

void work(int index) {
  me = index;
  int seen = look(pool.round);
  for (;;) {
    const int size = look(pool.size);
    if (me >= size) {
      sleep_while(pool.size, size, -1);
      continue;
    }
    for (int spins = 0; look(pool.round) == seen && look(pool.size) == size; spins++) {
      if (spins < kSpinsBeforeSleep) continue;
      __atomic_add_fetch(&pool.sleepers, 1, __ATOMIC_SEQ_CST);
      sleep_while(pool.round, seen, -1);
      __atomic_sub_fetch(&pool.sleepers, 1, __ATOMIC_SEQ_CST);
    }
    const int round = look(pool.round);
    if (round == seen) continue;
    seen = round;
    drain(round);
  }
}

int tasks_of(int index) { return index >= 0 && index < kMaxThreads ? look(seats[index].tasks) : 0; }

void recover() {
  const bool caller = me == 0;
  if (in_task) {
    put(pool.failed, 1);
    finish_task();
  }
  if (!caller || pool.count == 0) return;
  // Others may still be at tasks that use the caller's stack.
  drain(pool.round);
  wait_for_all();
}

void* scratch(Scratch use, std::size_t bytes) {
  Block& block = blocks[me][use];
  if (block.bytes < bytes) {
    if (block.memory != nullptr) give_block(block.memory, block.bytes);
    block = {nullptr, 0};
    std::size_t size = bytes;
    void* const memory = take_block(size);
    if (memory == nullptr) refuse("Out of memory.");
    block = {memory, size};
  }
  return block.memory;
}

}  // namespace archer
