// What the module's face needs of its threads besides ../cpp/threads.h.
#pragma once

namespace archer {

constexpr int kMaxThreads = 16;

/// The life of a worker: takes part in every kernel while its index is below the number of threads.
void work(int index);

/// After a refusal has unwound this thread: counts the task that it was in, so that the others do
/// not wait for it, and on the caller's thread ends the round.
void recover();

/// Tasks that a thread has done, those in kernels that ran on one thread not counted.
int tasks_of(int index);

}  // namespace archer
