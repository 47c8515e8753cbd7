#include "swarm/merkle.h"

#include <bit>

#include "core/base/check.h"

namespace dunlin {

namespace {

Digest parent_of(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 64> both;
  std::copy(left.bytes.begin(), left.bytes.end(), both.begin());
  std::copy(right.bytes.begin(), right.bytes.end(), both.begin() + 32);
  return sha256(both);
}

}  // namespace

std::size_t power_of_two_from(std::size_t count) {
  return std::bit_ceil(count);
}

Digest merkle_root(std::vector<Digest> leaves, std::size_t width, const Digest& filler) {
  CHECK(std::has_single_bit(width) && leaves.size() <= width);
  Digest filling = filler;
  // Only the real part of each level is kept: the filled part is one digest per level.
  for (; width > 1; width /= 2) {
    if (leaves.size() % 2 != 0) leaves.push_back(filling);
    for (std::size_t i = 0; i < leaves.size() / 2; ++i)
      leaves[i] = parent_of(leaves[2 * i], leaves[2 * i + 1]);
    leaves.resize(leaves.size() / 2);
    filling = parent_of(filling, filling);
  }
  return leaves.empty() ? filling : leaves.front();
}

Digest merkle_root_of(ByteView bytes, std::size_t block_count) {
  std::vector<Digest> leaves;
  for (std::size_t at = 0; at < bytes.size(); at += merkle_block_bytes)
    leaves.push_back(sha256(bytes.subspan(at, std::min(merkle_block_bytes, bytes.size() - at))));
  return merkle_root(std::move(leaves), block_count, Digest{});
}

Digest merkle_filler(std::size_t block_count) {
  return merkle_root({}, block_count, Digest{});
}

}  // namespace dunlin
