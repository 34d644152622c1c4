#include "threads.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace archer {
namespace {

constexpr int kMaxThreads = 64;
constexpr int kMaxTasks = (1 << 20) - 1;
// How long a worker looks for the next kernel before it sleeps, and how long the caller waits
// for the last task before it lets other processes have the core. Kernels follow each other
// within some ten microseconds.
constexpr int kSpinsBeforeSleep = 4000;
constexpr int kSpinsBeforeYield = 2000;

inline void pause_core() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// A range of tasks in one word, so that it is taken from without locks: 24 bits of the round it
// belongs to, then the next task and the end, 20 bits each.
struct alignas(64) Range {
  std::atomic<std::uint64_t> word{0};

  static std::uint64_t pack(std::uint32_t round, int next, int end) {
    return (static_cast<std::uint64_t>(round & 0xffffff) << 40) |
           (static_cast<std::uint64_t>(next) << 20) | static_cast<std::uint64_t>(end);
  }

  /// The next task of that round, or −1.
  int take(std::uint32_t round) {
    std::uint64_t seen = word.load(std::memory_order_acquire);
    for (;;) {
      const int next = static_cast<int>((seen >> 20) & 0xfffff);
      const int end = static_cast<int>(seen & 0xfffff);
      if (static_cast<std::uint32_t>(seen >> 40) != (round & 0xffffff) || next >= end) return -1;
      if (word.compare_exchange_weak(seen, seen + (1u << 20), std::memory_order_acq_rel)) {
        return next;
      }
    }
  }
};

class Pool {
 public:
  int size() const { return size_; }

  void resize(int size) {
    std::lock_guard<std::mutex> only(caller_);
    if (size == size_) return;
    stop();
    size_ = size;
    quit_ = false;
    for (int i = 1; i < size; i++) workers_.emplace_back([this, i] { work(i); });
  }

  void run(int count, bool backwards, Task task, void* context) {
    // A second JavaScript thread does not wait for the pool, it works alone.
    std::unique_lock<std::mutex> only(caller_, std::try_to_lock);
    if (!only.owns_lock() || size_ == 1 || count == 1 || count > kMaxTasks) {
      for (int i = 0; i < count; i++) task(context, backwards ? count - 1 - i : i);
      return;
    }
    task_ = task;
    context_ = context;
    last_ = backwards ? count - 1 : -1;
    done_.store(0, std::memory_order_relaxed);
    const std::uint32_t round = round_.load(std::memory_order_relaxed) + 1;
    for (int i = 0; i < size_; i++) {
      const int begin = static_cast<int>(static_cast<std::int64_t>(count) * i / size_);
      const int end = static_cast<int>(static_cast<std::int64_t>(count) * (i + 1) / size_);
      ranges_[i].word.store(Range::pack(round, begin, end), std::memory_order_release);
    }
    round_.store(round);
    if (sleepers_.load() > 0) {
      std::lock_guard<std::mutex> wake(sleep_);
      awake_.notify_all();
    }
    drain(0, round);
    // Waits for tasks, not for threads: a preempted worker costs at most the task it holds.
    for (int spins = 0; done_.load(std::memory_order_acquire) < count; spins++) {
      if (spins < kSpinsBeforeYield) pause_core();
      else std::this_thread::yield();
    }
  }

 private:
  /// Own range first, then the others'.
  void drain(int me, std::uint32_t round) {
    const int size = size_;
    for (int k = 0; k < size; k++) {
      Range& range = ranges_[(me + k) % size];
      for (int i; (i = range.take(round)) >= 0;) {
        task_(context_, last_ >= 0 ? last_ - i : i);
        done_.fetch_add(1, std::memory_order_acq_rel);
      }
    }
  }

  void work(int me) {
    std::uint32_t seen = round_.load();
    while (!quit_.load()) {
      std::uint32_t round;
      for (int spins = 0; (round = round_.load(std::memory_order_acquire)) == seen; spins++) {
        if (quit_.load()) return;
        if (spins < kSpinsBeforeSleep) {
          pause_core();
          continue;
        }
        std::unique_lock<std::mutex> lock(sleep_);
        sleepers_++;
        awake_.wait(lock, [&] { return round_.load() != seen || quit_.load(); });
        sleepers_--;
      }
      seen = round;
      drain(me, round);
    }
  }

  void stop() {
    {
      std::lock_guard<std::mutex> lock(sleep_);
      quit_ = true;
    }
    awake_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
  }

  int size_ = 1;
  std::vector<std::thread> workers_;
  Range ranges_[kMaxThreads];
  std::atomic<std::uint32_t> round_{0};
  std::atomic<int> done_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<bool> quit_{false};
  std::mutex caller_, sleep_;
  std::condition_variable awake_;
  Task task_ = nullptr;
  void* context_ = nullptr;
  int last_ = -1;
};

// Never destroyed: workers may still look at it while the process ends.
Pool& pool() {
  static Pool* const only = new Pool;
  return *only;
}

struct Block {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

struct Blocks {
  Block of[kScratchUses];
  ~Blocks() {
    for (Block& block : of) release(block.memory);
  }
};

thread_local Blocks blocks;

}  // namespace

void set_threads(int count) {
  pool().resize(count < 1 ? 1 : count > kMaxThreads ? kMaxThreads : count);
}

int threads() { return pool().size(); }

void run_tasks(int count, bool backwards, Task task, void* context) {
  if (count > 0) pool().run(count, backwards, task, context);
}

void* scratch(Scratch use, std::size_t bytes) {
  Block& block = blocks.of[use];
#ifdef ARCHER_EXACT_SCRATCH
  // For the sanitizers: no room to spare, and no pointer outlives the next request.
  const bool fits = block.bytes == bytes, spare = false;
#else
  const bool fits = block.bytes >= bytes, spare = true;
#endif
  if (!fits) {
    release(block.memory);
    block.bytes = spare ? bytes + bytes / 4 + 4096 : bytes;
    block.memory = allocate(block.bytes);
    if (block.memory == nullptr) {
      std::fprintf(stderr, "archer: out of memory (%zu bytes of scratch)\n", block.bytes);
      std::abort();
    }
  }
  return block.memory;
}

void* allocate(std::size_t bytes) {
  constexpr std::size_t kHuge = 2u << 20;
  const std::size_t alignment = bytes >= kHuge ? kHuge : 64;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, (bytes + alignment - 1) / alignment * alignment) != 0) {
    return nullptr;
  }
#if defined(MADV_HUGEPAGE)
  if (bytes >= kHuge) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

void release(void* memory) { std::free(memory); }

}  // namespace archer
