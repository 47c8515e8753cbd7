#pragma once
#include <cstdint>

#include "core/base/bytes.h"

namespace dunlin {

// Where every choice by chance comes from: jitter, identifiers, ports.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(ByteSpan out) = 0;
  // Uniform in [0, bound); bound must be at least 1.
  std::uint64_t below(std::uint64_t bound);
};

// The kernel's generator (getrandom(2)); good enough for keys.
class SystemRandom final : public Random {
 public:
  void fill(ByteSpan out) override;
};

// Reproducible from its seed (splitmix64); for simulations and tests, never for keys.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(ByteSpan out) override;

 private:
  std::uint64_t next();

  std::uint64_t state_;
};

}  // namespace dunlin
