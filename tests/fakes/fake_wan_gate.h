#pragma once
#include <algorithm>

#include "swarm/token_bucket.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// Lets `limit` bytes through, counting those that neighbours share as well.
struct FakeWanGate final : WanGate {
  std::string_view closed_by() const override {
    const std::uint64_t left = limit - std::min(limit, spent + shared);
    return left == 0 || left < refused_least ? "budget" : "";
  }
  Result<void> admit_small() const override {
    if (spent < limit) return {};
    return fail(ErrorKind::retry_later, "nothing is left");
  }
  std::uint64_t reserve(std::uint64_t want, std::uint64_t least) override {
    const std::uint64_t left = limit - std::min(limit, spent + shared + held);
    const std::uint64_t given = left < least && !parts ? 0 : std::min(want, left);
    if (given == 0) refused_least = least;
    held += given;
    return given;
  }
  void release(std::uint64_t bytes) override { held -= bytes; }
  void spend(std::uint64_t bytes) override { spent += bytes; }
  void note_shared(std::uint64_t bytes) override { shared += bytes; }
  bool is_reluctant() const override { return reluctant; }
  std::chrono::milliseconds pace(std::uint64_t bytes) override {
    return bucket.take(bytes, SystemClock().steady());
  }
  std::uint64_t portion() const override { return bucket.portion(); }

  std::uint64_t limit = ~std::uint64_t{0} / 2;
  bool parts = false;  // of pieces are better than nothing
  std::uint64_t held = 0;
  std::uint64_t spent = 0;
  std::uint64_t shared = 0;
  std::uint64_t refused_least = 0;
  bool reluctant = false;
  TokenBucket bucket{0};
};

}  // namespace dunlin
