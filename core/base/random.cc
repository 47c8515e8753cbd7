#include "core/base/random.h"

#include <cerrno>
#include <cstring>
#include <limits>
#include <sys/random.h>

#include "core/base/check.h"

namespace dunlin {

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound >= 1);
  // Values above the last whole multiple of bound would favour small results: draw again.
  const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / bound * bound;
  std::uint64_t value = 0;
  do {
    fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
  } while (value >= limit);
  return value % bound;
}

void SystemRandom::fill(ByteSpan out) {
  std::size_t done = 0;
  while (done < out.size()) {
    ssize_t count = ::getrandom(out.data() + done, out.size() - done, 0);
    if (count < 0 && errno == EINTR) continue;
    CHECK(count > 0);
    done += static_cast<std::size_t>(count);
  }
}

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void SeededRandom::fill(ByteSpan out) {
  for (std::size_t i = 0; i < out.size(); i += 8) {
    std::uint64_t value = next();
    std::memcpy(out.data() + i, &value, std::min<std::size_t>(8, out.size() - i));
  }
}

}  // namespace dunlin
