#include "swarm/retry_pace.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds first_delay{250};
constexpr std::chrono::milliseconds delay_max{2'000};
constexpr std::chrono::milliseconds late_delay_max{8'000};
constexpr std::chrono::minutes late_after{10};
constexpr std::chrono::milliseconds patient_connect{7'000};
constexpr std::chrono::milliseconds hasty_connect{2'000};

}  // namespace

void RetryPace::on_failure(SteadyTime now, std::optional<std::chrono::seconds> asked) {
  if (failures_ == 0) failing_since_ = now;
  ++failures_;
  if (asked) not_before_ = now + *asked;
}

void RetryPace::on_cut(SteadyTime now) {
  failures_ = 0;
  on_failure(now);
}

std::chrono::milliseconds RetryPace::delay(SteadyTime now, Random& random) const {
  const std::chrono::milliseconds cap = now - failing_since_ < late_after ? delay_max : late_delay_max;
  const std::chrono::milliseconds most = std::min(cap, first_delay * (1 << std::clamp(failures_ - 1, 0, 5)));
  const auto half = static_cast<std::uint64_t>(most.count() / 2);
  const std::chrono::milliseconds jittered(half + random.below(half + 1));
  const std::chrono::milliseconds asked = std::chrono::ceil<std::chrono::milliseconds>(not_before_ - now);
  return asked > std::chrono::milliseconds(0) ? asked + jittered : jittered;
}

std::chrono::milliseconds RetryPace::connect_limit() const {
  return failures_ % 4 == 0 ? patient_connect : hasty_connect;
}

}  // namespace dunlin
