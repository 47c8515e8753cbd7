#pragma once
#include <vector>

#include "core/base/digest.h"

namespace dunlin {

constexpr std::size_t merkle_block_bytes = 16 * 1024;  // BEP 52: the size of a leaf

// Root of a binary tree over `leaves`, filled up to `width` (a power of two, at least leaves.size()) with
// `filler`.
Digest merkle_root(std::vector<Digest> leaves, std::size_t width, const Digest& filler);

// Root over the 16 KiB blocks of `bytes`, filled up with zero leaves to `block_count` (a power of two).
Digest merkle_root_of(ByteView bytes, std::size_t block_count);

// The root of `block_count` zero leaves: what stands for a piece past the end of the file.
Digest merkle_filler(std::size_t block_count);

// The smallest power of two that is at least `count`; 1 for 0.
std::size_t power_of_two_from(std::size_t count);

}  // namespace dunlin
