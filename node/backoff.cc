#include "node/backoff.h"

#include "core/base/check.h"
#include "core/base/digest.h"

namespace dunlin {

namespace {

// `middle` plus or minus `share` of it.
std::chrono::milliseconds spread(std::chrono::milliseconds middle, std::int64_t divisor, Random& random) {
  const std::int64_t half = middle.count() / divisor;
  const auto offset = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * half + 1)));
  return middle - std::chrono::milliseconds(half - offset);
}

}  // namespace

std::chrono::milliseconds retry_delay(int failures, Random& random) {
  CHECK(failures >= 1);
  std::chrono::milliseconds middle{1'000};
  for (int i = 0; i < failures && middle < retry_delay_max; ++i) middle *= 2;
  return std::min(spread(std::min(middle, retry_delay_max), 4, random), retry_delay_max);
}

std::chrono::milliseconds check_delay(std::chrono::milliseconds interval, Random& random) {
  return spread(interval, 10, random);
}

std::chrono::milliseconds first_check_delay(std::string_view device_id, std::chrono::milliseconds interval) {
  const std::chrono::milliseconds window =
      std::min<std::chrono::milliseconds>(interval / 10, std::chrono::seconds(30));
  const Digest digest = sha256(as_bytes(device_id));
  const std::uint64_t number =
      std::uint64_t{digest.bytes[0]} << 16 | std::uint64_t{digest.bytes[1]} << 8 | digest.bytes[2];
  return std::chrono::milliseconds(static_cast<std::int64_t>(number) % (window.count() + 1));
}

}  // namespace dunlin
