#pragma once
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

#include "core/base/result.h"

namespace dunlin {

// Who says how much may cross the WAN now: data budget, hours, hints. The swarm asks before each request and
// tells what came. Bytes are those of answers' bodies. On the loop only; no call waits.
class WanGate {
 public:
  virtual ~WanGate() = default;

  // Why no content may be read now, in one word for the status: "budget", "hours", "metered", "battery",
  // "neighbours". Empty: it may.
  virtual std::string_view closed_by() const = 0;
  // Whether a small file (metadata, a torrent, a tracker's answer) may be asked for now; retry_later says why
  // not.
  virtual Result<void> admit_small() const = 0;

  // Holds at most `want` bytes for one request and says how many: all of them, or what is left, or 0. Fewer
  // than `least` are of no use yet, so they are held only when leaving them would miss the wall by far.
  virtual std::uint64_t reserve(std::uint64_t want, std::uint64_t least) = 0;
  // So many of the bytes that were held are not needed any more, or have come.
  virtual void release(std::uint64_t bytes) = 0;
  // So many bytes came over the WAN.
  virtual void spend(std::uint64_t bytes) = 0;
  // A neighbour gave so many bytes which somebody of this site has just read over the WAN.
  virtual void note_shared(std::uint64_t bytes) = 0;

  // Others of the site should rather read, as long as one of them can.
  virtual bool is_reluctant() const = 0;
  // So many bytes of content came: how long to wait before the next ones are let in, at most portion() of
  // them.
  virtual std::chrono::milliseconds pace(std::uint64_t bytes) = 0;
  virtual std::uint64_t portion() const = 0;
};

// Everything is allowed, nothing is counted.
class OpenWanGate final : public WanGate {
 public:
  std::string_view closed_by() const override { return {}; }
  Result<void> admit_small() const override { return {}; }
  std::uint64_t reserve(std::uint64_t want, std::uint64_t) override { return want; }
  void release(std::uint64_t) override {}
  void spend(std::uint64_t) override {}
  void note_shared(std::uint64_t) override {}
  bool is_reluctant() const override { return false; }
  std::chrono::milliseconds pace(std::uint64_t) override { return std::chrono::milliseconds(0); }
  std::uint64_t portion() const override { return std::numeric_limits<std::uint64_t>::max(); }
};

}  // namespace dunlin
