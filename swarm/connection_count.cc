#include "swarm/connection_count.h"

#include <utility>

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds settling{3'000};  // a new connection gets under way
constexpr std::chrono::milliseconds measuring{8'000};
constexpr std::chrono::milliseconds first_rest{30'000};
constexpr std::chrono::milliseconds longest_rest{300'000};

bool is_clearly_more(std::uint64_t rate, std::uint64_t than) {
  return rate * 100 >= than * 115;
}

bool is_nearly_as_much(std::uint64_t rate, std::uint64_t as) {
  return rate * 100 >= as * 95;
}

}  // namespace

void ConnectionCount::on_bytes(std::uint64_t bytes, SteadyTime now) {
  if (!measured_from_) {
    measured_from_ = now + settling;
    bytes_ = 0;
  }
  if (now < *measured_from_) return;
  bytes_ += bytes;
  const std::chrono::milliseconds elapsed = now - *measured_from_;
  if (elapsed < measuring) return;
  const std::uint64_t rate = bytes_ * 1000 / static_cast<std::uint64_t>(elapsed.count());
  measured_from_ = now;
  bytes_ = 0;
  conclude(rate, now);
}

void ConnectionCount::on_pause() {
  measured_from_.reset();
}

void ConnectionCount::conclude(std::uint64_t rate, SteadyTime now) {
  if (!trying_) {
    rate_ = rate;
    least_ = rate < thin_line ? least_on_thin_line : least;
    if (count_ < least_) return change(1);
    if (count_ == least_) direction_ = 1;
    if (now >= next_trial_) begin_trial(now);
    return;
  }
  trying_ = false;
  const bool helps = direction_ > 0 ? is_clearly_more(rate, rate_) : is_nearly_as_much(rate, rate_);
  const bool last_helped = std::exchange(last_helped_, helps);
  if (helps) {
    rate_ = rate;
    pause_ = {};
    begin_trial(now);
    return;
  }
  change(-direction_);
  direction_ = -direction_;
  const bool other_side_is_untried = last_helped && count_ > least_;
  if (!other_side_is_untried) rest(now);
}

void ConnectionCount::begin_trial(SteadyTime now) {
  const int wanted = count_ + direction_;
  if (wanted < least_ || wanted > most) {
    direction_ = -direction_;
    return rest(now);
  }
  trying_ = true;
  change(direction_);
}

void ConnectionCount::change(int by) {
  count_ += by;
  measured_from_.reset();
}

void ConnectionCount::rest(SteadyTime now) {
  pause_ = std::clamp(pause_ * 2, first_rest, longest_rest);
  next_trial_ = now + pause_;
}

}  // namespace dunlin
