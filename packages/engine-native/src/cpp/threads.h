// A pool of threads for the kernels, and memory that each of them keeps between calls.
#pragma once

#include <cstddef>

namespace archer {

/// Number of threads that work on a kernel, the caller included.
void set_threads(int count);
int threads();

using Task = void (*)(void* context, int index);

/// Calls task(context, i) once for every i in [0, count) and returns when all are done. Which
/// thread runs which index is open, so a task may write only what belongs to its index.
/// `backwards` starts with the last indices: what the pass before has left in the caches.
void run_tasks(int count, bool backwards, Task task, void* context);

/// Uses of scratch memory by one thread at one time; each has its own block.
enum Scratch {
  kSource, kGradient, kExpanded, kPartials, kPacked, kStatistics, kChannels, kMatrix, kOffsets,
  kWideImage, kWideFilter, kTaps, kPhaseTaps, kFiltered, kBefore, kBeforeNorm,
  kScratchUses
};

/// At least `bytes` bytes, aligned to 64, of the calling thread for one use. Contents are
/// undefined. The block stays until the thread asks for more. Ends the process when memory is out.
void* scratch(Scratch use, std::size_t bytes);

/// Aligned memory for tensors, from 2 MiB on in huge pages where the system has them; or null.
void* allocate(std::size_t bytes);
void release(void* memory);

}  // namespace archer
