// Linear memory. Tensors' memory is never returned (their buffers are pooled in JavaScript); other
// blocks are, by powers of two.
#pragma once

#include <cstddef>

namespace archer {

/// A block of at least `bytes`, aligned to 64, or null when memory is out; `bytes` becomes the size
/// it has. For `give_block`.
void* take_block(std::size_t& bytes);
void give_block(void* block, std::size_t bytes);

}  // namespace archer
